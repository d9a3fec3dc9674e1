//! Renders that no client waits for: in a thread of their own, which is given up when it does not end in time.
//!
//! Fuel and the clock of [`super::language::cost`] end every render that is known. A thread cannot be ended from outside, so one that goes
//! on is left behind, and only so many of them are.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicIsize, Ordering};
use std::sync::mpsc::{RecvTimeoutError, sync_channel};
use std::thread;
use std::time::Duration;

/// Time that a render may take.
const LIMIT: Duration = Duration::from_secs(15);

/// Most threads that are left behind at one time.
const MOST_LEFT: isize = 4;

/// Counts the threads that were left behind and have not ended.
struct Rehearsals(AtomicIsize);

static ALL: Rehearsals = Rehearsals(AtomicIsize::new(0));

/// Why there is no result.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(super) enum Unfinished {
    /// It took too long.
    #[error("rendering takes longer than {} s and was given up; remove what is slow, such as loops over long lists", limit.as_secs())]
    Late {
        /// The time that it had.
        limit: Duration,
    },
    /// Others took too long before, and have not ended yet.
    #[error("{MOST_LEFT} renders that were given up are still running, so no new one is started; restart the service")]
    TooMany,
    /// It panicked, or there was no thread for it.
    #[error("internal error: the render ended without a result; see the previous log line")]
    Broken,
}

/// What `work` gives, if it gives it in time.
pub(super) fn rehearsed<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T, Unfinished> {
    ALL.within(LIMIT, work)
}

impl Rehearsals {
    fn within<T: Send + 'static>(
        &'static self,
        limit: Duration,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, Unfinished> {
        if self.0.load(Ordering::Acquire) >= MOST_LEFT {
            return Err(Unfinished::TooMany);
        }
        let (sender, receiver) = sync_channel(1);
        // Who of the two comes second knows what the other did.
        let is_over = Arc::new(AtomicBool::new(false));
        let is_over_there = Arc::clone(&is_over);
        let begun = thread::Builder::new().name("rehearsal".to_owned()).spawn(move || {
            // The receiver may be gone.
            drop(sender.send(work()));
            if is_over_there.swap(true, Ordering::AcqRel) {
                self.0.fetch_sub(1, Ordering::AcqRel);
            }
        });
        if begun.is_err() {
            return Err(Unfinished::Broken);
        }
        match receiver.recv_timeout(limit) {
            Ok(result) => Ok(result),
            Err(RecvTimeoutError::Disconnected) => Err(Unfinished::Broken),
            Err(RecvTimeoutError::Timeout) => {
                self.0.fetch_add(1, Ordering::AcqRel);
                if is_over.swap(true, Ordering::AcqRel) {
                    self.0.fetch_sub(1, Ordering::AcqRel);
                }
                Err(Unfinished::Late { limit })
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;

    use super::*;

    static OWN: Rehearsals = Rehearsals(AtomicIsize::new(0));

    #[test]
    fn what_does_not_end_is_given_up_and_so_many_times_only() {
        assert_eq!(OWN.within(LIMIT, || 7), Ok(7));
        let broken: Result<(), _> = OWN.within(LIMIT, || panic!("on purpose"));
        assert_eq!(broken, Err(Unfinished::Broken));
        let (limit, mut ends) = (Duration::ZERO, Vec::new());
        for _ in 0..MOST_LEFT {
            let (end, hangs) = mpsc::sync_channel::<()>(1);
            ends.push(end);
            assert_eq!(OWN.within(limit, move || hangs.recv().ok()), Err(Unfinished::Late { limit }));
        }
        assert_eq!(OWN.within(LIMIT, || 7), Err(Unfinished::TooMany));
        // The threads end now.
        drop(ends);
        while OWN.0.load(Ordering::Acquire) > 0 {
            thread::yield_now();
        }
        assert_eq!(OWN.within(LIMIT, || 7), Ok(7));
    }
}
