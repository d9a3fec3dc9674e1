//! What the linter says.

use std::fmt;

use super::super::catalogue;
use super::super::document::Entry;

/// How bad it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// Worth knowing; nothing may be wrong.
    Note,
    /// Does not do what its author wants; the answer may go out.
    Warning,
    /// Would harm the client; the answer must not go out.
    Error,
}

/// One thing that is wrong with a document.
///
/// It names keys, but never a value or a comment of the document: those may be secrets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// Number of the line, from 1.
    pub line: usize,
    /// Name of the rule, in lower case with hyphens.
    pub rule: &'static str,
    /// How bad it is.
    pub level: Level,
    /// The key it is about; none when it is about the whole text, or when the key may hold a piece of a value.
    pub key: Option<String>,
    /// Why it matters on the client, and what to write instead.
    pub message: String,
}

impl Finding {
    pub(super) fn error(rule: &'static str, entry: Entry<'_>, message: impl Into<String>) -> Self {
        let key = Some(entry.key().to_owned());
        Self { line: entry.line(), rule, level: Level::Error, key, message: message.into() }
    }

    pub(super) fn warning(rule: &'static str, entry: Entry<'_>, message: impl Into<String>) -> Self {
        Self { level: Level::Warning, ..Self::error(rule, entry, message) }
    }

    pub(super) fn note(rule: &'static str, entry: Entry<'_>, message: impl Into<String>) -> Self {
        Self { level: Level::Note, ..Self::error(rule, entry, message) }
    }
}

impl Finding {
    /// The key that was probably meant, for one that no client knows.
    ///
    /// Worked out at each call, and slowly: a reply needs it only when somebody reads the finding.
    #[must_use]
    pub fn meant(&self) -> Option<String> {
        let key = self.key.as_deref().filter(|_| self.rule == "unknown-key")?;
        catalogue::did_you_mean(key)
    }
}

/// All of it, the key that was probably meant too.
impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}: {}: {}", self.line, self.rule, self.message)?;
        match self.meant() {
            Some(meant) => write!(f, "; did you mean `{}`?", meant.escape_debug()),
            None => Ok(()),
        }
    }
}
