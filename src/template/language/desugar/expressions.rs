//! Expressions, written again with as few parentheses as they need: the parser goes only so deep.
//!
//! What stands to the left of an operator is followed in a loop, since a tag may hold a thousand operators in a row. What
//! stands to the right is a call of its own: there the parser counts too.

use minijinja::machinery::ast::{
    BinOp, BinOpKind, Call, CallArg, Compare, CompareOpKind, Expr, GetItem, Slice, UnaryOpKind,
};

use super::Writer;
use super::levels::{
    AND, FILTER, NOT, OR, POSTFIX, POWER, PRODUCT, SUM, begins_where_its_span_does, is_cheap_index, is_cheap_search,
    is_scalar, is_simple, operand_level, own_level,
};

/// The filter that an operand passes first, or the one that the value passes in the end.
const WEIGHED: &str = "|op_weighed";
const INDEXED: &str = "|op_indexed";
const CUT: &str = "|op_cut";
const NESTED: &str = "|op_nested";
const SETTLED: &str = "|op_settled";
const NOT_EMPTY: &str = "|op_not_empty";

/// What is written behind the left part of an expression.
enum Rest<'e, 's> {
    Text(&'static str),
    Operand { sign: &'static str, value: &'e Expr<'s>, level: u8, filter: &'static str },
    Arguments { filter: &'static str, values: Vec<&'e Expr<'s>> },
    Comparisons(&'e Compare<'s>),
    Attribute(&'e str),
    Item(&'e GetItem<'s>),
    Slice(&'e Slice<'s>),
    Call(&'e Call<'s>),
    Filter { line: u16, sign: &'static str, name: &'e str, arguments: &'e [CallArg<'s>] },
    Branches { test: &'e Expr<'s>, otherwise: Option<&'e Expr<'s>> },
}

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

    fn rest(&mut self, rest: &Rest<'_, 's>) {
        match rest {
            Rest::Text(text) => self.put(text),
            Rest::Operand { sign, value, level, filter } => {
                self.put(sign);
                self.expression(value, operand_level(filter, *level));
                self.put(filter);
            }
            Rest::Arguments { filter, values } => {
                self.put(filter);
                for (place, value) in values.iter().enumerate() {
                    self.put(if place == 0 { "" } else { ", " });
                    self.expression(value, 0);
                }
                self.put(")");
            }
            Rest::Comparisons(comparison) => {
                for operation in &comparison.ops {
                    self.put(sign(operation.op));
                    let filter = weighed(&operation.expr);
                    self.expression(&operation.expr, operand_level(filter, SUM));
                    self.put(filter);
                }
            }
            Rest::Attribute(name) => {
                self.put(".");
                self.put(name);
            }
            Rest::Item(item) => {
                let index = &item.subscript_expr;
                let filter = weighed(index);
                self.put("[");
                self.expression(index, operand_level(filter, 0));
                self.put(filter);
                self.put("]");
            }
            Rest::Slice(slice) => self.slice(slice),
            Rest::Call(call) => self.arguments(&call.args, method(call)),
            Rest::Filter { line, sign, name, arguments } => {
                self.reach(*line);
                self.put(sign);
                self.put(name);
                // A test without parentheses would take what follows for its argument.
                if !arguments.is_empty() || *sign != "|" {
                    self.arguments(arguments, "");
                }
            }
            Rest::Branches { test, otherwise } => {
                self.put(" if ");
                self.expression(test, OR);
                if let Some(otherwise) = otherwise {
                    self.put(" else ");
                    self.expression(otherwise, 0);
                }
            }
        }
    }

    fn slice(&mut self, slice: &Slice<'s>) {
        self.put("[");
        for (place, part) in [&slice.start, &slice.stop, &slice.step].into_iter().enumerate() {
            self.put(if place == 0 { "" } else { ":" });
            if let Some(part) = part {
                self.expression(part, 0);
            }
        }
        self.put("]");
    }

    /// A call as a statement has it.
    pub(super) fn call(&mut self, call: &Call<'s>) {
        self.expression(&call.expr, POSTFIX);
        self.arguments(&call.args, method(call));
    }

    fn arguments(&mut self, arguments: &[CallArg<'s>], method: &str) {
        self.put("(");
        // The engine divides by the number of values that `cycle` has.
        let may_be_none = method == "cycle" && !arguments.iter().any(|argument| matches!(argument, CallArg::Pos(_)));
        if may_be_none && arguments.is_empty() {
            self.put("*[]");
            self.put(NOT_EMPTY);
        }
        for (place, argument) in arguments.iter().enumerate() {
            self.put(if place == 0 { "" } else { ", " });
            let (before, value, filter) = match argument {
                CallArg::Pos(value) if method == "changed" => ("", value, WEIGHED),
                CallArg::Pos(value) => ("", value, ""),
                CallArg::Kwarg(name, value) => {
                    self.put(name);
                    ("=", value, "")
                }
                CallArg::PosSplat(value) if may_be_none => ("*", value, NOT_EMPTY),
                CallArg::PosSplat(value) => ("*", value, WEIGHED),
                CallArg::KwargSplat(value) => ("**", value, WEIGHED),
            };
            self.put(before);
            self.expression(value, operand_level(filter, 0));
            self.put(filter);
        }
        self.put(")");
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

fn sign(operator: CompareOpKind) -> &'static str {
    match operator {
        CompareOpKind::Eq => " == ",
        CompareOpKind::Ne => " != ",
        CompareOpKind::Lt => " < ",
        CompareOpKind::Lte => " <= ",
        CompareOpKind::Gt => " > ",
        CompareOpKind::Gte => " >= ",
        CompareOpKind::In => " in ",
        CompareOpKind::NotIn => " not in ",
    }
}

/// The name behind the last dot of what is called.
fn method<'s>(call: &Call<'s>) -> &'s str {
    match &call.expr {
        Expr::GetAttr(attribute) => attribute.name,
        _ => "",
    }
}

fn weighed(operand: &Expr<'_>) -> &'static str {
    if is_scalar(operand) { "" } else { WEIGHED }
}

/// A comparison with a value in the template costs no more than the length of that value.
fn compared(left: &Expr<'_>, right: &Expr<'_>) -> [&'static str; 2] {
    if is_scalar(left) || is_scalar(right) { ["", ""] } else { [WEIGHED, WEIGHED] }
}
