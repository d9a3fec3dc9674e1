//! Which groups a user is in.
//!
//! Openfire has no command for the groups of one user, so all groups and their members are [read](reader), and kept for
//! a minute. Nothing is read without a look-up. A look-up that comes while a reading older than a minute is being renewed
//! gets the old one, unless that is older than two minutes. What was read can be [dropped](Groups::forget); a reading that
//! is under way then begins once more.
//!
//! An Openfire whose directory cannot be searched lists no groups, or finds no group that it has listed. So an empty list
//! is not believed when there were groups before or the site names some, and members that could not be read are unknown:
//! what was read before counts until it is two minutes old. While there is such a doubt, it is read again after a pause of
//! seconds.

mod gone;
mod reader;
mod snapshot;
mod state;

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;
use tokio::time::{Instant, timeout, timeout_at};
use tracing::Instrument as _;
use xmpp_parsers::jid::{BareJid, DomainPart};

use self::reader::{Reader, Reading};
use self::state::State;
use super::commands::Commands;
use crate::model::account::Reason;
use crate::model::named_groups::NamedGroups;

/// Age from which on a look-up has the reading renewed.
const FRESH: Duration = Duration::from_mins(1);

/// Age up to which a reading is used while it is being renewed, or when it cannot be.
const USABLE: Duration = Duration::from_mins(2);

/// Shortest pause after a reading that failed or left a doubt; the longest is twice as long.
const PAUSE: Duration = Duration::from_secs(5);

/// Time that reading all groups may take.
const READING: Duration = Duration::from_mins(1);

/// The groups of all users, read in the background.
#[derive(Debug)]
pub(super) struct Groups {
    reader: Arc<Reader>,
    state: Arc<watch::Sender<State>>,
}

impl Groups {
    pub(super) fn new(domain: DomainPart, commands: Commands, iq_timeout: Duration) -> Self {
        Self { reader: Arc::new(Reader::new(domain, commands, iq_timeout)), state: Arc::new(watch::Sender::default()) }
    }

    /// The names of the groups that `user` is in, sorted, and why others are not known.
    ///
    /// Waits until `deadline` at most; the reading goes on for the next look-up.
    pub(super) async fn names_for(
        &self,
        user: &BareJid,
        deadline: Instant,
    ) -> Result<(Vec<String>, Vec<Reason>), Reason> {
        let mut state = self.state.subscribe();
        self.renew_if_due();
        // Where there is a doubt, the reading that is under way may end it.
        let settled = state.wait_for(|state| !state.is_running() || state.is_certain());
        _ = timeout_at(deadline, settled).await;
        state.borrow().names_for(user)
    }

    /// Sets the groups that the site names. While there are some, an empty list of groups is not believed.
    pub(super) fn expect(&self, named: &Arc<NamedGroups>) {
        self.state.send_if_modified(|state| state.expect(named));
    }

    /// Drops what was read: the next look-up waits for a reading that begins after this.
    pub(super) fn forget(&self) {
        self.state.send_modify(State::forget);
    }

    fn renew_if_due(&self) {
        if !self.state.send_if_modified(State::begin_if_due) {
            return;
        }
        let mut running =
            Running { dropped: self.state.borrow().dropped(), state: Arc::clone(&self.state), is_over: false };
        let reader = Arc::clone(&self.reader);
        let read = async move {
            while !running.is_over {
                let past = running.state.borrow().past();
                let begun = Instant::now();
                let result = timeout(READING, reader.read(&past)).await;
                running.end(result.unwrap_or(Err(Reason::TimedOut)), begun.elapsed());
            }
        };
        // All who wait share it; in the log it belongs to the request that began it.
        tokio::spawn(read.in_current_span());
    }
}

/// A reading under way. However it ends, the waiting look-ups are woken.
struct Running {
    state: Arc<watch::Sender<State>>,
    /// [`State::dropped`] when it began.
    dropped: u64,
    is_over: bool,
}

impl Running {
    /// Keeps what was read, unless that was dropped meanwhile: then it is read once more.
    fn end(&mut self, result: Result<Reading, Reason>, took: Duration) {
        let mut change = None;
        self.state.send_modify(|state| {
            self.is_over = state.dropped() == self.dropped;
            self.dropped = state.dropped();
            if self.is_over {
                change = Some(state.end(result, took));
            }
        });
        if let Some(change) = change {
            change.log();
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        if !self.is_over {
            self.state.send_modify(|state| drop(state.end(Err(Reason::TimedOut), Duration::ZERO)));
        }
    }
}
