//! What comes in and what comes out.

use std::fmt;

use bytes::Bytes;
use jitsi_properties::Hiding;

use super::error::ProvisionError;
use crate::model::account::{ClientInfo, Credentials, Entry, PartSet};
use crate::model::request::{Chosen, Stages};
use crate::policy::Diagnostic;
use crate::template::Choice;

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
    /// What the lint says, at the lines of the template.
    pub diagnostics: Vec<Diagnostic>,
    /// The template and the rule that chose it.
    pub chosen: Chosen,
    /// What was asked about the user.
    pub asked: PartSet,
    /// What was found out about the user, and what was not.
    pub entry: Entry,
}

/// Whether a request would be served at this moment. An error says what is wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Readiness {
    /// Whether the component is connected; else why not.
    pub component: Result<(), String>,
    /// Whether Openfire's client port answers and can be trusted; else why not.
    pub openfire: Result<(), String>,
}
