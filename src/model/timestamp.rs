//! Times as text, in one form everywhere.

use jiff::{SignedDuration, Timestamp};
use tokio::time::Instant;

/// The time as RFC 3339 (section 5.6) has it, in UTC and whole seconds: `2026-07-01T12:00:00Z`.
#[must_use]
pub fn rfc3339(time: Timestamp) -> String {
    time.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}

/// The time of day at a moment of the monotonic clock, as the clocks stand now.
#[must_use]
pub fn timestamp(moment: Instant) -> Timestamp {
    let (now, here) = (Timestamp::now(), Instant::now());
    let ahead = SignedDuration::try_from(moment.saturating_duration_since(here)).unwrap_or(SignedDuration::MAX);
    let ago = SignedDuration::try_from(here.saturating_duration_since(moment)).unwrap_or(SignedDuration::MAX);
    now.saturating_add(ahead).and_then(|time| time.saturating_sub(ago)).unwrap_or(now)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn a_time_has_whole_seconds_and_ends_with_z() {
        let time = Timestamp::new(1_750_000_000, 999_999_999).unwrap();
        assert_eq!(rfc3339(time), "2025-06-15T15:06:40Z");
        assert_eq!(rfc3339(Timestamp::UNIX_EPOCH), "1970-01-01T00:00:00Z");
    }

    #[test]
    fn a_moment_has_its_time_of_day() {
        let here = Instant::now();
        let apart = |moment| timestamp(moment).duration_since(Timestamp::now()).as_millis();
        assert!((-59_999..=-59_000).contains(&(apart(here - Duration::from_mins(1)) + 500)));
        assert!((59_000..=59_999).contains(&(apart(here + Duration::from_mins(1)) - 500)));
    }
}
