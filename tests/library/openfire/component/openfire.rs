//! The component on a real Openfire 4.2: the ways in, the ways it says no, and its going and coming back.

use std::net::SocketAddr;
use std::time::Duration;

use openfire_provisioner::app;
use openfire_provisioner::model::config;
use openfire_provisioner::openfire::component::{Component, ComponentError, IqError, StartError};
use test_servers::openfire::{COMPONENT_SECRET, DOMAIN, Openfire, OpenfireOptions, component_name};
use tokio::time::{Instant, timeout};
use xmpp_parsers::jid::Jid;
use xmpp_parsers::minidom::Element;

use super::setup::{LIMIT, connected, ping, reason, settings, start};

/// The answer to a ping, repeated while the server does not yet know where to send it.
async fn answered_ping(component: &Component) -> Result<Option<Element>, IqError> {
    let last = Instant::now() + LIMIT;
    loop {
        let to = Jid::new(DOMAIN).unwrap();
        let ping = Element::bare("ping", "urn:xmpp:ping");
        let answer = component.get(to, ping, Instant::now() + Duration::from_millis(500)).await;
        if answer.is_ok() || Instant::now() >= last {
            return answer;
        }
    }
}

async fn end(component: Component) {
    let deadline = Instant::now() + LIMIT;
    component.shutdown(deadline).await;
    assert!(Instant::now() < deadline, "the server answers the end of the stream");
}

#[tokio::test]
async fn it_connects_in_the_clear_with_starttls_and_with_direct_tls() {
    let openfire = Openfire::shared().await;
    for (tls, address) in
        [("none", openfire.component()), ("starttls", openfire.component()), ("direct", openfire.component_tls())]
    {
        let settings = settings(&component_name(), COMPONENT_SECRET, address, &format!("tls = \"{tls}\""));
        let component = start(&settings, &openfire.ca_file());
        connected(&component).await;
        assert_eq!(ping(&component).await, Ok(None), "{tls}");
        assert_eq!(component.epoch(), 1);
        end(component).await;
    }
}

#[tokio::test]
async fn a_wrong_secret_is_reported() {
    let openfire = Openfire::shared().await;
    for tls in ["none", "starttls"] {
        let settings = settings(&component_name(), "wr0ng-secret", openfire.component(), &format!("tls = \"{tls}\""));
        let reason = reason(&start(&settings, &openfire.ca_file())).await;
        assert!(matches!(*reason, ComponentError::WrongSecret { .. }), "{reason}");
        assert!(!format!("{reason} {reason:?}").contains("wr0ng"));
    }
}

#[tokio::test]
async fn a_taken_name_is_reported_and_the_first_component_stays() {
    let openfire = Openfire::shared().await;
    let settings = settings(&component_name(), COMPONENT_SECRET, openfire.component(), "tls = \"none\"");
    let first = start(&settings, &openfire.ca_file());
    connected(&first).await;
    // Openfire takes the name for taken a moment after its answer to the handshake; a second one could slip in before.
    assert_eq!(answered_ping(&first).await, Ok(None));
    let reason = reason(&start(&settings, &openfire.ca_file())).await;
    assert!(matches!(*reason, ComponentError::NameTaken { .. }), "{reason}");
    assert_eq!(ping(&first).await, Ok(None));
    assert_eq!(first.epoch(), 1);
}

#[tokio::test]
async fn the_name_of_a_service_of_the_server_is_taken() {
    let openfire = Openfire::shared().await;
    let settings = settings("conference.example.test", COMPONENT_SECRET, openfire.component(), "tls = \"none\"");
    let reason = reason(&start(&settings, &openfire.ca_file())).await;
    assert!(matches!(*reason, ComponentError::NameTaken { .. }), "{reason}");
}

#[tokio::test]
async fn the_bare_domain_and_a_foreign_name_are_refused_before_the_server_is_asked() {
    let openfire: config::Openfire = toml::from_str(&format!("domain = \"{DOMAIN}\"")).unwrap();
    for name in [DOMAIN, "prov.elsewhere.test", "prov"] {
        let settings = settings(name, COMPONENT_SECRET, ([127, 0, 0, 1], 9).into(), "tls = \"none\"");
        let error = app::component(&settings, &openfire).unwrap_err();
        assert!(matches!(error, StartError::Name { .. }), "{error}");
    }
}

#[tokio::test]
async fn a_wrong_domain_in_the_settings_is_noticed() {
    let openfire = Openfire::shared().await;
    let wrong: config::Openfire =
        toml::from_str(&format!("domain = \"elsewhere.test\"\nca_file = \"{}\"", openfire.ca_file().display()))
            .unwrap();
    let settings = settings("prov.elsewhere.test", COMPONENT_SECRET, openfire.component(), "tls = \"none\"");
    let reason = reason(&app::component(&settings, &wrong).unwrap()).await;
    assert!(matches!(*reason, ComponentError::WrongDomain { .. }), "{reason}");
    assert!(reason.to_string().contains("prov.elsewhere.test.example.test"), "{reason}");
}

