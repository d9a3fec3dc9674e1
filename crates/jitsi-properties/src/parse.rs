//! From text to entries, by the grammar of `java.util.Properties.load`.

mod cursor;
mod looks;

use std::ops::Range;

use zeroize::Zeroizing;

use self::cursor::{Cursor, ends_key, is_blank, is_line_end};
use self::looks::{Look, look};
use super::document::{CommentSpan, Document, EntrySpan, Separator, Slip, SlipKind};

/// Reads a properties text as the JDK does, but as Unicode.
///
/// A line is blank, a comment (`#` or `!` first), or an entry. A backslash before the line end joins the next line
/// without its leading blanks. The key ends at the first `=`, `:` or blank without a backslash. `\t`, `\n`, `\r`,
/// `\f` and `\uXXXX` are what they are in Java; before any other character the backslash is dropped.
///
/// `Ok` does not mean that the text is a sensible answer: see [`lint`](super::lint()).
pub fn parse(text: &str) -> Result<Document, ParseError> {
    if let Some(at) = text.find('\0') {
        let before = text.get(..at).unwrap_or_default();
        return Err(ParseError { line: line_of(before), at: at..at + 1, kind: ParseErrorKind::Nul });
    }
    Parser::new(text).document()
}

/// Why a text is no properties text, and where. It quotes nothing of the text.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {kind}")]
pub struct ParseError {
    /// Number of the line, from 1.
    pub line: usize,
    /// Where in the text, in bytes.
    pub at: Range<usize>,
    /// What is wrong there.
    pub kind: ParseErrorKind,
}

/// What can be wrong with a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ParseErrorKind {
    /// The JDK throws on it, and the client then applies nothing of the whole answer.
    #[error(
        "`\\u` without four hexadecimal digits: the client would discard the whole answer; for a backslash write `\\\\`"
    )]
    MalformedUnicode,
    /// The JDK loads it: Java can hold half a character. Rust's text and every other program that sees the value cannot.
    #[error(
        "a `\\u` escape is half of a surrogate pair: characters beyond U+FFFF need both halves side by side, `\\uD83D\\uDE00`"
    )]
    LoneSurrogate,
    /// The text is binary or UTF-16. The JDK loads it, with a NUL in the key or value.
    #[error(
        "a NUL byte: the text is not UTF-8; save the template as UTF-8, and write `\\u0000` if NUL is really meant"
    )]
    Nul,
}

fn line_of(before: &str) -> usize {
    let mut cursor = Cursor::new(before);
    while !cursor.at_end() {
        cursor.run(is_line_end);
        cursor.skip_line_end();
    }
    cursor.line()
}

struct Parser<'a> {
    cursor: Cursor<'a>,
    document: Document,
}

impl<'a> Parser<'a> {
    fn new(text: &'a str) -> Self {
        // Decoding never makes text longer, so the buffer never moves and leaves no copy of a password behind.
        let buffer = Zeroizing::new(String::with_capacity(text.len()));
        Self { cursor: Cursor::new(text), document: Document { text: buffer, ..Document::default() } }
    }

    fn document(mut self) -> Result<Document, ParseError> {
        loop {
            self.cursor.skip_blanks();
            match self.cursor.peek() {
                None => return Ok(self.document),
                Some(b'\r' | b'\n') => self.line_end(),
                Some(b'#' | b'!') => self.comment(),
                Some(b'\\') if self.cursor.sees_continuation() => self.lone_backslash(),
                Some(_) => self.entry()?,
            }
        }
    }

    fn line_end(&mut self) {
        let (line, start) = (self.cursor.line(), self.cursor.at());
        if self.cursor.sees("\r") && !self.cursor.sees("\r\n") {
            self.slip(line, start..start + 1, SlipKind::LoneCarriageReturn);
        }
        self.cursor.skip_line_end();
    }

    fn slip(&mut self, line: usize, at: Range<usize>, kind: SlipKind) {
        self.document.slips.push(Slip { line, at, kind });
    }

    fn comment(&mut self) {
        let (line, start_at) = (self.cursor.line(), self.cursor.at());
        self.cursor.advance(1);
        let start = self.document.text.len();
        self.document.text.push_str(self.cursor.run(is_line_end));
        let text = start..self.document.text.len();
        let end = self.cursor.at();
        self.document.comments.push(CommentSpan { line, text, at: start_at..end });
        if self.cursor.before() == Some(b'\\') && !self.cursor.at_end() {
            self.line_end();
            let indented = self.cursor.peek().is_some_and(is_blank);
            let next = self.cursor.line();
            self.cursor.skip_blanks();
            if !matches!(look(self.cursor.rest_of_line()), Look::Comment | Look::Nothing) {
                self.slip(line, end - 1..end, SlipKind::CommentWithBackslash { line: next, indented });
            }
        }
    }

