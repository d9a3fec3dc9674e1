//! Rules about `${null}` that takes away what the same text sets, or that a value takes away.
//!
//! `OrderedProperties`, into which `ProvisioningServiceImpl.updateConfiguration` reads the text, keeps a key at the place of
//! its first line, with the value of its last.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet, HashSet};

use super::{NULL_AND_VALUE, NULL_UNDOES_ACCOUNT, NULL_UNDOES_LINE};
use crate::catalogue::Protocol;
use crate::document::Entry;
use crate::jitsi_keys::{ENCRYPTED_PASSWORD, PASSWORD, REMOVE};
use crate::lint::finding::Finding;
use crate::lint::settings::Settings;

/// What a removal undoes.
#[derive(Clone, Copy)]
struct Undone<'a> {
    by: Entry<'a>,
    /// The line that is undone, and whether it is an account's own.
    line: usize,
    is_account: bool,
}

/// Rules `null-undoes-account`, `null-undoes-line` and `null-and-value`.
///
/// Goes from the last line to the first with the removals that are still to come. Those that begin with another are
/// left out, so that at most one begins a key.
pub(in crate::lint) fn check(settings: &Settings<'_>, findings: &mut Vec<Finding>) {
    if settings.removals.is_empty() {
        return;
    }
    let pairs = settings.repeated.iter().filter(|(entry, before)| is_null_and_value(*entry, *before));
    let mut keys = None;
    findings.extend(pairs.map(|(entry, before)| {
        let keys = keys.get_or_insert_with(|| settings.entries().map(|entry| entry.key()).collect());
        null_and_value(keys, *entry, *before)
    }));
    let mut removals: BTreeMap<&str, Entry<'_>> = BTreeMap::new();
    let mut undone: BTreeMap<usize, Undone<'_>> = BTreeMap::new();
    for entry in as_applied(settings).into_iter().rev().filter(|entry| !entry.is_bare() && !entry.key().is_empty()) {
        if entry.value() == REMOVE {
            insert(&mut removals, entry);
        } else if let Some(by) = undoes(&removals, entry) {
            let is_account =
                Protocol::of_key(entry.key()).is_some_and(|(_, id)| id.starts_with("acc") && id == entry.value());
            let found = Undone { by, line: entry.line(), is_account };
            let kept = undone.entry(by.line()).or_insert(found);
            if is_account || !kept.is_account {
                *kept = found;
            }
        }
    }
    findings.extend(undone.into_values().map(finding));
}

/// Whether one of two lines with the same key sets it, and the other removes it.
pub(in crate::lint) fn is_null_and_value(entry: Entry<'_>, before: Entry<'_>) -> bool {
    (entry.value() == REMOVE) != (before.value() == REMOVE)
}

fn null_and_value(keys: &BTreeSet<&str>, entry: Entry<'_>, before: Entry<'_>) -> Finding {
    if entry.value() == REMOVE {
        let message = format!(
            "the client keeps this `${{null}}` at the place of line {line} instead of the value there, so the key is not set; \
             remove one of the two lines",
            line = before.line()
        );
        return Finding::error(&NULL_AND_VALUE, entry, message).naming(before.line());
    }
    let clear = cleared_first(keys, before.key()).unwrap_or_default();
    let message = format!(
        "this `${{null}}` removes nothing: when a key is set twice, the client keeps only the last value, here that of \
         line {line}, which replaces the old one anyway; remove the line with `${{null}}`{clear}",
        line = entry.line()
    );
    Finding::warning(&NULL_AND_VALUE, before, message).naming(entry.line())
}

/// How to clear what is below a key, if the text sets something there.
fn cleared_first(keys: &BTreeSet<&str>, key: &str) -> Option<String> {
    let below = format!("{key}.");
    keys.range(below.as_str()..).next().filter(|next| next.starts_with(&below))?;
    let last = key.rsplit_once('.').map_or(key, |(_, last)| last);
    Some(format!(
        ", or write `….{}.=${{null}}`, with a dot at the end, to clear all that is below the key before the text sets it",
        last.escape_debug()
    ))
}

/// The lines in the order in which the client applies them: of a key that is set twice the last value, at the first place.
fn as_applied<'a>(settings: &Settings<'a>) -> Vec<Entry<'a>> {
    let entries = settings.entries();
    if settings.repeated.is_empty() {
        return entries.collect();
    }
    let mut seen = HashSet::new();
    let first = entries.filter(|entry| entry.is_bare() || seen.insert(entry.key()));
    first.map(|entry| settings.entry(entry.key()).filter(|_| !entry.is_bare()).unwrap_or(entry)).collect()
}

/// The removal that takes away what an entry sets.
fn undoes<'a>(removals: &BTreeMap<&'a str, Entry<'a>>, entry: Entry<'_>) -> Option<Entry<'a>> {
    if removals.is_empty() {
        return None;
    }
    beginning(removals, &stored(entry.key())).filter(|by| by.key() != entry.key())
}

/// Where the client stores what a line sets (`CredentialsStorageServiceImpl.storePassword`).
fn stored(key: &str) -> Cow<'_, str> {
    match key.strip_suffix(PASSWORD) {
        Some(prefix) => Cow::Owned(format!("{prefix}{ENCRYPTED_PASSWORD}")),
        None => Cow::Borrowed(key),
    }
}

fn insert<'a>(removals: &mut BTreeMap<&'a str, Entry<'a>>, entry: Entry<'a>) {
    let key = entry.key();
    if beginning(removals, key).is_none() {
        while let Some((longer, _)) = removals.range(key..).next().filter(|(longer, _)| longer.starts_with(key)) {
            let longer = *longer;
            removals.remove(longer);
        }
        removals.insert(key, entry);
    }
}

