//! Whether everything has to be read anew, why, and from when on.

use std::time::Duration;

use tokio::time::{Instant, sleep_until};

use crate::model::config::Reload;

/// Why everything is read anew; of several reasons the greatest counts.
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

/// What has happened since the last look began.
#[derive(Debug, Default)]
pub(super) struct Wanted {
    cause: Option<Cause>,
    not_before: Option<Instant>,
    /// Since when files are being written.
    unsettled: Option<Instant>,
}

impl Wanted {
    /// Everything has to be read anew.
    pub(super) fn by(&mut self, cause: Cause) {
        self.cause = self.cause.max(Some(cause));
    }

    /// Whether a look is wanted, now or later.
    pub(super) fn is_any(&self) -> bool {
        self.cause.is_some()
    }

    /// Why to look now, which is then done; none when nobody wants it, or not yet.
    pub(super) fn take(&mut self) -> Option<Cause> {
        if self.not_before.is_some_and(|at| Instant::now() < at) {
            return None;
        }
        self.not_before = None;
        self.cause.take()
    }

    /// Waits until what is not wanted yet is wanted.
    pub(super) async fn due(&self) {
        match self.not_before {
            Some(at) if self.cause.is_some() => sleep_until(at).await,
            _ => std::future::pending().await,
        }
    }

    /// A look for this cause met files that are being written, and is wanted again after `left`.
    pub(super) fn unsettled(&mut self, cause: Cause, left: Duration) {
        let now = Instant::now();
        let last = *self.unsettled.get_or_insert(now) + Reload::LONGEST_WAIT;
        self.not_before = Some(last.min(now + left));
        self.by(cause);
    }

    /// A look met none.
    pub(super) fn settled(&mut self) {
        self.unsettled = None;
    }

    /// Time that files must not have been written to; none when that was waited for long enough.
    pub(super) fn settle(&self, debounce: Duration) -> Option<Duration> {
        let waited = self.unsettled.map(|since| since.elapsed());
        waited.is_none_or(|waited| waited < Reload::LONGEST_WAIT).then_some(debounce)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const DEBOUNCE: Duration = Duration::from_secs(1);

    #[tokio::test(start_paused = true)]
    async fn files_that_are_written_without_end_are_read_after_the_longest_wait() {
        let mut wanted = Wanted::default();
        let begun = Instant::now();
        wanted.by(Cause::Signal);
        wanted.by(Cause::Files);
        while wanted.settle(DEBOUNCE).is_some() {
            assert_eq!(wanted.take(), Some(Cause::Signal));
            wanted.unsettled(Cause::Signal, DEBOUNCE * 2);
            assert!(wanted.take().is_none() && wanted.is_any());
            wanted.due().await;
        }
        assert_eq!((wanted.take(), begun.elapsed()), (Some(Cause::Signal), Reload::LONGEST_WAIT));
        wanted.settled();
        assert!(!wanted.is_any() && wanted.settle(DEBOUNCE) == Some(DEBOUNCE));
    }
}
