//! How the service stands, in one value.
//!
//! A look asks no server and reads no file. What has to be asked for is asked in the background by [`Overview::refresh`] and kept:
//! which software Openfire is (XEP-0092), and what its client port shows when no user has logged in for a while.

mod snapshot;

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use jiff::Timestamp;
use tokio::sync::watch;
use tokio::time::Instant;

pub use self::snapshot::{ComponentFacts, LinkState, OpenfireFacts, RequestFacts, SettingsState, Snapshot};
use crate::authentication::{Door, Lock, LockedOutList};
use crate::model::timestamp::timestamp;
use crate::openfire::component::ComponentState;
use crate::openfire::software::{Software, software};
use crate::policy::PolicyState;
use crate::provision::Provisioner;
use crate::settings::Settings;
use crate::telemetry::{History, Metrics};

/// Time after which what Openfire said of itself is asked for again.
const KEPT: Duration = Duration::from_mins(10);

/// The same after no answer.
const KEPT_NOTHING: Duration = Duration::from_mins(1);

/// Time for one answer.
const PATIENCE: Duration = Duration::from_secs(5);

/// Requests of the last minutes, by which [`attention`](super::attention) judges.
pub const LATELY: Duration = Duration::from_mins(10);

/// Looks at the parts of the service. There is one.
pub struct Overview {
    provisioner: Arc<Provisioner>,
    policy: watch::Receiver<PolicyState>,
    metrics: Arc<Metrics>,
    history: Arc<History>,
    settings: Settings,
    asked: Mutex<Asked>,
}

/// What Openfire said of itself.
#[derive(Debug, Default)]
struct Asked {
    software: Option<Software>,
    /// When it is asked again, and on which link it was asked last.
    again: Option<(Instant, u64)>,
}

impl Overview {
    /// Puts the parts together.
    #[must_use]
    pub fn new(
        provisioner: Arc<Provisioner>,
        policy: watch::Receiver<PolicyState>,
        metrics: Arc<Metrics>,
        history: Arc<History>,
        settings: Settings,
    ) -> Self {
        Self { provisioner, policy, metrics, history, settings, asked: Mutex::default() }
    }

    /// The last requests.
    #[must_use]
    pub fn history(&self) -> &History {
        &self.history
    }

    /// Who is locked out at a door by failed logins.
    #[must_use]
    pub fn locked_out(&self, door: Door) -> LockedOutList {
        self.provisioner.authenticator().locked_out(door)
    }

    /// Gives a user or an address all attempts again. False when it is not locked out any more.
    pub fn release(&self, door: Door, lock: &Lock) -> bool {
        self.provisioner.authenticator().release(door, lock)
    }

    /// How the service stands now. It asks no server and reads no file.
    #[must_use]
    pub fn snapshot(&self) -> Snapshot {
        let (at, provisioner) = (Timestamp::now(), &*self.provisioner);
        let authenticator = provisioner.authenticator();
        let total = |span| self.history.total(at, span);
        let updates = provisioner.updates().current();
        let policy = self.policy.borrow().clone();
        Snapshot {
            at,
            component: self.component(),
            openfire: self.openfire(),
            policy,
            doubt: authenticator.in_doubt(),
            undecided: authenticator.decides().err(),
            has_reference: authenticator.has_reference(),
            requests: RequestFacts {
                since: self.history.began(),
                lately: total(LATELY),
                hour: total(Duration::from_hours(1)),
                day: total(Duration::from_hours(24)),
                lost: self.metrics.lost_records(),
            },
            settings: SettingsState {
                paused: self.settings.in_force().paused.clone(),
                problem: self.settings.problem(),
                is_writable: self.settings.is_writable(),
            },
            updates: updates
                .newest()
                .map(|(platform, release)| (platform.to_string(), release.version.to_string()))
                .collect(),
            update_defects: updates.defects().len(),
        }
    }

    /// Asks Openfire again at the next [`Overview::refresh`], whether that is due or not.
    pub fn forget(&self) {
        self.asked().again = None;
    }

    /// Asks Openfire what has to be asked, if that is due: for ten seconds at most. What is not answered stays as it was.
    pub async fn refresh(&self) {
        let (now, epoch) = (Instant::now(), self.provisioner.component().epoch());
        let is_due = {
            let asked = self.asked();
            asked.again.is_none_or(|(again, link)| now >= again || link != epoch)
        };
        if !is_due {
            return;
        }
        let (component, domain) = (self.provisioner.component(), self.provisioner.domain());
        let answer = software(component, domain, Instant::now() + PATIENCE).await;
        let kept = if answer.is_ok() { KEPT } else { KEPT_NOTHING };
        {
            let mut asked = self.asked();
            if let Ok(answer) = answer {
                asked.software = answer;
            }
            asked.again = Some((Instant::now() + kept, epoch));
        }
        let authenticator = self.provisioner.authenticator();
        let login = authenticator.login();
        if login.last_seen().is_none_or(|(_, at)| at.elapsed() >= KEPT) {
            // What it finds is kept by the login; why it fails is for the readiness and the users' logins to say.
            login.probe(Instant::now() + PATIENCE).await.ok();
        }
    }

    fn component(&self) -> ComponentFacts {
        let component = self.provisioner.component();
        let link = match &*component.state().borrow() {
            ComponentState::Connecting => LinkState::Connecting,
            ComponentState::Connected { since } => LinkState::Connected { since: timestamp(*since) },
            ComponentState::Down { reason, since, attempts } => {
                LinkState::Down { since: timestamp(*since), reason: reason.to_string(), attempts: *attempts }
            }
        };
        ComponentFacts { name: component.name().to_string(), link }
    }

    fn openfire(&self) -> OpenfireFacts {
        let software = self.asked().software.as_ref().map(|Software { name, version }| {
            (name.as_str().to_owned(), version.as_ref().map(|version| version.as_str().to_owned()))
        });
        let domain = self.provisioner.domain().to_string();
        let Some((probe, at)) = self.provisioner.authenticator().login().last_seen() else {
            return OpenfireFacts { domain, software, ..OpenfireFacts::default() };
        };
        OpenfireFacts {
            domain,
            software,
            seen: Some(timestamp(at)),
            certificate_ends: probe.certificate.as_ref().and_then(|facts| facts.not_after?.try_into().ok()),
            tls13: probe.certificate.as_ref().map(|facts| facts.tls13),
            mechanisms: probe.mechanisms,
        }
    }

    fn asked(&self) -> std::sync::MutexGuard<'_, Asked> {
        self.asked.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for Overview {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Overview({})", self.provisioner.domain())
    }
}

/// Whole days from `at` until `ends`, rounded down; negative when it is over.
#[must_use]
pub fn days_left(ends: Timestamp, at: Timestamp) -> i64 {
    ends.duration_since(at).as_secs().div_euclid(24 * 60 * 60)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_left_are_whole_days_and_negative_after_the_end() {
        const DAY: i64 = 86_400;
        let at = |second| Timestamp::from_second(second).unwrap();
        assert_eq!(days_left(at(14 * DAY + DAY - 1), at(0)), 14);
        assert_eq!(days_left(at(100), at(100)), 0);
        assert_eq!(days_left(at(99), at(100)), -1);
    }
}
