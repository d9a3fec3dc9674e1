//! Rules about values that are read differently than they look, and keys with marks in them.
//!
//! Only where the text has the value as it is: what a template inserts is escaped, and no slip of the text's author.

use super::{COMMENT_IN_VALUE, INVISIBLE_CHARACTER, MARK_IN_KEY, QUOTED_VALUE, SEPARATOR_IN_VALUE};
use crate::catalogue;
use crate::document::Entry;
use crate::lint::finding::Finding;
use crate::lint::rules::contacts::rooms::names_a_room;
use crate::lint::settings::Settings;

/// Rules `separator-in-value`, `comment-in-value`, `quoted-value`, `invisible-character` and `mark-in-key`.
pub(in crate::lint) fn check(settings: &Settings<'_>, findings: &mut Vec<Finding>) {
    findings.extend(settings.odd.iter().filter(|entry| !entry.is_bare()).copied().filter_map(mark_in_key));
    let written_so = settings.odd_values.iter().filter(|entry| entry.value_at().len() == entry.value().len());
    findings.extend(written_so.copied().filter_map(written));
}

/// The key of a chat room may be anything. An `ACCOUNT_UID` before `.xcap.PASSWORD` has a colon, and so has the address of a
/// pin.
fn mark_in_key(entry: Entry<'_>) -> Option<Finding> {
    let key = entry.key();
    let has_mark = key.bytes().any(|byte| matches!(byte, b'=' | b':')) || key.starts_with(['#', '!']);
    if !has_mark || names_a_room(key) || catalogue::describe(key).is_some() {
        return None;
    }
    let message = "a backslash or `\\u` makes `=`, `:`, `#` or `!` part of the key, and no setting of the client has \
        such a name; write the character alone where it separates or begins a comment";
    Some(Finding::warning(&MARK_IN_KEY, entry, message))
}

/// At most one finding for a value.
fn written(entry: Entry<'_>) -> Option<Finding> {
    let value = entry.value();
    let finding = match value.as_bytes() {
        [] => return None,
        [b'=' | b':', ..] => {
            let message = "only the first `=` or `:` separates, so the second one begins the value; remove one of the two, or \
                write `\\=` or `\\:` if it belongs to the value";
            Finding::warning(&SEPARATOR_IN_VALUE, entry, message)
        }
        [b'"', .., b'"'] => {
            let message = "the quotation marks are part of the value, since the format has none; remove them, or write \
                `\\\"` for those that belong to it";
            Finding::warning(&QUOTED_VALUE, entry, message)
        }
        _ if has_comment(value) => {
            let message = "a comment begins only at the beginning of a line, so this one is part of the value; put it in a \
                line of its own, or write `\\#` for a `#` that belongs to the value";
            Finding::warning(&COMMENT_IN_VALUE, entry, message)
        }
        _ if !value.is_ascii() && value.contains(is_invisible) => {
            let message = "the value contains a character that cannot be seen, such as a no-break space or a Unicode \
                line separator; replace or remove it, or write it as `\\uXXXX` if it belongs to the value";
            Finding::warning(&INVISIBLE_CHARACTER, entry, message)
        }
        _ => return None,
    };
    Some(finding.on_value(entry))
}

/// Whether a `#` has blanks on both sides, as a comment behind a value has.
fn has_comment(value: &str) -> bool {
    value.contains('#')
        && value.match_indices('#').any(|(at, _)| {
            let (before, after) = value.split_at(at);
            before.ends_with([' ', '\t']) && after.get(1..).is_some_and(|text| text.starts_with([' ', '\t']))
        })
}

/// Blanks and line ends beyond ASCII, characters without width, and marks of the direction.
fn is_invisible(letter: char) -> bool {
    !letter.is_ascii()
        && (letter.is_whitespace()
            || letter.is_control()
            || matches!(letter, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2064}' | '\u{feff}'))
}

#[cfg(test)]
mod tests {
    use crate::lint::{Client, broken_by, lint};
    use crate::{escape, parse};

    const RULES: [&str; 5] =
        ["separator-in-value", "comment-in-value", "quoted-value", "invisible-character", "mark-in-key"];

    fn broken(text: &str) -> Vec<&'static str> {
        broken_by(&RULES, text).into_iter().map(|(_, rule)| rule).collect()
    }

    #[test]
    fn what_looks_like_more_than_a_value_is_reported() {
        for (text, expected) in [
            ("a==b", "separator-in-value"),
            ("a := b", "separator-in-value"),
            ("a = : b", "separator-in-value"),
            ("a=\"b c\"", "quoted-value"),
            ("a=true # not now", "comment-in-value"),
            ("a=\u{a0}true", "invisible-character"),
            ("a=true\u{200b}", "invisible-character"),
            ("a=b\u{2028}c=d", "invisible-character"),
            ("a\\=b=c", "mark-in-key"),
            ("a\\u003Ab=c", "mark-in-key"),
            ("\\#a=b", "mark-in-key"),
            ("\\u0021a=b", "mark-in-key"),
        ] {
            assert_eq!(broken(text), [expected], "{text}");
        }
        for text in ["a=b=c", "a=#fff", "a=x#y", "a=C# 7", "a=\"", "a=\"x", "a#b=c", "a=é 😀", "a=\\=b", "a=\\u00A0"]
        {
            assert_eq!(broken(text), [""; 0], "{text}");
        }
    }

    #[test]
    fn a_key_of_the_client_may_have_a_colon() {
        for key in [
            "SIP\\:4711@pbx.example.org.xcap.PASSWORD",
            "net.java.sip.communicator.impl.certservice.param.[2001\\:db8\\:\\:1]",
        ] {
            let text = format!("{key}=0123456789abcdef0123456789abcdef01234567");
            assert_eq!(lint(&parse(&text).unwrap(), &Client::default()), [], "{key}");
        }
    }

    #[test]
    fn a_value_of_a_user_is_no_slip() {
        for value in ["=x", ":x", "true # x", "\u{a0}x"] {
            let mut escaped = String::new();
            escape(value, &mut escaped);
            assert_eq!(broken(&format!("a={escaped}")), [""; 0], "{value:?}");
        }
    }
}
