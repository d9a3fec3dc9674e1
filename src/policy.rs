//! What the site wants its clients to be told: templates, rules and data, in force all together.

mod diagnostic;
mod exposed;
mod review;
mod shown_line;

use std::collections::BTreeSet;
use std::fmt;
use std::sync::Arc;

use chrono::{DateTime, SecondsFormat, Utc};

pub use self::diagnostic::{Diagnostic, OWN_RULES};
pub use self::exposed::exposed;
use self::review::harmful;
pub(crate) use self::review::review_hiding;
pub use self::review::{diagnose, review, review_text};
use crate::site_data::SiteData;
use crate::template::Templates;

/// Templates, rules and data of one moment. A reload puts another one in its place as a whole; a request keeps the one it
/// began with.
#[derive(Debug)]
pub struct Policy {
    /// The templates and who gets which.
    pub templates: Templates,
    /// What the site itself knows about its users.
    pub data: Arc<SiteData>,
}

/// A template from which nobody would get a text, since its text would harmful a client. Holds a line for each error.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}", .0.join("\n"))]
pub struct Harmful(Vec<String>);

impl Policy {
    /// The same, if its templates give the everyday user a text that may be sent.
    pub fn harmless(self) -> Result<Self, Harmful> {
        let mut seen = BTreeSet::new();
        let templates = self.templates.all().filter(|choice| seen.insert(choice.template.name().to_owned()));
        let diagnostics = templates.flat_map(|choice| harmful(choice.template, self.data.names()));
        let lines: Vec<String> = diagnostics
            .map(|diagnostic| format!("{}: {}: {}", diagnostic.location(), diagnostic.rule, diagnostic.message))
            .collect();
        if lines.is_empty() { Ok(self) } else { Err(Harmful(lines)) }
    }
}

/// How the policy came into force, and whether a newer one should be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PolicyState {
    /// When the policy in force was loaded.
    pub loaded_at: DateTime<Utc>,
    /// Why it is not what files, commands and endpoints say now; none when it is.
    pub failure: Option<String>,
    /// Data sources that were never read so far. Templates that use `extra` are not served until they are.
    pub unread: Vec<String>,
    /// What is wrong with commands and endpoints whose data are older than they should be.
    pub stale: Vec<String>,
    /// Why the certificate of the HTTP front is not the one in its files; none when it is.
    pub certificate: Option<String>,
}

impl PolicyState {
    /// A policy that is loaded now, and current.
    #[must_use]
    pub fn loaded_now() -> Self {
        Self { loaded_at: Utc::now(), failure: None, unread: Vec::new(), stale: Vec::new(), certificate: None }
    }

    /// Whether all of it is what files, commands and endpoints say.
    #[must_use]
    pub fn is_current(&self) -> bool {
        let Self { loaded_at: _, failure, unread, stale, certificate } = self;
        failure.is_none() && unread.is_empty() && stale.is_empty() && certificate.is_none()
    }

    /// When the policy in force was loaded, as RFC 3339 has it.
    #[must_use]
    pub fn since(&self) -> String {
        self.loaded_at.to_rfc3339_opts(SecondsFormat::Secs, true)
    }
}

/// For an administrator.
impl fmt::Display for PolicyState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let since = self.since();
        match &self.failure {
            None if self.is_current() => write!(f, "ok, loaded at {since}")?,
            None => write!(f, "loaded at {since}")?,
            Some(reason) => write!(f, "old set in force since {since}: {reason}")?,
        }
        if !self.unread.is_empty() {
            write!(f, "; never read so far: {}", self.unread.join(", "))?;
        }
        for reason in &self.stale {
            write!(f, "; {reason}")?;
        }
        if let Some(reason) = &self.certificate {
            write!(f, "; the certificate before stays in use: {reason}")?;
        }
        Ok(())
    }
}
