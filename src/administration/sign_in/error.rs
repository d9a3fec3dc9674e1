//! Why a sign-in is refused, or a session may only look.

use std::time::Duration;

/// Why a sign-in is refused. The text says what to change; Openfire's own words are for the log.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SignInError {
    /// Name or password are missing. Openfire was not asked, and nothing is counted.
    #[error("the user name or the password is missing")]
    Incomplete,
    /// Wrong password, no such account, or an account that may not log in.
    #[error("the user name or the password is wrong, or the account may not log in: {reason}")]
    Refused {
        /// What was said, for the log.
        reason: String,
    },
    /// The password is correct, but the account is not an administrator of Openfire.
    #[error(
        "the account is not an administrator of Openfire; add it to Openfire's system property `admin.authorizedJIDs`, or to \
         `admin.viewers` here"
    )]
    NotAdministrator,
    /// The password is correct, but `admin.users` does not list the account.
    #[error("the account is neither in `admin.users` nor in `admin.viewers`; add it to one of them")]
    NotListed,
    /// It is the reference account, which only the service uses.
    #[error(
        "this is the reference account (`openfire.reference_user`), which only the service uses; use another account"
    )]
    Reserved,
    /// Too many failures of this account from this address, or of this address. Other addresses are not affected.
    #[error("too many failed sign-ins from this address; the next one is accepted in {} s", retry_after.as_secs())]
    TooMany {
        /// Time to wait.
        retry_after: Duration,
    },
    /// Openfire could not be asked, or gave no answer. It says nothing about the password.
    #[error("Openfire cannot check the sign-in at the moment: {reason}")]
    CannotCheck {
        /// What happened, and what to change.
        reason: String,
    },
    /// Openfire refuses users, but is not believed now. It says nothing about the password.
    #[error("Openfire's refusals are not believed at the moment: {reason}")]
    InDoubt {
        /// Why, and what to change.
        reason: String,
    },
    /// A session of `admin-link` has no password.
    #[error(
        "you signed in with a code of `openfire-provisioner admin-link`, which has no password; sign in with an account"
    )]
    NoPassword,
}

/// Why a session may not change anything.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CannotChange {
    /// It may only look.
    #[error("you may look at these pages, but not change anything")]
    Viewer,
    /// Openfire does not answer or is not believed. Until that is over, nothing may be changed.
    #[error(
        "nothing can be changed while Openfire cannot be asked whether you are still an administrator: {reason}. To change \
         something now, run `openfire-provisioner admin-link --may-change` on the machine of the service"
    )]
    NotNow {
        /// What is wrong.
        reason: String,
    },
}

impl SignInError {
    /// One word for the log and the audit log. It never changes.
    #[must_use]
    pub fn outcome(&self) -> &'static str {
        match self {
            Self::Incomplete => "incomplete",
            Self::Refused { .. } => "refused",
            Self::NotAdministrator => "not_administrator",
            Self::NotListed => "not_listed",
            Self::Reserved => "reserved",
            Self::TooMany { .. } => "too_many",
            Self::CannotCheck { .. } => "cannot_check",
            Self::InDoubt { .. } => "in_doubt",
            Self::NoPassword => "no_password",
        }
    }

    /// Whether the password was correct nevertheless.
    #[must_use]
    pub fn knows_the_password(&self) -> bool {
        matches!(self, Self::NotAdministrator | Self::NotListed)
    }
}
