//! What an administrator can change, and what comes of it.

use std::net::IpAddr;

use ipnet::IpNet;
use jiff::{SignedDuration, Timestamp};
use secrecy::SecretString;

use super::in_force::{Configured, InForce, contains};
use super::secret::{KnownSecret, SecretProblem};
use super::stored::{ChangedNetworks, ChangedSecret, Stored};
use super::values::{Paused, Previous, Source};
use crate::model::plain_line::plain_line;
use crate::model::timestamp::rfc3339;

/// Longest reason of a pause, in characters.
const MOST_REASON: usize = 200;

/// Most networks.
const MOST_NETWORKS: usize = 500;

/// Longest name of an account that is kept, in characters.
const MOST_NAME: usize = 200;

/// A setting that the pages can change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Key {
    /// Whether clients are provisioned.
    Paused,
    /// The secret that they bring.
    Secret,
    /// The networks that they may ask from.
    AllowedNetworks,
}

impl Key {
    /// All of them, in the order in which they are shown.
    pub const ALL: [Self; 3] = [Self::Paused, Self::Secret, Self::AllowedNetworks];

    /// Its name, as in the configuration where it is there.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Paused => "paused",
            Self::Secret => "http.secret",
            Self::AllowedNetworks => "http.allowed_networks",
        }
    }
}

/// How long the old secret stays valid after a change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OldSecret {
    /// Not at all.
    Ends,
    /// For an hour.
    Hour,
    /// For a day.
    Day,
    /// For seven days.
    Week,
    /// For thirty days.
    Month,
}

impl OldSecret {
    /// All of them, shortest first.
    pub const ALL: [Self; 5] = [Self::Ends, Self::Hour, Self::Day, Self::Week, Self::Month];

    /// Its word in forms.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Ends => "0",
            Self::Hour => "1h",
            Self::Day => "1d",
            Self::Week => "7d",
            Self::Month => "30d",
        }
    }

    /// The one with this word.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|old| old.name() == name)
    }

    fn hours(self) -> i64 {
        match self {
            Self::Ends => 0,
            Self::Hour => 1,
            Self::Day => 24,
            Self::Week => 7 * 24,
            Self::Month => 30 * 24,
        }
    }
}

/// Who changes something, and from where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Actor {
    /// The account's name, or another description of the person.
    pub name: String,
    /// The address; none for a command on the machine itself.
    pub address: Option<IpAddr>,
}

/// What an administrator can do.
#[derive(Debug, Clone)]
pub enum Change {
    /// Clients are not provisioned until [`Change::Resume`].
    Pause {
        /// For the log and for other administrators; may be empty.
        reason: String,
    },
    /// They are provisioned again.
    Resume,
    /// Another secret.
    Secret {
        /// The new one.
        secret: SecretString,
        /// What becomes of the old one.
        old: OldSecret,
    },
    /// The old secret ends now.
    EndOldSecret,
    /// Other networks.
    AllowedNetworks {
        /// The new ones; none for all.
        networks: Vec<IpNet>,
        /// Those that the author saw in force: with others the change is refused, since it would undo another administrator's. None where
        /// the author saw none.
        seen: Option<Vec<IpNet>>,
    },
    /// The configuration's value comes back into force.
    GiveBack(Key),
}

/// What a change has changed, in words without any secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Changed {
    /// Which setting.
    pub key: Key,
    /// What it was.
    pub before: String,
    /// What it is.
    pub after: String,
}

/// Why a change was not made. What is in force is what it was.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ChangeError {
    /// There is no place for it.
    #[error("there is no state directory, so nothing can be changed here: set `admin.state_directory`")]
    NoStateDirectory,
    /// The file cannot be written or must not be read; why, and what to change.
    #[error("{0}")]
    File(String),
    /// The file system does not answer.
    #[error("the state directory did not respond within 5 s; check whether the change was made before you try again")]
    Slow,
    /// The secret cannot be one.
    #[error("{0}")]
    Secret(#[from] SecretProblem),
    /// The new secret is the old one.
    #[error("this secret is already in force")]
    SameSecret,
    /// There is no old secret.
    #[error("no old secret is valid")]
    NoOldSecret,
    /// The author of the change could no longer be provisioned from the same address.
    #[error("{0} is your own address and would no longer be allowed; add a network that contains it")]
    LocksOut(IpAddr),
    /// Another administrator has changed the networks since the author saw them.
    #[error("the networks were changed meanwhile; look at what is in force now, and try again")]
    ChangedMeanwhile,
    /// Too many networks.
    #[error("the list has more than 500 networks; combine them into larger ones")]
    TooManyNetworks,
}

