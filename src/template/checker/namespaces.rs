//! What a namespace must not hold: itself, or, at each turn of a loop, what it held before. Either would be written, and
//! let go, by more calls inside of calls than a thread has room for.

use minijinja::machinery::ast::Expr;

use super::super::schema::{self, ROOT};
use super::names;
use super::types::Type;
use super::walker::Walker;

impl<'l> Walker<'l> {
    /// Checks the value that `target` is set to. A namespace gets a name that stands for nothing else, so that the walk
    /// knows it wherever a render does: a macro sees what is set after it.
    pub(super) fn assigned(&mut self, target: &'l Expr<'l>, value: &'l Expr<'l>) -> Option<Type> {
        if member(target).is_some_and(|member| holds(value, member)) {
            self.report(value.span(), names::DEEPER);
        }
        let (Expr::Var(name), Expr::Call(call)) = (target, value) else { return self.expression(value) };
        let known = self.call(call);
        let is_new = |walker: &Self| match walker.scopes.find(name.id) {
            Some(own) => own.known == Some(Type::Namespace),
            None => schema::find(ROOT, name.id).is_none() && walker.names.function(name.id).is_none(),
        };
        if known == Some(Type::Namespace) && !is_new(self) {
            let name = name.id;
            self.report(value.span(), format!("`{name}` has another meaning; give the namespace a name of its own"));
        }
        known
    }
}

/// The names in `ns.member`.
fn member<'a>(expression: &Expr<'a>) -> Option<(&'a str, &'a str)> {
    match expression {
        Expr::GetAttr(attribute) => match &attribute.expr {
            Expr::Var(name) => Some((name.id, attribute.name)),
            _ => None,
        },
        _ => None,
    }
}

/// Whether a list or map that stands in `value` has the member as one of its items.
fn holds(value: &Expr<'_>, wanted: (&str, &str)) -> bool {
    let inside = |items: &[Expr<'_>]| items.iter().any(|item| member(item) == Some(wanted) || holds(item, wanted));
    match value {
        Expr::List(list) => inside(&list.items),
        Expr::Tuple(tuple) => inside(&tuple.items),
        Expr::Map(map) => inside(&map.values),
        Expr::BinOp(operation) => holds(&operation.left, wanted) || holds(&operation.right, wanted),
        Expr::IfExpr(choice) => {
            holds(&choice.true_expr, wanted) || choice.false_expr.as_ref().is_some_and(|other| holds(other, wanted))
        }
        _ => false,
    }
}
