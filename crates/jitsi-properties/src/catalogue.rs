//! The keys that a Jitsi client knows.
//!
//! One file has them all, `catalogue/keys.toml`: the linter's rules, `docs/keys.md` and the completions for editors
//! are all made of it. A key is looked up in maps, by its whole text or by the literal part before its first
//! placeholder; what an unknown key was probably meant to be is only worked out for those who show it.

mod completions;
mod description;
mod index;
mod load;
mod markdown;
mod pattern;
mod suggestion;

#[cfg(test)]
mod tests;

use std::sync::LazyLock;

pub use self::completions::{dictionary, snippets};
pub use self::description::{KeyDescription, Protocol, ValueType};
pub use self::markdown::markdown;

use self::index::Catalogue;

/// Empty when the built-in file is broken, which a test rules out.
static CATALOGUE: LazyLock<Catalogue> =
    LazyLock::new(|| load::parse(include_str!("catalogue/keys.toml")).unwrap_or_default());

/// All keys, in the order of the file.
pub fn keys() -> impl ExactSizeIterator<Item = &'static KeyDescription> {
    CATALOGUE.keys()
}

/// What is known about a key; none for a key that no client reads.
#[must_use]
pub fn describe(key: &str) -> Option<&'static KeyDescription> {
    CATALOGUE.find(key)
}

/// The key that was probably meant by one that is not known. Compares with every key, so it takes a while.
#[must_use]
pub fn did_you_mean(key: &str) -> Option<String> {
    suggestion::suggest(&CATALOGUE, key)
}

/// The other protocol, whose accounts have a setting that this key gives to an account.
pub(super) fn setting_of_another_protocol(key: &str) -> Option<Protocol> {
    CATALOGUE.setting_of_another_protocol(key)
}
