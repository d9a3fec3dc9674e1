//! Refusals in a row: when many users are refused one after the other, the trouble is hardly theirs.

use std::collections::HashSet;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

use crate::model::account::Username;
use crate::model::config::Limits;

/// Counts different users that were refused without a success in between.
///
/// It never keeps anybody from logging in: each login is tried, and the first that succeeds ends the doubt.
#[derive(Debug)]
pub(crate) struct Doubt {
    limit: usize,
    window: Duration,
    row: Mutex<Row>,
}

#[derive(Debug)]
struct Row {
    /// At most `limit` names.
    users: HashSet<Username>,
    last: Instant,
}

impl Doubt {
    /// Counts up to `limits.refusals_in_a_row`; 0 never doubts.
    pub(crate) fn new(limits: &Limits) -> Self {
        Self {
            limit: limits.refusals_in_a_row,
            window: limits.failure_window,
            row: Mutex::new(Row { users: HashSet::new(), last: Instant::now() }),
        }
    }

    /// A user was refused. Gives whether that says something about the user; otherwise about the server.
    pub(crate) fn believes_refusal(&self, user: &Username, now: Instant) -> bool {
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

    /// A user was let in: the server can tell right from wrong.
    pub(crate) fn accepted(&self) {
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

    fn doubt(limit: usize) -> Doubt {
        Doubt::new(&Limits { refusals_in_a_row: limit, ..Limits::default() })
    }

    #[test]
    fn many_users_in_a_row_are_doubted_until_one_is_let_in() {
        let (doubt, now) = (doubt(3), Instant::now());
        assert!(doubt.believes_refusal(&user("a"), now));
        assert!(doubt.believes_refusal(&user("b"), now));
        assert!(!doubt.believes_refusal(&user("c"), now));
        assert!(!doubt.believes_refusal(&user("a"), now));
        doubt.accepted();
        assert!(doubt.believes_refusal(&user("a"), now));
    }

    #[test]
    fn one_user_who_tries_again_and_again_is_believed() {
        let (doubt, now) = (doubt(2), Instant::now());
        assert!((0..50).all(|_| doubt.believes_refusal(&user("a"), now)));
    }

    #[test]
    fn refusals_far_apart_are_no_row() {
        let (doubt, now) = (doubt(2), Instant::now());
        assert!(doubt.believes_refusal(&user("a"), now));
        assert!(doubt.believes_refusal(&user("b"), now + Duration::from_mins(15)));
        assert!(doubt.believes_refusal(&user("c"), now + Duration::from_mins(30)));
    }

    #[test]
    fn no_limit_never_doubts() {
        let (doubt, now) = (doubt(0), Instant::now());
        assert!((0..50).all(|number| doubt.believes_refusal(&user(&number.to_string()), now)));
    }
}
