//! What cannot be asked of a secret: it is equal to nothing, its own text neither, and no test sees what is in it.

use minijinja::machinery::Span;
use minijinja::machinery::ast::{BinOp, BinOpKind, Compare, Filter, Test};

use super::super::schema::Shape;
use super::{Known, Thing, Walker, names};

/// Filters that take a test and what it compares with.
const TESTING: [&str; 4] = ["reject", "rejectattr", "select", "selectattr"];

impl<'l> Walker<'l> {
    pub(super) fn operation(&mut self, operation: &'l BinOp<'l>, span: Span) -> Known {
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
                None
            }
            BinOpKind::ScAnd | BinOpKind::ScOr => perhaps_secret(sides),
            _ => None,
        }
    }

    pub(super) fn comparison(&mut self, comparison: &'l Compare<'l>, span: Span) {
        let mut sides = vec![self.expression(&comparison.expr)];
        for operand in &comparison.ops {
            sides.push(self.expression(&operand.expr));
        }
        self.compared(&sides, span);
    }

    pub(super) fn test(&mut self, test: &'l Test<'l>, span: Span) {
        let mut sides = vec![self.expression(&test.expr)];
        sides.extend(self.arguments(&test.args));
        if !["defined", "undefined"].contains(&test.name) {
            self.compared(&sides, span);
        }
    }

    /// What is known of a filter's value, as far as that is a secret.
    pub(super) fn filtered(&mut self, filter: &Filter<'_>, known: &Known, arguments: &[Known], span: Span) -> Known {
        if TESTING.contains(&filter.name) {
            self.compared(arguments, span);
        }
        let is_default = ["d", "default"].contains(&filter.name);
        known.clone().filter(|thing| is_default && is_secret(thing))
    }

    fn compared(&mut self, sides: &[Known], span: Span) {
        if sides.iter().flatten().any(is_secret) {
            self.fault(span, names::COMPARED_SECRET);
        }
    }
}

/// What may be one of several values is a secret when one of them is.
pub(super) fn perhaps_secret(values: impl IntoIterator<Item = Known>) -> Known {
    values.into_iter().flatten().find(is_secret)
}

fn is_secret(thing: &Thing) -> bool {
    matches!(thing, Thing::Shape(Shape::Secret))
}
