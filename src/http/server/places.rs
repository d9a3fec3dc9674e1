//! The places for connections. No address can take them from the others: when they run out, the one that holds the most
//! gives one up, first what is idle, then what is slow.
//!
//! A place is freed when it is dropped, however its connection ends.

mod table;

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::atomic::{AtomicBool, AtomicU8, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use ipnet::IpNet;
use tokio::sync::Notify;
use tokio::task::AbortHandle;
use tokio::time::Instant;

pub(super) use self::table::Number;
use self::table::{Activity, Admission, Table};
use crate::model::network::network;
use crate::telemetry::{Metrics, Yielded};

/// Where the server logged before it had its present place; administrators filter by it.
const TARGET: &str = "openfire_provisioner::http";

/// Time between two lines of the log about places that have run out.
const INTERVAL: Duration = Duration::from_mins(1);

/// All places. Clones share them.
#[derive(Clone)]
pub(super) struct Places(Arc<Shared>);

struct Shared {
    table: Mutex<Taken>,
    proxies: Vec<IpNet>,
    metrics: Arc<Metrics>,
    /// Connections that have lost their place and are not closed yet.
    leaving: AtomicUsize,
    /// A connection waits for a place.
    awaited: AtomicBool,
    /// There may be a place now.
    freed: Notify,
}

struct Taken {
    table: Table,
    /// How each connection is closed.
    handles: HashMap<Number, AbortHandle>,
    /// When the log last said that places have run out.
    said: Option<Instant>,
}

/// A place, free again when it is dropped.
pub(super) struct Place {
    places: Places,
    number: Number,
    /// A [`Doing`].
    doing: AtomicU8,
    /// The client takes nothing of what is sent.
    stalled: AtomicBool,
}

/// What a connection does, as it knows itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Doing {
    /// It waits for the next request, or its last answer is still being sent.
    Idle,
    /// It waits for the first byte, for TLS, or for the rest of a head.
    Head,
    /// It waits for the rest of a body.
    Body,
    /// It answers.
    Answering,
    /// It sends an answer in pieces.
    Sending,
    /// It has nothing more to say.
    Closing,
}

impl Doing {
    const ALL: [Self; 6] = [Self::Idle, Self::Head, Self::Body, Self::Answering, Self::Sending, Self::Closing];
}

impl Places {
    /// `most` places, one at least. `patience` is the time that a client has for a head.
    pub(super) fn new(most: usize, patience: Duration, proxies: Vec<IpNet>, metrics: Arc<Metrics>) -> Self {
        let table = Taken { table: Table::new(most, patience), handles: HashMap::new(), said: None };
        Self(Arc::new(Shared {
            table: Mutex::new(table),
            proxies,
            metrics,
            leaving: AtomicUsize::new(0),
            awaited: AtomicBool::new(false),
            freed: Notify::new(),
        }))
    }

    /// A place for a connection from `peer`. Another connection may lose its own for it: that one's task is aborted.
    pub(super) fn take(&self, peer: IpAddr) -> Option<Place> {
        let peer = peer.to_canonical();
        let is_proxy = self.0.proxies.iter().any(|network| network.contains(&peer));
        let now = Instant::now();
        let mut taken = self.lock();
        let (number, displaced) = match taken.table.admit(network(peer), is_proxy, now) {
            Admission::Admitted(number, displaced) => (number, displaced),
            Admission::Full => {
                Self::say(&mut taken, now);
                return None;
            }
        };
        if let Some(displaced) = displaced {
            let handle = taken.handles.remove(&displaced.number);
            self.0.leaving.fetch_add(1, Ordering::SeqCst);
            self.0.metrics.connection_yielded(yielded(displaced.activity));
            Self::say(&mut taken, now);
            drop(taken);
            if let Some(handle) = handle {
                handle.abort();
            }
        } else {
            drop(taken);
            self.0.metrics.connection_opened();
        }
        Some(Place {
            places: self.clone(),
            number,
            doing: AtomicU8::new(Doing::Head as u8),
            stalled: AtomicBool::new(false),
        })
    }

    /// Names the task of a connection, which is aborted when another one needs its place.
    pub(super) fn attach(&self, number: Number, task: AbortHandle) {
        let mut taken = self.lock();
        if taken.table.holds(number) {
            taken.handles.insert(number, task);
        }
    }

