//! The one use case: a proved user gets the text that the template makes of what the directory knows.

use std::fmt;
use std::time::Duration;

use bytes::Bytes;
use tokio::time::Instant;
use xmpp_parsers::jid::DomainPart;

use crate::account::{ClientInfo, Credentials};

/// Proves a user and makes the provisioning text. Shared behind an `Arc`.
#[derive(Debug)]
pub struct Provisioner {
    domain: DomainPart,
}

/// Who asks to be provisioned, and with what client.
#[derive(Debug, Clone)]
pub struct Request {
    /// Name and password, not proved yet.
    pub credentials: Credentials,
    /// The client that asks.
    pub client: ClientInfo,
}

/// A provisioning text, complete and checked.
#[derive(Clone)]
pub struct Reply {
    /// The text, pure ASCII. It usually holds the user's password.
    pub body: Bytes,
    /// Where the time went.
    pub stages: Stages,
}

impl fmt::Debug for Reply {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Reply({} bytes, {:?})", self.body.len(), self.stages)
    }
}

/// Time that each stage of a request took.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Stages {
    /// The SASL login, queueing for it included.
    pub login: Duration,
    /// vCard, roster and groups.
    pub directory: Duration,
    /// Template, lint and encoding.
    pub render: Duration,
}

/// Why there is no text. `Display` is for the log only; what the client is told stands in `http`.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ProvisionError {
    /// The server refused the login: unknown user, wrong password, account disabled.
    #[error("{reason}")]
    Unauthorized {
        /// What the server said.
        reason: String,
    },
    /// The server could not check the login, or must not be trusted with it.
    #[error("{reason}")]
    CannotCheck {
        /// What happened and what to change.
        reason: String,
    },
    /// The server cannot be reached or did not answer in time.
    #[error("{reason}")]
    Unreachable {
        /// What happened and what to change.
        reason: String,
    },
    /// The template failed, or its output did not pass the lint.
    #[error("{reason}")]
    Template {
        /// What happened, with the line.
        reason: String,
    },
    /// Too many failed logins.
    #[error("too many failed logins, the next one is let through in {} s", retry_after.as_secs())]
    Throttled {
        /// When it is worth trying again.
        retry_after: Duration,
    },
}

/// Whether a request would be served at this moment. An error says what is wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Readiness {
    /// The component stream is up.
    pub component: Result<(), String>,
    /// The client port answers.
    pub openfire: Result<(), String>,
}

impl Provisioner {
    /// Proves the user and makes the text, before `deadline`.
    pub async fn provision(&self, request: Request, deadline: Instant) -> Result<Reply, ProvisionError> {
        drop(request);
        tokio::time::sleep_until(deadline).await;
        Err(ProvisionError::Unreachable { reason: "no login is wired up".to_owned() })
    }

    /// Looks whether a request would be served, before `deadline`.
    pub async fn readiness(&self, deadline: Instant) -> Readiness {
        tokio::time::sleep_until(deadline).await;
        let reason = || Err("no login is wired up".to_owned());
        Readiness { component: reason(), openfire: reason() }
    }

    /// The XMPP domain whose users are provisioned.
    #[must_use]
    pub fn domain(&self) -> &DomainPart {
        &self.domain
    }
}
