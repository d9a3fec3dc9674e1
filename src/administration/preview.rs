//! What a user would get from a client, key by key, and what it would change.
//!
//! 1. The running service makes the reply, over its own component, as for the command `preview`.
//! 2. Each key gets its meaning, the line of the template that made it, and what the linter says of it.
//! 3. On request the reply is compared with one that was pasted, or with the one for another client.
//!
//! Secrets are hidden by the rule of the command; a pasted reply loses its own in the same way.

mod client;
mod keys;

use std::sync::Arc;

use jitsi_properties::changes::Change;
use jitsi_properties::{Hiding, Level, ParseError};
use tokio::time::{Instant, timeout_at};
use zeroize::Zeroizing;

pub use self::client::{ClientFields, NotAClient};
pub use self::keys::ShownKey;
use crate::model::account::{ClientInfo, Missing, Part, Reason, UsernameError};
use crate::model::config;
use crate::model::request::Chosen;
use crate::policy::Diagnostic;
use crate::provision::{
    self, Earlier, NotAReply, PreviewError, ProvisionError, Provisioner, RulePassedOver, TemplateMark,
};

/// Largest reply that may be pasted, in bytes.
pub const MAX_PASTED: usize = 256 * 1024;

/// Most keys that are shown; more would make the page slow and heavy.
pub const MOST_KEYS: usize = 500;

/// Makes previews with the running service. A clone makes them with the same.
#[derive(Clone)]
pub struct Previewer {
    provisioner: Arc<Provisioner>,
    /// The words with which answers begin that are no replies.
    failures: &'static [&'static str],
    /// Names of the form's fields that no template sees.
    own_fields: Arc<[String]>,
}

/// What an administrator wants to see.
#[derive(Debug, Clone)]
pub struct Question {
    /// The user's name, as people type it.
    pub user: String,
    /// The client that would ask.
    pub client: ClientInfo,
    /// What to compare the reply with.
    pub against: Against,
}

/// What a reply is compared with: the changes are those on a client that has applied the other one.
#[derive(Debug, Clone, Default)]
pub enum Against {
    /// With nothing.
    #[default]
    Nothing,
    /// With a reply that was pasted, which may hold secrets.
    Pasted(Zeroizing<String>),
    /// With what the same user would get from another client.
    Client(ClientInfo),
}

/// The reply, and all that is known about how it came about. It holds no secret.
#[derive(Debug)]
pub struct Preview {
    /// The account.
    pub user: String,
    /// The pattern of `openfire.login_names` that made this account of the typed name, if one did.
    pub login_pattern: Option<String>,
    /// The template, and the rule that chose it.
    pub chosen: Chosen,
    /// The rules before it, and why they did not match.
    pub passed_over: Vec<RulePassedOver>,
    /// The keys in the order of the reply, at most [`MOST_KEYS`].
    pub keys: Vec<ShownKey>,
    /// How many keys more the reply has.
    pub left_out: usize,
    /// What the linter says about no key in particular.
    pub findings: Vec<Diagnostic>,
    /// Whether the linter found an error: then no client would get this reply.
    pub is_harmful: bool,
    /// What was asked of Openfire.
    pub asked: Vec<Part>,
    /// What was asked for and failed, or is not whole.
    pub missing: Vec<Missing>,
    /// What Openfire or the configuration keeps back from the component, for every user.
    pub withheld: Vec<Missing>,
    /// Whether something was asked and nothing at all was found: perhaps there is no such account. Only a login would show it.
    pub may_be_unknown: bool,
    /// Why the component is not connected, if it is not.
    pub disconnected: Option<String>,
    /// The comparison, if one was wanted.
    pub comparison: Option<Comparison>,
}

/// What the reply would change.
#[derive(Debug)]
pub struct Comparison {
    /// The changes, in the order in which the client makes them.
    pub changes: Vec<Change>,
    /// What the reply was compared with.
    pub with: ComparedWith,
}

/// What a reply was compared with.
#[derive(Debug)]
pub enum ComparedWith {
    /// A pasted reply.
    Pasted {
        /// The same without its secrets, to be shown in the form again.
        shown: String,
        /// Why it may be a template instead.
        mark: Option<TemplateMark>,
    },
    /// The reply for another client, with the template that it is made of.
    Client(Chosen),
}

