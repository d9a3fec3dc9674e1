//! Names, and what is behind their dots.

use std::collections::BTreeSet;
use std::rc::Rc;

use minijinja::Value;
use minijinja::machinery::Span;
use minijinja::machinery::ast::{CallType, Expr, GetItem};

use super::super::schema::{self, ROOT, Shape};
use super::names;
use super::scopes::Binding;
use super::types::{RecordNames, Type};
use super::walker::Walker;
use crate::model::account::{DatumType, SecretItems};

impl<'l> Walker<'l> {
    /// `value[…]`: with a text in it the same as `value.…`.
    pub(super) fn item(&mut self, expression: &'l Expr<'l>, item: &'l GetItem<'l>) -> Option<Type> {
        if matches!(&item.subscript_expr, Expr::Const(constant) if constant.value.as_str().is_some()) {
            return self.path(expression, &mut Vec::new());
        }
        self.expression(&item.subscript_expr);
        if matches!(&item.subscript_expr, Expr::Const(_)) {
            self.mention_list(&item.expr);
        }
        match self.value(&item.expr) {
            Some(Type::Shape(Shape::Open)) => Some(Type::Shape(&Shape::Single)),
            list => list?.item(literal(&item.subscript_expr).and_then(|place| place.as_usize())),
        }
    }

    /// Follows `a.b['c']` to its start, gathering the names (last first), then down again.
    pub(super) fn path(&mut self, expression: &'l Expr<'l>, names: &mut Vec<String>) -> Option<Type> {
        match expression {
            Expr::GetAttr(attribute) => {
                names.push(attribute.name.to_owned());
                self.path(&attribute.expr, names)
            }
            Expr::GetItem(item) => match &item.subscript_expr {
                Expr::Const(constant) if constant.value.as_str().is_some() => {
                    names.push(constant.value.as_str().unwrap_or_default().to_owned());
                    self.path(&item.expr, names)
                }
                _ => {
                    let known = self.item(expression, item);
                    self.descend("an item of it", known, names, expression.span())
                }
            },
            Expr::Var(variable) => {
                let known = self.variable(variable.id, names, expression.span());
                self.descend(variable.id, known, names, expression.span())
            }
            other => {
                let known = self.expression(other);
                let start = match other {
                    Expr::Call(call) => match call.identify_call() {
                        CallType::Function(name) => format!("{name}(…)"),
                        _ => "this value".to_owned(),
                    },
                    _ => "this value".to_owned(),
                };
                self.descend(&start, known, names, expression.span())
            }
        }
    }

    /// What is known of `name`, of which `names` (last first) are asked.
    fn variable(&mut self, name: &str, names: &[String], span: Span) -> Option<Type> {
        let own = self.scopes.find(name).cloned();
        if let Some(Binding { known, conditional: false } | Binding { known: known @ Some(Type::Namespace), .. }) = own
        {
            return known;
        }
        if self.scopes.is_hidden(name) {
            self.report(span, names::hidden(name));
            return None;
        }
        match (schema::find(ROOT, name), own) {
            (Some((root, shape)), own) => {
                let path: Vec<&str> = names.iter().rev().map(String::as_str).collect();
                self.mention(root, &path);
                // Perhaps it is the template's own value, of which nothing has to be true.
                own.is_none().then_some(Type::Shape(shape))
            }
            (None, Some(own)) => own.known,
            (None, None) => {
                self.unknown(name, span);
                None
            }
        }
    }

    fn descend(&mut self, start: &str, known: Option<Type>, names: &[String], span: Span) -> Option<Type> {
        let mut path = start.to_owned();
        let mut known = known;
        for name in names.iter().rev() {
            known = match known? {
                Type::Module(module) => {
                    if let Some(known) = module.find(name) {
                        known.clone()
                    } else {
                        self.report(span, module.has_no(&format!("`{path}`"), name));
                        return None;
                    }
                }
                Type::Namespace | Type::Macro | Type::SafeText | Type::Unread(_) => return None,
                Type::Shape(shape) => self.member(&path, shape, name, span),
                Type::Mixed(_) | Type::Records(_) => self.member(&path, &Shape::List(&Shape::Secret), name, span),
                Type::Record(names) => match names.find(&path, name) {
                    Ok(known) => Some(known),
                    Err(message) => {
                        self.report(span, message);
                        return None;
                    }
                },
                Type::UnreadItem(list) => Some(self.mention_record(&list, name)),
            };
            path = format!("{path}.{name}");
        }
        known
    }

    /// What is known of `path.name`, where `path` is of this shape.
    fn member(&mut self, path: &str, shape: &'static Shape, name: &str, span: Span) -> Option<Type> {
        match shape {
            Shape::Group(members) => match schema::find(members, name) {
                Some((_, member)) => return Some(Type::Shape(member)),
                None => self.report(span, names::unknown_member(path, name, members)),
            },
            Shape::Open => return Some(Type::Shape(&Shape::Single)),
            Shape::Extra => return self.extra(name, span),
            Shape::List(_) => self.report(span, format!("`{path}` is a list and has no `{name}`; loop over it")),
            Shape::Single | Shape::Secret => {
                self.report(span, format!("`{path}` is a single value and has no `{name}`"));
            }
        }
        None
    }

    /// What is known of `extra.name`.
    fn extra(&mut self, name: &str, span: Span) -> Option<Type> {
        self.mention_extra(name, false);
        let known = self.checker.extra;
        match known.kinds.get(name) {
            Some(DatumType::List(items)) => return Some(list(items)),
            Some(DatumType::Single) => return Some(Type::Shape(&Shape::Single)),
            Some(DatumType::Secret) => return Some(Type::Shape(&Shape::Secret)),
            Some(DatumType::Records(names)) => return Some(Type::Records(Rc::new(RecordNames(names.clone())))),
            None if known.open => return Some(Type::Unread(name.into())),
            None => self.report(span, names::unknown_extra(name, known)),
        }
        None
    }

    fn unknown(&mut self, name: &str, span: Span) {
        if self.unset.contains(&name) {
            return self.report(span, names::parameter_in_default(name));
        }
        if self.names.function(name).is_some() {
            if self.function(name) == Some(Type::Namespace) {
                self.report(span, names::UNCALLED_NAMESPACE);
            }
            return;
        }
        let own: Vec<&str> = self.scopes.names().collect::<BTreeSet<_>>().into_iter().collect();
        let message = self.names.unknown_root(name, &own);
        self.report(span, message);
    }
}

/// A list of the site's own data.
fn list(secrets: &SecretItems) -> Type {
    match secrets {
        SecretItems::None => Type::Shape(&Shape::List(&Shape::Single)),
        SecretItems::At(places) => Type::Mixed(Rc::new(places.clone())),
        SecretItems::All => Type::Shape(&Shape::List(&Shape::Secret)),
    }
}

/// A value that is written out in the template.
pub(super) fn literal(expression: &Expr<'_>) -> Option<Value> {
    match expression {
        Expr::Const(constant) => Some(constant.value.clone()),
        _ => None,
    }
}
