//! What every connection has, before a request is known: sockets, TLS, the head of a request, time limits.

pub(super) mod connection;
pub(super) mod head;
pub(super) mod listener;
pub(super) mod other_protocol;
pub mod tls;
