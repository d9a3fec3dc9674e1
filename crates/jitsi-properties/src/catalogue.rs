//! The keys that a Jitsi client knows.
//!
//! One file has them all, `catalogue/keys.toml`: the linter's rules, `docs/keys.md` and the completions for editors
//! are all made of it. The build script (`build/`) turns it into tables. There the keys are a
//! tree of what they have in common. What an unknown key was probably meant to be is only worked out for those who show it.

mod completions;
mod description;
mod index;
mod markdown;
mod pattern;
mod suggestion;
#[expect(clippy::unreadable_literal, reason = "the build script wrote it")]
mod tables;

#[cfg(test)]
mod tests;

pub use self::completions::{dictionary, snippets};
pub use self::description::{KeyDescription, Protocol, SourceDescription, ValueType};
pub use self::markdown::markdown;

use self::index::Trails;
use self::tables::{CATALOGUE, SOURCES};

/// All keys, in the order of the file.
#[must_use]
pub fn keys() -> impl ExactSizeIterator<Item = &'static KeyDescription> {
    CATALOGUE.keys()
}

/// The source code that was looked at, the clients' own before that of their libraries.
#[must_use]
pub fn sources() -> &'static [SourceDescription] {
    SOURCES
}

/// What is known about a key; none for a key that none of the clients in [`sources`] reads.
#[must_use]
pub fn describe(key: &str) -> Option<&'static KeyDescription> {
    Lookup::default().describe(key)
}

/// Looks up the keys of a text one after the other: faster than [`describe`] where keys that begin alike are neighbours.
#[derive(Debug, Default)]
pub(super) struct Lookup<'a>(Trails<'a>);

impl<'a> Lookup<'a> {
    /// See [`describe`].
    pub(super) fn describe(&mut self, key: &'a str) -> Option<&'static KeyDescription> {
        CATALOGUE.find(key, &mut self.0)
    }

    /// The same for a setting of an account; empty for the account's own line.
    pub(super) fn describe_setting(&mut self, protocol: Protocol, name: &'a str) -> Option<&'static KeyDescription> {
        CATALOGUE.find_setting(protocol, name, &mut self.0)
    }
}

/// The key that was probably meant by one that is not known. Compares with every key, so it takes a while.
#[must_use]
pub fn did_you_mean(key: &str) -> Option<String> {
    suggestion::suggest(&CATALOGUE, key)
}

/// The other protocols, whose accounts have a setting that this key gives to an account.
pub(super) fn protocols_with_setting(key: &str) -> Vec<Protocol> {
    CATALOGUE.protocols_with_setting(key)
}

/// Whether a key gives all accounts a setting that counts only at each account.
pub(super) fn is_setting_of_account(key: &str) -> bool {
    CATALOGUE.is_setting_of_account(key)
}
