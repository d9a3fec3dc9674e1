//! The catalogue, and the maps by which a key is found in it.

use std::collections::HashMap;

use super::description::{KeyDescription, Protocol};
use super::pattern::Pattern;
use crate::jitsi_keys::ACCOUNT_DEFAULTS;

/// All keys and the ways to them.
#[derive(Debug, Default)]
pub(super) struct Catalogue {
    keys: Vec<KeyDescription>,
    /// Keys without placeholders.
    exact: HashMap<String, usize>,
    /// Keys with placeholders, by the part before the segment with the first placeholder, its dot included.
    families: HashMap<String, Vec<(Pattern, usize)>>,
    /// Length of the longest of these beginnings. The rest of a longer key is not looked up.
    longest_family: usize,
    jabber: AccountSettings,
    sip: AccountSettings,
    /// Keys that no client reads, with those that were meant.
    mistakes: HashMap<String, String>,
    /// The same for settings of an account.
    wrong_settings: HashMap<String, String>,
}

/// The settings of one protocol's accounts.
#[derive(Debug, Default)]
struct AccountSettings {
    exact: HashMap<String, usize>,
    patterns: Vec<(Pattern, usize)>,
}

/// A key that gives accounts a setting, taken apart.
pub(super) enum SettingKey<'a> {
    /// At an account.
    Account(Protocol, &'a str),
    /// Among the defaults for all accounts, or those of one protocol.
    Default(Option<Protocol>, &'a str),
}

impl Catalogue {
    /// Builds the maps; none when a pattern is broken or a key comes twice.
    pub(super) fn new(
        keys: Vec<KeyDescription>,
        mistakes: HashMap<String, String>,
        wrong_settings: HashMap<String, String>,
    ) -> Option<Self> {
        let mut catalogue = Self { mistakes, wrong_settings, ..Self::default() };
        for (id, key) in keys.iter().enumerate() {
            if key.protocols.is_empty() {
                catalogue.add(&key.name, id)?;
            }
            for protocol in &key.protocols {
                catalogue.settings_mut(*protocol).add(&key.name, id)?;
            }
        }
        catalogue.keys = keys;
        Some(catalogue)
    }

    fn add(&mut self, name: &str, id: usize) -> Option<()> {
        let Some((literal, _)) = name.split_once('<') else {
            return self.exact.insert(name.to_owned(), id).is_none().then_some(());
        };
        let prefix = literal.rfind('.').and_then(|dot| literal.get(..=dot)).unwrap_or_default();
        let rest = name.strip_prefix(prefix)?;
        self.longest_family = self.longest_family.max(prefix.len());
        self.families.entry(prefix.to_owned()).or_default().push((Pattern::parse(rest)?, id));
        Some(())
    }

    pub(super) fn keys(&self) -> impl ExactSizeIterator<Item = &KeyDescription> {
        self.keys.iter()
    }

    /// Looks a key up: by its whole text, as a setting, or by its family.
    pub(super) fn find(&self, key: &str) -> Option<&KeyDescription> {
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
        let end = key.floor_char_boundary(self.longest_family);
        let head = key.get(..end).unwrap_or_default();
        let dots = head.rmatch_indices('.').map(|(dot, _)| dot + 1).chain([0]);
        dots.filter_map(|end| key.split_at_checked(end))
            .filter_map(|(prefix, rest)| self.families.get(prefix).map(|family| (family, rest)))
            .find_map(|(family, rest)| matching(family, rest))
    }

    /// The key that was meant by one of the mistakes that are known.
    pub(super) fn meant(&self, key: &str) -> Option<&str> {
        self.mistakes.get(key).map(String::as_str)
    }

    /// The same for a setting.
    pub(super) fn meant_setting(&self, setting: &str) -> Option<&str> {
        self.wrong_settings.get(setting).map(String::as_str)
    }

    /// The other protocol, whose accounts have the setting that a key gives to this one's.
    pub(super) fn setting_of_another_protocol(&self, key: &str) -> Option<Protocol> {
        let Some(SettingKey::Account(protocol, setting) | SettingKey::Default(Some(protocol), setting)) =
            setting_key(key)
        else {
            return None;
        };
        Protocol::ALL.into_iter().find(|other| *other != protocol && self.settings(*other).find(setting).is_some())
    }

    fn settings(&self, protocol: Protocol) -> &AccountSettings {
        match protocol {
            Protocol::Jabber => &self.jabber,
            Protocol::Sip => &self.sip,
        }
    }

    fn settings_mut(&mut self, protocol: Protocol) -> &mut AccountSettings {
        match protocol {
            Protocol::Jabber => &mut self.jabber,
            Protocol::Sip => &mut self.sip,
        }
    }
}

impl AccountSettings {
    fn add(&mut self, name: &str, id: usize) -> Option<()> {
        if name.contains('<') {
            self.patterns.push((Pattern::parse(name)?, id));
            return Some(());
        }
        self.exact.insert(name.to_owned(), id).is_none().then_some(())
    }

    fn find(&self, setting: &str) -> Option<usize> {
        self.exact.get(setting).copied().or_else(|| matching(&self.patterns, setting))
    }
}

/// Takes a key apart that gives accounts a setting; none for any other key.
pub(super) fn setting_key(key: &str) -> Option<SettingKey<'_>> {
    if let Some(rest) = key.strip_prefix(ACCOUNT_DEFAULTS) {
        let of_one = Protocol::ALL.into_iter().find_map(|one| Some((one, rest.strip_prefix(one.in_defaults())?)));
        return Some(match of_one {
            Some((protocol, setting)) => SettingKey::Default(Some(protocol), setting),
            None => SettingKey::Default(None, rest),
        });
    }
    let (protocol, rest) = Protocol::of_key(key)?;
    let (id, setting) = rest.split_once('.').unwrap_or((rest, ""));
    id.starts_with("acc").then_some(SettingKey::Account(protocol, setting))
}

fn matching(patterns: &[(Pattern, usize)], text: &str) -> Option<usize> {
    patterns.iter().find(|(pattern, _)| pattern.matches(text)).map(|(_, id)| *id)
}
