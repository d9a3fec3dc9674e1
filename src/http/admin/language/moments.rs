//! Times in the reader's time zone.

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

/// The time zone of a reader.
#[derive(Debug, Clone)]
pub(in crate::http::admin) struct Zone(TimeZone);

impl Zone {
    /// The zone with this IANA name, such as `Europe/Berlin`; otherwise UTC.
    pub(in crate::http::admin) fn named(name: Option<&str>) -> Self {
        let zone = name.and_then(|name| TimeZone::get(name).ok());
        Self(zone.unwrap_or(TimeZone::UTC))
    }

    /// Whether there is a zone with this IANA name.
    pub(in crate::http::admin) fn is_known(name: &str) -> bool {
        TimeZone::get(name).is_ok()
    }

    /// The zone as a cookie names it, with a hyphen for each slash that a browser's script wrote so; otherwise UTC.
    pub(in crate::http::admin) fn in_cookie(name: Option<&str>) -> Self {
        let Some(name) = name else { return Self(TimeZone::UTC) };
        // Names have hyphens of their own (`Etc/GMT-1`, `America/Port-au-Prince`): the first hyphens are the slashes.
        let zone = (0..=2).find_map(|slashes| TimeZone::get(&name.replacen('-', "/", slashes)).ok());
        Self(zone.unwrap_or(TimeZone::UTC))
    }

    /// Hour and minute there, for the times below a plot.
    pub(in crate::http::admin) fn clock(&self, at: Timestamp) -> String {
        at.to_zoned_datetime(self.0.clone()).strftime("%H:%M").to_string()
    }

    /// When the day `2026-11-30` begins in this zone, and when it has ended; none when the text is no day.
    pub(in crate::http::admin) fn day(&self, text: &str) -> Option<(Timestamp, Timestamp)> {
        let day: Date = text.parse().ok()?;
        let begin = |day: Date| Some(day.to_zoned_datetime(self.0.clone()).ok()?.timestamp());
        Some((begin(day)?, begin(day.tomorrow().ok()?)?))
    }

    /// The zone for a cookie, whose values have no slash.
    pub(in crate::http::admin) fn for_cookie(&self) -> String {
        self.name().replace('/', "-")
    }

    /// The zone's IANA name.
    pub(in crate::http::admin) fn name(&self) -> &str {
        self.0.iana_name().unwrap_or("UTC")
    }
}

/// The time as machines read it (RFC 3339, in UTC), for the attribute `datetime`.
pub(in crate::http::admin) fn iso(at: Timestamp) -> String {
    at.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}

/// The parts of a time, as messages of the languages insert them, each with its leading zero.
pub(super) fn fields(at: Timestamp, zone: &Zone) -> Vec<(&'static str, String)> {
    let zoned = at.to_zoned_datetime(zone.0.clone());
    let parts = [
        ("year", "%Y"),
        ("month", "%m"),
        ("day", "%d"),
        ("hour", "%H"),
        ("minute", "%M"),
        ("second", "%S"),
        ("zone", "%Z"),
    ];
    parts.iter().map(|(name, format)| (*name, zoned.strftime(format).to_string())).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_is_the_readers() {
        let day = |zone: &str, day: &str| Zone::named(Some(zone)).day(day).map(|(begin, end)| format!("{begin} {end}"));
        // 23 hours, since the clocks were put forward.
        let short = "2026-03-28T23:00:00Z 2026-03-29T22:00:00Z";
        assert_eq!(day("Europe/Berlin", "2026-03-29").as_deref(), Some(short));
        assert_eq!(day("UTC", "2026-03-29").as_deref(), Some("2026-03-29T00:00:00Z 2026-03-30T00:00:00Z"));
        for text in ["", "yesterday", "2026-13-01", "9999-12-31x"] {
            assert_eq!(day("UTC", text), None, "{text}");
        }
    }

    #[test]
    fn a_time_is_shown_in_the_readers_zone() {
        let at: Timestamp = "2026-03-29T00:59:07Z".parse().unwrap();
        let shown = |zone: &str| {
            let fields = fields(at, &Zone::named(Some(zone)));
            fields.into_iter().map(|(_, value)| value).collect::<Vec<_>>().join(" ")
        };
        assert_eq!(shown("Europe/Berlin"), "2026 03 29 01 59 07 CET");
        assert_eq!(shown("America/New_York"), "2026 03 28 20 59 07 EDT");
        for name in ["Europe/Berlin", "America/Argentina/Buenos_Aires", "America/Port-au-Prince", "Etc/GMT-1", "UTC"] {
            let zone = Zone::named(Some(name));
            assert_eq!(Zone::in_cookie(Some(&zone.for_cookie())).name(), name);
        }
        assert_eq!(shown("../etc/passwd"), "2026 03 29 00 59 07 UTC");
        assert_eq!(Zone::named(None).name(), "UTC");
        assert_eq!(iso(at), "2026-03-29T00:59:07Z");
    }
}
