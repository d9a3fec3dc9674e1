//! A login for which streams are opened ahead.

use std::ops::Deref;
use std::time::Duration;

use openfire_provisioner::model::config::{self, Limits};
use openfire_provisioner::openfire::login::Login;
use tokio::task::JoinHandle;
use tokio::time::timeout;

/// Time in which streams must be there, or gone.
const LIMIT: Duration = Duration::from_mins(1);

/// A login whose streams are kept until it is dropped.
pub struct KeptStreams {
    login: Login,
    keeper: JoinHandle<()>,
}

impl KeptStreams {
    /// At least and at most so many wait; begins to open them.
    #[must_use]
    pub fn start(settings: &config::Openfire, least: usize, most: usize) -> Self {
        Self::within(settings, Limits { idle_streams_least: least, idle_streams_most: most, ..Limits::default() })
    }

    /// The same with further limits.
    #[must_use]
    pub fn within(settings: &config::Openfire, limits: Limits) -> Self {
        let login = Login::new(settings, &limits).expect("trust that can be loaded");
        let kept = login.clone();
        let keeper = tokio::spawn(async move { kept.keep_idle_streams().await });
        Self { login, keeper }
    }

    /// Waits until exactly so many wait for logins.
    #[track_caller]
    pub fn waiting(&self, wanted: u64) -> impl Future<Output = ()> {
        let login = &self.login;
        self.until(format!("{wanted} waiting"), move || login.idle_streams().waiting == wanted)
    }

    /// Waits until at least so many have left without a login, for this reason.
    #[track_caller]
    pub fn left(&self, reason: &'static str, wanted: u64) -> impl Future<Output = ()> {
        self.until(format!("{wanted} {reason}"), move || self.count_of(reason) >= wanted)
    }

    /// How many have left without a login, for this reason.
    #[must_use]
    #[track_caller]
    pub fn count_of(&self, reason: &str) -> u64 {
        let left = self.login.idle_streams().left;
        left.iter().find(|(name, _)| *name == reason).expect("a reason").1
    }

    /// How many logins found a stream, found none, and found a dead one.
    #[must_use]
    pub fn takes(&self) -> (u64, u64, u64) {
        let [hit, miss, dead] = self.login.idle_streams().takes;
        assert_eq!((hit.0, miss.0, dead.0), ("hit", "miss", "dead"));
        (hit.1, miss.1, dead.1)
    }

    /// Closes the streams, and waits for the end of their keeper.
    pub async fn stop(mut self) {
        self.login.stop_idle_streams().await;
        timeout(LIMIT, &mut self.keeper).await.expect("an end in time").expect("no panic");
    }

    #[track_caller]
    fn until(&self, what: String, is_so: impl Fn() -> bool) -> impl Future<Output = ()> {
        let caller = std::panic::Location::caller();
        async move {
            let come = timeout(LIMIT, async {
                while !is_so() {
                    tokio::task::yield_now().await;
                }
            });
            assert!(come.await.is_ok(), "{caller}: not {what}: {:?}", self.login.idle_streams());
        }
    }
}

impl Deref for KeptStreams {
    type Target = Login;

    fn deref(&self) -> &Login {
        &self.login
    }
}

impl Drop for KeptStreams {
    fn drop(&mut self) {
        self.keeper.abort();
    }
}
