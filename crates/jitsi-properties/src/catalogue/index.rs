//! The catalogue, and the maps by which a key is found in it.

use phf::Map;

use super::description::{KeyDescription, Protocol};
use super::pattern::{Node, matching};
use crate::jitsi_keys::ACCOUNT_DEFAULTS;

/// All keys and the ways to them.
#[derive(Debug)]
pub(super) struct Catalogue {
    pub(super) keys: &'static [KeyDescription],
    /// Keys without placeholders.
    pub(super) exact: Map<&'static str, usize>,
    /// Keys with placeholders, by the part before the segment with the first placeholder, its dot included.
    pub(super) families: Map<&'static str, &'static [Node]>,
    /// The lengths of these beginnings, a bit for each, so that few beginnings of a key are looked up.
    pub(super) family_lengths: u128,
    pub(super) jabber: AccountSettings,
    pub(super) sip: AccountSettings,
    pub(super) irc: AccountSettings,
    pub(super) icq: AccountSettings,
    /// Keys that no client reads, with those that were meant.
    pub(super) mistakes: Map<&'static str, &'static str>,
    /// The same for settings of an account.
    pub(super) wrong_settings: Map<&'static str, &'static str>,
}

/// The settings of one protocol's accounts.
#[derive(Debug)]
pub(super) struct AccountSettings {
    pub(super) exact: Map<&'static str, usize>,
    pub(super) patterns: &'static [Node],
}

/// A key that gives accounts a setting, taken apart.
pub(super) enum SettingKey<'a> {
    /// At an account.
    Account(Protocol, &'a str),
    /// Among the defaults for all accounts, or those of one protocol.
    Default(Option<Protocol>, &'a str),
}

impl Catalogue {
    pub(super) fn keys(&self) -> impl ExactSizeIterator<Item = &'static KeyDescription> {
        self.keys.iter()
    }

    /// Looks a key up: by its whole text, as a setting, or by its family.
    pub(super) fn find(&self, key: &str) -> Option<&'static KeyDescription> {
        let id = match setting_key(key) {
            Some(SettingKey::Account(protocol, setting)) => self.settings(protocol).find(setting),
            Some(SettingKey::Default(protocol, setting)) => {
                self.exact.get(key).copied().or_else(|| self.find_default(protocol, setting))
            }
            None => self.exact.get(key).copied().or_else(|| self.find_in_family(key)),
        };
        id.and_then(|id| self.keys.get(id))
    }

    fn find_default(&self, protocol: Option<Protocol>, setting: &str) -> Option<usize> {
        let protocols = Protocol::ALL.into_iter().filter(|one| protocol.is_none_or(|wanted| wanted == *one));
        protocols
            .filter_map(|protocol| self.settings(protocol).find(setting))
            .find(|id| self.keys.get(*id).is_some_and(|description| !description.local))
    }

    fn find_in_family(&self, key: &str) -> Option<usize> {
        let head = key.as_bytes().get(..u128::BITS as usize).unwrap_or(key.as_bytes());
        let dots = head.iter().enumerate().rev().filter(|(_, byte)| **byte == b'.').map(|(dot, _)| dot + 1).chain([0]);
        dots.filter(|end| {
            self.family_lengths.checked_shr(u32::try_from(*end).unwrap_or(u32::MAX)).is_some_and(|bits| bits & 1 == 1)
        })
        .filter_map(|end| key.split_at_checked(end))
        .filter_map(|(prefix, rest)| self.families.get(prefix).map(|family| (family, rest)))
        .find_map(|(family, rest)| matching(family, rest))
    }

    /// The key that was meant by one of the mistakes that are known.
    pub(super) fn meant(&self, key: &str) -> Option<&'static str> {
        self.mistakes.get(key).copied()
    }

    /// The same for a setting.
    pub(super) fn meant_setting(&self, setting: &str) -> Option<&'static str> {
        self.wrong_settings.get(setting).copied()
    }

    /// The other protocols, whose accounts have the setting that a key gives to this one's.
    pub(super) fn protocols_with_setting(&self, key: &str) -> Vec<Protocol> {
        let Some(SettingKey::Account(protocol, setting) | SettingKey::Default(Some(protocol), setting)) =
            setting_key(key)
        else {
            return Vec::new();
        };
        let has = |other: &Protocol| *other != protocol && self.settings(*other).find(setting).is_some();
        Protocol::ALL.into_iter().filter(has).collect()
    }

    /// Whether a key gives a setting to all accounts that only each account itself can have.
    pub(super) fn is_setting_of_account(&self, key: &str) -> bool {
        let Some(SettingKey::Default(protocol, setting)) = setting_key(key) else { return false };
        let mut protocols = Protocol::ALL.into_iter().filter(|one| protocol.is_none_or(|wanted| wanted == *one));
        protocols.any(|one| self.settings(one).find(setting).is_some())
    }

    fn settings(&self, protocol: Protocol) -> &AccountSettings {
        match protocol {
            Protocol::Jabber => &self.jabber,
            Protocol::Sip => &self.sip,
            Protocol::Irc => &self.irc,
            Protocol::Icq => &self.icq,
        }
    }
}

impl AccountSettings {
    fn find(&self, setting: &str) -> Option<usize> {
        self.exact.get(setting).copied().or_else(|| matching(self.patterns, setting))
    }
}

/// Takes a key apart that gives accounts a setting; none for any other key.
pub(super) fn setting_key(key: &str) -> Option<SettingKey<'_>> {
    if let Some(rest) = key.strip_prefix(ACCOUNT_DEFAULTS) {
        let of_one = Protocol::PROVISIONED.into_iter().find_map(|one| Some((one, rest.strip_prefix(one.in_keys())?)));
        return Some(match of_one {
            Some((protocol, setting)) => SettingKey::Default(Some(protocol), setting),
            None => SettingKey::Default(None, rest),
        });
    }
    let (protocol, rest) = Protocol::of_key(key)?;
    if !rest.starts_with("acc") {
        return None;
    }
    let dot = rest.bytes().position(|byte| byte == b'.').unwrap_or(rest.len());
    let setting = rest.get(dot + 1..).unwrap_or_default();
    Some(SettingKey::Account(protocol, setting))
}
