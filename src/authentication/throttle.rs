//! Counts failed logins, so that guessing passwords through us is slower than at Openfire itself.
//!
//! Two counts run: for a user name from one address, and for the address alone. A name is never counted for all addresses
//! together, or anyone could lock any user out. Only refusals by the server count; our own failures do not.

use std::collections::HashMap;
use std::hash::Hash;
use std::net::IpAddr;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

use crate::model::account::Username;
use crate::model::config::Limits;
use crate::model::network::network;

/// Most entries of one count; beyond it the oldest half is forgotten.
const MAX_ENTRIES: usize = 65_536;

/// Counts failed logins, and admits no more of a user or an address that has had too many.
#[derive(Debug)]
pub(super) struct Throttle {
    by_user: Mutex<Count<(IpAddr, Username)>>,
    by_address: Mutex<Count<IpAddr>>,
}

impl Throttle {
    /// A throttle with the limits of the configuration; a limit of 0 counts nothing.
    pub(super) fn new(limits: &Limits) -> Self {
        Self {
            by_user: Mutex::new(Count::new(limits.failures_per_user, limits.failure_window)),
            by_address: Mutex::new(Count::new(limits.failures_per_address, limits.failure_window)),
        }
    }

    /// Admits an attempt to log in.
    ///
    /// It counts as a failure of the user until its end says otherwise, so that neither many attempts at once nor a client
    /// that hangs up gets more of them.
    ///
    /// # Errors
    ///
    /// How long to wait, when this user from this address, or this address, has failed too often.
    pub(super) fn admit<'t>(
        &'t self,
        address: IpAddr,
        user: &'t Username,
        now: Instant,
    ) -> Result<LoginAttempt<'t>, Duration> {
        let address = network(address);
        let for_address = locked(&self.by_address).wait(&address, now);
        let mut by_user = locked(&self.by_user);
        let key = (address, user.clone());
        if let Some(wait) = by_user.wait(&key, now).max(for_address) {
            return Err(wait);
        }
        by_user.add(key, now);
        Ok(LoginAttempt { throttle: self, address, user })
    }
}

/// An attempt that was admitted. One that is dropped without an end was given up by the client, and stays counted for the
/// user: otherwise hanging up would be a way around the limit.
#[derive(Debug)]
#[must_use]
pub(super) struct LoginAttempt<'t> {
    throttle: &'t Throttle,
    address: IpAddr,
    user: &'t Username,
}

impl LoginAttempt<'_> {
    /// The user proved the password: the user's failures from this address are forgotten.
    pub(super) fn succeeded(self) {
        locked(&self.throttle.by_user).entries.remove(&(self.address, self.user.clone()));
    }

    /// The server refused the login.
    pub(super) fn failed(self, now: Instant) {
        locked(&self.throttle.by_address).add(self.address, now);
    }

    /// The login was not decided, which is not the user's fault: the attempt does not count.
    pub(super) fn undecided(self) {
        let key = (self.address, self.user.clone());
        let mut by_user = locked(&self.throttle.by_user);
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
        throttle.admit(address(from), &user(name), now).map(|attempt| attempt.failed(now))
    }

    /// Whether another attempt is admitted; it does not count.
    fn admits(throttle: &Throttle, from: &str, name: &str, now: Instant) -> Result<(), Duration> {
        throttle.admit(address(from), &user(name), now).map(LoginAttempt::undecided)
    }

    #[test]
    fn a_user_waits_after_too_many_failures_and_others_do_not() {
        let (throttle, now) = (throttle(), Instant::now());
        for _ in 0..3 {
            assert_eq!(fail(&throttle, "10.0.0.1", "anna", now), Ok(()));
        }
        assert_eq!(admits(&throttle, "10.0.0.1", "anna", now), Err(Duration::from_mins(15)));
        assert_eq!(admits(&throttle, "10.0.0.1", "ben", now), Ok(()));
        assert_eq!(admits(&throttle, "10.0.0.2", "anna", now), Ok(()));
    }

    #[test]
    fn attempts_at_the_same_time_count_before_they_are_decided() {
        let (throttle, anna, now) = (throttle(), user("anna"), Instant::now());
        let running: Vec<_> = (0..10).filter_map(|_| throttle.admit(address("10.0.0.1"), &anna, now).ok()).collect();
        assert_eq!(running.len(), 3);
        running.into_iter().for_each(LoginAttempt::undecided);
        assert_eq!(admits(&throttle, "10.0.0.1", "anna", now), Ok(()));
    }

    #[test]
    fn an_attempt_that_a_client_gives_up_stays_counted() {
        let (throttle, anna, now) = (throttle(), user("anna"), Instant::now());
        for _ in 0..3 {
            drop(throttle.admit(address("10.0.0.1"), &anna, now).unwrap());
        }
        assert!(admits(&throttle, "10.0.0.1", "anna", now).is_err());
    }

    #[test]
    fn what_was_not_decided_does_not_count() {
        let (throttle, now) = (throttle(), Instant::now());
        for _ in 0..10 {
            assert_eq!(admits(&throttle, "10.0.0.1", "anna", now), Ok(()));
        }
    }

    #[test]
    fn an_address_waits_after_too_many_failures_of_any_names() {
        let (throttle, now) = (throttle(), Instant::now());
        for name in ["a", "b", "c", "d", "e"] {
            assert_eq!(fail(&throttle, "2001:db8::1", name, now), Ok(()));
        }
        assert!(admits(&throttle, "2001:db8::2", "new", now).is_err());
        assert!(admits(&throttle, "2001:db8:0:1::2", "new", now).is_ok());
    }

    #[test]
    fn the_window_ends_and_a_success_forgets() {
        let (throttle, now) = (throttle(), Instant::now());
        for _ in 0..2 {
            assert_eq!(fail(&throttle, "10.0.0.1", "anna", now), Ok(()));
        }
        throttle.admit(address("10.0.0.1"), &user("anna"), now).unwrap().succeeded();
        for _ in 0..3 {
            assert_eq!(fail(&throttle, "10.0.0.1", "anna", now), Ok(()));
        }
        assert!(admits(&throttle, "10.0.0.1", "anna", now).is_err());
        assert_eq!(admits(&throttle, "10.0.0.1", "anna", now + Duration::from_mins(15)), Ok(()));
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
