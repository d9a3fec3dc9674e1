//! The reference account: whether Openfire's user store works.

use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};

use secrecy::ExposeSecret;
use tokio::sync::Mutex;
use tokio::time::{Instant, timeout_at};

use crate::model::account::{Credentials, Password, Username};
use crate::model::config::Openfire;
use crate::openfire::login::{Login, LoginError, Unreachable};

/// An account whose name and password are known to be right, so that a refusal of it shows an outage of Openfire.
///
/// Openfire says "not authorized" for every user while its database or LDAP is down (seen on 4.2), and a client that
/// gets this answer deletes its saved password.
pub struct Reference {
    credentials: Credentials,
    checks: Shared,
}

impl Reference {
    /// The account in the settings; `None` without one, and for one that cannot exist.
    #[must_use]
    pub fn new(settings: &Openfire) -> Option<Self> {
        let username = Username::parse(settings.reference_user.as_deref()?, &settings.domain).ok()?;
        let password = Password::parse(settings.reference_password.as_ref()?.expose_secret().to_owned()).ok()?;
        Some(Self { credentials: Credentials { username, password }, checks: Shared::default() })
    }

    /// Whether the account can log in now. It says nothing about a refusal that came before or meanwhile.
    ///
    /// # Errors
    ///
    /// Why it cannot.
    pub async fn check(&self, login: &Login, deadline: Instant) -> Result<(), String> {
        self.log_in(login, deadline).await.map_err(|error| self.reason(&error))
    }

    /// What a refusal that has just come means. `Ok`: the account can log in, so the refusal is to be believed. The error says
    /// why it is not.
    ///
    /// Only a check that began after the refusal came counts: the user store may have failed since any other. Checks run
    /// one at a time, and refusals that come before the next one begins share it.
    pub(super) async fn judge(&self, login: &Login, deadline: Instant) -> Result<(), String> {
        let check = async || {
            let outcome = self.log_in(login, deadline).await;
            let validity = match outcome {
                Err(LoginError::Unreachable(Unreachable::TimedOut { .. })) => Validity::ForThisDeadline,
                _ => Validity::ForAll,
            };
            (outcome.map_err(|error| self.reason(&error)), validity)
        };
        let checked = timeout_at(deadline, self.checks.next(check)).await;
        checked.unwrap_or_else(|_| {
            Err(format!("the reference account {} was not checked in time", self.credentials.username))
        })
    }

    /// Logs the account in.
    pub(super) async fn log_in(&self, login: &Login, deadline: Instant) -> Result<(), LoginError> {
        login.authenticate(&self.credentials, deadline).await?.close().await;
        Ok(())
    }

    /// What it means that the account cannot log in.
    pub(super) fn reason(&self, error: &LoginError) -> String {
        format!(
            "the reference account {} cannot log in either ({error}): check whether Openfire's database or LDAP is \
             down; if not, correct openfire.reference_user and openfire.reference_password",
            self.credentials.username
        )
    }
}

/// For whom the answer of a check holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Validity {
    /// For all callers that wait for it.
    ForAll,
    /// For the caller whose deadline ended it; others may have more time.
    ForThisDeadline,
}

/// Checks that are shared by all callers that came before they began.
#[derive(Debug, Default)]
struct Shared {
    /// How many checks have begun.
    begun: AtomicU64,
    /// The number of the last check that ended, counted from 1, and its answer. Locked while one runs.
    last: Mutex<Option<(u64, Result<(), String>)>>,
}

impl Shared {
    /// The answer of a check that begins after this call; `check` is one.
    async fn next<C>(&self, check: impl FnOnce() -> C) -> Result<(), String>
    where
        C: Future<Output = (Result<(), String>, Validity)>,
    {
        let begun_before = self.begun.load(Ordering::SeqCst);
        let mut last = self.last.lock().await;
        if let Some((number, answer)) = &*last
            && *number > begun_before
        {
            return answer.clone();
        }
        let number = self.begun.fetch_add(1, Ordering::SeqCst) + 1;
        let (answer, validity) = check().await;
        if validity == Validity::ForAll {
            *last = Some((number, answer.clone()));
        }
        answer
    }
}

impl fmt::Debug for Reference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Reference({})", self.credentials.username)
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use futures::future::join_all;
    use tokio::sync::Barrier;
    use tokio::time::{sleep, timeout};

    use super::*;

    const CHECK: Duration = Duration::from_secs(1);

    /// A user store that works or not, and takes a second to say so.
    #[derive(Default)]
    struct Store {
        is_down: std::sync::atomic::AtomicBool,
        checks: AtomicU64,
    }

    impl Store {
        async fn check(&self) -> (Result<(), String>, Validity) {
            self.checks.fetch_add(1, Ordering::SeqCst);
            let is_down = self.is_down.load(Ordering::SeqCst);
            sleep(CHECK).await;
            (if is_down { Err("down".to_owned()) } else { Ok(()) }, Validity::ForAll)
        }

        fn count(&self) -> u64 {
            self.checks.load(Ordering::SeqCst)
        }
    }

    #[tokio::test(start_paused = true)]
    async fn refusals_that_come_before_a_check_begins_share_it() {
        let (shared, store) = (Shared::default(), Store::default());
        let all = (0..50).map(|_| shared.next(|| store.check()));
        // All but the first come while the first check runs.
        assert!(join_all(all).await.iter().all(Result::is_ok));
        assert_eq!(store.count(), 2);
    }

    #[tokio::test(start_paused = true)]
    async fn a_check_that_began_before_a_refusal_says_nothing_about_it() {
        let (shared, store) = (Shared::default(), Store::default());
        let first = shared.next(|| store.check());
        let second = async {
            sleep(CHECK / 2).await;
            store.is_down.store(true, Ordering::SeqCst);
            shared.next(|| store.check()).await
        };
        assert_eq!(tokio::join!(first, second), (Ok(()), Err("down".to_owned())));
        // Nor does one that has ended, however fresh it is.
        store.is_down.store(false, Ordering::SeqCst);
        assert_eq!(shared.next(|| store.check()).await, Ok(()));
        assert_eq!(store.count(), 3);
    }

    #[tokio::test(start_paused = true)]
    async fn a_check_that_is_given_up_leaves_the_others_one_of_their_own() {
        let (shared, store) = (Shared::default(), Store::default());
        let both_came = Barrier::new(2);
        let given_up = async {
            both_came.wait().await;
            timeout(CHECK / 2, shared.next(|| store.check())).await
        };
        let waiting = async {
            both_came.wait().await;
            sleep(CHECK / 4).await;
            shared.next(|| store.check()).await
        };
        let (given_up, waiting) = tokio::join!(given_up, waiting);
        assert!(given_up.is_err() && waiting.is_ok());
        assert_eq!(store.count(), 2);
    }

    #[tokio::test(start_paused = true)]
    async fn an_answer_that_came_of_one_deadline_is_not_shared() {
        let (shared, store) = (Shared::default(), Store::default());
        let running = shared.next(|| store.check());
        let short = shared.next(|| async { (Err("out of time".to_owned()), Validity::ForThisDeadline) });
        let long = shared.next(|| store.check());
        assert_eq!(tokio::join!(running, short, long), (Ok(()), Err("out of time".to_owned()), Ok(())));
    }
}
