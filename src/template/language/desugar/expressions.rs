//! Expressions, written again with as few parentheses as they need: the parser goes only so deep.
//!
//! What stands to the left of an operator is followed in a loop, since a tag may hold a thousand operators in a row. What
//! stands to the right is a call of its own: there the parser counts too.

use minijinja::machinery::ast::{BinOp, BinOpKind, Expr, UnaryOpKind};

use super::levels::{
    AND, FILTER, NOT, OR, POSTFIX, POWER, PRODUCT, SUM, begins_where_its_span_does, is_cheap_index, is_cheap_search,
    is_scalar, is_simple, operand_level, own_level,
};
use super::rests::{Rest, WEIGHED, weighed};
use super::writer::Writer;

/// The filter that an operand passes first, or the one that the value passes in the end.
const INDEXED: &str = "|op_indexed";
const CUT: &str = "|op_cut";
const NESTED: &str = "|op_nested";
const SETTLED: &str = "|op_settled";

/// The leftmost part of an expression that is left, and how tightly it has to hold together.
type Left<'e, 's> = Option<(&'e Expr<'s>, u8)>;

impl<'s> Writer<'s> {
    /// Writes an expression that holds together at least as tightly as `level`.
    pub(super) fn expression(&mut self, expression: &Expr<'s>, level: u8) {
        let mut rests = Vec::new();
        let mut left = Some((expression, level));
        while let Some((current, level)) = left {
            if begins_where_its_span_does(current) {
                self.reach(current.span().start_line);
            }
            if own_level(current) < level {
                self.put("(");
                rests.push(Rest::Text(")"));
            }
            left = self.step(current, &mut rests);
        }
        while let Some(rest) = rests.pop() {
            self.rest(&rest);
        }
    }

