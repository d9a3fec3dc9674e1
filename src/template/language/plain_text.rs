//! What text a value has, wherever a template makes one of it.

use minijinja::value::ValueKind;
use minijinja::{Error, Value};

use super::secret::Secret;
use crate::template::error::UsageError;

const NONE: &str = "`none` has no text; write `{{ … | default('', true) }}`";
const GROUP: &str =
    "a group of values has no text; name one of them, as in `vcard.title` (a macro is called with `()`)";
const LIST: &str = "a list has no text; loop over it, or write `{{ … | join(',') }}`";

/// The value as it becomes part of a text: `true` and `false` become texts, in lower case. The error says what to write
/// instead of a value that has no text.
///
/// Numbers and texts stay as they are, and what is undefined too: the engine refuses that itself, and knows its name. So
/// does a secret: the text that the engine makes of one holds [`Secret::MARK`], and is refused in the end.
pub(super) fn textual(value: Value) -> Result<Value, Error> {
    match value.kind() {
        ValueKind::Bool => Ok(Value::from(bool_text(value.is_true()))),
        ValueKind::String | ValueKind::Number | ValueKind::Undefined | ValueKind::Invalid => Ok(value),
        ValueKind::Plain if value.downcast_object_ref::<Secret>().is_some() => Ok(value),
        kind => Err(has_none(kind)),
    }
}

/// `true` or `false` as text.
pub(super) fn bool_text(value: bool) -> &'static str {
    if value { "true" } else { "false" }
}

/// Says what to write instead of a value of a kind that has no text.
pub(super) fn has_none(kind: ValueKind) -> Error {
    UsageError::raise(match kind {
        ValueKind::None => NONE,
        ValueKind::Map => GROUP,
        ValueKind::Seq | ValueKind::Iterable => LIST,
        _ => "this has no text",
    })
}
