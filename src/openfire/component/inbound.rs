//! IQs that others send us: handed out to the part of the service that answers them, and answered exactly once each
//! (RFC 6120 section 8.2.3).
//!
//! 1. [`Unanswered::take`] puts a well-formed request into the queue behind [`InboundIqs`].
//! 2. The service takes it from there and calls its [`Responder`].
//! 3. [`Unanswered::next`] gives the stanza that answers it: the service's answer, or `service-unavailable` when the item
//!    was dropped, found no room in the queue, or was not answered in time.
//!
//! What is unanswered belongs to one link. When the link is lost, its answers go nowhere: they would reach the server under
//! an id that it no longer knows.

use std::collections::BTreeMap;
use std::pin::Pin;
use std::time::Duration;

use bytes::Bytes;
use futures::StreamExt;
use futures::stream::FuturesUnordered;
use tokio::sync::{mpsc, oneshot};
use tokio::time::timeout;
use xmpp_parsers::iq::Iq;
use xmpp_parsers::jid::{BareJid, Jid};
use xmpp_parsers::minidom::Element;
use xmpp_parsers::stanza_error::{DefinedCondition, ErrorType, StanzaError};

use super::open::ComponentNames;
use super::stream::stanza::{self, IqKind};

/// Most requests that may be unanswered at a time.
pub(super) const MAX_UNANSWERED: usize = 256;
/// Most bytes that they may have on the wire, together. In memory an element takes some 200 bytes where `<a/>` has four.
pub(super) const MAX_UNANSWERED_BYTES: usize = 256 * 1024;
/// Time for an answer.
pub(super) const ANSWER_LIMIT: Duration = Duration::from_secs(30);

/// The queue of IQs that others send to the component, and that the service has to answer.
///
/// At most 256 of them, with 256 KiB on the wire, are unanswered at a time; the others are answered `service-unavailable` at
/// once. So is every one without a receiver, and one that is not answered within 30 s.
#[derive(Debug)]
pub struct InboundIqs(mpsc::Receiver<InboundIq>);

/// An IQ of type `get` or `set` that was sent to the component, or to an address below it.
#[derive(Debug)]
pub struct InboundIq {
    /// The sender, as the server gives it; the server itself where it gives none.
    pub from: Jid,
    /// The address that was asked; its domain is the component's name.
    pub to: Jid,
    /// The sender's id for it.
    pub id: String,
    /// Whether it asks for something or changes something.
    pub kind: IqKind,
    /// Its one child.
    pub payload: Element,
    /// Answers it.
    pub responder: Responder,
}

/// Answers one IQ, in the name of the address that was asked. Dropping it answers `service-unavailable`.
#[derive(Debug)]
pub struct Responder(oneshot::Sender<IqResult>);

/// A result, which may be empty, or an error.
type IqResult = Result<Option<Element>, Box<StanzaError>>;

/// Ends with the answer, at the limit at the latest.
type Answered = Pin<Box<dyn Future<Output = (Envelope, IqResult)> + Send>>;

/// The component's end of the queue, and our names, to check addresses against.
#[derive(Debug)]
pub(super) struct InboundQueue {
    sender: mpsc::Sender<InboundIq>,
    names: ComponentNames,
}

/// The requests of one link that have no answer yet.
#[derive(Debug)]
pub(super) struct Unanswered<'q> {
    queue: &'q InboundQueue,
    waiting: FuturesUnordered<Answered>,
    bytes: usize,
}

/// What an answer needs to find its way.
#[derive(Debug)]
struct Envelope {
    id: String,
    /// The address that was asked.
    from: Jid,
    /// The sender of the request.
    to: Jid,
    /// Bytes of the request on the wire.
    size: usize,
}

impl InboundIqs {
    /// The next request that can still be answered; none when the component has ended.
    pub async fn next(&mut self) -> Option<InboundIq> {
        loop {
            let iq = self.0.recv().await?;
            // The link may be lost by now, or the time be up.
            if !iq.responder.0.is_closed() {
                return Some(iq);
            }
        }
    }
}

impl Responder {
    /// Answers with a result, which may be empty.
    pub fn result(self, payload: Option<Element>) {
        self.send(Ok(payload));
    }

    /// Answers with a stanza error (RFC 6120 section 8.3).
    pub fn error(self, error: StanzaError) {
        self.send(Err(Box::new(error)));
    }

    fn send(self, outcome: IqResult) {
        // The link may be lost by now.
        drop(self.0.send(outcome));
    }
}

/// The queue: the component's end, and the one for the service.
pub(super) fn queue(names: ComponentNames) -> (InboundQueue, InboundIqs) {
    let (sender, receiver) = mpsc::channel(MAX_UNANSWERED);
    (InboundQueue { sender, names }, InboundIqs(receiver))
}

/// A stanza error with the type that RFC 6120 section 8.3.3 gives its condition. It has no text: the language is for the other
/// side to choose.
#[must_use]
pub fn stanza_error(condition: DefinedCondition) -> StanzaError {
    let type_ = match condition {
        DefinedCondition::BadRequest
        | DefinedCondition::JidMalformed
        | DefinedCondition::NotAcceptable
        | DefinedCondition::PolicyViolation => ErrorType::Modify,
        DefinedCondition::Forbidden | DefinedCondition::NotAuthorized | DefinedCondition::RegistrationRequired => {
            ErrorType::Auth
        }
        DefinedCondition::RecipientUnavailable | DefinedCondition::ResourceConstraint => ErrorType::Wait,
        _ => ErrorType::Cancel,
    };
    StanzaError { type_, by: None, defined_condition: condition, texts: BTreeMap::new(), other: None }
}

