//! Durations as people write them: `"8s"`, `"1m 30s"`, `"250ms"`.

use std::fmt;
use std::time::Duration;

use serde::de::{Deserializer, Error, Visitor};

/// How durations are written, for messages.
const EXAMPLES: &str = "for example \"8s\" or \"250ms\"";

/// The longest that any setting takes. Far longer ones cannot be added to a moment in time.
const LONGEST: Duration = Duration::from_hours(24);

/// Reads a duration from text with units; a bare number is refused, since its unit would be a guess.
pub(in crate::model::config) fn deserialize<'de, D: Deserializer<'de>>(input: D) -> Result<Duration, D::Error> {
    input.deserialize_any(Written)
}

/// A message about a duration that came from a variable, whose text has no quotation marks.
pub(in crate::model::config) fn in_variable(message: &str) -> String {
    message.replace(EXAMPLES, &EXAMPLES.replace('"', ""))
}

struct Written;

impl Visitor<'_> for Written {
    type Value = Duration;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "a time with its unit, {EXAMPLES}")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Duration, E> {
        match humantime::parse_duration(text) {
            Ok(duration) if duration <= LONGEST => Ok(duration),
            Ok(_) => Err(E::custom(format!("`{text}` is longer than a day; use at most \"1day\""))),
            Err(error) => Err(E::custom(format!("`{text}` is not a duration ({error}); write {EXAMPLES}"))),
        }
    }

    fn visit_i64<E: Error>(self, number: i64) -> Result<Duration, E> {
        Err(no_unit(number))
    }

    fn visit_f64<E: Error>(self, number: f64) -> Result<Duration, E> {
        Err(no_unit(number))
    }
}

fn no_unit<E: Error>(number: impl fmt::Display) -> E {
    E::custom(format!("`{number}` has no unit; write {EXAMPLES}"))
}
