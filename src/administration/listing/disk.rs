//! Whether a file has other contents by now than those in force.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::Semaphore;
use tokio::task::spawn_blocking;
use tokio::time::{Instant, timeout_at};

use crate::model::files::ordinary_file;

/// Time for reading the file: a page does not wait for a network file system that is gone.
const LIMIT: Duration = Duration::from_secs(1);

/// Most threads that read at one time, also for those who no longer wait.
const MOST_READS: usize = 2;

/// What a file has by now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OnDisk {
    /// The text in force.
    Same,
    /// Another text.
    Other,
    /// It cannot be read.
    Unreadable,
    /// Not known: it is no file, or reading takes too long.
    Unknown,
}

/// Reads files for a comparison.
#[derive(Clone)]
pub(super) struct Disk(Arc<Semaphore>);

impl Default for Disk {
    fn default() -> Self {
        Self(Arc::new(Semaphore::new(MOST_READS)))
    }
}

impl Disk {
    /// Compares the file at `path`, if there is one, with `text`.
    pub(super) async fn compare(&self, path: Option<&Path>, text: &str, deadline: Instant) -> OnDisk {
        let Some(path) = path.map(Path::to_owned) else { return OnDisk::Unknown };
        let Ok(place) = Arc::clone(&self.0).try_acquire_owned() else { return OnDisk::Unknown };
        let limit = text.len();
        let reading = spawn_blocking(move || {
            let read = ordinary_file::read(&path, limit);
            drop(place);
            read
        });
        let is_longer = |error: &std::io::Error| error.kind() == std::io::ErrorKind::FileTooLarge;
        match timeout_at(deadline.min(Instant::now() + LIMIT), reading).await {
            Ok(Ok(Ok(bytes))) if *bytes == text.as_bytes() => OnDisk::Same,
            Ok(Ok(Ok(_))) => OnDisk::Other,
            Ok(Ok(Err(error))) if is_longer(&error) => OnDisk::Other,
            Ok(Ok(Err(_))) => OnDisk::Unreadable,
            Ok(Err(_)) | Err(_) => OnDisk::Unknown,
        }
    }
}
