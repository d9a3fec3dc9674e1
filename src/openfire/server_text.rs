//! What the other side says about itself: the text it puts into its errors, and the protocol it turns out to speak.

use std::fmt;

use xmpp_parsers::minidom::Element;

/// A server's own words to people, fit for a log and a terminal: one line of at most 200 characters.
///
/// Control characters, and those that hide or turn round other characters, are replaced. The text helps to find a cause and
/// is never acted on, since a server may write anything there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServerText(Box<str>);

impl ServerText {
    /// Longest text, in characters; of a longer one the rest is left out.
    pub const MAX_CHARS: usize = 200;

    /// Cleans what a server wrote; none when nothing is left.
    #[must_use]
    pub fn clean(raw: &str) -> Option<Self> {
        let mut clean = String::new();
        let mut length = 0;
        let mut blank = false;
        for character in raw.chars() {
            if character.is_whitespace() {
                blank = !clean.is_empty();
                continue;
            }
            let wanted = 1 + usize::from(blank);
            if length + wanted > Self::MAX_CHARS {
                clean.push('…');
                break;
            }
            if std::mem::take(&mut blank) {
                clean.push(' ');
            }
            clean.push(match character {
                '"' => '\'',
                character if is_deceptive(character) => char::REPLACEMENT_CHARACTER,
                character => character,
            });
            length += wanted;
        }
        (!clean.is_empty()).then(|| Self(clean.into_boxed_str()))
    }

    /// The `<text/>` in an error element; the one in English where there are several (RFC 6120 sections 4.9.2, 6.5, 8.3.2).
    ///
    /// `namespace` is that of the condition: `urn:ietf:params:xml:ns:xmpp-streams`, `…-sasl` or `…-stanzas`.
    #[must_use]
    pub fn in_error(error: &Element, namespace: &str) -> Option<Self> {
        let texts = || error.children().filter(|child| child.is("text", namespace));
        let english = texts().find(|text| language(text).is_some_and(|language| language.starts_with("en")));
        // An element can hold megabytes in many pieces; only the first of them are looked at.
        let text = english.or_else(|| texts().next())?;
        let beginning: String = text.texts().flat_map(str::chars).take(Self::MAX_CHARS * 8).collect();
        Self::clean(&beginning)
    }

    /// The text, printable and cut to [`Self::MAX_CHARS`].
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The end of a message: `; the server says "…"`, or nothing without a text.
    #[must_use]
    pub fn behind(text: Option<&Self>) -> impl fmt::Display {
        fmt::from_fn(move |f| match text {
            Some(text) => write!(f, "; the server says {text}"),
            None => Ok(()),
        })
    }
}

/// In quotation marks.
impl fmt::Display for ServerText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "\"{}\"", self.0)
    }
}

fn language(text: &Element) -> Option<&str> {
    text.attrs().iter().find(|((_, name), _)| *name == "lang").map(|(_, language)| language.as_str())
}

/// Control characters, and those without a shape of their own that change how others look (Unicode: bidirectional
/// controls, zero-width characters, tags, variation selectors of no use in a message).
fn is_deceptive(character: char) -> bool {
    character.is_control()
        || matches!(character,
            '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e0fff}')
}

/// The protocol that the first bytes of a connection show.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Spoken {
    /// A TLS record (RFC 8446 section 5.1): a server that expects TLS from the first byte answers anything else by an alert.
    Tls,
    /// XML, as on every XMPP port before TLS.
    Xml,
    /// HTTP, as on Openfire's admin console.
    Http,
}

impl Spoken {
    /// Bytes that are enough to recognise it.
    pub const BYTES: usize = 8;

