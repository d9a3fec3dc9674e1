//! What is known of the groups, and when they are read again.

use std::sync::Arc;
use std::time::Duration;

use tokio::time::Instant;
use tracing::{info, warn};
use xmpp_parsers::jid::BareJid;

use super::gone::Gone;
use super::reader::{Past, Reading};
use super::snapshot::Snapshot;
use super::{FRESH, PAUSE, USABLE};
use crate::model::account::Reason;
use crate::model::named_groups::NamedGroups;

/// How long Openfire 5 goes on not finding a group that it did not find once (`cache.group.maxLifetime`), and a bit.
const AFTERMATH: Duration = Duration::from_mins(16);

/// Administrators filter by it.
const TARGET: &str = "openfire_provisioner::openfire::directory";

/// Most groups that one line of the log names.
const MAX_SHOWN: usize = 10;

/// What is known of the groups.
#[derive(Debug, Default)]
pub(super) struct State {
    /// Whether a reading is under way.
    running: bool,
    /// The last reading that counts, also when it is too old to be used.
    latest: Option<(Instant, Arc<Snapshot>)>,
    /// Why the last reading does not count.
    failure: Option<Reason>,
    /// When a look-up has the groups read again; none is at once.
    due: Option<Instant>,
    named: Arc<NamedGroups>,
    gone: Arc<Gone>,
    /// How many readings in a row left a doubt.
    doubts: u32,
    /// When the directory could not be searched the last time.
    outage: Option<Instant>,
    /// Whether the log says that there is a doubt.
    is_reported: bool,
    /// How often what was read was dropped. A reading that began before the last time does not count.
    dropped: u64,
}

/// What the log has to say after a reading.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Change {
    /// There is a doubt that was not reported.
    doubt: Option<Reason>,
    /// There is no doubt any more.
    is_over: bool,
    /// Groups that the server does not have.
    gone: Vec<String>,
}

impl State {
    pub(super) fn is_running(&self) -> bool {
        self.running
    }

    pub(super) fn dropped(&self) -> u64 {
        self.dropped
    }

    /// Whether there is a usable reading that leaves no doubt.
    pub(super) fn is_certain(&self) -> bool {
        self.usable().is_some_and(Snapshot::is_certain)
    }

    /// The names of the groups that `user` is in, sorted, and why others are not known.
    pub(super) fn names_for(&self, user: &BareJid) -> Result<(Vec<String>, Vec<Reason>), Reason> {
        match (self.usable(), &self.failure) {
            (Some(latest), _) => {
                Ok((latest.groups_of(user), latest.shortened().into_iter().chain(latest.unread()).collect()))
            }
            (None, Some(reason)) => Err(reason.clone()),
            (None, None) => Err(Reason::TimedOut),
        }
    }

    fn usable(&self) -> Option<&Snapshot> {
        self.latest.as_ref().filter(|(then, _)| then.elapsed() < USABLE).map(|(_, snapshot)| snapshot.as_ref())
    }

    /// Sets the groups that the site names. An empty reading that was believed without them is dropped.
    pub(super) fn expect(&mut self, named: &Arc<NamedGroups>) -> bool {
        if Arc::ptr_eq(&self.named, named) {
            return false;
        }
        self.named = Arc::clone(named);
        let is_empty = self.latest.as_ref().is_some_and(|(_, latest)| latest.total() == 0);
        if is_empty && !named.is_empty() {
            (self.latest, self.due) = (None, None);
        }
        true
    }

    /// Drops what was read. Which groups are gone need not be reported again, and an outage is not over by this.
    pub(super) fn forget(&mut self) {
        (self.latest, self.failure, self.due, self.doubts) = (None, None, None, 0);
        self.dropped += 1;
    }

    /// Begins a reading if one is due and none is under way.
    pub(super) fn begin_if_due(&mut self) -> bool {
        let is_due = !self.running && self.due.is_none_or(|due| Instant::now() >= due);
        self.running |= is_due;
        is_due
    }

    /// What a reading has to know.
    pub(super) fn past(&self) -> Past {
        Past {
            latest: self.latest.clone(),
            named: Arc::clone(&self.named),
            gone: Arc::clone(&self.gone),
            in_doubt: self.doubts > 0,
            after_outage: self.outage.is_some_and(|then| then.elapsed() < AFTERMATH),
        }
    }

