//! The log and the metrics. The log: its format, its levels, and what never gets into it.
//!
//! Libraries that log through the `log` crate are capped at `debug`, whatever the configuration says: at `trace`
//! tokio-xmpp writes every byte of its streams, passwords included. Nor are their source files named, whose paths are
//! those of the machine that built this program. What is logged and what never is: see
//! `docs/logging.md`. A log that cannot be written, or that is not read, holds nothing up: see `writer`.

pub(crate) mod fields;
mod history;
mod metrics;
mod recorder;
mod writer;

use std::fs::File;
use std::io::{self, IsTerminal, Write as _};
use std::os::fd::AsFd;
use std::panic::{Location, PanicHookInfo};
use std::str::FromStr;
use std::sync::OnceLock;
use std::time::Duration;

use tracing::dispatcher::{self, Dispatch};
use tracing::{Level, Metadata};
use tracing_log::format_trace;
use tracing_log::log::{self, LevelFilter};
use tracing_subscriber::filter::{EnvFilter, FilterExt as _, filter_fn};
use tracing_subscriber::fmt::{self, MakeWriter};
use tracing_subscriber::layer::{Layer as _, SubscriberExt as _};
use tracing_subscriber::registry;

use crate::model::config::{self, LogFormat};

pub use self::history::{Bar, Counts, EndedRequest, History, HistoryFilter, OutcomeFilter, Page};
pub use self::metrics::{IdleStreamCounts, Live, Metrics, Reloaded, SetupMistake, Yielded};
pub use self::recorder::Recorder;
use self::writer::Writer;

/// How the targets of our own lines and spans begin.
const OWN_TARGETS: &str = "openfire_provisioner";

/// Time that the last lines get to be written when the process ends.
const LAST_LINES: Duration = Duration::from_secs(1);

/// The writer of this process's log; set once.
static WRITER: OnceLock<Writer> = OnceLock::new();

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
    /// The system gives no thread or no file descriptor for the log.
    #[error("the log cannot be set up: {0}")]
    NoWriter(#[source] io::Error),
    /// Something else in this process already writes the log.
    #[error("the log is already set up in this process")]
    AlreadySet,
}

/// The log of this process.
#[derive(Debug)]
pub struct Log(Writer);

/// Sends the log of this process to the standard error stream. Once per process.
///
/// # Errors
///
/// [`TelemetryError`]; then the standard error stream is as it was.
pub fn install(settings: &config::Log) -> Result<Log, TelemetryError> {
    // Not `std::io::stderr`, whose lock would be held as long as a write hangs.
    let target = io::stderr().as_fd().try_clone_to_owned().map(File::from).map_err(TelemetryError::NoWriter)?;
    let writer = Writer::start(target, |_, lines| report_dropped(lines)).map_err(TelemetryError::NoWriter)?;
    install_to(settings, writer.clone(), io::stderr().is_terminal())?;
    Ok(Log(WRITER.get_or_init(|| writer).clone()))
}

impl Log {
    /// Writes a line that is not of the log, in its order.
    pub fn line(&self, text: &str) {
        self.0.take(format!("{text}\n").as_bytes());
    }

    /// Waits a second at most for the last lines to be written.
    pub fn finish(&self) {
        self.0.finish(LAST_LINES);
    }
}

/// How many lines of the log of this process could not be written since its start.
fn dropped_lines() -> u64 {
    WRITER.get().map_or(0, Writer::dropped)
}

fn report_dropped(lines: u64) {
    tracing::warn!(
        // Not `log.…`: such names are left out of the line, since the `log` crate uses them.
        lines.dropped = lines,
        "{lines} lines of the log could not be written and are missing: look for a full disk, or for a reader of the log \
         that stopped or was too slow"
    );
}

fn install_to<W>(settings: &config::Log, writer: W, colours: bool) -> Result<(), TelemetryError>
where
    W: for<'a> MakeWriter<'a> + Send + Sync + 'static,
{
    let log = formatted(settings, writer, colours)?;
    dispatcher::set_global_default(log).map_err(|_| TelemetryError::AlreadySet)?;
    log::set_logger(&Libraries).map_err(|_| TelemetryError::AlreadySet)?;
    log::set_max_level(CAP);
    Ok(())
}

