//! How many logins run at one time, how many may wait, and whose turn is next.

mod lines;
#[cfg(test)]
mod tests;

use std::fmt;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::oneshot;
use tokio::time::Instant;

use self::lines::{Lines, Ticket};
use crate::model::network::network;

/// Limits the logins that run and that wait, and refuses the rest.
///
/// A free place goes to the addresses that wait in turn, and for each to its oldest login. While one address alone waits,
/// it has all places. When the queue is full, a login of an address with fewer waiting logins takes the place of the newest
/// one of the address with the most. An IPv6 network of 64 bits counts as one address.
#[derive(Debug)]
pub(super) struct LoginQueue(Arc<Places>);

#[derive(Debug)]
struct Places {
    /// How many may wait.
    queued: usize,
    state: Mutex<State>,
}

#[derive(Debug)]
struct State {
    /// Places that no login has. While there is one, no login waits.
    free: usize,
    lines: Lines<oneshot::Sender<Place>>,
}

/// One of the places. Dropping it gives it to the next login that waits.
struct Place(Arc<Places>);

/// The right to be one of the `limits.concurrent_logins`.
///
/// Clones stand for the same place. The next login gets it when the last of them is dropped.
#[derive(Clone)]
pub struct LoginPermit {
    _place: Arc<Place>,
    waited: Duration,
}

/// A login that waits. Dropping it takes it out of its line.
///
/// When a place has come by then, it is dropped too, after the login has left the line, and goes to the next one.
struct Waiting<'a> {
    places: &'a Places,
    ticket: Ticket,
    place: oneshot::Receiver<Place>,
}

/// What a login gets that asks for a place.
enum Answer<'a> {
    Place(Place),
    Wait(Waiting<'a>),
    Full,
}

impl LoginQueue {
    /// A queue in which so many run and so many wait.
    pub(super) fn new(running: usize, queued: usize) -> Self {
        let state = State { free: running.max(1), lines: Lines::new() };
        Self(Arc::new(Places { queued, state: Mutex::new(state) }))
    }

    /// Waits for a permit; none, at once or later, when there is no room to wait. Dropping the future leaves nothing behind.
    pub(super) async fn enter(&self, address: IpAddr) -> Option<LoginPermit> {
        let came = Instant::now();
        let place = match self.ask(network(address)) {
            Answer::Place(place) => place,
            // An error means that another login has taken the place in the line.
            Answer::Wait(mut waiting) => (&mut waiting.place).await.ok()?,
            Answer::Full => return None,
        };
        Some(LoginPermit { _place: Arc::new(place), waited: came.elapsed() })
    }

    fn ask(&self, address: IpAddr) -> Answer<'_> {
        let mut state = self.0.state();
        if state.free > 0 {
            state.free -= 1;
            return Answer::Place(Place(Arc::clone(&self.0)));
        }
        let mut displaced = None;
        if state.lines.waiting() >= self.0.queued {
            displaced = state.lines.make_room_for(address);
            if displaced.is_none() {
                return Answer::Full;
            }
        }
        let (giver, place) = oneshot::channel();
        let ticket = state.lines.join(address, giver);
        // Dropping it wakes the login that it belongs to.
        drop(state);
        drop(displaced);
        Answer::Wait(Waiting { places: &self.0, ticket, place })
    }
}

impl Places {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whose turn it is now that a place is free; none when no login waits, and the place stays free.
    fn next(&self) -> Option<oneshot::Sender<Place>> {
        let mut state = self.state();
        let next = state.lines.next();
        if next.is_none() {
            state.free += 1;
        }
        next
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        if let Some(next) = self.0.next() {
            // When that login has gone at this moment, the place comes back, is dropped here, and goes to the one after it.
            drop(next.send(Self(Arc::clone(&self.0))));
        }
    }
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        let left = self.places.state().lines.leave(self.ticket);
        drop(left);
    }
}

impl LoginPermit {
    /// How long the wait for it was.
    pub(super) fn waited(&self) -> Duration {
        self.waited
    }
}

impl fmt::Debug for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Place")
    }
}

impl fmt::Debug for LoginPermit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LoginPermit").field("waited", &self.waited).finish_non_exhaustive()
    }
}
