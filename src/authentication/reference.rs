//! The reference account: whether Openfire's user store works.

use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};

use futures::future::try_join_all;
use secrecy::ExposeSecret;
use tokio::sync::Mutex;
use tokio::time::{Instant, timeout_at};

use crate::model::account::{Credentials, Password, Username};
use crate::model::config::{Limits, Openfire};
use crate::openfire::login::{Login, LoginError, Unreachable};

/// Logins of one check, at the same time. A single one can succeed on a connection to the directory that Openfire has kept
/// open, while every new connection fails.
const LOGINS: usize = 3;

/// An account whose name and password are known to be right, so that a refusal of it shows an outage of Openfire.
///
/// Openfire says "not authorized" for every user while its database or LDAP is down (seen on 4.2), and a client that
/// gets this answer deletes its saved password.
pub struct Reference {
    credentials: Credentials,
    logins: usize,
    checks: Shared,
}

/// A check in which the account could log in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Checked {
    /// When its logins began.
    pub(super) began: Instant,
    /// When the last of them had succeeded.
    pub(super) ended: Instant,
}

/// A check in which the account could not log in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct CheckFailed {
    /// When its logins began; none when the server did not get as far as to decide one.
    pub(super) began: Option<Instant>,
    /// What happened, and what to change.
    pub(super) reason: String,
}

impl Reference {
    /// The account in the settings; `None` without one, and for one that cannot exist.
    #[must_use]
    pub fn new(settings: &Openfire, limits: &Limits) -> Option<Self> {
        let username = settings.login_name(settings.reference_user.as_deref()?).ok()?.username;
        let password = Password::parse(settings.reference_password.as_ref()?.expose_secret().to_owned()).ok()?;
        // Where new connections are limited, they are for the users.
        let logins = if limits.new_connections_per_second == 0 { LOGINS } else { 1 };
        Some(Self { credentials: Credentials { username, password }, logins, checks: Shared::default() })
    }

    /// Its name.
    pub(super) fn username(&self) -> &Username {
        &self.credentials.username
    }

    /// Whether the account can log in now. It says nothing about a refusal that came before or meanwhile.
    ///
    /// # Errors
    ///
    /// Why it cannot.
    pub async fn check(&self, login: &Login, deadline: Instant) -> Result<(), String> {
        self.log_in(login, deadline).await.map_err(|error| self.reason(&error))
    }

    /// What a refusal that has just come means. `Ok`: the account can log in, so the refusal may be believed. The error says
    /// why it is not.
    ///
    /// Only a check that began after the refusal came counts: the user store may have failed since any other. Checks run
    /// one at a time, and refusals that come before the next one begins share it.
    pub(super) async fn judge(&self, login: &Login, deadline: Instant) -> Result<Checked, CheckFailed> {
        let check = async || {
            let began = Instant::now();
            let logins = (0..self.logins).map(|_| self.log_in(login, deadline));
            match try_join_all(logins).await {
                Ok(_) => (Ok(Checked { began, ended: Instant::now() }), Validity::ForAll),
                Err(error) => {
                    let validity = match &error {
                        LoginError::Unreachable(Unreachable::TimedOut { .. }) => Validity::ForThisDeadline,
                        _ => Validity::ForAll,
                    };
                    let is_decided = !matches!(error, LoginError::Unreachable(_));
                    (Err(CheckFailed { began: is_decided.then_some(began), reason: self.reason(&error) }), validity)
                }
            }
        };
        let checked = timeout_at(deadline, self.checks.next(check)).await;
        checked.unwrap_or_else(|_| {
            let reason = format!("the reference account {} was not checked in time", self.credentials.username);
            Err(CheckFailed { began: None, reason })
        })
    }

    /// Logs the account in, apart from the users' queue.
    pub(super) async fn log_in(&self, login: &Login, deadline: Instant) -> Result<(), LoginError> {
        login.authenticate_apart(&self.credentials, deadline).await?.close().await;
        Ok(())
    }

    /// What it means that the account cannot log in.
    pub(super) fn reason(&self, error: &LoginError) -> String {
        format!(
            "the reference account {} cannot log in ({error}): check whether Openfire's database or LDAP is \
             down; if not, correct openfire.reference_user and openfire.reference_password, and check that the account is \
             neither locked nor expired",
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

/// What a check found.
type Answer = Result<Checked, CheckFailed>;

/// Checks that are shared by all callers that came before they began.
#[derive(Debug, Default)]
struct Shared {
    /// How many checks have begun.
    begun: AtomicU64,
    /// The number of the last check that ended, counted from 1, and its answer. Locked while one runs.
    last: Mutex<Option<(u64, Answer)>>,
}

impl Shared {
    /// The answer of a check that begins after this call; `check` is one.
    async fn next<C>(&self, check: impl FnOnce() -> C) -> Answer
    where
        C: Future<Output = (Answer, Validity)>,
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

    fn checked() -> Checked {
        let now = Instant::now();
        Checked { began: now, ended: now }
    }

    fn failed(reason: &str) -> Answer {
        Err(CheckFailed { began: None, reason: reason.to_owned() })
    }

    /// A user store that works or not, and takes a second to say so.
    #[derive(Default)]
    struct Store {
        is_down: std::sync::atomic::AtomicBool,
        checks: AtomicU64,
    }

    impl Store {
        async fn check(&self) -> (Answer, Validity) {
            self.checks.fetch_add(1, Ordering::SeqCst);
            let is_down = self.is_down.load(Ordering::SeqCst);
            sleep(CHECK).await;
            (if is_down { failed("down") } else { Ok(checked()) }, Validity::ForAll)
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
        let (first, second) = tokio::join!(first, second);
        assert!(first.is_ok());
        assert_eq!(second, failed("down"));
        // Nor does one that has ended, however fresh it is.
        store.is_down.store(false, Ordering::SeqCst);
        assert!(shared.next(|| store.check()).await.is_ok());
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
        let short = shared.next(|| async { (failed("out of time"), Validity::ForThisDeadline) });
        let long = shared.next(|| store.check());
        let (running, short, long) = tokio::join!(running, short, long);
        assert!(running.is_ok() && long.is_ok());
        assert_eq!(short, failed("out of time"));
    }
}
