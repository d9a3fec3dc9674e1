//! A client's XML stream, element by element, with faults told apart.

use futures::{SinkExt, StreamExt};
use std::time::Duration;
use tokio_xmpp::xmlstream::{ReadError, StreamHeader, Timeouts, XmlStream, initiate_stream};
use xmpp_parsers::jid::DomainRef;
use xmpp_parsers::minidom::Element;
use xmpp_parsers::ns;
use xso::AsXml;

use super::error::Unreachable;
use super::shallow::Shallow;
use super::stage::Stage;
use crate::openfire::connect::Meter;
use crate::openfire::link::Link;

/// A client's XML stream whose headers have been exchanged.
///
/// It sets no time limits; who awaits does. A fault carries the kind of trouble and never what the peer sent.
pub(super) struct ClientStream {
    stream: XmlStream<Shallow, Element>,
    meter: Meter,
}

/// Why nothing more can be read or written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Fault {
    Cut,
    Garbage,
    Oversized,
    StreamError(String),
}

/// The crate's own limits are put out of the way, since every wait here has a deadline.
const NO_TIMEOUTS: Timeouts =
    Timeouts { read_timeout: Duration::from_hours(24), response_timeout: Duration::from_hours(24) };

impl ClientStream {
    /// Sends a stream header and reads the server's (RFC 6120 section 4.2), which may have `limit` bytes.
    pub(super) async fn open(link: Link, domain: &DomainRef, limit: u64) -> Result<Self, Fault> {
        let meter = link.meter().clone();
        meter.allow(limit);
        let header = StreamHeader { to: Some(domain.as_str().into()), ..StreamHeader::default() };
        match initiate_stream(Shallow::new(link), ns::JABBER_CLIENT, header, NO_TIMEOUTS).await {
            Ok(pending) => Ok(Self { stream: pending.skip_features(), meter }),
            Err(error) => Err(Fault::of_io(&error, &meter)),
        }
    }

    /// Reads the next element, which may have `limit` bytes; a stream error is a fault.
    pub(super) async fn next(&mut self, limit: u64) -> Result<Element, Fault> {
        self.meter.allow(limit);
        match self.stream.next().await {
            Some(Ok(element)) if element.is("error", ns::STREAM) => {
                Err(Fault::StreamError(condition(&element, ns::XMPP_STREAMS)))
            }
            Some(Ok(element)) => Ok(element),
            Some(Err(ReadError::HardError(error))) => Err(Fault::of_io(&error, &self.meter)),
            Some(Err(ReadError::ParseError(_) | ReadError::SoftTimeout)) => Err(Fault::Garbage),
            Some(Err(ReadError::StreamFooterReceived)) | None => Err(Fault::Cut),
        }
    }

    /// Sends an element at once.
    pub(super) async fn send(&mut self, element: &impl AsXml) -> Result<(), Fault> {
        let outcome = self.stream.send(element).await;
        outcome.map_err(|error| Fault::of_io(&error, &self.meter))
    }

    /// The link, for TLS or a new stream. To be called between elements, that is whenever no `next` is under way.
    pub(super) fn into_link(self) -> Link {
        self.stream.into_inner().into_link()
    }

    /// The link.
    pub(super) fn link(&self) -> &Link {
        self.stream.get_stream().link()
    }

    /// Says goodbye and closes the sending side, without waiting for the server's goodbye.
    pub(super) async fn close(mut self) {
        // The socket is closed anyway; whether the server heard the goodbye makes no difference.
        let _ = tokio::time::timeout(GOODBYE, self.stream.shutdown()).await;
    }
}

/// Time to hand a few bytes to the kernel.
const GOODBYE: Duration = Duration::from_millis(100);

impl Fault {
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
            Self::StreamError(condition) => Unreachable::StreamError { stage, condition },
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
