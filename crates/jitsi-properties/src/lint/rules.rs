//! The rules of the linter, one family a file.

pub(super) mod accounts;
pub(super) mod known;
pub(super) mod ldap;
pub(super) mod media;
pub(super) mod prefixes;
pub(super) mod provisioning;
pub(super) mod removals;
pub(super) mod rooms;
pub(super) mod sip;
pub(super) mod suppressions;
pub(super) mod system;
#[cfg(test)]
mod tests;
pub(super) mod text;
pub(super) mod updates;

use super::rule::{Family, Rule};

/// All families, in the order of `docs/lint.md`.
pub(super) static FAMILIES: [&Family; 13] = [
    &text::FAMILY,
    &known::FAMILY,
    &accounts::FAMILY,
    &sip::FAMILY,
    &media::FAMILY,
    &ldap::FAMILY,
    &rooms::FAMILY,
    &removals::FAMILY,
    &prefixes::FAMILY,
    &system::FAMILY,
    &provisioning::FAMILY,
    &updates::FAMILY,
    &suppressions::FAMILY,
];

/// All rules of the linter, in the order of their documentation.
pub fn rules() -> impl Iterator<Item = &'static Rule> {
    FAMILIES.iter().flat_map(|family| family.rules.iter().copied())
}

impl Rule {
    /// The rule with this name.
    #[must_use]
    pub fn named(id: &str) -> Option<&'static Self> {
        rules().find(|rule| rule.id == id)
    }
}
