//! What was found out about a user, and what was not.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use super::{AccountDetails, Contact, Part, PartSet, Profile};

/// What was found out about a user. What was not wanted, or could not be had, is empty.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Entry {
    /// The vCard. Empty for a user who has none, which is no failure.
    pub profile: Profile,
    /// The roster, in the server's order.
    pub roster: Vec<Contact>,
    /// Name and e-mail address of the account.
    pub account: AccountDetails,
    /// The names of the server's groups that the user is in, sorted.
    pub groups: Vec<String>,
    /// What was asked for and failed, or is not whole. One log line per request names them all.
    pub missing: Vec<Missing>,
    /// What this server does not let us ask, or the configuration switches off. Known beforehand and the same for
    /// every user, so it is no failure of this request.
    pub withheld: Vec<Missing>,
}

/// One thing that was wanted and could not be had, or not whole.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{part}: {reason}")]
pub struct Missing {
    /// The part that was wanted.
    pub part: Part,
    /// Why it is missing.
    pub reason: Reason,
}

/// Why something could not be had: what happened, then what to change.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Reason {
    /// No answer. Some servers never answer a query about an account that does not exist (Openfire 5.1).
    #[error("the server did not answer in time; it is slow, or it has no such account (component.iq_timeout)")]
    TimedOut,
    /// The component's stream is down.
    #[error("the component is not connected to the server")]
    Disconnected,
    /// As many queries wait for an answer as may.
    #[error("too many queries wait for the server's answer (component.max_pending)")]
    Overloaded,
    /// The server has no such command, or does not show it to the component.
    #[error("the server offers the component no command {command}; {advice}")]
    NotOffered {
        /// Short name of the command (XEP-0133), for example `get-user-roster`.
        command: &'static str,
        /// What to change.
        advice: String,
    },
    /// An error stanza.
    #[error("the server refused with <{condition}/>")]
    Refused {
        /// The defined condition (RFC 6120 section 8.3.3), for example `forbidden`.
        condition: String,
    },
    /// A command ended with an error note (XEP-0050 section 3.4).
    #[error("the server's command {command} failed: {note}")]
    CommandFailed {
        /// Short name of the command.
        command: &'static str,
        /// The note: one line, at most 200 characters.
        note: String,
    },
    /// The server counts too many unfinished commands of the component.
    #[error(
        "the server holds too many unfinished commands of the component; a restart of the server ends them (Openfire: \
         xmpp.command.limit)"
    )]
    CommandLimit,
    /// An answer that says nothing.
    #[error("the server's answer cannot be understood: {0}")]
    Malformed(&'static str),
    /// More than is kept.
    #[error("it has {size} bytes, and at most {limit} are accepted")]
    TooLarge {
        /// Bytes there are.
        size: usize,
        /// Bytes that are taken.
        limit: usize,
    },
    /// Not all of it is kept; what is kept can be used.
    #[error("only {kept} of {total} {what} are kept")]
    Shortened {
        /// Of what, in the plural.
        what: &'static str,
        /// How many are kept.
        kept: usize,
        /// How many there are.
        total: usize,
    },
    /// An empty list of groups, which is what Openfire gives when its directory cannot be searched.
    #[error("{}: is its LDAP server or database down?", NoGroups(*.before))]
    NoGroups {
        /// How many groups there were, and how long before; none when no reading had any.
        before: Option<(usize, Duration)>,
    },
    /// Groups whose members are not known; the user's other groups are known.
    #[error("the members of {} could not be read: is the server's LDAP server or database down?", Unread(.names, *.total))]
    UnreadGroups {
        /// The names of these groups.
        names: Arc<[String]>,
        /// How many groups there are.
        total: usize,
    },
    /// The server finds no such account, which is what Openfire says too when its directory cannot be searched.
    #[error("the server finds no such account; if the account exists, the server's database or LDAP is down")]
    NoSuchAccount,
    /// The user's own stream, which has to be asked, is not there: `preview` has none.
    #[error("this server gives it only to the user's own login, and a preview has none")]
    NoSession,
    /// The user's own stream failed.
    #[error("the user's own stream could not be asked: {0}")]
    Session(String),
    /// The configuration says not to ask.
    #[error("it is switched off by {setting}")]
    SwitchedOff {
        /// The key and its value.
        setting: &'static str,
    },
}

/// Most groups that a reason names.
const MAX_SHOWN: usize = 5;

impl Entry {
    /// Takes over what another look-up brought: these `parts`, and what it could not have.
    pub fn add(&mut self, other: Self, parts: PartSet) {
        let Self { profile, roster, account, groups, missing, withheld } = other;
        if parts.vcard || parts.photo {
            // The photo may come without the rest, and the rest without it.
            let photo = profile.photo.clone().or_else(|| self.profile.photo.take());
            self.profile = if parts.vcard { profile } else { std::mem::take(&mut self.profile) };
            self.profile.photo = photo;
        }
        if parts.roster {
            self.roster = roster;
        }
        if parts.account {
            self.account = account;
        }
        if parts.groups {
            self.groups = groups;
        }
        self.missing.extend(missing);
        self.withheld.extend(withheld);
    }

