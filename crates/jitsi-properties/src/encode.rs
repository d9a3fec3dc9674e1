//! From entries to the bytes a client reads.

use super::document::Document;
use super::escape::{append, push_unicode};

/// Writes the entries as pure ASCII, one `key=value` a line, comments left out.
///
/// `java.util.Properties.load(InputStream)` reads back exactly the same keys and values in the same order. Only what
/// must be is escaped, so people can read the reply, and `${null}` is sent unchanged.
#[must_use]
pub fn encode(document: &Document) -> Vec<u8> {
    let entries = document.entries();
    // Room for the text, `=` and line end of each entry, and some escapes.
    let mut out = String::with_capacity(document.text_len() + document.text_len() / 8 + 2 * entries.len());
    for entry in entries {
        append(entry.key(), &mut out, is_plain_in_key, push_escaped);
        out.push('=');
        push_value(entry.value(), &mut out);
        out.push('\n');
    }
    out.into_bytes()
}

fn push_value(value: &str, out: &mut String) {
    // Only the first leading blank needs it: behind an escape, blanks belong to the value.
    if value.starts_with(' ') {
        out.push('\\');
    }
    append(value, out, is_plain_in_value, push_escaped);
}

#[expect(clippy::needless_bitwise_bool, reason = "without branches, many bytes are compared at once")]
fn is_plain_in_key(byte: u8) -> bool {
    let has_meaning = (byte == b':') | (byte == b'=') | (byte == b'#') | (byte == b'!') | (byte == b'\\');
    byte.is_ascii_graphic() & !has_meaning
}

#[expect(clippy::needless_bitwise_bool, reason = "without branches, many bytes are compared at once")]
fn is_plain_in_value(byte: u8) -> bool {
    (byte == b' ') | byte.is_ascii_graphic() & (byte != b'\\')
}

fn push_escaped(character: char, out: &mut String) {
    match character {
        '\t' => out.push_str("\\t"),
        '\n' => out.push_str("\\n"),
        '\r' => out.push_str("\\r"),
        '\x0c' => out.push_str("\\f"),
        ' ' | ':' | '=' | '#' | '!' | '\\' => out.extend(['\\', character]),
        _ => push_unicode(character, out),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::{escape, parse};
    use super::*;

    fn encoded(key: &str, value: &str) -> String {
        let mut text = String::new();
        escape(key, &mut text);
        text.push('=');
        escape(value, &mut text);
        String::from_utf8(encode(&parse(&text).unwrap())).unwrap()
    }

    #[test]
    fn only_what_must_be_is_escaped() {
        assert_eq!(encoded("a.b", "${null}"), "a.b=${null}\n");
        assert_eq!(encoded("a", "x = y: #z!  "), "a=x = y: #z!  \n");
        assert_eq!(encoded("a", "  b"), "a=\\  b\n");
        assert_eq!(encoded("a", "C:\\users\\new"), "a=C:\\\\users\\\\new\n");
        assert_eq!(encoded("a", "\t\r\n\x0c\0\x7f"), "a=\\t\\r\\n\\f\\u0000\\u007F\n");
        assert_eq!(encoded("a", "Größe 😀"), "a=Gr\\u00F6\\u00DFe \\uD83D\\uDE00\n");
        assert_eq!(encoded("#! a:b=c\\é", ""), "\\#\\!\\ a\\:b\\=c\\\\\\u00E9=\n");
        assert_eq!(encoded("", ""), "=\n");
    }

    #[test]
    fn comments_and_blank_lines_are_left_out() {
        let document = parse("# one\n\na=1\n! two\nb = 2").unwrap();
        assert_eq!(encode(&document), b"a=1\nb=2\n");
        assert_eq!(encode(&parse("# nothing").unwrap()), b"");
    }

    proptest! {
        #[test]
        fn what_is_encoded_is_ascii_and_parses_to_the_same(key in any::<String>(), value in any::<String>()) {
            let text = encoded(&key, &value);
            prop_assert!(text.is_ascii());
            let document = parse(&text).unwrap();
            let pairs: Vec<_> = document.entries().map(|entry| (entry.key(), entry.value())).collect();
            prop_assert_eq!(pairs, [(key.as_str(), value.as_str())]);
        }
    }
}
