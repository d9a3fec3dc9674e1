//! Whether logins are decided: what `/readyz` says about Openfire beyond the fact that it answers.
//!
//! A server can take connections and offer mechanisms, and yet leave every login without an answer: Openfire 5.2 does so
//! when its database was killed.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

use super::error::AuthenticationError;

/// How long a login counts after its end.
const WINDOW: Duration = Duration::from_secs(30);

/// How the users' logins of the last 30 s ended.
#[derive(Debug, Default)]
pub(super) struct RecentLogins(Mutex<Last>);

#[derive(Debug, Default)]
struct Last {
    /// When a user was let in or refused.
    decided: Option<Instant>,
    /// When a login ended without either, and why.
    undecided: Option<(Instant, String)>,
}

impl RecentLogins {
    /// A login ended at `now`. One that was not tried, since there were too many failures, says nothing.
    pub(super) fn ended<T>(&self, outcome: &Result<T, AuthenticationError>, now: Instant) {
        match outcome {
            Ok(_) | Err(AuthenticationError::Refused { .. }) => self.last().decided = Some(now),
            Err(AuthenticationError::CannotCheck { reason } | AuthenticationError::Unreachable { reason }) => {
                self.last().undecided = Some((now, reason.clone()));
            }
            Err(AuthenticationError::Throttled { .. } | AuthenticationError::Reserved) => {}
        }
    }

    /// The server decided a login at `now`: that of a user whom it refused, though the refusal is not believed, or that of the
    /// reference account.
    pub(super) fn decided(&self, now: Instant) {
        self.last().decided = Some(now);
    }

    /// Whether a login of the last 30 s was decided.
    pub(super) fn is_one_decided(&self, now: Instant) -> bool {
        self.last().decided.is_some_and(|at| is_recent(at, now))
    }

    /// Fails, with the last reason, when there were logins in the last 30 s and none of them was decided.
    pub(super) fn are_decided(&self, now: Instant) -> Result<(), String> {
        let last = self.last();
        match &last.undecided {
            Some((at, reason)) if is_recent(*at, now) && !last.decided.is_some_and(|at| is_recent(at, now)) => {
                Err(format!(
                    "logins are neither accepted nor refused: every login of the last {} s ended undecided; the last \
                     one: {reason}",
                    WINDOW.as_secs()
                ))
            }
            _ => Ok(()),
        }
    }

    fn last(&self) -> MutexGuard<'_, Last> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn is_recent(at: Instant, now: Instant) -> bool {
    now.saturating_duration_since(at) < WINDOW
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reason() -> String {
        "no answer".to_owned()
    }

    fn unreachable() -> Result<(), AuthenticationError> {
        Err(AuthenticationError::Unreachable { reason: reason() })
    }

    #[test]
    fn logins_without_any_decision_are_reported_until_one_is_decided() {
        let (recent, now) = (RecentLogins::default(), Instant::now());
        assert_eq!(recent.are_decided(now), Ok(()));
        recent.ended(&unreachable(), now);
        assert!(recent.are_decided(now).unwrap_err().ends_with("the last one: no answer"));
        recent.ended(&Err::<(), _>(AuthenticationError::Throttled { retry_after: WINDOW }), now);
        assert!(recent.are_decided(now).is_err());
        for decided in [Ok(()), Err(AuthenticationError::Refused { reason: reason() })] {
            let recent = RecentLogins::default();
            recent.ended(&Err::<(), _>(AuthenticationError::CannotCheck { reason: reason() }), now);
            assert!(recent.are_decided(now).is_err());
            recent.ended(&decided, now);
            assert_eq!(recent.are_decided(now), Ok(()));
        }
    }

    #[test]
    fn only_the_last_30_seconds_count() {
        let (recent, now) = (RecentLogins::default(), Instant::now());
        let later = |seconds| now + Duration::from_secs(seconds);
        recent.ended(&Ok::<(), AuthenticationError>(()), now);
        recent.ended(&unreachable(), later(1));
        assert_eq!(recent.are_decided(later(29)), Ok(()), "one of them was decided");
        assert!(recent.are_decided(later(30)).is_err());
        assert_eq!(recent.are_decided(later(31)), Ok(()), "there was none");
        recent.ended(&unreachable(), later(60));
        assert!(recent.are_decided(later(89)).is_err());
    }
}
