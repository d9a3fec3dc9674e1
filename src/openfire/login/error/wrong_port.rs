//! What listens where the client port should be.

use crate::openfire::login::stage::Stage;
use crate::openfire::server_text::{ServerText, Spoken};

/// What listens at `openfire.port` in place of what the settings say. Each message names the setting to change.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum WrongPort {
    /// It answers a stream header by a TLS record.
    #[error(
        "the port expects TLS from the first byte: set `openfire.tls` to \"direct\", or `openfire.port` to the port for \
         STARTTLS (usually 5222)"
    )]
    Tls,
    /// It answers the beginning of TLS in XML, or only a stream header.
    #[error(
        "the port expects XMPP in the clear before TLS: set `openfire.tls` to \"starttls\", or `openfire.port` to the port \
         for direct TLS (usually 5223)"
    )]
    Clear,
    /// An XMPP port that does not take clients (RFC 6120 section 4.9.3.10).
    #[error(
        "the port does not take clients; it is the port for components or for other servers: set `openfire.port` to the \
         client port (usually 5222, or 5223 with `openfire.tls = \"direct\"`){}",
        ServerText::behind(.0.as_ref())
    )]
    NotForClients(Option<ServerText>),
    /// A web server, such as Openfire's admin console.
    #[error(
        "the port speaks HTTP, as Openfire's admin console does: set `openfire.port` to the client port (usually 5222, or \
         5223 with `openfire.tls = \"direct\"`)"
    )]
    Http,
}

impl WrongPort {
    /// Judges by what the peer `spoke` first, where `direct` TLS was tried or not.
    pub(in crate::openfire::login) fn by_protocol(spoken: Option<Spoken>, direct: bool) -> Option<Self> {
        match (spoken?, direct) {
            (Spoken::Http, _) => Some(Self::Http),
            (Spoken::Tls, false) => Some(Self::Tls),
            (Spoken::Xml, true) => Some(Self::Clear),
            (Spoken::Tls, true) | (Spoken::Xml, false) => None,
        }
    }

    /// What was going on when it showed.
    pub(in crate::openfire::login) fn stage(&self) -> Stage {
        match self {
            Self::Clear => Stage::Tls,
            Self::Tls | Self::NotForClients(_) | Self::Http => Stage::Stream,
        }
    }
}
