//! What a text sets, looked at once for all rules.

use std::collections::HashMap;
use std::collections::hash_map::Entry as Slot;

use crate::catalogue::Protocol;
use crate::document::{Document, Entry};
use crate::jitsi_keys::{ACCOUNT_DEFAULTS, REMOVE};

/// The settings of a text by key and by account.
pub(super) struct Settings<'a> {
    document: &'a Document,
    by_key: HashMap<&'a str, Entry<'a>>,
    /// Entries whose key stood before, with the line where it stood first.
    pub(super) repeated: Vec<(Entry<'a>, Entry<'a>)>,
    /// The accounts in the order of their first lines.
    pub(super) accounts: Vec<Account<'a>>,
    /// Entries in the tree of a protocol that belong to no account that can be one.
    pub(super) strays: Vec<(&'a str, Entry<'a>)>,
}

/// What a text says about one account.
pub(super) struct Account<'a> {
    pub(super) protocol: Protocol,
    pub(super) id: &'a str,
    pub(super) first: Entry<'a>,
    /// The account's own line, `…<id>=<id>`; none when it is not there, or removes.
    pub(super) node: Option<Entry<'a>>,
    /// The keys below the account and their entries.
    pub(super) settings: Vec<(&'a str, Entry<'a>)>,
}

impl<'a> Settings<'a> {
    pub(super) fn new(document: &'a Document) -> Self {
        let entries = document.entries();
        let mut settings = Self {
            document,
            by_key: HashMap::with_capacity(entries.len()),
            repeated: Vec::new(),
            accounts: Vec::new(),
            strays: Vec::new(),
        };
        let mut ids = HashMap::new();
        for entry in entries {
            settings.add(entry, &mut ids);
        }
        settings
    }

    fn add(&mut self, entry: Entry<'a>, ids: &mut HashMap<(&'a str, bool), usize>) {
        if entry.is_bare() {
            return;
        }
        match self.by_key.entry(entry.key()) {
            Slot::Vacant(slot) => _ = slot.insert(entry),
            Slot::Occupied(mut slot) => self.repeated.push((entry, slot.insert(entry))),
        }
        let Some((protocol, rest)) = Protocol::of_key(entry.key()) else { return };
        let (id, attribute) = split(rest, entry.value());
        if !id.starts_with("acc") || id.contains('.') {
            self.strays.push((rest, entry));
            return;
        }
        // The lines of an account are mostly consecutive.
        let last = self.accounts.last_mut().filter(|account| account.protocol == protocol && account.id == id);
        let account = if let Some(account) = last {
            account
        } else {
            let place = *ids.entry((id, protocol == Protocol::Sip)).or_insert(self.accounts.len());
            if place == self.accounts.len() {
                self.accounts.push(Account { protocol, id, first: entry, node: None, settings: Vec::new() });
            }
            let Some(account) = self.accounts.get_mut(place) else { return };
            account
        };
        match attribute {
            None => account.node = Some(entry).filter(|_| entry.value().trim() != REMOVE),
            Some(attribute) => account.settings.push((attribute, entry)),
        }
    }

    pub(super) fn document(&self) -> &'a Document {
        self.document
    }

    /// The entry that counts for a key: the last one.
    pub(super) fn entry(&self, key: &str) -> Option<Entry<'a>> {
        self.by_key.get(key).copied()
    }

    /// What the text sets a key to, as the client reads it: without blanks around; none when that is nothing.
    pub(super) fn value(&self, key: &str) -> Option<&'a str> {
        self.entry(key).and_then(value_of)
    }

    /// The setting of an account, with the default for all accounts of its protocol, and that for all protocols.
    pub(super) fn of_account(&self, account: &Account<'a>, attribute: &str) -> Option<&'a str> {
        account.value(attribute).or_else(|| {
            let default = |protocol| self.value(&format!("{ACCOUNT_DEFAULTS}{protocol}{attribute}"));
            default(account.protocol.in_defaults()).or_else(|| default(""))
        })
    }
}

impl<'a> Account<'a> {
    /// The entry that counts for a setting: the last one.
    pub(super) fn entry(&self, attribute: &str) -> Option<Entry<'a>> {
        self.settings.iter().rev().find(|(name, _)| *name == attribute).map(|(_, entry)| *entry)
    }

    /// What the text sets it to, as the client reads it: without blanks around; none when that is nothing.
    pub(super) fn value(&self, attribute: &str) -> Option<&'a str> {
        self.entry(attribute).and_then(value_of)
    }

    /// Whether something is set, not only removed.
    pub(super) fn is_set(&self) -> bool {
        self.node.is_some() || self.settings.iter().any(|(_, entry)| entry.value().trim() != REMOVE)
    }

    /// The first line that sets something and does not only remove it.
    pub(super) fn set_from(&self) -> Option<usize> {
        let settings = self.settings.iter().map(|(_, entry)| *entry).filter(|entry| entry.value().trim() != REMOVE);
        settings.chain(self.node).map(|entry| entry.line()).min()
    }

    /// The line to report when a setting of the account is missing.
    pub(super) fn place(&self) -> Entry<'a> {
        self.node.unwrap_or(self.first)
    }
}

/// What is not removed and not empty, without blanks around, as `getString` of the client's configuration has it.
///
/// `${null}` with a blank beside it counts as a removal: it was meant as one, and `null-with-blank` reports it.
pub(super) fn value_of(entry: Entry<'_>) -> Option<&str> {
    // `String.trim` of Java.
    let value = entry.value().trim_matches(|letter| letter <= ' ');
    (value != REMOVE && !value.is_empty()).then_some(value)
}

/// The account's id and the setting below it; no setting in the account's own line.
fn split<'a>(rest: &'a str, value: &str) -> (&'a str, Option<&'a str>) {
    match rest.split_once('.') {
        Some((id, attribute)) if rest != value => (id, Some(attribute)),
        _ => (rest, None),
    }
}
