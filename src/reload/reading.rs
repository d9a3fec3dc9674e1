//! A look at files that runs off the async threads and may hang: a network file system is gone, or a pipe has no writer.

use std::future::pending;
use std::time::Duration;

use tokio::task::{JoinHandle, spawn_blocking};
use tokio::time::{Instant, timeout_at};

/// Time after which it is told that a look hangs.
pub(super) const LIMIT: Duration = Duration::from_secs(30);

/// One look at a time. A thread that blocks cannot be stopped, so one that hangs is told of, and waited for.
pub(super) struct Reading<T> {
    task: Option<JoinHandle<T>>,
    /// When it is told that it hangs; none when that was told.
    late: Option<Instant>,
}

/// A look that brought nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(super) enum ReadingError {
    /// It is still under way, and may yet bring something.
    #[error(
        "reading the files takes longer than {} s, and nothing is reloaded before it ends; is a network file system gone, \
         or one of the files a pipe?",
        LIMIT.as_secs()
    )]
    Late,
    /// It panicked.
    #[error("a defect of the service: it panicked, see the line of the log before")]
    Panicked,
}

impl<T: Send + 'static> Reading<T> {
    /// Nothing is looked at.
    pub(super) fn none() -> Self {
        Self { task: None, late: None }
    }

    /// Begins a look. There must be none under way.
    pub(super) fn begin(&mut self, look: impl FnOnce() -> T + Send + 'static) {
        self.task = Some(spawn_blocking(look));
        self.late = Some(Instant::now() + LIMIT);
    }

    /// Whether a look has begun and not ended.
    pub(super) fn is_under_way(&self) -> bool {
        self.task.is_some()
    }

    /// Whether a look is under way of which it was not told that it hangs.
    pub(super) fn is_in_time(&self) -> bool {
        self.task.is_some() && self.late.is_some()
    }

    /// Whether the last look has ended after it was told that it hangs.
    pub(super) fn has_hung(&self) -> bool {
        self.task.is_none() && self.late.is_none()
    }

    /// What the look brought, or, once, that it hangs. Waits for ever while nothing is looked at. May be dropped and begun
    /// again: nothing is lost.
    pub(super) async fn next(&mut self) -> Result<T, ReadingError> {
        let Some(task) = &mut self.task else { return pending().await };
        let ended = match self.late {
            Some(late) => timeout_at(late, task).await.ok(),
            None => Some(task.await),
        };
        if let Some(ended) = ended {
            self.task = None;
            ended.map_err(|_| ReadingError::Panicked)
        } else {
            self.late = None;
            Err(ReadingError::Late)
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;

    use super::*;

    #[tokio::test(start_paused = true)]
    async fn a_look_that_hangs_is_told_once_and_still_waited_for() {
        let mut reading = Reading::none();
        let (end, hangs) = mpsc::channel();
        reading.begin(move || hangs.recv().unwrap());
        assert!(reading.is_in_time());
        tokio::time::advance(LIMIT).await;
        assert_eq!(reading.next().await, Err(ReadingError::Late));
        assert!(reading.is_under_way() && !reading.is_in_time());
        assert!(futures::poll!(std::pin::pin!(reading.next())).is_pending(), "told twice");
        end.send(7).unwrap();
        assert_eq!(reading.next().await, Ok(7));
        assert!(!reading.is_under_way() && reading.has_hung());
    }

    #[tokio::test]
    async fn a_look_that_panics_has_ended() {
        let mut reading = Reading::<()>::none();
        reading.begin(|| panic!("on purpose"));
        assert_eq!(reading.next().await, Err(ReadingError::Panicked));
        assert!(!reading.is_under_way());
    }
}
