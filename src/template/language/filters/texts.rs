//! Filters that make texts of values, where the engine's would write Python's words, and advice where it has none.

use std::collections::BTreeMap;
use std::iter;

use minijinja::value::{Kwargs, Rest, StringInput, ValueKind, ValueOrKwargs};
use minijinja::{Error, State, Value, filters};

use super::super::cost::{charge, units};
use super::super::list;
use super::super::operators::defined;
use super::super::plain_text::textual;
use super::super::weight::weigh;
use crate::template::error::UsageError;

/// `value | string`.
pub(super) fn string(state: &State<'_, '_>, value: Value) -> Result<Value, Error> {
    filters::string(state, &textual(value)?)
}

/// `items | join(',')`.
#[expect(clippy::needless_pass_by_value, reason = "the engine hands arguments over")]
pub(super) fn join(
    state: &mut State<'_, '_>,
    value: Value,
    joiner: Option<Value>,
    attribute: Option<&str>,
    kwargs: Kwargs,
) -> Result<Value, Error> {
    let joiner = joiner.or(kwargs.get("d")?).map(textual).transpose()?;
    let attribute = attribute.or(kwargs.get("attribute")?);
    kwargs.assert_all_used()?;
    let items = match attribute {
        Some(attribute) => {
            let named: Kwargs =
                [("attribute", Value::from(attribute)), ("default", Value::from(""))].into_iter().collect();
            Value::from_function(filters::map).call(state, &[value, named.into()])?
        }
        None => value,
    };
    let items = if items.as_object().is_some() {
        list::from_items(list::collected(state, &items)?.into_iter().map(textual).collect::<Result<_, _>>()?)
    } else {
        items
    };
    let joiner = joiner.as_ref().map(|joiner| StringInput::new(state, joiner)).transpose()?;
    filters::join(state, &items, joiner, None, iter::empty::<(&str, Value)>().collect())
}

/// `maps | chain(others)` is a group of values, not a chain of such.
pub(super) fn chain(state: &mut State<'_, '_>, value: Value, others: Rest<Value>) -> Result<Value, Error> {
    let made = filters::chain(state, value, others)?;
    if made.kind() != ValueKind::Map {
        return Ok(made);
    }
    weigh(state, &made, 2)?;
    let pairs = made.try_iter()?.map(|key| made.get_item(&key).map(|value| (key, value)));
    Ok(Value::from_object(pairs.collect::<Result<BTreeMap<Value, Value>, _>>()?))
}

/// `numbers | sum`, and `lists | sum(start=[])`, which copies what it has at each step.
#[expect(clippy::needless_pass_by_value, reason = "the engine hands arguments over")]
pub(super) fn sum(
    state: &mut State<'_, '_>,
    value: Value,
    attribute: Option<&str>,
    start: Option<Value>,
    kwargs: Kwargs,
) -> Result<Value, Error> {
    let attribute = attribute.or(kwargs.get("attribute")?);
    let start = start.or(kwargs.get("start")?);
    kwargs.assert_all_used()?;
    if start.as_ref().is_some_and(|start| !start.is_number()) {
        let times = units(value.len().unwrap_or_default()).max(1);
        weigh(state, &value, times)?;
    }
    filters::sum(state, value, attribute, start, iter::empty::<(&str, Value)>().collect())
}

/// `text | int`.
pub(super) fn int(state: &mut State<'_, '_>, values: Rest<ValueOrKwargs>) -> Result<Value, Error> {
    number(state, values, &Value::from_function(filters::int), "int", "0")
}

/// `text | float`.
pub(super) fn float(state: &mut State<'_, '_>, values: Rest<ValueOrKwargs>) -> Result<Value, Error> {
    number(state, values, &Value::from_function(filters::float), "float", "0.0")
}

fn number(
    state: &mut State<'_, '_>,
    values: Rest<ValueOrKwargs>,
    function: &Value,
    name: &str,
    default: &str,
) -> Result<Value, Error> {
    let values = values.into_values();
    function.call(state, &values).map_err(|error| match values.first() {
        Some(value) if value.kind() == ValueKind::String => UsageError::raise(format!(
            "`{name}` cannot make a number of this text; write `{name}({default})`, which gives {default} for empty \
             text and everything else that is not a number"
        )),
        _ => error,
    })
}

/// `'%s and %s' | format(a, b)`.
pub(super) fn format(state: &mut State<'_, '_>, format: Value, values: Rest<ValueOrKwargs>) -> Result<Value, Error> {
    let mut values = values.into_values();
    defined(state, [&format])?;
    let text = format
        .as_str()
        .ok_or_else(|| UsageError::raise("`format` takes a text before it, as in `'%s' | format(value)`"))?;
    let mut by_name = BTreeMap::new();
    let mut place = 0;
    for conversion in conversions(text) {
        // Filling up costs as much as text.
        charge(state, units(conversion.least))?;
        let value = match conversion.key {
            Some(key) => values.first().and_then(|group| group.get_attr(key).ok()),
            None => values.get(place).cloned(),
        };
        let value = match value {
            Some(value) if conversion.is_text => textual(value)?,
            Some(value) => value,
            None => continue,
        };
        if let Some(key) = conversion.key {
            by_name.insert(Value::from(key), value);
        } else {
            values.get_mut(place).into_iter().for_each(|written| *written = value.clone());
            place += 1;
        }
    }
    if !by_name.is_empty() {
        values = vec![Value::from_object(by_name)];
    }
    values.insert(0, format);
    Value::from_function(filters::format).call(state, &values)
}

/// A `%…` of a format.
struct Conversion<'f> {
    /// The name of the value, if it is not the next one.
    key: Option<&'f str>,
    /// How long it is at least.
    least: usize,
    /// Whether it takes any value as text.
    is_text: bool,
}

/// The conversions of a format; what the engine will refuse is left to it.
fn conversions(format: &str) -> Vec<Conversion<'_>> {
    let mut found = Vec::new();
    let mut rest = format;
    while let Some((_, behind)) = rest.split_once('%') {
        let (key, behind) = match behind.strip_prefix('(').and_then(|inner| inner.split_once(')')) {
            Some((key, behind)) => (Some(key), behind),
            None => (None, behind),
        };
        let spec = behind.trim_start_matches(['#', '0', '-', ' ', '+']);
        let kind = spec.trim_start_matches(|sign: char| sign.is_ascii_digit() || sign == '.');
        let numbers = spec.get(..spec.len() - kind.len()).unwrap_or_default().split('.');
        let least = numbers.map(|number| number.parse().unwrap_or(if number.is_empty() { 0 } else { usize::MAX }));
        let least = least.fold(0, usize::saturating_add);
        let mut kinds = kind.trim_start_matches(['h', 'l', 'L']).chars();
        match kinds.next() {
            Some('%') if key.is_none() => {}
            kind => found.push(Conversion { key, least, is_text: kind == Some('s') }),
        }
        rest = kinds.as_str();
    }
    found
}
