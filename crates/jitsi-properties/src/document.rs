//! What a properties text says, with the places where it says it.

use std::fmt;
use std::ops::Range;

use zeroize::Zeroizing;

use super::secrets::is_secret;

/// A parsed properties text: its entries and comments in order, duplicates kept.
///
/// All decoded text lies in one buffer that is wiped when the document goes. `Debug` shows keys, never values or
/// comments, nor a key that may hold its value: any of these may be a password.
#[derive(Clone, Default)]
pub struct Document {
    /// Decoded keys, values and comments, one after the other.
    pub(super) text: Zeroizing<String>,
    pub(super) entries: Vec<EntrySpan>,
    pub(super) comments: Vec<CommentSpan>,
    /// Places that read differently than they look, in the order of the text.
    pub(super) slips: Vec<Slip>,
}

/// A place in the text that `Properties.load` reads differently than most people do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Slip {
    /// Number of the physical line, from 1.
    pub(super) line: usize,
    /// The place in the text, in bytes.
    pub(super) at: Range<usize>,
    pub(super) kind: SlipKind,
}

/// What is read differently than it looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum SlipKind {
    /// A backslash joins this line of the text, which looks like a setting; one of the client's, if `of_client`.
    SwallowedSetting { line: usize, of_client: bool },
    /// A backslash joins this line of the text, which looks like a comment.
    SwallowedComment { line: usize },
    /// A key goes on in the next line.
    KeyOverLines,
    /// The blanks that begin the next line are dropped, and two words become one.
    JoinedWords,
    /// A line of nothing but a backslash; a comment may follow.
    LoneBackslash { before_comment: bool },
    /// A comment ends with a backslash, and this line of the text is none.
    CommentWithBackslash { line: usize, indented: bool },
    /// Only blanks follow a backslash, so the line ends there.
    BlankAfterBackslash,
    /// A backslash before a letter or digit: it vanishes, or makes a control character.
    LostBackslash,
    /// A backslash ends a value: nothing is in the next line, or there is none.
    LastBackslash,
    /// A CR without LF ends a line.
    LoneCarriageReturn,
}

/// One key and its value.
#[derive(Clone, Copy)]
pub struct Entry<'a> {
    key: &'a str,
    value: &'a str,
    place: &'a EntrySpan,
}

/// One comment.
#[derive(Clone, Copy)]
pub struct Comment<'a> {
    text: &'a str,
    place: &'a CommentSpan,
}

/// What ends a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Separator {
    /// `=`, with or without blanks around it.
    Equals,
    /// `:`, with or without blanks around it.
    Colon,
    /// Blanks, tabs or form feeds alone.
    Blank,
    /// Nothing: the line ends with the key.
    Missing,
}

/// Where an entry lies, in the buffer and in the text that was parsed.
#[derive(Debug, Clone)]
pub(super) struct EntrySpan {
    pub(super) line: usize,
    pub(super) key: Range<usize>,
    pub(super) value: Range<usize>,
    pub(super) key_at: Range<usize>,
    pub(super) value_at: Range<usize>,
    pub(super) separator: Separator,
}

/// Where a comment lies.
#[derive(Debug, Clone)]
pub(super) struct CommentSpan {
    pub(super) line: usize,
    pub(super) text: Range<usize>,
    pub(super) at: Range<usize>,
}

