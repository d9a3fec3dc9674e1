//! Rules about what the catalogue says of a key: whether a client reads it, in which versions, and what it may say.

mod value;

#[cfg(test)]
mod tests;

use std::collections::BTreeSet;

use crate::catalogue::{self, KeyDescription, Protocol, ValueType};
use crate::document::Entry;
use crate::jitsi_keys::{PROTOCOLS, REMOVE};
use crate::lint::Client;
use crate::lint::finding::Finding;
use crate::lint::level::Level;
use crate::lint::rule::{Family, Rule};
use crate::lint::settings::Settings;

pub(in crate::lint) static FAMILY: Family = Family {
    title: "What clients know",
    rules: &[
        &UNKNOWN_KEY,
        &WRONG_VALUE,
        &PRESENCE_BOOLEAN,
        &PASSWORD_IN_CLEAR,
        &OBSOLETE_KEY,
        &TOO_NEW_KEY,
        &TOO_LATE_KEY,
    ],
};

pub(in crate::lint) static UNKNOWN_KEY: Rule = Rule {
    id: "unknown-key",
    levels: &[Level::Warning, Level::Note],
    can_be_suppressed: true,
    is_about_value: false,
    what: "None of the clients whose source was looked at reads the key.",
    why: "\
        The line has no effect on them; the key is often misspelt. [keys.md](keys.md) names the versions. The rule is a \
        note when the key may be meant for another program.",
    example: "net.java.sip.communicator.impl.gui.main.menus.SHOW_OPTIONS_WINDOW=false",
    instead: "net.java.sip.communicator.impl.gui.main.configforms.SHOW_OPTIONS_WINDOW=false",
};

pub(in crate::lint) static WRONG_VALUE: Rule = Rule {
    id: "wrong-value",
    levels: &[Level::Error, Level::Warning],
    can_be_suppressed: true,
    is_about_value: true,
    what: "The key does not accept the value.",
    why: "\
        The client falls back to another value, or throws an exception and stops what it was doing. The rule is an \
        error when the client throws.",
    example: "net.java.sip.communicator.impl.gui.main.contactlist.CONTACT_ADD_DISABLED=yes",
    instead: "net.java.sip.communicator.impl.gui.main.contactlist.CONTACT_ADD_DISABLED=true",
};

static PRESENCE_BOOLEAN: Rule = Rule {
    id: "presence-boolean",
    levels: &[Level::Warning],
    can_be_suppressed: true,
    is_about_value: false,
    what: "A key that counts as true whenever it is present is set to `false`.",
    why: "\
        The client does not look at the value, so it takes `false` for true. Only removing the key turns the setting \
        off.",
    example: "\
        # …\n\
        net.java.sip.communicator.impl.protocol.jabber.accwork.IS_READ_ONLY=false",
    instead: "\
        # …\n\
        net.java.sip.communicator.impl.protocol.jabber.accwork.IS_READ_ONLY=${null}",
};

static PASSWORD_IN_CLEAR: Rule = Rule {
    id: "password-in-clear",
    levels: &[Level::Warning],
    can_be_suppressed: true,
    is_about_value: false,
    what: "A secret is set under a key that does not end in `.PASSWORD`.",
    why: "\
        The client encrypts a value, and keeps it out of its log, only under a key with that ending. Everything else \
        is stored and logged in clear text.\n\n\
        The rule decides by the key alone: it knows the keys that hold a secret ([keys.md](keys.md)), and recognises \
        other keys [by their names](templates.md#what-counts-as-a-secret). It does not notice a secret under any \
        other key.",
    example: "\
        # …\n\
        net.java.sip.communicator.impl.protocol.jabber.accwork.STUN0ADDRESS=turn.example.org\n\
        net.java.sip.communicator.impl.protocol.jabber.accwork.STUN0PORT=3478\n\
        net.java.sip.communicator.impl.protocol.jabber.accwork.STUN0IS_TURN_SUPPORTED=true\n\
        net.java.sip.communicator.impl.protocol.jabber.accwork.STUN0USERNAME=anna\n\
        net.java.sip.communicator.impl.protocol.jabber.accwork.STUN0PASSWORD=secret",
    instead: "\
        # …\n\
        net.java.sip.communicator.impl.protocol.jabber.accwork.STUN0ADDRESS=turn.example.org\n\
        net.java.sip.communicator.impl.protocol.jabber.accwork.STUN0PORT=3478\n\
        net.java.sip.communicator.impl.protocol.jabber.accwork.STUN0IS_TURN_SUPPORTED=true\n\
        net.java.sip.communicator.impl.protocol.jabber.accwork.STUN0USERNAME=anna\n\
        net.java.sip.communicator.impl.protocol.jabber.accwork.STUN0.PASSWORD=secret",
};