impl Stored {
    /// What the file says after `change`, and what that changes.
    pub(super) fn changed(
        &self,
        change: Change,
        by: &Actor,
        configured: &Configured,
        now: Timestamp,
    ) -> Result<(Self, Changed), ChangeError> {
        let (before, mut after) = (InForce::new(configured, self), self.without_what_has_ended(now));
        let name = plain_line(&by.name, MOST_NAME);
        let key = match change {
            Change::Pause { reason } => {
                after.paused = Some(Paused { reason: plain_line(&reason, MOST_REASON), by: name, since: now });
                Key::Paused
            }
            Change::Resume | Change::GiveBack(Key::Paused) => {
                after.paused = None;
                Key::Paused
            }
            Change::Secret { secret, old } => {
                KnownSecret::judge(&secret)?;
                let secret = KnownSecret::new(secret);
                if before.secret.as_ref() == Some(&secret) {
                    return Err(ChangeError::SameSecret);
                }
                let end = now.checked_add(SignedDuration::from_hours(old.hours()));
                let until = end.ok().filter(|_| old != OldSecret::Ends);
                let previous = until.map(|until| Previous { secret: before.secret.clone(), until });
                after.secret = Some(ChangedSecret { secret, previous, by: name, at: now });
                Key::Secret
            }
            Change::EndOldSecret => {
                let changed = after.secret.as_mut().filter(|changed| changed.previous.is_some());
                changed.ok_or(ChangeError::NoOldSecret)?.previous = None;
                Key::Secret
            }
            Change::GiveBack(Key::Secret) => {
                after.secret = None;
                Key::Secret
            }
            Change::AllowedNetworks { networks, seen } => {
                if seen.is_some_and(|seen| seen != before.allowed_networks) {
                    return Err(ChangeError::ChangedMeanwhile);
                }
                if networks.len() > MOST_NETWORKS {
                    return Err(ChangeError::TooManyNetworks);
                }
                after.networks = Some(ChangedNetworks { networks, by: name, at: now });
                Key::AllowedNetworks
            }
            Change::GiveBack(Key::AllowedNetworks) => {
                after.networks = None;
                Key::AllowedNetworks
            }
        };
        let in_force = InForce::new(configured, &after);
        if key == Key::AllowedNetworks
            && let Some(address) = by.address.filter(|address| !contains(&in_force.allowed_networks, *address))
        {
            return Err(ChangeError::LocksOut(address));
        }
        let changed = Changed { key, before: in_words(&before, key, now), after: in_words(&in_force, key, now) };
        Ok((after, changed))
    }

    /// Without an old secret whose time is over: the file no longer needs it.
    fn without_what_has_ended(&self, now: Timestamp) -> Self {
        let mut left = self.clone();
        if let Some(secret) = &mut left.secret {
            secret.previous = secret.previous.take().filter(|previous| now < previous.until);
        }
        left
    }
}

/// A setting in words, as the audit log has it.
fn in_words(in_force: &InForce, key: Key, now: Timestamp) -> String {
    match key {
        Key::Paused => match &in_force.paused {
            None => "on".to_owned(),
            Some(Paused { reason, .. }) if reason.is_empty() => "paused".to_owned(),
            Some(Paused { reason, .. }) => format!("paused: {reason}"),
        },
        Key::Secret => {
            let set = if in_force.secret.is_some() { "set" } else { "none" };
            let source = match &in_force.secret_source {
                Source::Configuration => "configuration".to_owned(),
                Source::Pages { by, at } => format!("changed by {by}, {}", rfc3339(*at)),
            };
            let old = in_force.previous_secret.as_ref().filter(|previous| now < previous.until);
            let old = old.map_or_else(String::new, |old| format!(", the old one valid until {}", rfc3339(old.until)));
            format!("{set} ({source}{old})")
        }
        Key::AllowedNetworks if in_force.allowed_networks.is_empty() => "all".to_owned(),
        Key::AllowedNetworks => {
            let networks: Vec<String> = in_force.allowed_networks.iter().map(ToString::to_string).collect();
            networks.join(", ")
        }
    }
}
