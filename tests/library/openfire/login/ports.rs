//! Ports that are not what the settings say: each is recognised, and the setting to change is named.

use std::net::SocketAddr;
use std::path::Path;

use openfire_provisioner::openfire::login::{CannotCheck, LoginError, Stage, WrongPort};
use test_servers::openfire::Openfire;
use test_servers::prosody::Prosody;
use test_servers::scripted_peer::text::{CLIENT_HELLO, failure, header, mechanisms, open, secured};
use test_servers::scripted_peer::{ScriptedPeer, Step};

use crate::support::logins::{credentials, login, settings, settings_with_ca, soon};

/// What a login says, and what `check` finds out.
async fn looks(address: SocketAddr, ca_file: &Path, tls: &str) -> [LoginError; 2] {
    let settings = match tls {
        "none" => settings(address, "tls = \"none\""),
        tls => settings_with_ca(address, ca_file, &format!("tls = \"{tls}\"")),
    };
    let login = login(&settings);
    let logged_in = login.authenticate(&credentials("anna", "secret"), soon()).await.err().expect("a failure");
    let probed = login.probe(soon()).await.expect_err("a failure");
    [logged_in, login.diagnose(probed, soon()).await]
}

/// Both are recognised as this, at this stage, and name `settings`.
#[track_caller]
fn assert_all(errors: &[LoginError], like: impl Fn(&WrongPort) -> bool, names: &[&str]) {
    for error in errors {
        let LoginError::CannotCheck(CannotCheck::WrongPort(port)) = error else { panic!("{error:?}: {error}") };
        assert!(like(port), "{port:?}");
        assert!(matches!(error.stage(), Stage::Stream | Stage::Tls), "{error:?}");
        let reported = error.to_string();
        assert!(names.iter().all(|name| reported.contains(name)), "{reported}");
    }
}

#[tokio::test]
async fn a_tls_port_that_is_asked_for_starttls_is_recognised_on_real_servers() {
    let (openfire, prosody) = (Openfire::shared().await, Prosody::shared().await);
    for (address, ca_file) in [(openfire.c2s_tls(), openfire.ca_file()), (prosody.c2s_tls(), prosody.ca_file())] {
        let errors = looks(address, &ca_file, "starttls").await;
        assert_all(&errors[1..], |port| *port == WrongPort::Tls, &["`openfire.tls` to \"direct\"", "`openfire.port`"]);
    }
}

#[tokio::test]
async fn a_starttls_port_that_is_asked_for_direct_tls_is_recognised_on_real_servers() {
    let (openfire, prosody) = (Openfire::shared().await, Prosody::shared().await);
    for (address, ca_file) in [(openfire.c2s(), openfire.ca_file()), (prosody.c2s(), prosody.ca_file())] {
        let errors = looks(address, &ca_file, "direct").await;
        assert_all(
            &errors[1..],
            |port| *port == WrongPort::Clear,
            &["`openfire.tls` to \"starttls\"", "`openfire.port`"],
        );
    }
}

#[tokio::test]
async fn a_component_port_is_recognised_on_real_servers() {
    let (openfire, prosody) = (Openfire::shared().await, Prosody::shared().await);
    for (address, ca_file) in [(openfire.component(), openfire.ca_file()), (prosody.component(), prosody.ca_file())] {
        let errors = looks(address, &ca_file, "starttls").await;
        assert_all(
            &errors,
            |port| matches!(port, WrongPort::NotForClients(_)),
            &["`openfire.port` to the client port"],
        );
        let errors = looks(address, &ca_file, "none").await;
        assert_all(
            &errors,
            |port| matches!(port, WrongPort::NotForClients(_)),
            &["`openfire.port` to the client port"],
        );
    }
}

/// A server's fatal alert `unexpected_message` (RFC 8446 section 6), which is what most send to something that is not TLS.
const ALERT: &str = "\u{15}\u{3}\u{3}\0\u{2}\u{2}\n";

#[tokio::test]
async fn what_the_port_speaks_shows_in_its_first_bytes() {
    let after_header = |text: &str| vec![Step::Expect("<stream:stream"), Step::Send(text.to_owned())];
    let after_hello = |text: &str| vec![Step::Expect(CLIENT_HELLO), Step::Send(text.to_owned())];
    let invalid = header() + "<stream:error><invalid-xml xmlns='urn:ietf:params:xml:ns:xmpp-streams'/></stream:error>";
    let namespace = "<stream:error><invalid-namespace xmlns='urn:ietf:params:xml:ns:xmpp-streams'/><text \
                     xmlns='urn:ietf:params:xml:ns:xmpp-streams'>Components only</text></stream:error>";
    let component = header().replace("jabber:client", "jabber:component:accept") + namespace;
    let http = "HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n";
    for (script, tls, expected) in [
        (after_header(ALERT), "starttls", WrongPort::Tls),
        (after_header(ALERT), "none", WrongPort::Tls),
        (after_hello(&invalid), "direct", WrongPort::Clear),
        (after_hello("</stream:stream>"), "direct", WrongPort::Clear),
        (after_header(http), "starttls", WrongPort::Http),
        (after_hello(http), "direct", WrongPort::Http),
    ] {
        for end in [vec![], vec![Step::Cut]] {
            let peer = ScriptedPeer::start([[script.clone(), end].concat()]).await;
            let errors = looks(peer.address(), &peer.ca_file(), tls).await;
            assert_all(&errors, |port| *port == expected, &["`openfire.port`"]);
            peer.all_closed().await;
        }
    }
    for tls in ["starttls", "none"] {
        let peer = ScriptedPeer::start([after_header(&component)]).await;
        let errors = looks(peer.address(), &peer.ca_file(), tls).await;
        assert_all(
            &errors,
            |port| matches!(port, WrongPort::NotForClients(Some(_))),
            &["`openfire.port`", "\"Components only\""],
        );
    }
}