    /// A line of nothing but a backslash adds nothing to the line it would begin, so the next line is still a fresh
    /// one that may be blank or a comment. At the end of the text the JDK makes an entry without key and value of
    /// it, unless the line ends in CR and LF.
    fn lone_backslash(&mut self) {
        let (line, start) = (self.cursor.line(), self.cursor.at());
        let two_bytes = self.cursor.sees("\\\r\n");
        self.cursor.advance(1);
        self.cursor.skip_line_end();
        let ends = self.cursor.at_end();
        self.cursor.skip_blanks();
        let before_comment = look(self.cursor.rest_of_line()) == Look::Comment;
        if !ends || two_bytes {
            self.slip(line, start..start + 1, SlipKind::LoneBackslash { before_comment });
        } else {
            let nothing = self.document.text.len()..self.document.text.len();
            self.document.entries.push(EntrySpan {
                line,
                key: nothing.clone(),
                value: nothing,
                key_at: start..start + 1,
                value_at: start + 1..start + 1,
                separator: Separator::Missing,
            });
        }
    }

    fn entry(&mut self) -> Result<(), ParseError> {
        let line = self.cursor.line();
        let (key, key_at) = self.decode(true, ends_key)?;
        let separator = self.separator();
        let (value, value_at) = self.decode(false, is_line_end)?;
        self.document.entries.push(EntrySpan { line, key, value, key_at, value_at, separator });
        Ok(())
    }

    fn separator(&mut self) -> Separator {
        let mut found = Separator::Missing;
        loop {
            match (self.cursor.peek(), found) {
                (Some(byte), _) if is_blank(byte) => {
                    self.cursor.skip_blanks();
                    if found == Separator::Missing {
                        found = Separator::Blank;
                    }
                    continue;
                }
                (Some(b'='), Separator::Missing | Separator::Blank) => found = Separator::Equals,
                (Some(b':'), Separator::Missing | Separator::Blank) => found = Separator::Colon,
                (Some(b'\\'), _) if self.continues(found == Separator::Missing) => continue,
                _ => return found,
            }
            self.cursor.advance(1);
        }
    }

    /// Decodes up to the first byte that `ends` names and no backslash protects. Gives the place in the buffer and
    /// the place in the text.
    fn decode(&mut self, in_key: bool, ends: impl Fn(u8) -> bool) -> Result<(Range<usize>, Range<usize>), ParseError> {
        let (start, start_at) = (self.document.text.len(), self.cursor.at());
        loop {
            let plain = self.cursor.run(|byte| (byte == b'\\') | ends(byte));
            self.document.text.push_str(plain);
            if self.cursor.peek() != Some(b'\\') {
                return Ok((start..self.document.text.len(), start_at..self.cursor.at()));
            }
            if !self.continues(in_key) {
                let character = self.escaped(in_key)?;
                self.document.text.push(character);
            }
        }
    }

    /// Steps over a continuation, if there is one here, and notes what the joined line looks like.
    fn continues(&mut self, in_key: bool) -> bool {
        let (line, start) = (self.cursor.line(), self.cursor.at());
        let before = self.cursor.before();
        if !self.cursor.skip_continuation() {
            return false;
        }
        let (next, rest) = (self.cursor.line(), self.cursor.rest_of_line());
        let glues = |byte: Option<u8>| byte.is_some_and(|byte| byte.is_ascii_alphanumeric());
        let dropped = self.cursor.before().is_some_and(is_blank);
        let kind = match look(rest) {
            Look::Setting { of_client } => SlipKind::SwallowedSetting { line: next, of_client },
            Look::Comment => SlipKind::SwallowedComment { line: next },
            Look::Field if !dropped && !in_key && !before.is_some_and(goes_on) => {
                SlipKind::SwallowedSetting { line: next, of_client: false }
            }
            Look::Field | Look::Other if in_key => SlipKind::KeyOverLines,
            Look::Field | Look::Other if dropped && glues(before) && glues(self.cursor.peek()) => SlipKind::JoinedWords,
            // Nothing is lost where a list ends with a comma.
            Look::Nothing if !in_key && before.is_some_and(|byte| !is_blank(byte) && !goes_on(byte)) => {
                SlipKind::LastBackslash
            }
            Look::Nothing | Look::Field | Look::Other => return true,
        };
        self.slip(line, start..start + 1, kind);
        true
    }

    fn escaped(&mut self, in_key: bool) -> Result<char, ParseError> {
        let (line, start) = (self.cursor.line(), self.cursor.at());
        self.cursor.advance(1);
        let next = self.cursor.peek();
        // A control character in a key has a rule of its own.
        let is_control = |byte| in_key && matches!(byte, b't' | b'n' | b'r' | b'f');
        if next.is_some_and(|byte| byte.is_ascii_alphanumeric() && byte != b'u' && !is_control(byte)) {
            self.slip(line, start..start + 2, SlipKind::LostBackslash);
        } else if let Some(blanks) =
            next.filter(|byte| is_blank(*byte)).and_then(|_| self.cursor.blanks_before_line_end())
        {
            self.slip(line, start..start + 1 + blanks, SlipKind::BlankAfterBackslash);
        }
        let kind = match self.cursor.next_char() {
            Some('t') => return Ok('\t'),
            Some('n') => return Ok('\n'),
            Some('r') => return Ok('\r'),
            Some('f') => return Ok('\x0c'),
            Some('u') => match self.unicode() {
                Ok(character) => return Ok(character),
                Err(kind) => kind,
            },
            Some(other) => return Ok(other),
            // A backslash at the end of the text is a continuation, so something follows.
            None => ParseErrorKind::MalformedUnicode,
        };
        Err(ParseError { line, at: start..self.cursor.at(), kind })
    }

