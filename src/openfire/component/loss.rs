//! How a component stream was lost, or why none was opened.

use std::io;
use std::time::Duration;

use crate::openfire::server_text::{ServerText, Spoken};

/// How an open stream was lost, or why none was opened.
#[derive(Debug, thiserror::Error)]
pub enum Loss {
    /// The server ended the stream or the connection.
    #[error("the server closed it")]
    Closed,
    /// The server ended it with a stream error (RFC 6120 section 4.9.3).
    #[error("the server ended it with the stream error {condition}{}", ServerText::behind(.text.as_ref()))]
    StreamError {
        /// The defined condition.
        condition: &'static str,
        /// The server's own words.
        text: Option<ServerText>,
    },
    /// The connection broke.
    #[error("the connection broke: {0}")]
    Io(io::Error),
    /// Nothing came back after a ping (XEP-0199).
    #[error("no answer to a ping within {} ms", .0.as_millis())]
    NoPong(Duration),
    /// The server accepts no more bytes.
    #[error("the server has not taken any bytes for {} ms", .0.as_millis())]
    Stuck(Duration),
    /// The peer sent something that is not XML, or not a stream (RFC 6120 section 4.9.3.13).
    #[error("the server sent something that is not well-formed XML of an XMPP stream")]
    NotWellFormed,
    /// The peer did not answer with TLS.
    #[error("what answers there does not speak TLS")]
    NotTls,
    /// The peer answered our unencrypted text with TLS.
    #[error("what answers there speaks TLS from the first byte")]
    SpeaksTls,
    /// The peer answered with HTTP.
    #[error("what answers there is a web server")]
    SpeaksHttp,
    /// The port serves clients or other servers: it refuses the namespace of components (`invalid-namespace`), or offers to
    /// log clients in.
    #[error(
        "what answers there is not a component port but a port for clients or other servers{}",
        ServerText::behind(.text.as_ref())
    )]
    NoComponentPort {
        /// The server's own words.
        text: Option<ServerText>,
    },
    /// A stanza was larger than the limit.
    #[error("the server sent a stanza over the limit of {} MiB", .limit / 1024 / 1024)]
    TooLarge {
        /// The limit in bytes.
        limit: usize,
    },
    /// A stanza was nested far deeper than any needs.
    #[error("the server sent a stanza that is nested deeper than {limit} elements")]
    TooDeep {
        /// The deepest level that is read, in elements.
        limit: usize,
    },
}

impl Loss {
    /// The loss, corrected by the first bytes that the peer sent: a port that expects another protocol answers in its own.
    /// `direct`: we began with TLS.
    pub(super) fn given(self, spoken: Option<Spoken>, direct: bool) -> Self {
        match spoken {
            Some(Spoken::Tls) if !direct => Self::SpeaksTls,
            Some(Spoken::Xml) if direct => Self::NotTls,
            Some(Spoken::Http) => Self::SpeaksHttp,
            _ => self,
        }
    }

    /// What to change when no stream was opened.
    pub(super) fn advice(&self) -> &'static str {
        match self {
            Self::SpeaksTls => {
                "set `component.tls = \"direct\"` if `component.port` is to be Openfire's encrypted component port (5276), or \
                 `component.port` to the plain-text one (5275; Server > Server Settings > External Components)"
            }
            Self::NotTls => {
                "`component.tls = \"direct\"` fits Openfire's encrypted component port only (5276; Server > Server Settings > \
                 External Components): set `component.port` to that, or `component.tls = \"starttls\"`"
            }
            Self::NoComponentPort { .. } | Self::SpeaksHttp => {
                "set `component.port` to the component port that Openfire's admin console shows under Server > Server \
                 Settings > External Components (5275, or 5276 with `component.tls = \"direct\"`); `openfire.port` is the one \
                 for clients (5222)"
            }
            _ => {
                "check that `component.port` is a component port (Server > Server Settings > External Components), that \
                 `component.tls` fits it, and that `component.name` is a subdomain and not the domain itself"
            }
        }
    }
}

impl From<io::Error> for Loss {
    fn from(error: io::Error) -> Self {
        // A peer that closes the connection without a TLS `close_notify` has closed it all the same.
        if error.kind() == io::ErrorKind::UnexpectedEof { Self::Closed } else { Self::Io(error) }
    }
}
