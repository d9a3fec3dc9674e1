//! Queries of ours that wait for their answers (RFC 6120 section 8.2.3).
//!
//! An answer belongs to a query when both its `id` and its sender fit. A query leaves the table when it is answered,
//! when the link dies, and when its caller stops waiting: the [`Ticket`] takes it out as it is dropped.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use bytes::Bytes;
use tokio::sync::{mpsc, oneshot};
use tokio::time::{Instant, timeout_at};
use xmpp_parsers::jid::{BareJid, DomainPart, Jid};
use xmpp_parsers::minidom::Element;
use xmpp_parsers::ns;
use xmpp_parsers::stanza_error::DefinedCondition;

use super::message::{MessageError, Sent};

/// Why a query brought no result.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum IqError {
    /// The component stream is down, or went down before the answer came.
    #[error("the component stream to the server is down")]
    Disconnected,
    /// No answer in time. Normal for some servers: Openfire never answers about an account that does not exist.
    #[error("the server did not answer in time")]
    TimedOut,
    /// `component.max_pending` queries are waiting already, or the server takes no more bytes.
    #[error("too many queries wait for their answers; the limit is `component.max_pending`")]
    Overloaded,
    /// The other side answered with a stanza error (RFC 6120 section 8.3.3).
    #[error("the server answered with the error {}", name_of(.condition))]
    Stanza {
        /// The defined condition; `UndefinedCondition` when there was none that is known.
        condition: DefinedCondition,
    },
    /// The query holds a character that XML cannot carry.
    #[error("the query holds a character that XML cannot carry")]
    Unsendable,
}

/// A stanza on its way to the writer.
#[derive(Debug)]
pub(super) struct Outbound {
    /// The `id` of a query, to leave it out when its caller has given up; none for a message, which has no answer.
    pub(super) id: Option<String>,
    /// The whole stanza.
    pub(super) stanza: Bytes,
}

/// The table of waiting queries, and the way to the present link.
#[derive(Debug)]
pub(super) struct Pending {
    /// Our own server: an answer without a sender comes from it.
    server: DomainPart,
    /// Most entries in `waiting`.
    limit: usize,
    table: Mutex<Table>,
}

#[derive(Debug, Default)]
struct Table {
    /// Queue of the writer; none while the link is down. Under the same lock as `waiting`, so that a query is either
    /// entered before the link dies, and failed with it, or refused.
    link: Option<mpsc::Sender<Outbound>>,
    waiting: HashMap<String, Waiting>,
    sent: Sent,
}

#[derive(Debug)]
struct Waiting {
    asked: Jid,
    reply: oneshot::Sender<Result<Option<Element>, IqError>>,
}

/// Takes its query out of the table when it is dropped, answered or not.
struct Ticket<'a> {
    pending: &'a Pending,
    id: &'a str,
}

impl Pending {
    /// An empty table without a link; `limit` queries may wait at a time.
    pub(super) fn new(server: DomainPart, limit: usize) -> Self {
        Self { server, limit, table: Mutex::default() }
    }

    /// A link is up: queries go into `link` from now on.
    pub(super) fn connect(&self, link: mpsc::Sender<Outbound>) {
        self.lock().link = Some(link);
    }

    /// The link is lost: every waiting query fails.
    pub(super) fn disconnect(&self) {
        let waiting = {
            let mut table = self.lock();
            table.link = None;
            std::mem::take(&mut table.waiting)
        };
        for entry in waiting.into_values() {
            // A caller that gave up needs no answer.
            drop(entry.reply.send(Err(IqError::Disconnected)));
        }
    }

    /// Sends `stanza`, a query to `asked` with this `id`, and waits for its answer.
    pub(super) async fn ask(
        &self,
        id: String,
        asked: Jid,
        stanza: Bytes,
        deadline: Instant,
    ) -> Result<Option<Element>, IqError> {
        let answer = self.enter(&id, asked, stanza)?;
        let _ticket = Ticket { pending: self, id: &id };
        match timeout_at(deadline, answer).await {
            Ok(Ok(outcome)) => outcome,
            Ok(Err(_)) => Err(IqError::Disconnected),
            Err(_) => Err(IqError::TimedOut),
        }
    }

