//! Tells when a file has changed, by inotify(7) on the folders that it lies in.
//!
//! Reading a file makes no event: only what changes a folder's entries or a file's content is asked for.

mod folders;

use std::collections::HashMap;
use std::io;
use std::path::{Path, PathBuf};

use futures::StreamExt as _;
use inotify::{EventMask, EventOwned, EventStream, Inotify, WatchDescriptor, WatchMask};
use tokio::time::{Instant, timeout_at};

use self::folders::{Entries, WatchedFolders};
use crate::model::config::Reload;

/// Of these log lines, as administrators filter them.
const TARGET: &str = "openfire_provisioner::app::reload::watch";

/// Room for the events of one reading: several names of the greatest length.
const BUFFER: usize = 4096;

/// How often the folders are determined again when links change while the watches are set up.
const MAX_TRIES: usize = 3;

/// Watches files by their folders.
pub(super) struct Watch {
    events: EventStream<[u8; BUFFER]>,
    /// A change was seen and not yet reported.
    pending: bool,
    watched: HashMap<WatchDescriptor, Entries>,
}

/// A folder that cannot be watched.
#[derive(Debug, thiserror::Error)]
#[error("{} cannot be watched for changes: {source}{}", folder.display(), hint(source))]
pub(super) struct WatchError {
    folder: PathBuf,
    source: io::Error,
}

impl Watch {
    /// Watches nothing yet.
    pub(super) fn new() -> io::Result<Self> {
        Ok(Self { events: Inotify::init()?.into_event_stream([0; BUFFER])?, pending: false, watched: HashMap::new() })
    }

    /// Watches these files from now on, and everything in these folders. Files that are read after this cannot change
    /// unnoticed.
    ///
    /// A folder that is not there is watched for by the folder above it. The error is that of the first folder with files
    /// in it that cannot be watched; all others are.
    pub(super) fn set(&mut self, files: &[&Path], folders: &[&Path]) -> Result<(), WatchError> {
        let mut wanted = WatchedFolders::around(files, folders);
        for _ in 0..MAX_TRIES {
            let result = self.watch(&wanted);
            let now = WatchedFolders::around(files, folders);
            if now == wanted {
                return result;
            }
            wanted = now;
        }
        // Links change at this moment, which makes events.
        self.watch(&wanted)
    }

    fn watch(&mut self, wanted: &WatchedFolders) -> Result<(), WatchError> {
        let mut watched: HashMap<WatchDescriptor, Entries> = HashMap::new();
        let mut result = Ok(());
        for (folder, entries) in &wanted.0 {
            match self.events.watches().add(folder, mask(entries)) {
                // The same folder by two ways has one descriptor.
                Ok(descriptor) => watched.entry(descriptor).or_default().add(entries),
                Err(source) if source.kind() == io::ErrorKind::NotFound || entries.files.is_empty() => {
                    tracing::debug!(target: TARGET, { error = %source }, "{} is not watched: {source}", folder.display());
                }
                Err(source) => result = result.and(Err(WatchError { folder: folder.clone(), source })),
            }
        }
        for (gone, _) in std::mem::replace(&mut self.watched, watched) {
            if !self.watched.contains_key(&gone) {
                // It fails when the folder is gone, and the watch with it.
                drop(self.events.watches().remove(gone));
            }
        }
        result
    }

    /// Waits until one of the files may have changed, and then until nothing changed for `reload.debounce`, at most for
    /// [`Reload::LONGEST_WAIT`]. May be dropped and begun again: no change is lost.
    pub(super) async fn changed(&mut self, settings: Reload) {
        if !self.pending {
            self.next().await;
            self.pending = true;
        }
        let last = Instant::now() + Reload::LONGEST_WAIT;
        while timeout_at(last.min(Instant::now() + settings.debounce), self.next()).await.is_ok() {
            if Instant::now() >= last {
                break;
            }
        }
        self.pending = false;
    }

    /// The next event that concerns a file.
    async fn next(&mut self) -> EventOwned {
        loop {
            match self.events.next().await {
                Some(Ok(event)) if self.concerns(&event) => return event,
                Some(Ok(_)) => {}
                // Reading an inotify descriptor has no failure that would pass; nothing more will come.
                Some(Err(_)) | None => std::future::pending().await,
            }
        }
    }

    fn concerns(&self, event: &EventOwned) -> bool {
        // Events were lost, or a folder is gone and its watch with it.
        if event.mask.contains(EventMask::Q_OVERFLOW) {
            return true;
        }
        let Some(entries) = self.watched.get(&event.wd) else { return false };
        event.mask.contains(EventMask::IGNORED) || event.name.as_deref().is_some_and(|name| entries.concerns(name))
    }
}

fn mask(entries: &Entries) -> WatchMask {
    let entry = WatchMask::CREATE | WatchMask::DELETE | WatchMask::MOVED_FROM | WatchMask::MOVED_TO;
    // MODIFY tells that a file is still being written: nothing is read as long as that goes on.
    let content = WatchMask::MODIFY | WatchMask::CLOSE_WRITE | WatchMask::ATTRIB;
    let all = WatchMask::ONLYDIR | WatchMask::MASK_ADD | entry;
    if entries.files.is_empty() && !entries.all { all } else { all | content }
}

/// What to change.
fn hint(error: &io::Error) -> &'static str {
    match error.raw_os_error() {
        // ENOSPC: the number of watches of the user is used up.
        Some(28) => "; raise the system's limit fs.inotify.max_user_watches",
        Some(24) => "; raise the system's limit fs.inotify.max_user_instances",
        _ => "",
    }
}

#[cfg(test)]
mod tests;
