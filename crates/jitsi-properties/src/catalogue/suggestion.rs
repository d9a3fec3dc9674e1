//! What an unknown key was probably meant to be.

use super::description::Protocol;
use super::index::{Catalogue, SettingKey, setting_key};
use crate::jitsi_keys::ACCOUNT_DEFAULTS;
use crate::suggestion::nearest;

/// The key that was probably meant; none when no key is like it.
pub(super) fn suggest(catalogue: &Catalogue, key: &str) -> Option<String> {
    match setting_key(key) {
        Some(SettingKey::Account(protocol, setting) | SettingKey::Default(Some(protocol), setting)) => {
            with_setting(catalogue, key, &[protocol], setting)
        }
        Some(SettingKey::Default(None, setting)) => {
            with_setting(catalogue, key, &Protocol::ALL, setting).or_else(|| whole(catalogue, key))
        }
        None => catalogue.meant(key).map(str::to_owned).or_else(|| whole(catalogue, key)),
    }
}

/// The key with the setting that was meant.
fn with_setting(catalogue: &Catalogue, key: &str, protocols: &[Protocol], setting: &str) -> Option<String> {
    let before = key.strip_suffix(setting).filter(|_| !setting.is_empty())?;
    let is_default = key.starts_with(ACCOUNT_DEFAULTS);
    let names = catalogue
        .keys()
        .filter(|known| known.protocols.iter().any(|protocol| protocols.contains(protocol)))
        .filter(|known| known.until.is_none() && !(is_default && known.local))
        .map(|known| known.name);
    let meant = catalogue.meant_setting(setting).or_else(|| nearest(setting, names))?;
    Some(format!("{before}{meant}"))
}

/// A key that differs little, or the only one with the same last segment.
fn whole(catalogue: &Catalogue, key: &str) -> Option<String> {
    let names =
        || catalogue.keys().filter(|known| known.protocols.is_empty() && known.until.is_none()).map(|known| known.name);
    if let Some(near) = nearest(key, names()) {
        return Some(near.to_owned());
    }
    let last = last_segment(key);
    let mut alike = names().filter(|name| last_segment(name).eq_ignore_ascii_case(last));
    let one = alike.next()?;
    alike.next().is_none().then(|| one.to_owned())
}

fn last_segment(key: &str) -> &str {
    key.rsplit_once('.').map_or(key, |(_, last)| last)
}
