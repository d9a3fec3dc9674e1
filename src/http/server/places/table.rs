//! Who holds which place, and who must give one up. Pure: it is given the time, and it closes nothing itself.

use std::cmp::Reverse;
use std::collections::{BTreeSet, HashMap};
use std::net::IpAddr;
use std::time::Duration;

use tokio::time::Instant;

/// What a connection does. The order is that in which connections are given up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Activity {
    /// Nothing of the next request has come.
    Idle,
    /// The first byte, the TLS handshake or the rest of a head is still to come.
    Head,
    /// The rest of a body is still to come.
    Body,
    /// The client does not take the answer, or has all of it and the connection is about to end.
    Unread,
    /// A request is being answered.
    Request,
}

/// The part of all places that is kept free for newcomers, as a divisor: while fewer are free, waiting connections of an
/// address with more than its share are closed early.
const RESERVE: usize = 8;

/// Places of a trusted proxy that weigh as much as one of any other address, since many clients come through it.
const CLIENTS_OF_A_PROXY: usize = 64;

/// Number of a connection; none is given twice.
pub(in crate::http::server) type Number = u64;

/// Where a holder stands among those that can give up a place at once: the greatest comes first, and of several that hold as
/// much the one whose connection is given up first.
type Standing = (Reverse<usize>, Activity, Instant, IpAddr);

/// All connections by their holders: an address, or an IPv6 network of 64 bits.
#[derive(Debug)]
pub(super) struct Table {
    most: usize,
    /// Time after which a connection that waits may be closed while there is just one place less free than the reserve. The
    /// fewer are free, the less time.
    patience: Duration,
    connections: HashMap<Number, Connection>,
    holders: HashMap<IpAddr, Holder>,
    by_weight: BTreeSet<(usize, IpAddr)>,
    /// The holders that are proxies.
    proxies: BTreeSet<IpAddr>,
    /// Those that have a connection without a request in work.
    waiting: BTreeSet<Standing>,
    next: Number,
}

#[derive(Debug)]
struct Connection {
    holder: IpAddr,
    activity: Activity,
    since: Instant,
}

#[derive(Debug)]
struct Holder {
    is_proxy: bool,
    /// In the order in which they are given up.
    connections: BTreeSet<(Activity, Instant, Number)>,
}

/// The answer to a newcomer.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Admission {
    /// It has a place. The other one, if any, has none any more and must be closed.
    Admitted(Number, Option<Displaced>),
    /// There is no place for it.
    Full,
}

/// A connection that has lost its place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Displaced {
    pub(super) number: Number,
    pub(super) holder: IpAddr,
    /// What it did.
    pub(super) activity: Activity,
}

impl Holder {
    fn weight(&self) -> usize {
        let held = self.connections.len();
        if self.is_proxy { held.div_ceil(CLIENTS_OF_A_PROXY) } else { held }
    }
}

impl Table {
    /// `most` places, one at least. `patience` is the time that a client has for a head.
    pub(super) fn new(most: usize, patience: Duration) -> Self {
        Self {
            most: most.max(1),
            patience,
            connections: HashMap::new(),
            holders: HashMap::new(),
            by_weight: BTreeSet::new(),
            proxies: BTreeSet::new(),
            waiting: BTreeSet::new(),
            next: 0,
        }
    }

    /// Places that are taken.
    pub(super) fn taken(&self) -> usize {
        self.connections.len()
    }

    /// All places.
    pub(super) fn most(&self) -> usize {
        self.most
    }

    /// The address that weighs most, and how many places it holds.
    pub(super) fn greatest(&self) -> Option<(IpAddr, usize)> {
        let (_, holder) = self.by_weight.last()?;
        Some((*holder, self.holders.get(holder)?.connections.len()))
    }

    /// The share of each when another address comes.
    fn share_beside_one(&self) -> usize {
        (self.most / (self.holders.len() + 1)).max(1)
    }

    /// Whether an address holds more than its share, so that newcomers from others get places of it.
    pub(super) fn has_one_over_share(&self) -> bool {
        let share = self.share_beside_one();
        let is_proxy = |holder: &IpAddr| self.holders.get(holder).is_none_or(|holder| holder.is_proxy);
        let greatest = self.by_weight.iter().rev().find(|(_, holder)| !is_proxy(holder));
        greatest.is_some_and(|(weight, _)| *weight > share)
    }