    /// Writes what an expression begins with, puts what it ends with on `rests`, and gives what stands between.
    fn step<'e>(&mut self, expression: &'e Expr<'s>, rests: &mut Vec<Rest<'e, 's>>) -> Left<'e, 's> {
        match expression {
            Expr::BinOp(operation) => Some(Self::operation(operation, rests)),
            Expr::UnaryOp(operation) => {
                let (sign, level) = match operation.op {
                    UnaryOpKind::Not => ("not ", NOT),
                    UnaryOpKind::Neg => ("- ", POSTFIX),
                };
                self.put(sign);
                // `- - x` needs no parentheses, and the parser would count them.
                let is_sign = matches!(&operation.expr, Expr::UnaryOp(inner) if matches!(inner.op, UnaryOpKind::Neg));
                Some((&operation.expr, if level == POSTFIX && is_sign { FILTER } else { level }))
            }
            Expr::Compare(comparison) => {
                rests.push(Rest::Comparisons(comparison));
                rests.push(Rest::Text(weighed(&comparison.expr)));
                Some((&comparison.expr, operand_level(weighed(&comparison.expr), SUM)))
            }
            Expr::IfExpr(choice) => {
                rests.push(Rest::Branches { test: &choice.test_expr, otherwise: choice.false_expr.as_ref() });
                Some((&choice.true_expr, OR))
            }
            Expr::Filter(filter) => {
                let line = expression.span().start_line;
                rests.push(Rest::Filter { line, sign: "|", name: filter.name, arguments: &filter.args });
                filter.expr.as_ref().map(|value| (value, FILTER))
            }
            Expr::Test(test) => {
                let line = expression.span().start_line;
                rests.push(Rest::Filter { line, sign: " is ", name: test.name, arguments: &test.args });
                Some((&test.expr, FILTER))
            }
            Expr::GetAttr(attribute) => {
                rests.push(Rest::Attribute(attribute.name));
                Some((&attribute.expr, POSTFIX))
            }
            Expr::GetItem(item) => {
                rests.push(Rest::Item(item));
                if is_cheap_index(&item.subscript_expr) {
                    return Some((&item.expr, POSTFIX));
                }
                Some(self.passed(&item.expr, INDEXED, rests))
            }
            Expr::Slice(slice) => {
                rests.push(Rest::Text(SETTLED));
                rests.push(Rest::Slice(slice));
                Some(self.passed(&slice.expr, CUT, rests))
            }
            Expr::Call(call) => {
                rests.push(Rest::Call(call));
                Some((&call.expr, POSTFIX))
            }
            Expr::Var(_) | Expr::Const(_) | Expr::List(_) | Expr::Tuple(_) | Expr::Map(_) => {
                self.whole(expression);
                None
            }
        }
    }

    fn operation<'e>(operation: &'e BinOp<'s>, rests: &mut Vec<Rest<'e, 's>>) -> (&'e Expr<'s>, u8) {
        let BinOp { op, left, right } = operation;
        let plain = |sign, level: u8| (sign, level, level + 1, ["", ""]);
        let (sign, level, right_level, [of_left, of_right]) = match op {
            BinOpKind::Add => return charged(left, "|op_add(", vec![right], rests),
            BinOpKind::Mul => return charged(left, "|op_mul(", vec![right], rests),
            BinOpKind::Concat => return joined(operation, rests),
            BinOpKind::In if !is_cheap_search(left, right) => return charged(left, "|op_in(", vec![right], rests),
            BinOpKind::ScOr => plain(" or ", OR),
            BinOpKind::ScAnd => plain(" and ", AND),
            BinOpKind::Sub => plain(" - ", SUM),
            BinOpKind::Div => plain(" / ", PRODUCT),
            BinOpKind::FloorDiv => plain(" // ", PRODUCT),
            BinOpKind::Rem => plain(" % ", PRODUCT),
            BinOpKind::Pow => plain(" ** ", POWER),
            BinOpKind::In => (" in ", SUM, SUM, ["", ""]),
            BinOpKind::Eq => (" == ", SUM, SUM, compared(left, right)),
            BinOpKind::Ne => (" != ", SUM, SUM, compared(left, right)),
            BinOpKind::Lt => (" < ", SUM, SUM, compared(left, right)),
            BinOpKind::Lte => (" <= ", SUM, SUM, compared(left, right)),
            BinOpKind::Gt => (" > ", SUM, SUM, compared(left, right)),
            BinOpKind::Gte => (" >= ", SUM, SUM, compared(left, right)),
        };
        rests.push(Rest::Operand { sign, value: right, level: right_level, filter: of_right });
        rests.push(Rest::Text(of_left));
        (left, operand_level(of_left, level))
    }

    /// A value that passes a filter before something is asked of it.
    fn passed<'e>(
        &mut self,
        value: &'e Expr<'s>,
        filter: &'static str,
        rests: &mut Vec<Rest<'e, 's>>,
    ) -> (&'e Expr<'s>, u8) {
        self.put("(");
        rests.push(Rest::Text(")"));
        rests.push(Rest::Text(filter));
        (value, FILTER)
    }

    /// What has no part to the left of anything.
    fn whole(&mut self, expression: &Expr<'s>) {
        match expression {
            Expr::Var(name) => self.put(name.id),
            Expr::Const(constant) => {
                let span = constant.span();
                let range = span.start_offset as usize..span.end_offset as usize;
                let literal = self.source.get(range).unwrap_or_default();
                self.put(literal);
            }
            Expr::List(list) => {
                self.put("[");
                self.items(&list.items);
                self.put("]");
            }
            Expr::Tuple(tuple) => {
                self.put("(");
                self.items(&tuple.items);
                self.put(if tuple.items.len() == 1 { ",)" } else { ")" });
            }
            Expr::Map(map) => {
                self.put("{ ");
                for (key, value) in map.keys.iter().zip(&map.values) {
                    self.expression(key, 0);
                    self.put(": ");
                    self.expression(value, 0);
                    self.put(", ");
                }
                self.put("}");
            }
            _ => {}
        }
        if !is_simple(expression) {
            self.put(NESTED);
        }
    }

    fn items(&mut self, items: &[Expr<'s>]) {
        for (place, item) in items.iter().enumerate() {
            self.put(if place == 0 { "" } else { ", " });
            self.expression(item, 0);
        }
    }
}

/// An operator that is a filter with one argument.
fn charged<'e, 's>(
    left: &'e Expr<'s>,
    filter: &'static str,
    values: Vec<&'e Expr<'s>>,
    rests: &mut Vec<Rest<'e, 's>>,
) -> (&'e Expr<'s>, u8) {
    rests.push(Rest::Arguments { filter, values });
    (left, FILTER)
}

/// `a ~ b ~ c`, all at once: one after the other, what is to the left would be copied each time.
fn joined<'e, 's>(operation: &'e BinOp<'s>, rests: &mut Vec<Rest<'e, 's>>) -> (&'e Expr<'s>, u8) {
    let mut values = vec![&operation.right];
    let mut left = &operation.left;
    while let Expr::BinOp(inner) = left
        && matches!(inner.op, BinOpKind::Concat)
    {
        values.push(&inner.right);
        left = &inner.left;
    }
    values.reverse();
    charged(left, "|op_concat(", values, rests)
}

/// A comparison with a value in the template costs no more than the length of that value.
fn compared(left: &Expr<'_>, right: &Expr<'_>) -> [&'static str; 2] {
    if is_scalar(left) || is_scalar(right) { ["", ""] } else { [WEIGHED, WEIGHED] }
}
