//! What the keeper and the logins share.

use std::task::{Context, Poll, Waker};
use std::time::Duration;

use tokio::time::Instant;

use super::demand::Demand;
use super::lifetime::Lifetime;
use super::restraint::Restraint;
use super::store::{Idle, Store};
use crate::openfire::login::error::{LoginError, Unreachable};
use crate::openfire::login::opening::Opened;
use crate::openfire::login::stream::ClientStream;
use crate::openfire::tls::Secured;
use crate::telemetry::IdleStreamCounts;

/// While this many openings run, of logins and ahead of them, no further one begins ahead: it would only keep logins waiting
/// on a server that is busy with openings.
const MOST_OPENINGS: usize = 4;

/// Least and most streams that wait.
#[derive(Debug, Clone, Copy)]
pub(super) struct Bounds {
    pub(super) least: usize,
    pub(super) most: usize,
}

pub(super) struct State {
    bounds: Bounds,
    store: Store,
    demand: Demand,
    lifetime: Lifetime,
    restraint: Restraint,
    /// Of the newest stream, as it was sent; empty without TLS. None before the first stream.
    certificate: Option<Box<[u8]>>,
    /// The mechanisms that the newest stream offers.
    mechanisms: Vec<String>,
    counts: Tally,
    news: Option<News>,
    /// Whether the keeper runs.
    pub(super) is_kept: bool,
    /// Whether no login can use streams that waited.
    is_useless: bool,
}

/// Why a stream left without a login.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Left {
    /// Its time was over.
    Expired,
    /// The server ended it, or said something on it.
    Ended,
    /// One of its age was dead.
    Suspect,
    /// The server has another certificate.
    Certificate,
    /// The configuration was read again, the component lost its link, or the service stops.
    Dismissed,
    /// The server takes no further connection.
    Surplus,
}

#[derive(Debug, Default)]
struct Tally {
    hits: u64,
    misses: u64,
    dead: u64,
    age: Duration,
    left: [u64; 6],
}

/// What is worth a line in the log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum News {
    /// The server ends idle streams after this time.
    Limit(Duration),
    /// Openings succeed again.
    Recovered,
    /// No login can use streams that waited.
    Useless,
}

impl State {
    pub(super) fn new(bounds: Bounds, now: Instant) -> Self {
        Self {
            bounds,
            store: Store::default(),
            demand: Demand::new(now),
            lifetime: Lifetime::default(),
            restraint: Restraint::new(now),
            certificate: None,
            mechanisms: Vec::new(),
            counts: Tally::default(),
            news: None,
            is_kept: false,
            is_useless: false,
        }
    }

    /// Whether streams may wait.
    pub(super) fn is_open(&self) -> bool {
        self.is_kept && !self.is_useless
    }

    /// A login takes the newest stream that lives; its number and how it waited.
    pub(super) fn take(&mut self, now: Instant) -> Option<(u64, Idle)> {
        self.demand.asked(now);
        self.restraint.yields(now);
        while let Some((number, mut idle)) = self.store.take_newest() {
            // The stream may have ended a moment ago, before the keeper saw it.
            if idle.poll_end(&mut Context::from_waker(Waker::noop())).is_ready() {
                self.ended(number, idle.since, now);
                continue;
            }
            return Some((number, idle));
        }
        self.counts.misses += 1;
        None
    }

    /// A stream served its login after it had waited for so long.
    pub(super) fn served(&mut self, waited: Duration) {
        self.counts.hits += 1;
        self.counts.age += waited;
        self.restraint.worked();
    }

    /// The stream of that number was dead when its login took it, so others of its age may be dead too.
    pub(super) fn was_dead(&mut self, number: u64, now: Instant) {
        self.counts.dead += 1;
        self.suspect(number, now);
    }

    /// A stream that was just opened shows what the server is like now. On older streams logins would choose among mechanisms
    /// that are out of date, and streams with another one would give templates an old one.
    pub(super) fn saw(&mut self, opened: &Opened, now: Instant) {
        if self.mechanisms != opened.offer.mechanisms {
            self.mechanisms.clone_from(&opened.offer.mechanisms);
            self.outdated(Left::Dismissed, now);
        }
        let certificate = opened.stream.link().tls().map_or(&[][..], Secured::certificate);
        if self.certificate.as_deref() != Some(certificate) && self.certificate.replace(certificate.into()).is_some() {
            self.outdated(Left::Certificate, now);
        }
    }

    /// The server is no longer as it was when the streams were opened.
    fn outdated(&mut self, why: Left, now: Instant) {
        let count = self.store.dismiss_all();
        self.left(why, count);
        if count > 0 {
            self.restraint.lost(now);
        }
    }

