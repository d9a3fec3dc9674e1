//! `[directory]`: what is read about a user, and by which way.

use serde::Deserialize;

/// What is read about a user, and by which way.
#[derive(Debug, Clone, Copy, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Directory {
    /// Where the roster comes from. Default: `"auto"`.
    pub roster: RosterSource,
    /// Whether account name, e-mail and groups are asked by the admin commands (XEP-0133). Default: `"auto"`.
    pub admin_commands: AdminCommands,
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
