//! A finding as text, with the key that was probably meant.

use std::fmt;

use super::finding::Finding;
use super::rules::known::UNKNOWN_KEY;
use crate::catalogue;

impl Finding {
    /// The key that was probably meant, for one that no client knows.
    ///
    /// Worked out at each call, and slowly: it is needed only when a person reads the finding.
    #[must_use]
    pub fn meant(&self) -> Option<String> {
        let key = self.key.as_deref().filter(|_| self.rule == &UNKNOWN_KEY)?;
        catalogue::did_you_mean(key)
    }
}

/// All of it, the key that was probably meant too.
impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}: {}: {}", self.line, self.rule.id, self.message)?;
        match self.meant() {
            Some(meant) => write!(f, "; did you mean `{}`?", meant.escape_debug()),
            None => Ok(()),
        }
    }
}
