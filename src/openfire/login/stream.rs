//! A client's XML stream, element by element, with its faults by kind.

mod depth_limited;

use std::io;
use std::task::{Context, Poll};
use std::time::Duration;

use futures::{SinkExt, StreamExt};
use tokio::time::{Instant, timeout_at};
use tokio_xmpp::xmlstream::{ReadError, StreamHeader, Timeouts, XmlStream, initiate_stream};
use xmpp_parsers::jid::DomainRef;
use xmpp_parsers::minidom::Element;
use xmpp_parsers::ns;
use xso::AsXml;

use self::depth_limited::{DepthLimited, Seen};
use super::error::Unreachable;
use super::stage::{Ahead, Stage};
use crate::openfire::connect::ReadLimit;
use crate::openfire::link::Link;
use crate::openfire::server_text::ServerText;

/// A client's XML stream whose headers have been exchanged.
///
/// It sets no time limits; its callers do. A fault carries its kind, and of what the peer sent only the text of a stream error.
pub(super) struct ClientStream {
    /// Boxed, since it is large and is handed from one step of the login to the next.
    stream: Box<XmlStream<DepthLimited, Element>>,
    read_limit: ReadLimit,
    seen: Seen,
    /// Until when the server may stay silent, on a stream that was idle and has had no answer to SASL since; none otherwise.
    first_answer: Option<Instant>,
    /// Of the login, until the server answers to SASL.
    ahead: Option<Ahead>,
}

/// Why nothing more can be read or written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum StreamFault {
    Cut,
    Garbage,
    Oversized,
    Silent,
    StreamError { condition: String, text: Option<ServerText> },
}

/// The crate's own limits are put out of the way, since every wait here has a deadline.
const NO_TIMEOUTS: Timeouts =
    Timeouts { read_timeout: Duration::from_hours(24), response_timeout: Duration::from_hours(24) };

impl ClientStream {
    /// Sends a stream header and reads the server's (RFC 6120 section 4.2), which may have `limit` bytes.
    pub(super) async fn open(link: Link, domain: &DomainRef, limit: u64) -> Result<Self, StreamFault> {
        let read_limit = link.read_limit().clone();
        read_limit.allow(limit);
        let guarded = DepthLimited::new(link);
        let seen = guarded.seen();
        let header = StreamHeader { to: Some(domain.as_str().into()), ..StreamHeader::default() };
        match initiate_stream(guarded, ns::JABBER_CLIENT, header, NO_TIMEOUTS).await {
            Ok(pending) => Ok(Self {
                stream: Box::new(pending.skip_features()),
                read_limit,
                seen,
                first_answer: None,
                ahead: None,
            }),
            // Openfire's component port leaves the version out, without which the crate takes no header.
            Err(_) if seen.is_for_others() => Err(StreamFault::for_others(None)),
            Err(error) => Err(StreamFault::of_io(&error, &read_limit, &seen)),
        }
    }

    /// Begins the stream anew after the login (RFC 6120 section 6.4.6), with `behind` in the same piece as the header.
    pub(super) async fn reopen(self, domain: &DomainRef, behind: &str, limit: u64) -> Result<Self, StreamFault> {
        let mut link = self.into_link();
        link.append_to_next_flush(behind.as_bytes());
        Self::open(link, domain, limit).await
    }

    /// Reads the next element, which may have `limit` bytes; a stream error is a fault.
    pub(super) async fn next(&mut self, limit: u64) -> Result<Element, StreamFault> {
        self.read_limit.allow(limit);
        let next = match self.first_answer {
            None => self.stream.next().await,
            Some(limit) => timeout_at(limit, self.stream.next()).await.map_err(|_| StreamFault::Silent)?,
        };
        match next {
            Some(Ok(element)) if element.is("error", ns::STREAM) => {
                let text = ServerText::in_error(&element, ns::XMPP_STREAMS);
                // Prosody looks for the name first on its component port, and says `host-unknown`.
                if self.seen.is_for_others() {
                    return Err(StreamFault::for_others(text));
                }
                Err(StreamFault::StreamError { condition: condition(&element, ns::XMPP_STREAMS), text })
            }
            Some(Ok(element)) => {
                if element.has_ns(ns::SASL) {
                    self.first_answer = None;
                    if let Some(ahead) = self.ahead.take() {
                        ahead.set(false);
                    }
                }
                Ok(element)
            }
            Some(Err(ReadError::HardError(error))) => Err(StreamFault::of_io(&error, &self.read_limit, &self.seen)),
            Some(Err(ReadError::ParseError(_) | ReadError::SoftTimeout)) => Err(StreamFault::Garbage),
            Some(Err(ReadError::StreamFooterReceived)) | None => Err(StreamFault::Cut),
        }
    }

