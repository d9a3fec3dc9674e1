//! Users who logged in lately, from which address, and with which client.

use std::collections::HashMap;
use std::hash::{BuildHasher as _, RandomState};
use std::net::IpAddr;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

use super::bounded::make_room;
use crate::model::account::Username;

/// How long a user stays familiar.
pub(super) const REMEMBERED: Duration = Duration::from_hours(7 * 24);

/// How far a user is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd)]
pub(super) enum Familiarity {
    /// Not let in from there lately.
    None,
    /// Let in from there, with another client.
    Place,
    /// Let in from there with that client.
    Client,
}

/// Remembers which users logged in. It keeps digests instead of the names of users and clients, and nothing of a password.
#[derive(Debug, Default)]
pub(super) struct Familiar {
    seed: RandomState,
    seen: Mutex<HashMap<u64, Seen>>,
}

#[derive(Debug, Clone, Copy)]
struct Seen {
    at: Instant,
    /// Digests of the last two clients.
    clients: [u64; 2],
}

impl Familiar {
    /// `user` was let in from `network` with the client that calls itself `client`.
    pub(super) fn let_in(&self, user: &Username, network: IpAddr, client: &str, now: Instant) {
        let (key, client) = (self.seed.hash_one((user, network)), self.seed.hash_one(client));
        let mut seen = self.seen();
        if let Some(seen) = seen.get_mut(&key) {
            seen.at = now;
            if seen.clients[0] != client {
                seen.clients = [client, seen.clients[0]];
            }
            return;
        }
        make_room(&mut seen, |seen| seen.at, REMEMBERED, now);
        seen.insert(key, Seen { at: now, clients: [client; 2] });
    }

    /// How far `user` is known at `network` with the client that calls itself `client`.
    pub(super) fn how_far(&self, user: &Username, network: IpAddr, client: &str, now: Instant) -> Familiarity {
        match self.seen().get(&self.seed.hash_one((user, network))) {
            Some(seen) if now.saturating_duration_since(seen.at) >= REMEMBERED => Familiarity::None,
            Some(seen) if seen.clients.contains(&self.seed.hash_one(client)) => Familiarity::Client,
            Some(_) => Familiarity::Place,
            None => Familiarity::None,
        }
    }

    fn seen(&self) -> MutexGuard<'_, HashMap<u64, Seen>> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use xmpp_parsers::jid::DomainPart;

    use super::*;

    fn user(name: &str) -> Username {
        Username::parse(name, &DomainPart::new("example.test").unwrap()).unwrap()
    }

    #[test]
    fn a_user_is_familiar_where_and_with_what_the_user_was_let_in() {
        let (familiar, now) = (Familiar::default(), Instant::now());
        let [here, there]: [IpAddr; 2] = ["192.0.2.1", "192.0.2.2"].map(|text| text.parse().unwrap());
        familiar.let_in(&user("anna"), here, "Jitsi/2.10", now);
        familiar.let_in(&user("anna"), here, "Jitsi/2.11", now);
        let known = |name, network, client, now| familiar.how_far(&user(name), network, client, now);
        for client in ["Jitsi/2.10", "Jitsi/2.11"] {
            assert_eq!(known("anna", here, client, now), Familiarity::Client);
        }
        assert_eq!(known("anna", here, "curl", now), Familiarity::Place);
        assert_eq!(known("anna", there, "Jitsi/2.10", now), Familiarity::None);
        assert_eq!(known("ben", here, "Jitsi/2.10", now), Familiarity::None);
        assert_eq!(known("anna", here, "Jitsi/2.10", now + REMEMBERED), Familiarity::None);
    }
}
