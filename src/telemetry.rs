//! The log: its format, its levels, and what never gets into it.
//!
//! Libraries that log through the `log` crate are capped at `debug`, whatever the configuration says: at `trace`
//! tokio-xmpp writes every byte of its streams, passwords included. What is logged and what never is stands in
//! `docs/logging.md`.

use std::io::IsTerminal;
use std::str::FromStr;

use tracing_log::LogTracer;
use tracing_log::log::LevelFilter;
use tracing_subscriber::filter::EnvFilter;
use tracing_subscriber::fmt::MakeWriter;

use crate::config::{Log, LogFormat};

/// Why the log could not be set up.
#[derive(Debug, thiserror::Error)]
pub enum TelemetryError {
    /// `log.level` is not a list of levels.
    #[error("log.level: `{level}` is not a list of levels ({source}); write for example \"info\"")]
    Level {
        /// What the setting says.
        level: String,
        /// What is wrong with it.
        source: tracing_subscriber::filter::ParseError,
    },
    /// Something else in this process already writes the log.
    #[error("the log is already set up in this process")]
    AlreadySet,
}

/// Sends the log of this process to the standard error stream. Once per process.
pub fn install(settings: &Log) -> Result<(), TelemetryError> {
    install_to(settings, std::io::stderr, std::io::stderr().is_terminal())
}

fn install_to<W>(settings: &Log, writer: W, colours: bool) -> Result<(), TelemetryError>
where
    W: for<'a> MakeWriter<'a> + Send + Sync + 'static,
{
    let levels = EnvFilter::from_str(&settings.level)
        .map_err(|source| TelemetryError::Level { level: settings.level.clone(), source })?;
    let log = tracing_subscriber::fmt().with_env_filter(levels).with_writer(writer).with_ansi(colours);
    let installed = match settings.format {
        LogFormat::Human => tracing::subscriber::set_global_default(log.finish()),
        LogFormat::Json => tracing::subscriber::set_global_default(log.json().flatten_event(true).finish()),
    };
    installed.map_err(|_| TelemetryError::AlreadySet)?;
    LogTracer::builder().with_max_level(LevelFilter::Debug).init().map_err(|_| TelemetryError::AlreadySet)
}
