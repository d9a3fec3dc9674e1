//! Slows down attempts at one user's password that come from many addresses, and refuses none of them.
//!
//! A stranger who knows a name can make its logins fail from many addresses. A limit over all addresses would then lock
//! the user out at an address where no login has failed. So nothing is refused here: after [`FREE`] failed attempts in
//! [`WINDOW`], the attempts of that user take turns, one in each [`PACE`]. The turn goes to the network with the fewest failed
//! attempts at this name, and by chance among equals. So an attacker delays the user only by attempts from networks that have
//! not failed yet, and a network here is an IPv4 /24 or an IPv6 /48, of which an attacker has few.
//!
//! An attempt counts when it gets its turn, so hanging up is no way around.

use std::collections::HashMap;
use std::hash::{BuildHasher as _, RandomState};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use rand::seq::IteratorRandom as _;
use tokio::sync::oneshot;
use tokio::time::{Instant, timeout_at};

use super::bounded::make_room;
use crate::model::account::Username;

/// Failed attempts of a name, over all addresses, before its attempts take turns.
pub(super) const FREE: u32 = 20;

/// Time over which failed attempts count.
pub(super) const WINDOW: Duration = Duration::from_mins(15);

/// Time between two turns of one name.
pub(super) const PACE: Duration = Duration::from_secs(1);

/// Attempts of one name that wait, and how many of one network.
const MOST_WAITING: [usize; 2] = [64, 4];

/// The names whose attempts take turns.
#[derive(Debug, Default)]
pub(super) struct Lanes {
    seed: RandomState,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    /// By the digest of a name.
    lanes: HashMap<u64, Lane>,
    /// Failed attempts at a name from a network, by the digest of both, and when the first was.
    failed: HashMap<u64, (u32, Instant)>,
    last_place: u64,
}

/// The attempts of one name.
#[derive(Debug)]
struct Lane {
    failed: u32,
    /// When the first attempt of the window was.
    since: Instant,
    /// When the next turn is due.
    next: Instant,
    waiting: Vec<Waiting>,
}

/// An attempt that waits.
#[derive(Debug)]
struct Waiting {
    place: u64,
    network: u64,
    /// Failed attempts from its network when it came.
    failed: u32,
    turn: oneshot::Sender<()>,
}

/// There was no turn: the deadline passed, or attempts from networks with fewer failures took all places.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct NoTurn;

/// Under what an attempt is counted. Digests replace names, of which clients can invent any number.
#[derive(Debug, Clone, Copy)]
struct Keys {
    name: u64,
    network: u64,
}

impl Lanes {
    /// Waits for the turn of an attempt at `user`'s password from `address`. From then on it counts as failed.
    ///
    /// Dropping the future before leaves nothing behind.
    pub(super) async fn turn(&self, user: &Username, address: IpAddr, deadline: Instant) -> Result<(), NoTurn> {
        let keys = self.keys(user, address);
        let Some(mut place) = self.enter(keys, Instant::now())? else { return Ok(()) };
        loop {
            let due = self.due(keys.name);
            match timeout_at(due.min(deadline), &mut place.turn).await {
                Ok(Ok(())) => return Ok(()),
                Ok(Err(_)) => return Err(NoTurn),
                Err(_) if Instant::now() >= deadline => return Err(NoTurn),
                // No task of its own gives the turns: the first one that notices does, to itself or to another.
                Err(_) => self.give_turn(keys.name, Instant::now()),
            }
        }
    }

    /// The user proved the password there: what failed from that network counts no more.
    pub(super) fn succeeded(&self, user: &Username, address: IpAddr) {
        let keys = self.keys(user, address);
        let state = &mut *self.state();
        let own = state.failed.remove(&keys.network).map_or(0, |(failed, _)| failed);
        if let Some(lane) = state.lanes.get_mut(&keys.name) {
            lane.failed = lane.failed.saturating_sub(own);
        }
    }

