//! What a text sets, looked at once for all rules.

use std::collections::hash_map::Entry as Slot;
use std::collections::{HashMap, HashSet};

use foldhash::fast::RandomState;

use crate::catalogue::Protocol;
use crate::document::{Document, Entry, Separator};
use crate::jitsi_keys::{ACCOUNT_DEFAULTS, CLIENT, PROTOCOLS, REMOVE};
use crate::scan::position;

/// A map by keys or parts of them. Its hash is fast, and seeded anew in each process: keys may come from data of the site.
type Map<'a, V> = HashMap<&'a str, V, RandomState>;

/// The settings of a text by key, by account and by what they begin with.
///
/// One walk through the text sorts its entries, so that a rule visits only those that it is about. What a rule costs is the
/// number of these; a rule about settings that a text does not have costs a look-up.
pub(super) struct Settings<'a> {
    document: &'a Document,
    entries: Vec<Entry<'a>>,
    /// The place in `entries` of the entry that counts for each key.
    by_key: Map<'a, usize>,
    /// Entries by the part of the client that reads them; those of accounts are in `accounts`.
    parts: Parts<'a>,
    /// Defaults for accounts of both protocols, of Jabber and of SIP, by the settings.
    defaults: [Map<'a, Entry<'a>>; 3],
    /// Entries that are not `key=value` with a key of printable ASCII, or whose key has `=` or `:` in it or begins with `#`
    /// or `!`.
    pub(super) odd: Vec<Entry<'a>>,
    /// Entries whose value has a `#` or a letter beyond ASCII, or begins with `=`, `:` or a quotation mark.
    pub(super) odd_values: Vec<Entry<'a>>,
    /// Entries whose value is `${null}`, perhaps with blanks around it.
    pub(super) removals: Vec<Entry<'a>>,
    /// Entries whose key stood before, with the line where it stood first.
    pub(super) repeated: Vec<(Entry<'a>, Entry<'a>)>,
    /// The keys that are set to a value and to `${null}`.
    null_and_value: HashSet<&'a str>,
    /// The accounts in the order of their first lines.
    pub(super) accounts: Vec<Account<'a>>,
    /// What the settings begin with that were added to an account last, with the dot before them, and its place.
    last_account: (&'a str, usize),
    /// The accounts' own lines, those too that remove or come twice.
    pub(super) own_lines: Vec<(Protocol, Entry<'a>)>,
    /// Entries in the tree of a protocol that belong to no account that can be one.
    pub(super) strays: Vec<(&'a str, Entry<'a>)>,
    /// Entries in the trees of other protocols, which accounts are not provisioned for.
    pub(super) unprovisioned: Vec<Entry<'a>>,
}

/// How many settings an account has at least, more or less.
const FEW: usize = 14;

/// What a text says about one account.
pub(super) struct Account<'a> {
    pub(super) protocol: Protocol,
    pub(super) id: &'a str,
    pub(super) first: Entry<'a>,
    /// The account's own line, `…<id>=<id>`; none when it is not there, or removes.
    pub(super) node: Option<Entry<'a>>,
    /// The keys below the account and their entries.
    pub(super) settings: Vec<(&'a str, Entry<'a>)>,
    /// The place in `settings` of the entry that counts for each.
    by_name: Map<'a, usize>,
}

/// The accounts found so far, by id and whether they are SIP's.
type Ids<'a> = HashMap<(&'a str, bool), usize, RandomState>;

impl<'a> Settings<'a> {
    pub(super) fn new(document: &'a Document) -> Self {
        let count = document.entries().len();
        let mut settings = Self {
            document,
            entries: Vec::with_capacity(count),
            by_key: Map::with_capacity_and_hasher(count, RandomState::default()),
            parts: Parts::default(),
            defaults: Default::default(),
            odd: Vec::new(),
            odd_values: Vec::new(),
            removals: Vec::new(),
            repeated: Vec::new(),
            null_and_value: HashSet::new(),
            accounts: Vec::new(),
            last_account: ("", 0),
            own_lines: Vec::new(),
            strays: Vec::new(),
            unprovisioned: Vec::new(),
        };
        let mut ids = Ids::default();
        for entry in document.entries() {
            settings.add(entry, &mut ids);
        }
        let both = |(entry, before): &(Entry<'_>, Entry<'_>)| (entry.value() == REMOVE) != (before.value() == REMOVE);
        settings.null_and_value =
            settings.repeated.iter().filter(|pair| both(pair)).map(|(entry, _)| entry.key()).collect();
        settings
    }

