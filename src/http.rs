//! The HTTP front: a client's form comes in, the provisioning text or one line of error goes out.
//!
//! The way of a request (RFC 9110, RFC 9112; what a Jitsi client makes of each answer decides the rest):
//! 1. A connection is accepted at once and gets one of the `http.max_connections` places, if need be that of one that waits, and
//!    is secured where a certificate is set. One that speaks the other protocol is noticed by its first byte.
//! 2. The head must arrive within `http.read_timeout`; from then on `limits.request_deadline` runs.
//! 3. Host and transfer coding, path, method, the client's network, the body, and the shared secret are checked, in this order.
//! 4. User name and password come from the form, or from HTTP Basic (RFC 7617) when no such field came.
//! 5. The provisioner of the [`Services`] makes the text. It is sent with its length and, as far as the socket takes it, in one write:
//!    a Jitsi 2.10 applies the part of a text that breaks off.
//! 6. What is known of the request, without query, body, header or password, is handed over as a
//!    [`RequestRecord`](crate::model::request::RequestRecord) for the log and the metrics.
//!
//! All of it runs in the request's tracing span. Only `routes` knows the router (warp); other files use the types of the
//! `http` crate.
//!
//! No answer to a client ever redirects: a client either ignores that or repeats the request without its fields. When the
//! client goes away its request is dropped, and with it everything that was done for it.
//!
//! The administrators' pages (`admin`) are for browsers, and share with the rest only what every connection has.

mod access;
mod admin;
mod answer;
mod arrival;
mod client_address;
mod error_strings;
mod gzip;
mod monitoring;
mod provisioning;
mod request_guard;
mod routes;
pub mod server;
mod services;
mod setup_mistakes;
mod updates;
mod write_deadline;
mod wrong_path;

pub use self::error_strings::ERROR_STRINGS;
pub(crate) use self::monitoring::{COMPONENT_HEADER, COMPONENT_LINE};
pub(crate) use self::server::{CONNECTIONS_IN_PASSING, PAGES_CONNECTIONS, try_listen};
pub use self::server::{Server, listen};
pub use self::services::Services;
pub(crate) use self::updates::DOWNLOADS_WAITING;
