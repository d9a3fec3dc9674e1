//! How many logins run at one time, and how many may wait.

use tokio::sync::{Semaphore, SemaphorePermit};

use crate::config::Limits;

/// Lets `limits.concurrent_logins` in, `limits.queued_logins` wait, and turns the rest away.
#[derive(Debug)]
pub(super) struct Turnstile {
    running: Semaphore,
    waiting: Semaphore,
}

impl Turnstile {
    pub(super) fn new(limits: &Limits) -> Self {
        let bounded = |count: usize| Semaphore::new(count.min(Semaphore::MAX_PERMITS));
        Self { running: bounded(limits.concurrent_logins.max(1)), waiting: bounded(limits.queued_logins) }
    }

    /// Waits for a turn, in the order of arrival; none when too many wait already.
    pub(super) async fn enter(&self) -> Option<SemaphorePermit<'_>> {
        if let Ok(turn) = self.running.try_acquire() {
            return Some(turn);
        }
        let _place = self.waiting.try_acquire().ok()?;
        // It is never closed, so this only waits.
        self.running.acquire().await.ok()
    }
}

#[cfg(test)]
mod tests {
    use futures::FutureExt;

    use super::*;

    #[test]
    fn more_than_may_wait_are_turned_away_and_a_free_turn_goes_to_the_first_in_line() {
        let turnstile = Turnstile::new(&Limits { concurrent_logins: 1, queued_logins: 1, ..Limits::default() });
        let first = turnstile.enter().now_or_never().flatten();
        assert!(first.is_some());
        let mut second = Box::pin(turnstile.enter());
        assert!(second.as_mut().now_or_never().is_none());
        assert!(turnstile.enter().now_or_never().unwrap().is_none());
        drop(first);
        assert!(second.now_or_never().unwrap().is_some());
    }
}
