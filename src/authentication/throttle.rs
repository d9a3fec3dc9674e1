//! Counts refused logins, so that guessing passwords through this service is slower than at Openfire itself.
//!
//! There are three counts: for a user from one address, for the address alone, and for a user from all addresses together.
//! The last one does not hold at an address from which the user logged in lately; otherwise anyone could lock any user
//! out. Only refusals by the server count; our own failures do not.
//!
//! A refusal counts at once. One that is not believed is given back when the doubt has ended.

mod count;
mod locked_out;

use std::collections::HashMap;
use std::hash::{BuildHasher as _, RandomState};
use std::net::IpAddr;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::time::{Instant, timeout_at};

use self::count::{Count, Counted, Room};
use self::locked_out::name;
pub use self::locked_out::{Lock, LockedOut, LockedOutList};
use crate::model::account::Username;
use crate::model::config::Limits;

/// A client that gives up sooner may want to try a password without being counted. One that waits longer has met a server
/// that does not answer.
const PATIENCE: Duration = Duration::from_secs(2);

/// Counts refused logins, and does not admit a user or an address that has had too many.
#[derive(Debug)]
pub(super) struct Throttle {
    seed: RandomState,
    counts: Mutex<Counts>,
    /// Attempts that may wait for others of the same user or address, and how many of one address.
    most_waiting: [usize; 2],
}

#[derive(Debug)]
struct Counts {
    by_user: Count<u64, (Box<str>, IpAddr)>,
    by_address: Count<IpAddr, IpAddr>,
    by_name: Count<u64, Box<str>>,
    /// Attempts that wait, by address.
    waiting: HashMap<IpAddr, usize>,
}

/// Who attempts to log in, and from where.
#[derive(Debug, Clone, Copy)]
pub(super) struct Who<'a> {
    pub(super) user: &'a Username,
    /// As [`network`](crate::model::network::network) gives it.
    pub(super) network: IpAddr,
    /// Whether the user was let in from there before.
    pub(super) is_familiar: bool,
}

/// Under what an attempt is counted. Digests replace names, which can be long, and of which clients can invent any number.
#[derive(Debug, Clone, Copy)]
struct Keys<'a> {
    /// Whose attempt it is, for the list of those that are locked out.
    who: &'a Username,
    /// Of the user at the address.
    user: u64,
    address: IpAddr,
    /// Of the user alone.
    name: u64,
    is_familiar: bool,
}

/// Why an attempt is not admitted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum NotAdmitted {
    /// Too many logins were refused. The time after which the next one is admitted.
    TooMany(Duration),
    /// As many logins were refused, but they are not all believed.
    Doubted,
    /// As many logins of this user or address run as may be refused, and too many wait for them, or for too long.
    Crowded,
}

impl Throttle {
    /// A throttle with the limits of the configuration; a limit of 0 counts nothing.
    pub(super) fn new(limits: &Limits) -> Self {
        let count = Counts {
            by_user: Count::new(limits.failures_per_user, limits.failure_window),
            by_address: Count::new(limits.failures_per_address, limits.failure_window),
            by_name: Count::new(limits.attempts_per_user, limits.failure_window),
            waiting: HashMap::new(),
        };
        let most = limits.queued_logins;
        // An address may take nearly all, as that of an office whose clients all start at nine.
        Self { seed: RandomState::new(), counts: Mutex::new(count), most_waiting: [most, most - most / 8] }
    }

    /// Admits an attempt to log in.
    ///
    /// Until its end it holds one of the refusals that its user and address may have, so that many attempts at once get no
    /// more of them. Those that find none free wait for an end.
    pub(super) async fn admit<'a>(&'a self, who: Who<'a>, deadline: Instant) -> Result<LoginAttempt<'a>, NotAdmitted> {
        let keys = self.keys(who);
        let mut place = None;
        loop {
            let ended = {
                let mut counts = self.counts();
                let now = Instant::now();
                match counts.room(keys, now) {
                    Room::Free => return Ok(self.attempt(keys, &mut counts, now)),
                    Room::Full(wait) => return Err(NotAdmitted::TooMany(wait)),
                    Room::Doubted => return Err(NotAdmitted::Doubted),
                    Room::Behind(ended) => {
                        if place.is_none() && !counts.takes_place(keys.address, self.most_waiting) {
                            return Err(NotAdmitted::Crowded);
                        }
                        // Made before the lock is given back, so that no end is missed.
                        ended.notified_owned()
                    }
                }
            };
            let _ = place.get_or_insert_with(|| WaitingPlace { throttle: self, network: keys.address });
            if timeout_at(deadline, ended).await.is_err() {
                return Err(NotAdmitted::Crowded);
            }
        }
    }

