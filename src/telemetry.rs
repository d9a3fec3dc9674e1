//! The log: its format, its levels, and what never gets into it.
//!
//! Libraries that log through the `log` crate are capped at `debug`, whatever the configuration says: at `trace`
//! tokio-xmpp writes every byte of its streams, passwords included. Nor are their source files named, whose paths are
//! those of the machine that built this program. What is logged and what never is stands in
//! `docs/logging.md`.

use std::io::IsTerminal;
use std::str::FromStr;

use tracing_log::format_trace;
use tracing_log::log::{self, LevelFilter};
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
    log::set_logger(&Libraries).map_err(|_| TelemetryError::AlreadySet)?;
    log::set_max_level(CAP);
    Ok(())
}

/// The most that is taken from libraries that log through the `log` crate.
const CAP: LevelFilter = LevelFilter::Debug;

/// Takes what libraries log through the `log` crate into the log of this process.
struct Libraries;

impl log::Log for Libraries {
    /// Looks at the cap only; `log.level` is looked at when the record is taken over.
    fn enabled(&self, metadata: &log::Metadata<'_>) -> bool {
        metadata.level() <= CAP
    }

    fn log(&self, record: &log::Record<'_>) {
        if self.enabled(record.metadata()) {
            let told = log::Record::builder().metadata(record.metadata().clone()).args(*record.args()).build();
            // It has no way to fail: what it returns is always `Ok`.
            drop(format_trace(&told));
        }
    }

    fn flush(&self) {}
}
