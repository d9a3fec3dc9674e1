//! Rules about `${null}` that takes away what the same text has set above.

use std::collections::BTreeMap;

use super::{NULL_UNDOES_ACCOUNT, NULL_UNDOES_LINE};
use crate::catalogue::Protocol;
use crate::document::Entry;
use crate::jitsi_keys::REMOVE;
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

/// Rules `null-undoes-account` and `null-undoes-line`.
///
/// Goes from the last line to the first with the removals that are still to come. Those that begin with another are
/// left out, so that at most one begins a key.
pub(in crate::lint) fn check(settings: &Settings<'_>, findings: &mut Vec<Finding>) {
    let entries: Vec<Entry<'_>> = settings.document().entries().collect();
    let mut removals: BTreeMap<&str, Entry<'_>> = BTreeMap::new();
    let mut undone: BTreeMap<usize, Undone<'_>> = BTreeMap::new();
    for entry in entries.into_iter().rev().filter(|entry| !entry.is_bare() && !entry.key().is_empty()) {
        if entry.value() == REMOVE {
            insert(&mut removals, entry);
        } else if let Some(by) = beginning(&removals, entry.key()).filter(|by| by.key() != entry.key()) {
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
             applies the lines in order; put the removal above, or write a longer key"
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
    use crate::lint::broken_by;

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
