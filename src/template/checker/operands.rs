//! What values are asked that have no answer. A secret is equal to nothing, its own text neither, and no test sees what is in
//! it. Text that a macro or a block made is escaped already: compared it is another text, and cut its escapes break.

use minijinja::machinery::Span;
use minijinja::machinery::ast::{BinOp, BinOpKind, Compare, Expr, Filter, Test};

use super::super::schema::Shape;
use super::names;
use super::types::Type;
use super::walker::Walker;

/// Filters that take a test and what it compares with.
const TESTING: [&str; 4] = ["reject", "rejectattr", "select", "selectattr"];

impl<'l> Walker<'l> {
    pub(super) fn operation(&mut self, operation: &'l BinOp<'l>, span: Span) -> Option<Type> {
        let sides = [self.expression(&operation.left), self.expression(&operation.right)];
        match operation.op {
            BinOpKind::Eq
            | BinOpKind::Ne
            | BinOpKind::Lt
            | BinOpKind::Lte
            | BinOpKind::Gt
            | BinOpKind::Gte
            | BinOpKind::In => {
                self.compared(&sides, span);
                if ![&operation.left, &operation.right].into_iter().any(is_empty) {
                    self.changed(&sides, span);
                }
                None
            }
            BinOpKind::ScAnd | BinOpKind::ScOr => either(sides),
            BinOpKind::Add | BinOpKind::Concat | BinOpKind::Mul => {
                either(sides).filter(|thing| *thing == Type::SafeText)
            }
            _ => None,
        }
    }

    pub(super) fn comparison(&mut self, comparison: &'l Compare<'l>, span: Span) {
        let mut sides = vec![self.expression(&comparison.expr)];
        for operand in &comparison.ops {
            sides.push(self.expression(&operand.expr));
        }
        self.compared(&sides, span);
        self.changed(&sides, span);
    }

    pub(super) fn test(&mut self, test: &'l Test<'l>, span: Span) {
        let mut sides = vec![self.expression(&test.expr)];
        sides.extend(self.arguments(&test.args));
        if !["defined", "undefined"].contains(&test.name) {
            self.compared(&sides, span);
        }
        if !test.args.is_empty() {
            self.changed(&sides, span);
        }
    }

    /// What is known of a filter's value, as far as that is such a value.
    pub(super) fn filtered(
        &mut self,
        filter: &Filter<'_>,
        known: Option<&Type>,
        arguments: &[Option<Type>],
        span: Span,
    ) -> Option<Type> {
        if TESTING.contains(&filter.name) {
            self.compared(arguments, span);
        }
        let is_default = ["d", "default"].contains(&filter.name);
        either([known.cloned()]).filter(|_| is_default)
    }

    fn compared(&mut self, sides: &[Option<Type>], span: Span) {
        if sides.iter().flatten().any(is_secret) {
            self.report(span, names::COMPARED_SECRET);
        }
    }

    /// Something is done with the values that only works with text which is not escaped yet.
    pub(super) fn changed<'v>(&mut self, values: impl IntoIterator<Item = &'v Option<Type>>, span: Span) {
        if values.into_iter().flatten().any(|thing| *thing == Type::SafeText) {
            self.report(span, names::SAFE_TEXT);
        }
    }
}

/// What may be one of several values is treated as the one of which the least can be asked.
pub(super) fn either(values: impl IntoIterator<Item = Option<Type>>) -> Option<Type> {
    values.into_iter().flatten().find(|thing| is_secret(thing) || *thing == Type::SafeText)
}

fn is_secret(thing: &Type) -> bool {
    matches!(thing, Type::Shape(Shape::Secret))
}

/// Whether it is `''`: escaping makes no text empty, and leaves an empty one so.
fn is_empty(expression: &Expr<'_>) -> bool {
    matches!(expression, Expr::Const(constant) if constant.value.as_str() == Some(""))
}
