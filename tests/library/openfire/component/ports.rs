//! Ports and TLS settings that do not belong together: each is recognised, and the setting is named.

use std::net::SocketAddr;

use test_servers::openfire::{COMPONENT_SECRET, Openfire, component_name};
use test_servers::scripted_peer::{ScriptedPeer, Step};

use super::setup::{reason, settings, start};

/// Why a component that connects like this is down, in the words of the log.
async fn reported(address: SocketAddr, tls: &str, ca_file: &std::path::Path) -> String {
    let settings = settings(&component_name(), COMPONENT_SECRET, address, &format!("tls = \"{tls}\""));
    reason(&start(&settings, ca_file)).await.to_string()
}

#[tokio::test]
async fn the_port_for_clients_is_recognised() {
    let openfire = Openfire::shared().await;
    for (tls, address) in [("none", openfire.c2s()), ("starttls", openfire.c2s()), ("direct", openfire.c2s_tls())] {
        let reported = reported(address, tls, &openfire.ca_file()).await;
        assert!(reported.contains("not a component port but a port for clients"), "{tls} {address}: {reported}");
        assert!(reported.contains("set `component.port` to the component port"), "{tls} {address}: {reported}");
    }
}

#[tokio::test]
async fn a_port_that_expects_tls_from_the_first_byte_is_recognised() {
    let openfire = Openfire::shared().await;
    for tls in ["none", "starttls"] {
        for address in [openfire.component_tls(), openfire.c2s_tls()] {
            let reported = reported(address, tls, &openfire.ca_file()).await;
            assert!(reported.contains("speaks TLS from the first byte"), "{tls} {address}: {reported}");
            assert!(reported.contains("set `component.tls = \"direct\"`"), "{tls} {address}: {reported}");
        }
    }
}

#[tokio::test]
async fn a_port_that_expects_no_tls_at_first_is_recognised() {
    let openfire = Openfire::shared().await;
    for address in [openfire.component(), openfire.c2s()] {
        let reported = reported(address, "direct", &openfire.ca_file()).await;
        assert!(reported.contains("does not speak TLS"), "{address}: {reported}");
        assert!(reported.contains("or `component.tls = \"starttls\"`"), "{address}: {reported}");
    }
}

/// A port may close behind its alert, or in the middle of it; Openfire's admin console speaks HTTP.
#[tokio::test]
async fn what_is_no_xmpp_at_all_is_recognised_by_its_first_bytes() {
    let web = "HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n";
    let alert = "\u{15}\u{3}\u{3}\u{0}";
    for (tls, first, said, setting) in [
        ("starttls", web, "is a web server", "set `component.port`"),
        ("direct", web, "is a web server", "set `component.port`"),
        ("starttls", alert, "speaks TLS from the first byte", "`component.tls = \"direct\"`"),
    ] {
        let peer = ScriptedPeer::start([vec![Step::Send(first.to_owned()), Step::Cut]]).await;
        let reported = reported(peer.address(), tls, &peer.ca_file()).await;
        assert!(reported.contains(said) && reported.contains(setting), "{tls} {first:?}: {reported}");
    }
}
