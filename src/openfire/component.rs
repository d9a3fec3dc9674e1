//! The component stream (XEP-0114): one connection that is kept up, for queries about any account and for the queries of
//! others to us.
//!
//! 1. Connect, and secure the connection as `component.tls` says.
//! 2. Open the stream and prove that we know the secret.
//! 3. Send our queries and match their answers, hand out the queries of others, keep the stream alive.
//! 4. When it is lost, fail the waiting queries, and begin again after a growing pause.

mod connector;
mod error;
mod inbound;
mod iq;
mod keepalive;
mod loss;
mod message;
mod open;
mod serve;
mod stream;
mod supervisor;

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite};
use tokio::sync::watch;
use tokio::time::{Instant, timeout_at};
use xmpp_parsers::jid::{BareJid, DomainPart, Jid};
use xmpp_parsers::minidom::Element;

use self::connector::Connector;
pub use self::error::{ComponentError, StartError};
pub use self::inbound::{InboundIq, InboundIqs, Responder, stanza_error};
pub use self::iq::IqError;
use self::iq::Pending;
pub use self::loss::Loss;
pub use self::message::MessageError;
use self::open::ComponentNames;
use self::serve::ServeContext;
use self::stream::stanza;
pub use self::stream::stanza::IqKind;
pub use self::supervisor::ComponentState;
use self::supervisor::{Accepted, Pauses, Supervisor};
use crate::model::config;

/// The handle to the component stream; clones share it.
///
/// The stream ends with [`Component::shutdown`], or when the last handle is dropped.
#[derive(Debug, Clone)]
pub struct Component {
    pending: Arc<Pending>,
    name: DomainPart,
    /// Time that one query may take.
    iq_timeout: Duration,
    epoch: Arc<AtomicU64>,
    state: watch::Receiver<ComponentState>,
    stop: Arc<watch::Sender<Option<Instant>>>,
}

impl Component {
    /// Spawns the one task that keeps the stream up, inside a run time of tokio, and gives the queue of the IQs that others
    /// send to the component. Without a receiver, the
    /// component answers each of them `service-unavailable`.
    ///
    /// It returns at once; [`Component::state`] shows how connecting goes.
    ///
    /// # Errors
    ///
    /// [`StartError`] for settings that no server can satisfy.
    pub fn start(settings: &config::Component, openfire: &config::Openfire) -> Result<(Self, InboundIqs), StartError> {
        let names = names(&settings.name, &openfire.domain)?;
        let connector = Arc::new(Connector::new(settings, openfire, names.clone())?);
        Ok(Self::spawn(settings, names, move || {
            let connector = Arc::clone(&connector);
            async move { connector.connect().await }
        }))
    }

    /// The component's name on the server, which is its JID.
    #[must_use]
    pub fn name(&self) -> &DomainPart {
        &self.name
    }

    /// Whether the stream is up, now and at every change.
    #[must_use]
    pub fn state(&self) -> watch::Receiver<ComponentState> {
        self.state.clone()
    }

    /// How the connecting ended: connected, or down; none when there is no outcome by `deadline`.
    ///
    /// A server that turns the component away without a reason is given a second chance, after the pause that the component
    /// makes anyway: Openfire 5.2 does so to one connection in four to eight, for an error of its own (seen).
    pub async fn settled(&self, deadline: Instant) -> Option<ComponentState> {
        let mut states = self.state();
        let mut settled = None;
        for _ in 0..2 {
            let outcome = async {
                states
                    .wait_for(|state| !matches!(state, ComponentState::Connecting))
                    .await
                    .ok()
                    .map(|state| state.clone())
            };
            let Ok(Some(state)) = timeout_at(deadline, outcome).await else { break };
            let is_unexplained = matches!(&state, ComponentState::Down { reason, .. }
                if matches!(**reason, ComponentError::NotAdmitted { .. }));
            settled = Some(state);
            // Every attempt that fails is published, also when its reason is the same.
            if !is_unexplained || !matches!(timeout_at(deadline, states.changed()).await, Ok(Ok(()))) {
                break;
            }
        }
        settled
    }

    /// How often the stream has been up; what was learned about the server under an older number may be out of date.
    #[must_use]
    pub fn epoch(&self) -> u64 {
        self.epoch.load(Ordering::Acquire)
    }

