//! Rules about keys as such: there, well-formed, once.

use super::{
    BLANK_IN_KEY, BYTE_ORDER_MARK, CONTROL_IN_KEY, DUPLICATE_KEY, EMPTY_KEY, MISSING_SEPARATOR, NO_ENTRY,
    NON_ASCII_KEY, ODD_SEPARATOR, WEB_PAGE,
};
use crate::document::{Document, Entry, Separator};
use crate::jitsi_keys::ALLOW_PREFIX;
use crate::lint::finding::Finding;
use crate::lint::level::Level;
use crate::lint::rules::contacts::rooms::names_a_room;
use crate::lint::rules::removals::order::is_null_and_value;
use crate::lint::settings::Settings;

/// Rules `no-entry`, `duplicate-key` and those of [`malformed`].
pub(in crate::lint) fn check(settings: &Settings<'_>, findings: &mut Vec<Finding>) {
    if settings.entries().len() == 0 {
        findings.push(nothing_to_apply());
    }
    findings.extend(settings.odd.iter().copied().filter_map(malformed));
    // Rule `null-and-value` says more of a value and a removal.
    let repeated = settings.repeated.iter().filter(|(entry, before)| !is_null_and_value(*entry, *before));
    findings.extend(repeated.map(|(entry, before)| duplicate(*entry, *before)));
}

/// Rule `web-page`: a page instead of properties, as proxies and wrong addresses return. Otherwise every line
/// would have a finding. No key of the client begins with `<`.
pub(in crate::lint) fn web_page(document: &Document) -> Option<Finding> {
    let first = document.entries().next().filter(|entry| entry.key().starts_with('<'))?;
    let message = "the text begins with `<`, so it is a web page or XML, not properties, and the client would store \
        each of its lines as a setting; look at what was saved or is included there";
    Some(Finding { key: None, ..Finding::error(&WEB_PAGE, first, message) })
}

fn nothing_to_apply() -> Finding {
    let message = "the answer has no entry: the client treats it as a success and changes nothing; check the \
        template's conditions";
    Finding {
        line: 1,
        at: 0..0,
        rule: &NO_ENTRY,
        level: Level::Warning,
        key: None,
        message: message.to_owned(),
        other: None,
    }
}

fn duplicate(entry: Entry<'_>, before: Entry<'_>) -> Finding {
    if entry.value() == before.value() {
        let message = format!(
            "`{}` already has this value from line {}; remove this line, unless a line between them removes the key",
            entry.key().escape_debug(),
            before.line()
        );
        return Finding::warning(&DUPLICATE_KEY, entry, message).naming(before.line());
    }
    let shown = entry.key().escape_debug();
    let message = if entry.key() == ALLOW_PREFIX {
        format!(
            "the list replaces that of line {} instead of adding to it, but only from here on; write one list, with \
             `|` between its items",
            before.line()
        )
    } else {
        format!(
            "`{shown}` is already set in line {}: the client keeps the last value but the position of the first line; keep \
             one of the two",
            before.line()
        )
    };
    Finding::error(&DUPLICATE_KEY, entry, message).naming(before.line())
}

/// At most one finding, since one slip of the pen breaks several rules.
fn malformed(entry: Entry<'_>) -> Option<Finding> {
    let key = entry.key();
    if entry.is_bare() && !key.is_empty() {
        let message = "the line has no `=`: the client stores all of it as a key with an empty value; write \
            `key=value`, or `key=` for an empty value";
        return Some(Finding { key: None, ..Finding::error(&MISSING_SEPARATOR, entry, message) });
    }
    if key.is_empty() {
        return Some(Finding::warning(
            &EMPTY_KEY,
            entry,
            "there is nothing before the `=`, and the client skips such a line; write the key, or remove the line",
        ));
    }
    if !key.bytes().all(|byte| byte.is_ascii_graphic()) {
        let odd = odd_characters(entry);
        if odd.is_some() {
            return odd;
        }
    }
    match entry.separator() {
        Separator::Colon | Separator::Blank => Some(Finding::warning(
            &ODD_SEPARATOR,
            entry,
            "the key ends at a colon or blank; write `=` after the key, and `\\:` or `\\ ` for a colon or blank in it",
        )),
        Separator::Equals | Separator::Missing => None,
    }
}

