//! How a source of site data stands.

use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;

use crate::model::account::{DatumForm, DatumType};
use crate::model::config;
use crate::site_data::Table;

/// How a source of site data stands. It holds names and counts, and no value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SourceState {
    /// What messages call it.
    pub name: String,
    /// What it is.
    pub kind: SourceKind,
    /// The file, the program of the command, or the URL without its query, in which there may be a secret.
    pub origin: String,
    /// Time after which it is asked again; none for a file, which is read when it changes.
    pub every: Option<Duration>,
    /// When it is asked again; none for a file. A time that has passed: it is being asked now.
    pub next_at: Option<Timestamp>,
    /// When its data were read that are in force; none while there are none.
    pub read_at: Option<Timestamp>,
    /// Why it could not be read the last time; none when it could.
    pub failure: Option<String>,
    /// What is in it; none while it was never read.
    pub contents: Option<SourceContents>,
}

/// What a source of data is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SourceKind {
    /// A file.
    File,
    /// A command that prints JSON.
    Command,
    /// An HTTP endpoint.
    Endpoint,
}

/// What a source has, in names and counts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SourceContents {
    /// How many users it has values of.
    pub users: usize,
    /// How many Openfire groups.
    pub groups: usize,
    /// How many groups of rosters.
    pub roster_groups: usize,
    /// Whether it has values for everyone.
    pub has_default: bool,
    /// The names of its values, in their order.
    pub columns: Vec<SourceColumn>,
}

/// A name that a source has values of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SourceColumn {
    /// The name, as in `extra.name`.
    pub name: String,
    /// Whether its values are lists.
    pub is_list: bool,
    /// Whether a secret is among the values.
    pub has_secrets: bool,
}

impl SourceState {
    /// A source that was not read so far.
    #[must_use]
    pub fn unread(settings: &config::Data) -> Self {
        let kind = match settings {
            config::Data { command: Some(_), .. } => SourceKind::Command,
            config::Data { url: Some(_), .. } => SourceKind::Endpoint,
            _ => SourceKind::File,
        };
        Self {
            name: settings.name.clone(),
            kind,
            origin: settings.origin(),
            every: (kind != SourceKind::File).then_some(settings.every),
            next_at: None,
            read_at: None,
            failure: None,
            contents: None,
        }
    }
}

impl From<&Table> for SourceContents {
    fn from(table: &Table) -> Self {
        let column = |(name, kind): (&Arc<str>, DatumType)| SourceColumn {
            name: name.to_string(),
            is_list: kind.form() != DatumForm::Single,
            has_secrets: kind.has_secrets(),
        };
        Self {
            users: table.users(),
            groups: table.groups(),
            roster_groups: table.roster_groups(),
            has_default: table.has_default(),
            columns: table.names().map(column).collect(),
        }
    }
}
