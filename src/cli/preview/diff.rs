//! `preview USER --diff FILE`: what a reply would change on a client that has an earlier one.

#[cfg(test)]
mod tests;

use std::path::Path;

use jitsi_properties::Hiding;

use super::super::reply::{self, change};
use crate::http::ERROR_STRINGS;
use crate::provision::{Earlier, TemplateMark};

/// A reply that was saved earlier.
pub(super) struct Saved {
    reply: Earlier,
    doubt: Option<String>,
}

impl Saved {
    /// Reads a file as a client reads a body: every byte is a character of ISO 8859-1.
    pub(super) fn read(file: &Path) -> anyhow::Result<Self> {
        let shown = file.display();
        let text = reply::read(file)?;
        let reply = Earlier::parse(&text, &ERROR_STRINGS)
            .map_err(|error| anyhow::anyhow!("{shown}:{}: {error}", error.line()))?;
        let doubt = reply.template_mark().map(|TemplateMark { line, mark }| {
            format!(
                "{shown}:{line}: warning: `{mark}` belongs in templates, not in replies; save the output of `preview` and compare with that"
            )
        });
        Ok(Self { reply, doubt })
    }

    /// Why it may be no reply at all.
    pub(super) fn doubt(&self) -> Option<&str> {
        self.doubt.as_deref()
    }

    /// What `body` would change, a line each.
    pub(super) fn diff(&self, body: &[u8], hiding: Hiding) -> anyhow::Result<String> {
        let changes = self.reply.changes(body, hiding)?;
        if changes.is_empty() {
            return Ok("= nothing changes\n".to_owned());
        }
        Ok(changes.iter().fold(String::new(), |lines, change| lines + &format!("{}\n", change::line(change))))
    }
}