#[tokio::test]
async fn a_certificate_that_is_not_trusted_is_reported() {
    let openfire = Openfire::shared().await;
    let other = rcgen::generate_simple_self_signed(vec![DOMAIN.to_owned()]).unwrap();
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), other.cert.pem()).unwrap();
    for (tls, address) in [("starttls", openfire.component()), ("direct", openfire.component_tls())] {
        let settings = settings(&component_name(), COMPONENT_SECRET, address, &format!("tls = \"{tls}\""));
        let reason = reason(&start(&settings, file.path())).await;
        assert!(matches!(*reason, ComponentError::Tls(_)), "{reason}");
    }
}

#[tokio::test]
async fn a_port_that_expects_something_else_is_reported() {
    let openfire = Openfire::shared().await;
    for (tls, address) in
        [("direct", openfire.component()), ("none", openfire.component_tls()), ("none", openfire.c2s())]
    {
        let settings = settings(&component_name(), COMPONENT_SECRET, address, &format!("tls = \"{tls}\""));
        let reason = reason(&start(&settings, &openfire.ca_file())).await;
        assert!(matches!(*reason, ComponentError::NoStream(_)), "{tls} {address}: {reason}");
    }
}

/// The server asks for disco#info at once; what it makes of the answer shows in whether it still talks to us.
#[tokio::test]
async fn a_component_is_asked_by_another() {
    let openfire = Openfire::shared().await;
    let mut components = Vec::new();
    for name in [component_name(), component_name()] {
        let settings = settings(&name, COMPONENT_SECRET, openfire.component(), "tls = \"none\"");
        let component = start(&settings, &openfire.ca_file());
        connected(&component).await;
        components.push((name, component));
    }
    let [(_, first), (second, _kept)] = <[_; 2]>::try_from(components).unwrap();
    let ask = async |name: &str, namespace: &str| {
        first.get(Jid::new(&second).unwrap(), Element::bare(name, namespace), Instant::now() + LIMIT).await
    };
    // Openfire says yes to the handshake a moment before it routes to the component.
    let routed = async { while ask("ping", "urn:xmpp:ping").await != Ok(None) {} };
    timeout(LIMIT, routed).await.expect("a route in time");
    let version = ask("query", "jabber:iq:version").await.unwrap().unwrap();
    assert_eq!(version.get_child("name", "jabber:iq:version").unwrap().text(), "openfire-provisioner");
    let info = ask("query", "http://jabber.org/protocol/disco#info").await.unwrap().unwrap();
    assert_eq!(info.children().next().unwrap().attr("type"), Some("generic"));
    assert_eq!(ask("ping", "urn:xmpp:ping").await, Ok(None));
    let unknown = ask("unknown", "urn:unknown").await.unwrap_err();
    assert_eq!(unknown.to_string(), "the server answered with the error service-unavailable");
}

#[tokio::test]
async fn it_is_back_within_two_seconds_of_the_servers_return() {
    let openfire = Openfire::start(OpenfireOptions::default()).await;
    let settings = settings(&component_name(), COMPONENT_SECRET, openfire.component(), "tls = \"starttls\"");
    let component = start(&settings, &openfire.ca_file());
    connected(&component).await;

    let stopped = openfire.stop().await;
    reason(&component).await;
    assert_eq!(ping(&component).await, Err(IqError::Disconnected));

    let address = settings.port.map(|port| SocketAddr::from(([127, 0, 0, 1], port))).unwrap();
    let open = tokio::spawn(async move {
        while tokio::net::TcpStream::connect(address).await.is_err() {
            tokio::task::yield_now().await;
        }
        Instant::now()
    });
    let openfire = stopped.start().await;
    let open = timeout(LIMIT, open).await.unwrap().unwrap();
    connected(&component).await;
    let took = open.elapsed();
    assert!(took < Duration::from_secs(2), "{took:?}");
    assert_eq!(component.epoch(), 2);
    assert_eq!(ping(&component).await, Ok(None));
    drop(openfire);
}

#[tokio::test]
async fn tls_1_3_on_openfire_4_does_not_hang() {
    let openfire = Openfire::start(OpenfireOptions::default().set("TLS_PROTOCOLS", "TLSv1.2,TLSv1.3")).await;
    for _ in 0..8 {
        let settings = settings(&component_name(), COMPONENT_SECRET, openfire.component(), "tls = \"starttls\"");
        let component = start(&settings, &openfire.ca_file());
        let began = Instant::now();
        connected(&component).await;
        assert!(began.elapsed() < Duration::from_secs(2), "{:?}", began.elapsed());
        end(component).await;
    }
}