    /// Gives a newcomer a place: a free one, or that of another connection.
    pub(super) fn admit(&mut self, holder: IpAddr, is_proxy: bool, now: Instant) -> Admission {
        let free = self.most.saturating_sub(self.connections.len());
        let displaced = if free == 0 {
            match self.to_displace(holder) {
                None => return Admission::Full,
                displaced => displaced,
            }
        } else {
            self.waits_too_long(holder, free, now)
        };
        if let Some(displaced) = displaced {
            self.release(displaced.number);
        }
        let number = self.next;
        self.next += 1;
        self.connections.insert(number, Connection { holder, activity: Activity::Head, since: now });
        self.change(holder, is_proxy, |connections| {
            connections.insert((Activity::Head, now, number));
        });
        Admission::Admitted(number, displaced)
    }

    /// What a connection does that has its place still.
    #[cfg(test)]
    pub(super) fn activity(&self, number: Number) -> Option<Activity> {
        self.connections.get(&number).map(|connection| connection.activity)
    }

    /// Whether a connection has its place still.
    pub(super) fn holds(&self, number: Number) -> bool {
        self.connections.contains_key(&number)
    }

    /// A connection does this from now on. Gives whether that is something else than before, and it has its place still.
    pub(super) fn set(&mut self, number: Number, activity: Activity, now: Instant) -> bool {
        let Some(connection) = self.connections.get_mut(&number).filter(|known| known.activity != activity) else {
            return false;
        };
        let before = (connection.activity, connection.since, number);
        (connection.activity, connection.since) = (activity, now);
        let holder = connection.holder;
        self.change(holder, false, |connections| {
            connections.remove(&before);
            connections.insert((activity, now, number));
        });
        true
    }

    /// A connection has ended. Gives whether it still had its place.
    pub(super) fn release(&mut self, number: Number) -> bool {
        let Some(Connection { holder, activity, since }) = self.connections.remove(&number) else { return false };
        self.change(holder, false, |connections| {
            connections.remove(&(activity, since, number));
        });
        true
    }

    /// Changes the connections of a holder, and keeps the orders. One that is new is a proxy or not.
    fn change(
        &mut self,
        address: IpAddr,
        is_proxy: bool,
        change: impl FnOnce(&mut BTreeSet<(Activity, Instant, Number)>),
    ) {
        let holder = self.holders.entry(address).or_insert_with(|| Holder { is_proxy, connections: BTreeSet::new() });
        let before = (holder.weight(), standing(address, holder));
        change(&mut holder.connections);
        let after = (holder.weight(), standing(address, holder));
        if holder.connections.is_empty() {
            self.holders.remove(&address);
            self.proxies.remove(&address);
        } else if is_proxy {
            self.proxies.insert(address);
        }
        if before.0 != after.0 {
            self.by_weight.remove(&(before.0, address));
            if after.0 > 0 {
                self.by_weight.insert((after.0, address));
            }
        }
        if before.1 != after.1 {
            if let Some(before) = before.1 {
                self.waiting.remove(&before);
            }
            self.waiting.extend(after.1);
        }
    }

    /// The connection whose place a newcomer gets when none is free.
    ///
    /// One that waits, at the holder that holds the most; at one that holds more than its share a request in work, before an
    /// unfinished one of a holder within its share. A newcomer gets nothing from those that hold less than it does.
    fn to_displace(&self, newcomer: IpAddr) -> Option<Displaced> {
        let own = self.holders.get(&newcomer).map_or(0, Holder::weight);
        let first = self.waiting.first().map(|(Reverse(weight), .., holder)| (*weight, *holder));
        let waiting = match first {
            Some((weight, holder)) if weight > own || holder == newcomer => self.first_of(holder),
            // Of several that hold as much as the newcomer, its own may come behind the others.
            _ => self.first_of(newcomer).filter(|own| own.activity < Activity::Request),
        };
        let is_idle_or_over =
            |waiting: &Displaced| waiting.activity == Activity::Idle || self.is_over_share(waiting.holder, newcomer);
        if let Some(waiting) = waiting.filter(is_idle_or_over) {
            return Some(waiting);
        }
        // Two more at least, or two of the same weight would take from each other in turn.
        let mut greatest = self.by_weight.iter().rev().take_while(|(weight, _)| *weight > own + 1);
        let greatest = greatest.find(|(_, holder)| self.holders.get(holder).is_some_and(|holder| !holder.is_proxy));
        let over = greatest.map(|(_, holder)| *holder).filter(|holder| self.is_over_share(*holder, newcomer));
        // In a crowd in which each holds one, the last to come must not win: only from one that holds two more.
        let heavier = waiting.filter(|waiting| self.holders.get(&waiting.holder).map_or(0, Holder::weight) > own + 1);
        over.and_then(|holder| self.least_of(holder))
            .or(heavier)
            .or_else(|| self.of_its_own(newcomer))
            .or_else(|| if own == 0 { self.of_a_proxy() } else { None })
    }

