//! What a client does with the entries of a reply, one thing after the other.

use std::fmt;

use super::super::document::Entry;

/// One thing that happens to one key, or one entry that comes to nothing.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Step {
    /// Number of the line that makes it happen, from 1.
    pub line: usize,
    /// The key: of the stored setting or Java property where there is one, otherwise as the line has it.
    pub key: Key,
    /// What the client does with the key.
    pub effect: Effect,
}

/// What happens to a key.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Effect {
    /// It is stored, whether or not it was before.
    Stored,
    /// It is set as a Java property until the client ends.
    ForThisRun,
    /// It was stored and is removed.
    Removed(Removal),
    /// An entry that removes is carried out; what it finds follows as [`Effect::Removed`].
    Sweep {
        /// The list of `ENFORCE_PREFIX`; none for `${null}`.
        list: Option<String>,
    },
    /// `ALLOW_PREFIX` does not let the entry count.
    NotAllowed {
        /// Number of the line of `ALLOW_PREFIX`.
        list: usize,
    },
    /// Java throws at the entry, and the client applies no more.
    Stopped,
    /// The entry comes after the one at which the client stops.
    NotReached,
}

/// What removed a key.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Removal {
    /// Number of the line, from 1.
    pub line: usize,
    /// By which rule of the client the line removes it.
    pub cause: Cause,
}

/// Why a client removes a key.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Cause {
    /// `${null}`.
    Null {
        /// The key of the entry, with which the removed one begins.
        key: Key,
    },
    /// `ENFORCE_PREFIX`.
    Enforce {
        /// The stored key that is outside of the list, with which the removed one begins: most often the same.
        through: Key,
    },
}

/// A key that can be shown: one that may hold its value is not, see [`Entry::is_bare`].
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Key {
    text: String,
    bare: bool,
}

impl Key {
    pub(super) fn new(text: String, bare: bool) -> Self {
        Self { text, bare }
    }

    pub(super) fn from_entry(entry: Entry<'_>) -> Self {
        Self::new(entry.key().to_owned(), entry.is_bare())
    }

    /// The key as it is.
    pub(super) fn text(&self) -> &str {
        &self.text
    }
}

impl fmt::Display for Key {
    /// As it is, but for control characters and what cannot be seen.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.bare { f.write_str("(a line without `=`)") } else { write!(f, "{}", self.text.escape_debug()) }
    }
}

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")
    }
}
