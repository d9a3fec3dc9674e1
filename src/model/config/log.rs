//! `[log]`: the log.

use serde::Deserialize;

/// The log, written to the standard error stream.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Log {
    /// `"human"` or `"json"`. Default: `"human"`.
    pub format: LogFormat,
    /// Levels, as `"info"` or `"info,openfire_provisioner::openfire=debug"`. Default: `"info"`.
    pub level: String,
}

/// How a log line looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LogFormat {
    /// For people.
    #[default]
    Human,
    /// One JSON object a line.
    Json,
}

impl Default for Log {
    fn default() -> Self {
        Self { format: LogFormat::default(), level: "info".to_owned() }
    }
}