    /// Asks `to` (an IQ of type `get`). Ok is the first child of the result, or None when it is empty.
    ///
    /// Waits until `deadline`, and no longer than `component.iq_timeout`. Dropping the future gives the query up.
    pub async fn get(&self, to: Jid, payload: Element, deadline: Instant) -> Result<Option<Element>, IqError> {
        self.ask(IqKind::Get, to, payload, deadline).await
    }

    /// Asks `to` to change something or to run a command (an IQ of type `set`); otherwise like [`Component::get`].
    ///
    /// A query that was given up or timed out may have taken effect all the same.
    pub async fn set(&self, to: Jid, payload: Element, deadline: Instant) -> Result<Option<Element>, IqError> {
        self.ask(IqKind::Set, to, payload, deadline).await
    }

    /// Sends a chat message from the component itself to an account (RFC 6121 section 5.2.2). It waits for nothing: `Ok` means
    /// that the message is on its way to the server. One that the server cannot deliver is logged.
    ///
    /// # Errors
    ///
    /// [`MessageError`]; then nothing is sent, now or later.
    pub fn tell(&self, to: &BareJid, text: &str) -> Result<(), MessageError> {
        if text.len() > message::MOST_TEXT {
            return Err(MessageError::Unsendable);
        }
        let id = stanza::random_id();
        let message = message::chat(&id, &self.name, to, text);
        let bytes = stanza::encode(&message).map_err(|_| MessageError::Unsendable)?;
        self.pending.tell(id, to.clone(), bytes)
    }

    /// Ends the stream: the footer, then the server's, by `deadline` at the latest.
    pub async fn shutdown(&self, deadline: Instant) {
        self.stop.send_replace(Some(deadline));
        let mut state = self.state();
        // An error of `changed` is the end of the task.
        drop(timeout_at(deadline, async { while state.changed().await.is_ok() {} }).await);
    }

    /// Spawns the task over `connect`, which makes one attempt with time limits of its own.
    fn spawn<C, F, R, W>(settings: &config::Component, names: ComponentNames, connect: C) -> (Self, InboundIqs)
    where
        C: FnMut() -> F + Send + 'static,
        F: Future<Output = Result<Accepted<R, W>, ComponentError>> + Send + 'static,
        R: AsyncRead + Unpin + Send + Sync + 'static,
        W: AsyncWrite + Unpin + Send + Sync + 'static,
    {
        let (queue, inbound) = inbound::queue(names.clone());
        let context = ServeContext::new(names, queue, settings);
        let pending = Arc::new(Pending::new(context.names.domain.clone(), settings.max_pending));
        let epoch = Arc::new(AtomicU64::new(0));
        let (state, states) = watch::channel(ComponentState::Connecting);
        let (stop, stops) = watch::channel(None);
        let name = context.names.name.clone();
        let supervisor = Supervisor {
            context,
            pending: Arc::clone(&pending),
            epoch: Arc::clone(&epoch),
            state,
            stop: stops,
            queue: settings.max_pending.max(1),
            pauses: Pauses::new(),
        };
        tokio::spawn(supervisor.run(connect));
        let stop = Arc::new(stop);
        (Self { pending, name, iq_timeout: settings.iq_timeout, epoch, state: states, stop }, inbound)
    }

    async fn ask(
        &self,
        kind: IqKind,
        to: Jid,
        payload: Element,
        deadline: Instant,
    ) -> Result<Option<Element>, IqError> {
        let id = stanza::random_id();
        let query = stanza::query(kind, &id, &self.name, &to, payload);
        let bytes = stanza::encode(&query).map_err(|_| IqError::Unsendable)?;
        self.pending.ask(id, to, bytes, deadline.min(Instant::now() + self.iq_timeout)).await
    }
}

/// The component's name must lie below the domain: Openfire puts the domain behind any other name.
fn names(name: &str, domain: &DomainPart) -> Result<ComponentNames, StartError> {
    let refused = || StartError::Name { name: name.to_owned(), domain: domain.clone() };
    let parsed = config::Component::domain_below(name, domain).ok_or_else(refused)?;
    Ok(ComponentNames { name: parsed, domain: domain.clone() })
}

#[cfg(test)]
mod tests;
