//! `preview USER --diff FILE`: what a reply would change on a client that has an earlier one.

#[cfg(test)]
mod tests;

use std::fmt::{self, Display};
use std::path::Path;

use anyhow::bail;
use jitsi_properties::changes::{Cause, Change, Key, Removal, Shown, compare};
use jitsi_properties::{Document, Hiding, ParseError, ParseErrorKind, parse};

use super::super::reply;
use crate::http::ERROR_STRINGS;
use crate::model::account::Password;

/// Longest value that is shown whole, in characters.
const MAX_SHOWN: usize = 160;

/// What a template holds and hardly a reply.
const MARKS_OF_TEMPLATES: [&str; 2] = ["{{", "{%"];

/// A reply that was saved earlier. It may hold the user's password.
pub(super) struct Earlier {
    reply: Document,
    doubt: Option<String>,
}

impl Earlier {
    /// Reads a file as a client reads a body: every byte is a character of ISO 8859-1.
    pub(super) fn read(file: &Path) -> anyhow::Result<Self> {
        let shown = file.display();
        let text = reply::read(file)?;
        if let Some(error) = ERROR_STRINGS.iter().find(|error| text.starts_with(**error)) {
            bail!(
                "{shown}:1: begins with `{error}`, so it is an error, not a reply; save an answer with status 200, or \
                 the output of `preview`"
            );
        }
        let reply = parse(&text).map_err(|ParseError { line, kind, .. }| match kind {
            ParseErrorKind::Nul => anyhow::anyhow!("{shown}:{line}: a NUL byte, so this service did not send it"),
            _ => anyhow::anyhow!("{shown}:{line}: {kind}"),
        })?;
        let doubt = template_mark(&text).map(|(line, mark)| {
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

    /// What `body` would change, a line each. Secrets are compared by the marks that `hiding` puts in their places, in both
    /// replies those that stand in either.
    pub(super) fn diff(&self, body: &[u8], mut hiding: Hiding) -> anyhow::Result<String> {
        let new = parse(std::str::from_utf8(body)?)?;
        hiding.learn_from(&self.reply);
        let (earlier, new) = (hiding.document(&self.reply), hiding.document(&new));
        let changes = compare(&earlier, &new, Password::placeholder().typed());
        if changes.is_empty() {
            return Ok("= nothing changes\n".to_owned());
        }
        Ok(changes.iter().fold(String::new(), |lines, change| lines + &format!("{}\n", Line(change))))
    }
}

/// The first line that holds what templates do, with what it is.
fn template_mark(text: &str) -> Option<(usize, &'static str)> {
    let mark = |line: &str| MARKS_OF_TEMPLATES.into_iter().find(|mark| line.contains(mark));
    text.lines().zip(1..).find_map(|(line, number)| Some((number, mark(line)?)))
}

/// A change as one line; a list of keys takes a line for each.
struct Line<'a>(&'a Change);

impl Display for Line<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Change::NotAsked => f.write_str(
                "! the earlier reply removed or switched off the client's provisioning method: the client does not ask \
                 for this one",
            ),
            Change::Added { key, value } => write!(f, "+ {key} = {}", Value(value)),
            Change::Changed { key, from: Shown::Hidden, to: Shown::Hidden } => write!(f, "~ {key}: changed (hidden)"),
            Change::Changed { key, from, to } => write!(f, "~ {key}: {} -> {}", Value(from), Value(to)),
            Change::NotCompared { key } => {
                write!(f, "? {key}: not compared, since its value is hidden in one of the two replies or in both")
            }
            Change::Removed { key, by } => write!(f, "- {key}  (removed by {}){}", By(key, by), Loss(key)),
            Change::RunEnded { key } => {
                write!(f, "- {key}  (no longer set: a Java property lasts for one run of the client)")
            }
            Change::Undone { key, line, by } => {
                write!(f, "! {key}: set in line {line}, and removed by {}", By(key, by))
            }
            Change::NotAllowed { key, line, list } => {
                write!(f, "! {key}: line {line} not applied (ALLOW_PREFIX in line {list} does not cover it)")
            }
            Change::Sweeps { line, list: Some(_), .. } => write!(
                f,
                "! line {line}: ENFORCE_PREFIX also removes everything else that the client has stored outside its list"
            ),
            Change::Sweeps { key, line, list: None } => write!(
                f,
                "! line {line}: {key}=${{null}} removes nothing of the earlier reply, but everything else that the \
                 client has stored under keys that begin with it"
            ),
            Change::Stopped { line, lost } => {
                write!(f, "! line {line}: `${{system}}.` without a name: the client stops here")?;
                list(f, ", and does not apply what follows", lost)
            }
            Change::Same(1) => f.write_str("= 1 key is set to the value that it already has"),
            Change::Same(count) => write!(f, "= {count} keys are set to the values that they already have"),
            Change::Stays(keys) => {
                f.write_str("= no longer in the reply, but kept by the client")?;
                list(f, " (`KEY=${null}` removes a key and all keys that begin with it)", keys)
            }
        }
    }
}

/// Keys below a line, if there are any.
fn list(f: &mut fmt::Formatter<'_>, head: &str, keys: &[Key]) -> fmt::Result {
    if keys.is_empty() {
        return Ok(());
    }
    write!(f, "{head}:")?;
    keys.iter().try_for_each(|key| write!(f, "\n    {key}"))
}

/// A value: one that is empty, or begins or ends with a blank, in quotes.
struct Value<'a>(&'a Shown);

impl Display for Value<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = match self.0 {
            Shown::Hidden => return f.write_str("(hidden)"),
            Shown::Own => return f.write_str("(the client's own)"),
            Shown::Text(text) => text,
        };
        let quote = if text.trim() == text && !text.is_empty() { "" } else { "\"" };
        f.write_str(quote)?;
        for character in text.chars().take(MAX_SHOWN) {
            match character {
                '\'' | '"' => write!(f, "{character}")?,
                _ => write!(f, "{}", character.escape_debug())?,
            }
        }
        f.write_str(quote)?;
        match text.chars().count() {
            count if count > MAX_SHOWN => write!(f, "… ({count} characters)"),
            _ => Ok(()),
        }
    }
}

/// What removed a key.
struct By<'a>(&'a Key, &'a Removal);

impl Display for By<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self(removed, Removal { line, cause }) = self;
        match cause {
            Cause::Null { key } => write!(f, "line {line}: {key}=${{null}}"),
            Cause::Enforce { through } if through == *removed => {
                write!(f, "line {line}: ENFORCE_PREFIX does not cover it")
            }
            Cause::Enforce { through } => {
                write!(
                    f,
                    "line {line}: ENFORCE_PREFIX does not cover {through}, so everything that begins with it is removed"
                )
            }
        }
    }
}

/// What the client loses with a key of its own.
struct Loss<'a>(&'a Key);

impl Display for Loss<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let own = self.0.to_string();
        let lost = match own.strip_prefix("net.java.sip.communicator.") {
            Some("plugin.provisioning.METHOD") => "how it asks for settings, so it does not ask at its next start",
            Some("plugin.provisioning.URL") => "which address it asks for settings",
            Some("plugin.provisioning.auth.USERNAME") => "the user name of its saved login",
            Some("plugin.provisioning.auth.ENCRYPTED_PASSWORD") => "the password of its saved login",
            Some("UUID") => "its UUID, so it generates another",
            _ => return Ok(()),
        };
        write!(f, "; the client's own: {lost}")
    }
}
