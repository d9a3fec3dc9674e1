//! Durations as people write them: `"8s"`, `"1m 30s"`, `"250ms"`.

use std::time::Duration;

use serde::de::{Deserialize, Deserializer, Error};

/// The longest that any setting takes. Far longer ones cannot be added to a moment in time.
const LONGEST: Duration = Duration::from_hours(24);

/// Reads a duration from text with units; a bare number is refused, since its unit would be a guess.
pub(super) fn deserialize<'de, D: Deserializer<'de>>(input: D) -> Result<Duration, D::Error> {
    let text = String::deserialize(input)?;
    match humantime::parse_duration(&text) {
        Ok(duration) if duration <= LONGEST => Ok(duration),
        Ok(_) => Err(D::Error::custom(format!("`{text}` is longer than a day; use at most \"1day\""))),
        Err(error) => Err(D::Error::custom(format!(
            "`{text}` is not a duration ({error}); write for example \"8s\" or \"250ms\""
        ))),
    }
}
