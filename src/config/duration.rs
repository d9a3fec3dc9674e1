//! Durations as people write them: `"8s"`, `"1m 30s"`, `"250ms"`.

use std::time::Duration;

use serde::de::{Deserialize, Deserializer, Error};

/// Reads a duration from text with units; a bare number is refused, since its unit would be a guess.
pub(super) fn deserialize<'de, D: Deserializer<'de>>(input: D) -> Result<Duration, D::Error> {
    let text = String::deserialize(input)?;
    humantime::parse_duration(&text).map_err(|error| {
        D::Error::custom(format!("`{text}` is not a duration ({error}); write for example \"8s\" or \"250ms\""))
    })
}
