//! Why there is no reply.

use std::sync::Arc;
use std::time::Duration;

use crate::authentication::AuthenticationError;
use crate::openfire::component::ComponentError;

/// Why there is no reply. The reasons are for the log; `http` decides what a client sees.
#[derive(Debug, thiserror::Error)]
pub enum ProvisionError {
    /// The server refused the user: wrong password, no such account, account disabled.
    #[error("{reason}")]
    Unauthorized {
        /// What the server said.
        reason: String,
    },
    /// The server is there, but could not or may not check the login.
    #[error("{reason}")]
    CannotCheck {
        /// What happened, and what to change.
        reason: String,
    },
    /// The server cannot be reached or did not answer in time, or something that the template requires is missing.
    #[error("{reason}")]
    Unreachable {
        /// What happened, and what to change.
        reason: String,
    },
    /// The template failed, or its output did not pass the lint.
    #[error("{reason}")]
    Template {
        /// What is wrong, and where.
        reason: String,
    },
    /// The account is not provisioned.
    #[error("{reason}")]
    Reserved {
        /// Why not, and what to change.
        reason: String,
    },
    /// Too many failed logins.
    #[error("too many failed logins; the next one is accepted in {} s", retry_after.as_secs())]
    Throttled {
        /// Time to wait.
        retry_after: Duration,
    },
}

/// Why the component is not connected.
#[derive(Debug, Clone, thiserror::Error)]
pub enum NotConnected {
    /// The attempt failed.
    #[error("{0}")]
    Down(Arc<ComponentError>),
    /// There is no outcome yet.
    #[error("the component did not connect in time")]
    TooSlow,
}

impl From<AuthenticationError> for ProvisionError {
    fn from(error: AuthenticationError) -> Self {
        match error {
            AuthenticationError::Reserved => Self::Reserved { reason: error.to_string() },
            AuthenticationError::Refused { reason } => Self::Unauthorized { reason },
            AuthenticationError::CannotCheck { reason } => Self::CannotCheck { reason },
            AuthenticationError::Unreachable { reason } => Self::Unreachable { reason },
            AuthenticationError::Throttled { retry_after } => Self::Throttled { retry_after },
        }
    }
}
