//! Streams that are opened ahead of need: connected, secured, their features read, each waiting for one login.
//!
//! 1. The keeper opens as many as the busiest second of the last minute had logins, between `limits.idle_streams_least` and
//!    `limits.idle_streams_most`: one after another with jitter, after logins that wait for a connection, and not while
//!    the server is busy with openings.
//! 2. It watches each stream. One that the server ends, or on which it sends anything, leaves at once, and so do all older
//!    ones. Streams are replaced before the server's limit for idle ones.
//! 3. A login takes the newest stream, for good. When that is dead before SASL has begun, the login opens one of its own.
//! 4. All streams leave when the server has another certificate, when the configuration is read again, and when the
//!    component has lost its link.

mod demand;
mod keeper;
mod lifetime;
mod restraint;
mod state;
mod store;

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use futures::future::join_all;
use tokio::sync::Notify;
use tokio::time::Instant;

use self::state::{Bounds, News, State};
use super::Login;
use super::opening::Opened;
use super::stream::ClientStream;
use crate::model::config::Limits;
use crate::telemetry::IdleStreamCounts;

/// Most time for the first answer on a stream that waited. A dead stream takes no more of the login's time.
const FIRST_ANSWER: Duration = Duration::from_secs(2);
/// Least time for it. A server that is only slow would seem dead in less, and all streams would be lost.
const LEAST_ANSWER: Duration = Duration::from_secs(1);

/// Streams that wait for logins; none unless [`Login::keep_idle_streams`] runs.
pub(super) struct IdleStreams {
    state: Mutex<State>,
    /// A login took a stream or opened its own, or the streams were dismissed.
    changed: Notify,
    /// Logins that open a stream of their own.
    openings: AtomicUsize,
}

/// A login's claim on the stream that it took. Its end is counted.
pub(super) struct Taken<'a> {
    streams: &'a IdleStreams,
    number: u64,
    waited: Duration,
    was_dead: bool,
}

/// What the keeper does next.
struct Plan {
    /// When the next opening begins; none when none is needed.
    next_opening: Option<Instant>,
    /// Streams to close.
    leaving: Vec<ClientStream>,
    news: Option<News>,
}

/// A login that opens a stream of its own. The keeper opens fewer beside it.
pub(super) struct OwnOpening<'a>(&'a IdleStreams);

impl IdleStreams {
    /// None when they are switched off.
    pub(super) fn new(limits: &Limits) -> Option<Self> {
        let bounds = Bounds { least: limits.idle_streams_least, most: limits.idle_streams_most };
        let state = Mutex::new(State::new(bounds, Instant::now()));
        (bounds.most > 0).then(|| Self { state, changed: Notify::new(), openings: AtomicUsize::new(0) })
    }

    /// A stream for a login that has until `deadline`; none when none waits. It is this login's alone.
    pub(super) fn take(&self, deadline: Instant) -> Option<(Opened, Taken<'_>)> {
        let now = Instant::now();
        let mut state = self.state();
        if !state.is_open() {
            return None;
        }
        let time = FIRST_ANSWER.min(deadline.saturating_duration_since(now) / 4);
        if time < LEAST_ANSWER {
            state.passed_over(now);
            return None;
        }
        let taken = state.take(now);
        drop(state);
        self.changed.notify_one();
        let (number, idle) = taken?;
        let mut opened = idle.opened;
        opened.stream.expect_answer_by(now + time);
        let waited = now.saturating_duration_since(idle.since);
        Some((opened, Taken { streams: self, number, waited, was_dead: false }))
    }

    /// The server wants passwords at a point where a stream that may be dead could swallow them.
    pub(super) fn give_up(&self) {
        self.state().give_up();
        self.changed.notify_one();
    }

    /// Dismisses all; others are opened a moment later.
    pub(super) fn dismiss(&self) {
        self.state().dismiss(Instant::now());
        self.changed.notify_one();
    }

    /// A login begins to open a stream of its own.
    pub(super) fn own_opening(&self) -> OwnOpening<'_> {
        self.openings.fetch_add(1, Ordering::Relaxed);
        OwnOpening(self)
    }

    /// A login or a look at the server has opened a stream of its own.
    pub(super) fn saw(&self, opened: &Opened) {
        let (now, mut state) = (Instant::now(), self.state());
        state.saw(opened, now);
        state.is_reachable(now);
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What is to be done while `ahead` openings run; none after the streams were stopped.
    fn plan(&self, ahead: usize) -> Option<Plan> {
        let mut state = self.state();
        let of_logins = self.openings.load(Ordering::Relaxed);
        let is_kept = state.is_kept;
        is_kept.then(|| Plan {
            next_opening: state.next_opening(ahead, of_logins, Instant::now()),
            leaving: state.leaving(),
            news: state.news(),
        })
    }
}

impl Taken<'_> {
    /// The server has not answered on the stream.
    pub(super) fn was_dead(mut self) {
        self.was_dead = true;
    }
}

impl Drop for Taken<'_> {
    fn drop(&mut self) {
        let mut state = self.streams.state();
        if self.was_dead {
            state.was_dead(self.number, Instant::now());
        } else {
            state.served(self.waited);
        }
        drop(state);
        self.streams.changed.notify_one();
    }
}

impl Drop for OwnOpening<'_> {
    fn drop(&mut self) {
        self.0.openings.fetch_sub(1, Ordering::Relaxed);
        self.0.changed.notify_one();
    }
}

impl Login {
    /// Opens streams ahead of logins and watches them, until [`Login::stop_idle_streams`]. Ends at once when
    /// `limits.idle_streams_most` is 0. Dropping the future closes the streams.
    pub async fn keep_idle_streams(&self) {
        if let Some(streams) = &self.0.idle_streams {
            keeper::keep(streams, &self.0.opening, &self.0.last_seen).await;
        }
    }

    /// Dismisses all streams that wait for logins. Others are opened a moment later.
    pub fn dismiss_idle_streams(&self) {
        if let Some(streams) = &self.0.idle_streams {
            streams.dismiss();
        }
    }

    /// Closes the streams that wait for logins, and opens no more.
    pub async fn stop_idle_streams(&self) {
        if let Some(streams) = &self.0.idle_streams {
            let streams_left = streams.state().stop();
            streams.changed.notify_one();
            join_all(streams_left.into_iter().map(ClientStream::close)).await;
        }
    }

    /// How many streams wait, and what became of others since the start; zeros when they are switched off.
    #[must_use]
    pub fn idle_streams(&self) -> IdleStreamCounts {
        self.0.idle_streams.as_ref().map_or_else(IdleStreamCounts::default, |streams| streams.state().counts())
    }
}