impl<'q> Unanswered<'q> {
    /// Nothing is unanswered on a new link.
    pub(super) fn new(queue: &'q InboundQueue) -> Self {
        Self { queue, waiting: FuturesUnordered::new(), bytes: 0 }
    }

    /// Takes an IQ of `size` bytes that is no answer. Gives the answer when it can only be an error; otherwise it comes from
    /// [`Self::next`].
    ///
    /// One without an id, or whose sender has no valid address, cannot be answered and is ignored.
    pub(super) fn take(&mut self, mut iq: Element, size: usize) -> Option<Bytes> {
        let names = &self.queue.names;
        let id = iq.attr("id")?.to_owned();
        let sender = Jid::new(iq.attr("from").unwrap_or(names.domain.as_str())).ok()?;
        let own = own_address(&iq, names);
        let is_to_us = own.is_some();
        let own = own.unwrap_or_else(|| BareJid::from_parts(None, &names.name).into());
        let envelope = Envelope { id, from: own, to: sender, size };
        let kind = match iq.attr("type") {
            Some("get") => Some(IqKind::Get),
            Some("set") => Some(IqKind::Set),
            _ => None,
        };
        // Section 8.2.3, rules 2 and 4: no such type, or not one child.
        let (Some(kind), 1, Some(payload)) = (kind, iq.children().count(), iq.unshift_child()) else {
            return envelope.seal(Err(Box::new(stanza_error(DefinedCondition::BadRequest))));
        };
        let is_full = self.waiting.len() >= MAX_UNANSWERED || self.bytes + size > MAX_UNANSWERED_BYTES;
        if !is_to_us || is_full {
            return envelope.seal(Err(unavailable()));
        }
        self.hand_out(envelope, kind, payload);
        None
    }

    fn hand_out(&mut self, envelope: Envelope, kind: IqKind, payload: Element) {
        let (responder, answer) = oneshot::channel();
        let iq = InboundIq {
            from: envelope.to.clone(),
            to: envelope.from.clone(),
            id: envelope.id.clone(),
            kind,
            payload,
            responder: Responder(responder),
        };
        // An item that finds no room is dropped here, and so answered like any other that is dropped.
        drop(self.queue.sender.try_send(iq));
        self.bytes += envelope.size;
        self.waiting.push(Box::pin(async move {
            let answer = timeout(ANSWER_LIMIT, answer).await;
            (envelope, answer.ok().and_then(Result::ok).unwrap_or_else(|| Err(unavailable())))
        }));
    }

    /// The next answer; none while nothing is unanswered, or when it cannot be written. Dropping the future loses nothing.
    pub(super) async fn next(&mut self) -> Option<Bytes> {
        let (envelope, outcome) = self.waiting.next().await?;
        self.bytes -= envelope.size;
        envelope.seal(outcome)
    }

    /// Whether [`Self::next`] has anything to wait for.
    pub(super) fn is_empty(&self) -> bool {
        self.waiting.is_empty()
    }
}

impl Envelope {
    /// The stanza. An answer that XML cannot carry becomes `internal-server-error`.
    fn seal(&self, outcome: IqResult) -> Option<Bytes> {
        let bytes = stanza::encode(&self.stanza(outcome));
        let error = || Box::new(stanza_error(DefinedCondition::InternalServerError));
        // This repeats only what came in as XML.
        bytes.or_else(|_| stanza::encode(&self.stanza(Err(error())))).ok()
    }

    fn stanza(&self, outcome: IqResult) -> Element {
        let (id, from, to) = (self.id.clone(), Some(self.from.clone()), Some(self.to.clone()));
        match outcome {
            Ok(payload) => Iq::Result { from, to, id, payload },
            Err(error) => Iq::Error { from, to, id, error: *error, payload: None },
        }
        .into()
    }
}

/// The address that was asked, when it is one of ours; the component's name when there is none. An answer from another
/// address would not be recognised, and would be a stanza in another's name.
fn own_address(iq: &Element, names: &ComponentNames) -> Option<Jid> {
    match iq.attr("to") {
        None => Some(BareJid::from_parts(None, &names.name).into()),
        Some(to) => Jid::new(to).ok().filter(|to| to.domain().as_str() == names.name.as_str()),
    }
}

fn unavailable() -> Box<StanzaError> {
    Box::new(stanza_error(DefinedCondition::ServiceUnavailable))
}

#[cfg(test)]
impl InboundIq {
    /// A request, and what it is answered; none when it was dropped.
    pub(crate) fn sample(to: &str, kind: IqKind, payload: Element) -> (Self, impl Future<Output = Option<IqResult>>) {
        let (responder, answer) = oneshot::channel();
        let jid = |text| Jid::new(text).unwrap();
        let (from, to, id) = (jid("component.example.test"), jid(to), "570-1".to_owned());
        (Self { from, to, id, kind, payload, responder: Responder(responder) }, async { answer.await.ok() })
    }
}

#[cfg(test)]
impl InboundIqs {
    /// A queue that a test fills.
    pub(crate) fn from_receiver(receiver: mpsc::Receiver<InboundIq>) -> Self {
        Self(receiver)
    }
}
