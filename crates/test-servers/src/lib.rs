//! The servers that the tests and benches of openfire-provisioner run against, and nothing of the service itself.
//!
//! Real servers, which end with the test run however that ends:
//!
//! - [`openfire`]: Openfire 4.2.0 from its Maven artifacts, headless.
//! - [`prosody`]: Prosody, the second XMPP server.
//! - [`coturn`]: a TURN server and its own client.
//! - [`slapd`]: an LDAP directory, for an Openfire that keeps no users of its own.
//! - [`chromium`]: a browser without a screen, and axe-core.
//! - [`fail2ban`]: reads our log and bans.
//! - [`nginx`] and [`haproxy`]: proxies that handle TLS in front of the service.
//! - [`link::dnsmasq`] and [`link::avahi`]: a DHCP server and a responder for multicast DNS, on a host of a link.
//! - [`jdk`]: the JDK's reader of Java properties, and programs with the client's own libraries.
//!
//! Servers that a test plays itself, for what no healthy server does:
//!
//! - [`scripted_peer`]: a client port that plays one script for each connection.
//! - [`component_port`]: a component port that answers queries as its test says.
//! - [`relay`]: stands between a client and a server, and holds connections back.
//! - [`ldap_proxy`]: a proxy between Openfire and its directory, which fails as directories and networks do.
//! - [`web_server`]: a web site of a test: another one than ours.
//! - [`link`]: two hosts on an Ethernet link of their own, for what broadcasts.
//!
//! And what they share: the people of all servers ([`seeds`]), child processes ([`process`]), and what is logged
//! meanwhile ([`log`]).
//!
//! Every function panics when its server does not do what a test needs. With `TEST_SERVERS=scripted` in the environment
//! no real server starts, and a test that asks for one fails with a message by which `scripts/test.sh --quick` tells it
//! from a test that found a fault.

#![expect(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::missing_panics_doc,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test ends where its server does not do what it needs"
)]

pub mod chromium;
pub mod component_port;
pub mod coturn;
pub mod fail2ban;
pub mod haproxy;
pub mod jdk;
pub mod ldap_proxy;
pub mod link;
pub mod log;
pub mod nginx;
pub mod openfire;
pub mod process;
pub mod prosody;
pub mod relay;
pub mod scripted_peer;
pub mod seeds;
pub mod slapd;
pub mod web_server;

use std::path::{Path, PathBuf};

/// Ends a test that needs this real server where none may start. `scripts/test.sh` knows the message.
fn refuse_if_scripted(server: &str) {
    let scripted = std::env::var("TEST_SERVERS").is_ok_and(|servers| servers == "scripted");
    assert!(!scripted, "TEST_SERVERS=scripted: this test needs a real {server}");
}

/// A file or folder of this package.
fn asset(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}