    /// Whether an address holds more than its share, so that newcomers from others get places of it.
    pub(super) fn has_one_over_share(&self) -> bool {
        self.lock().table.has_one_over_share()
    }

    /// Connections that have lost their place and are not closed yet; each still has its file descriptor.
    pub(super) fn leaving(&self) -> usize {
        self.0.leaving.load(Ordering::SeqCst)
    }

    /// A connection is closed that found no place.
    pub(super) fn turned_away(&self) {
        self.0.metrics.connection_yielded(Yielded::Newcomer);
    }

    /// Says whether a connection waits for [`Places::freed`].
    pub(super) fn await_one(&self, is_awaited: bool) {
        self.0.awaited.store(is_awaited, Ordering::SeqCst);
    }

    /// Waits until there may be a place, or a connection that had lost its own is closed.
    pub(super) async fn freed(&self) {
        self.0.freed.notified().await;
    }

    fn lock(&self) -> MutexGuard<'_, Taken> {
        self.0.table.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn wake(&self) {
        if self.0.awaited.load(Ordering::SeqCst) {
            self.0.freed.notify_one();
        }
    }

    /// Logs that places have run out, and who holds the most.
    fn say(taken: &mut Taken, now: Instant) {
        if taken.said.is_some_and(|said| now.saturating_duration_since(said) < INTERVAL) {
            return;
        }
        let Some((address, held)) = taken.table.greatest() else { return };
        taken.said = Some(now);
        let most = taken.table.most();
        tracing::warn!(
            target: TARGET,
            { client.address = %address, connections.held = held, connections.open = taken.table.taken() },
            "places for connections are running out ({most} in all): {address} holds {held}, and its idle and slow connections \
             are closed first. If these are your users, raise http.max_connections; if this is your proxy, name it in \
             http.trusted_proxies (logged once a minute)"
        );
    }
}

impl Place {
    /// Names the connection for [`Places::attach`], when the place itself is with its task.
    pub(super) fn number(&self) -> Number {
        self.number
    }

    /// The connection does this from now on. Only its own task says so.
    pub(super) fn set(&self, doing: Doing) {
        self.doing.store(doing as u8, Ordering::Relaxed);
        self.update();
    }

    /// The client has sent something.
    pub(super) fn received(&self) {
        if self.doing() == Doing::Idle {
            self.set(Doing::Head);
        }
    }

    /// The client takes nothing more of what is sent, or it does again.
    pub(super) fn stalled(&self, is_stalled: bool) {
        self.stalled.store(is_stalled, Ordering::Relaxed);
        self.update();
    }

    fn doing(&self) -> Doing {
        Doing::ALL.into_iter().find(|doing| *doing as u8 == self.doing.load(Ordering::Relaxed)).unwrap_or(Doing::Head)
    }

    fn update(&self) {
        let activity = match (self.doing(), self.stalled.load(Ordering::Relaxed)) {
            (Doing::Idle, false) => Activity::Idle,
            (Doing::Head, _) => Activity::Head,
            (Doing::Body, _) => Activity::Body,
            (Doing::Idle | Doing::Sending, true) | (Doing::Closing, _) => Activity::Unread,
            (Doing::Answering, _) | (Doing::Sending, false) => Activity::Request,
        };
        let is_changed = self.places.lock().table.set(self.number, activity, Instant::now());
        if is_changed && activity < Activity::Request {
            self.places.wake();
        }
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut taken = self.places.lock();
        let had_it = taken.table.release(self.number);
        let handle = taken.handles.remove(&self.number);
        drop(taken);
        drop(handle);
        if had_it {
            self.places.0.metrics.connection_closed();
        } else {
            self.places.0.leaving.fetch_sub(1, Ordering::SeqCst);
        }
        self.places.wake();
    }
}

fn yielded(activity: Activity) -> Yielded {
    match activity {
        Activity::Idle => Yielded::Idle,
        Activity::Head => Yielded::Head,
        Activity::Body => Yielded::Body,
        Activity::Unread => Yielded::Unread,
        Activity::Request => Yielded::Request,
    }
}

#[cfg(test)]
mod tests;
