//! The channel as the folder is now.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::Mutex as AsyncMutex;
use tokio::task::{JoinHandle, spawn_blocking};
use tokio::time::{Instant, timeout};
use tracing::Span;

use super::Channel;
use crate::model::account::{ClientInfo, UpdateLink};
use crate::model::config;

/// How long what was read counts as what is there.
const FRESH: Duration = Duration::from_secs(2);

/// Time in which the folder must have been read; after that, clients get what was there before.
const SCAN_TIME: Duration = Duration::from_secs(2);

/// The channel, read again on a request when the last look was a while ago. Cheap to clone.
///
/// The folder is read away from the threads that serve, by one at a time: a file system that hangs costs one thread, and
/// requests get what was there before.
#[derive(Debug, Clone)]
pub struct LiveChannel(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    settings: config::Updates,
    current: Mutex<Arc<Channel>>,
    looks: AsyncMutex<Looks>,
}

#[derive(Debug)]
struct Looks {
    /// When the last one began.
    last: Instant,
    running: Option<JoinHandle<()>>,
    /// Whether a request has waited in vain for the one that is running.
    is_slow: bool,
}

impl LiveChannel {
    /// Reads the folder for the first time. Blocks.
    #[must_use]
    pub fn open(settings: config::Updates) -> Self {
        let channel = Channel::scan(&settings);
        tell(&channel, None);
        let looks = AsyncMutex::new(Looks { last: Instant::now(), running: None, is_slow: false });
        Self(Arc::new(Shared { settings, current: Mutex::new(Arc::new(channel)), looks }))
    }

    /// The settings that it was opened with.
    #[must_use]
    pub fn settings(&self) -> &config::Updates {
        &self.0.settings
    }

    /// What was there at the last look.
    #[must_use]
    pub fn current(&self) -> Arc<Channel> {
        Arc::clone(&self.0.lock())
    }

    /// What is there now, or was there at most two seconds ago. The wait for it is as long at most.
    pub async fn fresh(&self) -> Arc<Channel> {
        let mut looks = self.0.looks.lock().await;
        self.look(&mut looks);
        if !looks.is_slow
            && let Some(running) = &mut looks.running
        {
            match timeout(SCAN_TIME, running).await {
                Ok(_) => looks.running = None,
                Err(_) => looks.is_slow = true,
            }
        }
        self.current()
    }

    /// What a client gets, by the last look. Should that be a while ago, the next client profits from a new one; the
    /// address is the same for each version. It must be called inside a tokio run time.
    #[must_use]
    pub fn for_client(&self, client: &ClientInfo) -> UpdateLink {
        if let Ok(mut looks) = self.0.looks.try_lock() {
            self.look(&mut looks);
        }
        self.current().for_client(client)
    }

    /// Takes `channel` for what is there. What is new in it is logged.
    pub fn replace(&self, channel: Channel) {
        self.0.replace(channel);
    }

    /// Begins to look unless the last one is fresh or still running. It goes on when no request waits any more, so that there
    /// is never a second one.
    fn look(&self, looks: &mut Looks) {
        if looks.running.as_ref().is_some_and(JoinHandle::is_finished) {
            looks.running = None;
        }
        let is_due = looks.last.elapsed() >= FRESH && self.0.settings.folder.is_some();
        if looks.running.is_none() && is_due {
            let shared = Arc::clone(&self.0);
            let span = Span::current();
            let read = move || span.in_scope(|| shared.replace(Channel::scan(&shared.settings)));
            let running = spawn_blocking(read);
            *looks = Looks { last: Instant::now(), running: Some(running), is_slow: false };
        }
    }
}

impl Shared {
    fn replace(&self, channel: Channel) {
        let mut current = self.lock();
        if **current != channel {
            tell(&channel, Some(&current));
            *current = Arc::new(channel);
        }
    }

    fn lock(&self) -> MutexGuard<'_, Arc<Channel>> {
        // What is behind it is replaced whole, so a panic of another thread left nothing half-done.
        self.current.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Logs what is offered or wrong, and was not before.
fn tell(channel: &Channel, before: Option<&Channel>) {
    for (platform, release) in channel.newest() {
        let known = before.into_iter().flat_map(Channel::newest);
        if known.into_iter().any(|known| known == (platform, release)) {
            continue;
        }
        let version = &release.version;
        tracing::info!(updates.platform = %platform, updates.version = %version, "{platform} is offered {version}");
    }
    for defect in channel.defects() {
        if before.is_some_and(|before| before.defects().contains(defect)) {
            continue;
        }
        let place = &defect.place;
        if defect.kind.prevents() {
            tracing::warn!(updates.place = place, "not offered as an update: {defect}");
        } else {
            tracing::info!(updates.place = place, "offered as an update, but: {defect}");
        }
    }
}