static OBSOLETE_KEY: Rule = Rule {
    id: "obsolete-key",
    levels: &[Level::Warning, Level::Note],
    can_be_suppressed: true,
    is_about_value: false,
    what: "Newer clients no longer know the key, or the key is an old name.",
    why: "\
        Newer clients ignore a key that they no longer know, and read an old name only while the new one is not set. \
        The rule is a note when the client's version is unknown, and for old names.",
    example: "\
        # …\n\
        net.java.sip.communicator.impl.protocol.jabber.accwork.GTALK_ICE_ENABLED=true",
    instead: "\
        # …\n\
        net.java.sip.communicator.impl.protocol.jabber.accwork.ICE_ENABLED=true",
};

static TOO_LATE_KEY: Rule = Rule {
    id: "too-late-key",
    levels: &[Level::Warning],
    can_be_suppressed: true,
    is_about_value: false,
    what: "A key that acts only in the installation's files is in a reply.",
    why: "\
        The client reads it before it asks for its settings, or only as a system property of its Java. A reply comes \
        too late for it. Such keys belong in `jitsi-default-overrides.properties`, or in the command that starts the \
        client ([clients.md](clients.md)).",
    example: "plugin.provisioning.DEFAULT_PROVISIONING_METHOD=DHCP",
    instead: "net.java.sip.communicator.plugin.provisioning.METHOD=DHCP",
};

static TOO_NEW_KEY: Rule = Rule {
    id: "too-new-key",
    levels: &[Level::Warning, Level::Note],
    can_be_suppressed: true,
    is_about_value: false,
    what: "Older clients do not know the key yet.",
    why: "The line has no effect on them. The rule is a note when the client's version is unknown.",
    example: "net.java.sip.communicator.impl.gui.main.SHOW_MASTER_PASSWORD_WARNING=false",
    instead: "net.java.sip.communicator.impl.gui.main.contactlist.CONTACT_ADD_DISABLED=true",
};

/// The clients whose source was looked at, as a sentence with "neither" has them. A test holds it to the catalogue.
const LOOKED_AT: &str = "Jitsi 2.10 nor Jitsi master of April 2025";

/// Prefixes of the keys that the client's own parts read. Other keys may be meant for other programs.
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

/// Rules `unknown-key`, `wrong-value`, `presence-boolean`, `password-in-clear`, `obsolete-key`, `too-new-key` and
/// `too-late-key`.
///
/// A removal takes every key that begins like its own, so the key need not be one that is known.
pub(in crate::lint) fn check(settings: &Settings<'_>, client: &Client, findings: &mut Vec<Finding>) {
    let mut lookup = catalogue::Lookup::default();
    let mut unloaded = BTreeSet::new();
    let mut add = |entry: Entry<'_>, known: Option<&KeyDescription>| match known {
        Some(known) => findings.extend(of_known(entry, known, client)),
        None => findings.push(unknown_secret(entry).unwrap_or_else(|| unknown(entry))),
    };
    let is_looked_up =
        |entry: &Entry<'_>| entry.value() != REMOVE && (!settings.is_odd(*entry) || well_formed(entry.key()));
    for account in &settings.accounts {
        for (name, entry) in account.settings.iter().filter(|(_, entry)| is_looked_up(entry)) {
            add(*entry, lookup.describe_setting(account.protocol, name));
        }
    }
    for (protocol, entry) in settings.own_lines.iter().filter(|(_, entry)| is_looked_up(entry)) {
        add(*entry, lookup.describe_setting(*protocol, ""));
    }
    for entry in settings.of_no_account().filter(is_looked_up) {
        let known = lookup.describe(entry.key());
        // Of an account that no client loads the first line says it all.
        let says_it_all = |account| unloaded.insert(account);
        if known.is_some() || account_of_no_protocol(entry.key()).is_none_or(says_it_all) {
            add(entry, known);
        }
    }
}

fn of_known(entry: Entry<'_>, known: &KeyDescription, client: &Client) -> Option<Finding> {
    of_another_version(entry, known, client)
        .or_else(|| in_clear(entry, known))
        .or_else(|| value::wrong(entry, known, client))
        .or_else(|| too_late(entry, known))
        .or_else(|| old_name(entry, known))
}

/// Other rules report malformed keys.
fn well_formed(key: &str) -> bool {
    !key.is_empty() && key.bytes().all(|byte| byte.is_ascii_graphic())
}

