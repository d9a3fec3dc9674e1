//! How long a stream may be idle.

use std::ops::Range;
use std::time::Duration;

use tokio::time::Instant;

/// Openfire's default (`xmpp.client.idle`), which Openfire 5 announces in its features. Prosody has 5 minutes
/// (`c2s_timeout`).
const USUAL: Duration = Duration::from_mins(6);
/// Where between its opening and the limit a stream is replaced. Openfire sends a ping to idle streams after a half.
const REPLACED: Range<f64> = 0.35..0.45;
/// A shorter limit is not worth streams that no login asks for.
const SHORT: Duration = Duration::from_mins(1);
/// With a shorter limit streams would be opened again and again, and seldom serve a login.
const TOO_SHORT: Duration = Duration::from_secs(5);
/// A stream that ends sooner was not idle for too long.
const LEAST_AGE: Duration = Duration::from_secs(1);
/// Ratio of the ages of two streams that one limit may have ended.
const ALIKE: Range<f64> = 0.75..1.25;
/// Time after which a learned limit no longer counts.
const REMEMBERED: Duration = Duration::from_hours(1);

/// What is known of the server's limit for idle streams.
#[derive(Debug, Default)]
pub(super) struct Lifetime {
    announced: Option<Duration>,
    learned: Option<Learned>,
    /// Age and end of the last stream that the server ended, which may have had another reason.
    clue: Option<(Duration, Instant)>,
}

#[derive(Debug, Clone, Copy)]
struct Learned {
    limit: Duration,
    until: Instant,
}

impl Lifetime {
    /// The limit in the server's features (XEP-0478), if they have one.
    pub(super) fn announced(&mut self, limit: Option<Duration>) {
        self.announced = limit;
    }

    /// The age at which a stream that is opened now is replaced.
    pub(super) fn draw(&self, now: Instant) -> Duration {
        self.limit(now).mul_f64(rand::random_range(REPLACED))
    }

    /// Whether streams can wait long enough to be of use.
    pub(super) fn is_long_enough(&self, now: Instant) -> bool {
        self.limit(now) >= TOO_SHORT
    }

    /// When streams that no login asked for are worth their upkeep: now, or when a short limit is forgotten.
    pub(super) fn worth_upkeep_from(&self, now: Instant) -> Instant {
        match self.learned {
            _ if self.limit(now) >= SHORT => now,
            Some(learned) if self.announced.is_none_or(|limit| limit >= SHORT) => learned.until,
            _ => now + REMEMBERED,
        }
    }

    /// The server ended an idle stream, or said something on it. Gives the limit that this shows, if it shows one.
    ///
    /// A restart ends all streams at one time. A limit shows when a stream that was opened after the end of another one reaches
    /// the same age.
    pub(super) fn ended(&mut self, opened: Instant, now: Instant) -> Option<Duration> {
        let age = now.saturating_duration_since(opened);
        if age < LEAST_AGE {
            return None;
        }
        let Some((before, end)) = self.clue else {
            self.clue = Some((age, now));
            return None;
        };
        if opened < end {
            return None;
        }
        self.clue = Some((age, now));
        let ratio = age.as_secs_f64() / before.as_secs_f64().max(f64::MIN_POSITIVE);
        let limit = age.min(before);
        if !ALIKE.contains(&ratio) || limit >= self.limit(now) {
            return None;
        }
        self.learned = Some(Learned { limit, until: now + REMEMBERED });
        Some(limit)
    }

    fn limit(&self, now: Instant) -> Duration {
        let learned = self.learned.filter(|learned| now < learned.until).map(|learned| learned.limit);
        self.announced.into_iter().chain(learned).fold(USUAL, Duration::min)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    #[track_caller]
    fn is_replaced_between(lifetime: &Lifetime, now: Instant, least: f64, most: f64) {
        for _ in 0..100 {
            let age = lifetime.draw(now).as_secs_f64();
            assert!((least..=most).contains(&age), "{age}");
        }
    }

    #[test]
    fn a_stream_is_replaced_before_the_ping_that_openfire_sends_after_half_of_its_limit() {
        let (mut lifetime, now) = (Lifetime::default(), Instant::now());
        is_replaced_between(&lifetime, now, 126.0, 162.0);
        lifetime.announced(Some(100 * SECOND));
        is_replaced_between(&lifetime, now, 35.0, 45.0);
        lifetime.announced(Some(10_000 * SECOND));
        is_replaced_between(&lifetime, now, 126.0, 162.0);
    }

    #[test]
    fn two_streams_after_each_other_that_end_at_the_same_age_show_a_limit() {
        let (mut lifetime, began) = (Lifetime::default(), Instant::now());
        let at = |seconds: u32| began + seconds * SECOND;
        // Opened together, two streams say no more than one.
        assert_eq!(lifetime.ended(at(0), at(10)), None);
        assert_eq!(lifetime.ended(at(0), at(10)), None);
        assert_eq!(lifetime.worth_upkeep_from(at(10)), at(10));
        assert_eq!(lifetime.ended(at(12), at(23)), Some(10 * SECOND));
        is_replaced_between(&lifetime, at(23), 3.5, 4.5);
        assert_eq!(lifetime.worth_upkeep_from(at(23)), at(23) + REMEMBERED);
        is_replaced_between(&lifetime, at(23) + REMEMBERED, 126.0, 162.0);
    }

    #[test]
    fn restarts_of_the_server_show_no_limit() {
        let (mut lifetime, began) = (Lifetime::default(), Instant::now());
        let at = |seconds: u32| began + seconds * SECOND;
        assert_eq!(lifetime.ended(at(0), at(100)), None);
        assert_eq!(lifetime.ended(at(60), at(100)), None);
        assert_eq!(lifetime.ended(at(110), at(113)), None);
        assert_eq!(lifetime.ended(at(200), at(240)), None);
        is_replaced_between(&lifetime, at(240), 126.0, 162.0);
    }

    #[test]
    fn a_short_limit_that_is_announced_is_never_worth_the_upkeep() {
        let (mut lifetime, now) = (Lifetime::default(), Instant::now());
        lifetime.announced(Some(10 * SECOND));
        assert!(lifetime.worth_upkeep_from(now) > now);
    }
}