    fn add(&mut self, entry: Entry<'a>, ids: &mut Ids<'a>) {
        let key = entry.key();
        let place = self.entries.len();
        self.entries.push(entry);
        let begins_odd = matches!(key.as_bytes(), [] | [b'#' | b'!', ..]);
        if begins_odd || entry.separator() != Separator::Equals || position(key.as_bytes(), is_odd).is_some() {
            self.odd.push(entry);
        }
        if entry.is_bare() {
            return;
        }
        let value = entry.value().as_bytes();
        if matches!(value, [b'=' | b':' | b'"', ..])
            || position(value, |byte| (byte == b'#') | !byte.is_ascii()).is_some()
        {
            self.odd_values.push(entry);
        }
        if is_removal(entry) {
            self.removals.push(entry);
        }
        match self.by_key.entry(key) {
            Slot::Vacant(slot) => _ = slot.insert(place),
            Slot::Occupied(mut slot) => {
                let before = slot.insert(place);
                self.repeated.extend(self.entries.get(before).map(|before| (entry, *before)));
            }
        }
        if self.add_to_last_account(entry) {
            return;
        }
        if key.starts_with(PROTOCOLS) {
            self.add_to_account(entry, ids);
            return;
        }
        if let Some(setting) = key.strip_prefix(ACCOUNT_DEFAULTS) {
            self.add_default(setting, entry);
        }
        self.parts.add(entry);
    }

    fn add_default(&mut self, setting: &'a str, entry: Entry<'a>) {
        let [of_all, jabber, sip] = &mut self.defaults;
        of_all.insert(setting, entry);
        for (protocol, of_one) in [(Protocol::Jabber, jabber), (Protocol::Sip, sip)] {
            if let Some(setting) = setting.strip_prefix(protocol.in_keys()) {
                of_one.insert(setting, entry);
            }
        }
    }

    /// Adds a line of the account to which the line before belongs: those of an account are mostly consecutive.
    fn add_to_last_account(&mut self, entry: Entry<'a>) -> bool {
        let (beginning, place) = self.last_account;
        let Some(attribute) = entry.key().strip_prefix(beginning).filter(|_| !beginning.is_empty()) else {
            return false;
        };
        let Some(account) = self.accounts.get_mut(place) else { return false };
        let is_own_line = entry.key().strip_prefix(account.protocol.tree()) == Some(entry.value());
        if !is_own_line {
            account.add(attribute, entry);
        }
        !is_own_line
    }

    fn add_to_account(&mut self, entry: Entry<'a>, ids: &mut Ids<'a>) {
        let of_key = Protocol::of_key(entry.key()).filter(|(protocol, _)| Protocol::PROVISIONED.contains(protocol));
        let Some((protocol, rest)) = of_key else {
            self.unprovisioned.push(entry);
            return;
        };
        let (id, attribute) = split(rest, entry.value());
        if !id.starts_with("acc") || id.contains('.') {
            self.strays.push((rest, entry));
            return;
        }
        let place = *ids.entry((id, protocol == Protocol::Sip)).or_insert(self.accounts.len());
        if place == self.accounts.len() {
            self.accounts.push(Account::new(protocol, id, entry));
        }
        let Some(account) = self.accounts.get_mut(place) else { return };
        match attribute {
            None => {
                account.node = Some(entry).filter(|entry| !is_removal(*entry));
                self.own_lines.push((protocol, entry));
            }
            Some(attribute) => {
                account.add(attribute, entry);
                let beginning = entry.key().get(..protocol.tree().len() + id.len() + 1);
                self.last_account = (beginning.unwrap_or_default(), place);
            }
        }
    }

