//! Which groups a user is in.
//!
//! Openfire has no command for the groups of one user, so all groups and their members are read, and kept for
//! a minute: one command for each 200 groups, and one more for each group that has members, [`AT_ONCE`] at a time;
//! each command is two round trips. Nothing is read without a look-up. A look-up that comes while a reading older than a
//! minute is being renewed gets the old one, unless that is older than two minutes. What was read can be
//! [dropped](Groups::forget); a reading that is under way then begins once more.

mod snapshot;

use std::sync::Arc;
use std::time::Duration;

use futures::stream::{self, StreamExt};
use tokio::sync::watch;
use tokio::time::{Instant, timeout, timeout_at};
use tracing::Instrument as _;
use xmpp_parsers::jid::{BareJid, DomainPart};

use self::snapshot::Snapshot;
use super::commands::Commands;
use crate::model::account::Reason;
use crate::openfire::admin_commands::{self as admin, Command, Group};

/// Age from which on a look-up has the reading renewed.
const FRESH: Duration = Duration::from_mins(1);

/// Age up to which a reading is used while it is being renewed, or when it cannot be.
const USABLE: Duration = Duration::from_mins(2);

/// Pause after a reading that failed.
const PAUSE: Duration = Duration::from_secs(5);

/// Time that reading all groups may take.
const READING: Duration = Duration::from_mins(1);

/// Most groups that are read.
const MAX_GROUPS: usize = 2_000;

/// Most members of a group that is read: its answer, which comes in one stanza, must stay well below the 10 MiB that
/// the component's stream takes.
const MAX_MEMBERS: usize = 40_000;

/// Groups asked for in one command; one of the sizes in Openfire's form.
const PAGE: usize = 200;

/// Groups whose members are asked for at one time.
const AT_ONCE: usize = 8;

/// The groups of all users, read in the background.
#[derive(Debug)]
pub(super) struct Groups {
    domain: DomainPart,
    commands: Commands,
    /// Time for one command.
    iq_timeout: Duration,
    state: Arc<watch::Sender<State>>,
}

#[derive(Debug, Default)]
struct State {
    /// Whether a reading is under way.
    running: bool,
    latest: Option<(Instant, Arc<Snapshot>)>,
    failure: Option<(Instant, Reason)>,
    /// How often what was read was dropped. A reading that began before the last time does not count.
    dropped: u64,
}

impl Groups {
    pub(super) fn new(domain: DomainPart, commands: Commands, iq_timeout: Duration) -> Self {
        Self { domain, commands, iq_timeout, state: Arc::new(watch::Sender::default()) }
    }

    /// The names of the groups that `user` is in, sorted, and why some groups were not read.
    ///
    /// Waits until `deadline` at most; the reading goes on for the next look-up.
    pub(super) async fn names_for(
        &self,
        user: &BareJid,
        deadline: Instant,
    ) -> Result<(Vec<String>, Option<Reason>), Reason> {
        let mut state = self.state.subscribe();
        self.renew_if_due();
        let settled = state.wait_for(|state| !state.running || state.usable().is_some());
        match timeout_at(deadline, settled).await {
            Ok(Ok(state)) => match (state.usable(), &state.failure) {
                (Some(latest), _) => Ok((latest.groups_of(user), latest.shortened())),
                (None, Some((_, reason))) => Err(reason.clone()),
                (None, None) => Err(Reason::TimedOut),
            },
            Ok(Err(_)) | Err(_) => Err(Reason::TimedOut),
        }
    }

    /// Drops what was read: the next look-up waits for a reading that begins after this.
    pub(super) fn forget(&self) {
        self.state.send_modify(|state| {
            state.latest = None;
            state.failure = None;
            state.dropped += 1;
        });
    }

