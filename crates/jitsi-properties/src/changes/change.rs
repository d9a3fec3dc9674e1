//! What a reply can change.

use super::step::{Key, Removal};
use crate::lint::{Level, Rule};

/// One thing that a reply changes, or that an administrator may think it changes. It holds no secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    /// The client does not ask for this reply: the earlier one took or switched off its provisioning method.
    NotAsked,
    /// A key that was not there is set.
    Added {
        /// Which.
        key: Key,
        /// To what.
        value: Shown,
    },
    /// A key gets another value.
    Changed {
        /// Which.
        key: Key,
        /// What the earlier reply set.
        from: Shown,
        /// What this one sets.
        to: Shown,
    },
    /// A key may get another value or the same: one of the replies, or both, have a placeholder instead.
    NotCompared {
        /// Which.
        key: Key,
    },
    /// A key is removed.
    Removed {
        /// Which.
        key: Key,
        /// By what.
        by: Removal,
    },
    /// A Java property that the earlier reply set for one run is no longer set.
    RunEnded {
        /// Which, as the reply would name it.
        key: Key,
    },
    /// The reply sets a key and removes it again.
    Undone {
        /// Which.
        key: Key,
        /// Number of the line that sets it.
        line: usize,
        /// What removes it.
        by: Removal,
    },
    /// An entry does not count, because `ALLOW_PREFIX` does not name it.
    NotAllowed {
        /// Key of the entry.
        key: Key,
        /// Number of its line.
        line: usize,
        /// Number of the line of `ALLOW_PREFIX`.
        list: usize,
    },
    /// An entry that removes, which the earlier reply did not have, and which may take what only the client knows of.
    /// A `${null}` is only reported when it takes nothing else.
    Sweeps {
        /// Key of the entry.
        key: Key,
        /// Number of its line.
        line: usize,
        /// The list of `ENFORCE_PREFIX`; none for `${null}`.
        list: Option<String>,
    },
    /// The client stops at an entry.
    Stopped {
        /// Number of its line.
        line: usize,
        /// The keys of the entries after it, which are not applied.
        lost: Vec<Key>,
    },
    /// So many keys are set to the value they have.
    Same(usize),
    /// Keys of the earlier reply that this one does not name. The client keeps them.
    Stays(Vec<Key>),
    /// Such keys that go on to lock or hide something.
    Locked(Vec<Key>),
    /// What the client then holds breaks a rule of the linter that the reply alone does not break.
    Breaks {
        /// Which rule.
        rule: &'static Rule,
        /// How bad it is.
        level: Level,
        /// Why it matters, and what to write instead.
        message: String,
    },
    /// An account that had a password has none any more, so the client asks its user.
    LosesPassword {
        /// The account's own key.
        account: Key,
    },
}

/// A value as it may be shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Shown {
    /// No secret.
    Text(String),
    /// A secret, or what may be one.
    Hidden,
    /// A value that only the client knows.
    Own,
}
