//! How a component stream went down, or why none came to be.

use std::io;
use std::time::Duration;

use crate::openfire::server_text::{ServerText, Spoken};

/// How an open stream went down, or why none was opened.
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
    /// The server takes no more bytes.
    #[error("the server has not taken any bytes for {} ms", .0.as_millis())]
    Stuck(Duration),
    /// What came is not XML, or not a stream (RFC 6120 section 4.9.3.13).
    #[error("the server sent something that is not well-formed XML of an XMPP stream")]
    NotWellFormed,
    /// What came in answer to our TLS is none.
    #[error("what answers there does not speak TLS")]
    NotTls,
    /// What came in answer to our text is TLS.
    #[error("what answers there speaks TLS from the first byte")]
    SpeaksTls,
    /// What came is HTTP.
    #[error("what answers there is a web server")]
    SpeaksHttp,
    /// The port serves clients or other servers: it refuses the namespace of components (`invalid-namespace`), or offers to
    /// log clients in.
    #[error("what answers there is no component port but one for clients or other servers{}", ServerText::behind(.text.as_ref()))]
    NoComponentPort {
        /// The server's own words.
        text: Option<ServerText>,
    },
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

impl Loss {
    /// The same, or what the first bytes of the connection say of it: a port that expects another protocol answers in its
    /// own. `direct` says that we began with TLS.
    pub(super) fn given(self, spoken: Option<Spoken>, direct: bool) -> Self {
        match spoken {
            Some(Spoken::Tls) if !direct => Self::SpeaksTls,
            Some(Spoken::Xml) if direct => Self::NotTls,
            Some(Spoken::Http) => Self::SpeaksHttp,
            _ => self,
        }
    }

    /// What to change when no stream came to be.
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
        // A peer that goes away without the words of TLS has still gone away.
        if error.kind() == io::ErrorKind::UnexpectedEof { Self::Closed } else { Self::Io(error) }
    }
}