    fn renew_if_due(&self) {
        let begin = |state: &mut State| {
            let due = state.due();
            state.running |= due;
            due
        };
        if !self.state.send_if_modified(begin) {
            return;
        }
        let dropped = self.state.borrow().dropped;
        let mut running = Running { state: Arc::clone(&self.state), dropped, is_over: false };
        let reader =
            Reader { domain: self.domain.clone(), commands: self.commands.clone(), iq_timeout: self.iq_timeout };
        let read = async move {
            while !running.is_over {
                let result = timeout(READING, reader.read()).await;
                running.end(result.unwrap_or(Err(Reason::TimedOut)));
            }
        };
        // All who wait share it; in the log it belongs to the request that began it.
        tokio::spawn(read.in_current_span());
    }
}

impl State {
    fn due(&self) -> bool {
        let older = |than: Duration, then: Instant| then.elapsed() >= than;
        !self.running
            && self.latest.as_ref().is_none_or(|(then, _)| older(FRESH, *then))
            && self.failure.as_ref().is_none_or(|(then, _)| older(PAUSE, *then))
    }

    fn usable(&self) -> Option<&Snapshot> {
        self.latest.as_ref().filter(|(then, _)| then.elapsed() < USABLE).map(|(_, snapshot)| snapshot.as_ref())
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
    fn end(&mut self, result: Result<Snapshot, Reason>) {
        let now = Instant::now();
        self.state.send_modify(|state| {
            self.is_over = state.dropped == self.dropped;
            self.dropped = state.dropped;
            if !self.is_over {
                return;
            }
            state.running = false;
            match result {
                Ok(snapshot) => {
                    state.latest = Some((now, Arc::new(snapshot)));
                    state.failure = None;
                }
                Err(reason) => state.failure = Some((now, reason)),
            }
        });
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        if !self.is_over {
            self.state.send_modify(|state| {
                state.running = false;
                state.failure = Some((Instant::now(), Reason::TimedOut));
            });
        }
    }
}

/// Reads all groups once.
struct Reader {
    domain: DomainPart,
    commands: Commands,
    iq_timeout: Duration,
}

impl Reader {
    async fn read(&self) -> Result<Snapshot, Reason> {
        let (groups, all) = self.groups().await?;
        let mut snapshot = Snapshot::new(self.domain.clone(), all);
        let mut members = stream::iter(groups)
            .map(|group| async { self.members(&group).await.map(|members| (group.name, members)) })
            .buffer_unordered(AT_ONCE);
        while let Some(read) = members.next().await {
            let (name, members) = read?;
            snapshot.add(name, members.as_deref());
        }
        drop(members);
        Ok(snapshot)
    }

    /// The first [`MAX_GROUPS`] groups, and whether that is all.
    async fn groups(&self) -> Result<(Vec<Group>, bool), Reason> {
        let mut groups = Vec::new();
        while groups.len() < MAX_GROUPS {
            let fields = vec![("start", groups.len().to_string()), ("max_items", PAGE.to_string())];
            let page = admin::groups(&self.commands.run(Command::GetGroups, fields, self.deadline()).await?);
            let last = page.len() < PAGE;
            groups.extend(page);
            if last {
                return Ok((groups, true));
            }
        }
        Ok((groups, false))
    }

    /// The members of one group; `None` when it is too large to be asked about.
    async fn members(&self, group: &Group) -> Result<Option<Vec<BareJid>>, Reason> {
        match group.size {
            _ if group.name.trim().is_empty() => return Ok(Some(Vec::new())),
            Some(0) => return Ok(Some(Vec::new())),
            Some(size) if size > MAX_MEMBERS => return Ok(None),
            _ => {}
        }
        let fields = vec![("group", group.name.clone())];
        match self.commands.run(Command::GetGroupMembers, fields, self.deadline()).await {
            Ok(form) => Ok(Some(admin::group_members(&form))),
            // It was deleted in between.
            Err(Reason::CommandFailed { .. }) => Ok(Some(Vec::new())),
            Err(reason) => Err(reason),
        }
    }

    fn deadline(&self) -> Instant {
        Instant::now() + self.iq_timeout
    }
}
