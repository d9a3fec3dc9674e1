//! A least time between two actions of one kind, shared by all requests.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

/// A least time between two actions of one kind.
#[derive(Debug)]
pub(super) struct Pause {
    length: Duration,
    until: Mutex<Option<Instant>>,
}

impl Pause {
    /// No pause runs.
    pub(super) fn new(length: Duration) -> Self {
        Self { length, until: Mutex::new(None) }
    }

    /// Begins the pause, unless one runs. Says whether it did.
    pub(super) fn begin(&self, now: Instant) -> bool {
        let mut until = self.until();
        let is_over = until.is_none_or(|until| now >= until);
        if is_over {
            *until = Some(now + self.length);
        }
        is_over
    }

    /// Whether none runs.
    pub(super) fn is_over(&self, now: Instant) -> bool {
        self.until().is_none_or(|until| now >= until)
    }

    fn until(&self) -> MutexGuard<'_, Option<Instant>> {
        self.until.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
