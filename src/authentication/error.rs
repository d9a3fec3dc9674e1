//! Why a user was not authenticated.

use std::time::Duration;

use crate::model::causes::with_causes;
use crate::openfire::login::LoginError;

/// Why a user was not authenticated. The reasons are for the log, not for the user.
#[derive(Debug, thiserror::Error)]
pub enum AuthenticationError {
    /// The server refused the user: wrong password, no such account, account disabled.
    #[error("{reason}")]
    Refused {
        /// What the server said.
        reason: String,
    },
    /// The server is there, but cannot check the login now, or is not to be believed.
    #[error("{reason}")]
    CannotCheck {
        /// What happened, and what to change.
        reason: String,
    },
    /// The server cannot be reached, or did not answer in time.
    #[error("{reason}")]
    Unreachable {
        /// What happened, and what to change.
        reason: String,
    },
    /// The user is the reference account, which is never provisioned. The login was not attempted.
    #[error("this is the reference account (openfire.reference_user), which is never provisioned; use another account")]
    Reserved,
    /// This user from this address, or this address, has failed too often. The login was not attempted.
    #[error("too many failed logins; the next one is accepted in {} s", retry_after.as_secs())]
    Throttled {
        /// Time to wait.
        retry_after: Duration,
    },
}

impl From<LoginError> for AuthenticationError {
    fn from(error: LoginError) -> Self {
        let reason = with_causes(&error);
        match error {
            LoginError::Refused(..) => Self::Refused { reason },
            LoginError::CannotCheck(_) => Self::CannotCheck { reason },
            LoginError::Unreachable(_) => Self::Unreachable { reason },
        }
    }
}