    /// Lets the server be silent until `limit`, and no longer, before it first answers to SASL.
    pub(super) fn expect_answer_by(&mut self, limit: Instant) {
        self.first_answer = Some(limit);
    }

    /// Whether the stream was idle, and the server has not answered to SASL since: it may be dead.
    pub(super) fn may_be_dead(&self) -> bool {
        self.first_answer.is_some()
    }

    /// Clears `ahead` when the server answers to SASL.
    pub(super) fn clear_when_answered(&mut self, ahead: Ahead) {
        self.ahead = Some(ahead);
    }

    /// Ready when the server ends a stream on which no answer is due, or says anything on it.
    pub(super) fn poll_unasked(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        self.stream.poll_next_unpin(cx).map(drop)
    }

    /// Sends an element at once.
    pub(super) async fn send(&mut self, element: &impl AsXml) -> Result<(), StreamFault> {
        let outcome = self.stream.send(element).await;
        outcome.map_err(|error| StreamFault::of_io(&error, &self.read_limit, &self.seen))
    }

    /// The link, for TLS or a new stream. To be called between elements, that is whenever no `next` is under way.
    pub(super) fn into_link(self) -> Link {
        self.stream.into_inner().into_link()
    }

    pub(super) fn link(&self) -> &Link {
        self.stream.get_stream().link()
    }

    /// Says goodbye and closes the sending side, without waiting for the server's goodbye.
    pub(super) async fn close(mut self) {
        // The socket is closed anyway; whether the server heard the goodbye makes no difference.
        let _ = tokio::time::timeout(GOODBYE, self.stream.shutdown()).await;
    }
}

/// The port takes other streams than those of clients (RFC 6120 section 4.9.3.10).
pub(super) const INVALID_NAMESPACE: &str = "invalid-namespace";
/// Time to hand a few bytes to the kernel.
const GOODBYE: Duration = Duration::from_millis(100);

impl StreamFault {
    /// The port takes other streams than those of clients.
    fn for_others(text: Option<ServerText>) -> Self {
        Self::StreamError { condition: INVALID_NAMESPACE.to_owned(), text }
    }

    fn of_io(error: &io::Error, read_limit: &ReadLimit, seen: &Seen) -> Self {
        use io::ErrorKind::{BrokenPipe, ConnectionAborted, ConnectionReset, NotConnected, UnexpectedEof};
        if read_limit.oversized() || seen.too_many() {
            Self::Oversized
        } else if read_limit.ended()
            || matches!(error.kind(), BrokenPipe | ConnectionAborted | ConnectionReset | NotConnected | UnexpectedEof)
        {
            Self::Cut
        } else {
            Self::Garbage
        }
    }

    /// The fault as an error of the login.
    pub(super) fn at(self, stage: Stage) -> Unreachable {
        match self {
            Self::Cut => Unreachable::Cut { stage },
            Self::Garbage => Unreachable::Garbage { stage },
            Self::Oversized => Unreachable::Oversized { stage },
            Self::Silent => Unreachable::TimedOut { stage },
            Self::StreamError { condition, text } => Unreachable::StreamError { stage, condition, text },
        }
    }
}

/// The name of the condition in an error element, cut to what a log may contain.
pub(super) fn condition(error: &Element, namespace: &str) -> String {
    let condition = error.children().find(|child| child.has_ns(namespace) && child.name() != "text");
    let name = condition.map_or("", Element::name);
    let clean: String = name.chars().filter(|c| c.is_ascii_alphabetic() || *c == '-').take(40).collect();
    if clean.is_empty() { "undefined-condition".to_owned() } else { clean }
}
