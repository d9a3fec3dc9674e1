//! Who sees the pages, and what they may do there.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::model::account::Username;

/// What a person may do in the pages.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// Look, and change.
    Administrator,
    /// Look only.
    Viewer,
}

/// Who uses the pages.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Person {
    /// An account of Openfire, whose password was proved.
    Account(Username),
    /// No account: the code of the command `admin-link`, and the user of the machine who ran it.
    Link {
        /// Name and number of that user.
        made_by: String,
    },
}

impl Person {
    /// The account, if it is one.
    #[must_use]
    pub fn account(&self) -> Option<&Username> {
        match self {
            Self::Account(username) => Some(username),
            Self::Link { .. } => None,
        }
    }
}

/// For pages, the log and the audit log: the account's name, or `admin-link of root (uid 0)`.
impl fmt::Display for Person {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Account(username) => fmt::Display::fmt(username, f),
            Self::Link { made_by } => write!(f, "admin-link of {made_by}"),
        }
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Administrator => "administrator",
            Self::Viewer => "viewer",
        })
    }
}
