//! What is logged while a test runs.

use std::io::{self, Write};
use std::sync::{Arc, LazyLock, Mutex};

use tracing::Dispatch;
use tracing::subscriber::{DefaultGuard, NoSubscriber};
use tracing_subscriber::fmt::MakeWriter;

/// Everything that is logged on this thread, as JSON, down to the most verbose level.
#[derive(Clone, Default)]
pub struct Log(Arc<Mutex<Vec<u8>>>);

impl Log {
    /// Begins; ends when the guard is dropped.
    #[must_use]
    pub fn start() -> (Self, DefaultGuard) {
        /// As long as there is only one subscriber, tracing asks that of the thread which meets a log line first, and then
        /// leaves the line out everywhere: with this second one it asks all.
        static OTHER: LazyLock<Dispatch> = LazyLock::new(|| Dispatch::new(NoSubscriber::new()));
        LazyLock::force(&OTHER);
        let log = Self::default();
        let subscriber =
            tracing_subscriber::fmt().json().with_max_level(tracing::Level::TRACE).with_writer(log.clone()).finish();
        (log, tracing::subscriber::set_default(subscriber))
    }

    /// All of it.
    #[must_use]
    pub fn text(&self) -> String {
        String::from_utf8(self.0.lock().unwrap().clone()).unwrap()
    }

    /// Level and fields of the lines that the HTTP front wrote at `info` and above, without their times.
    #[must_use]
    pub fn lines(&self) -> Vec<String> {
        let lines = self.text();
        let events = lines.lines().map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap());
        let ours = events.filter(|event| {
            let target = event["target"].as_str().unwrap();
            target.starts_with("openfire_provisioner::http")
                && ["INFO", "WARN"].contains(&event["level"].as_str().unwrap())
        });
        ours.map(|event| {
            let mut fields = event["fields"].as_object().unwrap().clone();
            assert!(event["level"] != "INFO" || fields.remove("ms.total").is_some());
            // It counts the requests of all tests.
            fields.remove("request.id");
            format!("{} {}", event["level"].as_str().unwrap(), serde_json::Value::Object(fields))
        })
        .collect()
    }
}

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Log {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}
