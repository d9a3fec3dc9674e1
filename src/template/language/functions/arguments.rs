//! The values that a function is given.

use std::borrow::Cow;

use minijinja::Value;
use minijinja::value::ValueKind;

use super::super::secret::Secret;
use super::argument_error::ArgumentError;

/// Bytes of text that are worth a step of the engine.
const BYTES_PER_STEP: usize = 64;

/// The values of one call, the one before `|` or `is` first. Their number is checked already.
pub(super) struct Arguments<'v>(&'v [Value]);

impl<'v> Arguments<'v> {
    pub(super) fn new(values: &'v [Value]) -> Self {
        Self(values)
    }

    /// The value at a place, counted from 0; undefined where it was left out.
    pub(super) fn at(&self, place: usize) -> &'v Value {
        self.0.get(place).unwrap_or(&Value::UNDEFINED)
    }

    /// The value at a place that may be left out.
    pub(super) fn optional(&self, place: usize) -> Option<&'v Value> {
        self.0.get(place)
    }

    /// The text at a place. Numbers count as text: a site's data may hold an extension as a number.
    pub(super) fn text(&self, place: usize) -> Result<Cow<'v, str>, ArgumentError> {
        text(self.at(place))
    }

    /// What reading all the text costs, in steps of the engine.
    pub(super) fn steps(&self) -> u64 {
        let bytes = self.0.iter().filter_map(Value::as_str).map(str::len).fold(0, usize::saturating_add);
        u64::try_from(bytes / BYTES_PER_STEP).unwrap_or(u64::MAX)
    }
}

/// The text of a value that is no secret and not escaped yet.
pub(super) fn text(value: &Value) -> Result<Cow<'_, str>, ArgumentError> {
    if value.downcast_object_ref::<Secret>().is_some() {
        return Err("takes no secret here".into());
    }
    match (value.kind(), value.as_str()) {
        (ValueKind::String, Some(_)) if value.is_safe() => {
            Err("takes no text that a macro or a block made, which is escaped already: give it the value itself".into())
        }
        (ValueKind::String, Some(text)) if text.contains(Secret::MARK) => {
            Err("takes no text that a secret was joined to: write a secret on its own".into())
        }
        (ValueKind::String, Some(text)) => Ok(Cow::Borrowed(text)),
        (ValueKind::Number, _) => Ok(Cow::Owned(value.to_string())),
        (kind, _) => Err(format!("takes text here, not {}", name(kind)).into()),
    }
}

/// A kind of value in the words of the documentation.
pub(in crate::template) fn name(kind: ValueKind) -> &'static str {
    match kind {
        ValueKind::Undefined => "what is undefined (`default('')` helps)",
        ValueKind::None => "`none`",
        ValueKind::Bool => "`true` or `false`",
        ValueKind::Number => "a number",
        ValueKind::String => "text",
        ValueKind::Seq | ValueKind::Iterable => "a list",
        ValueKind::Map => "a group of values",
        _ => "this",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_and_numbers_are_text_and_nothing_else_is() {
        assert_eq!(text(&Value::from("a")).unwrap(), "a");
        assert_eq!(text(&Value::from(4711)).unwrap(), "4711");
        for value in [
            Value::UNDEFINED,
            Value::from(()),
            Value::from(true),
            Value::from(vec![1]),
            Value::from_safe_string("a\\u003D".to_owned()),
            Secret::value("hunter2"),
            Value::from(format!("a{}", Secret::MARK)),
        ] {
            let ArgumentError(mistake) = text(&value).unwrap_err();
            assert!(mistake.starts_with("takes ") && !mistake.contains("hunter2"), "{mistake}");
        }
    }

    #[test]
    fn long_text_costs_more() {
        assert_eq!(Arguments::new(&[Value::from("x".repeat(640)), Value::from(1)]).steps(), 10);
    }
}
