//! Why the component stream is down, in words that name the setting to change.

use std::io;
use std::time::Duration;

use xmpp_parsers::jid::DomainPart;

use crate::causes::with_causes;
use crate::openfire::connect::ConnectError;
use crate::openfire::tls::{TlsError, TrustError};

/// Why the component stream is not up.
///
/// Each message names our key of the configuration and, where it is a matter of the server's settings, the page of
/// Openfire's admin console.
#[derive(Debug, thiserror::Error)]
pub enum ComponentError {
    /// The server does not accept the secret (XEP-0114 section 3, `not-authorized`).
    #[error(
        "the server refused the secret of component {name}: `component.secret` must equal the shared secret in \
         Openfire's admin console under Server > Server Settings > External Components"
    )]
    WrongSecret {
        /// `component.name`.
        name: DomainPart,
    },
    /// Another component, or a service inside the server, holds the name (`conflict`).
    #[error(
        "the name {name} is taken on the server: is another openfire-provisioner running, or a service of the server's \
         own? Stop it or set another `component.name`; connected components stand in Openfire's admin console under \
         Sessions > Component Sessions"
    )]
    NameTaken {
        /// `component.name`.
        name: DomainPart,
    },
    /// The server does not let a component of this name connect (`host-unknown`).
    #[error(
        "the server does not let a component named {name} connect: allow the name in Openfire's admin console under \
         Server > Server Settings > External Components (on Prosody: add `Component \"{name}\"`), or correct \
         `component.name`"
    )]
    NameNotAllowed {
        /// `component.name`.
        name: DomainPart,
    },
    /// The server opened the stream without an id and closed it; Openfire 5 does so for three causes and names none.
    #[error(
        "the server turned component {name} away without a reason: the name is taken, or not allowed, or the server has \
         no secret for it. Look in Openfire's admin console under Server > Server Settings > External Components (service \
         enabled, shared secret set, name not blocked) and Sessions > Component Sessions; ours is `component.name`"
    )]
    NotAdmitted {
        /// `component.name`.
        name: DomainPart,
    },
    /// The server binds the name below another domain than `openfire.domain`.
    #[error(
        "the server's domain is not {domain}: component {name} was answered as {bound}. Set `openfire.domain` to the XMPP \
         domain that Openfire's admin console shows under Server > Server Manager > Server Information, and \
         `component.name` to a name below it"
    )]
    WrongDomain {
        /// `component.name`.
        name: DomainPart,
        /// `openfire.domain`.
        domain: DomainPart,
        /// What the server called us, or itself.
        bound: DomainPart,
    },
    /// STARTTLS was asked for, and the server did not go on with it.
    #[error(
        "the server offers no TLS on its component port: use Openfire's encrypted component port with `component.tls = \
         \"direct\"` (Server > Server Settings > External Components; property `xmpp.component.tls.policy` under Server > \
         Server Manager > System Properties must not be `disabled`), or `component.tls = \"none\"` over loopback; \
         Prosody has no TLS on this port at all"
    )]
    NoTls,
    /// The stream could not be secured: certificate, name, version.
    #[error(
        "TLS to the component port failed: {}. Certificates are checked as `openfire.ca_file`, \
         `openfire.certificate_sha256` and `openfire.certificate_name` say; Openfire's stand in its admin console under \
         Server > TLS/SSL Certificates",
        with_causes(.0)
    )]
    Tls(TlsError),
    /// No connection to the component port.
    #[error(
        "no connection to the component port {host}:{port}: {}. Check `component.host` and `component.port`; the service is \
         switched on in Openfire's admin console under Server > Server Settings > External Components",
        with_causes(.cause)
    )]
    Unreachable {
        /// `component.host` or what stands in for it.
        host: String,
        /// `component.port` or what stands in for it.
        port: u16,
        /// What the network said.
        cause: ConnectError,
    },
    /// What listens there closed the connection, or answered with something that is no stream.
    #[error(
        "the server opened no component stream ({0}): check that `component.port` is a component port (Server > Server \
         Settings > External Components), that `component.tls` fits it, and that `component.name` is a subdomain and not \
         the domain itself"
    )]
    NoStream(Loss),
    /// The server did not bring the opening of the stream to an end in time.
    #[error("the server did not open the component stream within {} ms", .0.as_millis())]
    TooSlow(Duration),
    /// The stream was open, or about to be, and went down.
    #[error("the component stream was lost: {0}")]
    Lost(Loss),
    /// We closed it.
    #[error("the component stream is closed because the service stops")]
    Stopped,
}