/// A port that says nothing to what it does not understand, and what it says to the other.
#[tokio::test]
async fn a_port_that_stays_silent_or_hangs_up_is_found_out_by_a_second_look() {
    for end in [vec![], vec![Step::Cut]] {
        let silent = [vec![Step::Expect(">")], end.clone()].concat();
        // A connection that is closed without a byte is tried twice.
        let first = if end.is_empty() { 1 } else { 2 };
        let scripts = std::iter::repeat_n(silent, first).chain([vec![Step::Tls]]);
        let peer = ScriptedPeer::start(scripts).await;
        let login = login(&settings_with_ca(peer.address(), &peer.ca_file(), ""));
        let error =
            login.probe(tokio::time::Instant::now() + std::time::Duration::from_secs(2)).await.expect_err("a failure");
        assert_all(
            &[login.diagnose(error, soon()).await],
            |port| *port == WrongPort::Tls,
            &["`openfire.tls` to \"direct\""],
        );
        peer.all_closed().await;

        let silent = [vec![Step::Expect(CLIENT_HELLO)], end.clone()].concat();
        let scripts = std::iter::repeat_n(silent, first).chain([open("<stream:features/>")]);
        let peer = ScriptedPeer::start(scripts).await;
        let login = self::login(&settings_with_ca(peer.address(), &peer.ca_file(), "tls = \"direct\""));
        let error =
            login.probe(tokio::time::Instant::now() + std::time::Duration::from_secs(2)).await.expect_err("a failure");
        assert_all(
            &[login.diagnose(error, soon()).await],
            |port| *port == WrongPort::Clear,
            &["`openfire.tls` to \"starttls\""],
        );
        peer.all_closed().await;
    }
}

#[tokio::test]
async fn a_port_that_is_right_is_not_suspected() {
    let silent = vec![Step::Expect(">")];
    let peer = ScriptedPeer::start([silent.clone(), silent]).await;
    let login = login(&settings_with_ca(peer.address(), &peer.ca_file(), ""));
    let error =
        login.probe(tokio::time::Instant::now() + std::time::Duration::from_millis(300)).await.expect_err("a failure");
    let error = login.diagnose(error, soon()).await;
    assert!(matches!(error, LoginError::Unreachable(_)), "{error:?}");
}

/// The port is right where TLS came to be; what fails inside it is something else.
#[tokio::test]
async fn a_server_that_fails_inside_tls_is_at_the_right_port() {
    for end in [vec![Step::Cut], vec![Step::Send("220 mail".to_owned())], vec![Step::Flood("<a>", 100_000)]] {
        let mut starttls = secured("");
        starttls.truncate(starttls.len() - open("").len());
        for (tls, before) in [("direct", vec![Step::Tls]), ("starttls", starttls)] {
            let script = [before, vec![Step::Expect("<stream:stream")], end.clone()].concat();
            let peer = ScriptedPeer::start([script]).await;
            for error in looks(peer.address(), &peer.ca_file(), tls).await {
                assert!(matches!(error, LoginError::Unreachable(_)), "{tls}, {end:?}: {error:?}");
                assert_eq!(error.stage(), Stage::Sasl, "{tls}, {end:?}: {error:?}");
            }
            peer.all_closed().await;
        }
    }
}

/// What the server says about a login is passed on, but no password that it repeats.
#[tokio::test]
async fn the_servers_text_in_a_failure_is_passed_on_unless_it_repeats_the_password() {
    for condition in ["not-authorized", "temporary-auth-failure"] {
        for (text, shown) in [("LDAP is\n\u{202e}down", true), ("password &quot;hunter2&quot; is wrong", false)] {
            let reported = format!("<text xmlns='urn:ietf:params:xml:ns:xmpp-sasl'>{text}</text></failure>");
            let answer = Step::Send(failure(condition).replace("</failure>", &reported));
            let script = [secured(&mechanisms(&["PLAIN"])), vec![Step::Expect("</auth>"), answer]].concat();
            let peer = ScriptedPeer::start([script]).await;
            let login = login(&settings_with_ca(peer.address(), &peer.ca_file(), ""));
            let error = login.authenticate(&credentials("anna", "hunter2"), soon()).await.err().expect("a failure");
            let reported = error.to_string();
            assert_eq!(reported.contains("; the server says \"LDAP is \u{fffd}down\""), shown, "{reported}");
            assert!(!reported.contains("hunter2"), "{reported}");
        }
    }
}