    /// A place among those that wait; none when it is the attempt's turn now.
    fn enter(&self, keys: Keys, now: Instant) -> Result<Option<Place<'_>>, NoTurn> {
        let state = &mut *self.state();
        make_room(&mut state.lanes, |lane| lane.since, WINDOW, now);
        let nothing = || Lane { failed: 0, since: now, next: now, waiting: Vec::new() };
        let lane = state.lanes.entry(keys.name).or_insert_with(nothing);
        if now.saturating_duration_since(lane.since) >= WINDOW {
            (lane.failed, lane.since) = (0, now);
        }
        if lane.failed < FREE || (lane.waiting.is_empty() && now >= lane.next) {
            lane.next = now + PACE;
            state.count(keys, now);
            return Ok(None);
        }
        let failed =
            state.failed.get(&keys.network).filter(|(_, since)| now.saturating_duration_since(*since) < WINDOW);
        let failed = failed.map_or(0, |(failed, _)| *failed);
        lane.make_place(keys.network, failed)?;
        state.last_place += 1;
        let (given, turn) = oneshot::channel();
        lane.waiting.push(Waiting { place: state.last_place, network: keys.network, failed, turn: given });
        Ok(Some(Place { lanes: self, name: keys.name, number: state.last_place, turn }))
    }

    /// When the next turn of `name` is due.
    fn due(&self, name: u64) -> Instant {
        self.state().lanes.get(&name).map_or_else(Instant::now, |lane| lane.next)
    }

    /// Gives the turn that is due.
    fn give_turn(&self, name: u64, now: Instant) {
        let state = &mut *self.state();
        let Some(lane) = state.lanes.get_mut(&name).filter(|lane| now >= lane.next) else { return };
        let Some(least) = lane.waiting.iter().map(|waiting| waiting.failed).min() else { return };
        let equals = lane.waiting.iter().enumerate().filter(|(_, waiting)| waiting.failed == least);
        let Some((at, _)) = equals.choose(&mut rand::rng()) else { return };
        let chosen = lane.waiting.swap_remove(at);
        lane.next = now + PACE;
        state.count(Keys { name, network: chosen.network }, now);
        // One that has given up in this moment has had its turn.
        let _ = chosen.turn.send(());
    }

    fn keys(&self, user: &Username, address: IpAddr) -> Keys {
        Keys { name: self.seed.hash_one(user), network: self.seed.hash_one((user, wide_network(address))) }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // The state is whole after every statement, so one that a panic left behind can still be used.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    /// An attempt has its turn.
    fn count(&mut self, keys: Keys, now: Instant) {
        if let Some(lane) = self.lanes.get_mut(&keys.name) {
            lane.failed = lane.failed.saturating_add(1);
        }
        make_room(&mut self.failed, |(_, since)| *since, WINDOW, now);
        let (failed, since) = self.failed.entry(keys.network).or_insert((0, now));
        if now.saturating_duration_since(*since) >= WINDOW {
            (*failed, *since) = (0, now);
        }
        *failed = failed.saturating_add(1);
    }
}

impl Lane {
    /// Makes room for an attempt from `network`, from where `failed` have failed. When all places are taken, one of those with
    /// the most failures gives up its own, by chance among equals, which may be the new one.
    fn make_place(&mut self, network: u64, failed: u32) -> Result<(), NoTurn> {
        let [all, of_one] = MOST_WAITING;
        if self.waiting.iter().filter(|waiting| waiting.network == network).count() >= of_one {
            return Err(NoTurn);
        }
        if self.waiting.len() < all {
            return Ok(());
        }
        let most = self.waiting.iter().map(|waiting| waiting.failed).max().unwrap_or_default();
        if failed > most {
            return Err(NoTurn);
        }
        let worst =
            self.waiting.iter().enumerate().filter(|(_, waiting)| waiting.failed == most).map(|(at, _)| Some(at));
        let itself = (failed == most).then_some(None);
        let at = worst.chain(itself).choose(&mut rand::rng()).flatten().ok_or(NoTurn)?;
        drop(self.waiting.swap_remove(at));
        Ok(())
    }
}

/// A place among the attempts that wait.
#[derive(Debug)]
struct Place<'a> {
    lanes: &'a Lanes,
    name: u64,
    number: u64,
    turn: oneshot::Receiver<()>,
}

impl Drop for Place<'_> {
    fn drop(&mut self) {
        if let Some(lane) = self.lanes.state().lanes.get_mut(&self.name) {
            lane.waiting.retain(|waiting| waiting.place != self.number);
        }
    }
}

/// The network that an address lies in, as one owner mostly holds it: an IPv4 /24 or an IPv6 /48.
fn wide_network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V4(address) => IpAddr::V4(Ipv4Addr::from_bits(address.to_bits() & !0xff)),
        IpAddr::V6(address) => IpAddr::V6(Ipv6Addr::from_bits(address.to_bits() & !((1 << 80) - 1))),
    }
}

#[cfg(test)]
mod tests;
