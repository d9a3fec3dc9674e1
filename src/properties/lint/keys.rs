//! Rules about keys as such: there, well-formed, once.

use std::collections::HashMap;
use std::collections::hash_map::Entry as Slot;

use super::super::document::{Document, Entry, Separator};
use super::finding::{Finding, Level};

/// Rules `no-entry`, `duplicate-key` and those of [`malformed`].
pub(super) fn check(document: &Document, findings: &mut Vec<Finding>) {
    let entries = document.entries();
    if entries.len() == 0 {
        findings.push(nothing_to_apply());
    }
    let mut first_lines = HashMap::with_capacity(entries.len());
    for entry in entries {
        findings.extend(malformed(entry));
        match first_lines.entry(entry.key()) {
            Slot::Vacant(slot) => _ = slot.insert(entry.line()),
            Slot::Occupied(_) if entry.is_bare() => {}
            Slot::Occupied(slot) => findings.push(duplicate(entry, *slot.get())),
        }
    }
}

fn nothing_to_apply() -> Finding {
    let message = "the answer holds no entry: the client takes it for a success and changes nothing; check the \
        template's conditions";
    Finding { line: 1, at: 0..0, rule: "no-entry", level: Level::Warning, key: None, message: message.to_owned() }
}

fn duplicate(entry: Entry<'_>, first: usize) -> Finding {
    let message = format!(
        "`{}` is set in line {first} already: the client takes the last value but the first place; keep one of the two",
        entry.key().escape_debug()
    );
    Finding::error("duplicate-key", entry, message)
}

/// At most one finding, since one slip of the pen breaks several rules.
fn malformed(entry: Entry<'_>) -> Option<Finding> {
    let key = entry.key();
    if entry.is_bare() && !key.is_empty() {
        let message = "the line has no `=`: the client stores all of it as a key without value; write `key=value`, or \
            `key=` for an empty value";
        return Some(Finding { key: None, ..Finding::error("missing-separator", entry, message) });
    }
    if key.is_empty() {
        return Some(Finding::error(
            "empty-key",
            entry,
            "nothing stands before the `=`, so the client stores a setting without a name; write the key, or remove the line",
        ));
    }
    if !key.bytes().all(|byte| byte.is_ascii_graphic()) {
        return Some(odd_characters(entry));
    }
    match entry.separator() {
        Separator::Colon | Separator::Blank => Some(Finding::warning(
            "odd-separator",
            entry,
            "the key ends at a colon or blank; write `=` behind the key, and `\\:` or `\\ ` for a colon or blank in it",
        )),
        Separator::Equals | Separator::Missing => None,
    }
}

/// For a key that is more than printable ASCII.
fn odd_characters(entry: Entry<'_>) -> Finding {
    let key = entry.key();
    if key.starts_with('\u{feff}') {
        return Finding::error(
            "byte-order-mark",
            entry,
            "the text begins with a byte order mark, which becomes part of the first key; save the template without it",
        );
    }
    if key.chars().any(char::is_control) {
        return Finding::error(
            "control-in-key",
            entry,
            "the key contains a control character, so no setting of the client has this name; look at the value that \
             the template puts into the key",
        );
    }
    if key.contains(char::is_whitespace) {
        return Finding::error(
            "blank-in-key",
            entry,
            "the key contains a blank, so no setting of the client has this name; look at the value that the template \
             puts into the key",
        );
    }
    Finding::warning(
        "non-ascii-key",
        entry,
        "the key contains a letter that is not ASCII; no setting that the client knows has one, so look for a letter \
         that only looks like a Latin one",
    )
}

#[cfg(test)]
mod tests {
    use super::super::broken;

    #[test]
    fn an_answer_without_entries_is_told() {
        assert_eq!(broken("# only a comment\n\n"), [(1, "no-entry")]);
    }

    #[test]
    fn a_key_is_set_once() {
        assert_eq!(broken("a=1\nb=2\n\na=3"), [(4, "duplicate-key")]);
    }

    #[test]
    fn malformed_keys_are_told_apart() {
        let text = "=x\n\\ a=x\nb\\t=x\nBär=x\nbare\nbare \nc:x\nd x\n\\\n";
        assert_eq!(
            broken(text),
            [
                (1, "empty-key"),
                (2, "blank-in-key"),
                (3, "control-in-key"),
                (4, "non-ascii-key"),
                (5, "missing-separator"),
                (6, "missing-separator"),
                (7, "odd-separator"),
                (8, "odd-separator"),
                (9, "empty-key"),
            ]
        );
        assert_eq!(broken("\u{feff}a=1"), [(1, "byte-order-mark")]);
    }
}
