//! `[directory]`: what is read about a user, and by which way.

use std::time::Duration;

use serde::Deserialize;

use super::value::duration;

/// What is read about a user, and by which way.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Directory {
    /// Where the roster comes from. Default: `"auto"`.
    pub roster: RosterSource,
    /// Time for the roster on the user's own stream: to bind a resource, ask and read. Openfire 4.2 takes up to 6 s to read
    /// 2,000 contacts for the first time; what is left of `limits.request_deadline` is for the rest of the reply. Default: 6.5 s.
    #[serde(deserialize_with = "duration::deserialize")]
    pub roster_timeout: Duration,
    /// Whether account name, e-mail and groups are asked by the admin commands (XEP-0133). Default: `"auto"`.
    pub admin_commands: AdminCommands,
}

impl Default for Directory {
    fn default() -> Self {
        Self {
            roster: RosterSource::default(),
            roster_timeout: Duration::from_millis(6500),
            admin_commands: AdminCommands::default(),
        }
    }
}

/// Where a user's roster comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum RosterSource {
    /// The component where the server has the command, else the user's own stream.
    #[default]
    Auto,
    /// The command `get-user-roster` over the component only.
    Component,
    /// The user's own stream only (RFC 6121 section 2).
    Session,
    /// The roster is empty.
    Off,
}

/// Whether the admin commands are used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum AdminCommands {
    /// Where the server lets the component use them.
    #[default]
    Auto,
    /// Never.
    Off,
}