fn of_another_version(entry: Entry<'_>, known: &KeyDescription, client: &Client) -> Option<Finding> {
    let version = client.version.as_ref();
    if let Some(until) = known.until.as_ref().filter(|until| version.is_none_or(|version| version >= *until)) {
        let instead = known.instead.unwrap_or("nothing: leave the line out, or put it under a condition");
        let message = match version {
            Some(_) => {
                format!("this client no longer knows the key (gone in {until}), so it has no effect; write {instead}")
            }
            None => {
                format!("from {until} on clients no longer know the key, so it has no effect there; write {instead}")
            }
        };
        return Some(of_version(&OBSOLETE_KEY, entry, client, message));
    }
    let since = known.since.as_ref().filter(|since| version.is_none_or(|version| version < *since))?;
    let message = match version {
        Some(version) => format!(
            "this client has version {version}, but clients know the key only from {since} on, so it has no effect; \
             there is nothing to do if newer clients get the same text"
        ),
        None => format!("clients know the key only from {since} on; older ones store it, and it has no effect"),
    };
    Some(of_version(&TOO_NEW_KEY, entry, client, message))
}

fn of_version(rule: &'static Rule, entry: Entry<'_>, client: &Client, message: String) -> Finding {
    let level = if client.version.is_some() { Level::Warning } else { Level::Note };
    Finding { level, ..Finding::note(rule, entry, message) }
}

/// A key that only the installation's files can set.
fn too_late(entry: Entry<'_>, known: &KeyDescription) -> Option<Finding> {
    let message = "the client reads this key before it asks for its settings, so a reply comes too late for it; put it \
                   into the installation's `jitsi-default-overrides.properties`, and remove the line";
    known.installed.then(|| Finding::warning(&TOO_LATE_KEY, entry, message))
}

/// A name that the client reads only while the new one is not set.
fn old_name(entry: Entry<'_>, known: &KeyDescription) -> Option<Finding> {
    let new = known
        .instead
        .filter(|_| known.until.is_none() && !matches!(known.value, ValueType::Secret | ValueType::Removal))?;
    let message = format!("this is an old name, which the client reads only while the new one is not set; write {new}");
    Some(Finding::note(&OBSOLETE_KEY, entry, message))
}

fn in_clear(entry: Entry<'_>, known: &KeyDescription) -> Option<Finding> {
    if known.value != ValueType::Secret || known.is_encrypted() || entry.value().is_empty() {
        return None;
    }
    let instead = known.instead.unwrap_or("a key that ends in `.PASSWORD`");
    Some(Finding::warning(&PASSWORD_IN_CLEAR, entry, in_the_clear(instead)))
}

fn unknown_secret(entry: Entry<'_>) -> Option<Finding> {
    (entry.is_secret() && !entry.key().ends_with(".PASSWORD"))
        .then(|| Finding::warning(&PASSWORD_IN_CLEAR, entry, in_the_clear("a key that ends in `.PASSWORD`")))
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
        let message = format!("neither {LOOKED_AT} reads this key; a client stores it and does nothing with it");
        return Finding::note(&UNKNOWN_KEY, entry, message);
    }
    let protocols: Vec<String> = catalogue::protocols_with_setting(key).iter().map(ToString::to_string).collect();
    let message = if catalogue::is_setting_of_account(key) {
        "only an account has this setting, not the defaults for all accounts, so it has no effect here; move it to the \
         account"
            .to_owned()
    } else if !protocols.is_empty() {
        format!(
            "only {} accounts have this setting, so it has no effect here; move it to such an account, or remove the line",
            protocols.join(" and ")
        )
    } else if account_of_no_protocol(key).is_some() {
        format!("neither {LOOKED_AT} has accounts of this protocol, so no client loads the account; remove its lines")
    } else {
        format!(
            "neither {LOOKED_AT} reads this key, so the line has no effect on them; look the key up in docs/keys.md"
        )
    };
    Finding::warning(&UNKNOWN_KEY, entry, message)
}

/// The beginning of a key, up to the account's id, of an account whose protocol no client has: `AccountManager` loads
/// accounts only below the name of a factory that is there.
fn account_of_no_protocol(key: &str) -> Option<&str> {
    let (protocol, setting) = key.strip_prefix(PROTOCOLS)?.split_once('.')?;
    let is_other = setting.starts_with("acc") && Protocol::of_key(key).is_none() && !protocol.is_empty();
    let id = setting.split('.').next().unwrap_or_default();
    is_other.then(|| key.get(..PROTOCOLS.len() + protocol.len() + 1 + id.len())).flatten()
}
