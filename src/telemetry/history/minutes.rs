//! Counts for each minute of a day, in a ring.

use std::time::Duration;

use jiff::Timestamp;

use crate::model::request::RequestKind;

/// Minutes that are kept.
const MOST: usize = 24 * 60;
const DAY: i64 = 24 * 60;

const SECONDS: i64 = 60;

/// How many requests of each kind ended. Updates and requests that were given up are in none of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Counts {
    /// Clients that got their provisioning text.
    pub provisioned: u32,
    /// Requests that were refused for a reason that lies with the client or its user.
    pub refused: u32,
    /// Requests that failed for a reason that an administrator must deal with.
    pub failed: u32,
}

/// What ended in a span of time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bar {
    /// The beginning of the span.
    pub began: Timestamp,
    /// What ended in it.
    pub counts: Counts,
}

/// Counts of the last day, [`MOST`] of them. A minute has its place by the clock, so one that jumps makes nothing worse than a gap.
#[derive(Debug)]
pub(super) struct Minutes(Box<[Minute]>);

#[derive(Debug, Clone, Copy)]
struct Minute {
    /// Minutes since 1970; that of an empty place is before all.
    number: i64,
    counts: Counts,
}

/// The minute of a time, counted from 1970.
pub(super) fn minute(at: Timestamp) -> i64 {
    at.as_second().div_euclid(SECONDS)
}

impl Default for Minutes {
    fn default() -> Self {
        Self(vec![Minute { number: i64::MIN, counts: Counts::default() }; MOST].into_boxed_slice())
    }
}

impl Minutes {
    pub(super) fn count(&mut self, number: i64, kind: RequestKind) {
        let Some(minute) = self.0.get_mut(place(number)) else { return };
        if minute.number != number {
            *minute = Minute { number, counts: Counts::default() };
        }
        let counts = &mut minute.counts;
        let counted = match kind {
            RequestKind::Provisioned => &mut counts.provisioned,
            RequestKind::Refused => &mut counts.refused,
            RequestKind::Failed => &mut counts.failed,
            RequestKind::Update | RequestKind::Abandoned => return,
        };
        *counted = counted.saturating_add(1);
    }

    /// The last `bars` spans of `each`, which begin at multiples of it; the newest is that of the minute `now`.
    pub(super) fn bars(&self, now: i64, each: Duration, bars: usize) -> Vec<Bar> {
        let wide = minutes(each);
        let bars = i64::try_from(bars).unwrap_or(DAY).min(DAY / wide);
        let end = now - now.rem_euclid(wide) + wide;
        (0..bars)
            .map(|bar| end - wide * (bars - bar))
            .map(|began| Bar {
                began: Timestamp::from_second(began.saturating_mul(SECONDS)).unwrap_or_default(),
                counts: (began..began + wide).filter_map(|number| self.of(number)).sum(),
            })
            .collect()
    }

    /// What ended in the last `span`, up to the minute `now`.
    pub(super) fn total(&self, now: i64, span: Duration) -> Counts {
        (now + 1 - minutes(span)..=now).filter_map(|number| self.of(number)).sum()
    }

    fn of(&self, number: i64) -> Option<Counts> {
        self.0.get(place(number)).filter(|minute| minute.number == number).map(|minute| minute.counts)
    }
}

fn place(number: i64) -> usize {
    usize::try_from(number.rem_euclid(DAY)).unwrap_or_default()
}

/// Whole minutes of a span, from one to those of a day.
fn minutes(span: Duration) -> i64 {
    i64::try_from(span.as_secs() / 60).unwrap_or(DAY).clamp(1, DAY)
}

impl Counts {
    /// All together.
    #[must_use]
    pub fn all(self) -> u32 {
        self.provisioned.saturating_add(self.refused).saturating_add(self.failed)
    }
}

impl std::iter::Sum for Counts {
    fn sum<I: Iterator<Item = Self>>(counts: I) -> Self {
        counts.fold(Self::default(), |sum, counts| Self {
            provisioned: sum.provisioned.saturating_add(counts.provisioned),
            refused: sum.refused.saturating_add(counts.refused),
            failed: sum.failed.saturating_add(counts.failed),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A minute of 2026.
    const NOW: i64 = 29_600_000;

    fn provisioned(bars: &[Bar]) -> Vec<u32> {
        bars.iter().map(|bar| bar.counts.provisioned).collect()
    }

    #[test]
    fn bars_begin_at_multiples_of_their_width_and_the_last_one_is_the_present() {
        let mut minutes = Minutes::default();
        for ago in 0..6 {
            minutes.count(NOW - ago, RequestKind::Provisioned);
        }
        minutes.count(NOW, RequestKind::Refused);
        minutes.count(NOW, RequestKind::Failed);
        minutes.count(NOW, RequestKind::Update);
        minutes.count(NOW, RequestKind::Abandoned);
        let hour = minutes.bars(NOW, Duration::from_mins(1), 60);
        assert_eq!((hour.len(), provisioned(&hour)[53..].to_vec()), (60, vec![0, 1, 1, 1, 1, 1, 1]));
        assert_eq!(hour[59].counts, Counts { provisioned: 1, refused: 1, failed: 1 });
        assert_eq!(hour[59].counts.all(), 3);
        let day = minutes.bars(NOW, Duration::from_mins(15), 96);
        assert_eq!((day.len(), day[95].counts.provisioned), (96, 6));
        assert_eq!(minute(day[95].began), NOW - NOW.rem_euclid(15));
        assert_eq!(minute(day[0].began), NOW - NOW.rem_euclid(15) - 95 * 15);
        assert_eq!(minutes.total(NOW, Duration::from_mins(3)).provisioned, 3);
    }

    #[test]
    fn what_is_older_than_a_day_is_gone() {
        let mut minutes = Minutes::default();
        minutes.count(NOW, RequestKind::Provisioned);
        let day = |now| minutes.total(now, Duration::from_hours(24)).provisioned;
        assert_eq!(day(NOW + 1439), 1);
        assert_eq!(day(NOW + 1440), 0);
        assert_eq!(day(NOW + 1_000_000), 0);
    }

    #[test]
    fn a_clock_that_jumps_loses_minutes_and_invents_none() {
        let mut minutes = Minutes::default();
        minutes.count(NOW, RequestKind::Provisioned);
        minutes.count(NOW + 500_000, RequestKind::Provisioned);
        minutes.count(NOW + 1, RequestKind::Provisioned);
        let day = |now| minutes.total(now, Duration::from_hours(24)).provisioned;
        assert_eq!(day(NOW + 1), 2);
        assert_eq!(day(NOW + 500_000), 1);
        assert_eq!(day(NOW - 500_000), 0);
    }
}
