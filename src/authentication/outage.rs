//! Refusals in a row: when many users are refused one after the other, the cause is hardly theirs but an outage of
//! Openfire's user store.

use std::collections::HashSet;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

use crate::model::account::Username;
use crate::model::config::Limits;

/// Counts different users that were refused without a success in between.
///
/// It never keeps anybody from logging in: each login is tried, and the first that succeeds ends the outage.
#[derive(Debug)]
pub(super) struct OutageDetector {
    limit: usize,
    window: Duration,
    row: Mutex<Refusals>,
}

#[derive(Debug)]
struct Refusals {
    /// At most `limit` names.
    users: HashSet<Username>,
    last: Instant,
}

impl OutageDetector {
    /// Suspects an outage after `limits.refusals_in_a_row`; 0 never does.
    pub(super) fn new(limits: &Limits) -> Self {
        Self {
            limit: limits.refusals_in_a_row,
            window: limits.failure_window,
            row: Mutex::new(Refusals { users: HashSet::new(), last: Instant::now() }),
        }
    }

    /// A user was refused. Returns whether that is about the user; otherwise it is about the server.
    pub(super) fn believes_refusal(&self, user: &Username, now: Instant) -> bool {
        if self.limit == 0 {
            return true;
        }
        let mut row = self.row.lock().unwrap_or_else(PoisonError::into_inner);
        if now.duration_since(row.last) >= self.window {
            row.users.clear();
        }
        row.last = now;
        if row.users.len() < self.limit {
            row.users.insert(user.clone());
        }
        row.users.len() < self.limit
    }

    /// A user was let in: the server can check passwords.
    pub(super) fn accepted(&self) {
        self.row.lock().unwrap_or_else(PoisonError::into_inner).users.clear();
    }
}

#[cfg(test)]
mod tests {
    use xmpp_parsers::jid::DomainPart;

    use super::*;

    fn user(name: &str) -> Username {
        Username::parse(name, &DomainPart::new("example.test").unwrap()).unwrap()
    }

    fn detector(limit: usize) -> OutageDetector {
        OutageDetector::new(&Limits { refusals_in_a_row: limit, ..Limits::default() })
    }

    #[test]
    fn refusals_of_many_users_in_a_row_are_not_believed_until_one_is_let_in() {
        let (outage, now) = (detector(3), Instant::now());
        assert!(outage.believes_refusal(&user("a"), now));
        assert!(outage.believes_refusal(&user("b"), now));
        assert!(!outage.believes_refusal(&user("c"), now));
        assert!(!outage.believes_refusal(&user("a"), now));
        outage.accepted();
        assert!(outage.believes_refusal(&user("a"), now));
    }

    #[test]
    fn one_user_who_tries_again_and_again_is_believed() {
        let (outage, now) = (detector(2), Instant::now());
        assert!((0..50).all(|_| outage.believes_refusal(&user("a"), now)));
    }

    #[test]
    fn refusals_far_apart_are_no_row() {
        let (outage, now) = (detector(2), Instant::now());
        assert!(outage.believes_refusal(&user("a"), now));
        assert!(outage.believes_refusal(&user("b"), now + Duration::from_mins(15)));
        assert!(outage.believes_refusal(&user("c"), now + Duration::from_mins(30)));
    }

    #[test]
    fn without_a_limit_every_refusal_is_believed() {
        let (outage, now) = (detector(0), Instant::now());
        assert!((0..50).all(|number| outage.believes_refusal(&user(&number.to_string()), now)));
    }
}
