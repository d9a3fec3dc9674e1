//! `date` and `timestamp`: a point in time as text and as a number.

use jiff::Timestamp;
use jiff::civil;
use jiff::fmt::strtime;
use jiff::tz::TimeZone;
use minijinja::Value;
use minijinja::value::ValueKind;

use super::argument_error::ArgumentError;
use super::arguments::{Arguments, name, text};
use super::description::Description;

pub(super) const DATE: Description = Description {
    name: "date",
    example: "now | date('%Y-%m-%d', 'Europe/Berlin')",
    takes: 2..=3,
    steps: 8,
    check: |place, value| match place {
        0 => time(value, &TimeZone::UTC).map(drop),
        1 => format(value).map(drop),
        _ => zone(value).map(drop),
    },
};

pub(super) const TIMESTAMP: Description = Description {
    name: "timestamp",
    example: "now | timestamp",
    takes: 1..=1,
    steps: 1,
    check: |_, value| time(value, &TimeZone::UTC).map(drop),
};

/// Longest format, in bytes. One directive of it makes 255 bytes at most.
const MAX_FORMAT: usize = 256;

/// A time in the form of POSIX `strftime`, in UTC or a zone of the IANA database; empty for text that is no time.
pub(super) fn date(arguments: &Arguments<'_>) -> Result<Value, ArgumentError> {
    let format = format(arguments.at(1))?;
    let zone = arguments.optional(2).map_or(Ok(TimeZone::UTC), zone)?;
    let Some(time) = time(arguments.at(0), &zone)? else { return Ok(Value::from("")) };
    written(&format, time, zone).map(Value::from)
}

/// A time as seconds since 1970 in UTC; empty for text that is no time.
pub(super) fn timestamp(arguments: &Arguments<'_>) -> Result<Value, ArgumentError> {
    let time = time(arguments.at(0), &TimeZone::UTC)?;
    Ok(time.map_or_else(|| Value::from(""), |time| Value::from(time.as_second())))
}

fn format(value: &Value) -> Result<String, ArgumentError> {
    let format = text(value)?;
    if format.len() > MAX_FORMAT {
        return Err(format!("takes a format of at most {MAX_FORMAT} bytes").into());
    }
    // Whether a format is right does not depend on the time.
    written(&format, Timestamp::UNIX_EPOCH, TimeZone::UTC)?;
    Ok(format.into_owned())
}

fn written(format: &str, time: Timestamp, zone: TimeZone) -> Result<String, ArgumentError> {
    strtime::format(format, &time.to_zoned_datetime(zone)).map_err(|_| {
        ArgumentError::from("takes a format made of `%Y`, `%m`, `%d`, `%H`, `%M`, …, with `%%` for a percent sign")
    })
}

fn zone(value: &Value) -> Result<TimeZone, ArgumentError> {
    TimeZone::get(&text(value)?).map_err(|_| ArgumentError::from("needs a time zone by its name in the IANA database"))
}

/// The time that a value means: RFC 3339, a date alone (its first moment in `zone`), or seconds since 1970. `None` for
/// other text: whether a birthday is a date depends on who wrote the vCard.
fn time(value: &Value, zone: &TimeZone) -> Result<Option<Timestamp>, ArgumentError> {
    match value.kind() {
        ValueKind::Number => {
            let seconds = i64::try_from(value.clone()).ok().and_then(|seconds| Timestamp::from_second(seconds).ok());
            seconds.map(Some).ok_or_else(|| ArgumentError::from("takes whole seconds since 1970, up to the year 9999"))
        }
        ValueKind::String => {
            let text = text(value)?;
            let at_midnight = || text.parse::<civil::Date>().and_then(|date| date.to_zoned_datetime(zone.clone())).ok();
            Ok(text.parse().ok().or_else(|| at_midnight().map(|midnight| midnight.timestamp())))
        }
        kind => Err(match text(value) {
            Err(mistake) if kind == ValueKind::Plain => mistake,
            _ => format!("takes a time as text or as a number, not {}", name(kind)).into(),
        }),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn dated(values: impl IntoIterator<Item = Value>) -> Result<String, ArgumentError> {
        date(&Arguments::new(&values.into_iter().collect::<Vec<_>>())).map(|value| value.to_string())
    }

    fn at(time: impl Into<Value>, format: &str) -> Result<String, ArgumentError> {
        dated([time.into(), format.into()])
    }

    #[test]
    fn times_are_written_in_utc_or_a_zone() {
        let now = "2025-06-15T15:06:40Z";
        assert_eq!(at(now, "%Y-%m-%d %H:%M:%S %Z"), Ok("2025-06-15 15:06:40 UTC".to_owned()));
        assert_eq!(at(1_750_000_000, "%Y-%m-%d %H:%M:%S"), Ok("2025-06-15 15:06:40".to_owned()));
        assert_eq!(at("2025-06-15T17:06:40+02:00", "%H%%"), Ok("15%".to_owned()));
        let berlin = |time: &str| dated([time.into(), "%F %H %Z".into(), "Europe/Berlin".into()]);
        assert_eq!(berlin(now), Ok("2025-06-15 17 CEST".to_owned()));
        assert_eq!(berlin("2025-12-31T23:30:00Z"), Ok("2026-01-01 00 CET".to_owned()));
        assert_eq!(berlin("1980-02-29"), Ok("1980-02-29 00 CET".to_owned()));
    }

    #[test]
    fn what_is_no_time_is_empty() {
        for text in ["", "yesterday", "29.02.1980", "2025-02-30", "--02-29", "99999-01-01"] {
            assert_eq!(at(text, "%Y"), Ok(String::new()), "{text}");
            assert_eq!(timestamp(&Arguments::new(&[text.into()])).unwrap().as_str(), Some(""), "{text}");
        }
        assert!(at(i64::MAX, "%Y").unwrap_err().0.contains("year 9999"));
        assert!(at(f64::NAN, "%Y").unwrap_err().0.contains("whole seconds"));
        assert!(at(true, "%Y").unwrap_err().0.contains("a time as text or as a number"));
    }

    #[test]
    fn a_wrong_format_or_zone_is_reported() {
        for format in ["%", "%Y %", "%!", "%Ö", "%E", &"%Y".repeat(129)] {
            assert!(at(0, format).unwrap_err().0.contains("a format"), "{format}");
        }
        for zone in ["Europe/Berln", "", "../etc/passwd", "CEST"] {
            assert!(dated([0.into(), "%H".into(), zone.into()]).unwrap_err().0.contains("IANA"), "{zone}");
        }
    }

    #[test]
    fn a_timestamp_is_a_number() {
        assert_eq!(timestamp(&Arguments::new(&["2025-06-15T15:06:40Z".into()])).unwrap(), Value::from(1_750_000_000));
    }

    proptest! {
        #[test]
        fn no_time_format_or_zone_panics(
            time in "\\PC{0,30}|[0-9TZ:+.-]{0,30}", seconds in any::<f64>(), format in "\\PC{0,9}|(%[-_0^#:.]?[0-9]{0,3}[A-Za-z]){0,9}",
            zone in "\\PC{0,20}|[A-Z][a-z]{2,9}/[A-Z][a-z]{2,9}",
        ) {
            for time in [Value::from(time), Value::from(seconds)] {
                if let Ok(text) = at(time.clone(), &format) {
                    prop_assert!(text.len() <= MAX_FORMAT * 255);
                }
                let _ = dated([time.clone(), "%c".into(), zone.as_str().into()]);
                let _ = timestamp(&Arguments::new(&[time]));
            }
        }
    }
}
