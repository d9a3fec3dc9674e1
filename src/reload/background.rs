//! Reading of files off the async threads. It may get stuck: a network file system is gone, or a pipe has no writer.

use std::future::pending;
use std::time::Duration;

use tokio::task::{JoinHandle, spawn_blocking};
use tokio::time::{Instant, timeout_at};

/// Time after which a task counts as stuck.
pub(super) const LIMIT: Duration = Duration::from_secs(30);

/// One task at a time. A thread that blocks cannot be stopped, so a task that is stuck is reported once, and waited for.
pub(super) struct BackgroundTask<T> {
    task: Option<JoinHandle<T>>,
    /// When to report that the task is stuck; `None` once reported.
    warn_at: Option<Instant>,
}

/// A task without a result.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(super) enum TaskError {
    /// It is still running, and may yet have a result.
    #[error(
        "reading the files takes longer than {} s, and nothing is reloaded until it ends; check for a network file system \
         that does not answer, and for a file that is a pipe",
        LIMIT.as_secs()
    )]
    Stuck,
    /// It panicked.
    #[error("internal error: the reload task panicked; see the previous log line")]
    Panicked,
}

impl<T: Send + 'static> BackgroundTask<T> {
    /// No task.
    pub(super) fn idle() -> Self {
        Self { task: None, warn_at: None }
    }

    /// Starts a task. None may be running.
    pub(super) fn start(&mut self, task: impl FnOnce() -> T + Send + 'static) {
        self.task = Some(spawn_blocking(task));
        self.warn_at = Some(Instant::now() + LIMIT);
    }

    /// Whether a task has begun and not ended.
    pub(super) fn is_running(&self) -> bool {
        self.task.is_some()
    }

    /// Whether a task is running that was not reported as stuck.
    pub(super) fn is_on_time(&self) -> bool {
        self.task.is_some() && self.warn_at.is_some()
    }

    /// Whether the last task has ended after it was reported as stuck.
    pub(super) fn was_stuck(&self) -> bool {
        self.task.is_none() && self.warn_at.is_none()
    }

    /// The result of the task, or, once, that it is stuck. Waits for ever without a task. May be dropped and called again:
    /// nothing is lost.
    pub(super) async fn next(&mut self) -> Result<T, TaskError> {
        let Some(task) = &mut self.task else { return pending().await };
        let ended = match self.warn_at {
            Some(warn_at) => timeout_at(warn_at, task).await.ok(),
            None => Some(task.await),
        };
        if let Some(ended) = ended {
            self.task = None;
            ended.map_err(|_| TaskError::Panicked)
        } else {
            self.warn_at = None;
            Err(TaskError::Stuck)
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;

    use super::*;

    #[tokio::test(start_paused = true)]
    async fn a_task_that_is_stuck_is_reported_once_and_still_waited_for() {
        let mut task = BackgroundTask::idle();
        let (end, hangs) = mpsc::channel();
        task.start(move || hangs.recv().unwrap());
        assert!(task.is_on_time());
        tokio::time::advance(LIMIT).await;
        assert_eq!(task.next().await, Err(TaskError::Stuck));
        assert!(task.is_running() && !task.is_on_time());
        assert!(futures::poll!(std::pin::pin!(task.next())).is_pending(), "reported twice");
        end.send(7).unwrap();
        assert_eq!(task.next().await, Ok(7));
        assert!(!task.is_running() && task.was_stuck());
    }

    #[tokio::test]
    async fn a_task_that_panics_has_ended() {
        let mut task = BackgroundTask::<()>::idle();
        task.start(|| panic!("on purpose"));
        assert_eq!(task.next().await, Err(TaskError::Panicked));
        assert!(!task.is_running());
    }
}
