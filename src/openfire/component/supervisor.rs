//! Keeps the link up: connects, serves, pauses, and begins again.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite};
use tokio::sync::{mpsc, watch};
use tokio::time::{Instant, sleep};
use tracing::{Instrument, Span, debug, error_span, info, warn};

use super::error::ComponentError;
use super::iq::Pending;
use super::serve::{ServeContext, Stop, serve};
use super::stream::Stream;
use crate::model::backoff::{Backoff, BackoffError};

/// The module's path of old, by which administrators filter the log.
const TARGET: &str = "openfire_provisioner::openfire::component::keeper";

/// After a link that was up for this long, the pauses begin again at the shortest.
const STEADY: Duration = Duration::from_secs(10);

/// Whether the component stream is up.
#[derive(Debug, Clone)]
pub enum ComponentState {
    /// The first attempt is under way.
    Connecting,
    /// The server has accepted the component.
    Connected {
        /// When the link came up.
        since: Instant,
    },
    /// Not up. The next attempt is under way or comes automatically, unless the reason is [`ComponentError::Stopped`].
    Down {
        /// What the last attempt, or the link before it, ended with.
        reason: Arc<ComponentError>,
        /// When it was lost, or when the first attempt failed; further attempts do not change it.
        since: Instant,
        /// How many attempts to connect have failed since then.
        attempts: u32,
    },
}

/// A stream after a handshake that the server has accepted.
#[derive(Debug)]
pub(super) struct Accepted<R, W> {
    pub(super) stream: Stream<R, W>,
    /// Address and TLS, for the log.
    pub(super) peer: String,
}

/// Keeps the link up.
#[derive(Debug)]
pub(super) struct Supervisor {
    pub(super) context: ServeContext,
    pub(super) pending: Arc<Pending>,
    /// Counts the links.
    pub(super) epoch: Arc<AtomicU64>,
    pub(super) state: watch::Sender<ComponentState>,
    pub(super) stop: Stop,
    /// Queries that may wait for the writer.
    pub(super) queue: usize,
    pub(super) pauses: Pauses,
}

/// The two pauses.
#[derive(Debug)]
pub(super) struct Pauses {
    /// After a loss, and while the server is away: short, since this ends without us.
    lost: Backoff,
    /// After a refusal: long, since it takes an administrator to end it.
    refused: Backoff,
}

impl Supervisor {
    /// Runs until `stop` says so. `connect` makes one attempt, with time limits of its own.
    pub(super) async fn run<C, F, R, W>(mut self, mut connect: C)
    where
        C: FnMut() -> F,
        F: Future<Output = Result<Accepted<R, W>, ComponentError>>,
        R: AsyncRead + Unpin,
        W: AsyncWrite + Unpin,
    {
        loop {
            let span = self.span();
            let Some(pause) = self.link(&mut connect).instrument(span).await else { break };
            tokio::select! {
                () = sleep(pause) => {}
                _ = self.stop.changed() => break,
            }
        }
        info!(target: TARGET, { component.name = %self.context.names.name }, "component {} stopped", self.context.names.name);
        self.state.send_replace(down(ComponentError::Stopped));
    }

    /// Ties the log lines of a link together, those of the attempts to connect it included. `link` is its number, which is
    /// [`Component::epoch`](super::Component::epoch) while it is up.
    fn span(&self) -> Span {
        let link = self.epoch.load(Ordering::Acquire) + 1;
        // The level of errors, since lines of any level can belong to it.
        error_span!(target: TARGET, "component", link)
    }

    /// One attempt, and the link to its end when it succeeds. Gives the pause before the next; none when `stop` ended it.
    async fn link<C, F, R, W>(&mut self, connect: &mut C) -> Option<Duration>
    where
        C: FnMut() -> F,
        F: Future<Output = Result<Accepted<R, W>, ComponentError>>,
        R: AsyncRead + Unpin,
        W: AsyncWrite + Unpin,
    {
        let attempt = tokio::select! {
            attempt = connect() => attempt,
            _ = self.stop.changed() => return None,
        };
        let reason = match attempt {
            Err(reason) => reason,
            Ok(link) => self.hold(link).await.err()?,
        };
        let pause = self.pauses.after(&reason);
        self.report(reason, pause);
        Some(pause)
    }

    /// Serves one link to its end; Ok when that end was ours.
    async fn hold<R, W>(&mut self, mut link: Accepted<R, W>) -> Result<(), ComponentError>
    where
        R: AsyncRead + Unpin,
        W: AsyncWrite + Unpin,
    {
        let name = &self.context.names.name;
        let since = Instant::now();
        let (queue, mut requests) = mpsc::channel(self.queue);
        self.epoch.fetch_add(1, Ordering::Release);
        self.pending.connect(queue);
        self.state.send_replace(ComponentState::Connected { since });
        info!(target: TARGET, { component.name = %name, component.peer = link.peer }, "component {name} connected to {}", link.peer);
        let end = serve(&mut link.stream, &mut requests, &self.pending, &self.context, &mut self.stop).await;
        self.pending.disconnect();
        if since.elapsed() >= STEADY {
            self.pauses.reset();
        }
        end
    }

    /// Publishes why the link is down, and logs it once: attempts that fail for the same reason again are no news.
    fn report(&self, reason: ComponentError, pause: Duration) {
        let name = &self.context.names.name;
        let before = self.state.borrow().clone();
        let message = reason.to_string();
        let (since, known, attempts) = match &before {
            ComponentState::Down { reason, since, attempts } => {
                (*since, reason.to_string() == message, attempts.saturating_add(1))
            }
            ComponentState::Connecting => (Instant::now(), false, 1),
            ComponentState::Connected { .. } => (Instant::now(), false, 0),
        };
        if known {
            debug!(target: TARGET, { component.name = %name }, "component {name} is still down, next attempt in {:.1} s: {message}", pause.as_secs_f64());
        } else {
            warn!(target: TARGET, { component.name = %name }, "component {name} is down, next attempt in {:.1} s: {message}", pause.as_secs_f64());
        }
        self.state.send_replace(ComponentState::Down { reason: Arc::new(reason), since, attempts });
    }
}

impl Pauses {
    /// The cap of `lost` lets the service be ready within two seconds of the server's return, connecting included.
    pub(super) fn new() -> Self {
        const LOST: Backoff = checked(Backoff::new(Duration::from_millis(100), Duration::from_secs(1)));
        const REFUSED: Backoff = checked(Backoff::new(Duration::from_secs(1), Duration::from_secs(30)));
        Self { lost: LOST, refused: REFUSED }
    }

    fn after(&mut self, reason: &ComponentError) -> Duration {
        if reason.is_refusal() {
            return self.refused.pause();
        }
        if matches!(reason, ComponentError::Unreachable { .. }) {
            // A server that is away comes back as another, maybe with other settings.
            self.refused.reset();
        }
        self.lost.pause()
    }

    fn reset(&mut self) {
        self.lost.reset();
        self.refused.reset();
    }
}

fn down(reason: ComponentError) -> ComponentState {
    ComponentState::Down { reason: Arc::new(reason), since: Instant::now(), attempts: 0 }
}

/// Ends the compilation, not the program, when the numbers above are bad.
#[expect(clippy::panic, reason = "runs at compile time only: all callers are constants")]
const fn checked(backoff: Result<Backoff, BackoffError>) -> Backoff {
    match backoff {
        Ok(backoff) => backoff,
        Err(_) => panic!("bad numbers"),
    }
}