    pub(super) fn document(&self) -> &'a Document {
        self.document
    }

    /// All entries in the order of the text.
    pub(super) fn entries(&self) -> impl ExactSizeIterator<Item = Entry<'a>> + DoubleEndedIterator + Clone {
        self.entries.iter().copied()
    }

    /// The entries whose keys begin with `beginning`, in the order of the text, but for lines without `=`.
    ///
    /// It should name two parts below `net.java.sip.communicator.` and end with a dot, as `….impl.ldap.directories.`: then
    /// only entries of that part of the client are compared. For accounts see [`Self::accounts`].
    pub(super) fn below(&self, beginning: &str) -> impl Iterator<Item = Entry<'a>> {
        let part = part(beginning);
        let is_in_one_part = match beginning.strip_prefix(CLIENT) {
            Some(rest) => rest.len() > part.len() && !beginning.starts_with(PROTOCOLS),
            None => !CLIENT.starts_with(beginning),
        };
        let entries = if is_in_one_part { self.parts.get(part) } else { &self.entries };
        entries.iter().copied().filter(move |entry| entry.key().starts_with(beginning) && !entry.is_bare())
    }

    /// The entries that are no lines of accounts, without those that are no `key=value`; not in the order of the text.
    pub(super) fn of_no_account(&self) -> impl Iterator<Item = Entry<'a>> {
        let strays = self.strays.iter().map(|(_, entry)| *entry);
        self.parts.entries.iter().flatten().chain(&self.unprovisioned).copied().chain(strays)
    }

    /// Whether an entry is one of `odd`.
    pub(super) fn is_odd(&self, entry: Entry<'_>) -> bool {
        self.odd.binary_search_by_key(&entry.line(), Entry::line).is_ok()
    }

    /// The entry that counts for a key: the last one.
    pub(super) fn entry(&self, key: &str) -> Option<Entry<'a>> {
        self.by_key.get(key).and_then(|place| self.entries.get(*place)).copied()
    }

    /// Whether a key is set to a value and to `${null}`, which `null-and-value` reports.
    pub(super) fn is_null_and_value(&self, key: &str) -> bool {
        self.null_and_value.contains(key)
    }

    /// What the text sets a key to, as the client reads it: without blanks around; none when that is nothing.
    pub(super) fn value(&self, key: &str) -> Option<&'a str> {
        self.entry(key).and_then(value_of)
    }

    /// The setting of an account, with the default for all accounts of its protocol, and that for all protocols.
    pub(super) fn of_account(&self, account: &Account<'a>, attribute: &str) -> Option<&'a str> {
        account.value(attribute).or_else(|| self.entry_of_default(account.protocol, attribute).and_then(value_of))
    }

    /// The line that gives accounts of a protocol a default that is not empty: its own, otherwise that for all protocols.
    pub(super) fn entry_of_default(&self, protocol: Protocol, attribute: &str) -> Option<Entry<'a>> {
        let [of_all, jabber, sip] = &self.defaults;
        let default =
            |defaults: &Map<'a, Entry<'a>>| defaults.get(attribute).copied().filter(|entry| value_of(*entry).is_some());
        let of_one = match protocol {
            Protocol::Jabber => default(jabber),
            Protocol::Sip => default(sip),
            Protocol::Irc | Protocol::Icq => None,
        };
        of_one.or_else(|| default(of_all))
    }
}

impl<'a> Account<'a> {
    fn new(protocol: Protocol, id: &'a str, first: Entry<'a>) -> Self {
        let (settings, by_name) = (Vec::with_capacity(FEW), Map::with_capacity_and_hasher(FEW, RandomState::default()));
        Self { protocol, id, first, node: None, settings, by_name }
    }

    fn add(&mut self, attribute: &'a str, entry: Entry<'a>) {
        self.by_name.insert(attribute, self.settings.len());
        self.settings.push((attribute, entry));
    }

