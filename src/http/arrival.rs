//! Where and when a request came in.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicU64, Ordering};

use tokio::time::Instant;
use tracing::Span;

/// Numbers the requests of this process.
static REQUESTS: AtomicU64 = AtomicU64::new(0);

/// Where and when a request came in; travels in the request's extensions.
#[derive(Debug, Clone, Copy)]
pub(super) struct Arrival {
    /// The number of the request, counted from 1 in each process.
    pub(super) id: u64,
    /// The other end of the connection.
    pub(super) peer: SocketAddr,
    /// When the head was complete.
    pub(super) at: Instant,
}

impl Arrival {
    /// A request whose head is complete now.
    pub(super) fn now(peer: SocketAddr) -> Self {
        let id = REQUESTS.fetch_add(1, Ordering::Relaxed) + 1;
        Self { id, peer, at: Instant::now() }
    }

    /// The span that is entered around all work for the request, so that each line of the log names the request.
    ///
    /// It has the level of errors, since lines of any level can belong to it.
    pub(super) fn span(&self) -> Span {
        tracing::error_span!(target: "openfire_provisioner", "request", id = self.id)
    }
}
