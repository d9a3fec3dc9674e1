//! The HTTP front: a client's form comes in, the provisioning text or one line of error goes out.
//!
//! The way of a request (RFC 9110, RFC 9112; what a Jitsi client makes of each answer decides the rest):
//! 1. A connection is accepted when one of `http.max_connections` is free, and secured where a certificate is set. One that
//!    speaks the other protocol is noticed by its first byte.
//! 2. The head must arrive within `http.read_timeout`; from then on `limits.request_deadline` runs.
//! 3. Host and transfer coding, path, method, the client's network, the body, and the shared secret are checked, in this order.
//! 4. User name and password come from the form, else from HTTP Basic (RFC 7617).
//! 5. The [`Handlers`] make the text. It is sent with its length and, as far as the socket takes it, in one write:
//!    a Jitsi 2.10 applies the part of a text that breaks off.
//! 6. One line is logged, without query, body, header or password.
//!
//! No answer ever redirects: a client either ignores that or repeats the request without its fields. When the client
//! goes away its request is dropped, and with it everything that was done for it.

mod access;
mod answer;
mod client_address;
mod error;
mod handlers;
mod mistakes;
mod monitoring;
mod provisioning;
mod request_log;
mod routes;
pub mod server;
mod updates;
mod wrong_path;

use std::fmt;
use std::io;
use std::net::SocketAddr;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::{JoinError, JoinSet};
use tokio_rustls::rustls::ServerConfig;

pub use self::error::ERROR_STRINGS;
pub use self::handlers::Handlers;
use self::mistakes::Mistakes;
pub(crate) use self::monitoring::readiness::{COMPONENT_HEADER, COMPONENT_LINE};
use self::server::connection::{self, Front};
use self::server::listener::Acceptor;
pub use self::server::listener::listen;
pub(crate) use self::server::listener::try_listen;
use self::server::other_protocol;
pub(crate) use self::updates::DOWNLOADS_WAITING;
use crate::model::config;

/// The HTTP server on one listener.
pub struct Server {
    listener: TcpListener,
    front: Arc<Front>,
    max_connections: usize,
    grace: Duration,
}

impl Server {
    /// Makes a server for a listener that is bound already; with `tls` every connection is secured, by what it says when the
    /// connection begins.
    ///
    /// `settings.secret_file` is not read here: its content is expected in `settings.secret`.
    #[must_use]
    pub fn new(
        listener: TcpListener,
        tls: Option<watch::Receiver<Arc<ServerConfig>>>,
        settings: &config::Http,
        limits: &config::Limits,
        handlers: Handlers,
    ) -> Self {
        let metrics = Arc::clone(handlers.metrics());
        metrics.outcomes(request_log::outcomes());
        let mistakes = Arc::new(Mistakes::new(Arc::clone(&metrics)));
        let front = Front {
            tls,
            metrics,
            routes: routes::routes(settings, limits, handlers, &mistakes),
            plain_on_tls: other_protocol::plain_on_tls(Arc::clone(&mistakes)),
            mistakes,
            read_timeout: settings.read_timeout,
            keep_alive: settings.keep_alive,
        };
        let max_connections = settings.max_connections;
        Self { listener, front: Arc::new(front), max_connections, grace: limits.shutdown_grace }
    }

    /// The address that the listener is bound to.
    pub fn local_addr(&self) -> io::Result<SocketAddr> {
        self.listener.local_addr()
    }

    /// Serves until `shutdown` completes, and then until the requests in flight are answered, at most for
    /// `limits.shutdown_grace`. When it returns, or is dropped, no connection is left.
    pub async fn run(self, shutdown: impl Future<Output = ()>) {
        let (stop, stopped) = watch::channel(false);
        let mut connections = JoinSet::new();
        let mut acceptor = Acceptor::new(self.listener, self.max_connections);
        let mut shutdown = pin!(shutdown);
        loop {
            tokio::select! {
                () = &mut shutdown => break,
                Some(ended) = connections.join_next() => report(ended),
                (stream, peer, permit) = acceptor.accept() => {
                    let serve = connection::serve(stream, peer, Arc::clone(&self.front), stopped.clone());
                    connections.spawn(async move {
                        serve.await;
                        drop(permit);
                    });
                }
            }
        }
        drop(acceptor);
        stop.send_replace(true);
        let drained = async {
            while let Some(ended) = connections.join_next().await {
                report(ended);
            }
        };
        if tokio::time::timeout(self.grace, drained).await.is_err() {
            tracing::warn!(
                connections.open = connections.len(),
                "requests were still running {} s after the stop, their connections are cut",
                self.grace.as_secs()
            );
            connections.shutdown().await;
        }
    }
}

impl fmt::Debug for Server {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Server({:?})", self.listener)
    }
}

fn report(ended: Result<(), JoinError>) {
    if let Err(error) = ended
        && error.is_panic()
    {
        tracing::error!("an HTTP connection ended by a panic");
    }
}
