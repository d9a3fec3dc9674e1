//! Single settings: a pause, an old secret, and where a value comes from.

use std::fmt;

use jiff::Timestamp;

use super::secret::KnownSecret;
use crate::model::timestamp::rfc3339;

/// Why clients are not provisioned.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Paused {
    /// What the administrator has written; may be empty.
    pub reason: String,
    /// Who has paused it.
    pub by: String,
    /// Since when.
    pub since: Timestamp,
}

/// Since when, by whom and why, for the log and other administrators.
impl fmt::Display for Paused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "provisioning is paused since {} by {}", rfc3339(self.since), self.by)?;
        if self.reason.is_empty() { Ok(()) } else { write!(f, ": {}", self.reason) }
    }
}

/// What was in force before the last change of the secret, and still counts.
#[derive(Debug, Clone, PartialEq)]
pub struct Previous {
    /// The old secret; none when no secret was asked for, so that clients without one, or with any, may still ask.
    pub secret: Option<KnownSecret>,
    /// When it ends.
    pub until: Timestamp,
}

/// Where a value comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Source {
    /// The file and the environment.
    Configuration,
    /// A change in the pages, which wins over the configuration.
    Pages {
        /// Who has made it.
        by: String,
        /// When.
        at: Timestamp,
    },
}