    /// Admits an attempt of a user or an address that has none left, since not all of the refusals are believed. None when the
    /// user has had too many over all addresses.
    pub(super) fn admit_anyway<'a>(&'a self, who: Who<'a>) -> Option<LoginAttempt<'a>> {
        let (keys, now) = (self.keys(who), Instant::now());
        let counts = &mut *self.counts();
        counts.has_attempt(keys, now).then(|| self.attempt(keys, counts, now))
    }

    fn attempt<'a>(&'a self, keys: Keys<'a>, counts: &mut Counts, now: Instant) -> LoginAttempt<'a> {
        counts.by_user.begin(&keys.user, now);
        counts.by_address.begin(&keys.address, now);
        counts.by_name.begin(&keys.name, now);
        LoginAttempt { throttle: self, keys, state: AttemptState::Admitted, again: 0, is_in_doubt: false }
    }

    fn keys<'a>(&self, Who { user, network, is_familiar }: Who<'a>) -> Keys<'a> {
        let (at_address, name) = (self.seed.hash_one((network, user)), self.seed.hash_one(user));
        Keys { who: user, user: at_address, address: network, name, is_familiar }
    }

    /// Gives refusals back that are not believed and came before `before`: `all` of them since the doubt has ended, otherwise
    /// those of familiar users. Says whether there were any.
    pub(super) fn give_back(&self, all: bool, before: Instant) -> bool {
        let counts = &mut *self.counts();
        let (by_user, by_address) = (counts.by_user.give_back(all, before), counts.by_address.give_back(all, before));
        by_user | by_address | counts.by_name.give_back(all, before)
    }

    fn counts(&self) -> MutexGuard<'_, Counts> {
        // A count is whole after every statement, so one that a panic left behind can still be used.
        self.counts.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Counts {
    fn room(&mut self, keys: Keys<'_>, now: Instant) -> Room {
        let by_user = self.by_user.room(&keys.user, now);
        let by_address = self.by_address.room(&keys.address, now);
        let by_name = if keys.is_familiar { Room::Free } else { self.by_name.room(&keys.name, now) };
        [by_user, by_address, by_name].into_iter().max_by_key(Room::severity).unwrap_or(Room::Free)
    }

    /// Whether the user may have another attempt over all addresses.
    fn has_attempt(&mut self, keys: Keys<'_>, now: Instant) -> bool {
        keys.is_familiar || matches!(self.by_name.room(&keys.name, now), Room::Free)
    }

    fn takes_place(&mut self, network: IpAddr, [all, of_one]: [usize; 2]) -> bool {
        let taken: usize = self.waiting.values().sum();
        let own = self.waiting.get(&network).copied().unwrap_or_default();
        let has_place = taken < all && own < of_one;
        if has_place {
            self.waiting.insert(network, own + 1);
        }
        has_place
    }
}

/// A place among the attempts that wait.
#[derive(Debug)]
struct WaitingPlace<'a> {
    throttle: &'a Throttle,
    network: IpAddr,
}

impl Drop for WaitingPlace<'_> {
    fn drop(&mut self) {
        let waiting = &mut self.throttle.counts().waiting;
        if let Some(own) = waiting.get_mut(&self.network) {
            *own = own.saturating_sub(1);
            if *own == 0 {
                waiting.remove(&self.network);
            }
        }
    }
}

