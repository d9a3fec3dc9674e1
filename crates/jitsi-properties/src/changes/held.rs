//! What is wrong with what a client holds after a reply, although the reply alone shows nothing of it.
//!
//! A client keeps what an earlier reply set and a later one does not name. So an account that stays can have the
//! `ACCOUNT_UID` of a new one, half of a pair of settings can be missing, and a lock can stay closed.

use std::collections::{BTreeMap, HashSet};

use super::change::Change;
use super::step::Key;
use super::{Setting, stored_key};
use crate::catalogue::{self, Protocol, ValueType};
use crate::document::{Document, EntrySpan, Separator};
use crate::jitsi_keys::{ENCRYPTED_PASSWORD, PASSWORD};
use crate::lint::{Client, Finding, Level, OtherLine, judges_state, lint};

/// The most that is said of one reply. More would not help its reader.
const MOST: usize = 100;

/// The settings of a client before and after a reply, and the reply.
pub(super) struct Held<'a> {
    pub(super) before: &'a BTreeMap<String, Setting>,
    pub(super) after: &'a BTreeMap<String, Setting>,
    pub(super) reply: &'a Document,
}

impl Held<'_> {
    /// What the linter says of the settings together and not of the reply, then the passwords that are lost.
    pub(super) fn harm(&self) -> Vec<Change> {
        let known: HashSet<_> = lint(self.reply, &Client::default()).iter().map(subject).collect();
        let findings = lint(&self.document(), &Client::default()).into_iter();
        let new = findings.filter(|finding| {
            finding.level > Level::Note && judges_state(finding.rule) && !known.contains(&subject(finding))
        });
        let broken =
            new.map(|finding| Change::Breaks { rule: finding.rule, level: finding.level, message: message(&finding) });
        broken.chain(self.lost_passwords()).take(MOST).collect()
    }

    /// Splits the keys that stay into those that go on to lock or hide something, and all others.
    pub(super) fn locks(&self, stays: Vec<Key>) -> (Vec<Key>, Vec<Key>) {
        let value = |key: &Key| self.after.get(key.text()).and_then(|setting| setting.text.as_ref());
        stays.into_iter().partition(|key| value(key).is_some_and(|value| locks(key.text(), value)))
    }

    /// The stored settings as a text would set them: first what is kept, in line 0, then what the reply sets.
    fn document(&self) -> Document {
        let lines: BTreeMap<String, usize> =
            self.reply.entries().map(|entry| (stored_key(entry.key()), entry.line())).collect();
        let line = |key: &String| lines.get(key).copied().unwrap_or_default();
        let mut settings: Vec<_> = self.after.iter().filter(|(_, setting)| !setting.bare).collect();
        settings.sort_by_key(|(key, _)| line(key));
        let mut document = Document::default();
        for (key, setting) in settings {
            let Some(text) = &setting.text else { continue };
            let own = key.strip_suffix(ENCRYPTED_PASSWORD).map(|account| format!("{account}{PASSWORD}"));
            let span = EntrySpan {
                line: line(key),
                key: document.push(own.as_ref().unwrap_or(key)),
                value: document.push(text),
                key_at: 0..0,
                value_at: 0..0,
                separator: Separator::Equals,
            };
            document.entries.push(span);
        }
        document
    }

    /// Accounts that had a password and now have none: it was removed, or stayed with the account from which another id
    /// took the `ACCOUNT_UID`.
    fn lost_passwords(&self) -> impl Iterator<Item = Change> {
        accounts(self.after).filter_map(|account| {
            let has = |settings: &BTreeMap<String, Setting>, account: &str| {
                settings.contains_key(&format!("{account}{ENCRYPTED_PASSWORD}"))
            };
            if has(self.after, account) || logs_in_without(self.after, account) {
                return None;
            }
            let uid = uid(self.after, account);
            let earlier = |other: &&str| *other == account || uid.is_some() && uid == self::uid(self.before, other);
            let had = accounts(self.before).filter(earlier).any(|other| has(self.before, other));
            had.then(|| Change::LosesPassword { account: Key::new(account.to_owned(), false) })
        })
    }
}

/// The rule and the key of a finding: what makes it the same in two texts.
fn subject(finding: &Finding) -> (&'static str, Option<String>) {
    (finding.rule.id, finding.key.clone())
}

/// The message without numbers of lines that no text has; of what is kept with the removal, since there is no line to change.
fn message(finding: &Finding) -> String {
    let mut message = finding.message.clone();
    if let Some(OtherLine { line: 0, at }) = &finding.other {
        message.replace_range(at.clone(), "an earlier reply");
        if finding.line > 0 {
            message.push_str("; or remove what the earlier reply set there, by its key and `${null}`");
        }
    }
    let Some(key) = finding.key.as_ref().filter(|_| finding.line == 0) else { return message };
    let what = message.split_once("; ").map_or(message.as_str(), |(what, _)| what);
    format!("{what}; the reply does not set this: `{}=${{null}}` removes it from the client", key.escape_debug())
}

/// The keys of the accounts' own lines.
fn accounts(settings: &BTreeMap<String, Setting>) -> impl Iterator<Item = &str> {
    settings.iter().filter_map(|(key, setting)| {
        let (_, id) = Protocol::of_key(key)?;
        (id.starts_with("acc") && !id.contains('.') && !setting.bare).then_some(key.as_str())
    })
}

fn text<'a>(settings: &'a BTreeMap<String, Setting>, key: &str) -> Option<&'a str> {
    let text = settings.get(key)?.text.as_ref()?.trim();
    (!text.is_empty()).then_some(text)
}

fn uid<'a>(settings: &'a BTreeMap<String, Setting>, account: &str) -> Option<&'a str> {
    text(settings, &format!("{account}.ACCOUNT_UID"))
}

fn logs_in_without(settings: &BTreeMap<String, Setting>, account: &str) -> bool {
    let is_true = |name: &str| {
        text(settings, &format!("{account}.{name}")).is_some_and(|value| value.eq_ignore_ascii_case("true"))
    };
    is_true("NO_PASSWORD_REQUIRED")
        || is_true("ANONYMOUS_AUTH")
        || text(settings, &format!("{account}.CLIENT_TLS_CERTIFICATE")).is_some()
}

/// Whether a stored setting takes something away from the user: hides it, locks it or switches it off.
///
/// Decided by the names, which the client's authors kept alike, so keys of later clients count too.
fn locks(key: &str, value: &str) -> bool {
    const CLOSED_BY_TRUE: [&str; 7] = ["DISABLED", "DISABLE_", "HIDE_", "HIDDEN", "READ_ONLY", "_CANT_", "_MANDATORY"];
    const CLOSED_BY_FALSE: [&str; 4] = ["SHOW_", "ENABLE_", "_ENABLED", "ALLOW_"];
    let name = key.strip_prefix("net.java.sip.communicator.").unwrap_or(key);
    let has = |words: &[&str]| words.iter().any(|word| name.contains(word));
    if catalogue::describe(key).is_some_and(|known| known.value == ValueType::Presence) {
        return true;
    }
    match value.trim() {
        value if value.eq_ignore_ascii_case("true") => has(&CLOSED_BY_TRUE),
        value if value.eq_ignore_ascii_case("false") => has(&CLOSED_BY_FALSE) && is_of_the_window(name),
        _ => false,
    }
}

/// Whether a setting is about windows and menus: `ICE_ENABLED=false` takes nothing away that a user sees.
fn is_of_the_window(name: &str) -> bool {
    ["impl.gui.", "service.gui.", "plugin.", "util.swing."].iter().any(|part| name.starts_with(part))
}