    /// Judges by the first bytes that a peer sent; none when they are of another protocol, or too few.
    #[must_use]
    pub fn by_first_bytes(first: &[u8]) -> Option<Self> {
        match first {
            // Alert or handshake, in any version.
            [0x15 | 0x16, 0x03, 0x00..=0x04, ..] => Some(Self::Tls),
            [b'H', b'T', b'T', b'P', b'/', ..] => Some(Self::Http),
            _ => {
                let text = first.strip_prefix("\u{feff}".as_bytes()).unwrap_or(first).trim_ascii_start();
                matches!(text, [b'<', b'?' | b's' | b'/', ..]).then_some(Self::Xml)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn clean(raw: &str) -> Option<String> {
        ServerText::clean(raw).map(|text| text.as_str().to_owned())
    }

    #[test]
    fn a_text_becomes_one_line_without_controls() {
        assert_eq!(
            clean("TLS is mandatory, but was not established.").as_deref(),
            Some("TLS is mandatory, but was not established.")
        );
        assert_eq!(clean(" a\r\n\tb\u{2028}c ").as_deref(), Some("a b c"));
        assert_eq!(clean("a\u{1b}[2Jb\u{202e}c\u{200b}d\"e").as_deref(), Some("a\u{fffd}[2Jb\u{fffd}c\u{fffd}d'e"));
        assert_eq!(clean(" \n\u{a0}"), None);
    }

    #[test]
    fn a_long_text_is_cut_and_its_blanks_count() {
        for raw in ["ä".repeat(5000), "ä ".repeat(5000), "a     b".repeat(1000)] {
            let cut = clean(&raw).unwrap();
            assert!(cut.ends_with('…'), "{cut}");
            assert!((ServerText::MAX_CHARS..=ServerText::MAX_CHARS + 1).contains(&cut.chars().count()), "{cut}");
        }
        assert_eq!(clean(&"x".repeat(200)).unwrap(), "x".repeat(200));
    }

    #[test]
    fn the_text_of_an_error_is_the_one_in_its_own_namespace_and_in_english() {
        let ns = xmpp_parsers::ns::XMPP_STREAMS;
        let error =
            |texts: &str| -> Element { format!("<error xmlns='x'><a xmlns='{ns}'/>{texts}</error>").parse().unwrap() };
        let of = |texts: &str| ServerText::in_error(&error(texts), ns).map(|text| text.to_string());
        assert_eq!(of(&format!("<text xmlns='{ns}'>No.</text>")).as_deref(), Some("\"No.\""));
        let two = format!("<text xmlns='{ns}' xml:lang='de'>Nein.</text><text xmlns='{ns}' xml:lang='en'>No.</text>");
        assert_eq!(of(&two).as_deref(), Some("\"No.\""));
        assert_eq!(of("<text>No.</text>"), None);
        assert_eq!(of(&format!("<text xmlns='{ns}'/>")), None);
    }

    #[test]
    fn what_is_behind_a_message_is_nothing_without_a_text() {
        assert_eq!(ServerText::behind(None).to_string(), "");
        assert_eq!(ServerText::behind(ServerText::clean("No.").as_ref()).to_string(), "; the server says \"No.\"");
    }

    #[test]
    fn the_first_bytes_tell_the_protocol() {
        // An alert of Openfire 4.2 to a stream header; the beginning of a ServerHello; the answers of an XMPP port.
        assert_eq!(Spoken::by_first_bytes(&[0x15, 0x03, 0x03, 0x00, 0x02, 0x02, 0x50]), Some(Spoken::Tls));
        assert_eq!(Spoken::by_first_bytes(&[0x16, 0x03, 0x01, 0x02]), Some(Spoken::Tls));
        for text in ["<?xml version", "<stream:e", "\u{feff}<?xml", " \n<?xml", "</stream"] {
            assert_eq!(Spoken::by_first_bytes(text.as_bytes()), Some(Spoken::Xml), "{text}");
        }
        assert_eq!(Spoken::by_first_bytes(b"HTTP/1.1"), Some(Spoken::Http));
        for other in [&b""[..], b"<", b"220 mail", b"SSH-2.0-", b"<html>", &[0x15, 0x15, 0x15]] {
            assert_eq!(Spoken::by_first_bytes(other), None, "{other:?}");
        }
    }
}
