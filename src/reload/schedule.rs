//! When the next attempt to reload is due, and why.

use std::time::Duration;

use tokio::time::{Instant, sleep_until};

use crate::model::config::Reload;

/// Why everything is read anew; of several causes the greatest counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Cause {
    /// The service has started, and files may have changed while it did.
    Start,
    /// A file has changed.
    Files,
    /// A command or endpoint has other data than before.
    Data,
    /// SIGHUP.
    Signal,
}

/// What was requested since the last attempt began.
#[derive(Debug, Default)]
pub(super) struct Schedule {
    cause: Option<Cause>,
    not_before: Option<Instant>,
    /// Since when attempts meet files that are being written.
    unsettled_since: Option<Instant>,
}

impl Schedule {
    /// Requests an attempt.
    pub(super) fn request(&mut self, cause: Cause) {
        self.cause = self.cause.max(Some(cause));
    }

    /// Whether an attempt is requested, now or later.
    pub(super) fn is_requested(&self) -> bool {
        self.cause.is_some()
    }

    /// Takes the request, if there is one and its time has come.
    pub(super) fn take_due(&mut self) -> Option<Cause> {
        if self.not_before.is_some_and(|at| Instant::now() < at) {
            return None;
        }
        self.not_before = None;
        self.cause.take()
    }

    /// Waits until a postponed request is due; for ever when there is none.
    pub(super) async fn due(&self) {
        match self.not_before {
            Some(at) if self.cause.is_some() => sleep_until(at).await,
            _ => std::future::pending().await,
        }
    }

    /// Requests another attempt after `left`, since one for this cause met files that are being written.
    pub(super) fn postpone(&mut self, cause: Cause, left: Duration) {
        let now = Instant::now();
        let last = *self.unsettled_since.get_or_insert(now) + Reload::LONGEST_WAIT;
        self.not_before = Some(last.min(now + left));
        self.request(cause);
    }

    /// An attempt met no file that is being written.
    pub(super) fn settled(&mut self) {
        self.unsettled_since = None;
    }

    /// Time for which changed files must not have been written to; `None` after [`Reload::LONGEST_WAIT`].
    pub(super) fn quiet_time(&self, debounce: Duration) -> Option<Duration> {
        let waited = self.unsettled_since.map(|since| since.elapsed());
        waited.is_none_or(|waited| waited < Reload::LONGEST_WAIT).then_some(debounce)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const DEBOUNCE: Duration = Duration::from_secs(1);

    #[tokio::test(start_paused = true)]
    async fn files_that_are_written_without_end_are_read_after_the_longest_wait() {
        let mut schedule = Schedule::default();
        let begun = Instant::now();
        schedule.request(Cause::Signal);
        schedule.request(Cause::Files);
        while schedule.quiet_time(DEBOUNCE).is_some() {
            assert_eq!(schedule.take_due(), Some(Cause::Signal));
            schedule.postpone(Cause::Signal, DEBOUNCE * 2);
            assert!(schedule.take_due().is_none() && schedule.is_requested());
            schedule.due().await;
        }
        assert_eq!((schedule.take_due(), begun.elapsed()), (Some(Cause::Signal), Reload::LONGEST_WAIT));
        schedule.settled();
        assert!(!schedule.is_requested() && schedule.quiet_time(DEBOUNCE) == Some(DEBOUNCE));
    }
}