    /// The character whose first `\u` has been read.
    fn unicode(&mut self) -> Result<char, ParseErrorKind> {
        let first = self.utf16_unit()?;
        if let Some(character) = char::from_u32(u32::from(first)) {
            return Ok(character);
        }
        while self.cursor.skip_continuation() {}
        if !self.cursor.sees("\\u") {
            return Err(ParseErrorKind::LoneSurrogate);
        }
        self.cursor.advance(2);
        let second = self.utf16_unit()?;
        match char::decode_utf16([first, second]).next() {
            Some(Ok(character)) => Ok(character),
            _ => Err(ParseErrorKind::LoneSurrogate),
        }
    }

    fn utf16_unit(&mut self) -> Result<u16, ParseErrorKind> {
        let mut unit = 0;
        for _ in 0..4 {
            while self.cursor.skip_continuation() {}
            let digit = self.cursor.peek().and_then(hex_digit).ok_or(ParseErrorKind::MalformedUnicode)?;
            unit = unit << 4 | digit;
            self.cursor.advance(1);
        }
        Ok(unit)
    }
}

/// Whether a list or a query goes on behind this byte.
fn goes_on(byte: u8) -> bool {
    matches!(byte, b'?' | b'&' | b',' | b';' | b'|' | b'=')
}

fn hex_digit(byte: u8) -> Option<u16> {
    let digit = char::from(byte).to_digit(16)?;
    u16::try_from(digit).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(text: &str) -> (usize, ParseErrorKind, &str) {
        let error = parse(text).unwrap_err();
        (error.line, error.kind, &text[error.at])
    }

    #[test]
    fn entries_and_comments_know_their_lines() {
        let text = "# one\n\r\n  a=1\\\n  2\r! two\r\n\\\nb=3\n#";
        let document = parse(text).unwrap();
        let entries: Vec<_> = document.entries().map(|entry| (entry.line(), entry.key(), entry.value())).collect();
        assert_eq!(entries, [(3, "a", "12"), (7, "b", "3")]);
        let comments: Vec<_> = document.comments().map(|comment| (comment.line(), comment.text())).collect();
        assert_eq!(comments, [(1, " one"), (5, " two"), (8, "")]);
        let places: Vec<_> = document.comments().map(|comment| &text[comment.at()]).collect();
        assert_eq!(places, ["# one", "! two", "#"]);
    }

    #[test]
    fn entries_know_their_place_and_separator() {
        let text = "é\\ a : b\\\n c\nd\te\nf";
        let document = parse(text).unwrap();
        let places: Vec<_> = document
            .entries()
            .map(|entry| (&text[entry.key_at()], entry.separator(), &text[entry.value_at()]))
            .collect();
        assert_eq!(
            places,
            [("é\\ a", Separator::Colon, "b\\\n c"), ("d", Separator::Blank, "e"), ("f", Separator::Missing, ""),]
        );
    }

    #[test]
    fn a_malformed_escape_is_refused_with_its_place() {
        assert_eq!(refused("a=1\nb=x\\u12zz"), (2, ParseErrorKind::MalformedUnicode, "\\u12"));
        assert_eq!(refused("a=1\nb=C:\\\n\\users"), (3, ParseErrorKind::MalformedUnicode, "\\u"));
    }

    #[test]
    fn half_a_character_is_refused() {
        assert_eq!(refused("a=\\ud83d"), (1, ParseErrorKind::LoneSurrogate, "\\ud83d"));
        assert_eq!(refused("a=\\ude00b"), (1, ParseErrorKind::LoneSurrogate, "\\ude00"));
        assert_eq!(refused("a=\\ud83d\\u0041"), (1, ParseErrorKind::LoneSurrogate, "\\ud83d\\u0041"));
    }

    #[test]
    fn nul_is_refused_but_may_be_spelled() {
        assert_eq!(refused("a\n\rb=\0"), (3, ParseErrorKind::Nul, "\0"));
        assert_eq!(parse("a=\\u0000").unwrap().entries().next().unwrap().value(), "\0");
    }

    #[test]
    fn an_error_tells_nothing_of_the_text() {
        let error = parse("a=hunter2\\u").unwrap_err();
        assert!(!format!("{error} {error:?}").contains("hunter2"));
        assert!(error.to_string().starts_with("line 1: `\\u` without four hexadecimal digits"), "{error}");
    }

    #[test]
    fn the_buffer_never_moves() {
        for text in ["# é\na\\u00e9=\\ud83d\\ude00\\t\n\\😀=b", "a=1", ""] {
            let document = parse(text).unwrap();
            assert!(document.text.capacity() <= text.len(), "{text:?}");
        }
    }
}
