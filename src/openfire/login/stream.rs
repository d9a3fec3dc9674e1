//! A client's XML stream, element by element, with faults told apart.

use std::time::Duration;

use tokio::io::AsyncWriteExt;
use xmpp_parsers::jid::DomainRef;
use xmpp_parsers::minidom::Element;
use xmpp_parsers::ns;

use super::error::Unreachable;
use super::stage::Stage;
use crate::openfire::connect::Meter;
use crate::openfire::link::Link;
use crate::openfire::server_text::ServerText;
use crate::openfire::stream_reader::{Dialect, ReadError, StreamItem, StreamReader};

/// A client's XML stream whose headers have been exchanged.
///
/// It sets no time limits; who awaits does. A fault carries the kind of trouble and of what the peer sent only the text of a
/// stream error.
pub(super) struct ClientStream {
    reader: StreamReader<Link>,
    meter: Meter,
}

/// Why nothing more can be read or written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Fault {
    Cut,
    Garbage,
    Oversized,
    StreamError { condition: String, text: Option<ServerText> },
}

impl ClientStream {
    /// Sends a stream header and reads the server's (RFC 6120 section 4.2), which may have `limit` bytes.
    pub(super) async fn open(link: Link, domain: &DomainRef, limit: u64) -> Result<Self, Fault> {
        let meter = link.meter().clone();
        let mut stream = Self { reader: StreamReader::new(link, Dialect::Client), meter };
        stream.begin(&header(domain), limit).await?;
        Ok(stream)
    }

    /// Begins the stream anew after the login (RFC 6120 section 6.4.6), with `behind` in the same piece as the header.
    pub(super) async fn reopen(&mut self, domain: &DomainRef, behind: &str, limit: u64) -> Result<(), Fault> {
        self.reader.restart();
        self.begin(&(header(domain) + behind), limit).await
    }

    async fn begin(&mut self, header: &str, limit: u64) -> Result<(), Fault> {
        self.send(header).await?;
        match self.item(limit).await? {
            StreamItem::Header(_) => Ok(()),
            StreamItem::Element(_) | StreamItem::Footer => Err(Fault::Garbage),
        }
    }

    /// Reads the next element, which may have `limit` bytes; a stream error is a fault.
    pub(super) async fn next(&mut self, limit: u64) -> Result<Element, Fault> {
        match self.item(limit).await? {
            StreamItem::Element(element) if element.is("error", ns::STREAM) => {
                let text = ServerText::of(&element, ns::XMPP_STREAMS);
                // Prosody looks for the name first on its component port, and says `host-unknown`.
                let foreign = !self.reader.declares(ns::JABBER_CLIENT);
                let condition =
                    if foreign { INVALID_NAMESPACE.to_owned() } else { condition(&element, ns::XMPP_STREAMS) };
                Err(Fault::StreamError { condition, text })
            }
            StreamItem::Element(element) => Ok(element),
            StreamItem::Footer => Err(Fault::Cut),
            StreamItem::Header(_) => Err(Fault::Garbage),
        }
    }

    async fn item(&mut self, limit: u64) -> Result<StreamItem, Fault> {
        self.meter.allow(limit);
        self.reader.next().await.map_err(|error| Fault::of_reading(error, &self.meter))
    }

    /// Sends a text at once.
    pub(super) async fn send(&mut self, text: &str) -> Result<(), Fault> {
        let link = self.reader.io_mut();
        let sent = async {
            link.write_all(text.as_bytes()).await?;
            link.flush().await
        };
        sent.await.map_err(|error| Fault::of_io(&error, &self.meter))
    }

    /// The link, for TLS; none when the server has sent something behind its consent that TLS would not protect.
    pub(super) fn into_link(self) -> Option<Link> {
        self.reader.into_inner()
    }

    /// The link.
    pub(super) fn link(&self) -> &Link {
        self.reader.io()
    }

    /// Says goodbye and closes the sending side, without waiting for the server's goodbye.
    pub(super) async fn close(mut self) {
        let goodbye = async {
            self.send("</stream:stream>").await?;
            self.reader.io_mut().shutdown().await.map_err(|error| Fault::of_io(&error, &self.meter))
        };
        // The socket is closed anyway; whether the server heard the goodbye makes no difference.
        let _ = tokio::time::timeout(GOODBYE, goodbye).await;
    }
}

/// The port takes other streams than those of clients (RFC 6120 section 4.9.3.10).
pub(super) const INVALID_NAMESPACE: &str = "invalid-namespace";
/// Time to hand a few bytes to the kernel.
const GOODBYE: Duration = Duration::from_millis(100);

/// RFC 6120 section 4.7.
fn header(domain: &DomainRef) -> String {
    let to = domain.as_str().replace('&', "&amp;").replace('<', "&lt;").replace('\'', "&apos;");
    format!(
        "<?xml version='1.0'?><stream:stream to='{to}' version='1.0' xmlns='{}' xmlns:stream='{}'>",
        ns::JABBER_CLIENT,
        ns::STREAM
    )
}

impl Fault {
    fn of_reading(error: ReadError, meter: &Meter) -> Self {
        match error {
            ReadError::Io(error) => Self::of_io(&error, meter),
            ReadError::TooLarge { .. } | ReadError::TooMany { .. } => Self::Oversized,
            _ if meter.oversized() => Self::Oversized,
            ReadError::Closed => Self::Cut,
            ReadError::NotWellFormed | ReadError::TooDeep { .. } => Self::Garbage,
        }
    }

    fn of_io(error: &std::io::Error, meter: &Meter) -> Self {
        use std::io::ErrorKind::{BrokenPipe, ConnectionAborted, ConnectionReset, NotConnected, UnexpectedEof};
        if meter.oversized() {
            Self::Oversized
        } else if meter.ended()
            || matches!(error.kind(), BrokenPipe | ConnectionAborted | ConnectionReset | NotConnected | UnexpectedEof)
        {
            Self::Cut
        } else {
            Self::Garbage
        }
    }

    /// The fault as it is told to the caller.
    pub(super) fn at(self, stage: Stage) -> Unreachable {
        match self {
            Self::Cut => Unreachable::Cut { stage },
            Self::Garbage => Unreachable::Garbage { stage },
            Self::Oversized => Unreachable::Oversized { stage },
            Self::StreamError { condition, text } => Unreachable::StreamError { stage, condition, text },
        }
    }
}

/// The name of the condition in an error element, cut to what may stand in a log.
pub(super) fn condition(error: &Element, namespace: &str) -> String {
    let condition = error.children().find(|child| child.has_ns(namespace) && child.name() != "text");
    let name = condition.map_or("", Element::name);
    let clean: String = name.chars().filter(|c| c.is_ascii_alphabetic() || *c == '-').take(40).collect();
    if clean.is_empty() { "undefined-condition".to_owned() } else { clean }
}
