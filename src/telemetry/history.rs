//! The last requests, and how many of each kind ended in each minute of a day: for the pages of administrators.
//!
//! The task of the [`Recorder`](super::Recorder) writes here, so no request waits for it. A reader copies pointers under the
//! lock and looks at the requests after it.

mod filter;
mod kept;
mod minutes;

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use jiff::Timestamp;

pub use self::filter::{HistoryFilter, OutcomeFilter};
use self::kept::kept;
pub use self::minutes::{Bar, Counts};
use self::minutes::{Minutes, minute};
use crate::model::request::RequestRecord;

/// The last requests in bounded memory, and counts for each minute of the last 24 hours. A restart forgets all of it.
///
/// Each request takes 3 KiB at most, since long texts are cut; so 5,000 of them take 15 MiB at most, and 3 MiB with usual texts.
#[derive(Debug)]
pub struct History {
    began: Timestamp,
    most: usize,
    state: Mutex<State>,
}

#[derive(Debug)]
struct State {
    /// In the order in which they ended. Their numbers have no gaps.
    requests: VecDeque<Arc<EndedRequest>>,
    /// The number of the next one.
    next: u64,
    minutes: Minutes,
}

/// A request, and when it ended.
#[derive(Debug, Clone, PartialEq)]
pub struct EndedRequest {
    /// Its place in the order in which requests ended, from 1. The order of [`RequestRecord::id`] is that of their beginnings.
    pub number: u64,
    /// When it ended.
    pub at: Timestamp,
    /// What is known of it. Longer texts than 256 bytes are cut, the reason at 500 bytes.
    pub record: RequestRecord,
}

/// Some of the requests, the newest first.
#[derive(Debug, Clone, Default)]
pub struct Page {
    /// The requests that match.
    pub rows: Vec<Arc<EndedRequest>>,
    /// The number to ask for the next page with; none when there are no more that match.
    pub before: Option<u64>,
}

impl History {
    /// How many requests the service keeps.
    pub const MOST: usize = 5_000;

    /// An empty one that keeps the last `most` requests. Memory is taken as requests come.
    #[must_use]
    pub fn new(most: usize) -> Self {
        let state = State { requests: VecDeque::new(), next: 1, minutes: Minutes::default() };
        Self { began: Timestamp::now(), most: most.max(1), state: Mutex::new(state) }
    }

    /// When it began: what ended before is unknown.
    #[must_use]
    pub fn began(&self) -> Timestamp {
        self.began
    }

    /// A request ended at `at`.
    pub fn push(&self, record: &RequestRecord, at: Timestamp) {
        let mut ended = EndedRequest { number: 0, at, record: kept(record) };
        let kind = record.kind();
        let mut state = self.state();
        ended.number = state.next;
        state.next += 1;
        state.minutes.count(minute(at), kind);
        // Dropped after the lock is given back.
        let oldest = if state.requests.len() >= self.most { state.requests.pop_front() } else { None };
        state.requests.push_back(Arc::new(ended));
        drop(state);
        drop(oldest);
    }

    /// The newest `rows` requests that match `filter` and ended before the one with the number `before`; without it the newest
    /// of all.
    #[must_use]
    pub fn page(&self, filter: &HistoryFilter, before: Option<u64>, rows: usize) -> Page {
        let filter = filter.prepared();
        let all: Vec<Arc<EndedRequest>> = {
            let state = self.state();
            let older = state.requests.iter().rev();
            older.skip_while(|request| before.is_some_and(|before| request.number >= before)).cloned().collect()
        };
        let mut matching = all.into_iter().filter(|request| filter.matches(&request.record));
        let rows: Vec<_> = matching.by_ref().take(rows).collect();
        let before = matching.next().and_then(|_| rows.last().map(|last| last.number));
        Page { rows, before }
    }

    /// The request with this [id](RequestRecord::id); none when it is too old or has not ended.
    #[must_use]
    pub fn find(&self, id: u64) -> Option<Arc<EndedRequest>> {
        self.state().requests.iter().rev().find(|request| request.record.id == id).cloned()
    }

    /// How many requests are kept.
    #[must_use]
    pub fn len(&self) -> usize {
        self.state().requests.len()
    }

    /// Whether no request has ended since the start.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// What ended in the last `bars` spans of `each`, the oldest first. Spans are whole minutes and begin at multiples of their
    /// length, so the last one may have just begun. All together are 24 hours at most.
    #[must_use]
    pub fn counts(&self, now: Timestamp, each: Duration, bars: usize) -> Vec<Bar> {
        self.state().minutes.bars(minute(now), each, bars)
    }

    /// What ended in the last `span`, which is whole minutes and 24 hours at most.
    #[must_use]
    pub fn total(&self, now: Timestamp, span: Duration) -> Counts {
        self.state().minutes.total(minute(now), span)
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // Whole after every statement.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests;