/// Why there is no preview.
#[derive(Debug, thiserror::Error)]
pub enum CannotPreview {
    /// No account can have such a name.
    #[error(transparent)]
    Name(#[from] UsernameError),
    /// The pasted text is too large for a reply.
    #[error("the pasted text is larger than {} KiB, so it is not a reply of this service", MAX_PASTED / 1024)]
    PastedTooLarge,
    /// The pasted text is no reply.
    #[error("line {line} of the pasted text: {0}", line = .0.line())]
    Pasted(#[from] NotAReply),
    /// Other previews are being made.
    #[error("other previews are being made at the moment; try again when they are ready")]
    Busy,
    /// Openfire, or the template, took too long.
    #[error("the preview was not ready in time: Openfire answers slowly, or the template does too much work")]
    TooSlow,
    /// The service failed.
    #[error(transparent)]
    Broken(PreviewError),
    /// A client would get no reply either.
    #[error(transparent)]
    NoReply(ProvisionError),
}

impl Previewer {
    /// Makes previews with `provisioner`. Answers that begin with one of `failures` are errors, not replies.
    #[must_use]
    pub fn new(provisioner: Arc<Provisioner>, failures: &'static [&'static str], http: &config::Http) -> Self {
        let own_fields = [&http.username_fields, &http.password_fields, &http.secret_fields];
        let own_fields = own_fields.into_iter().flatten().cloned().collect();
        Self { provisioner, failures, own_fields }
    }

    /// Makes the reply and explains it, before `deadline`.
    ///
    /// Dropping the future withdraws the queries to Openfire.
    ///
    /// # Errors
    ///
    /// When a client would get no reply, or the preview cannot be made now.
    pub async fn preview(&self, question: &Question, deadline: Instant) -> Result<Preview, CannotPreview> {
        match timeout_at(deadline, Box::pin(self.made(question, deadline))).await {
            Ok(made) => made,
            Err(_) => Err(CannotPreview::TooSlow),
        }
    }

    async fn made(&self, question: &Question, deadline: Instant) -> Result<Preview, CannotPreview> {
        let names = self.provisioner.login_names();
        let name = names.resolve(&question.user, self.provisioner.domain())?;
        let pasted = match &question.against {
            Against::Pasted(text) if text.len() > MAX_PASTED => return Err(CannotPreview::PastedTooLarge),
            Against::Pasted(text) => Some(Earlier::parse(text.trim_start_matches('\u{feff}'), self.failures)?),
            Against::Nothing | Against::Client(_) => None,
        };
        let made = self.provisioner.preview(&name.username, &question.client, deadline).await?;
        let comparison = match (&question.against, pasted) {
            (_, Some(pasted)) => Some(with_pasted(&pasted, &made)?),
            (Against::Client(other), _) => {
                let other = self.provisioner.preview(&name.username, other, deadline).await?;
                Some(with_other(other, &made)?)
            }
            _ => None,
        };
        let login_pattern = name.pattern.map(ToString::to_string);
        let disconnected = self.provisioner.disconnected();
        Ok(Preview { login_pattern, disconnected, comparison, ..explained(name.username.to_string(), made)? })
    }
}

/// The reply with its explanations, without a comparison.
fn explained(user: String, made: provision::Preview) -> Result<Preview, CannotPreview> {
    let is_harmful = made.diagnostics.iter().any(|diagnostic| diagnostic.level == Level::Error);
    let (keys, findings) = keys::explained(&made.body, &made.sources, made.diagnostics)?;
    let left_out = keys.len().saturating_sub(MOST_KEYS);
    let provision::Preview { chosen, passed_over, asked, entry, .. } = made;
    let asked: Vec<Part> = Part::ALL.into_iter().filter(|part| asked.includes(*part)).collect();
    Ok(Preview {
        user,
        login_pattern: None,
        chosen,
        passed_over,
        keys: keys.into_iter().take(MOST_KEYS).collect(),
        left_out,
        findings,
        is_harmful,
        may_be_unknown: !asked.is_empty() && entry.is_empty(),
        asked,
        missing: entry.missing,
        withheld: entry.withheld,
        disconnected: None,
        comparison: None,
    })
}

fn with_pasted(pasted: &Earlier, made: &provision::Preview) -> Result<Comparison, CannotPreview> {
    let changes = pasted.changes(&made.body, made.hiding.clone())?;
    let shown = pasted.shown(made.hiding.clone());
    Ok(Comparison { changes, with: ComparedWith::Pasted { shown, mark: pasted.template_mark() } })
}

/// Each of the two replies may know a secret that the other has in the clear.
fn with_other(other: provision::Preview, made: &provision::Preview) -> Result<Comparison, CannotPreview> {
    let hidden =
        |body: &[u8], hiding: &Hiding| Ok(Earlier::parse(&String::from_utf8_lossy(body), &[])?.shown(hiding.clone()));
    let new: Result<String, NotAReply> = hidden(&made.body, &other.hiding);
    let other_reply = Earlier::parse(&String::from_utf8_lossy(&other.body), &[])?;
    let changes = other_reply.changes(new?.as_bytes(), made.hiding.clone())?;
    Ok(Comparison { changes, with: ComparedWith::Client(other.chosen) })
}

/// Whether only the user's own login could have brought this.
#[must_use]
pub fn needs_a_login(missing: &Missing) -> bool {
    matches!(missing.reason, Reason::NoSession)
}

impl From<ParseError> for CannotPreview {
    fn from(error: ParseError) -> Self {
        Self::Pasted(NotAReply::Malformed { line: error.line, kind: error.kind })
    }
}

impl From<PreviewError> for CannotPreview {
    fn from(error: PreviewError) -> Self {
        match error {
            PreviewError::Busy => Self::Busy,
            PreviewError::Broken => Self::Broken(error),
            PreviewError::Failed(error) => Self::NoReply(error),
        }
    }
}
