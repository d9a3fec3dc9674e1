//! Times as text, in one form everywhere.

use jiff::Timestamp;

/// The time as RFC 3339 (section 5.6) has it, in UTC and whole seconds: `2026-07-01T12:00:00Z`.
#[must_use]
pub fn rfc3339(time: Timestamp) -> String {
    time.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_has_whole_seconds_and_ends_with_z() {
        let time = Timestamp::new(1_750_000_000, 999_999_999).unwrap();
        assert_eq!(rfc3339(time), "2025-06-15T15:06:40Z");
        assert_eq!(rfc3339(Timestamp::UNIX_EPOCH), "1970-01-01T00:00:00Z");
    }
}
