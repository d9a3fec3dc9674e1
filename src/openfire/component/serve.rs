//! Serves the open stream: answers, queries and keepalive, all in one task.

use std::time::Duration;

use bytes::Bytes;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::sync::{mpsc, watch};
use tokio::task::coop::consume_budget;
use tokio::time::{Instant, sleep_until, timeout_at};
use xmpp_parsers::jid::{BareJid, DomainPart, Jid};
use xmpp_parsers::minidom::Element;
use xmpp_parsers::ns;
use xmpp_parsers::ping::Ping;

use super::error::ComponentError;
use super::inbound::{InboundQueue, Unanswered};
use super::iq::{Outbound, Pending};
use super::keepalive::{Due, KeepAlive};
use super::loss::Loss;
use super::open::{ComponentNames, check_domain, stream_error};
use super::stream::stanza::{self, IqKind};
use super::stream::{Stream, StreamItem};
use crate::model::config;

/// The target of all lines about the component.
const TARGET: &str = "openfire_provisioner::openfire::component::keeper";

/// Bytes that may wait to be written before no more queries are taken.
const QUERY_BACKLOG: usize = 64 * 1024;
/// Bytes that may wait to be written before the IQs of others are left unanswered: a flood of them must not fill the memory.
const ANSWER_BACKLOG: usize = 256 * 1024;
/// Time for the last words on a stream that is ended by us without a deadline.
const FAREWELL: Duration = Duration::from_millis(500);

/// Pinging more often would be a load and no news.
const SHORTEST_KEEPALIVE: Duration = Duration::from_secs(1);

/// What stays the same from one link to the next.
#[derive(Debug)]
pub(super) struct ServeContext {
    pub(super) names: ComponentNames,
    /// Where the IQs of others go.
    pub(super) inbound: InboundQueue,
    /// Silence before a ping.
    pub(super) keepalive: Duration,
    /// Time for its answer.
    pub(super) patience: Duration,
}

impl ServeContext {
    /// What the settings ask for.
    pub(super) fn new(names: ComponentNames, inbound: InboundQueue, settings: &config::Component) -> Self {
        Self { names, inbound, keepalive: settings.keepalive.max(SHORTEST_KEEPALIVE), patience: settings.iq_timeout }
    }
}

/// A request to end: the time by which it must be done. The channel closes with the last handle of the component.
pub(super) type Stop = watch::Receiver<Option<Instant>>;

/// Serves a stream until it is lost or `stop` says so. The error is why it was lost.
pub(super) async fn serve<R, W>(
    stream: &mut Stream<R, W>,
    requests: &mut mpsc::Receiver<Outbound>,
    pending: &Pending,
    context: &ServeContext,
    stop: &mut Stop,
) -> Result<(), ComponentError>
where
    R: AsyncRead + Unpin,
    W: AsyncWrite + Unpin,
{
    let mut keepalive = KeepAlive::new(context.keepalive, context.patience);
    let mut unanswered = Unanswered::new(&context.inbound);
    loop {
        let wake = match keepalive.due(Instant::now(), stream.reader.heard(), stream.writer.moved()) {
            Due::Later(moment) => moment,
            Due::Ping => {
                stream.writer.push(&ping(context)?);
                continue;
            }
            Due::Dead => return Err(Loss::NoPong(keepalive.limit()).into()),
        };
        tokio::select! {
            // What leaves comes before what arrives: a flood must neither fill the queues nor keep them from being emptied.
            biased;
            _ = stop.changed() => {
                let deadline = stop.borrow().unwrap_or_else(|| Instant::now() + FAREWELL);
                // The stream ends here in any case.
                drop(timeout_at(deadline, farewell(stream)).await);
                return Ok(());
            }
            answer = unanswered.next(), if !unanswered.is_empty() && stream.writer.backlog() < ANSWER_BACKLOG => {
                if let Some(answer) = answer {
                    stream.writer.push(&answer);
                }
            }
            Some(request) = requests.recv(), if stream.writer.backlog() < QUERY_BACKLOG => {
                if request.id.as_deref().is_none_or(|id| pending.is_wanted(id)) {
                    stream.writer.push(&request.stanza);
                }
            }
            drained = stream.writer.drain(), if !stream.writer.is_idle() => drained?,
            item = stream.reader.next() => {
                take(item?, stream, pending, &mut unanswered, context)?;
                // A burst that was read at once must not run ahead of the task that answers it.
                consume_budget().await;
            }
            () = sleep_until(wake) => {}
        }
    }
}

fn take<R, W>(
    item: StreamItem,
    stream: &mut Stream<R, W>,
    pending: &Pending,
    unanswered: &mut Unanswered<'_>,
    context: &ServeContext,
) -> Result<(), ComponentError>
where
    R: AsyncRead + Unpin,
    W: AsyncWrite + Unpin,
{
    let element = match item {
        StreamItem::Element(element) => element,
        StreamItem::Footer | StreamItem::Header(_) => return Err(Loss::Closed.into()),
    };
    if element.is("error", ns::STREAM) {
        return Err(stream_error(&element, &context.names));
    }
    if element.is("message", ns::DEFAULT_NS) && element.attr("type") == Some("error") {
        // Others can send errors too, but not for a message of ours.
        if let Some((to, condition)) = pending.bounced(&element) {
            tracing::warn!(
                target: TARGET,
                { message.to = %to, message.error = condition },
                "the chat message to {to} was not delivered ({condition}); check `admin.notify`"
            );
        }
    }
    if !element.is("iq", ns::DEFAULT_NS) {
        return Ok(());
    }
    if matches!(element.attr("type"), Some("result" | "error")) {
        pending.settle(element);
        return Ok(());
    }
    check_addressee(&element, &context.names)?;
    if stream.writer.backlog() < ANSWER_BACKLOG
        && let Some(answer) = unanswered.take(element, stream.reader.item_size())
    {
        stream.writer.push(&answer);
    }
    Ok(())
}

/// Openfire 5 shows only in the addresses of its queries that it has put its own domain behind our name.
fn check_addressee(iq: &Element, names: &ComponentNames) -> Result<(), ComponentError> {
    let bound = iq.attr("to").and_then(|to| Jid::new(to).ok()).map(|to| to.domain().to_owned());
    match bound {
        Some(bound) if is_below_own_name(&bound, names) => check_domain(Some(bound.as_str()), names),
        _ => Ok(()),
    }
}

fn is_below_own_name(bound: &DomainPart, names: &ComponentNames) -> bool {
    bound.as_str().strip_prefix(names.name.as_str()).is_some_and(|rest| rest.starts_with('.'))
}

/// No query waits for its answer; it is enough that it comes.
fn ping(context: &ServeContext) -> Result<Bytes, ComponentError> {
    let server = Jid::from(BareJid::from_parts(None, &context.names.domain));
    let ping = stanza::query(IqKind::Get, &stanza::random_id(), &context.names.name, &server, Ping.into());
    stanza::encode(&ping).map_err(|_| Loss::NotWellFormed.into())
}

/// RFC 6120 section 4.4: our footer, then whatever still comes until the server's.
async fn farewell<R, W>(stream: &mut Stream<R, W>) -> Result<(), Loss>
where
    R: AsyncRead + Unpin,
    W: AsyncWrite + Unpin,
{
    stream.writer.push(stanza::FOOTER);
    stream.writer.drain().await?;
    while stream.reader.next().await? != StreamItem::Footer {}
    Ok(())
}
