//! The pause before the next attempt at something that failed.

use std::time::Duration;

/// Pauses that double from `first` to `cap`, each cut by a random part of up to a half.
///
/// The random part keeps many services that lost one server from coming back at the same moment.
#[derive(Debug, Clone)]
pub(crate) struct Backoff {
    first: Duration,
    cap: Duration,
    next: Duration,
}

/// Numbers that make no back-off.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum BackoffError {
    /// Without a pause an attempt would follow the other as fast as the machine can.
    #[error("the first pause is zero")]
    Zero,
    /// The cap would be passed at once.
    #[error("the longest pause is shorter than the first")]
    CapBelowFirst,
    /// No reconnect should wait that long, and doubling it could overflow.
    #[error("the longest pause is over an hour")]
    TooLong,
}

impl Backoff {
    /// Pauses from `first` to `cap`.
    pub(crate) const fn new(first: Duration, cap: Duration) -> Result<Self, BackoffError> {
        if first.is_zero() {
            return Err(BackoffError::Zero);
        }
        if cap.as_nanos() < first.as_nanos() {
            return Err(BackoffError::CapBelowFirst);
        }
        if cap.as_secs() > 3600 {
            return Err(BackoffError::TooLong);
        }
        Ok(Self { first, cap, next: first })
    }

    /// The same for numbers that are written in the source, to be used in a `const`: bad ones do not compile.
    #[expect(clippy::panic, reason = "evaluated by the compiler")]
    pub(crate) const fn constant(first: Duration, cap: Duration) -> Self {
        match Self::new(first, cap) {
            Ok(backoff) => backoff,
            Err(_) => panic!("bad numbers"),
        }
    }

    /// The pause before the next attempt: between a half and the whole of the present step, which then doubles.
    pub(crate) fn pause(&mut self) -> Duration {
        let step = self.next;
        self.next = (step * 2).min(self.cap);
        step.mul_f64(rand::random_range(0.5..=1.0))
    }

    /// Begins again at the first pause.
    pub(crate) fn reset(&mut self) {
        self.next = self.first;
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const MS: Duration = Duration::from_millis(1);

    #[test]
    fn bad_numbers_are_rejected() {
        assert_eq!(Backoff::new(Duration::ZERO, MS).err(), Some(BackoffError::Zero));
        assert_eq!(Backoff::new(2 * MS, MS).err(), Some(BackoffError::CapBelowFirst));
        assert_eq!(Backoff::new(MS, Duration::MAX).err(), Some(BackoffError::TooLong));
    }

    #[test]
    fn a_reset_begins_again_at_the_first_pause() {
        let mut backoff = Backoff::new(100 * MS, 1500 * MS).unwrap();
        for _ in 0..8 {
            backoff.pause();
        }
        assert!(backoff.pause() >= 750 * MS);
        backoff.reset();
        assert!(backoff.pause() <= 100 * MS);
    }

    proptest! {
        #[test]
        fn every_pause_lies_between_half_a_step_and_the_cap(first in 1_u32..10_000, more in 0_u32..100_000) {
            let (first, cap) = (first * MS, (first + more) * MS);
            let mut backoff = Backoff::new(first, cap).unwrap();
            let mut step = first;
            for _ in 0..20 {
                let pause = backoff.pause();
                prop_assert!(pause >= step / 2 && pause <= step && pause <= cap);
                step = (step * 2).min(cap);
            }
        }
    }
}
