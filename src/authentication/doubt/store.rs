//! What logins say about the user store over time: whether it worked, failed, or does both in turn.

use std::time::Duration;

use tokio::time::Instant;

/// How long a store limps after its last failure.
const LIMPING: Duration = Duration::from_mins(1);

/// How long a failure is remembered to see whether the next one is another.
const REMEMBERED: Duration = Duration::from_mins(2);

/// When the store was seen to fail and to work.
///
/// An outage is one failure, however many logins see it: it ends with the first that succeeds. A store that fails again
/// after that limps, for example since every fifth connection to the directory breaks. No number of good logins then says
/// anything about the next one.
#[derive(Debug, Default)]
pub(super) struct Store {
    seen: Seen,
    limped: Option<Instant>,
}

#[derive(Debug, Default, Clone, Copy)]
enum Seen {
    #[default]
    Nothing,
    /// The last failure ended then.
    Failed(Instant),
    /// It failed, and a login that ended then has succeeded since.
    Recovered(Instant),
}

impl Store {
    /// A login that must have succeeded was refused.
    pub(super) fn failed(&mut self, began: Instant, at: Instant) {
        self.forget(at);
        match self.seen {
            Seen::Recovered(worked) if began > worked => {
                self.limped = Some(at);
                self.seen = Seen::Failed(at);
            }
            // Learnt late: the login began before the store recovered.
            Seen::Recovered(_) => {}
            Seen::Failed(earlier) => self.seen = Seen::Failed(at.max(earlier)),
            Seen::Nothing => self.seen = Seen::Failed(at),
        }
        if self.limped.is_some() {
            self.limped = self.limped.max(Some(at));
        }
    }

    /// A login succeeded.
    pub(super) fn worked(&mut self, began: Instant, at: Instant) {
        if let Seen::Failed(failed) = self.seen
            && began >= failed
        {
            self.seen = Seen::Recovered(at);
        }
    }

    /// Whether it fails every now and then.
    pub(super) fn limps(&self, now: Instant) -> bool {
        self.limped.is_some_and(|at| now.saturating_duration_since(at) < LIMPING)
    }

    fn forget(&mut self, now: Instant) {
        if !self.limps(now) {
            self.limped = None;
        }
        if let Seen::Failed(at) | Seen::Recovered(at) = self.seen
            && now.saturating_duration_since(at) >= REMEMBERED
        {
            self.seen = Seen::Nothing;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Times in milliseconds after a beginning that lies in the past of all of them.
    fn clock() -> impl Fn(u64) -> Instant {
        let beginning = Instant::now();
        move |milliseconds| beginning + Duration::from_millis(milliseconds)
    }

    #[test]
    fn one_outage_is_no_limping_however_many_logins_see_it() {
        let (mut store, at) = (Store::default(), clock());
        store.worked(at(0), at(10));
        for began in 20..40 {
            store.failed(at(began), at(began + 5));
        }
        store.worked(at(60), at(70));
        // Refused while it was down, found out later.
        store.failed(at(42), at(47));
        store.worked(at(80), at(90));
        assert!(!store.limps(at(90)));
    }

    #[test]
    fn a_store_that_fails_again_limps_for_a_minute_after_its_last_failure() {
        let (mut store, at) = (Store::default(), clock());
        store.failed(at(0), at(10));
        store.worked(at(20), at(30));
        assert!(!store.limps(at(30)));
        store.failed(at(40), at(50));
        assert!(store.limps(at(50)));
        store.worked(at(60), at(70));
        assert!(store.limps(at(60_049)));
        assert!(!store.limps(at(60_050)));
        store.failed(at(30_000), at(30_010));
        assert!(store.limps(at(90_009)));
    }

    #[test]
    fn a_success_that_began_before_the_failure_is_no_recovery() {
        let (mut store, at) = (Store::default(), clock());
        store.failed(at(10), at(20));
        store.worked(at(15), at(30));
        store.failed(at(40), at(50));
        assert!(!store.limps(at(50)));
    }

    #[test]
    fn outages_far_apart_are_no_limping() {
        let (mut store, at) = (Store::default(), clock());
        store.failed(at(0), at(10));
        store.worked(at(20), at(30));
        store.failed(at(120_030), at(120_040));
        assert!(!store.limps(at(120_040)));
    }
}
