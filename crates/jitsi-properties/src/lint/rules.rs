//! The rules of the linter, one family a file; families about the same part of the client share a folder.

pub(super) mod accounts;
pub(super) mod calls;
pub(super) mod contacts;
pub(super) mod known;
pub(super) mod network;
pub(super) mod provisioning;
pub(super) mod removals;
pub(super) mod suppressions;
#[cfg(test)]
mod tests;
pub(super) mod text;

use super::rule::{Family, Rule};

/// All families, in the order of `docs/lint.md`.
pub(super) static FAMILIES: [&Family; 23] = [
    &text::FAMILY,
    &known::FAMILY,
    &accounts::FAMILY,
    &calls::sip::FAMILY,
    &calls::telephony::FAMILY,
    &calls::media::FAMILY,
    &calls::encryption::FAMILY,
    &calls::codecs::FAMILY,
    &calls::ports::FAMILY,
    &contacts::ldap::FAMILY,
    &contacts::lists::FAMILY,
    &contacts::rooms::FAMILY,
    &removals::FAMILY,
    &provisioning::prefixes::FAMILY,
    &provisioning::system::FAMILY,
    &provisioning::FAMILY,
    &provisioning::address::FAMILY,
    &network::proxies::FAMILY,
    &network::trust::FAMILY,
    &network::protection::FAMILY,
    &network::relays::FAMILY,
    &network::updates::FAMILY,
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
