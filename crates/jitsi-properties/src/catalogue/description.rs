//! What is known about one key.

use std::fmt;
use std::ops::RangeInclusive;

use crate::jitsi_keys::{PROTOCOLS, is_password};
use crate::version::Version;

/// What is known about one key of the client.
#[derive(Debug, Clone)]
#[expect(clippy::struct_excessive_bools, reason = "independent facts about a key")]
pub struct KeyDescription {
    /// The key, with placeholders such as `<acc>` in it; of an account's setting only its name, empty for the account's
    /// own line.
    pub name: &'static str,
    /// The protocols whose accounts have this setting; empty for a key that belongs to no account.
    pub protocols: &'static [Protocol],
    /// Of an account's setting: whether it has no meaning as a site's default for all accounts.
    pub local: bool,
    /// The part of the client that it belongs to, as a title.
    pub area: &'static str,
    /// What its value may be.
    pub value: ValueType,
    /// What holds when the key is not there; none when that depends.
    pub default: Option<&'static str>,
    /// The first version that has it; none when it is there in 2.10, the oldest version that was looked at.
    pub since: Option<Version>,
    /// The first version that no longer has it.
    pub until: Option<Version>,
    /// Whether a value of a wrong type makes the client throw an exception or break off.
    pub throws: bool,
    /// Whether a number beyond its range does.
    pub throws_beyond: bool,
    /// Whether the client takes the value unchanged. Otherwise it trims it, and takes an empty value for none.
    pub raw: bool,
    /// Whether the client reads it before it asks for its settings, so that a new value counts from its next start.
    pub late: bool,
    /// Whether it acts only in the files of the installation, or as a system property that is set before the start. A
    /// reply comes too late for it.
    pub installed: bool,
    /// What it does, in one sentence.
    pub text: &'static str,
    /// What to write instead, for a key that is obsolete or keeps a secret in the clear.
    pub instead: Option<&'static str>,
}

/// Source code that was looked at for the catalogue.
#[derive(Debug, Clone)]
pub struct SourceDescription {
    /// Its name for the tool that compares the catalogue with it.
    pub id: &'static str,
    /// Its name for people.
    pub title: &'static str,
    /// The client that it belongs to: [`KeyDescription::since`] and [`KeyDescription::until`] are held to it.
    pub client: Version,
    /// The commit.
    pub revision: &'static str,
}

/// A protocol of the client's accounts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Protocol {
    /// XMPP, which the client calls `jabber` in keys.
    Jabber,
    /// SIP.
    Sip,
    /// IRC.
    Irc,
    /// ICQ, and AIM, which has its accounts among those of ICQ.
    Icq,
}

/// What a value may be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ValueType {
    /// Any text.
    Text,
    /// `true` or `false`, in upper or lower case; everything else is false.
    Boolean,
    /// A whole number.
    Integer(RangeInclusive<i64>),
    /// A port, 1 to 65535.
    Port,
    /// One of these words.
    Choice {
        /// The words, as the client spells them.
        words: &'static [&'static str],
        /// Whether upper and lower case are alike.
        any_case: bool,
    },
    /// True as soon as the key is there, whatever its value.
    Presence,
    /// Texts with this separator between them.
    List(&'static str),
    /// A bare JID with a local part.
    Jid,
    /// A host name or an address, without scheme or port.
    Host,
    /// An absolute URL.
    Url,
    /// A password or the like; never shown.
    Secret,
    /// The id of another account.
    Account,
    /// The id of the account in the key.
    Node,
    /// SHA-1 digests, 40 lower-case hexadecimal digits each, with commas.
    Sha1,
    /// Nothing but `${null}` makes sense.
    Removal,
}

impl KeyDescription {
    /// The whole key with its placeholders; a setting of an account below `….jabber.<acc>`, or below `….sip.<acc>`.
    #[must_use]
    pub fn pattern(&self) -> String {
        match self.protocols.first() {
            Some(protocol) => self.under(*protocol),
            None => self.name.to_owned(),
        }
    }

