//! A pause between two things of a kind, shared by all requests.

use std::sync::{Mutex, MutexGuard, PoisonError};

use tokio::time::Instant;

use crate::model::backoff::Backoff;

/// A pause between two things of a kind.
#[derive(Debug)]
pub(super) struct Pause(Mutex<State>);

#[derive(Debug)]
struct State {
    backoff: Backoff,
    until: Option<Instant>,
}

impl Pause {
    /// Pauses of this length. None runs.
    pub(super) fn new(backoff: Backoff) -> Self {
        Self(Mutex::new(State { backoff, until: None }))
    }

    /// Begins a pause, unless one runs. Says whether it did.
    pub(super) fn begin(&self, now: Instant) -> bool {
        let mut state = self.state();
        let is_over = state.until.is_none_or(|until| now >= until);
        if is_over {
            state.until = Some(now + state.backoff.pause());
        }
        is_over
    }

    /// Whether none runs.
    pub(super) fn is_over(&self, now: Instant) -> bool {
        self.state().until.is_none_or(|until| now >= until)
    }

    /// The next pause has its first length again.
    pub(super) fn reset(&self) {
        self.state().backoff.reset();
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn pauses_grow_until_they_are_reset() {
        let (first, longest) = (Duration::from_secs(1), Duration::from_secs(8));
        let (pause, mut now) = (Pause::new(Backoff::constant(first, longest)), Instant::now());
        for _ in 0..5 {
            assert!(pause.is_over(now) && pause.begin(now));
            assert!(!pause.is_over(now) && !pause.begin(now));
            now += longest;
        }
        assert!(pause.begin(now));
        assert!(!pause.is_over(now + longest / 2 - first), "half of the longest at least");
        pause.reset();
        now += longest;
        assert!(pause.begin(now) && pause.is_over(now + first));
    }
}
