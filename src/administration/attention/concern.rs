//! What can need attention, how serious it is, and which page helps.

use jiff::Timestamp;

/// Something that needs an administrator.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Concern {
    /// The component is not connected.
    ComponentDown {
        /// Why.
        reason: String,
        /// How many attempts have failed.
        attempts: u32,
    },
    /// Openfire neither accepts nor refuses logins.
    Undecided {
        /// Why.
        reason: String,
    },
    /// Refused logins are not believed.
    InDoubt {
        /// Why.
        reason: String,
    },
    /// Refused logins are not believed, and there is no reference account to check them by.
    NoReference,
    /// Templates, rules or data could not be reloaded.
    ReloadFailed {
        /// Why.
        reason: String,
        /// When those in force were loaded.
        loaded: Timestamp,
    },
    /// The certificate of the HTTP front could not be reloaded.
    CertificateNotReloaded {
        /// Why.
        reason: String,
    },
    /// Site data have never been read.
    DataUnread {
        /// Names of the sources.
        sources: String,
    },
    /// Site data are older than they should be.
    DataStale {
        /// What is wrong with which source.
        reasons: String,
    },
    /// The certificate of the HTTP front expires soon, or has expired.
    OwnCertificate {
        /// When.
        ends: Timestamp,
        /// Days until then; negative when it has expired.
        days: i64,
    },
    /// Openfire's certificate expires soon, or has expired.
    OpenfireCertificate {
        /// When.
        ends: Timestamp,
        /// Days until then; negative when it has expired.
        days: i64,
    },
    /// Many requests are refused.
    ManyRefused {
        /// How many in the last ten minutes.
        refused: u32,
        /// Of how many.
        of: u32,
    },
    /// Many requests fail.
    ManyFailed {
        /// How many in the last ten minutes.
        failed: u32,
        /// Of how many.
        of: u32,
    },
    /// Requests are missing from the log and from the numbers.
    RecordsLost {
        /// How many since the start.
        records: u64,
    },
    /// An administrator has paused provisioning.
    Paused {
        /// Who.
        by: String,
        /// Why.
        reason: String,
    },
    /// The file with the settings of the pages is damaged.
    SettingsDamaged {
        /// What is wrong.
        problem: String,
    },
    /// Settings cannot be changed in the pages: there is no state directory.
    SettingsFixed,
}

/// How serious something is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// Users are affected now.
    Problem,
    /// Users will be affected, or may be.
    Warning,
    /// Worth knowing; no chat message is sent for it.
    Note,
}

/// A value in a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Argument {
    /// A text. It may hold anything that a server, a file or an administrator says.
    Text(String),
    /// A number.
    Number(i64),
    /// A time.
    Time(Timestamp),
}

