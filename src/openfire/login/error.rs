//! How a login can fail, by what the caller can do about it.

mod wrong_port;

use tokio_rustls::rustls;

pub use self::wrong_port::WrongPort;
use super::sasl::{NothingAllowed, ScramError};
use super::stage::Stage;
use crate::openfire::connect::ConnectError;
use crate::openfire::link::SecureError;
use crate::openfire::server_text::ServerText;
use crate::openfire::tls::{Distrust, TlsError};

/// Why a login did not succeed.
#[derive(Debug, thiserror::Error)]
pub enum LoginError {
    /// The server refused this user: the user's mistake.
    #[error("the server refused the login: {refusal}{text}", refusal = .0, text = ServerText::behind(.1.as_ref()))]
    Refused(Refusal, Option<ServerText>),
    /// The server could not check the password, or is not to be believed: the site's problem.
    #[error(transparent)]
    CannotCheck(#[from] CannotCheck),
    /// The server could not be asked: a problem that may pass.
    #[error(transparent)]
    Unreachable(#[from] Unreachable),
}

/// Why the server refuses a user. Only a user who knows the password learns more than `NotAuthorized` by SCRAM.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// Unknown user or wrong password (RFC 6120 section 6.5.10).
    #[error("unknown user or wrong password")]
    NotAuthorized,
    /// The account is switched off (section 6.5.2).
    #[error("the account is disabled")]
    AccountDisabled,
    /// The password must be renewed (section 6.5.3).
    #[error("the password has expired")]
    CredentialsExpired,
}

/// Why the answer of the server is no answer.
#[derive(Debug, thiserror::Error)]
pub enum CannotCheck {
    /// The server's certificate is not trusted.
    #[error(transparent)]
    Distrusted(#[from] Distrust),
    /// No TLS version, cipher or signature in common.
    #[error("no TLS handshake is possible with the server; check openfire.tls and openfire.tls_max")]
    Handshake(#[source] rustls::Error),
    /// The server mixed clear text into TLS.
    #[error(
        "the server sent unencrypted text after it agreed to TLS; something on the way tampers with the connection"
    )]
    Injected,
    /// The server offers no STARTTLS, or refuses it.
    #[error(
        "the server offers no STARTTLS; give it a certificate (Openfire: Server Settings, Client Connections), or set openfire.tls"
    )]
    NoStarttls,
    /// No mechanism is both offered and allowed.
    #[error(transparent)]
    NothingAllowed(#[from] NothingAllowed),
    /// The server reports a failure that says nothing about the user.
    #[error("the server cannot check logins now: {condition}{}{}", hint(condition), ServerText::behind(text.as_ref()))]
    Condition {
        /// The condition of RFC 6120 section 6.5.
        condition: String,
        /// The server's own words.
        text: Option<ServerText>,
    },
    /// The server did not prove that it knows the password, or broke the rules of SCRAM.
    #[error("the server's SCRAM exchange cannot be trusted: {0}")]
    Scram(#[from] ScramError),
    /// SCRAM was refused for a name that the server may not have read as it was meant.
    #[error(
        "the server refused the login by SCRAM of a user whose name contains `,` or `=`, and Openfire 5 cannot read such a name in \
         SCRAM even if the password is right: let such users log in by PLAIN inside TLS (add \"PLAIN\" to `openfire.mechanisms` and \
         to `sasl.mechs` in Openfire, and set `openfire.tls` to \"starttls\" or \"direct\"), or give the account another name"
    )]
    EscapedName,
    /// Another protocol or another kind of stream is served on the port.
    #[error(transparent)]
    WrongPort(#[from] WrongPort),
    /// The system gives no random numbers.
    #[error("this system gives no random numbers")]
    NoRandomness,
    /// The password is right, yet the server refuses it together with the TLS channel.
    #[error(
        "the server's channel binding does not fit its TLS connection: something in between terminates TLS; connect to \
         it directly, or take the -PLUS mechanisms out of sasl.mechs in Openfire"
    )]
    ChannelBinding,
}

/// Why the server could not be asked.
#[derive(Debug, thiserror::Error)]
pub enum Unreachable {
    /// No connection.
    #[error(transparent)]
    Connect(#[from] ConnectError),
    /// Not done at the deadline.
    #[error("the server did not answer in time ({stage})")]
    TimedOut {
        /// What was going on.
        stage: Stage,
    },
    /// The server closed the connection.
    #[error("the server closed the connection ({stage})")]
    Cut {
        /// What was going on.
        stage: Stage,
    },
    /// The server accepted the connection and closed it without a byte, twice where there was time for it.
    #[error(
        "the server accepted the connection and closed it without a byte ({stage}): Openfire does so above its limit of new \
         connections (properties `xmpp.ratelimit.newconnections.c2s.enabled`, `.permits_per_second` and `.max_burst`); raise \
         it, or set `limits.new_connections_per_second` below it; otherwise check that `openfire.port` and `openfire.tls` fit \
         together"
    )]
    ClosedAtOnce {
        /// What was going on.
        stage: Stage,
    },
    /// What the server sent is not XMPP.
    #[error(
        "the server sent something that is not XMPP ({stage}); check openfire.host, openfire.port and openfire.tls"
    )]
    Garbage {
        /// What was going on.
        stage: Stage,
    },
    /// The server sent more than it may.
    #[error("the server sent too much at once ({stage})")]
    Oversized {
        /// What was going on.
        stage: Stage,
    },
    /// The server ended the stream with an error (RFC 6120 section 4.9).
    #[error("the server ended the stream: {condition} ({stage}){}{}", hint(condition), ServerText::behind(text.as_ref()))]
    StreamError {
        /// What was going on.
        stage: Stage,
        /// The condition of RFC 6120 section 4.9.3.
        condition: String,
        /// The server's own words.
        text: Option<ServerText>,
    },
    /// As many logins wait as `limits.queued_logins` allows, and no address has more of them than this one.
    #[error("too many logins are waiting; raise limits.queued_logins or find out why the server is slow")]
    Busy,
}