    /// The whole key below an account of a protocol.
    #[must_use]
    pub fn under(&self, protocol: Protocol) -> String {
        let tree = protocol.tree();
        if self.name.is_empty() { format!("{tree}<acc>") } else { format!("{tree}<acc>.{}", self.name) }
    }

    /// Whether the client encrypts the value under this key and keeps it out of its log.
    #[must_use]
    pub fn is_encrypted(&self) -> bool {
        is_password(self.name)
    }
}

impl Protocol {
    /// All, in the order of messages.
    pub const ALL: [Self; 4] = [Self::Jabber, Self::Sip, Self::Irc, Self::Icq];

    /// Those that accounts are provisioned for: rules look at these accounts only. They alone have defaults of their own
    /// (`JabberAccountID`, `SipAccountID`).
    pub const PROVISIONED: [Self; 2] = [Self::Jabber, Self::Sip];

    /// What the keys of its accounts begin with.
    #[must_use]
    pub fn tree(self) -> &'static str {
        match self {
            Self::Jabber => "net.java.sip.communicator.impl.protocol.jabber.",
            Self::Sip => "net.java.sip.communicator.impl.protocol.sip.",
            Self::Irc => "net.java.sip.communicator.impl.protocol.irc.",
            Self::Icq => "net.java.sip.communicator.impl.protocol.icq.",
        }
    }

    /// Its name in `PROTOCOL_NAME` and `ACCOUNT_UID`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Jabber => "Jabber",
            Self::Sip => "SIP",
            Self::Irc => "IRC",
            Self::Icq => "ICQ",
        }
    }

    /// The protocol that a key belongs to, and the rest of the key.
    pub(crate) fn of_key(key: &str) -> Option<(Self, &str)> {
        // Most keys belong to none.
        let rest = key.strip_prefix(PROTOCOLS)?;
        Self::ALL.into_iter().find_map(|protocol| Some((protocol, rest.strip_prefix(protocol.in_keys())?)))
    }

    /// Comes before the id of an account and, for [`Self::PROVISIONED`], before the name of a setting that is a default
    /// for all its accounts.
    pub(crate) fn in_keys(self) -> &'static str {
        match self {
            Self::Jabber => "jabber.",
            Self::Sip => "sip.",
            Self::Irc => "irc.",
            Self::Icq => "icq.",
        }
    }
}

/// For a sentence: `XMPP`, `SIP`, `IRC`, `ICQ`.
impl fmt::Display for Protocol {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Jabber => "XMPP",
            Self::Sip => "SIP",
            Self::Irc => "IRC",
            Self::Icq => "ICQ",
        })
    }
}

/// What to write: `true or false`, `a port, 1 to 65535`.
impl fmt::Display for ValueType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text => f.write_str("text"),
            Self::Boolean => f.write_str("`true` or `false`"),
            Self::Integer(range) => write!(f, "a number, {} to {}", range.start(), range.end()),
            Self::Port => f.write_str("a port, 1 to 65535"),
            Self::Choice { words, .. } => match words.split_last() {
                Some((last, [])) => write!(f, "`{last}`"),
                Some((last, others)) => write!(f, "`{}` or `{last}`", others.join("`, `")),
                None => Ok(()),
            },
            Self::Presence => f.write_str("`true`, or `${null}` for no"),
            Self::List(" ") => f.write_str("a list, with blanks between its parts"),
            Self::List(separator) => write!(f, "a list, with `{separator}` between its parts"),
            Self::Jid => f.write_str("a bare JID, `name@domain`"),
            Self::Host => f.write_str("a host name or address, without scheme and port"),
            Self::Url => f.write_str("a URL with its scheme"),
            Self::Secret => f.write_str("a secret"),
            Self::Account => f.write_str("the id of an account, which begins with `acc`"),
            Self::Node => f.write_str("the account's id"),
            Self::Sha1 => f.write_str("40 lower-case hexadecimal digits, or several of these with commas"),
            Self::Removal => f.write_str("`${null}` only"),
        }
    }
}
