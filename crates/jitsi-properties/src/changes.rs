//! What a client's stored settings become when it applies a reply.
//!
//! Read in the client's source, Jitsi 2.10 and its master branch alike: `ProvisioningServiceImpl.updateConfiguration`
//! and `processProperty`, `JdbcConfigService.setProperty` and `removeProperty`, `CredentialsStorageServiceImpl`.
//!
//! 1. The reply is loaded whole. A key that is set twice keeps the first position and the last value
//!    (`OrderedProperties`). A key of blanks is passed over.
//! 2. Then entry by entry, in that order. `provisioning.ALLOW_PREFIX` says which of the entries after it count; there is
//!    never a second one, by 1. `provisioning.ENFORCE_PREFIX` removes at its place every stored key that begins with
//!    no item of its list, and with each of them all keys that begin with it, allowed or not.
//! 3. `KEY=${null}` removes every stored key that begins with `KEY`; no other entry removes anything, so what a reply no
//!    longer names stays.
//! 4. `X.PASSWORD` is encrypted and stored as `X.ENCRYPTED_PASSWORD`.
//! 5. `${system}.NAME` sets a Java property for this run and stores nothing. So does an entry whose key is the name of a
//!    Java property. Without a name, Java throws, and the client stops there: what came before stays applied.
//! 6. Everything else is stored as it is, blanks included. They are trimmed where a text is read, and are not where a
//!    boolean or a password is.
//!
//! Not modelled, since only the client knows them: what its user stored, the defaults of its installation, and keys that
//! the installation does not let anybody change (`*` in `jitsi-default-overrides.properties`).

mod change;
mod compare;
mod held;
mod step;
#[cfg(test)]
mod tests;

use std::collections::hash_map::Entry as Slot;
use std::collections::{BTreeMap, HashMap};
use std::fmt;
use std::ops::Bound;

use zeroize::Zeroizing;

use crate::document::{Document, Entry};
use crate::jitsi_keys::{
    ALLOW_PREFIX, ENCRYPTED_PASSWORD, ENFORCE_PREFIX, METHOD, NEEDED_TO_ASK, PASSWORD, REMOVE, SYSTEM,
};
use crate::prefix_list::PrefixList;

pub use self::change::{Change, Shown};
pub use self::compare::compare;
pub use self::step::{Cause, Effect, Key, Removal, Step};

/// Java properties that every run of a client has, and that a reply might name: the launcher's (`Jitsi.java`), and of
/// the JDK's those that `System.getProperties` promises.
const JAVA_PROPERTIES: [&str; 17] = [
    "net.java.sip.communicator.SC_CACHE_DIR_LOCATION",
    "net.java.sip.communicator.SC_HOME_DIR_LOCATION",
    "net.java.sip.communicator.SC_HOME_DIR_NAME",
    "net.java.sip.communicator.SC_LOG_DIR_LOCATION",
    "file.separator",
    "java.class.path",
    "java.home",
    "java.io.tmpdir",
    "java.library.path",
    "java.vendor",
    "java.version",
    "line.separator",
    "os.arch",
    "os.name",
    "os.version",
    "user.home",
    "user.name",
];

/// The stored settings of a client, as far as replies and provisioning itself made them.
///
/// By default those of a client that asks for provisioning and never got a reply, with values that only it knows.
/// Values are wiped when they go; `Debug` shows keys alone.
#[derive(Clone)]
pub struct ClientSettings {
    stored: BTreeMap<String, Setting>,
    /// Java properties that entries set for the present run.
    run: BTreeMap<String, Setting>,
}

/// One value with what must be known to show it, or not.
#[derive(Clone)]
struct Setting {
    /// None for a value that only the client knows.
    text: Option<Zeroizing<String>>,
    /// The key says that it is a secret.
    secret: bool,
    /// The key may hold its value, see [`Entry::is_bare`].
    bare: bool,
}

impl Default for ClientSettings {
    fn default() -> Self {
        let mut settings = Self { stored: BTreeMap::new(), run: BTreeMap::new() };
        settings.start();
        settings
    }
}

impl ClientSettings {
    /// Starts a client with these settings, lets it ask and applies `reply`. The steps come in the client's order.
    pub fn apply(&mut self, reply: &Document) -> Vec<Step> {
        self.start();
        let mut applying = Applying { settings: self, allowed: None, stopped: false, steps: Vec::new() };
        for entry in loaded(reply) {
            applying.entry(entry);
        }
        applying.steps
    }

    /// The keys that are stored, sorted.
    pub fn keys(&self) -> impl Iterator<Item = Key> + '_ {
        self.stored.iter().map(|(key, setting)| Key::new(key.clone(), setting.bare))
    }

    /// Whether the next start asks for provisioning at all, if the installation presets no method
    /// (`ProvisioningActivator.startWithServices`).
    #[must_use]
    pub fn asks(&self) -> bool {
        let method = self.stored.get(METHOD).map(|setting| setting.text.as_ref());
        method.is_some_and(|method| method.is_none_or(|text| !matches!(text.trim(), "" | "NONE")))
    }

    /// A new run of a client that asks again: it has what one asks with, and no Java properties of earlier replies.
    fn start(&mut self) {
        self.run.clear();
        for key in NEEDED_TO_ASK {
            let own = Setting { text: None, secret: false, bare: false };
            self.stored.entry(key.to_owned()).or_insert(own);
        }
    }
}

