//! What a reply changes on a client, for people.

use std::fmt::{self, Display};

use jitsi_properties::changes::{Cause, Change, Key, Removal, Shown};

use super::super::output::word;
use crate::model::visible::visible;

/// Longest value that is shown whole, in characters.
const MAX_SHOWN: usize = 160;

/// A change as one line, which begins with a mark.
pub(in crate::cli) fn line(change: &Change) -> String {
    Line(change).to_string()
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
            Change::Locked(keys) => {
                f.write_str(
                    "! no longer in the reply, but kept by the client, where it goes on to lock or hide something",
                )?;
                list(f, "; add `KEY=${null}` to the reply to unlock it", keys)
            }
            Change::Breaks { rule, level, message } => {
                write!(f, "! {}: {}: with what the client keeps of the earlier reply: {message}", word(*level), rule.id)
            }
            Change::LosesPassword { account } => write!(
                f,
                "! {account}: the account loses its password, so the client asks its user for it; set \
                 `{account}.PASSWORD` in the reply"
            ),
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

/// A value, or what is known of it.
struct Value<'a>(&'a Shown);

impl Display for Value<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Shown::Hidden => f.write_str("(hidden)"),
            Shown::Own => f.write_str("(the client's own)"),
            Shown::Text(text) => write!(f, "{}", visible(text, MAX_SHOWN)),
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
