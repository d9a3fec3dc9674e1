//! The catalogue, and the trees by which a key is found in it.

use super::description::{KeyDescription, Protocol};
use super::pattern::{Branch, Trail};
use crate::jitsi_keys::ACCOUNT_DEFAULTS;
use crate::scan::position;

/// How many protocols have accounts.
const PROTOCOLS: usize = Protocol::ALL.len();

/// All keys and the ways to them.
#[derive(Debug)]
pub(super) struct Catalogue {
    pub(super) keys: &'static [KeyDescription],
    /// Keys that are no settings of accounts.
    pub(super) others: Branch,
    /// Settings of accounts, by the protocols in their order.
    pub(super) settings: [Branch; PROTOCOLS],
    /// Keys that no client reads, with those that were meant; sorted.
    pub(super) mistakes: &'static [(&'static str, &'static str)],
    /// The same for settings of an account.
    pub(super) wrong_settings: &'static [(&'static str, &'static str)],
}

/// How far the last key was followed in each tree.
#[derive(Debug, Default)]
pub(super) struct Trails<'a> {
    others: Trail<'a>,
    settings: [Trail<'a>; PROTOCOLS],
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

    /// Looks a key up, as a setting of accounts or as a whole.
    pub(super) fn find<'a>(&'static self, key: &'a str, trails: &mut Trails<'a>) -> Option<&'static KeyDescription> {
        let id = match setting_key(key) {
            Some(SettingKey::Account(protocol, setting)) => self.setting(protocol, setting, trails),
            Some(SettingKey::Default(protocol, setting)) => {
                self.others.find(key, &mut trails.others).or_else(|| self.find_default(protocol, setting))
            }
            None => self.others.find(key, &mut trails.others),
        };
        id.and_then(|id| self.keys.get(id))
    }

    /// Looks up a setting of accounts of a protocol.
    pub(super) fn find_setting<'a>(
        &'static self,
        protocol: Protocol,
        setting: &'a str,
        trails: &mut Trails<'a>,
    ) -> Option<&'static KeyDescription> {
        self.setting(protocol, setting, trails).and_then(|id| self.keys.get(id))
    }

    fn setting<'a>(&'static self, protocol: Protocol, setting: &'a str, trails: &mut Trails<'a>) -> Option<usize> {
        let place = protocol as usize;
        self.settings.get(place)?.find(setting, trails.settings.get_mut(place)?)
    }

    fn has_setting(&'static self, protocol: Protocol, setting: &str) -> bool {
        self.setting(protocol, setting, &mut Trails::default()).is_some()
    }

    fn find_default(&'static self, protocol: Option<Protocol>, setting: &str) -> Option<usize> {
        let protocols = Protocol::ALL.into_iter().filter(|one| protocol.is_none_or(|wanted| wanted == *one));
        protocols
            .filter_map(|protocol| self.setting(protocol, setting, &mut Trails::default()))
            .find(|id| self.keys.get(*id).is_some_and(|description| !description.local))
    }

    /// The key that was meant by one of the mistakes that are known.
    pub(super) fn meant(&self, key: &str) -> Option<&'static str> {
        meant(self.mistakes, key)
    }

    /// The same for a setting.
    pub(super) fn meant_setting(&self, setting: &str) -> Option<&'static str> {
        meant(self.wrong_settings, setting)
    }

    /// The other protocols, whose accounts have the setting that a key gives to this one's.
    pub(super) fn protocols_with_setting(&'static self, key: &str) -> Vec<Protocol> {
        let Some(SettingKey::Account(protocol, setting) | SettingKey::Default(Some(protocol), setting)) =
            setting_key(key)
        else {
            return Vec::new();
        };
        let has = |other: &Protocol| *other != protocol && self.has_setting(*other, setting);
        Protocol::ALL.into_iter().filter(has).collect()
    }

    /// Whether a key gives a setting to all accounts that only each account itself can have.
    pub(super) fn is_setting_of_account(&'static self, key: &str) -> bool {
        let Some(SettingKey::Default(protocol, setting)) = setting_key(key) else { return false };
        let mut protocols = Protocol::ALL.into_iter().filter(|one| protocol.is_none_or(|wanted| wanted == *one));
        protocols.any(|one| self.has_setting(one, setting))
    }
}

fn meant(mistakes: &'static [(&str, &str)], key: &str) -> Option<&'static str> {
    let place = mistakes.binary_search_by_key(&key, |(wrong, _)| wrong).ok()?;
    mistakes.get(place).map(|(_, instead)| *instead)
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
    let dot = position(rest.as_bytes(), |byte| byte == b'.').unwrap_or(rest.len());
    let setting = rest.get(dot + 1..).unwrap_or_default();
    Some(SettingKey::Account(protocol, setting))
}
