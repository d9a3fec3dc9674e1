//! The filters that [`super::desugar`] writes at operators. They charge what the operators cost, and `+`, `*` and `in` are done
//! here altogether. No template can name them.

use std::borrow::Cow;
use std::iter;

use minijinja::value::{Rest, Tuple, ValueKind};
use minijinja::{Environment, Error, State, Value, filters, tests};

use super::cost::{PER_PLACE, charge, ensure, units};
use super::functions::kind_name;
use super::list;
use super::plain_text::textual;
use super::weight::{weigh, weigh_items};
use crate::template::error::UsageError;

/// Adds the filters.
pub(in crate::template) fn register(environment: &mut Environment<'static>) {
    environment.add_filter("op_add", add);
    environment.add_filter("op_mul", multiply);
    environment.add_filter("op_in", contained);
    environment.add_filter("op_concat", concatenated);
    environment.add_filter("op_weighed", weighed);
    environment.add_filter("op_nested", weighed);
    environment.add_filter("op_indexed", |state: &mut State<'_, '_>, value: Value| list::whole(state, value));
    environment.add_filter("op_cut", cut);
    environment.add_filter("op_settled", |state: &mut State<'_, '_>, value: Value| list::whole(state, value));
    environment.add_filter("op_not_empty", not_empty);
}

/// An operand that is compared, or a list that was just made: all of it is looked at.
fn weighed(state: &mut State<'_, '_>, value: Value) -> Result<Value, Error> {
    if value.as_object().is_some() {
        weigh(state, &value, 1)?;
    }
    list::whole(state, value)
}

/// A list or text that is cut. The engine goes through all of it.
fn cut(state: &mut State<'_, '_>, value: Value) -> Result<Value, Error> {
    if value.as_object().is_some() {
        weigh_items(state, &value)?;
    }
    list::whole(state, value)
}

fn not_empty(state: &mut State<'_, '_>, value: Value) -> Result<Value, Error> {
    let value = weighed(state, value)?;
    if value.len() == Some(0) { Err(UsageError::raise("`loop.cycle` takes at least one value")) } else { Ok(value) }
}

/// `left + right`: of numbers, texts or lists.
fn add(state: &mut State<'_, '_>, left: Value, right: Value) -> Result<Value, Error> {
    defined(state, [&left, &right])?;
    match (shape(&left), shape(&right)) {
        (Shape::Number, Shape::Number) => {
            filters::sum(state, Value::from(vec![right]), None, Some(left), iter::empty::<(&str, Value)>().collect())
        }
        (Shape::Text, Shape::Text) => joined(state, &[left, right]),
        (Shape::List, Shape::List) if left.is_tuple() == right.is_tuple() => {
            let is_tuple = left.is_tuple();
            let mut items = list::collected(state, &left)?;
            items.append(&mut list::collected(state, &right)?);
            Ok(if is_tuple { Value::from(Tuple::from(items)) } else { list::from_items(items) })
        }
        _ => {
            let (left, right) = (kind_name(left.kind()), kind_name(right.kind()));
            Err(UsageError::raise(format!(
                "`+` adds numbers, texts or lists, not {left} and {right}; write `~` to join values to one text"
            )))
        }
    }
}

/// `first ~ second ~ …`.
#[expect(clippy::needless_pass_by_value, reason = "the engine hands arguments over")]
fn concatenated(state: &mut State<'_, '_>, first: Value, others: Rest<Value>) -> Result<Value, Error> {
    let mut values = Vec::with_capacity(others.len() + 1);
    for value in iter::once(first).chain(others.iter().cloned()) {
        defined(state, [&value])?;
        values.push(textual(value)?);
    }
    joined(state, &values)
}

/// Texts as one. From the first on that is safe, of a macro or block, all is: the others are escaped.
fn joined(state: &mut State<'_, '_>, values: &[Value]) -> Result<Value, Error> {
    let length = values.iter().filter_map(Value::as_str).map(str::len).fold(0, usize::saturating_add);
    ensure(state, units(length))?;
    let mut is_safe = values.first().is_some_and(Value::is_safe);
    let mut whole = String::with_capacity(length);
    for value in values {
        if value.is_safe() && !is_safe {
            whole = state.format(Value::from(whole))?;
            is_safe = true;
        }
        let written = value.as_str().map_or_else(|| Cow::Owned(value.to_string()), Cow::Borrowed);
        if value.is_safe() == is_safe {
            whole.push_str(&written);
        } else {
            whole.push_str(&state.format(Value::from(&*written))?);
        }
    }
    Ok(if is_safe { Value::from_safe_string(whole) } else { Value::from(whole) })
}

