//! Who is locked out, and how an administrator ends it.

use std::cmp::Reverse;
use std::net::IpAddr;

use jiff::Timestamp;
use tokio::time::Instant;

use super::Throttle;
use super::count::Locked;
use crate::model::account::Username;
use crate::model::timestamp::timestamp;

/// The most of a name that is kept, in bytes: clients can invent long ones.
const MOST_NAME: usize = 128;

/// What is locked out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Lock {
    /// A user, from one address (`limits.failures_per_user`).
    UserAtAddress {
        /// The local part of the account; of a longer one its first 128 bytes.
        user: String,
        /// An IPv4 address, or an IPv6 network of 64 bits.
        address: IpAddr,
    },
    /// An address, for all users (`limits.failures_per_address`).
    Address(IpAddr),
    /// A user, from all addresses but those from which the user logged in lately (`limits.attempts_per_user`).
    User(String),
}

/// A user or an address that gets no attempt now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LockedOut {
    /// Who or what.
    pub lock: Lock,
    /// How many logins were refused.
    pub failures: u32,
    /// When the first of them was counted.
    pub since: Timestamp,
    /// When all of them are forgotten.
    pub until: Timestamp,
    /// Not all of the refusals are believed; they are forgotten when the doubt has ended.
    pub is_in_doubt: bool,
}

/// All that is locked out now.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LockedOutList {
    /// The newest, 500 at most.
    pub newest: Vec<LockedOut>,
    /// How many users are locked out at one address each; those that are not among the newest as well.
    pub users_at_addresses: usize,
    /// How many addresses.
    pub addresses: usize,
    /// How many users at all addresses.
    pub users: usize,
}

impl LockedOutList {
    /// The most that the list shows.
    pub const MOST: usize = 500;

    /// How many there are, those included that it does not show.
    #[must_use]
    pub fn all(&self) -> usize {
        self.users_at_addresses + self.addresses + self.users
    }
}

impl Throttle {
    /// Who is locked out now. It walks through all counts, which can take a millisecond.
    pub(in crate::authentication) fn locked_out(&self) -> LockedOutList {
        let now = Instant::now();
        let mut list = LockedOutList::default();
        let counts = self.counts();
        let at_addresses = counts.by_user.locked(now);
        list.users_at_addresses = at_addresses.len();
        list.newest = newest(at_addresses, |(user, address)| Lock::UserAtAddress {
            user: String::from(&**user),
            address: *address,
        });
        let addresses = counts.by_address.locked(now);
        list.addresses = addresses.len();
        list.newest.extend(newest(addresses, |address| Lock::Address(*address)));
        let users = counts.by_name.locked(now);
        list.users = users.len();
        list.newest.extend(newest(users, |user| Lock::User(String::from(&**user))));
        drop(counts);
        list.newest.sort_by_key(|locked| Reverse(locked.since));
        list.newest.truncate(LockedOutList::MOST);
        list
    }

    /// Forgets the refusals that lock this out. False when there are none any more.
    pub(in crate::authentication) fn release(&self, lock: &Lock) -> bool {
        let (now, counts) = (Instant::now(), &mut *self.counts());
        match lock {
            Lock::UserAtAddress { user, address } => {
                counts.by_user.release(|(name, at)| **name == **user && at == address, now)
            }
            Lock::Address(address) => counts.by_address.release(|at| at == address, now),
            Lock::User(user) => counts.by_name.release(|name| **name == **user, now),
        }
    }
}

/// The newest of one kind.
fn newest<N>(mut locked: Vec<Locked<'_, N>>, lock: impl Fn(&N) -> Lock) -> Vec<LockedOut> {
    locked.sort_unstable_by_key(|locked| Reverse(locked.since));
    locked.truncate(LockedOutList::MOST);
    let shown = locked.into_iter().map(|locked| LockedOut {
        lock: lock(locked.name),
        failures: locked.failures,
        since: timestamp(locked.since),
        until: timestamp(locked.until),
        is_in_doubt: locked.is_in_doubt,
    });
    shown.collect()
}

/// The name of a user as it is kept.
pub(super) fn name(user: &Username) -> Box<str> {
    let name = user.as_str();
    name.get(..name.floor_char_boundary(MOST_NAME)).unwrap_or_default().into()
}