    /// A connection of the newcomer's own that waits: an idle one, or any when it holds much.
    fn of_its_own(&self, newcomer: IpAddr) -> Option<Displaced> {
        let holder = self.holders.get(&newcomer)?;
        let has_much = !holder.is_proxy && holder.connections.len() > self.share_beside_one();
        self.first_of(newcomer)
            .filter(|own| own.activity == Activity::Idle || has_much && own.activity < Activity::Request)
    }

    /// A connection that waits at the proxy with the most: it hardly weighs, and may have all places.
    fn of_a_proxy(&self) -> Option<Displaced> {
        let held = |proxy: &&IpAddr| self.holders.get(*proxy).map_or(0, |holder| holder.connections.len());
        let proxy = self.proxies.iter().max_by_key(held)?;
        self.first_of(*proxy).filter(|waiting| waiting.activity < Activity::Request)
    }

    /// A connection at the holder that holds the most, if that is more than its share, that waits for longer than one may wait
    /// while so few places are free.
    fn waits_too_long(&self, newcomer: IpAddr, free: usize, now: Instant) -> Option<Displaced> {
        let reserve = self.most / RESERVE;
        if free > reserve {
            return None;
        }
        let (_, _, since, holder) = self.waiting.first()?;
        let share = u32::try_from(free).unwrap_or(u32::MAX);
        let patience = self.patience.saturating_mul(share) / u32::try_from(reserve).unwrap_or(u32::MAX).max(1);
        let is_due = self.is_over_share(*holder, newcomer) && now.saturating_duration_since(*since) >= patience;
        if is_due { self.first_of(*holder) } else { None }
    }

    /// Whether it holds more than all places divided by all holders, the newcomer among them. A proxy has no share, since it is
    /// not known how many clients it has.
    fn is_over_share(&self, holder: IpAddr, newcomer: IpAddr) -> bool {
        let holders = self.holders.len() + usize::from(!self.holders.contains_key(&newcomer));
        let share = (self.most / holders.max(1)).max(1);
        self.holders.get(&holder).is_some_and(|holder| !holder.is_proxy && holder.connections.len() > share)
    }

    fn first_of(&self, holder: IpAddr) -> Option<Displaced> {
        self.displaced(self.holders.get(&holder)?.connections.first()?.2)
    }

    /// One that waits, otherwise the latest request in work, since it loses least.
    fn least_of(&self, holder: IpAddr) -> Option<Displaced> {
        let known = self.holders.get(&holder)?;
        let least = if known.has_waiting() { known.connections.first() } else { known.connections.last() };
        self.displaced(least?.2)
    }

    fn displaced(&self, number: Number) -> Option<Displaced> {
        let Connection { holder, activity, .. } = self.connections.get(&number)?;
        Some(Displaced { number, holder: *holder, activity: *activity })
    }
}

impl Holder {
    fn has_waiting(&self) -> bool {
        self.connections.first().is_some_and(|(activity, ..)| *activity < Activity::Request)
    }
}

/// None while all its requests are in work.
fn standing(address: IpAddr, holder: &Holder) -> Option<Standing> {
    let (activity, since, _) = holder.connections.first().filter(|_| holder.has_waiting())?;
    Some((Reverse(holder.weight()), *activity, *since, address))
}

#[cfg(test)]
mod tests;