/// `left * right`: of numbers, or of a text or list and how often to repeat it.
fn multiply(state: &mut State<'_, '_>, left: Value, right: Value) -> Result<Value, Error> {
    defined(state, [&left, &right])?;
    let (repeated, count) = match (shape(&left), shape(&right)) {
        (Shape::Number, Shape::Number) => return product(&left, &right),
        (Shape::Text | Shape::List, Shape::Number) => (left, right),
        (Shape::Number, Shape::Text | Shape::List) => (right, left),
        _ => {
            let (left, right) = (kind_name(left.kind()), kind_name(right.kind()));
            return Err(UsageError::raise(format!(
                "`*` multiplies numbers, or repeats a text or list that many times, not {left} and {right}"
            )));
        }
    };
    let count = i128::try_from(count).map_err(|_| UsageError::raise("`*` repeats a text or list by a whole number"))?;
    let count = usize::try_from(count.max(0)).unwrap_or(usize::MAX);
    if let Some(text) = repeated.as_str() {
        ensure(state, units(text.len().saturating_mul(count)))?;
        let whole = text.repeat(if text.is_empty() { 0 } else { count });
        return Ok(if repeated.is_safe() { Value::from_safe_string(whole) } else { Value::from(whole) });
    }
    let items = list::collected(state, &repeated)?;
    charge(state, units(items.len().saturating_mul(count)).saturating_mul(PER_PLACE))?;
    let length = items.len().saturating_mul(count);
    let items: Vec<Value> = items.into_iter().cycle().take(length).collect();
    Ok(if repeated.is_tuple() { Value::from(Tuple::from(items)) } else { list::from_items(items) })
}

fn product(left: &Value, right: &Value) -> Result<Value, Error> {
    let whole =
        |value: &Value| (value.is_integer() || value.kind() == ValueKind::Bool).then(|| i128::try_from(value.clone()));
    if let (Some(left), Some(right)) = (whole(left), whole(right)) {
        let product = left.ok().zip(right.ok()).and_then(|(left, right)| left.checked_mul(right));
        let product = product.ok_or_else(|| UsageError::raise("the product of these numbers is too large"))?;
        return Ok(i64::try_from(product).map_or_else(|_| Value::from(product), Value::from));
    }
    Ok(Value::from(f64::try_from(left.clone())? * f64::try_from(right.clone())?))
}

/// `value in container`.
#[expect(clippy::needless_pass_by_value, reason = "the engine hands arguments over")]
pub(super) fn contained(state: &mut State<'_, '_>, value: Value, container: Value) -> Result<bool, Error> {
    defined(state, [&value, &container])?;
    let value = match container.kind() {
        ValueKind::String => textual(value)?,
        ValueKind::Seq | ValueKind::Iterable | ValueKind::Map | ValueKind::Plain => value,
        kind => {
            return Err(UsageError::raise(format!(
                "`in` looks into a list, a text or a group of values, not into {}",
                kind_name(kind)
            )));
        }
    };
    match (container.as_str(), value.as_str()) {
        (Some(text), _) => charge(state, units(text.len()))?,
        // The engine charges for each item, and compares only texts of one length.
        (None, Some(text)) => {
            charge(state, units(text.len()).saturating_mul(units(container.len().unwrap_or_default())))?;
        }
        (None, None) if value.as_object().is_some() => drop(weigh(state, &container, 1)?),
        (None, None) => {}
    }
    tests::is_in(state, &value, &container)
}

/// What an operand is to `+` and `*`.
enum Shape {
    Number,
    Text,
    List,
    Other,
}

fn shape(value: &Value) -> Shape {
    match value.kind() {
        ValueKind::Number | ValueKind::Bool => Shape::Number,
        ValueKind::String => Shape::Text,
        ValueKind::Seq | ValueKind::Iterable => Shape::List,
        _ => Shape::Other,
    }
}

/// Lets the engine refuse what is undefined: it alone knows the name.
pub(in crate::template) fn defined<'v>(
    state: &State<'_, '_>,
    values: impl IntoIterator<Item = &'v Value>,
) -> Result<(), Error> {
    let undefined = values.into_iter().find(|value| value.is_undefined());
    undefined.map_or(Ok(()), |value| filters::string(state, value).map(drop))
}