    /// The entry that counts for a setting: the last one.
    pub(super) fn entry(&self, attribute: &str) -> Option<Entry<'a>> {
        self.by_name.get(attribute).and_then(|place| self.settings.get(*place)).map(|(_, entry)| *entry)
    }

    /// What the text sets it to, as the client reads it: without blanks around; none when that is nothing.
    pub(super) fn value(&self, attribute: &str) -> Option<&'a str> {
        self.entry(attribute).and_then(value_of)
    }

    /// Whether something is set, not only removed.
    pub(super) fn is_set(&self) -> bool {
        self.node.is_some() || self.settings.iter().any(|(_, entry)| !is_removal(*entry))
    }

    /// The first line that sets something and does not only remove it.
    pub(super) fn set_from(&self) -> Option<usize> {
        let settings = self.settings.iter().map(|(_, entry)| *entry).filter(|entry| !is_removal(*entry));
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
    // `String.trim` of Java, which most values are no longer for.
    let value = match entry.value().as_bytes() {
        [first, .., last] if *first > b' ' && *last > b' ' => entry.value(),
        _ => entry.value().trim_matches(|letter| letter <= ' '),
    };
    (value != REMOVE && !value.is_empty()).then_some(value)
}

/// Whether a byte of a key could separate, or is no printable ASCII.
#[expect(clippy::needless_bitwise_bool, reason = "without branches, many bytes are compared at once")]
fn is_odd(byte: u8) -> bool {
    !byte.is_ascii_graphic() | (byte == b'=') | (byte == b':')
}

/// Whether an entry removes, or is meant to: a blank beside `${null}` is reported.
pub(super) fn is_removal(entry: Entry<'_>) -> bool {
    // Most values end otherwise, and a comparison of the last byte is quick.
    matches!(entry.value().as_bytes(), [.., b'}' | ..=b' ' | 0x80..]) && entry.value().trim() == REMOVE
}

/// Entries by the part of the client that reads them, see [`part`].
#[derive(Default)]
struct Parts<'a> {
    places: Map<'a, usize>,
    entries: Vec<Vec<Entry<'a>>>,
    /// The part of the last entry that was added, with [`CLIENT`] before it and a dot behind it, and its place.
    last: (&'a str, usize),
}

impl<'a> Parts<'a> {
    fn add(&mut self, entry: Entry<'a>) {
        let key = entry.key();
        // The lines of a part are mostly consecutive.
        let (last, mut place) = self.last;
        if last.is_empty() || !key.starts_with(last) {
            let part = part(key);
            place = *self.places.entry(part).or_insert(self.entries.len());
            if place == self.entries.len() {
                self.entries.push(Vec::new());
            }
            let with_dot = key.get(..CLIENT.len() + part.len() + 1).filter(|_| !part.is_empty());
            self.last = (with_dot.unwrap_or_default(), place);
        }
        if let Some(entries) = self.entries.get_mut(place) {
            entries.push(entry);
        }
    }

    fn get(&self, part: &str) -> &[Entry<'a>] {
        let entries = self.places.get(part).and_then(|place| self.entries.get(*place));
        entries.map(Vec::as_slice).unwrap_or_default()
    }
}

/// The part of the client that a key belongs to: `impl.gui` of `net.java.sip.communicator.impl.gui.…`. Empty for other keys.
fn part(key: &str) -> &str {
    let Some(rest) = key.strip_prefix(CLIENT) else { return "" };
    let dot = |from: usize| rest.bytes().skip(from).position(|byte| byte == b'.').map(|dot| from + dot);
    let end = dot(0).and_then(|first| dot(first + 1)).unwrap_or(rest.len());
    rest.get(..end).unwrap_or_default()
}

/// The account's id and the setting below it; no setting in the account's own line.
fn split<'a>(rest: &'a str, value: &str) -> (&'a str, Option<&'a str>) {
    let Some((id, attribute)) =
        position(rest.as_bytes(), |byte| byte == b'.').and_then(|dot| rest.split_at_checked(dot))
    else {
        return (rest, None);
    };
    if rest == value { (rest, None) } else { (id, attribute.get(1..)) }
}

#[cfg(test)]
mod tests;
