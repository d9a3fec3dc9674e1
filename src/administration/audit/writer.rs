//! The one task that writes the files.

use std::io;
use std::sync::Arc;

use tokio::sync::{mpsc, oneshot};
use tokio::task::spawn_blocking;

use super::entry::{Entry, Recorded};
use super::{MOST_IN_MEMORY, Shared};

/// Entries that are written at one time.
const MOST_AT_ONCE: usize = 64;

/// What the task gets.
pub(super) enum Message {
    Entry(Box<Entry>),
    /// Everything before this is written, or cannot be.
    CaughtUp(oneshot::Sender<()>),
}

/// The task.
pub(super) struct Writer {
    shared: Arc<Shared>,
    /// The id of the newest entry; none before the files were looked at.
    newest: Option<u64>,
}

impl Writer {
    pub(super) fn new(shared: Arc<Shared>) -> Self {
        Self { shared, newest: None }
    }

    /// Runs until the last [`Audit`](super::Audit) is gone.
    pub(super) async fn run(mut self, mut queue: mpsc::Receiver<Message>) {
        let mut messages = Vec::with_capacity(MOST_AT_ONCE);
        while queue.recv_many(&mut messages, MOST_AT_ONCE).await > 0 {
            let mut waiting = Vec::new();
            for message in messages.drain(..) {
                match message {
                    Message::Entry(entry) => waiting.push(*entry),
                    Message::CaughtUp(reply) => {
                        self.write(std::mem::take(&mut waiting)).await;
                        // Who asked may have stopped waiting.
                        reply.send(()).unwrap_or_default();
                    }
                }
            }
            self.write(waiting).await;
        }
    }

    async fn write(&mut self, entries: Vec<Entry>) {
        if entries.is_empty() {
            return;
        }
        let (shared, newest) = (Arc::clone(&self.shared), self.newest);
        let written = spawn_blocking(move || written(&shared, entries, newest)).await;
        match written {
            Ok((newest, result)) => {
                self.newest = newest.or(self.newest);
                match result {
                    Ok(()) => self.shared.state().problem = None,
                    Err(error) => self.shared.set_problem(&format!(
                        "{error}; what could not be written is in the service's log, and is kept in memory as far as there is room"
                    )),
                }
            }
            Err(_) => self.shared.set_problem("internal error while the file was written"),
        }
    }
}

/// Writes what waits and these. Gives the id of the newest entry, if it is known, and what went wrong.
fn written(shared: &Shared, entries: Vec<Entry>, newest: Option<u64>) -> (Option<u64>, io::Result<()>) {
    let known = match (&shared.files, newest) {
        (Some(files), None) => files.newest(),
        _ => Ok(newest),
    };
    let (mut newest, looked) = match known {
        Ok(newest) => (newest, Ok(())),
        Err(error) => (None, Err(error)),
    };
    let is_known = looked.is_ok();
    let mut state = shared.state();
    for entry in entries {
        let last = state.unwritten.back().map(|last| last.id).max(newest).unwrap_or(0);
        let recorded = entry.recorded(last);
        newest = Some(recorded.id);
        if state.unwritten.len() >= MOST_IN_MEMORY {
            let refusal = state.unwritten.iter().position(|recorded| recorded.entry.action.is_refusal());
            state.unwritten.remove(refusal.unwrap_or(0));
        }
        state.unwritten.push_back(recorded);
    }
    let Some(files) = &shared.files else { return (newest, Ok(())) };
    let waiting: Vec<Recorded> = state.unwritten.iter().cloned().collect();
    drop(state);
    let result = looked.and_then(|()| files.append(&waiting));
    if result.is_ok() {
        shared.state().unwritten.clear();
    }
    (newest.filter(|_| is_known), result)
}
