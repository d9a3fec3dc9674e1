//! How many logins run at one time, and how many may wait.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::Instant;

use crate::model::config::Limits;

/// Lets `limits.concurrent_logins` run and `limits.queued_logins` wait, and refuses the rest.
#[derive(Debug)]
pub(super) struct LoginQueue {
    running: Arc<Semaphore>,
    waiting: Semaphore,
}

/// The right to be one of the `limits.concurrent_logins`. Dropping it lets the next login run.
#[derive(Debug)]
pub struct LoginPermit {
    _permit: OwnedSemaphorePermit,
    waited: Duration,
}

impl LoginQueue {
    pub(super) fn new(limits: &Limits) -> Self {
        let bounded = |count: usize| Semaphore::new(count.min(Semaphore::MAX_PERMITS));
        Self { running: Arc::new(bounded(limits.concurrent_logins.max(1))), waiting: bounded(limits.queued_logins) }
    }

    /// Waits for a permit, in the order of arrival; none when too many wait already.
    pub(super) async fn enter(&self) -> Option<LoginPermit> {
        let came = Instant::now();
        let permit = if let Ok(permit) = Arc::clone(&self.running).try_acquire_owned() {
            permit
        } else {
            let _place = self.waiting.try_acquire().ok()?;
            // It is never closed, so this only waits.
            Arc::clone(&self.running).acquire_owned().await.ok()?
        };
        Some(LoginPermit { _permit: permit, waited: came.elapsed() })
    }
}

impl LoginPermit {
    /// How long the wait for it was.
    pub(super) fn waited(&self) -> Duration {
        self.waited
    }
}

#[cfg(test)]
mod tests {
    use futures::FutureExt;

    use super::*;

    #[test]
    fn logins_beyond_the_queue_are_refused_and_a_free_permit_goes_to_the_first_in_line() {
        let queue = LoginQueue::new(&Limits { concurrent_logins: 1, queued_logins: 1, ..Limits::default() });
        let first = queue.enter().now_or_never().flatten();
        assert!(first.is_some());
        let mut second = Box::pin(queue.enter());
        assert!(second.as_mut().now_or_never().is_none());
        assert!(queue.enter().now_or_never().unwrap().is_none());
        drop(first);
        assert!(second.now_or_never().unwrap().is_some());
    }
}
