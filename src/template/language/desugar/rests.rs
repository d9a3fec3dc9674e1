//! What is written behind the left part of an expression: operands, calls, filters.

use minijinja::machinery::ast::{Call, CallArg, Compare, CompareOpKind, Expr, GetItem, Slice};

use super::levels::{OR, POSTFIX, SUM, is_scalar, operand_level};
use super::writer::Writer;

/// The filter that an operand passes first.
pub(super) const WEIGHED: &str = "|op_weighed";
const NOT_EMPTY: &str = "|op_not_empty";

/// What is written behind the left part of an expression.
pub(super) enum Rest<'e, 's> {
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

impl<'s> Writer<'s> {
    pub(super) fn rest(&mut self, rest: &Rest<'_, 's>) {
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

pub(super) fn weighed(operand: &Expr<'_>) -> &'static str {
    if is_scalar(operand) { "" } else { WEIGHED }
}