impl LoginError {
    /// Whether the same credentials may yet pass in another form: without channel binding, or with a prepared password.
    pub(super) fn may_pass_otherwise(&self) -> bool {
        match self {
            Self::Refused(refusal, _) => *refusal == Refusal::NotAuthorized,
            Self::CannotCheck(CannotCheck::Condition { condition, .. }) => condition == MALFORMED_REQUEST,
            _ => false,
        }
    }

    /// Whether the server refused the user, or did not understand the name.
    pub(super) fn is_about_the_user(&self) -> bool {
        matches!(self, Self::Refused(..)) || self.may_pass_otherwise()
    }

    /// Whether the server ended the stream.
    pub(super) fn is_end_of_stream(&self) -> bool {
        matches!(self, Self::Unreachable(Unreachable::Cut { .. } | Unreachable::StreamError { .. }))
    }

    /// What was going on when the login failed.
    #[must_use]
    pub fn stage(&self) -> Stage {
        match self {
            Self::CannotCheck(CannotCheck::NoStarttls) => Stage::Stream,
            Self::CannotCheck(CannotCheck::WrongPort(port)) => port.stage(),
            Self::CannotCheck(CannotCheck::Distrusted(_) | CannotCheck::Handshake(_) | CannotCheck::Injected) => {
                Stage::Tls
            }
            Self::Refused(..) | Self::CannotCheck(_) => Stage::Sasl,
            Self::Unreachable(Unreachable::Busy) => Stage::Queue,
            Self::Unreachable(Unreachable::Connect(_)) => Stage::Connect,
            Self::Unreachable(
                Unreachable::TimedOut { stage }
                | Unreachable::Cut { stage }
                | Unreachable::ClosedAtOnce { stage }
                | Unreachable::Garbage { stage }
                | Unreachable::Oversized { stage }
                | Unreachable::StreamError { stage, .. },
            ) => *stage,
        }
    }
}

impl Unreachable {
    /// Whether the server may have ended the stream because it did not understand what was sent before it asked.
    pub(super) fn may_be_a_misunderstanding(&self) -> bool {
        matches!(self, Self::Cut { .. } | Self::Garbage { .. } | Self::StreamError { .. })
    }
}

impl From<SecureError> for LoginError {
    fn from(error: SecureError) -> Self {
        match error {
            SecureError::Injected => CannotCheck::Injected.into(),
            SecureError::Tls(TlsError::Distrusted(distrust)) => CannotCheck::Distrusted(distrust).into(),
            SecureError::Tls(TlsError::Handshake(rustls::Error::InvalidMessage(_))) | SecureError::Already => {
                Unreachable::Garbage { stage: Stage::Tls }.into()
            }
            SecureError::Tls(TlsError::Handshake(error)) => CannotCheck::Handshake(error).into(),
            SecureError::Tls(TlsError::Lost(error)) if error.kind() == std::io::ErrorKind::InvalidData => {
                Unreachable::Oversized { stage: Stage::Tls }.into()
            }
            SecureError::Tls(TlsError::Lost(_)) => Unreachable::Cut { stage: Stage::Tls }.into(),
        }
    }
}

impl From<ConnectError> for LoginError {
    fn from(error: ConnectError) -> Self {
        Unreachable::Connect(error).into()
    }
}

impl From<ScramError> for LoginError {
    fn from(error: ScramError) -> Self {
        CannotCheck::Scram(error).into()
    }
}

/// RFC 6120 section 6.5.8. No user can cause it: an empty name, an empty password and an invalid name are
/// never sent.
const MALFORMED_REQUEST: &str = "malformed-request";

/// Where to look after a condition that comes from a wrong setting.
fn hint(condition: &str) -> &'static str {
    match condition {
        "host-unknown" => "; check openfire.domain",
        "temporary-auth-failure" => "; does Openfire reach its database or LDAP server?",
        MALFORMED_REQUEST => "; it did not understand what was sent; what does the server's log say?",
        "encryption-required" => "; set openfire.tls to \"starttls\"",
        _ => "",
    }
}