/// For a key that is more than printable ASCII. The names of chat rooms may be.
fn odd_characters(entry: Entry<'_>) -> Option<Finding> {
    let key = entry.key();
    if key.starts_with('\u{feff}') {
        return Some(Finding::error(
            &BYTE_ORDER_MARK,
            entry,
            "the text begins with a byte order mark, which becomes part of the first key; save the template without it",
        ));
    }
    if key.chars().any(char::is_control) {
        return Some(Finding::error(
            &CONTROL_IN_KEY,
            entry,
            "the key contains a control character, so no setting of the client has this name; look at the value that \
             the template puts into the key",
        ));
    }
    if names_a_room(key) {
        return None;
    }
    if key.contains(char::is_whitespace) {
        return Some(Finding::error(
            &BLANK_IN_KEY,
            entry,
            "the key contains a blank, so no setting of the client has this name; look at the value that the template \
             puts into the key",
        ));
    }
    Some(Finding::warning(
        &NON_ASCII_KEY,
        entry,
        "the key contains a letter that is not ASCII; no setting that the client knows has one, so look for a letter \
         that only looks like a Latin one",
    ))
}

#[cfg(test)]
mod tests {
    use crate::lint::{Client, Level, broken, broken_by, lint};
    use crate::parse;

    #[test]
    fn an_answer_without_entries_is_reported() {
        assert_eq!(broken("# only a comment\n\n"), [(1, "no-entry")]);
    }

    #[test]
    fn a_web_page_is_reported_once() {
        assert_eq!(broken("\n<!DOCTYPE html>\n<html><body>\na=1\na=2"), [(2, "web-page")]);
        assert_eq!(broken("<html>"), [(1, "web-page")]);
    }

    #[test]
    fn a_key_is_set_once() {
        assert_eq!(broken("a=1\nb=2\n\na=3"), [(4, "duplicate-key")]);
    }

    #[test]
    fn the_same_line_twice_is_a_warning() {
        let reported = |text: &str| {
            let findings = lint(&parse(text).unwrap(), &Client::default()).into_iter();
            findings.filter(|found| found.rule.id == "duplicate-key").map(|found| found.level).collect::<Vec<_>>()
        };
        assert_eq!(reported("a=1\nb=2\na=\\u0031"), [Level::Warning]);
        assert_eq!(reported("a=1\na=1\na=2"), [Level::Warning, Level::Error]);
        // What stood last counts.
        assert_eq!(reported("a=1\na=2\na=1"), [Level::Error, Level::Error]);
    }

    #[test]
    fn malformed_keys_are_reported_apart() {
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

    #[test]
    fn a_chat_room_has_any_name() {
        let reported = |key: &str| {
            let text = format!("net.java.sip.communicator.impl.gui.accounts.{key}");
            broken_by(&["blank-in-key", "control-in-key", "non-ascii-key", "odd-separator"], &text)
        };
        assert_eq!(reported("accx.chatRooms.Sales\\ Team=sales@c.b"), []);
        assert_eq!(reported("accx.chatRooms.Sales\\ Team.autoJoin=true"), []);
        assert_eq!(reported("accx.chatRooms.Büro=b@c.b"), []);
        assert_eq!(reported("accx.chatRooms.Sales\\u0001=sales@c.b"), [(1, "control-in-key")]);
        assert_eq!(reported("accx.chatRooms.Sales Team=sales@c.b"), [(1, "odd-separator")]);
        assert_eq!(reported("acc\\ x.chatRooms.r=r@c.b"), [(1, "blank-in-key")]);
        assert_eq!(reported("accx.Büro=r@c.b"), [(1, "non-ascii-key")]);
    }
}
