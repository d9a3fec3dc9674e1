//! All rules of the linter, as data for documents, reports and silencing.

pub(super) mod accounts;
pub(super) mod known;
pub(super) mod ldap;
pub(super) mod media;
pub(super) mod prefixes;
pub(super) mod provisioning;
pub(super) mod removals;
pub(super) mod rooms;
pub(super) mod sip;
pub(super) mod system;
mod table;
#[cfg(test)]
mod tests;
pub(super) mod text;
pub(super) mod updates;

pub use self::table::RULES;

use super::finding::Level;

/// A rule of the linter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rule {
    /// Its name, in lower case with hyphens; never changed, since texts name it.
    pub id: &'static str,
    /// How bad its findings can be, the worst first.
    pub levels: &'static [Level],
    /// What it finds, in a few words.
    pub what: &'static str,
    /// Why that matters on the client.
    pub why: &'static str,
    /// Whether a comment may silence it. Not so for what loses the whole answer or a client for good, for what data
    /// decides that nobody has looked at, and for silencing itself.
    pub can_be_silenced: bool,
}

impl Rule {
    /// The rule of that name.
    #[must_use]
    pub fn named(id: &str) -> Option<&'static Self> {
        RULES.iter().find(|rule| rule.id == id)
    }

    const fn error(id: &'static str, what: &'static str, why: &'static str) -> Self {
        Self { id, levels: &[Level::Error], what, why, can_be_silenced: true }
    }

    const fn warning(id: &'static str, what: &'static str, why: &'static str) -> Self {
        Self { levels: &[Level::Warning], ..Self::error(id, what, why) }
    }

    const fn note(id: &'static str, what: &'static str, why: &'static str) -> Self {
        Self { levels: &[Level::Note], ..Self::error(id, what, why) }
    }

    const fn with_levels(self, levels: &'static [Level]) -> Self {
        Self { levels, ..self }
    }

    const fn never_silenced(self) -> Self {
        Self { can_be_silenced: false, ..self }
    }
}