/// The removal that a key begins with.
fn beginning<'a>(removals: &BTreeMap<&'a str, Entry<'a>>, key: &str) -> Option<Entry<'a>> {
    if removals.is_empty() {
        return None;
    }
    removals.range(..=key).next_back().filter(|(beginning, _)| key.starts_with(**beginning)).map(|(_, entry)| *entry)
}

fn finding(undone: Undone<'_>) -> Finding {
    let Undone { by, line, is_account } = undone;
    if is_account {
        let message = format!(
            "this removes the account that line {line} has set, because its key begins with this one and the client \
             applies the lines in order; give that account an id that does not begin with this one, or write a longer key"
        );
        return Finding::error(&NULL_UNDOES_ACCOUNT, by, message).naming(line);
    }
    let message = format!(
        "this removes what line {line} has set, because its key begins with this one and the client applies the lines \
         in order; put the removal above, or write a longer key"
    );
    Finding::warning(&NULL_UNDOES_LINE, by, message).naming(line)
}

#[cfg(test)]
mod tests {
    use crate::lint::{Client, broken_by, lint};
    use crate::parse;

    fn broken(text: &str) -> Vec<(usize, &'static str)> {
        broken_by(&["null-undoes-account", "null-undoes-line"], text)
    }

    #[test]
    fn what_was_set_above_is_not_removed() {
        assert_eq!(broken("a.b=1\na.c=2\na=${null}\n"), [(3, "null-undoes-line")]);
        assert_eq!(broken("a=${null}\na.b=1\n"), []);
        assert_eq!(broken("a.b=1\na.c=${null}\na.bc.d=${null}\n"), []);
        // The key is set twice, which has a rule of its own.
        assert_eq!(broken("a.b=1\na.b=${null}\n"), []);
    }

    #[test]
    fn a_value_and_a_removal_of_one_key_do_not_add_up() {
        let broken = |text: &str| broken_by(&["null-and-value", "duplicate-key", "null-undoes-line"], text);
        assert_eq!(broken("a.b=${null}\na.b=1\n"), [(1, "null-and-value")]);
        assert_eq!(broken("a.b=1\na.c=1\na.b=${null}\n"), [(3, "null-and-value")]);
        assert_eq!(broken("a.b=${null}\na.b=${null}\n"), [(2, "duplicate-key")]);
        assert_eq!(broken("a.=${null}\na=1\na.b=1\n"), []);
        // The last value stands at the first place, above the removal.
        assert_eq!(broken("a.b=1\na=${null}\na.b=2\n"), [(2, "null-undoes-line"), (3, "duplicate-key")]);
    }

    #[test]
    fn the_message_says_how_to_clear_an_account_before_it_is_set() {
        const NODE: &str = "net.java.sip.communicator.impl.protocol.jabber.accchat";
        let text = format!(
            "{NODE}=${{null}}\n{NODE}=accchat\n{NODE}.PROTOCOL_NAME=Jabber\n{NODE}.ACCOUNT_UID=u\n{NODE}.USER_ID=a@b\n"
        );
        let findings = lint(&parse(&text).unwrap(), &Client::default());
        let [finding] = findings.try_into().unwrap();
        assert!(finding.message.contains("`….accchat.=${null}`"), "{}", finding.message);
        // There is nothing below a single setting.
        let [finding] = lint(&parse("site.x=${null}\nsite.x=1\n").unwrap(), &Client::default())
            .into_iter()
            .filter(|finding| finding.rule.id == "null-and-value")
            .collect::<Vec<_>>()
            .try_into()
            .unwrap();
        assert!(!finding.message.contains("dot"), "{}", finding.message);
        assert_eq!(lint(&parse(&text.replacen("=${null}", ".=${null}", 1)).unwrap(), &Client::default()), []);
    }

    #[test]
    fn a_password_is_undone_where_the_client_stores_it() {
        assert_eq!(broken("a.PASSWORD=s\na.ENCRYPTED_PASSWORD=${null}\n"), [(2, "null-undoes-line")]);
        assert_eq!(broken("a.PASSWORD=s\na.ENC=${null}\n"), [(2, "null-undoes-line")]);
        assert_eq!(broken("a.ENCRYPTED_PASSWORD=${null}\na.PASSWORD=s\n"), []);
        assert_eq!(broken("a.PASSWORD=s\na.PASS=${null}\n"), []);
    }

    #[test]
    fn an_account_that_was_set_above_is_worse() {
        const NODE: &str = "net.java.sip.communicator.impl.protocol.sip.accx";
        assert_eq!(broken(&format!("{NODE}1=accx1\n{NODE}=${{null}}")), [(2, "null-undoes-account")]);
        assert_eq!(broken(&format!("{NODE}1=accx1\n{NODE}1.USER_ID=a\n{NODE}1.=${{null}}")), [(3, "null-undoes-line")]);
    }

    #[test]
    fn the_removal_with_the_shortest_key_is_reported() {
        assert_eq!(broken("a.b.c=1\na.b=${null}\na=${null}\n"), [(3, "null-undoes-line")]);
        assert_eq!(broken("a.b.c=1\na=${null}\na.b=${null}\n"), [(2, "null-undoes-line")]);
        assert_eq!(broken("a.b.c=1\na.b=${null}\na.x=1\na=${null}\n"), [(4, "null-undoes-line")]);
    }
}
