//! A place in a properties text, and the steps that lines are made of.
//!
//! All characters with a meaning are ASCII, so the cursor looks at bytes and still stops between characters only.

use crate::scan::position;

/// A place in a text, with the number of its line.
pub(super) struct Cursor<'a> {
    text: &'a str,
    at: usize,
    line: usize,
}

impl<'a> Cursor<'a> {
    pub(super) fn new(text: &'a str) -> Self {
        Self { text, at: 0, line: 1 }
    }

    /// Bytes before the place.
    pub(super) fn at(&self) -> usize {
        self.at
    }

    /// Number of the physical line, from 1.
    pub(super) fn line(&self) -> usize {
        self.line
    }

    pub(super) fn at_end(&self) -> bool {
        self.at >= self.text.len()
    }

    /// The next byte.
    pub(super) fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    /// Whether the next bytes are these.
    pub(super) fn sees(&self, bytes: &str) -> bool {
        self.rest().starts_with(bytes)
    }

    /// Steps over `bytes` bytes of ASCII.
    pub(super) fn advance(&mut self, bytes: usize) {
        self.at += bytes;
    }

    /// Steps over one character and gives it.
    pub(super) fn next_char(&mut self) -> Option<char> {
        let character = self.rest().chars().next()?;
        self.at += character.len_utf8();
        Some(character)
    }

    /// Steps over everything up to the first byte that `ends` names, and gives it.
    pub(super) fn run(&mut self, ends: impl Fn(u8) -> bool) -> &'a str {
        let rest = self.rest();
        let length = position(rest.as_bytes(), ends).unwrap_or(rest.len());
        self.at += length;
        rest.get(..length).unwrap_or_default()
    }

    /// Steps over what `Properties` calls white space.
    pub(super) fn skip_blanks(&mut self) {
        // Mostly there is none.
        while self.peek().is_some_and(is_blank) {
            self.advance(1);
        }
    }

    /// Steps over one line end: CR, LF or both. False when there is none.
    pub(super) fn skip_line_end(&mut self) -> bool {
        let length = line_end(self.rest());
        self.at += length;
        self.line += usize::from(length > 0);
        length > 0
    }

    /// Whether a backslash is the last character of the line here, so that the next line continues this one.
    pub(super) fn sees_continuation(&self) -> bool {
        match self.rest().strip_prefix('\\') {
            Some(after) => after.is_empty() || line_end(after) > 0,
            None => false,
        }
    }

    /// Steps over a backslash at the end of a line, the line end and the blanks that begin the next line.
    ///
    /// False when there is none. A backslash that ends the text counts as well: the JDK drops it.
    pub(super) fn skip_continuation(&mut self) -> bool {
        if !self.sees_continuation() {
            return false;
        }
        self.advance(1);
        self.skip_line_end();
        self.skip_blanks();
        true
    }

    /// The rest of the physical line.
    pub(super) fn rest_of_line(&self) -> &'a str {
        let rest = self.rest();
        let length = position(rest.as_bytes(), is_line_end).unwrap_or(rest.len());
        rest.get(..length).unwrap_or_default()
    }

    /// The number of blanks here, if nothing else comes before the line ends.
    pub(super) fn blanks_before_line_end(&self) -> Option<usize> {
        let rest = self.rest();
        let length = rest.bytes().position(|byte| !is_blank(byte)).unwrap_or(rest.len());
        rest.as_bytes().get(length).is_none_or(|byte| is_line_end(*byte)).then_some(length)
    }

    /// The last byte before the place.
    pub(super) fn before(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at.checked_sub(1)?).copied()
    }

    fn rest(&self) -> &'a str {
        self.text.get(self.at..).unwrap_or_default()
    }
}

/// Blank, tab and form feed, as `Properties` has it; a no-break space is text.
#[expect(clippy::needless_bitwise_bool, reason = "without branches, many bytes are compared at once")]
pub(super) fn is_blank(byte: u8) -> bool {
    (byte == b' ') | (byte == b'\t') | (byte == b'\x0c')
}

/// CR or LF; U+0085 and U+2028 are text for `Properties`.
#[expect(clippy::needless_bitwise_bool, reason = "without branches, many bytes are compared at once")]
pub(super) fn is_line_end(byte: u8) -> bool {
    (byte == b'\r') | (byte == b'\n')
}

/// Length of the line end that `text` begins with.
fn line_end(text: &str) -> usize {
    match text.as_bytes() {
        [b'\r', b'\n', ..] => 2,
        [b'\r' | b'\n', ..] => 1,
        _ => 0,
    }
}

/// What a key ends at, unless it is escaped.
#[expect(clippy::needless_bitwise_bool, reason = "without branches, many bytes are compared at once")]
pub(super) fn ends_key(byte: u8) -> bool {
    is_line_end(byte) | is_blank(byte) | (byte == b'=') | (byte == b':')
}