    /// A login has too little time left to find out whether a stream that waited is dead.
    pub(super) fn passed_over(&mut self, now: Instant) {
        self.demand.asked(now);
        self.counts.misses += 1;
    }

    /// A login opened a stream of its own.
    pub(super) fn is_reachable(&mut self, now: Instant) {
        self.restraint.is_reachable(now);
    }

    /// Dismisses all streams, and lets some time pass before others are opened.
    pub(super) fn dismiss(&mut self, now: Instant) {
        let count = self.store.dismiss_all();
        self.left(Left::Dismissed, count);
        self.restraint.dismissed(now);
    }

    /// No login can use streams that waited, so none waits from now on.
    pub(super) fn give_up(&mut self) {
        if std::mem::replace(&mut self.is_useless, true) {
            return;
        }
        let count = self.store.dismiss_all();
        self.left(Left::Dismissed, count);
        self.news = Some(News::Useless);
    }

    /// When the next opening is to begin, while `ahead` and `of_logins` others run; none when none is needed.
    pub(super) fn next_opening(&mut self, ahead: usize, of_logins: usize, now: Instant) -> Option<Instant> {
        let upkeep = self.lifetime.worth_upkeep_from(now);
        let wanted = self.demand.busiest(now).min(self.bounds.most);
        let count = self.store.len() + ahead;
        let may_wait = !self.is_useless && self.lifetime.is_long_enough(now);
        if !may_wait || count >= wanted.max(self.bounds.least) || ahead + of_logins >= MOST_OPENINGS {
            return None;
        }
        let not_before = self.restraint.not_before();
        let not_before = if count < wanted { not_before } else { not_before.max(upkeep) };
        match self.restraint.room(now) {
            Some((room, until)) if count >= room => Some(not_before.max(until)),
            _ => Some(not_before),
        }
    }

    /// An opening begins; its number.
    pub(super) fn begins(&mut self, now: Instant) -> u64 {
        self.restraint.begins(now);
        self.store.number()
    }

    /// An opening succeeded. Gives the time for which the stream may wait, if it may.
    pub(super) fn opened(&mut self, number: u64, opened: Opened, now: Instant) -> Option<Duration> {
        if self.restraint.succeeded() {
            self.news = Some(News::Recovered);
        }
        self.lifetime.announced(opened.offer.idle_limit);
        let may_wait = self.store.may_wait(number);
        self.saw(&opened, now);
        if !may_wait {
            self.store.reject(opened);
            return None;
        }
        self.store.put(number, opened, now);
        Some(self.lifetime.draw(now))
    }

    /// An opening failed. Whether it is the first that failed.
    pub(super) fn failed(&mut self, error: &LoginError, now: Instant) -> bool {
        let is_away = matches!(error, LoginError::Unreachable(Unreachable::Connect(_)));
        let is_full = matches!(
            error,
            LoginError::Unreachable(
                Unreachable::ClosedAtOnce { .. } | Unreachable::Cut { .. } | Unreachable::StreamError { .. }
            )
        );
        let is_first = self.restraint.failed(is_away, is_full.then(|| self.store.len()), now);
        if let Some((room, _)) = self.restraint.room(now) {
            let count = self.store.dismiss_beyond(room);
            self.left(Left::Surplus, count);
        }
        is_first
    }

    /// Watches a stream: ready when it no longer waits.
    pub(super) fn poll_watch(&mut self, number: u64, is_expired: bool, now: Instant, cx: &mut Context<'_>) -> Poll<()> {
        if self.store.poll_end(number, cx).is_ready() {
            if let Some(since) = self.store.dismiss(number) {
                self.ended(number, since, now);
            }
            return Poll::Ready(());
        }
        if !is_expired {
            return Poll::Pending;
        }
        self.store.dismiss(number);
        self.left(Left::Expired, 1);
        self.restraint.worked();
        Poll::Ready(())
    }

    /// The streams that have left since, to be closed.
    pub(super) fn leaving(&mut self) -> Vec<ClientStream> {
        self.store.leaving()
    }

    /// What has happened since that is worth a line in the log.
    pub(super) fn news(&mut self) -> Option<News> {
        self.news.take()
    }

    /// No stream waits from now on, and none will.
    pub(super) fn stop(&mut self) -> Vec<ClientStream> {
        self.is_kept = false;
        let count = self.store.dismiss_all();
        self.left(Left::Dismissed, count);
        self.store.leaving()
    }