/// An attempt that was admitted.
///
/// One that is dropped without an end was given up by the client. It counts as a failure of the user, since otherwise
/// hanging up would be a way around the limit; but not before it [runs](LoginAttempt::runs). For the address it counts once
/// the server has [refused](LoginAttempt::refused) it: until then the client cannot have learnt anything.
#[derive(Debug)]
#[must_use]
pub(super) struct LoginAttempt<'a> {
    throttle: &'a Throttle,
    keys: Keys<'a>,
    state: AttemptState,
    /// Number of second attempts.
    again: u32,
    /// A refusal would not be believed.
    is_in_doubt: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum AttemptState {
    /// It waits for its place in the login queue.
    Admitted,
    /// The server is asked since then.
    Runs(Instant),
    /// The server, asked since then, refused it, and that is judged.
    Refused(Instant),
    Ended,
}

impl LoginAttempt<'_> {
    /// The server is asked from now on.
    pub(super) fn runs(&mut self, now: Instant) {
        self.state = AttemptState::Runs(now);
    }

    /// It begins in doubt: giving it up says nothing about the password.
    pub(super) fn begins_in_doubt(&mut self) {
        self.is_in_doubt = true;
    }

    /// The server refused it. A right password would have its reply soon, so from now on silence says that it is wrong.
    pub(super) fn refused(&mut self) {
        if let AttemptState::Runs(since) = self.state {
            self.state = AttemptState::Refused(since);
        }
    }

    /// A second attempt is due. Says whether the user has an attempt left.
    pub(super) fn asks_again(&mut self, now: Instant) -> bool {
        let counts = &mut *self.throttle.counts();
        let has_attempt = counts.has_attempt(self.keys, now);
        if has_attempt {
            counts.by_name.begin(&self.keys.name, now);
            self.again += 1;
        }
        has_attempt
    }

    /// The server refused it, and the refusal is believed.
    pub(super) fn failed(mut self, now: Instant) {
        self.end(Some(Counted::Believed), Some(Counted::Believed), now);
    }

    /// The server refused it, and the refusal is not believed. It counts until it is [given back](Throttle::give_back).
    pub(super) fn doubted(mut self, now: Instant) {
        let refusal = Some(Counted::Unconfirmed(self.keys.is_familiar));
        self.end(refusal, refusal, now);
    }

    /// The user proved the password: the user's refusals from this address are forgotten.
    pub(super) fn succeeded(mut self, now: Instant) {
        {
            let counts = &mut *self.throttle.counts();
            let own = counts.by_user.take_back(&self.keys.user, u32::MAX, now);
            counts.by_name.take_back(&self.keys.name, own, now);
        }
        self.end(None, None, now);
    }

    /// The login was not decided, which is not the user's fault: the attempt does not count.
    pub(super) fn undecided(mut self, now: Instant) {
        self.end(None, None, now);
    }

    /// Ends it. `refusal` is what counts for the user, `of_address` what counts for the address.
    fn end(&mut self, refusal: Option<Counted>, of_address: Option<Counted>, now: Instant) {
        let counts = &mut *self.throttle.counts();
        let Keys { who, user, address, name: of_name, .. } = self.keys;
        counts.by_user.end(&user, refusal, now, || (name(who), address));
        counts.by_address.end(&address, of_address, now, || address);
        for _ in 0..=self.again {
            counts.by_name.end(&of_name, refusal, now, || name(who));
        }
        self.state = AttemptState::Ended;
    }
}

impl Drop for LoginAttempt<'_> {
    fn drop(&mut self) {
        let now = Instant::now();
        let (since, is_refused) = match self.state {
            AttemptState::Ended => return,
            AttemptState::Admitted => return self.end(None, None, now),
            AttemptState::Runs(since) => (since, false),
            AttemptState::Refused(since) => (since, true),
        };
        let is_impatient = now.saturating_duration_since(since) < PATIENCE && !self.is_in_doubt;
        let refusal = if is_impatient { Counted::Believed } else { Counted::Unconfirmed(self.keys.is_familiar) };
        self.end(Some(refusal), is_refused.then_some(refusal), now);
    }
}

impl Room {
    fn severity(&self) -> (u8, Duration) {
        match self {
            Self::Free => (0, Duration::ZERO),
            Self::Behind(_) => (1, Duration::ZERO),
            Self::Doubted => (2, Duration::ZERO),
            Self::Full(wait) => (3, *wait),
        }
    }
}

#[cfg(test)]
mod tests;
