//! Failed logins counted, so that guessing passwords through us is slower than at Openfire itself.
//!
//! Two counts run: for a user name from one address, and for the address alone. A name is never counted by itself,
//! or anybody could lock anybody out. Only refusals of the server count; what is our own trouble does not.

use std::collections::HashMap;
use std::hash::Hash;
use std::net::{IpAddr, Ipv6Addr};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

use crate::model::account::Username;
use crate::model::config::Limits;

/// Entries that one count holds at most; beyond it the oldest half is forgotten.
const MAX_ENTRIES: usize = 65_536;

/// Counts failed logins and tells who has had too many.
#[derive(Debug)]
pub(crate) struct Throttle {
    by_user: Mutex<Count<(IpAddr, Username)>>,
    by_address: Mutex<Count<IpAddr>>,
}

impl Throttle {
    /// A throttle with the limits of the configuration; a limit of 0 counts nothing.
    pub(crate) fn new(limits: &Limits) -> Self {
        Self {
            by_user: Mutex::new(Count::new(limits.failures_per_user, limits.failure_window)),
            by_address: Mutex::new(Count::new(limits.failures_per_address, limits.failure_window)),
        }
    }

    /// Lets a login be tried, or tells how long to wait when this user from this address, or this address, has failed
    /// too often.
    ///
    /// The try counts as failed for the user until [`Throttle::succeeded`] or [`Throttle::undecided`] says otherwise, so
    /// that neither many tries at once nor a client that hangs up gets more of them.
    pub(crate) fn admit(&self, address: IpAddr, user: &Username, now: Instant) -> Result<(), Duration> {
        let address = network(address);
        let for_address = locked(&self.by_address).wait(&address, now);
        let mut by_user = locked(&self.by_user);
        let key = (address, user.clone());
        if let Some(wait) = by_user.wait(&key, now).max(for_address) {
            Err(wait)
        } else {
            by_user.add(key, now);
            Ok(())
        }
    }

    /// The server refused the login.
    pub(crate) fn failed(&self, address: IpAddr, now: Instant) {
        locked(&self.by_address).add(network(address), now);
    }

    /// The user proved the password: the failures from this address are forgotten.
    pub(crate) fn succeeded(&self, address: IpAddr, user: &Username) {
        locked(&self.by_user).entries.remove(&(network(address), user.clone()));
    }

    /// The login was not decided, which is not the user's fault.
    pub(crate) fn undecided(&self, address: IpAddr, user: &Username) {
        let key = (network(address), user.clone());
        let mut by_user = locked(&self.by_user);
        let Some(failures) = by_user.entries.get_mut(&key) else { return };
        failures.number = failures.number.saturating_sub(1);
        if failures.number == 0 {
            by_user.entries.remove(&key);
        }
    }
}

#[derive(Debug)]
struct Count<K> {
    limit: u32,
    window: Duration,
    entries: HashMap<K, Failures>,
}

#[derive(Debug, Clone, Copy)]
struct Failures {
    number: u32,
    since: Instant,
}

impl<K: Hash + Eq> Count<K> {
    fn new(limit: u32, window: Duration) -> Self {
        Self { limit, window, entries: HashMap::new() }
    }

    fn wait(&self, key: &K, now: Instant) -> Option<Duration> {
        let failures = self.entries.get(key).filter(|failures| failures.number >= self.limit)?;
        (failures.since + self.window).checked_duration_since(now).filter(|wait| !wait.is_zero())
    }

    fn add(&mut self, key: K, now: Instant) {
        if self.limit == 0 {
            return;
        }
        if self.entries.len() >= MAX_ENTRIES && !self.entries.contains_key(&key) {
            self.make_room(now);
        }
        let window = self.window;
        let failures = self.entries.entry(key).or_insert(Failures { number: 0, since: now });
        if now.duration_since(failures.since) >= window {
            *failures = Failures { number: 0, since: now };
        }
        failures.number = failures.number.saturating_add(1);
    }

    /// Drops what has run out; when that is not enough, the oldest half.
    fn make_room(&mut self, now: Instant) {
        let window = self.window;
        self.entries.retain(|_, failures| now.duration_since(failures.since) < window);
        if self.entries.len() < MAX_ENTRIES {
            return;
        }
        let mut times: Vec<Instant> = self.entries.values().map(|failures| failures.since).collect();
        let middle = times.len() / 2;
        let (_, oldest_kept, _) = times.select_nth_unstable(middle);
        let oldest_kept = *oldest_kept;
        self.entries.retain(|_, failures| failures.since > oldest_kept);
    }
}

