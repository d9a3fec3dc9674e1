//! The HTTP server, and what every connection has before a request is known: sockets, TLS, the head, time limits.

mod connection;
mod head;
mod listener;
mod other_protocol;
mod places;
mod refusal;
pub mod tls;
mod watched;

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

use self::connection::Front;
use self::listener::Acceptor;
pub use self::listener::listen;
pub(crate) use self::listener::try_listen;
use self::other_protocol::plain_on_tls;
use self::places::Places;
use super::request_guard;
use super::routes::Routes;
use super::services::Services;
use super::setup_mistakes::SetupMistakes;
use crate::model::config::{self, Config};

/// Connections that may be open beside those with a place: they wait for one, or have lost it.
pub(crate) const CONNECTIONS_IN_PASSING: usize = listener::MOST_WAITING + listener::MOST_LEAVING;

/// Connections of the listener that has only the administrators' pages.
pub(crate) const PAGES_CONNECTIONS: usize = 64;

/// Where this file logged before it had its present place; administrators filter by it.
const TARGET: &str = "openfire_provisioner::http";

/// The HTTP server on one listener.
pub struct Server {
    listener: TcpListener,
    front: Arc<Front>,
    places: Places,
    grace: Duration,
}

impl Server {
    /// Makes a server for a listener that is bound already; with `tls` every connection is secured, by what it says when the
    /// connection begins. It serves the administrators' pages too, if they have no listener of their own.
    ///
    /// The secret and the networks of `settings` do not count here: those of [`Services::settings`] do.
    #[must_use]
    pub fn new(
        listener: TcpListener,
        tls: Option<watch::Receiver<Arc<ServerConfig>>>,
        config: &Config,
        services: Services,
    ) -> Self {
        Self::with_routes(listener, tls, config, services, Routes::new)
    }

    /// As [`Server::new`], for the administrators' pages alone.
    #[must_use]
    pub fn for_pages(
        listener: TcpListener,
        tls: Option<watch::Receiver<Arc<ServerConfig>>>,
        config: &Config,
        services: Services,
    ) -> Self {
        let http = config::Http { max_connections: PAGES_CONNECTIONS, ..config.http.clone() };
        let config = Config { http, ..config.clone() };
        Self::with_routes(listener, tls, &config, services, |config, services, mistakes| {
            Routes::for_pages(config, &services, mistakes)
        })
    }

    fn with_routes(
        listener: TcpListener,
        tls: Option<watch::Receiver<Arc<ServerConfig>>>,
        config: &Config,
        services: Services,
        routes: impl FnOnce(&Config, Services, &Arc<SetupMistakes>) -> Routes,
    ) -> Self {
        let settings = &config.http;
        let metrics = Arc::clone(&services.metrics);
        metrics.outcomes(request_guard::outcomes());
        let mistakes = Arc::new(SetupMistakes::new(Arc::clone(&metrics)));
        let (most, patience) = (settings.max_connections, settings.read_timeout);
        let places = Places::new(most, patience, settings.trusted_proxies.clone(), Arc::clone(&metrics));
        let front = Front {
            tls,
            recorder: services.recorder.clone(),
            routes: routes(config, services, &mistakes),
            plain_on_tls: {
                let mistakes = Arc::clone(&mistakes);
                Routes::to_one_answer(move |arrival, headers| plain_on_tls(&mistakes, arrival, headers))
            },
            mistakes,
            read_timeout: settings.read_timeout,
            keep_alive: settings.keep_alive,
        };
        Self { listener, front: Arc::new(front), places, grace: config.limits.shutdown_grace }
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
        let mut acceptor = Acceptor::new(self.listener, self.places.clone(), self.front.read_timeout);
        let mut shutdown = pin!(shutdown);
        loop {
            tokio::select! {
                () = &mut shutdown => break,
                Some(ended) = connections.join_next() => report(ended),
                (stream, peer, place) = acceptor.accept() => {
                    let number = place.number();
                    let serve = connection::serve(stream, peer, place, Arc::clone(&self.front), stopped.clone());
                    self.places.attach(number, connections.spawn(serve));
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
                target: TARGET,
                { connections.open = connections.len() },
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
        tracing::error!(target: TARGET, "an HTTP connection ended by a panic");
    }
}
