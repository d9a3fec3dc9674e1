//! Refusals in a row: when different users are refused one after the other, the cause is probably an outage of Openfire's
//! user store.

use std::collections::HashMap;
use std::net::IpAddr;
use std::time::Duration;

use tokio::time::Instant;

use crate::model::account::Username;

/// Most users that are remembered; a row is long enough with fewer.
const MAX_USERS: usize = 1024;

/// How many users who are not familiar count for one address. Otherwise a stranger could make a row of invented names.
const STRANGERS_OF_ONE_ADDRESS: usize = 2;

/// A refusal, and what is known about it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::authentication) struct Refused {
    /// When the login began, its place in the queue taken.
    pub(in crate::authentication) began: Instant,
    /// When the refusal came.
    pub(in crate::authentication) at: Instant,
    /// The network that the login came from.
    pub(in crate::authentication) network: IpAddr,
    /// Whether the user was let in before, from there and with that client.
    pub(in crate::authentication) is_familiar: bool,
}

/// How many different users are in a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct RowLength {
    /// Users who were let in before.
    pub(super) familiar: usize,
    /// Others, at most two of one address.
    pub(super) strangers: usize,
    /// All others.
    pub(super) all_strangers: usize,
}

/// Users that were refused, without a login since then that succeeded.
#[derive(Debug)]
pub(super) struct Row {
    window: Duration,
    users: HashMap<Username, Refused>,
}

impl Row {
    /// Refusals further apart than `window` are no row.
    pub(super) fn new(window: Duration) -> Self {
        Self { window, users: HashMap::new() }
    }

    /// Adds a refusal, a user's last one counting. A user who is familiar stays so, wherever else the name is tried.
    pub(super) fn refused(&mut self, user: &Username, refused: Refused) {
        self.users.retain(|_, earlier| refused.at.saturating_duration_since(earlier.at) < self.window);
        let earlier = self.users.get(user);
        let is_familiar = refused.is_familiar || earlier.is_some_and(|earlier| earlier.is_familiar);
        if earlier.is_some() || self.users.len() < MAX_USERS || is_familiar && self.forget_stranger() {
            self.users.insert(user.clone(), Refused { is_familiar, ..refused });
        }
    }

    /// Makes room for a familiar user. Says whether there was a stranger to forget.
    fn forget_stranger(&mut self) -> bool {
        let stranger = self.users.iter().find(|(_, refused)| !refused.is_familiar).map(|(user, _)| user.clone());
        stranger.is_some_and(|user| self.users.remove(&user).is_some())
    }

    /// A login that began at `began` succeeded, so the store worked later than at all refusals before.
    pub(super) fn succeeded(&mut self, began: Instant) {
        if !self.users.is_empty() {
            self.users.retain(|_, refused| refused.at > began);
        }
    }

    /// How many different users there are.
    pub(super) fn length(&self, now: Instant) -> RowLength {
        let mut strangers: HashMap<IpAddr, usize> = HashMap::new();
        let mut familiar = 0;
        for refused in self.users.values() {
            if now.saturating_duration_since(refused.at) >= self.window {
                continue;
            }
            if refused.is_familiar {
                familiar += 1;
            } else {
                *strangers.entry(refused.network).or_default() += 1;
            }
        }
        RowLength {
            familiar,
            strangers: strangers.values().map(|count| (*count).min(STRANGERS_OF_ONE_ADDRESS)).sum(),
            all_strangers: strangers.values().sum(),
        }
    }
}

#[cfg(test)]
mod tests {
    use xmpp_parsers::jid::DomainPart;

    use super::*;

    const WINDOW: Duration = Duration::from_mins(15);

    fn length(row: &Row, now: Instant) -> (usize, usize) {
        let RowLength { familiar, strangers, .. } = row.length(now);
        (familiar, strangers)
    }

    fn user(name: &str) -> Username {
        Username::parse(name, &DomainPart::new("example.test").unwrap()).unwrap()
    }

    fn refused(at: Instant, network: &str, is_familiar: bool) -> Refused {
        Refused { began: at, at, network: network.parse().unwrap(), is_familiar }
    }

    #[test]
    fn strangers_count_by_their_address_and_familiar_users_by_their_name() {
        let (mut row, now) = (Row::new(WINDOW), Instant::now());
        for number in 0..50 {
            row.refused(&user(&format!("invented{number}")), refused(now, "192.0.2.1", false));
        }
        assert_eq!(row.length(now), RowLength { familiar: 0, strangers: 2, all_strangers: 50 });
        row.refused(&user("invented"), refused(now, "192.0.2.2", false));
        for name in ["anna", "ben", "anna"] {
            row.refused(&user(name), refused(now, "192.0.2.1", true));
        }
        assert_eq!(length(&row, now), (2, 3));
    }

    #[test]
    fn a_success_ends_only_what_came_before_it_began() {
        let (mut row, start) = (Row::new(WINDOW), Instant::now());
        let later = |seconds| start + Duration::from_secs(seconds);
        row.refused(&user("anna"), refused(later(1), "192.0.2.1", true));
        row.refused(&user("ben"), refused(later(3), "192.0.2.1", true));
        row.succeeded(later(0));
        assert_eq!(length(&row, later(4)), (2, 0));
        row.succeeded(later(2));
        assert_eq!(length(&row, later(4)), (1, 0));
        row.succeeded(later(3));
        assert_eq!(length(&row, later(4)), (0, 0));
    }

    #[test]
    fn strangers_make_no_familiar_user_unknown_and_take_no_place_of_one() {
        let (mut row, now) = (Row::new(WINDOW), Instant::now());
        row.refused(&user("anna"), refused(now, "192.0.2.1", true));
        row.refused(&user("anna"), refused(now, "192.0.2.2", false));
        assert_eq!(length(&row, now), (1, 0));
        for number in 0..MAX_USERS {
            row.refused(&user(&number.to_string()), refused(now, "192.0.2.2", false));
        }
        row.refused(&user("ben"), refused(now, "192.0.2.1", true));
        assert_eq!(length(&row, now), (2, 2));
        assert_eq!(row.users.len(), MAX_USERS);
    }

    #[test]
    fn refusals_far_apart_are_no_row_and_memory_is_bounded() {
        let (mut row, start) = (Row::new(WINDOW), Instant::now());
        row.refused(&user("anna"), refused(start, "192.0.2.1", true));
        assert_eq!(length(&row, start + WINDOW), (0, 0));
        for number in 0..MAX_USERS + 10 {
            row.refused(&user(&number.to_string()), refused(start + WINDOW, "192.0.2.1", true));
        }
        assert_eq!(row.users.len(), MAX_USERS);
    }
}