/// What counts as one address: an IPv6 user holds a whole /64.
pub(crate) fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V4(address) => IpAddr::V4(address),
        IpAddr::V6(address) => IpAddr::V6(Ipv6Addr::from_bits(address.to_bits() & !u128::from(u64::MAX))),
    }
}

fn locked<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    // A count is whole after every statement, so one that a panic left behind can still be used.
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use xmpp_parsers::jid::DomainPart;

    use super::*;

    fn user(name: &str) -> Username {
        Username::parse(name, &DomainPart::new("example.test").unwrap()).unwrap()
    }

    fn throttle() -> Throttle {
        Throttle::new(&Limits { failures_per_user: 3, failures_per_address: 5, ..Limits::default() })
    }

    fn address(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    fn fail(throttle: &Throttle, from: &str, name: &str, now: Instant) -> Result<(), Duration> {
        throttle.admit(address(from), &user(name), now)?;
        throttle.failed(address(from), now);
        Ok(())
    }

    #[test]
    fn a_user_waits_after_too_many_failures_and_others_do_not() {
        let (throttle, now) = (throttle(), Instant::now());
        for _ in 0..3 {
            assert_eq!(fail(&throttle, "10.0.0.1", "anna", now), Ok(()));
        }
        assert_eq!(throttle.admit(address("10.0.0.1"), &user("anna"), now), Err(Duration::from_mins(15)));
        assert_eq!(throttle.admit(address("10.0.0.1"), &user("ben"), now), Ok(()));
        assert_eq!(throttle.admit(address("10.0.0.2"), &user("anna"), now), Ok(()));
    }

    #[test]
    fn tries_at_the_same_time_count_before_they_are_decided() {
        let (throttle, now) = (throttle(), Instant::now());
        let admitted = (0..10).filter(|_| throttle.admit(address("10.0.0.1"), &user("anna"), now).is_ok()).count();
        assert_eq!(admitted, 3);
    }

    #[test]
    fn what_was_not_decided_does_not_count() {
        let (throttle, now) = (throttle(), Instant::now());
        for _ in 0..10 {
            assert_eq!(throttle.admit(address("10.0.0.1"), &user("anna"), now), Ok(()));
            throttle.undecided(address("10.0.0.1"), &user("anna"));
        }
    }

    #[test]
    fn an_address_waits_after_too_many_failures_of_any_names() {
        let (throttle, now) = (throttle(), Instant::now());
        for name in ["a", "b", "c", "d", "e"] {
            assert_eq!(fail(&throttle, "2001:db8::1", name, now), Ok(()));
        }
        assert!(throttle.admit(address("2001:db8::2"), &user("new"), now).is_err());
        assert!(throttle.admit(address("2001:db8:0:1::2"), &user("new"), now).is_ok());
    }

    #[test]
    fn the_window_ends_and_a_success_forgets() {
        let (throttle, now) = (throttle(), Instant::now());
        for _ in 0..3 {
            assert_eq!(fail(&throttle, "10.0.0.1", "anna", now), Ok(()));
        }
        assert!(throttle.admit(address("10.0.0.1"), &user("anna"), now).is_err());
        assert_eq!(throttle.admit(address("10.0.0.1"), &user("anna"), now + Duration::from_mins(15)), Ok(()));
        throttle.succeeded(address("10.0.0.1"), &user("anna"));
        assert_eq!(throttle.admit(address("10.0.0.1"), &user("anna"), now), Ok(()));
    }

    #[test]
    fn the_table_never_outgrows_its_bound() {
        let mut count = Count::new(1, Duration::from_mins(1));
        let start = Instant::now();
        for number in 0..MAX_ENTRIES + 10 {
            count.add(number, start + Duration::from_micros(number as u64));
        }
        assert!(count.entries.len() <= MAX_ENTRIES);
        assert!(count.wait(&(MAX_ENTRIES + 9), start + Duration::from_secs(1)).is_some(), "the newest is kept");
    }

    #[test]
    fn no_limit_counts_nothing() {
        let throttle = Throttle::new(&Limits { failures_per_user: 0, failures_per_address: 0, ..Limits::default() });
        for _ in 0..1000 {
            assert_eq!(fail(&throttle, "10.0.0.1", "anna", Instant::now()), Ok(()));
        }
    }
}
