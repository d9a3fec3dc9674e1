//! The directories that a text sets, with what it says about each.

use std::collections::HashMap;

use super::DIRECTORIES;
use crate::document::Entry;
use crate::lint::settings::{Settings, is_removal, value_of};

/// What a text says about the directory below one node.
pub(super) struct Directory<'a> {
    pub(super) node: &'a str,
    /// The directory's own line, whose value is its name; none when the text does not set it.
    pub(super) name: Option<Entry<'a>>,
    /// Its other settings; a removal is none. Of a setting that comes twice the last line counts.
    settings: Vec<(&'a str, Entry<'a>)>,
}

/// All directories of a text, in the order of their first lines.
pub(super) fn directories<'a>(settings: &Settings<'a>) -> Vec<Directory<'a>> {
    let mut directories: Vec<Directory<'a>> = Vec::new();
    let mut places = HashMap::new();
    for entry in settings.below(DIRECTORIES) {
        let Some(rest) = entry.key().strip_prefix(DIRECTORIES) else { continue };
        // Of a key that is set twice, the last value.
        let is_set = settings.entry(entry.key()).is_some_and(|last| last.line() == entry.line()) && !is_removal(entry);
        if !is_set {
            continue;
        }
        let (node, setting) = rest.split_once('.').map_or((rest, None), |(node, setting)| (node, Some(setting)));
        let place = *places.entry(node).or_insert(directories.len());
        if place == directories.len() {
            directories.push(Directory { node, name: None, settings: Vec::new() });
        }
        let Some(directory) = directories.get_mut(place) else { continue };
        match setting {
            None => directory.name = Some(entry).filter(|entry| value_of(*entry).is_some()),
            Some(setting) => directory.settings.push((setting, entry)),
        }
    }
    directories
}

impl<'a> Directory<'a> {
    /// The line of a setting, which may be empty: the client reads most of them as they are.
    pub(super) fn entry(&self, setting: &str) -> Option<Entry<'a>> {
        self.settings.iter().find(|(name, _)| *name == setting).map(|(_, entry)| *entry)
    }

    /// What is set, unless it is nothing but blanks (`textHasContent`).
    pub(super) fn value(&self, setting: &str) -> Option<&'a str> {
        self.entry(setting).and_then(value_of)
    }

    /// Whether a setting has just this value: the client compares names of constants letter by letter.
    pub(super) fn is(&self, setting: &str, value: &str) -> bool {
        self.entry(setting).is_some_and(|entry| entry.value() == value)
    }

    /// The same, also when the setting is not there and the value is the client's own.
    pub(super) fn is_or_default(&self, setting: &str, value: &str) -> bool {
        self.entry(setting).is_none_or(|entry| entry.value() == value)
    }

    /// The first of its settings that has a value.
    pub(super) fn first_setting(&self) -> Option<Entry<'a>> {
        self.settings.iter().map(|(_, entry)| *entry).find(|entry| value_of(*entry).is_some())
    }

    /// For messages: `….dir1679829923`.
    pub(super) fn shown(&self) -> String {
        format!("….{}", self.node.escape_debug())
    }
}