impl Concern {
    /// What it is called everywhere: the same for each case of it. The message in the language files is `attention-` and this.
    #[must_use]
    pub fn id(&self) -> &'static str {
        match self {
            Self::ComponentDown { .. } => "component-down",
            Self::Undecided { .. } => "undecided",
            Self::InDoubt { .. } => "in-doubt",
            Self::NoReference => "no-reference",
            Self::ReloadFailed { .. } => "reload-failed",
            Self::CertificateNotReloaded { .. } => "certificate-not-reloaded",
            Self::DataUnread { .. } => "data-unread",
            Self::DataStale { .. } => "data-stale",
            Self::OwnCertificate { .. } => "own-certificate",
            Self::OpenfireCertificate { .. } => "openfire-certificate",
            Self::ManyRefused { .. } => "many-refused",
            Self::ManyFailed { .. } => "many-failed",
            Self::RecordsLost { .. } => "records-lost",
            Self::Paused { .. } => "paused",
            Self::SettingsDamaged { .. } => "settings-damaged",
            Self::SettingsFixed => "settings-fixed",
        }
    }

    /// How serious it is.
    #[must_use]
    pub fn severity(&self) -> Severity {
        match self {
            Self::ComponentDown { .. } | Self::Undecided { .. } | Self::InDoubt { .. } | Self::ManyFailed { .. } => {
                Severity::Problem
            }
            Self::OwnCertificate { days, .. } | Self::OpenfireCertificate { days, .. } if *days < 0 => {
                Severity::Problem
            }
            Self::OwnCertificate { .. }
            | Self::OpenfireCertificate { .. }
            | Self::ReloadFailed { .. }
            | Self::CertificateNotReloaded { .. }
            | Self::DataUnread { .. }
            | Self::DataStale { .. }
            | Self::ManyRefused { .. }
            | Self::Paused { .. }
            | Self::SettingsDamaged { .. } => Severity::Warning,
            Self::NoReference | Self::RecordsLost { .. } | Self::SettingsFixed => Severity::Note,
        }
    }

    /// The path of the page that helps; none when only the overview shows it.
    #[must_use]
    pub fn page(&self) -> Option<&'static str> {
        match self {
            Self::ReloadFailed { .. } => Some("/admin/templates"),
            Self::DataUnread { .. } | Self::DataStale { .. } => Some("/admin/data"),
            Self::ManyRefused { .. } => Some("/admin/requests?outcome=refused"),
            Self::ManyFailed { .. } | Self::Undecided { .. } => Some("/admin/requests?outcome=failed"),
            Self::Paused { .. } | Self::SettingsDamaged { .. } | Self::SettingsFixed => Some("/admin/settings"),
            Self::ComponentDown { .. }
            | Self::InDoubt { .. }
            | Self::NoReference
            | Self::CertificateNotReloaded { .. }
            | Self::OwnCertificate { .. }
            | Self::OpenfireCertificate { .. }
            | Self::RecordsLost { .. } => None,
        }
    }

    /// The values of its message, by name.
    #[must_use]
    pub fn arguments(&self) -> Vec<(&'static str, Argument)> {
        let text = |text: &str| Argument::Text(text.to_owned());
        let number = |number: u32| Argument::Number(number.into());
        match self {
            Self::ComponentDown { reason, attempts } => vec![("reason", text(reason)), ("attempts", number(*attempts))],
            Self::Undecided { reason } | Self::InDoubt { reason } | Self::CertificateNotReloaded { reason } => {
                vec![("reason", text(reason))]
            }
            Self::ReloadFailed { reason, loaded } => {
                vec![("reason", text(reason)), ("loaded", Argument::Time(*loaded))]
            }
            Self::DataUnread { sources } => vec![("sources", text(sources))],
            Self::DataStale { reasons } => vec![("reasons", text(reasons))],
            Self::OwnCertificate { ends, days } | Self::OpenfireCertificate { ends, days } => {
                vec![("ends", Argument::Time(*ends)), ("days", Argument::Number(*days))]
            }
            Self::ManyRefused { refused, of } => vec![("number", number(*refused)), ("of", number(*of))],
            Self::ManyFailed { failed, of } => vec![("number", number(*failed)), ("of", number(*of))],
            Self::RecordsLost { records } => {
                vec![("number", Argument::Number(i64::try_from(*records).unwrap_or(i64::MAX)))]
            }
            Self::Paused { by, reason } => vec![("by", text(by)), ("reason", text(reason))],
            Self::SettingsDamaged { problem } => vec![("problem", text(problem))],
            Self::NoReference | Self::SettingsFixed => Vec::new(),
        }
    }

    /// One of each, for tests of messages.
    #[must_use]
    pub fn samples() -> Vec<Self> {
        let (reason, ends) = (|| "<b>'reason'".to_owned(), Timestamp::UNIX_EPOCH);
        vec![
            Self::ComponentDown { reason: reason(), attempts: 3 },
            Self::Undecided { reason: reason() },
            Self::InDoubt { reason: reason() },
            Self::NoReference,
            Self::ReloadFailed { reason: reason(), loaded: ends },
            Self::CertificateNotReloaded { reason: reason() },
            Self::DataUnread { sources: reason() },
            Self::DataStale { reasons: reason() },
            Self::OwnCertificate { ends, days: 14 },
            Self::OwnCertificate { ends, days: -1 },
            Self::OpenfireCertificate { ends, days: 1 },
            Self::OpenfireCertificate { ends, days: -2 },
            Self::ManyRefused { refused: 20, of: 30 },
            Self::ManyFailed { failed: 5, of: 30 },
            Self::RecordsLost { records: 2 },
            Self::Paused { by: "anna".to_owned(), reason: reason() },
            Self::SettingsDamaged { problem: reason() },
            Self::SettingsFixed,
        ]
    }
}
