//! Who did what in the pages, from where, with the values before and after; never a secret.
//!
//! 1. Each entry is a line of the log at once. So a reader of the log has it even if nothing else works.
//! 2. One task appends it to `audit.jsonl` in the state directory, one JSON object a line. The file has at most 4 MiB; then its
//!    entries go to `audit.1.jsonl`, and the oldest ones there make room. Both together hold some 30,000 entries.
//! 3. What could not be written is kept, as far as there is room, and written with the next entry. Until then
//!    [`Audit::problem`] says so. The action itself takes effect: a full disk must not stop the administrator who frees it.
//! 4. Without a state directory the last 1,000 entries are kept in memory.
//! 5. Strangers can cause any number of refused attempts. So only the first of a minute become entries, and where there is no
//!    room, refused attempts go before anything that an administrator did.

mod entry;
mod export;
mod files;
mod filter;
mod writer;

use std::collections::VecDeque;
use std::fmt;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::{mpsc, oneshot};
use tokio::task::spawn_blocking;
use tokio::time::timeout;

pub use self::entry::{Action, Entry, Recorded};
pub use self::export::Format;
use self::files::AuditFiles;
pub use self::filter::{Filter, Page};
use self::writer::{Message, Writer};

/// The target of the lines in the log.
const TARGET: &str = "openfire_provisioner::administration::audit";

/// Entries that may wait for the task that writes them.
const MOST_WAITING: usize = 256;

/// Entries in memory: those that could not be written, or all where there is no file.
const MOST_IN_MEMORY: usize = 1000;

/// Refused attempts of one minute that become entries. All of them are in the log.
const MOST_REFUSED: u32 = 60;

/// Time that a reader gives the last entries to be written, and then the files to be read.
const LIMIT: Duration = Duration::from_secs(3);

/// The audit log. Clones are the same log.
#[derive(Clone)]
pub struct Audit {
    queue: mpsc::Sender<Message>,
    shared: Arc<Shared>,
}

/// What the task and the readers share.
struct Shared {
    files: Option<AuditFiles>,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    /// Entries that are in no file, oldest first.
    unwritten: VecDeque<Recorded>,
    /// The minute since 1970, and how many refused attempts it has seen.
    refused: (i64, u32),
    problem: Option<String>,
}

/// Why the audit log cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum AuditError {
    /// What the system says of a file.
    #[error("the audit log cannot be read: {0}")]
    Unreadable(#[from] io::Error),
    /// The file system does not answer.
    #[error("the audit log could not be read within 3 s: its disk does not respond")]
    Slow,
}

impl Audit {
    /// The log of this folder; without one it is in memory. It must be called inside a tokio run time. Nothing is read or
    /// written before the first entry.
    #[must_use]
    pub fn open(state_directory: Option<PathBuf>) -> Self {
        let shared = Arc::new(Shared { files: state_directory.map(AuditFiles::new), state: Mutex::default() });
        let (queue, waiting) = mpsc::channel(MOST_WAITING);
        tokio::spawn(Writer::new(Arc::clone(&shared)).run(waiting));
        Self { queue, shared }
    }

    /// Takes an entry, and never waits.
    pub fn record(&self, entry: Entry) {
        let mut entry = entry.cleaned();
        entry.log();
        if !self.shared.takes(&mut entry) {
            return;
        }
        if self.queue.try_send(Message::Entry(Box::new(entry))).is_err() {
            self.shared
                .set_problem("entries came faster than they could be written; some are only in the service's log");
        }
    }

    /// Why entries are missing in the files, if so.
    #[must_use]
    pub fn problem(&self) -> Option<String> {
        self.shared.state().problem.clone()
    }

    /// Whether entries outlive a restart.
    #[must_use]
    pub fn is_kept(&self) -> bool {
        self.shared.files.is_some()
    }

    /// Waits until every entry that was taken before is written, for `limit` at most.
    pub async fn catch_up(&self, limit: Duration) {
        let (reply, caught_up) = oneshot::channel();
        let written = async {
            if self.queue.send(Message::CaughtUp(reply)).await.is_ok() {
                caught_up.await.ok();
            }
        };
        timeout(limit, written).await.ok();
    }

    /// Entries that `filter` lets through, newest first: at most `rows` of those before the entry `before`.
    ///
    /// # Errors
    ///
    /// [`AuditError`].
    pub async fn entries(&self, filter: Filter, before: Option<u64>, rows: usize) -> Result<Page, AuditError> {
        self.read(move |shared| shared.page(&filter, before, rows)).await
    }

    /// All entries that `filter` lets through, oldest first, as a file.
    ///
    /// # Errors
    ///
    /// [`AuditError`].
    pub async fn export(&self, filter: Filter, format: Format) -> Result<Vec<u8>, AuditError> {
        self.read(move |shared| {
            let mut entries = shared.page(&filter, None, usize::MAX)?.entries;
            entries.reverse();
            Ok(export::export(&entries, format))
        })
        .await
    }

    async fn read<T: Send + 'static>(
        &self,
        read: impl FnOnce(&Shared) -> io::Result<T> + Send + 'static,
    ) -> Result<T, AuditError> {
        self.catch_up(LIMIT).await;
        let shared = Arc::clone(&self.shared);
        match timeout(LIMIT, spawn_blocking(move || read(&shared))).await {
            Ok(Ok(read)) => Ok(read?),
            _ => Err(AuditError::Slow),
        }
    }
}

/// Appends an entry from a command, beside a service that may run.
///
/// # Errors
///
/// What the system says of the file.
pub fn append_once(state_directory: &Path, entry: &Entry) -> io::Result<()> {
    let files = AuditFiles::new(state_directory.to_owned());
    let id = files.newest()?.unwrap_or(0);
    files.append(&[entry.clone().cleaned().recorded(id)])
}

impl Shared {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether an entry is kept: of too many refused attempts in a minute only the first, and one that says so. The rest takes no
    /// place in the queue either, where what an administrator does would find none.
    fn takes(&self, entry: &mut Entry) -> bool {
        if !entry.action.is_refusal() {
            return true;
        }
        let minute = entry.at.as_second().div_euclid(60);
        let refused = &mut self.state().refused;
        if refused.0 != minute {
            *refused = (minute, 0);
        }
        refused.1 = refused.1.saturating_add(1);
        if refused.1 == MOST_REFUSED {
            "more refused attempts in this minute are only in the service's log".clone_into(&mut entry.after);
        }
        refused.1 <= MOST_REFUSED
    }

    /// Logs it once, and shows it in the pages until it is over.
    fn set_problem(&self, problem: &str) {
        let mut state = self.state();
        if state.problem.as_deref() != Some(problem) {
            tracing::error!(target: TARGET, "the audit log is incomplete: {problem}");
            state.problem = Some(problem.to_owned());
        }
    }

    fn page(&self, filter: &Filter, before: Option<u64>, rows: usize) -> io::Result<Page> {
        let mut page = filter::Collector::new(filter, before, rows);
        // A copy, so that no entry waits for this reader.
        let unwritten = self.state().unwritten.clone();
        for entry in unwritten.into_iter().rev() {
            if !page.take(entry) {
                return Ok(page.into());
            }
        }
        if let Some(files) = &self.files {
            files.newest_first(|entry| page.take(entry))?;
        }
        Ok(page.into())
    }
}

impl fmt::Debug for Audit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Audit(problem: {:?})", self.problem())
    }
}

#[cfg(test)]
mod tests;
