//! How the service stands, in one value.
//!
//! A look asks no server and reads no file. What has to be asked for is asked in the background by [`Overview::refresh`] and kept:
//! which software Openfire is (XEP-0092), and what its client port shows when no user has logged in for a while.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use jiff::Timestamp;
use tokio::sync::watch;
use tokio::time::Instant;

use crate::authentication::{Door, Lock, LockedOutList};
use crate::model::timestamp::timestamp;
use crate::openfire::component::ComponentState;
use crate::openfire::software::{Software, software};
use crate::policy::PolicyState;
use crate::provision::Provisioner;
use crate::settings::{Paused, Settings};
use crate::telemetry::{Counts, History, Metrics};

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

/// How the service stands at one moment.
#[derive(Debug, Clone)]
pub struct Snapshot {
    /// The moment.
    pub at: Timestamp,
    /// The component on Openfire.
    pub component: ComponentFacts,
    /// The chat server.
    pub openfire: OpenfireFacts,
    /// Templates, rules and data, and the certificate of the HTTP front.
    pub policy: PolicyState,
    /// Why refused logins are answered with 503 instead of 401, if they are.
    pub doubt: Option<String>,
    /// Why no login of the last 30 s was decided, if there were any and none was.
    pub undecided: Option<String>,
    /// Whether there is a reference account.
    pub has_reference: bool,
    /// How requests ended.
    pub requests: RequestFacts,
    /// What administrators have set in the pages.
    pub settings: SettingsState,
    /// What each platform is offered as an update: platform and version.
    pub updates: Vec<(String, String)>,
    /// How many files in the folder of updates are not offered, or not as they should be.
    pub update_defects: usize,
}

/// The component on Openfire.
#[derive(Debug, Clone)]
pub struct ComponentFacts {
    /// Its name, which is its address.
    pub name: String,
    /// Whether it is connected.
    pub link: LinkState,
}

/// Whether the component is connected.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LinkState {
    /// The first attempt is under way.
    Connecting,
    /// It is connected.
    Connected {
        /// Since then.
        since: Timestamp,
    },
    /// It is not connected; the service tries again.
    Down {
        /// Since then.
        since: Timestamp,
        /// What the last attempt, or the connection before it, ended with.
        reason: String,
        /// How many attempts have failed since then.
        attempts: u32,
    },
}

/// The chat server, as far as it is known.
#[derive(Debug, Clone, Default)]
pub struct OpenfireFacts {
    /// The XMPP domain.
    pub domain: String,
    /// Its software, for example `Openfire`, and the version; none before it answered.
    pub software: Option<(String, Option<String>)>,
    /// When its client port was last seen, by a login or by a look of our own.
    pub seen: Option<Timestamp>,
    /// When its certificate expires; none when it is not known, or there is no TLS.
    pub certificate_ends: Option<Timestamp>,
    /// Whether TLS 1.3 was spoken; none without TLS.
    pub tls13: Option<bool>,
    /// The SASL mechanisms that it offered.
    pub mechanisms: Vec<String>,
}

/// How requests ended.
#[derive(Debug, Clone, Copy)]
pub struct RequestFacts {
    /// What ended before is not known.
    pub since: Timestamp,
    /// In the last ten minutes.
    pub lately: Counts,
    /// In the last hour.
    pub hour: Counts,
    /// In the last 24 hours.
    pub day: Counts,
    /// How many are missing in all of it, since they ended faster than they could be recorded.
    pub lost: u64,
}

/// What administrators have set in the pages, as far as the overview shows it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SettingsState {
    /// Provisioning is paused.
    pub paused: Option<Paused>,
    /// What is wrong with the file that holds the settings, if anything.
    pub problem: Option<String>,
    /// Whether settings can be changed in the pages, that is whether there is a state directory to write to.
    pub is_writable: bool,
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
impl Snapshot {
    /// A service without any problem, at `at`.
    pub(super) fn calm(at: Timestamp) -> Self {
        Self {
            at,
            component: ComponentFacts {
                name: "prov.example.test".to_owned(),
                link: LinkState::Connected { since: at },
            },
            openfire: OpenfireFacts { domain: "example.test".to_owned(), ..OpenfireFacts::default() },
            policy: PolicyState::loaded_now(),
            doubt: None,
            undecided: None,
            has_reference: true,
            requests: RequestFacts {
                since: at,
                lately: Counts::default(),
                hour: Counts::default(),
                day: Counts::default(),
                lost: 0,
            },
            settings: SettingsState { is_writable: true, ..SettingsState::default() },
            updates: Vec::new(),
            update_defects: 0,
        }
    }
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
