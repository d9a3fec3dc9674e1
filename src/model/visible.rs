//! Values as people can read them on one line, whatever is in them.

use std::fmt::{self, Write as _};

/// A text on one line: control characters and what cannot be seen come as escapes, and a text that is empty, or begins or
/// ends with a blank, in quotation marks.
#[derive(Debug, Clone, Copy)]
pub struct Visible<'a> {
    text: &'a str,
    most: usize,
}

/// The text, with at most that many characters; after a longer one follows its number of characters.
#[must_use]
pub fn visible(text: &str, most: usize) -> Visible<'_> {
    Visible { text, most }
}

impl fmt::Display for Visible<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { text, most } = *self;
        let quote = if text.trim() == text && !text.is_empty() { "" } else { "\"" };
        f.write_str(quote)?;
        for character in text.chars().take(most) {
            match character {
                '\'' | '"' => f.write_char(character)?,
                _ => write!(f, "{}", character.escape_debug())?,
            }
        }
        f.write_str(quote)?;
        match text.chars().count() {
            count if count > most => write!(f, "… ({count} characters)"),
            _ => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::visible;

    #[test]
    fn what_cannot_be_seen_comes_as_escapes() {
        let shown = |text| visible(text, 12).to_string();
        assert_eq!(shown("O'Hara \"A\" ß"), "O'Hara \"A\" ß");
        assert_eq!(shown("\u{1b}[31m\u{202e}\n"), "\"\\u{1b}[31m\\u{202e}\\n\"");
        assert_eq!(shown(""), "\"\"");
        assert_eq!(shown("0123456789012"), "012345678901… (13 characters)");
    }
}
