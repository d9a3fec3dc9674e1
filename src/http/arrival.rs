//! Where and when a request came in.

use std::net::SocketAddr;

use tokio::time::Instant;

/// Where and when a request came in; travels in the request's extensions.
#[derive(Debug, Clone, Copy)]
pub(in crate::http) struct Arrival {
    /// The other end of the connection.
    pub(in crate::http) peer: SocketAddr,
    /// When the head was complete.
    pub(in crate::http) at: Instant,
}