    /// Ends a reading that `took` so long.
    pub(super) fn end(&mut self, result: Result<Reading, Reason>, took: Duration) -> Change {
        let now = Instant::now();
        let pause = PAUSE.mul_f64(rand::random_range(1.0..2.0));
        self.running = false;
        let past = self.past();
        match result {
            // It began when the site named no groups.
            Ok(reading) if reading.snapshot.total() == 0 && past.has_groups() => {
                self.failure = Some(past.no_groups());
                self.due = Some(now + pause);
            }
            Ok(Reading { snapshot, gone, answers }) => {
                self.outage = if answers { self.outage } else { Some(now) };
                let gone = gone.map(|gone| Arc::make_mut(&mut self.gone).update(gone)).unwrap_or_default();
                // Many groups are not read again without a break, while one of them cannot be.
                let pause = if snapshot.is_certain() { FRESH } else { pause.max(took) };
                self.latest = Some((now, Arc::new(snapshot)));
                self.failure = None;
                self.due = Some(now + pause);
                return Change { gone, ..self.change() };
            }
            Err(reason) => {
                let is_outage = matches!(reason, Reason::NoGroups { .. });
                self.outage = if is_outage { Some(now) } else { self.outage };
                self.failure = Some(reason);
                self.due = Some(now + pause);
            }
        }
        self.change()
    }

    fn change(&mut self) -> Change {
        let unread = self.latest.as_ref().is_some_and(|(_, latest)| !latest.is_certain());
        let doubt = match &self.failure {
            Some(reason @ Reason::NoGroups { .. }) => Some(reason.clone()),
            // It could not be asked, which says nothing about a doubt.
            Some(_) => return Change::default(),
            // A group that was deleted at this moment is not reported; the next reading shows it.
            None if unread => self.latest.as_ref().and_then(|(_, latest)| latest.carried()).filter(|_| self.doubts > 0),
            None => None,
        };
        self.doubts = if unread || doubt.is_some() { self.doubts.saturating_add(1) } else { 0 };
        let is_over = self.doubts == 0 && std::mem::take(&mut self.is_reported);
        let doubt = doubt.filter(|_| !std::mem::replace(&mut self.is_reported, true));
        Change { doubt, is_over, gone: Vec::new() }
    }
}

impl Change {
    /// Writes it into the log.
    pub(super) fn log(self) {
        if let Some(reason) = self.doubt {
            warn!(
                target: TARGET,
                { directory.doubt = %reason },
                "the groups are in doubt: {reason} The groups that were read before count until they are two minutes old. After \
                 that, users who may be in such a group get an error (503) if a rule or the site data ask for it"
            );
        }
        if self.is_over {
            info!(target: TARGET, "the groups can be read again");
        }
        if !self.gone.is_empty() {
            let names: Vec<String> = self.gone.iter().take(MAX_SHOWN).map(|name| format!("{name:?}")).collect();
            let more = self.gone.len().saturating_sub(MAX_SHOWN);
            let more = if more > 0 { format!(" and {more} more") } else { String::new() };
            let names = names.join(", ") + &more;
            warn!(
                target: TARGET,
                { directory.gone = names },
                "Openfire has other groups, but none named {names}, which it had before or which a rule or the site data \
                 name: no user counts as a member. Create the group in Openfire, or correct the name"
            );
        }
    }
}

#[cfg(test)]
mod tests {
    use tokio::time::advance;
    use xmpp_parsers::jid::DomainPart;

    use super::super::snapshot::Earlier;
    use super::*;
    use crate::model::config::Pattern;

    fn anna() -> BareJid {
        "anna@example.test".parse().unwrap()
    }

    /// A reading of these groups, all of which have anna as a member; those in `unread` could not be read.
    fn reading(state: &State, groups: &[&str], unread: &[&str]) -> Reading {
        let mut snapshot = Snapshot::new(DomainPart::new("example.test").unwrap().into_owned(), true);
        for name in groups {
            snapshot.add((*name).to_owned(), Some(&[anna()]));
        }
        let past = state.past();
        let earlier = Earlier::new(past.latest.as_ref().map(|(then, latest)| (*then, latest.as_ref())));
        for name in unread {
            snapshot.carry_over((*name).to_owned(), &earlier);
        }
        Reading { snapshot, gone: Some(Vec::new()), answers: true }
    }

    fn end(state: &mut State, result: Result<Reading, Reason>) -> Change {
        assert!(state.begin_if_due(), "a reading is due");
        state.end(result, Duration::ZERO)
    }