/// How an open stream went down.
#[derive(Debug, thiserror::Error)]
pub enum Loss {
    /// The server ended the stream or the connection.
    #[error("the server closed it")]
    Closed,
    /// The server ended it with a stream error (RFC 6120 section 4.9.3).
    #[error("the server ended it with the stream error {condition}")]
    StreamError {
        /// The defined condition.
        condition: &'static str,
    },
    /// The connection broke.
    #[error("the connection broke: {0}")]
    Io(io::Error),
    /// Nothing came back after a ping (XEP-0199).
    #[error("no answer to a ping within {} ms", .0.as_millis())]
    NoPong(Duration),
    /// The server takes no more bytes.
    #[error("the server has not taken any bytes for {} ms", .0.as_millis())]
    Stuck(Duration),
    /// What came is not XML, or not a stream (RFC 6120 section 4.9.3.13).
    #[error("the server sent something that is not well-formed XML of an XMPP stream")]
    NotWellFormed,
    /// What came in answer to our TLS is none.
    #[error("what answers there does not speak TLS")]
    NotTls,
    /// One stanza was larger than we read.
    #[error("the server sent a stanza over the limit of {} MiB", .limit / 1024 / 1024)]
    TooLarge {
        /// The limit in bytes.
        limit: usize,
    },
    /// Elements within elements, far deeper than any stanza needs.
    #[error("the server sent a stanza that is nested deeper than {limit} elements")]
    TooDeep {
        /// The limit.
        limit: usize,
    },
}

impl ComponentError {
    /// Whether the server answered and said no, so that asking again soon is of little use.
    ///
    /// The others pass by themselves when the server or the network comes back.
    #[must_use]
    pub fn is_refusal(&self) -> bool {
        match self {
            Self::WrongSecret { .. }
            | Self::NameTaken { .. }
            | Self::NameNotAllowed { .. }
            | Self::NotAdmitted { .. }
            | Self::WrongDomain { .. }
            | Self::NoTls
            | Self::Tls(_) => true,
            Self::Unreachable { .. } | Self::NoStream(_) | Self::TooSlow(_) | Self::Lost(_) | Self::Stopped => false,
        }
    }
}

impl From<Loss> for ComponentError {
    fn from(loss: Loss) -> Self {
        Self::Lost(loss)
    }
}

impl From<io::Error> for Loss {
    fn from(error: io::Error) -> Self {
        // A peer that goes away without the words of TLS has still gone away.
        if error.kind() == io::ErrorKind::UnexpectedEof { Self::Closed } else { Self::Io(error) }
    }
}

/// Why the component cannot even be started: settings that no server can satisfy.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// `component.name` is not a domain name below `openfire.domain`.
    #[error(
        "`component.name` is `{name}`, which is not a name below `openfire.domain` ({domain}): write for example \
         \"provisioning.{domain}\""
    )]
    Name {
        /// What was found.
        name: String,
        /// `openfire.domain`.
        domain: DomainPart,
    },
    /// No secret.
    #[error(
        "the component has no secret: set `component.secret` or `component.secret_file` to the shared secret in Openfire's \
         admin console under Server > Server Settings > External Components"
    )]
    NoSecret,
    /// The certificates that are trusted cannot be loaded.
    #[error(transparent)]
    Trust(#[from] TrustError),
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_refusal_names_a_key_of_ours_and_a_page_of_the_console() {
        let name = || DomainPart::new("prov.example.test").unwrap().into_owned();
        let refusals = [
            ComponentError::WrongSecret { name: name() },
            ComponentError::NameTaken { name: name() },
            ComponentError::NameNotAllowed { name: name() },
            ComponentError::NotAdmitted { name: name() },
            ComponentError::WrongDomain { name: name(), domain: name(), bound: name() },
            ComponentError::NoTls,
            ComponentError::Tls(TlsError::Lost(io::Error::other("cut"))),
        ];
        for refusal in refusals {
            let message = refusal.to_string();
            assert!(refusal.is_refusal(), "{message}");
            assert!(message.contains("`component.") || message.contains("`openfire."), "{message}");
            assert!(message.contains("Server > ") || message.contains("Sessions > "), "{message}");
        }
    }
}