/// The log in the format and with the levels of the settings. Each line shows the span that it belongs to: as text by a
/// prefix such as `request{id=7}`, as JSON in `span` and `spans`.
fn formatted<W>(settings: &config::Log, writer: W, colours: bool) -> Result<Dispatch, TelemetryError>
where
    W: for<'a> MakeWriter<'a> + Send + Sync + 'static,
{
    let levels = EnvFilter::from_str(&settings.level)
        .map_err(|source| TelemetryError::Level { level: settings.level.clone(), source })?;
    // A span makes no line, so the levels need not name its target for it to show in the lines that they let through.
    let is_own_span = |metadata: &Metadata<'_>| metadata.is_span() && metadata.target().starts_with(OWN_TARGETS);
    let filter = levels.or(filter_fn(is_own_span).with_max_level_hint(Level::ERROR));
    // Otherwise a line that cannot be written or formatted is reported by `eprintln!`, which panics where the standard
    // error stream cannot be written.
    let lines = fmt::layer().with_writer(writer).with_ansi(colours).log_internal_errors(false);
    Ok(match settings.format {
        LogFormat::Human => Dispatch::new(registry().with(lines.with_filter(filter))),
        LogFormat::Json => Dispatch::new(registry().with(lines.json().flatten_event(true).with_filter(filter))),
    })
}

/// Reports every panic of this process in one line: in the log, or on the standard error stream before there is one.
///
/// A panic in the hook would end the process, so nothing in it can: the log neither writes nor prints in this thread, and
/// the result of a direct write is dropped.
pub fn install_panic_hook() {
    std::panic::set_hook(Box::new(|panic: &PanicHookInfo<'_>| {
        if WRITER.get().is_some() {
            log_panic(panic.location());
        } else {
            let place = place(panic.location());
            drop(writeln!(
                io::stderr(),
                "openfire-provisioner: internal error: panic at {place}; please report this line"
            ));
        }
    }));
}

/// Logs where a panic happened. What it says is left out: in a library's it could be a user's data.
fn log_panic(location: Option<&Location<'_>>) {
    let place = place(location);
    tracing::error!(panic.location = place, "internal error: panic at {place}; please report this line");
}

fn place(location: Option<&Location<'_>>) -> String {
    location.map_or_else(
        || "an unknown place".to_owned(),
        |location| format!("{}:{}", without_registry(location.file()), location.line()),
    )
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
            let record = log::Record::builder().metadata(record.metadata().clone()).args(*record.args()).build();
            // It has no way to fail: what it returns is always `Ok`.
            drop(format_trace(&record));
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

    /// What a line in the span of a request looks like.
    fn line_of_a_request(format: LogFormat, level: &str) -> String {
        let written = Written::default();
        let writer = written.clone();
        let settings = config::Log { format, level: level.to_owned() };
        let log = formatted(&settings, move || writer.clone(), false).unwrap();
        dispatcher::with_default(&log, || {
            let span = tracing::error_span!(target: "openfire_provisioner", "request", id = 7);
            span.in_scope(|| tracing::error!(user.name = "anna", "a line"));
        });
        String::from_utf8(written.0.lock().unwrap().clone()).unwrap()
    }

    #[test]
    fn both_formats_show_the_request_of_a_line_and_all_other_fields() {
        for level in [
            "info",
            "error",
            "warn,openfire_provisioner::openfire::login=debug",
            "off,openfire_provisioner::telemetry=error",
        ] {
            let text = line_of_a_request(LogFormat::Human, level);
            assert!(
                text.contains(
                    " ERROR request{id=7}: openfire_provisioner::telemetry::tests: a line user.name=\"anna\""
                ),
                "{text}"
            );
            let line: serde_json::Value = serde_json::from_str(&line_of_a_request(LogFormat::Json, level)).unwrap();
            assert_eq!((&line["span"]["name"], &line["span"]["id"]), (&"request".into(), &7.into()), "{line}");
            assert_eq!(line["spans"].as_array().unwrap().len(), 1, "{line}");
            assert_eq!((&line["user.name"], &line["message"]), (&"anna".into(), &"a line".into()), "{line}");
        }
    }

    #[test]
    fn a_place_in_a_library_does_not_name_the_builder() {
        let file = "/builder/.cargo/registry/src/index-0123456789abcdef/warp-0.4.3/src/route.rs";
        assert_eq!(without_registry(file), "warp-0.4.3/src/route.rs");
        assert_eq!(without_registry("src/http.rs"), "src/http.rs");
    }
}
