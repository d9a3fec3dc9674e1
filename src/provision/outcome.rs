//! What comes in and what comes out.

use std::fmt;

use bytes::Bytes;
use jitsi_properties::Hiding;

use super::error::ProvisionError;
use super::render::EntrySource;
use crate::model::account::{ClientInfo, Credentials, Entry, PartSet};
use crate::model::request::{Chosen, Stages};
use crate::policy::Diagnostic;
use crate::template::{Choice, Condition, PassedOver};

/// What a client asks for.
#[derive(Debug, Clone)]
pub struct Request {
    /// Who asks, and the proof.
    pub credentials: Credentials,
    /// What the client says of itself, and from where it asks.
    pub client: ClientInfo,
}

/// How a request ended, and where its time went.
#[derive(Debug)]
pub struct Outcome {
    /// What the client gets, or why it gets nothing.
    pub result: Result<Reply, ProvisionError>,
    /// Where the time went, whatever the result.
    pub stages: Stages,
    /// The template that was chosen; none when the request did not get that far.
    pub chosen: Option<Chosen>,
}

impl From<Choice<'_>> for Chosen {
    fn from(choice: Choice<'_>) -> Self {
        Self { template: choice.template.name().to_owned(), rule: choice.rule.map(str::to_owned) }
    }
}

/// What a client gets: a text that is complete and checked. It usually holds the user's password.
#[derive(Clone)]
pub struct Reply {
    /// The properties, encoded in ASCII.
    pub body: Bytes,
}

impl fmt::Debug for Reply {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Reply({} bytes)", self.body.len())
    }
}

/// What `preview` shows.
#[derive(Debug)]
pub struct Preview {
    /// The properties as a client would get them, with a placeholder for the password and marks for other secrets.
    pub body: Bytes,
    /// Knows these secrets, to hide them in an earlier reply too.
    pub hiding: Hiding,
    /// For each entry of the properties, in their order, what made it.
    pub sources: Vec<EntrySource>,
    /// What the lint says, at the lines of the template.
    pub diagnostics: Vec<Diagnostic>,
    /// The template and the rule that chose it.
    pub chosen: Chosen,
    /// The rules before it, in their order, and why they did not match.
    pub passed_over: Vec<RulePassedOver>,
    /// What was asked about the user.
    pub asked: PartSet,
    /// What was found out about the user, and what was not.
    pub entry: Entry,
}

/// A rule that did not match, and why not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RulePassedOver {
    /// Name of the rule.
    pub rule: String,
    /// The template that it would have chosen.
    pub template: String,
    /// The setting of the rule that the request does not meet: `users`, `groups` and so on.
    pub setting: &'static str,
    /// For `fields`: the name of the field.
    pub field: Option<String>,
}

impl From<PassedOver<'_>> for RulePassedOver {
    fn from(PassedOver { rule, template, unmet }: PassedOver<'_>) -> Self {
        let (setting, field) = match unmet {
            Condition::Users => ("users", None),
            Condition::Networks => ("networks", None),
            Condition::Os => ("os", None),
            Condition::Field(name) => ("fields", Some(name.to_owned())),
            Condition::ClientVersion => ("client_version", None),
            Condition::Groups => ("groups", None),
            Condition::RosterGroups => ("roster_groups", None),
        };
        Self { rule: rule.to_owned(), template: template.to_owned(), setting, field }
    }
}

/// Why there is no preview.
#[derive(Debug, thiserror::Error)]
pub enum PreviewError {
    /// As many previews are being made as may be at one time.
    #[error("{MOST_PREVIEWS} previews are being made at the moment; try again when one of them is ready")]
    Busy,
    /// The thread that rendered ended without a result.
    #[error("internal error: the preview ended without a result; see the previous log line")]
    Broken,
    /// A client would get no reply either.
    #[error(transparent)]
    Failed(#[from] ProvisionError),
}

/// Most previews that are made at one time. They take threads and look-ups that users need.
pub(super) const MOST_PREVIEWS: usize = 2;

/// Whether a request would be served at this moment. An error says what is wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Readiness {
    /// Whether the component is connected; else why not.
    pub component: Result<(), String>,
    /// Whether Openfire's client port answers and can be trusted; else why not.
    pub openfire: Result<(), String>,
}
