//! One entry: what it says, and how it is written.

use std::net::IpAddr;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::model::plain_line::plain_line;
use crate::model::timestamp::rfc3339;

/// The target of these lines of the log, by which administrators filter.
const TARGET: &str = "openfire_provisioner::administration::audit";

/// Longest value of an entry, in characters. Values come from forms, so they can be hostile.
const MOST_CHARS: usize = 300;

/// What someone did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// When.
    pub at: Timestamp,
    /// Who: the account's name, or another description of the person.
    pub actor: String,
    /// The address; none for a command on the machine itself.
    pub address: Option<IpAddr>,
    /// What.
    pub action: Action,
    /// To what; empty where the action says it all.
    pub target: String,
    /// The value before, never a secret; empty where there is none.
    pub before: String,
    /// The value after, never a secret; empty where there is none.
    pub after: String,
}

/// An entry with its place in the log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recorded {
    /// Rises from entry to entry; about the microseconds since 1970.
    pub id: u64,
    /// What it says.
    pub entry: Entry,
}

/// What can be done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Action {
    /// A session began.
    SignIn,
    /// A sign-in was refused; `after` says why.
    SignInRefused,
    /// A session was ended by its owner.
    SignOut,
    /// All sessions of an account were ended.
    SignOutEverywhere,
    /// The command `admin-link` created a code.
    LinkMade,
    /// A person signed in with a code.
    LinkUsed,
    /// A wrong code was tried.
    LinkRefused,
    /// A setting was changed.
    SettingChanged,
    /// A setting was reset to the configuration.
    SettingGivenBack,
    /// A secret was shown.
    SecretShown,
    /// The password that was given to see or change something was wrong.
    PasswordRefused,
    /// A list was downloaded.
    Exported,
    /// A user or an address that was locked out was released.
    Released,
    /// A user's reply was previewed.
    Previewed,
    /// The plugin for Openfire's console was downloaded.
    PluginDownloaded,
}

impl Action {
    /// All of them, for a form.
    pub const ALL: [Self; 15] = [
        Self::SignIn,
        Self::SignInRefused,
        Self::SignOut,
        Self::SignOutEverywhere,
        Self::LinkMade,
        Self::LinkUsed,
        Self::LinkRefused,
        Self::SettingChanged,
        Self::SettingGivenBack,
        Self::SecretShown,
        Self::PasswordRefused,
        Self::Exported,
        Self::Released,
        Self::Previewed,
        Self::PluginDownloaded,
    ];

    /// Its word in files, forms and the log.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::SignIn => "sign-in",
            Self::SignInRefused => "sign-in-refused",
            Self::SignOut => "sign-out",
            Self::SignOutEverywhere => "sign-out-everywhere",
            Self::LinkMade => "link-made",
            Self::LinkUsed => "link-used",
            Self::LinkRefused => "link-refused",
            Self::SettingChanged => "setting-changed",
            Self::SettingGivenBack => "setting-given-back",
            Self::SecretShown => "secret-shown",
            Self::PasswordRefused => "password-refused",
            Self::Exported => "exported",
            Self::Released => "released",
            Self::Previewed => "previewed",
            Self::PluginDownloaded => "plugin-downloaded",
        }
    }

    /// Whether it records a refusal. Strangers can cause any number of such entries.
    #[must_use]
    pub const fn is_refusal(self) -> bool {
        matches!(self, Self::SignInRefused | Self::LinkRefused | Self::PasswordRefused)
    }

    /// The one with this word.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|action| action.name() == name)
    }
}

impl Entry {
    /// The same in short lines without control characters.
    pub(super) fn cleaned(self) -> Self {
        let Self { at, actor, address, action, target, before, after } = self;
        let clean = |text: String| plain_line(&text, MOST_CHARS);
        Self {
            at,
            actor: clean(actor),
            address,
            action,
            target: clean(target),
            before: clean(before),
            after: clean(after),
        }
    }

    /// Its line in the log.
    pub(super) fn log(&self) {
        // What checks passwords and codes logs these, also those that no entry is made of.
        if matches!(
            self.action,
            Action::SignIn | Action::SignInRefused | Action::PasswordRefused | Action::LinkUsed | Action::LinkRefused
        ) {
            return;
        }
        let Self { actor, address, action, target, before, after, .. } = self;
        let action = action.name();
        let from = address.map_or_else(String::new, |address| format!(" from {address}"));
        let of = if target.is_empty() { String::new() } else { format!(" {target}") };
        let values = match (before.is_empty(), after.is_empty()) {
            (true, true) => String::new(),
            (true, false) => format!(": {after}"),
            (false, _) => format!(": it was {before}, and is {after}"),
        };
        tracing::info!(
            target: TARGET,
            { user.name = actor, client.address = address.map(tracing::field::display), audit.action = action },
            "{actor}{from}: {action}{of}{values}"
        );
    }

    /// The entry after the one with the id `newest`.
    pub(super) fn recorded(self, newest: u64) -> Recorded {
        let now = u64::try_from(self.at.as_microsecond()).unwrap_or(0);
        Recorded { id: now.max(newest.saturating_add(1)), entry: self }
    }
}

/// An entry as it is in the file.
#[derive(Serialize, Deserialize)]
struct Line {
    id: u64,
    at: String,
    actor: String,
    #[serde(default)]
    address: Option<IpAddr>,
    action: Action,
    #[serde(default)]
    target: String,
    #[serde(default)]
    before: String,
    #[serde(default)]
    after: String,
}

impl Recorded {
    /// One JSON object, with the line feed.
    pub(super) fn line(&self) -> String {
        let Entry { at, actor, address, action, target, before, after } = self.entry.clone();
        let line = Line { id: self.id, at: rfc3339(at), actor, address, action, target, before, after };
        // Texts and numbers can always be written.
        let mut text = serde_json::to_string(&line).unwrap_or_default();
        text.push('\n');
        text
    }

    /// Reads a line; none when it is not an entry.
    pub(super) fn parse(line: &[u8]) -> Option<Self> {
        let Line { id, at, actor, address, action, target, before, after } = serde_json::from_slice(line).ok()?;
        let entry = Entry { at: at.parse().ok()?, actor, address, action, target, before, after };
        // A user who can write the file could write anything.
        Some(Self { id, entry: entry.cleaned() })
    }
}