    /// Whether nothing at all is known. Servers answer alike for a user without any data and for a name that no account has.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.profile == Profile::default()
            && self.account == AccountDetails::default()
            && self.roster.is_empty()
            && self.groups.is_empty()
    }

    /// The first of the `required` parts that could not be had, whether it failed or was withheld. A part that is
    /// merely [shortened](Reason::Shortened) is not missing.
    #[must_use]
    pub fn first_missing(&self, required: PartSet) -> Option<&Missing> {
        let whole = |missing: &&Missing| !matches!(missing.reason, Reason::Shortened { .. });
        let mut absent = self.missing.iter().chain(&self.withheld).filter(whole);
        absent.find(|missing| required.includes(missing.part))
    }

    /// Why it is not known whether the user is in another group that `is_meant`, beside those in `groups`. `None` when
    /// all such groups were read.
    #[must_use]
    pub fn doubt_about_groups(&self, is_meant: impl Fn(&str) -> bool) -> Option<&Missing> {
        let mut of_groups = self.missing.iter().chain(&self.withheld).filter(|missing| missing.part == Part::Groups);
        of_groups.find(|missing| match &missing.reason {
            Reason::Shortened { .. } => false,
            Reason::UnreadGroups { names, .. } => names.iter().any(|name| is_meant(name)),
            _ => true,
        })
    }
}

/// Says that the list of groups is empty, and what it was before.
struct NoGroups(Option<(usize, Duration)>);

impl fmt::Display for NoGroups {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Some((count, ago)) if ago < Duration::from_mins(2) => {
                write!(f, "the server lists no groups now; {} s ago it listed {count}", ago.as_secs())
            }
            Some((count, ago)) => {
                write!(f, "the server lists no groups now; {} minutes ago it listed {count}", ago.as_secs() / 60)
            }
            None => f.write_str("the server lists no groups, but a rule or the site data name some"),
        }
    }
}

/// Some names of groups, and how many there are.
struct Unread<'n>(&'n [String], usize);

impl fmt::Display for Unread<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self(names, total) = self;
        let shown: Vec<String> = names.iter().take(MAX_SHOWN).map(|name| format!("{name:?}")).collect();
        write!(
            f,
            "{}{} ({} of {total} groups)",
            shown.join(", "),
            if names.len() > MAX_SHOWN { ", …" } else { "" },
            names.len()
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn missing(part: Part, reason: Reason) -> Missing {
        Missing { part, reason }
    }

    #[test]
    fn a_required_part_is_absent_when_it_failed_or_was_withheld() {
        let off = Reason::SwitchedOff { setting: "directory.admin_commands = \"off\"" };
        let entry = Entry {
            missing: vec![missing(Part::Roster, Reason::TimedOut)],
            withheld: vec![missing(Part::Groups, off.clone())],
            ..Entry::default()
        };
        assert_eq!(entry.first_missing(PartSet::NOTHING), None);
        assert_eq!(entry.first_missing(PartSet::NOTHING.with(Part::Vcard)), None);
        assert_eq!(entry.first_missing(PartSet::NOTHING.with(Part::Groups)), Some(&missing(Part::Groups, off)));
        assert_eq!(entry.first_missing(PartSet::EVERYTHING), Some(&missing(Part::Roster, Reason::TimedOut)));
    }

    #[test]
    fn a_shortened_part_is_not_absent() {
        let reason = Reason::Shortened { what: "telephone numbers", kept: 64, total: 70 };
        let entry = Entry { missing: vec![missing(Part::Vcard, reason)], ..Entry::default() };
        assert_eq!(entry.first_missing(PartSet::EVERYTHING), None);
    }

    #[test]
    fn only_groups_that_are_meant_are_in_doubt() {
        let unread = Reason::UnreadGroups { names: ["support".to_owned()].into(), total: 3 };
        let entry = Entry { missing: vec![missing(Part::Groups, unread.clone())], ..Entry::default() };
        assert_eq!(entry.doubt_about_groups(|name| name == "office"), None);
        assert_eq!(entry.doubt_about_groups(|name| name == "support"), Some(&missing(Part::Groups, unread)));
        assert!(entry.first_missing(PartSet::NOTHING.with(Part::Groups)).is_some(), "they are not whole");

        let none =
            Entry { missing: vec![missing(Part::Groups, Reason::NoGroups { before: None })], ..Entry::default() };
        assert!(none.doubt_about_groups(|_| false).is_some(), "any group may be among those that are not listed");
        let vcard = Entry { missing: vec![missing(Part::Vcard, Reason::TimedOut)], ..Entry::default() };
        assert_eq!(vcard.doubt_about_groups(|_| true), None);
    }

    #[test]
    fn reasons_name_the_list_or_the_groups_and_what_is_suspected() {
        let before = |seconds| Reason::NoGroups { before: Some((12, Duration::from_secs(seconds))) }.to_string();
        assert_eq!(
            before(40),
            "the server lists no groups now; 40 s ago it listed 12: is its LDAP server or database down?"
        );
        assert!(before(200).contains("3 minutes ago it listed 12"), "{}", before(200));
        let names: Vec<String> = (0..7).map(|number| format!("g{number}")).collect();
        assert_eq!(
            Reason::UnreadGroups { names: names.into(), total: 9 }.to_string(),
            "the members of \"g0\", \"g1\", \"g2\", \"g3\", \"g4\", … (7 of 9 groups) could not be read: is the \
             server's LDAP server or database down?"
        );
    }

    #[test]
    fn a_missing_part_reads_as_a_sentence() {
        assert_eq!(
            missing(Part::Roster, Reason::Refused { condition: "forbidden".into() }).to_string(),
            "the roster: the server refused with <forbidden/>"
        );
    }
}
