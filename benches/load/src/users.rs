//! The made-up users of the server, and their passwords.

/// Users by number, as `crates/test-servers/openfire/src/testserver/NumberedUsers.java` makes them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Users {
    /// How many there are.
    pub(crate) count: usize,
    /// The password of all of them; without it each has one of its own.
    pub(crate) password: Option<&'static str>,
}

impl Users {
    /// So many users, each with a password of its own.
    pub(crate) const fn new(count: usize) -> Self {
        Self { count, password: None }
    }

    /// The number of the user whose turn it is: all of them, one after another.
    pub(crate) fn number(self, turn: usize) -> usize {
        turn % self.count.max(1)
    }

    /// The name of a user.
    pub(crate) fn name(number: usize) -> String {
        format!("user{number}")
    }

    /// The password of a user.
    pub(crate) fn password(self, number: usize) -> String {
        self.password.map_or_else(|| format!("pw{number}"), str::to_owned)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_user_has_its_turn() {
        let users = Users::new(3);
        assert_eq!((0..5).map(|turn| users.number(turn)).collect::<Vec<_>>(), [0, 1, 2, 0, 1]);
    }

    #[test]
    fn users_with_one_password_share_it() {
        assert_eq!((&*Users::name(7), &*Users::new(10).password(7)), ("user7", "pw7"));
        assert_eq!(Users { count: 10, password: Some("same") }.password(7), "same");
    }
}