    pub(super) fn counts(&self) -> IdleStreamCounts {
        let Tally { hits, misses, dead, age, left } = self.counts;
        let reasons = ["expired", "ended", "suspect", "certificate", "dismissed", "surplus"];
        let mut named = [("", 0); 6];
        for ((slot, reason), count) in named.iter_mut().zip(reasons).zip(left) {
            *slot = (reason, count);
        }
        IdleStreamCounts {
            waiting: u64::try_from(self.store.len()).unwrap_or(u64::MAX),
            takes: [("hit", hits), ("miss", misses), ("dead", dead)],
            age,
            left: named,
        }
    }

    /// The server ended the stream of that number, or said something on it.
    fn ended(&mut self, number: u64, since: Instant, now: Instant) {
        self.left(Left::Ended, 1);
        self.suspect(number, now);
        self.news = self.lifetime.ended(since, now).map(News::Limit).or(self.news.take());
    }

    fn suspect(&mut self, number: u64, now: Instant) {
        let count = self.store.dismiss_up_to(number);
        self.left(Left::Suspect, count);
        self.restraint.lost(now);
    }

    fn left(&mut self, why: Left, count: usize) {
        if let Some(counted) = self.counts.left.get_mut(why as usize) {
            *counted += u64::try_from(count).unwrap_or(u64::MAX);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    fn state(least: usize, most: usize) -> (State, Instant) {
        let now = Instant::now();
        (State::new(Bounds { least, most }, now), now)
    }

    /// Whether another opening is wanted soon while `ahead` run.
    fn wants(state: &mut State, ahead: usize, now: Instant) -> bool {
        state.next_opening(ahead, 0, now).is_some_and(|due| due <= now + SECOND)
    }

    #[test]
    fn at_least_the_least_are_wanted_and_at_most_the_most_and_in_between_as_many_as_the_busiest_second_had_logins() {
        let (mut state, now) = state(1, 3);
        assert!(wants(&mut state, 0, now) && !wants(&mut state, 1, now));
        for logins in 1..10 {
            assert!(state.take(now).is_none());
            let wanted = logins.min(3);
            assert!(wants(&mut state, wanted - 1, now) && !wants(&mut state, wanted, now), "{logins}");
        }
        assert!(!wants(&mut state, 1, now + 61 * SECOND));
    }

    #[test]
    fn a_server_that_is_busy_with_openings_gets_none_ahead_of_logins() {
        let (mut state, now) = state(100, 100);
        for ahead in 0..MOST_OPENINGS {
            assert!(state.next_opening(ahead, MOST_OPENINGS - 1 - ahead, now).is_some());
            assert!(state.next_opening(ahead, MOST_OPENINGS - ahead, now).is_none());
        }
    }

    #[test]
    fn where_idle_streams_end_soon_they_are_opened_only_for_logins_that_come() {
        let (mut state, began) = state(2, 32);
        let at = |seconds: u32| began + seconds * SECOND;
        state.lifetime.ended(at(0), at(10));
        state.lifetime.ended(at(12), at(22));
        let now = at(30);
        assert!(state.next_opening(0, 0, now).is_some_and(|due| due > at(3_600)));
        state.take(now);
        assert!(wants(&mut state, 0, now) && !wants(&mut state, 1, now));
    }

    #[test]
    fn where_idle_streams_end_within_seconds_none_is_opened_ahead() {
        let (mut state, began) = state(2, 32);
        let at = |seconds: u32| began + seconds * SECOND;
        // Ends that follow so soon show no limit.
        for start in [0, 2, 4] {
            state.lifetime.ended(at(start), at(start) + SECOND / 20);
        }
        assert!(wants(&mut state, 0, at(6)));
        state.lifetime.ended(at(10), at(12));
        state.lifetime.ended(at(13), at(15));
        state.take(at(16));
        assert_eq!(state.next_opening(0, 0, at(16)), None);
    }

    #[test]
    fn a_server_that_takes_no_more_connections_is_not_asked_for_one_above_what_it_bore() {
        let (mut state, now) = state(30, 32);
        state.restraint.failed(false, Some(4), now);
        let later = now + 120 * SECOND;
        assert!(wants(&mut state, 2, later));
        assert_eq!(state.next_opening(3, 0, later), Some(now + 600 * SECOND));
    }

    #[test]
    fn no_stream_is_wanted_where_none_can_be_used() {
        let (mut state, now) = state(2, 32);
        state.give_up();
        assert_eq!(state.next_opening(0, 0, now), None);
        assert_eq!((state.news(), state.news()), (Some(News::Useless), None));
    }
}
