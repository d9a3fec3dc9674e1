//! A service that opens streams to Openfire ahead of logins: what it shows, and how it leaves them.

use std::net::SocketAddr;
use std::time::Duration;

use test_servers::component_port::{ComponentPort, named};
use test_servers::openfire::{COMPONENT_SECRET, DOMAIN, Openfire, component_name};
use test_servers::scripted_peer::text::{mechanisms, secured};
use test_servers::scripted_peer::{Fault, Scram, ScriptedPeer, Step};
use tokio::time::timeout;

use crate::support::app::{TestApp, config_text};
use crate::support::faulty_site::{ask, is_provisioned};
use crate::support::http_client::{post, request, send};
use crate::support::service::Program;

const LIMIT: Duration = Duration::from_secs(30);
const FOUR: &str = "[http]\nlisten = \"127.0.0.1:0\"\n[limits]\nidle_streams_least = 4\nidle_streams_most = 4\n";

/// The value of a metric of the streams, with its label.
async fn metric(address: SocketAddr, name: &str) -> u64 {
    let text = send(address, request("GET", "/metrics", &[], "")).await.text().to_owned();
    let value = text.lines().find_map(|line| line.strip_prefix(&format!("openfire_provisioner_idle_stream{name} ")));
    value.unwrap_or_else(|| panic!("no {name} in {text}")).parse().unwrap()
}

/// Waits until a metric has at least this value.
#[track_caller]
fn reaches(address: SocketAddr, name: &str, wanted: u64) -> impl Future<Output = ()> {
    let caller = std::panic::Location::caller();
    async move {
        let reached = timeout(LIMIT, async { while metric(address, name).await < wanted {} });
        assert!(reached.await.is_ok(), "{caller}: {name} does not reach {wanted}");
    }
}

#[tokio::test]
async fn streams_wait_for_users_and_are_new_after_a_sighup_and_after_a_lost_component() {
    let (openfire, name) = (Openfire::shared().await, component_name());
    let program = Program::new(&["serve"]).file("config.toml", &config_text(openfire, &name, FOUR)).with_idle_streams();
    let mut service = program.start();
    let address = service.ready().await;
    reaches(address, "s", 4).await;
    let anna = || post("/provision", "username=anna.berger&password=sunflower-42");
    assert_eq!(send(address, anna()).await.status, 200);
    reaches(address, "_takes_total{result=\"hit\"}", 1).await;
    reaches(address, "s", 4).await;
    service.signal("HUP").await;
    reaches(address, "s_left_total{reason=\"dismissed\"}", 4).await;
    reaches(address, "s", 4).await;
    assert_eq!(send(address, anna()).await.status, 200);
    reaches(address, "s", 4).await;
    openfire.control(&["close-component", name.strip_suffix(&format!(".{DOMAIN}")).unwrap()]).await;
    reaches(address, "s_left_total{reason=\"dismissed\"}", 8).await;
    reaches(address, "s", 4).await;
    assert_eq!(send(address, anna()).await.status, 200);
    service.stop().await;
}

#[tokio::test]
async fn a_service_that_stops_closes_all_streams_with_a_goodbye() {
    let mut healthy = secured(&mechanisms(&["SCRAM-SHA-1"]));
    let server = Step::Scram(Scram { password: "secret", iterations: 100, fault: Fault::None });
    healthy.extend([Step::Expect("</auth>"), server]);
    let peer = ScriptedPeer::start([healthy]).await;
    let port = ComponentPort::start(|query| named(query, "Anna Berger")).await;
    let text = format!(
        "[openfire]\ndomain = \"{DOMAIN}\"\nhost = \"127.0.0.1\"\nport = {}\nca_file = \"{}\"\n\
         [component]\nname = \"streams.{DOMAIN}\"\nsecret = \"{COMPONENT_SECRET}\"\nport = {}\ntls = \"none\"\n{FOUR}",
        peer.address().port(),
        peer.ca_file().display(),
        port.address().port(),
    );
    let app = TestApp::with_text(&text, None).await;
    reaches(app.address(), "s", 4).await;
    let answer = ask(&app, "anna").await;
    assert!(is_provisioned(&answer, "Anna Berger"), "{answer}");
    reaches(app.address(), "s", 4).await;
    app.stop().await;
    peer.all_closed().await;
    let goodbyes = peer.unexpected();
    assert_eq!(goodbyes.iter().filter(|rest| *rest == "</stream:stream>").count(), 4, "{goodbyes:?}");
}
