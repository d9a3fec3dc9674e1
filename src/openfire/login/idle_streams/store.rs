//! The streams that wait.

use std::collections::BTreeMap;
use std::task::{Context, Poll, Waker};

use tokio::time::Instant;

use crate::openfire::login::opening::Opened;
use crate::openfire::login::stream::ClientStream;

/// Streams by the number of their opening, so the oldest comes first, and those that have left and are not closed yet.
#[derive(Default)]
pub(super) struct Store {
    idle: BTreeMap<u64, Idle>,
    /// The number of the next opening.
    next: u64,
    /// The least number that may wait.
    least: u64,
    leaving: Vec<ClientStream>,
}

/// A stream that waits for its login.
pub(super) struct Idle {
    pub(super) opened: Opened,
    /// When it began to wait.
    pub(super) since: Instant,
    watch: Option<Waker>,
}

impl Store {
    /// The number of an opening that begins.
    pub(super) fn number(&mut self) -> u64 {
        let number = self.next;
        self.next += 1;
        number
    }

    /// How many wait.
    pub(super) fn len(&self) -> usize {
        self.idle.len()
    }

    /// Whether it may wait: streams of its age were not dismissed while it was opened.
    pub(super) fn may_wait(&self, number: u64) -> bool {
        number >= self.least
    }

    /// Lets a stream wait.
    pub(super) fn put(&mut self, number: u64, opened: Opened, now: Instant) {
        self.idle.insert(number, Idle { opened, since: now, watch: None });
    }

    /// Dismisses a stream that has not waited.
    pub(super) fn reject(&mut self, opened: Opened) {
        self.leaving.push(opened.stream);
    }

    /// Takes the newest stream out, which is the least likely to be dead.
    pub(super) fn take_newest(&mut self) -> Option<(u64, Idle)> {
        let (number, mut idle) = self.idle.pop_last()?;
        idle.unwatch();
        Some((number, idle))
    }

    /// Looks at a stream: ready when it has ended or sent something, and when it no longer waits. Wakes `cx` when that changes.
    pub(super) fn poll_end(&mut self, number: u64, cx: &mut Context<'_>) -> Poll<()> {
        let Some(idle) = self.idle.get_mut(&number) else { return Poll::Ready(()) };
        let end = idle.poll_end(cx);
        idle.watch = end.is_pending().then(|| cx.waker().clone());
        end
    }

    /// Dismisses one stream; gives the time when it began to wait.
    pub(super) fn dismiss(&mut self, number: u64) -> Option<Instant> {
        let mut idle = self.idle.remove(&number)?;
        idle.unwatch();
        self.leaving.push(idle.opened.stream);
        Some(idle.since)
    }

    /// Dismisses this stream and all older ones, even those that are still being opened; gives how many waited.
    pub(super) fn dismiss_up_to(&mut self, number: u64) -> usize {
        self.least = self.least.max(number.saturating_add(1));
        let newer = self.idle.split_off(&self.least);
        let old = std::mem::replace(&mut self.idle, newer);
        let count = old.len();
        for (_, mut idle) in old {
            idle.unwatch();
            self.leaving.push(idle.opened.stream);
        }
        count
    }

    /// Dismisses all streams, even those that are still being opened; gives how many waited.
    pub(super) fn dismiss_all(&mut self) -> usize {
        self.next.checked_sub(1).map_or(0, |last| self.dismiss_up_to(last))
    }

    /// Dismisses the oldest streams until at most `most` wait; gives how many it dismissed.
    pub(super) fn dismiss_beyond(&mut self, most: usize) -> usize {
        let surplus = self.idle.len().saturating_sub(most);
        let oldest: Vec<u64> = self.idle.keys().take(surplus).copied().collect();
        oldest.into_iter().filter_map(|number| self.dismiss(number)).count()
    }

    /// The streams that have left since, to be closed.
    pub(super) fn leaving(&mut self) -> Vec<ClientStream> {
        std::mem::take(&mut self.leaving)
    }
}

impl Idle {
    /// Ready when the server has ended the stream or said anything on it.
    pub(super) fn poll_end(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        self.opened.stream.poll_unasked(cx)
    }

    /// Ends the watch over it.
    fn unwatch(&mut self) {
        if let Some(watch) = self.watch.take() {
            watch.wake();
        }
    }
}
