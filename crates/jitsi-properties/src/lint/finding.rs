//! What the linter says.

use std::ops::Range;

use super::level::Level;
use super::rule::Rule;
use crate::document::{Comment, Entry};

/// One thing that is wrong with a document.
///
/// It names keys, but never a value or a comment of the document: those may be secrets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// Number of the line, from 1.
    pub line: usize,
    /// Range of the key, value or comment in the parsed text, in bytes; empty when the finding is about
    /// the whole text.
    pub at: Range<usize>,
    /// Name of the rule, see [`Rule::named`](crate::lint::Rule::named).
    pub rule: &'static Rule,
    /// How bad it is.
    pub level: Level,
    /// The key it is about; none when it is about a comment or the whole text, or when the key may hold a piece of a value.
    pub key: Option<String>,
    /// Why it matters on the client, and what to write instead.
    pub message: String,
    /// Another line that the message names.
    pub other: Option<OtherLine>,
}

/// Another line of the document than the one that a finding is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OtherLine {
    /// Its number, from 1.
    pub line: usize,
    /// Where the message says `line N`, in bytes. A reader who sees the text's source instead of the text needs another
    /// number there, or another file.
    pub at: Range<usize>,
}

impl Finding {
    /// About the key of an entry; see [`Finding::on_value`].
    pub(super) fn error(rule: &'static Rule, entry: Entry<'_>, message: impl Into<String>) -> Self {
        Self::new(Level::Error, rule, entry, message)
    }

    /// About the key of an entry; see [`Finding::on_value`].
    pub(super) fn warning(rule: &'static Rule, entry: Entry<'_>, message: impl Into<String>) -> Self {
        Self::new(Level::Warning, rule, entry, message)
    }

    /// About the key of an entry; see [`Finding::on_value`].
    pub(super) fn note(rule: &'static Rule, entry: Entry<'_>, message: impl Into<String>) -> Self {
        Self::new(Level::Note, rule, entry, message)
    }

    /// About the value of the same entry; about its key still when the value is empty.
    #[must_use]
    pub(super) fn on_value(self, entry: Entry<'_>) -> Self {
        let value = entry.value_at();
        if value.is_empty() { self } else { Self { at: value, ..self } }
    }

    /// About a comment, whose text it does not show.
    pub(super) fn in_comment(
        level: Level,
        rule: &'static Rule,
        comment: Comment<'_>,
        message: impl Into<String>,
    ) -> Self {
        Self { line: comment.line(), at: comment.at(), rule, level, key: None, message: message.into(), other: None }
    }

    /// About a place in the text that is no key and no value.
    pub(super) fn in_text(
        level: Level,
        rule: &'static Rule,
        (line, at): (usize, Range<usize>),
        message: impl Into<String>,
    ) -> Self {
        Self { line, at, rule, level, key: None, message: message.into(), other: None }
    }

    fn new(level: Level, rule: &'static Rule, entry: Entry<'_>, message: impl Into<String>) -> Self {
        debug_assert!(rule.levels.contains(&level) || rule.levels.len() > 1, "{} has no {level:?}", rule.id);
        let key = Some(entry.key().to_owned());
        Self { line: entry.line(), at: entry.key_at(), rule, level, key, message: message.into(), other: None }
    }

    /// The same, whose message says `line N` of this line.
    #[must_use]
    pub(super) fn naming(self, line: usize) -> Self {
        let words = format!("line {line}");
        // Keys come first in a message, and may hold anything.
        let other = self.message.rfind(&words).map(|start| OtherLine { line, at: start..start + words.len() });
        Self { other, ..self }
    }
}