    fn enter(
        &self,
        id: &str,
        asked: Jid,
        stanza: Bytes,
    ) -> Result<oneshot::Receiver<Result<Option<Element>, IqError>>, IqError> {
        let mut table = self.lock();
        let link = table.link.as_ref().ok_or(IqError::Disconnected)?;
        if table.waiting.len() >= self.limit {
            return Err(IqError::Overloaded);
        }
        link.try_send(Outbound { id: Some(id.to_owned()), stanza }).map_err(|error| match error {
            mpsc::error::TrySendError::Full(_) => IqError::Overloaded,
            mpsc::error::TrySendError::Closed(_) => IqError::Disconnected,
        })?;
        let (reply, answer) = oneshot::channel();
        table.waiting.insert(id.to_owned(), Waiting { asked, reply });
        Ok(answer)
    }

    /// Sends `stanza`, a message to `to` with this `id`, which has no answer.
    pub(super) fn tell(&self, id: String, to: BareJid, stanza: Bytes) -> Result<(), MessageError> {
        let mut table = self.lock();
        let link = table.link.as_ref().ok_or(MessageError::Disconnected)?;
        link.try_send(Outbound { id: None, stanza }).map_err(|error| match error {
            mpsc::error::TrySendError::Full(_) => MessageError::Overloaded,
            mpsc::error::TrySendError::Closed(_) => MessageError::Disconnected,
        })?;
        table.sent.push(id, to);
        Ok(())
    }

    /// A message came back as an error. Says to whom it could not be delivered and why, when it is one of ours.
    pub(super) fn bounced(&self, message: &Element) -> Option<(BareJid, String)> {
        let to = self.lock().sent.take(message.attr("id")?)?;
        Some((to, name_of(&condition_of(message))))
    }

    /// Whether the query with this `id` still waits for its answer.
    pub(super) fn is_wanted(&self, id: &str) -> bool {
        self.lock().waiting.contains_key(id)
    }

    /// Gives an IQ of type `result` or `error` to the query that it answers. It is dropped when there is none.
    pub(super) fn settle(&self, mut answer: Element) {
        let Some(id) = answer.attr("id") else { return };
        let entry = {
            let mut table = self.lock();
            match table.waiting.get(id) {
                Some(entry) if self.is_from(answer.attr("from"), &entry.asked) => table.waiting.remove(id),
                _ => None,
            }
        };
        let Some(entry) = entry else { return };
        let outcome = if answer.attr("type") == Some("error") {
            Err(IqError::Stanza { condition: condition_of(&answer) })
        } else {
            Ok(answer.unshift_child())
        };
        drop(entry.reply.send(outcome));
    }

    /// Whether an answer with this sender can be from `asked`: the very JID that was asked (RFC 6120 section 8.1.2.1),
    /// where no sender at all means our own server.
    fn is_from(&self, sender: Option<&str>, asked: &Jid) -> bool {
        match sender {
            None => asked.as_str() == self.server.as_str(),
            Some(sender) => sender == asked.as_str() || Jid::new(sender).is_ok_and(|sender| sender == *asked),
        }
    }

    fn lock(&self) -> MutexGuard<'_, Table> {
        // The table is whole after every statement, so a panic elsewhere leaves nothing half done.
        self.table.lock().unwrap_or_else(PoisonError::into_inner)
    }

    #[cfg(test)]
    pub(super) fn len(&self) -> usize {
        self.lock().waiting.len()
    }
}

impl Drop for Ticket<'_> {
    fn drop(&mut self) {
        self.pending.lock().waiting.remove(self.id);
    }
}

fn condition_of(answer: &Element) -> DefinedCondition {
    answer
        .children()
        .filter(|child| child.is("error", ns::DEFAULT_NS))
        .flat_map(Element::children)
        .filter(|child| child.has_ns(ns::XMPP_STANZAS))
        .find_map(|child| DefinedCondition::try_from(child.clone()).ok())
        .unwrap_or(DefinedCondition::UndefinedCondition)
}

fn name_of(condition: &DefinedCondition) -> String {
    Element::from(condition.clone()).name().to_owned()
}
