//! How expressions hold together as they are written, and which of them need no filter.

use minijinja::machinery::ast::{BinOpKind, Expr, UnaryOpKind};
use minijinja::value::ValueKind;

/// How tightly the parts of an expression hold together, as the engine's parser has it.
pub(super) const OR: u8 = 1;
pub(super) const AND: u8 = 2;
pub(super) const NOT: u8 = 3;
const COMPARE: u8 = 4;
pub(super) const SUM: u8 = 5;
pub(super) const PRODUCT: u8 = 6;
pub(super) const POWER: u8 = 7;
pub(super) const FILTER: u8 = 8;
pub(super) const POSTFIX: u8 = 9;

/// A subscript up to which even a text is indexed at no cost.
const SMALL_INDEX: usize = 64;

/// The engine gives what stands behind a value the place of that, without the value.
pub(super) fn begins_where_its_span_does(expression: &Expr<'_>) -> bool {
    !matches!(
        expression,
        Expr::Filter(_) | Expr::Test(_) | Expr::GetAttr(_) | Expr::GetItem(_) | Expr::Slice(_) | Expr::Call(_)
    )
}

/// How tightly an expression holds together as it is written here.
pub(super) fn own_level(expression: &Expr<'_>) -> u8 {
    match expression {
        Expr::IfExpr(_) => 0,
        Expr::BinOp(operation) => match operation.op {
            BinOpKind::ScOr => OR,
            BinOpKind::ScAnd => AND,
            BinOpKind::In if !is_cheap_search(&operation.left, &operation.right) => FILTER,
            BinOpKind::Eq
            | BinOpKind::Ne
            | BinOpKind::Lt
            | BinOpKind::Lte
            | BinOpKind::Gt
            | BinOpKind::Gte
            | BinOpKind::In => COMPARE,
            BinOpKind::Sub => SUM,
            BinOpKind::Div | BinOpKind::FloorDiv | BinOpKind::Rem => PRODUCT,
            BinOpKind::Pow => POWER,
            BinOpKind::Add | BinOpKind::Mul | BinOpKind::Concat => FILTER,
        },
        Expr::UnaryOp(operation) => match operation.op {
            UnaryOpKind::Not => NOT,
            UnaryOpKind::Neg => FILTER,
        },
        Expr::Compare(_) => COMPARE,
        Expr::Filter(_) | Expr::Test(_) | Expr::Slice(_) => FILTER,
        Expr::List(_) | Expr::Tuple(_) | Expr::Map(_) if !is_simple(expression) => FILTER,
        _ => POSTFIX,
    }
}

/// How tightly an operand has to hold together that passes `filter`.
pub(super) fn operand_level(filter: &str, otherwise: u8) -> u8 {
    if filter.is_empty() { otherwise } else { FILTER }
}

/// Whether it is a list or group of values none of which can be one, or no list at all.
pub(super) fn is_simple(expression: &Expr<'_>) -> bool {
    match expression {
        Expr::List(list) => list.items.iter().all(is_scalar),
        Expr::Tuple(tuple) => tuple.items.iter().all(is_scalar),
        Expr::Map(map) => map.keys.iter().chain(&map.values).all(is_scalar),
        _ => true,
    }
}

/// Whether it is a text, a number, `true`, `false` or `none` that stands in the template as such.
pub(super) fn is_scalar(expression: &Expr<'_>) -> bool {
    match expression {
        Expr::Const(_) => true,
        Expr::UnaryOp(operation) => matches!(operation.expr, Expr::Const(_)),
        _ => false,
    }
}

/// Whether it is a text or number written in the template.
pub(super) fn is_text(operand: &Expr<'_>) -> bool {
    match operand {
        Expr::Const(constant) => matches!(constant.value.kind(), ValueKind::String | ValueKind::Number),
        _ => false,
    }
}

/// Whether `left in right` is charged enough by the engine itself: a text or number is looked for, or the list stands in
/// the template.
pub(super) fn is_cheap_search(left: &Expr<'_>, right: &Expr<'_>) -> bool {
    is_text(left) || matches!(right, Expr::List(_) | Expr::Tuple(_)) && is_simple(right)
}

pub(super) fn is_cheap_index(index: &Expr<'_>) -> bool {
    match index {
        Expr::Const(constant) => {
            constant.value.as_str().is_some() || constant.value.as_usize().is_some_and(|index| index <= SMALL_INDEX)
        }
        _ => false,
    }
}
