//! Why the component stream is down, in words that name the setting to change.

use std::time::Duration;

use xmpp_parsers::jid::DomainPart;

use super::loss::Loss;
use crate::model::causes::with_causes;
use crate::openfire::connect::ConnectError;
use crate::openfire::server_text::ServerText;
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
         Openfire's admin console under Server > Server Settings > External Components{}",
        ServerText::behind(.text.as_ref())
    )]
    WrongSecret {
        /// `component.name`.
        name: DomainPart,
        /// The server's own words.
        text: Option<ServerText>,
    },
    /// The server takes components inside TLS only. Openfire 5 says so in the words of a `not-authorized`, which would
    /// otherwise be a wrong secret.
    #[error(
        "the server takes component {name} inside TLS only: set `component.tls = \"starttls\"`, or `\"direct\"` with Openfire's \
         encrypted component port (Server > Server Settings > External Components){}",
        ServerText::behind(Some(.text))
    )]
    TlsRequired {
        /// `component.name`.
        name: DomainPart,
        /// The server's own words, which say so.
        text: ServerText,
    },
    /// Another component, or a service inside the server, holds the name (`conflict`).
    #[error(
        "the name {name} is taken on the server: is another openfire-provisioner running, or a service of the server's \
         own? Stop it or set another `component.name`; Openfire's admin console shows connected components under \
         Sessions > Component Sessions{}",
        ServerText::behind(.text.as_ref())
    )]
    NameTaken {
        /// `component.name`.
        name: DomainPart,
        /// The server's own words.
        text: Option<ServerText>,
    },
    /// The server does not let a component of this name connect (`host-unknown`).
    #[error(
        "the server does not let a component named {name} connect: allow the name in Openfire's admin console under \
         Server > Server Settings > External Components (on Prosody: add `Component \"{name}\"`), or correct \
         `component.name`{}",
        ServerText::behind(.text.as_ref())
    )]
    NameNotAllowed {
        /// `component.name`.
        name: DomainPart,
        /// The server's own words.
        text: Option<ServerText>,
    },
    /// The server opened the stream without an id and closed it; Openfire 5 does so for three causes and names none.
    #[error(
        "the server turned component {name} away without a reason: the name is taken, or not allowed, or the server has \
         no secret for it. Look in Openfire's admin console under Server > Server Settings > External Components (service \
         enabled, shared secret set, name not blocked) and Sessions > Component Sessions; `component.name` is the name to look for{}",
        ServerText::behind(.text.as_ref())
    )]
    NotAdmitted {
        /// `component.name`.
        name: DomainPart,
        /// The server's own words.
        text: Option<ServerText>,
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
        /// The name that the server used for us, or for itself.
        bound: DomainPart,
    },
    /// We asked for STARTTLS, and the server did not proceed.
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
         `openfire.certificate_sha256` and `openfire.certificate_name` say; Openfire's admin console shows its own under \
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
        /// `component.host`, or its default.
        host: String,
        /// `component.port`, or its default.
        port: u16,
        /// What the network said.
        cause: ConnectError,
    },
    /// The peer closed the connection, or its answer is not an XMPP stream.
    #[error("the server opened no component stream ({0}): {advice}", advice = .0.advice())]
    NoStream(Loss),
    /// The server did not finish opening the stream in time.
    #[error(
        "the server did not open the component stream within {} ms: check that `component.port` is a component port (Server > \
         Server Settings > External Components) and that `component.tls` fits it",
        .0.as_millis()
    )]
    TooSlow(Duration),
    /// The stream was open, or about to be, and went down.
    #[error("the component stream was lost: {0}")]
    Lost(Loss),
    /// We closed it.
    #[error("the component stream is closed because the service stops")]
    Stopped,
}

impl ComponentError {
    /// Whether the server refused us, so that another attempt soon is of little use.
    ///
    /// The others pass when the server or the network comes back.
    #[must_use]
    pub fn is_refusal(&self) -> bool {
        match self {
            Self::WrongSecret { .. }
            | Self::TlsRequired { .. }
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
    use std::io;

    use super::*;

    #[test]
    fn every_refusal_names_a_key_of_ours_and_a_page_of_the_console() {
        let name = || DomainPart::new("prov.example.test").unwrap().into_owned();
        let refusals = [
            ComponentError::WrongSecret { name: name(), text: None },
            ComponentError::TlsRequired { name: name(), text: ServerText::clean("TLS is mandatory.").unwrap() },
            ComponentError::NameTaken { name: name(), text: None },
            ComponentError::NameNotAllowed { name: name(), text: None },
            ComponentError::NotAdmitted { name: name(), text: None },
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
