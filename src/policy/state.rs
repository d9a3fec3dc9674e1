//! How the policy in force came there.

use std::fmt;
use std::sync::Arc;

use jiff::Timestamp;

use super::source_state::SourceState;
use crate::model::timestamp::rfc3339;

/// How the policy came into force, and whether a newer one should be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PolicyState {
    /// When the policy in force was loaded.
    pub loaded_at: Timestamp,
    /// Why it is not what files, commands and endpoints say now; none when it is.
    pub failure: Option<String>,
    /// Data sources that were never read so far. Templates that use `extra` are not served until they are.
    pub unread: Vec<String>,
    /// What is wrong with commands and endpoints whose data are older than they should be.
    pub stale: Vec<String>,
    /// Why the certificate of the HTTP front is not the one in its files; none when it is.
    pub certificate: Option<String>,
    /// When the certificate of the HTTP front expires; none without HTTPS, or when it cannot be read.
    pub certificate_ends: Option<Timestamp>,
    /// The last reload that failed, also when a later one did not.
    pub last_failure: Option<ReloadFailure>,
    /// The sources of data in force, in their order.
    pub sources: Arc<[SourceState]>,
}

/// A reload that failed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReloadFailure {
    /// When the first attempt failed for this reason.
    pub at: Timestamp,
    /// Why, with file and line where they are known.
    pub reason: String,
}

impl PolicyState {
    /// A policy that is loaded now, and current.
    #[must_use]
    pub fn loaded_now() -> Self {
        Self {
            loaded_at: Timestamp::now(),
            failure: None,
            unread: Vec::new(),
            stale: Vec::new(),
            certificate: None,
            certificate_ends: None,
            last_failure: None,
            sources: Arc::default(),
        }
    }

    /// Whether all of it is what files, commands and endpoints say.
    #[must_use]
    pub fn is_current(&self) -> bool {
        let Self {
            loaded_at: _,
            failure,
            unread,
            stale,
            certificate,
            certificate_ends: _,
            last_failure: _,
            sources: _,
        } = self;
        failure.is_none() && unread.is_empty() && stale.is_empty() && certificate.is_none()
    }

    /// When the policy in force was loaded, as RFC 3339 has it.
    #[must_use]
    pub fn since(&self) -> String {
        rfc3339(self.loaded_at)
    }
}

/// For an administrator.
impl fmt::Display for PolicyState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let since = self.since();
        match &self.failure {
            None if self.is_current() => write!(f, "ok, loaded at {since}")?,
            None => write!(f, "loaded at {since}")?,
            Some(reason) => write!(f, "old policy in force since {since}: {reason}")?,
        }
        if !self.unread.is_empty() {
            write!(f, "; never read so far: {}", self.unread.join(", "))?;
        }
        for reason in &self.stale {
            write!(f, "; {reason}")?;
        }
        if let Some(reason) = &self.certificate {
            write!(f, "; the previous certificate stays in use: {reason}")?;
        }
        Ok(())
    }
}
