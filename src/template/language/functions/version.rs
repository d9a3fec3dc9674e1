//! `version_at_least`: whether a client is new enough.

use jitsi_properties::Version;
use minijinja::Value;

use super::argument_error::ArgumentError;
use super::arguments::{Arguments, text};
use super::description::Description;

pub(super) const DESCRIPTION: Description = Description {
    name: "version_at_least",
    example: "version_at_least(request.client.version, '2.11')",
    takes: 2..=2,
    steps: 1,
    check: |place, value| if place == 1 { least(value).map(drop) } else { text(value).map(drop) },
};

/// Whether the first version is the second or a later one. A client that sends no version is not new enough for
/// anything.
pub(super) fn version_at_least(arguments: &Arguments<'_>) -> Result<Value, ArgumentError> {
    let least = least(arguments.at(1))?;
    let version = Version::parse(&arguments.text(0)?);
    Ok(Value::from(version.is_some_and(|version| version >= least)))
}

fn least(value: &Value) -> Result<Version, ArgumentError> {
    // As a number, 2.10 is 2.1.
    if value.is_number() {
        return Err("takes a version as text, in quotes".into());
    }
    Version::parse(&text(value)?).ok_or_else(|| ArgumentError::from("compares with a version that begins with a digit"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn compared(version: impl Into<Value>, least: impl Into<Value>) -> Result<bool, ArgumentError> {
        version_at_least(&Arguments::new(&[version.into(), least.into()])).map(|value| value.is_true())
    }

    #[test]
    fn versions_are_compared_by_their_numbers() {
        assert_eq!(compared("2.10.5550", "2.9"), Ok(true));
        assert_eq!(compared("2.10.5550", "2.10"), Ok(true));
        assert_eq!(compared("2.10.5550", "2.11"), Ok(false));
        assert_eq!(compared("2.14-SNAPSHOT.0", "2.14"), Ok(true));
    }

    #[test]
    fn a_client_without_a_version_is_not_new_enough() {
        assert_eq!(compared("", "0"), Ok(false));
        assert_eq!(compared("unknown", "0"), Ok(false));
    }

    #[test]
    fn what_is_compared_with_must_be_a_version_in_quotes() {
        assert!(compared("2.10", "new").unwrap_err().0.contains("begins with a digit"));
        assert!(compared("2.10", 2.1).unwrap_err().0.contains("in quotes"));
    }
}
