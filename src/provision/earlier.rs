//! An earlier reply that was kept, and what another one changes on a client that has applied it.

use std::fmt;

use jitsi_properties::changes::{Change, compare};
use jitsi_properties::{Document, Hiding, ParseError, ParseErrorKind, encode, parse};

use crate::model::account::Password;

/// What a template holds and hardly a reply.
const MARKS_OF_TEMPLATES: [&str; 2] = ["{{", "{%"];

/// A reply that a client got earlier. It may hold the user's password, so `Debug` shows none of it.
pub struct Earlier {
    reply: Document,
    mark: Option<TemplateMark>,
}

/// A sign that a text is a template, not a reply.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TemplateMark {
    /// The line, from 1.
    pub line: usize,
    /// What stands there: `{{` or `{%`.
    pub mark: &'static str,
}

/// Why a text is no reply. It shows nothing of the text.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NotAReply {
    /// It is the answer to a request that failed.
    #[error(
        "begins with `{0}`, so it is an error, not a reply; save an answer with status 200, or the output of `preview`"
    )]
    Failure(&'static str),
    /// The service encodes such a byte.
    #[error("a NUL byte, so this service did not send it")]
    Nul {
        /// The line, from 1.
        line: usize,
    },
    /// A client would not take it.
    #[error("{kind}")]
    Malformed {
        /// The line, from 1.
        line: usize,
        /// What is wrong there.
        kind: ParseErrorKind,
    },
}

impl NotAReply {
    /// The line that shows it, from 1.
    #[must_use]
    pub fn line(&self) -> usize {
        match self {
            Self::Failure(_) => 1,
            Self::Nul { line } | Self::Malformed { line, .. } => *line,
        }
    }
}

impl Earlier {
    /// Reads a reply. A text that begins with one of `failures` is the answer to a request that failed.
    ///
    /// # Errors
    ///
    /// When no client could have applied the text.
    pub fn parse(text: &str, failures: &[&'static str]) -> Result<Self, NotAReply> {
        if let Some(failure) = failures.iter().find(|failure| text.starts_with(**failure)) {
            return Err(NotAReply::Failure(failure));
        }
        let reply = parse(text).map_err(|ParseError { line, kind, .. }| match kind {
            ParseErrorKind::Nul => NotAReply::Nul { line },
            kind => NotAReply::Malformed { line, kind },
        })?;
        Ok(Self { reply, mark: template_mark(text) })
    }

    /// Why it may be no reply at all.
    #[must_use]
    pub fn template_mark(&self) -> Option<TemplateMark> {
        self.mark
    }

    /// What the reply `body` changes, in the client's order. Secrets are compared by the marks that `hiding` puts in their
    /// places, in both replies those that either of them has.
    ///
    /// # Errors
    ///
    /// When `body` is not what [`encode`](fn@encode) makes.
    pub fn changes(&self, body: &[u8], mut hiding: Hiding) -> Result<Vec<Change>, ParseError> {
        let new = parse(&String::from_utf8_lossy(body))?;
        hiding.learn_from(&self.reply);
        let (earlier, new) = (hiding.document(&self.reply), hiding.document(&new));
        Ok(compare(&earlier, &new, Password::placeholder().typed()))
    }

    /// The reply without its secrets, as one that has the same changes.
    #[must_use]
    pub fn shown(&self, mut hiding: Hiding) -> String {
        hiding.learn_from(&self.reply);
        String::from_utf8_lossy(&encode(&hiding.document(&self.reply))).into_owned()
    }
}

impl fmt::Debug for Earlier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Earlier({} entries)", self.reply.entries().len())
    }
}

/// The first line that holds what templates do.
fn template_mark(text: &str) -> Option<TemplateMark> {
    let found = |line: &str| MARKS_OF_TEMPLATES.into_iter().find(|mark| line.contains(mark));
    text.lines().zip(1..).find_map(|(text, line)| Some(TemplateMark { line, mark: found(text)? }))
}

#[cfg(test)]
mod tests {
    use super::super::marks::hash;
    use super::*;

    #[test]
    fn a_reply_is_shown_without_its_secrets_and_compared_with_them() {
        let text = "a.PASSWORD=hunter2\nnote=hunter2 again\nurl=https://a:hush@b/\n";
        let earlier = Earlier::parse(text, &[]).unwrap();
        let hiding = Hiding::new(hash("component", "anna"));
        let shown = earlier.shown(hiding.clone());
        assert!(!shown.contains("hunter2") && !shown.contains("hush"), "{shown}");
        assert!(!format!("{earlier:?}").contains("hunter"));
        // What is shown may come back.
        let again = Earlier::parse(&shown, &[]).unwrap();
        assert_eq!(again.changes(shown.as_bytes(), hiding.clone()).unwrap(), [Change::Same(3)]);
        let changes = again.changes(b"a.PASSWORD=hunter3\n", hiding).unwrap();
        assert!(!format!("{changes:?}").contains("hunter"), "{changes:?}");
    }

    #[test]
    fn what_is_no_reply_is_refused_with_its_line_and_without_its_text() {
        let refused = |text| Earlier::parse(text, &["TemplateException"]).unwrap_err();
        assert_eq!(refused("TemplateException: hunter2"), NotAReply::Failure("TemplateException"));
        assert_eq!(refused("a=1\nb=\0hunter2"), NotAReply::Nul { line: 2 });
        let malformed = refused("a=1\nb=2\nc=\\uhunter2");
        assert_eq!(malformed.line(), 3);
        assert!(!format!("{malformed} {malformed:?}").contains("hunter2"));
        assert_eq!(
            Earlier::parse("a=1\nb={{ user.jid }}", &[]).unwrap().template_mark(),
            Some(TemplateMark { line: 2, mark: "{{" })
        );
    }
}
