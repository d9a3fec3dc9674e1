//! The log and the metrics. The log: its format, its levels, and what never gets into it.
//!
//! Libraries that log through the `log` crate are capped at `debug`, whatever the configuration says: at `trace`
//! tokio-xmpp writes every byte of its streams, passwords included. Nor are their source files named, whose paths are
//! those of the machine that built this program. What is logged and what never is stands in
//! `docs/logging.md`.

mod metrics;

use std::io::IsTerminal;
use std::panic::{Location, PanicHookInfo};
use std::str::FromStr;

use tracing_log::format_trace;
use tracing_log::log::{self, LevelFilter};
use tracing_subscriber::filter::EnvFilter;
use tracing_subscriber::fmt::MakeWriter;

use crate::config::{Log, LogFormat};

pub use self::metrics::{Metrics, Reloaded};

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

/// Sends the log of this process, panics included, to the standard error stream. Once per process.
pub fn install(settings: &Log) -> Result<(), TelemetryError> {
    install_to(settings, std::io::stderr, std::io::stderr().is_terminal())?;
    std::panic::set_hook(Box::new(|panic: &PanicHookInfo<'_>| log_panic(panic.location())));
    Ok(())
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

/// Logs where a panic happened. What it says is left out: in a library's it could be a user's data.
fn log_panic(location: Option<&Location<'_>>) {
    let place = location.map_or_else(
        || "an unknown place".to_owned(),
        |location| format!("{}:{}", without_registry(location.file()), location.line()),
    );
    tracing::error!(panic.location = place, "a defect of the service: it panicked at {place}; please report this line");
}

/// The path of a source file without the folder of the machine that built this program.
fn without_registry(file: &str) -> &str {
    let in_registry = file.split_once("/registry/src/").and_then(|(_, rest)| rest.split_once('/'));
    in_registry.map_or(file, |(_, file)| file)
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

#[cfg(test)]
mod tests {
    use std::io::{self, Write};
    use std::sync::{Arc, Mutex};

    use super::*;

    #[derive(Clone, Default)]
    struct Written(Arc<Mutex<Vec<u8>>>);

    impl Write for Written {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().unwrap().write(bytes)
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn a_panic_is_one_line_of_json_with_its_place() {
        let written = Written::default();
        let writer = written.clone();
        let json = tracing_subscriber::fmt().json().flatten_event(true).with_writer(move || writer.clone());
        let here = Location::caller();
        tracing::subscriber::with_default(json.finish(), || log_panic(Some(here)));
        let text = String::from_utf8(written.0.lock().unwrap().clone()).unwrap();
        assert_eq!(text.lines().count(), 1, "{text}");
        let line: serde_json::Value = serde_json::from_str(&text).unwrap();
        let place = format!("src/telemetry.rs:{}", here.line());
        assert_eq!((line["level"].as_str(), line["panic.location"].as_str()), (Some("ERROR"), Some(place.as_str())));
        assert!(line["message"].as_str().unwrap().contains(&place), "{text}");
    }

    #[test]
    fn a_place_in_a_library_does_not_name_the_builder() {
        let file = "/builder/.cargo/registry/src/index-0123456789abcdef/warp-0.4.3/src/route.rs";
        assert_eq!(without_registry(file), "warp-0.4.3/src/route.rs");
        assert_eq!(without_registry("src/http.rs"), "src/http.rs");
    }
}
