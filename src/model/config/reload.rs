//! `[reload]`: how changes of files are noticed.

use std::time::Duration;

use serde::Deserialize;

use super::value::duration;

/// How changes of the configuration, templates, data and certificates are noticed. SIGHUP has them read again in any case.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Reload {
    /// Read files again when they change. Default: true.
    pub watch: bool,
    /// Time without a change after which they are read, so that several changes are one. Default: 500 ms.
    #[serde(deserialize_with = "duration::deserialize")]
    pub debounce: Duration,
}

impl Reload {
    /// Time after the first change at which files are read although they go on changing.
    pub const LONGEST_WAIT: Duration = Duration::from_secs(5);
}

impl Default for Reload {
    fn default() -> Self {
        Self { watch: true, debounce: Duration::from_millis(500) }
    }
}
