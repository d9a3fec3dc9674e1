//! Kinds of outages, and how many wrong answers each may cost.

use clap::ValueEnum;

use crate::plan::Outage;

/// What goes wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Kind {
    /// Openfire's own table of users is not there.
    DatabaseGone,
    /// The directory refuses connections, and closes those that are open.
    LdapDown,
    /// The directory accepts connections and answers nothing; in the end all of them are closed.
    LdapStalledAndCut,
    /// The directory refuses the account with which Openfire looks up users.
    ServiceBindRefused,
    /// Every third to sixth connection to the directory is reset.
    LdapResets,
}

/// What Openfire takes its users from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Store {
    /// Its own database.
    Database,
    /// slapd.
    Directory,
}

/// The most right passwords that may get 401 in one outage. A right password never gets 429, and a wrong one never gets a
/// reply.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Goals {
    /// With a reference account.
    pub with_reference: usize,
    /// Without one.
    pub without_reference: usize,
}

impl Kind {
    /// All of them.
    pub const ALL: [Self; 5] =
        [Self::DatabaseGone, Self::LdapDown, Self::LdapStalledAndCut, Self::ServiceBindRefused, Self::LdapResets];

    /// Its name on the command line and in tables.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::DatabaseGone => "database-gone",
            Self::LdapDown => "ldap-down",
            Self::LdapStalledAndCut => "ldap-stalled-and-cut",
            Self::ServiceBindRefused => "service-bind-refused",
            Self::LdapResets => "ldap-resets",
        }
    }

    /// What it happens to.
    #[must_use]
    pub fn store(self) -> Store {
        if self == Self::DatabaseGone { Store::Database } else { Store::Directory }
    }

    /// Whether no user can log in while this outage lasts.
    #[must_use]
    pub fn is_total(self, outage: &Outage) -> bool {
        match self {
            Self::DatabaseGone | Self::LdapDown | Self::LdapStalledAndCut => true,
            Self::ServiceBindRefused => outage.cuts,
            Self::LdapResets => false,
        }
    }

    /// What it may cost.
    #[must_use]
    pub fn goals(self) -> Goals {
        let with_reference = if self == Self::LdapResets { 3 } else { 0 };
        Goals { with_reference, without_reference: 2 }
    }
}
