//! Rules about what the catalogue says of a key: whether a client reads it, in which versions, and what it may say.

mod value;

#[cfg(test)]
mod tests;

use crate::catalogue::{self, KeyDescription, ValueType};
use crate::document::{Document, Entry};
use crate::jitsi_keys::REMOVE;
use crate::lint::client::Client;
use crate::lint::finding::{Finding, Level};

/// The rules of this file.
#[cfg(test)]
pub(in crate::lint) const RULES: [&str; 6] =
    ["unknown-key", "wrong-value", "presence-boolean", "password-in-clear", "obsolete-key", "too-new-key"];

/// Beginnings of the keys that the client's own parts read. What stands elsewhere may be meant for others.
const NAMESPACES: [&str; 11] = [
    "net.java.",
    "org.jitsi.",
    "service.gui.",
    "impl.gui.",
    "plugin.",
    "provisioning.",
    "systray.",
    "org.ice4j.",
    "java.net.",
    "gov.nist.",
    "impl.",
];

/// Rules `unknown-key`, `wrong-value`, `presence-boolean`, `password-in-clear`, `obsolete-key` and `too-new-key`.
///
/// A removal takes every key that begins like its own, so the key need not be one that is known.
pub(in crate::lint) fn check(document: &Document, client: &Client, findings: &mut Vec<Finding>) {
    for entry in document.entries().filter(|entry| !entry.is_bare() && entry.value() != REMOVE) {
        if !well_formed(entry.key()) {
            continue;
        }
        let finding = match catalogue::describe(entry.key()) {
            Some(known) => of_another_version(entry, known, client)
                .or_else(|| in_clear(entry, known))
                .or_else(|| value::wrong(entry, known)),
            None => Some(unknown_secret(entry).unwrap_or_else(|| unknown(entry))),
        };
        findings.extend(finding);
    }
}

/// What else is wrong with a key, other rules tell.
fn well_formed(key: &str) -> bool {
    !key.is_empty() && key.bytes().all(|byte| byte.is_ascii_graphic())
}

fn of_another_version(entry: Entry<'_>, known: &KeyDescription, client: &Client) -> Option<Finding> {
    let version = client.version.as_ref();
    if let Some(until) = known.until.as_ref().filter(|until| version.is_none_or(|version| version >= *until)) {
        let instead = known.instead.as_deref().unwrap_or("nothing: leave the line out, or put it under a condition");
        let message = match version {
            Some(_) => {
                format!("this client no longer knows the key (gone in {until}), so it has no effect; write {instead}")
            }
            None => {
                format!("from {until} on clients no longer know the key, so it has no effect there; write {instead}")
            }
        };
        return Some(of_version("obsolete-key", entry, client, message));
    }
    let since = known.since.as_ref().filter(|since| version.is_none_or(|version| version < *since))?;
    let message = match version {
        Some(version) => format!(
            "this client is of version {version} and knows the key only from {since} on, so it has no effect; nothing to \
             do if newer clients get the same text"
        ),
        None => format!("clients know the key only from {since} on; older ones store it, and it has no effect"),
    };
    Some(of_version("too-new-key", entry, client, message))
}

fn of_version(rule: &'static str, entry: Entry<'_>, client: &Client, message: String) -> Finding {
    let level = if client.version.is_some() { Level::Warning } else { Level::Note };
    Finding { level, ..Finding::note(rule, entry, message) }
}

fn in_clear(entry: Entry<'_>, known: &KeyDescription) -> Option<Finding> {
    if known.value != ValueType::Secret || known.is_encrypted() || entry.value().is_empty() {
        return None;
    }
    let instead = known.instead.as_deref().unwrap_or("a key that ends in `.PASSWORD`");
    Some(Finding::warning("password-in-clear", entry, in_the_clear(instead)))
}

fn unknown_secret(entry: Entry<'_>) -> Option<Finding> {
    (entry.is_secret() && !entry.key().ends_with(".PASSWORD"))
        .then(|| Finding::warning("password-in-clear", entry, in_the_clear("a key that ends in `.PASSWORD`")))
}

fn in_the_clear(instead: &str) -> String {
    format!(
        "the client encrypts a value and keeps it out of its log only under a key that ends in `.PASSWORD`, in upper case \
         and with the dot; write {instead}"
    )
}

fn unknown(entry: Entry<'_>) -> Finding {
    let key = entry.key();
    if !NAMESPACES.iter().any(|namespace| key.starts_with(namespace)) {
        let message = "no part of a Jitsi client reads this key; it stores it and does nothing with it";
        return Finding::note("unknown-key", entry, message);
    }
    let message = match catalogue::setting_of_another_protocol(key) {
        Some(protocol) => format!(
            "only {protocol} accounts have this setting, so it has no effect here; move it to such an account, or remove \
             the line"
        ),
        None => "no client reads this key, so the line has no effect; look the key up in docs/keys.md".to_owned(),
    };
    Finding::warning("unknown-key", entry, message)
}
