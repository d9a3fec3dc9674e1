//! Escapes of the properties format.

use std::borrow::Cow;

use super::scan::position;

/// Appends `value` so that it is read back as exactly that text, anywhere in a template's line.
///
/// It may be in the value, in the key, at the start, in the middle or alone: it never ends a line, a key or an
/// entry, begins a comment or continues a line. Everything but ASCII letters, digits and harmless punctuation becomes
/// `\uXXXX`, the backslash too: after a stray backslash of the template, `\\` would leave one that eats the line end.
/// The dollar sign is escaped as well, so that a `${null}` from data differs from one that the template itself has.
///
/// What it cannot undo is a backslash that the template puts directly before a value: that takes the value's first
/// character with it.
pub fn escape(value: &str, out: &mut String) {
    append(value, out, is_harmless, push_unicode);
}

/// The same as a text of its own, which most values already are.
#[must_use]
pub fn escaped(value: &str) -> Cow<'_, str> {
    if position(value.as_bytes(), |byte| !is_harmless(byte)).is_none() {
        return Cow::Borrowed(value);
    }
    let mut out = String::with_capacity(value.len() + value.len() / 2);
    escape(value, &mut out);
    Cow::Owned(out)
}

/// Appends `text`; characters whose bytes `plain` does not name go through `special`.
///
/// `plain` must not name a byte beyond ASCII.
pub(super) fn append(text: &str, out: &mut String, plain: impl Fn(u8) -> bool, special: impl Fn(char, &mut String)) {
    let mut rest = text;
    while let Some(length) = position(rest.as_bytes(), |byte| !plain(byte)) {
        // All bytes before are ASCII, so a character begins here.
        let (run, tail) = rest.split_at(length);
        out.push_str(run);
        let mut characters = tail.chars();
        if let Some(character) = characters.next() {
            special(character, out);
        }
        rest = characters.as_str();
    }
    out.push_str(rest);
}

/// Appends `\uXXXX`, two of them for a character beyond U+FFFF, with capital digits as `Properties.store` writes them.
pub(super) fn push_unicode(character: char, out: &mut String) {
    const DIGITS: [char; 16] = ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'A', 'B', 'C', 'D', 'E', 'F'];
    for unit in character.encode_utf16(&mut [0; 2]) {
        out.push_str("\\u");
        for shift in [12, 8, 4, 0] {
            let digit = usize::from(*unit >> shift & 0xF);
            out.extend(DIGITS.get(digit));
        }
    }
}

#[expect(clippy::needless_bitwise_bool, reason = "without branches, many bytes are compared at once")]
fn is_harmless(byte: u8) -> bool {
    let has_meaning =
        (byte == b':') | (byte == b'=') | (byte == b'#') | (byte == b'!') | (byte == b'\\') | (byte == b'$');
    byte.is_ascii_graphic() & !has_meaning
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::{Document, parse};
    use super::*;

    fn pairs(document: &Document) -> Vec<(String, String)> {
        document.entries().map(|entry| (entry.key().to_owned(), entry.value().to_owned())).collect()
    }

    #[test]
    fn everything_with_a_meaning_is_escaped() {
        assert_eq!(escaped("anna@example.test/x-1_2"), "anna@example.test/x-1_2");
        assert_eq!(escaped(" a=b:c"), "\\u0020a\\u003Db\\u003Ac");
        assert_eq!(escaped("#!\\\t\r\n\x0c\0\x7f"), "\\u0023\\u0021\\u005C\\u0009\\u000D\\u000A\\u000C\\u0000\\u007F");
        assert_eq!(escaped("é\u{85}\u{2028}\u{2029}😀"), "\\u00E9\\u0085\\u2028\\u2029\\uD83D\\uDE00");
        assert_eq!(escaped("${null}"), "\\u0024{null}");
    }

    #[test]
    fn a_stray_backslash_of_the_template_opens_nothing() {
        for value in ["\\", "\n", "=", " ", "\\\n", "é"] {
            let document = parse(&format!("a=\\{}\nb=2\n", escaped(value))).unwrap();
            assert_eq!(document.entries().count(), 2, "{value:?}");
        }
    }

    proptest! {
        #[test]
        fn a_value_comes_back_whole_wherever_it_stands(value in any::<String>(), head in "[a-z]{0,3}", tail in "[a-z]{0,3}") {
            let text = format!("# {0}\n{head}{0}{tail}={head}{0}{tail}\nlast {0}", escaped(&value));
            let whole = format!("{head}{value}{tail}");
            let document = parse(&text).unwrap();
            prop_assert_eq!(document.comments().count(), 1);
            prop_assert_eq!(pairs(&document), [(whole.clone(), whole), ("last".to_owned(), value)]);
        }

        #[test]
        fn nothing_but_printable_ascii_comes_out(value in any::<String>()) {
            prop_assert!(escaped(&value).bytes().all(|byte| byte.is_ascii_graphic()));
            let mut appended = String::new();
            escape(&value, &mut appended);
            prop_assert_eq!(escaped(&value), appended);
        }
    }
}