impl Document {
    /// The entries in the order of the text. A key that is set twice comes twice.
    #[must_use]
    pub fn entries(&self) -> impl ExactSizeIterator<Item = Entry<'_>> + Clone {
        self.entries.iter().map(|place| Entry { key: self.slice(&place.key), value: self.slice(&place.value), place })
    }

    /// The comments in the order of the text.
    #[must_use]
    pub fn comments(&self) -> impl ExactSizeIterator<Item = Comment<'_>> + Clone {
        self.comments.iter().map(|span| Comment { text: self.slice(&span.text), place: span })
    }

    /// What is read differently than it looks, in the order of the text.
    pub(super) fn slips(&self) -> &[Slip] {
        &self.slips
    }

    /// The line on which the entry begins that has, or may have, this line too.
    pub(super) fn entry_of(&self, line: usize) -> Option<usize> {
        let place = self.entries.partition_point(|place| place.line <= line);
        self.entries.get(place.checked_sub(1)?).map(|place| place.line)
    }

    /// The line of the first entry below a line.
    pub(super) fn entry_below(&self, line: usize) -> Option<usize> {
        let place = self.entries.partition_point(|place| place.line <= line);
        self.entries.get(place).map(|place| place.line)
    }

    /// Adds decoded text; where it lies.
    pub(super) fn push(&mut self, text: &str) -> Range<usize> {
        let start = self.text.len();
        self.text.push_str(text);
        start..self.text.len()
    }

    /// Length of the decoded text in bytes, for sizing what is made of it.
    pub(super) fn text_len(&self) -> usize {
        self.text.len()
    }

    fn slice(&self, range: &Range<usize>) -> &str {
        self.text.get(range.clone()).unwrap_or_default()
    }
}

impl<'a> Entry<'a> {
    /// The key, decoded.
    #[must_use]
    pub fn key(&self) -> &'a str {
        self.key
    }

    /// The value, decoded. It may be a secret.
    #[must_use]
    pub fn value(&self) -> &'a str {
        self.value
    }

    /// Number of the line on which the entry begins, from 1.
    #[must_use]
    pub fn line(&self) -> usize {
        self.place.line
    }

    /// Range of the key in the parsed text, escapes included; in bytes.
    #[must_use]
    pub fn key_at(&self) -> Range<usize> {
        self.place.key_at.clone()
    }

    /// Range of the value in the parsed text, escapes and continuation lines included; in bytes.
    #[must_use]
    pub fn value_at(&self) -> Range<usize> {
        self.place.value_at.clone()
    }

    /// What ends the key.
    #[must_use]
    pub fn separator(&self) -> Separator {
        self.place.separator
    }

    /// Whether the entry is one word alone on its line: likely a line that lost its `=`, whose key holds its value too.
    #[must_use]
    pub fn is_bare(&self) -> bool {
        matches!(self.separator(), Separator::Missing | Separator::Blank) && self.value.is_empty()
    }

    /// Whether the value must not be shown, see [`is_secret`].
    #[must_use]
    pub fn is_secret(&self) -> bool {
        is_secret(self.key, self.value)
    }
}

impl<'a> Comment<'a> {
    /// Number of its line, from 1.
    #[must_use]
    pub fn line(&self) -> usize {
        self.place.line
    }

    /// Range of the comment in the parsed text, from its `#` or `!` to the end of the line; in bytes.
    #[must_use]
    pub fn at(&self) -> Range<usize> {
        self.place.at.clone()
    }

    /// The text after the `#` or `!`, unchanged, up to the end of the line.
    #[must_use]
    pub fn text(&self) -> &'a str {
        self.text
    }
}

impl fmt::Debug for Document {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.entries()).finish()
    }
}

impl fmt::Debug for Entry<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.is_bare() {
            return write!(f, "line {}: [hidden]", self.line());
        }
        write!(f, "line {}: {:?} = [hidden]", self.line(), self.key)
    }
}

impl fmt::Debug for Comment<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}: # [hidden]", self.line())
    }
}

#[cfg(test)]
mod tests {
    use super::super::parse;

    #[test]
    fn debug_shows_keys_but_neither_values_nor_comments() {
        let document = parse("# hunter1\nx.PASSWORD=hunter2\nx.PASSWORDhunter3\n").unwrap();
        let shown = format!("{document:?} {:?} {:?}", document.entries().next(), document.comments().next());
        assert!(shown.contains("x.PASSWORD"), "{shown}");
        assert!(!shown.contains("hunter"), "{shown}");
    }
}
