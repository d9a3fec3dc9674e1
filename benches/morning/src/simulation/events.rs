//! What happens next.

use std::cmp::{Ordering, Reverse};
use std::collections::BinaryHeap;

use crate::route::Place;

/// Something that happens to a job.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Event {
    /// It takes its next step.
    Continue(usize),
    /// A server has done its work.
    Done(Place, usize),
    /// The next connection may be opened.
    NextTurn,
    /// Its time is over.
    Limit(usize),
}

/// Events by their times; those of the same time in the order in which they were added.
#[derive(Debug, Default)]
pub(super) struct Events {
    heap: BinaryHeap<Reverse<Entry>>,
    added: u64,
}

#[derive(Debug, Clone, Copy)]
struct Entry {
    time: f64,
    number: u64,
    event: Event,
}

impl Events {
    /// Something will happen at this time, in milliseconds.
    pub(super) fn at(&mut self, time: f64, event: Event) {
        self.added += 1;
        self.heap.push(Reverse(Entry { time, number: self.added, event }));
    }

    /// The next event and its time.
    pub(super) fn next(&mut self) -> Option<(f64, Event)> {
        self.heap.pop().map(|Reverse(entry)| (entry.time, entry.event))
    }
}

impl Ord for Entry {
    fn cmp(&self, other: &Self) -> Ordering {
        self.time.total_cmp(&other.time).then(self.number.cmp(&other.number))
    }
}

impl PartialOrd for Entry {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Entry {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Entry {}
