//! `[template]`: where the template lies.

use std::path::PathBuf;

use serde::Deserialize;

/// Where the template lies.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Template {
    /// The template. Default: the one built in, `templates/provision.properties`.
    pub file: Option<PathBuf>,
}
