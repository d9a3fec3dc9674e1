//! How many streams logins have asked for lately.

use tokio::time::Instant;

/// Seconds that are remembered.
const REMEMBERED: usize = 60;

/// Counts the logins of each second of the last minute.
#[derive(Debug)]
pub(super) struct Demand {
    began: Instant,
    /// The second that was counted last, since `began`.
    last: u64,
    /// Logins by second, each in the place of its remainder.
    seconds: [u32; REMEMBERED],
}

impl Demand {
    /// No login yet.
    pub(super) fn new(now: Instant) -> Self {
        Self { began: now, last: 0, seconds: [0; REMEMBERED] }
    }

    /// A login asks for a stream.
    pub(super) fn asked(&mut self, now: Instant) {
        self.pass(now);
        if let Some(second) = self.place(self.last) {
            *second = second.saturating_add(1);
        }
    }

    /// The logins of the busiest second of the last minute. That many streams are enough for another such second, in which
    /// new ones are opened.
    pub(super) fn busiest(&mut self, now: Instant) -> usize {
        self.pass(now);
        self.seconds.iter().max().map_or(0, |most| usize::try_from(*most).unwrap_or(usize::MAX))
    }

    /// Forgets what is older than a minute.
    fn pass(&mut self, now: Instant) {
        let second = now.saturating_duration_since(self.began).as_secs();
        for passed in (self.last + 1..=second).rev().take(REMEMBERED) {
            if let Some(count) = self.place(passed) {
                *count = 0;
            }
        }
        self.last = second.max(self.last);
    }

    fn place(&mut self, second: u64) -> Option<&mut u32> {
        self.seconds.get_mut(usize::try_from(second).ok()? % REMEMBERED)
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn the_busiest_second_of_the_last_minute_counts_and_is_forgotten_after_it() {
        let began = Instant::now();
        let at = |millis: u64| began + Duration::from_millis(millis);
        let mut demand = Demand::new(began);
        assert_eq!(demand.busiest(at(0)), 0);
        for millis in [100, 200, 900, 1_100, 5_000] {
            demand.asked(at(millis));
        }
        assert_eq!(demand.busiest(at(5_000)), 3);
        assert_eq!(demand.busiest(at(59_999)), 3);
        assert_eq!(demand.busiest(at(60_000)), 1);
        assert_eq!(demand.busiest(at(65_000)), 0);
        demand.asked(at(3_600_000));
        assert_eq!(demand.busiest(at(3_600_500)), 1);
    }
}