    fn good(state: &mut State, groups: &[&str], unread: &[&str]) -> Change {
        let reading = reading(state, groups, unread);
        end(state, Ok(reading))
    }

    fn empty(state: &mut State) -> Change {
        let reason = state.past().no_groups();
        end(state, Err(reason))
    }

    #[tokio::test(start_paused = true)]
    async fn an_empty_list_leaves_what_was_read_before_until_that_is_too_old() {
        let mut state = State::default();
        good(&mut state, &["support", "office"], &[]);
        assert!(!state.begin_if_due(), "it is kept for a minute");
        advance(FRESH).await;
        let change = empty(&mut state);
        assert_eq!(change.doubt, Some(Reason::NoGroups { before: Some((2, FRESH)) }));
        assert_eq!(state.names_for(&anna()).unwrap().0, ["office", "support"]);

        // It is asked again soon, and the log says it once.
        assert!(!state.begin_if_due());
        advance(2 * PAUSE).await;
        assert_eq!(empty(&mut state), Change::default());
        advance(USABLE.saturating_sub(FRESH)).await;
        let unknown = state.names_for(&anna()).unwrap_err();
        assert!(matches!(unknown, Reason::NoGroups { before: Some((2, _)) }), "{unknown}");
        good(&mut state, &["support"], &[]);
        assert_eq!(state.names_for(&anna()).unwrap(), (vec!["support".to_owned()], vec![]));
    }

    #[tokio::test(start_paused = true)]
    async fn the_end_of_a_doubt_is_logged() {
        let mut state = State::default();
        good(&mut state, &["support"], &[]);
        advance(FRESH).await;
        empty(&mut state);
        advance(2 * PAUSE).await;
        // That Openfire could not be asked says nothing.
        assert_eq!(end(&mut state, Err(Reason::TimedOut)), Change::default());
        advance(2 * PAUSE).await;
        assert_eq!(good(&mut state, &["support"], &[]), Change { is_over: true, ..Change::default() });
        advance(FRESH).await;
        assert_eq!(good(&mut state, &["support"], &[]), Change::default());
    }

    #[tokio::test(start_paused = true)]
    async fn a_server_without_groups_is_believed_unless_the_site_names_some() {
        let mut state = State::default();
        good(&mut state, &[], &[]);
        assert_eq!(state.names_for(&anna()).unwrap(), (vec![], vec![]));
        let named = Arc::new(NamedGroups::new([&Pattern::parse("supp*").unwrap()], []));
        assert!(state.expect(&named));
        assert!(state.names_for(&anna()).is_err(), "what was believed before counts no more");
        good(&mut state, &[], &[]);
        assert_eq!(state.names_for(&anna()).unwrap_err(), Reason::NoGroups { before: None });
        assert!(!state.expect(&named));
    }

    #[tokio::test(start_paused = true)]
    async fn a_group_that_cannot_be_read_is_tried_again_soon_and_reported_the_second_time() {
        let mut state = State::default();
        assert_eq!(good(&mut state, &["office"], &["support"]), Change::default());
        let (names, reasons) = state.names_for(&anna()).unwrap();
        assert_eq!((names, reasons.len()), (vec!["office".to_owned()], 1));
        assert!(!state.is_certain(), "a look-up waits for the next reading");
        for pause in [PAUSE.saturating_sub(Duration::from_millis(1)), PAUSE + Duration::from_millis(1)] {
            assert!(!state.begin_if_due());
            advance(pause).await;
        }
        let change = good(&mut state, &["office"], &["support"]);
        assert!(matches!(change.doubt, Some(Reason::UnreadGroups { total: 2, .. })), "{change:?}");
        advance(2 * PAUSE).await;
        assert!(good(&mut state, &["office", "support"], &[]).is_over);
        assert!(state.is_certain());
    }

    #[tokio::test(start_paused = true)]
    async fn readings_that_take_long_leave_openfire_as_much_time() {
        let mut state = State::default();
        let reading = reading(&state, &["office"], &["support"]);
        assert!(state.begin_if_due());
        state.end(Ok(reading), 6 * PAUSE);
        advance((6 * PAUSE).saturating_sub(Duration::from_millis(1))).await;
        assert!(!state.begin_if_due());
        advance(Duration::from_millis(1)).await;
        assert!(state.begin_if_due());
    }
}
