//! When the next stream may be opened ahead, and how many there may be.

use std::ops::Range;
use std::time::Duration;

use tokio::time::Instant;

use crate::model::backoff::Backoff;

/// Pause between the beginnings of two openings.
const GAP: Range<Duration> = Duration::from_millis(10)..Duration::from_millis(30);
/// Pauses after openings that fail.
const AFTER_FAILURES: Backoff = Backoff::constant(Duration::from_secs(1), Duration::from_mins(1));
/// Pauses after streams that were lost before a login could use them.
const AFTER_LOSSES: Backoff = Backoff::constant(Duration::from_secs(1), Duration::from_mins(2));
/// Pause after all streams were dismissed.
const AFTER_DISMISSAL: Range<Duration> = Duration::from_millis(100)..Duration::from_secs(1);
/// How long there are fewer streams after the server accepted no further connection.
const FEWER: Duration = Duration::from_mins(10);

/// Holds openings back.
#[derive(Debug)]
pub(super) struct Restraint {
    not_before: Instant,
    failures: Backoff,
    losses: Backoff,
    /// The last opening failed.
    fails: bool,
    /// It failed because the server cannot be reached at all.
    is_away: bool,
    /// How many streams the server held, and until when that counts.
    room: Option<(usize, Instant)>,
}

impl Restraint {
    /// Nothing has happened yet.
    pub(super) fn new(now: Instant) -> Self {
        Self {
            not_before: now,
            failures: AFTER_FAILURES,
            losses: AFTER_LOSSES,
            fails: false,
            is_away: false,
            room: None,
        }
    }

    /// When the next opening may begin.
    pub(super) fn not_before(&self) -> Instant {
        self.not_before
    }

    /// How many streams the server has shown that it can hold, and until when that counts.
    pub(super) fn room(&self, now: Instant) -> Option<(usize, Instant)> {
        self.room.filter(|(_, until)| now < *until)
    }

    /// A login begins. It has the server to itself for a moment, which often is all that it needs.
    pub(super) fn yields(&mut self, now: Instant) {
        if self.not_before <= now {
            self.not_before = now + rand::random_range(GAP);
        }
    }

    /// An opening begins.
    pub(super) fn begins(&mut self, now: Instant) {
        self.not_before = self.not_before.max(now + rand::random_range(GAP));
    }

    /// An opening failed, because the server takes no further connection beside `idle` ones, or for another reason. Whether it is
    /// the first that fails.
    pub(super) fn failed(&mut self, is_away: bool, idle: Option<usize>, now: Instant) -> bool {
        // Of openings that fail at the same time, the first makes the pause and the room.
        if now + GAP.end >= self.not_before {
            self.not_before = now + self.failures.pause();
            if let Some(idle) = idle.filter(|idle| *idle > 0) {
                self.room = Some((idle - idle.div_ceil(4), now + FEWER));
            }
        }
        self.is_away = is_away;
        !std::mem::replace(&mut self.fails, true)
    }

    /// An opening succeeded. Whether those before it failed.
    pub(super) fn succeeded(&mut self) -> bool {
        self.failures.reset();
        std::mem::replace(&mut self.fails, false)
    }

    /// A login opened a stream of its own, so a server that was away is back.
    pub(super) fn is_reachable(&mut self, now: Instant) {
        if std::mem::take(&mut self.is_away) {
            self.failures.reset();
            self.not_before = self.not_before.min(now + rand::random_range(GAP));
        }
    }

    /// Streams were lost before a login could use them.
    pub(super) fn lost(&mut self, now: Instant) {
        // Streams that are lost together make one pause.
        if now + GAP.end >= self.not_before {
            self.not_before = now + self.losses.pause();
        }
    }

    /// All streams were dismissed, for a reason of our own.
    pub(super) fn dismissed(&mut self, now: Instant) {
        self.not_before = self.not_before.max(now + rand::random_range(AFTER_DISMISSAL));
    }

    /// A stream served its login, or its time was over.
    pub(super) fn worked(&mut self) {
        self.losses.reset();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    #[test]
    fn openings_follow_each_other_with_pauses_that_differ() {
        let now = Instant::now();
        let pauses: std::collections::BTreeSet<_> = (0..50)
            .map(|_| {
                let mut restraint = Restraint::new(now);
                restraint.begins(now);
                restraint.not_before() - now
            })
            .collect();
        assert!(pauses.len() > 10 && pauses.iter().all(|pause| GAP.contains(pause)), "{pauses:?}");
    }

    #[test]
    fn a_login_puts_the_next_opening_off_and_a_crowd_of_them_does_not_do_so_again_and_again() {
        let now = Instant::now();
        let mut restraint = Restraint::new(now);
        restraint.yields(now);
        let due = restraint.not_before();
        assert!(GAP.contains(&(due - now)));
        restraint.yields(now + Duration::from_millis(1));
        assert_eq!(restraint.not_before(), due);
    }

    #[test]
    fn failures_are_reported_once_and_make_pauses_that_grow_up_to_a_minute() {
        let (mut restraint, mut now) = (Restraint::new(Instant::now()), Instant::now());
        assert!(restraint.failed(false, None, now));
        let first = restraint.not_before();
        assert!(first > now && first <= now + SECOND);
        assert!(!restraint.failed(false, None, now));
        assert_eq!(restraint.not_before(), first);
        for _ in 0..20 {
            now = restraint.not_before();
            restraint.failed(false, None, now);
        }
        assert!(restraint.not_before() - now >= 30 * SECOND && restraint.not_before() - now <= 60 * SECOND);
        assert!(restraint.succeeded() && !restraint.succeeded());
    }

    #[test]
    fn a_server_that_is_away_is_asked_again_when_a_login_reaches_it_and_one_that_refuses_is_not() {
        let now = Instant::now();
        for (is_away, soon) in [(true, true), (false, false)] {
            let mut restraint = Restraint::new(now);
            restraint.failed(is_away, None, now);
            restraint.is_reachable(now);
            assert_eq!(restraint.not_before() <= now + GAP.end, soon, "{is_away}");
        }
    }

    #[test]
    fn a_server_that_takes_no_further_connection_gets_a_quarter_back_for_some_minutes() {
        let (mut restraint, now) = (Restraint::new(Instant::now()), Instant::now());
        restraint.failed(false, Some(20), now);
        assert_eq!(restraint.room(now), Some((15, now + FEWER)));
        assert_eq!(restraint.room(now + FEWER), None);
        // Openings that fail together shrink it once, and those that fail for another reason not at all.
        restraint.failed(false, Some(15), now);
        assert_eq!(restraint.room(now), Some((15, now + FEWER)));
        let later = restraint.not_before();
        restraint.failed(false, None, later);
        assert_eq!(restraint.room(later), Some((15, now + FEWER)));
        let later = restraint.not_before();
        restraint.failed(false, Some(1), later);
        assert_eq!(restraint.room(later), Some((0, later + FEWER)));
    }

    #[test]
    fn losses_at_one_time_make_one_pause_and_others_longer_ones_until_a_stream_is_used() {
        let (mut restraint, mut now) = (Restraint::new(Instant::now()), Instant::now());
        for _ in 0..32 {
            restraint.lost(now);
        }
        assert!(restraint.not_before() <= now + SECOND);
        for _ in 0..20 {
            now = restraint.not_before();
            restraint.lost(now);
        }
        assert!(restraint.not_before() - now >= 60 * SECOND);
        now = restraint.not_before();
        restraint.worked();
        restraint.lost(now);
        assert!(restraint.not_before() <= now + SECOND);
    }
}