/// `Properties.load` into a map that keeps its order: the first place with the last value.
fn loaded(reply: &Document) -> Vec<Entry<'_>> {
    let mut places = HashMap::new();
    let mut entries = Vec::with_capacity(reply.entries().len());
    for entry in reply.entries() {
        match places.entry(entry.key()) {
            Slot::Vacant(place) => {
                place.insert(entries.len());
                entries.push(entry);
            }
            Slot::Occupied(place) => {
                if let Some(first) = entries.get_mut(*place.get()) {
                    *first = entry;
                }
            }
        }
    }
    entries
}

/// Where the client keeps what an entry of this key sets.
fn stored_key(key: &str) -> String {
    match key.strip_suffix(PASSWORD) {
        Some(account) => format!("{account}{ENCRYPTED_PASSWORD}"),
        None => key.to_owned(),
    }
}

/// A reply on its way into the settings.
struct Applying<'a> {
    settings: &'a mut ClientSettings,
    /// The list of `ALLOW_PREFIX` with its line.
    allowed: Option<(PrefixList<'a>, usize)>,
    stopped: bool,
    steps: Vec<Step>,
}

impl<'a> Applying<'a> {
    fn entry(&mut self, entry: Entry<'a>) {
        let key = entry.key();
        if key.trim_matches(|character| character <= ' ').is_empty() {
            return;
        }
        if self.stopped {
            return self.step(entry, Effect::NotReached);
        }
        match key {
            ALLOW_PREFIX => self.allowed = Some((PrefixList::new(entry.value()), entry.line())),
            ENFORCE_PREFIX => self.enforce(entry),
            _ => match &self.allowed {
                Some((list, line)) if !list.is_without_items() && !list.covers(key) => {
                    let list = *line;
                    self.step(entry, Effect::NotAllowed { list });
                }
                _ => self.process(entry),
            },
        }
    }

    fn process(&mut self, entry: Entry<'a>) {
        let key = entry.key();
        if entry.value() == REMOVE {
            self.step(entry, Effect::Sweep { list: None });
            let by = Removal { line: entry.line(), cause: Cause::Null { key: Key::from_entry(entry) } };
            self.remove(key, &by);
        } else if key.ends_with(PASSWORD) {
            self.set(entry, stored_key(key));
        } else if let Some(name) = key.strip_prefix(SYSTEM) {
            if name.is_empty() {
                self.stopped = true;
                self.step(entry, Effect::Stopped);
            } else {
                self.set_for_this_run(entry, name.to_owned());
            }
        } else {
            self.set(entry, key.to_owned());
        }
    }

    /// `JdbcConfigService.setProperty` with a value.
    fn set(&mut self, entry: Entry<'a>, key: String) {
        if self.settings.run.contains_key(&key) || JAVA_PROPERTIES.contains(&key.as_str()) {
            return self.set_for_this_run(entry, key);
        }
        self.steps.push(Step {
            line: entry.line(),
            key: Key::new(key.clone(), entry.is_bare()),
            effect: Effect::Stored,
        });
        self.settings.stored.insert(key, Setting::from_entry(entry));
    }

    fn set_for_this_run(&mut self, entry: Entry<'a>, name: String) {
        self.steps.push(Step {
            line: entry.line(),
            key: Key::new(name.clone(), entry.is_bare()),
            effect: Effect::ForThisRun,
        });
        self.settings.run.insert(name, Setting::from_entry(entry));
    }

    /// `ProvisioningServiceImpl.checkEnforcePrefix`: the keys are listed first, then removed one by one.
    fn enforce(&mut self, entry: Entry<'a>) {
        self.step(entry, Effect::Sweep { list: Some(entry.value().to_owned()) });
        let list = PrefixList::new(entry.value());
        let outside: Vec<Key> = self.settings.keys().filter(|key| !list.covers(key.text())).collect();
        for through in outside {
            let key = through.text().to_owned();
            self.remove(&key, &Removal { line: entry.line(), cause: Cause::Enforce { through } });
        }
    }

    /// `JdbcConfigService.removeProperty`: the stored keys that begin with `prefix`, then the key itself. Where a Java
    /// property has the name of one, it goes in the stored one's stead.
    fn remove(&mut self, prefix: &str, by: &Removal) {
        let ClientSettings { stored, run } = &mut *self.settings;
        let from = (Bound::Included(prefix), Bound::Unbounded);
        let keys = stored.range::<str, _>(from).map(|(key, _)| key).take_while(|key| key.starts_with(prefix));
        let keys: Vec<String> = keys.cloned().chain([prefix.to_owned()]).collect();
        for key in keys {
            if run.remove(&key).is_some() {
                continue;
            }
            if let Some(setting) = stored.remove(&key) {
                let key = Key::new(key, setting.bare);
                self.steps.push(Step { line: by.line, key, effect: Effect::Removed(by.clone()) });
            }
        }
    }

    fn step(&mut self, entry: Entry<'_>, effect: Effect) {
        self.steps.push(Step { line: entry.line(), key: Key::from_entry(entry), effect });
    }
}

impl Setting {
    fn from_entry(entry: Entry<'_>) -> Self {
        let text = Some(Zeroizing::new(entry.value().to_owned()));
        Self { text, secret: entry.is_secret(), bare: entry.is_bare() }
    }
}

impl fmt::Debug for ClientSettings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.keys()).finish()
    }
}
