//! How the service stands at one moment: values only.

use jiff::Timestamp;

use crate::policy::PolicyState;
use crate::settings::Paused;
use crate::telemetry::Counts;

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

#[cfg(test)]
impl Snapshot {
    /// A service without any problem, at `at`.
    pub(in crate::administration) fn calm(at: Timestamp) -> Self {
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
