//! The servers that the tests and benches of openfire-provisioner run against, and nothing of the service itself.
//!
//! Real servers, which end with the test run however that ends:
//!
//! - [`openfire`]: Openfire 4.2.0 from its Maven artifacts, headless.
//! - [`prosody`]: Prosody, the second XMPP server.
//! - [`coturn`]: a TURN server and its own client.
//! - [`slapd`]: an LDAP directory, for an Openfire that keeps no users of its own.
//! - [`jdk`]: the JDK's reader of Java properties.
//!
//! Servers that a test plays itself, for what no healthy server does:
//!
//! - [`scripted_peer`]: a client port that plays one script for each connection.
//! - [`component_port`]: a component port that answers queries as its test says.
//! - [`relay`]: stands between a client and a server, and holds connections back.
//!
//! And what they share: the people of all servers ([`seeds`]), child processes ([`process`]), and what is logged
//! meanwhile ([`log`]).
//!
//! Every function panics when its server does not do what a test needs.

#![expect(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::missing_panics_doc,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test ends where its server does not do what it needs"
)]

pub mod component_port;
pub mod coturn;
pub mod jdk;
pub mod log;
pub mod openfire;
pub mod process;
pub mod prosody;
pub mod relay;
pub mod scripted_peer;
pub mod seeds;
pub mod slapd;

use std::path::{Path, PathBuf};

/// A file or folder of this package.
fn asset(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}
