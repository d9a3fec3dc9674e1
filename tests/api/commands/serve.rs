//! `serve` as a process: how it starts, what it tells systemd, and how it stops.

use std::net::{Ipv4Addr, SocketAddr};
use std::time::Duration;

use test_servers::openfire::{Openfire, component_name};
use test_servers::relay::Relay;
use tokio::net::{TcpListener, TcpStream, UnixDatagram};
use tokio::time::{Instant, timeout};

use crate::support::app::config_text;
use crate::support::http_client::{Raw, post, raw_post, request, send};
use crate::support::service::{Program, Service};

const ANNA: &str = "username=anna.berger&password=sunflower-42";
const ANY_PORT: &str = "[http]\nlisten = \"127.0.0.1:0\"\n";
const LIMIT: Duration = Duration::from_secs(20);

/// A configuration that points at ports where nobody listens.
fn nowhere(more: &str) -> String {
    format!(
        "[openfire]\ndomain = \"example.test\"\nhost = \"127.0.0.1\"\nport = 1\n\
         [component]\nname = \"a.example.test\"\nsecret = \"hush\"\nport = 1\n{more}"
    )
}

/// The configuration with the client port behind a relay.
fn relayed(text: &str, openfire: &Openfire, relay: &Relay) -> String {
    let port = |address: SocketAddr| format!("\nport = {}\n", address.port());
    text.replace(&port(openfire.c2s()), &port(relay.address()))
}

/// Waits until nobody listens there.
async fn refused(address: SocketAddr) {
    let closed = async { while TcpStream::connect(address).await.is_ok() {} };
    timeout(LIMIT, closed).await.expect("a closed port");
}

/// The next notification, as systemd would get it, is this one.
async fn reported(socket: &UnixDatagram, what: &str) {
    let mut message = [0; 512];
    let count = timeout(LIMIT, socket.recv(&mut message)).await.expect("a notification in time").unwrap();
    assert_eq!(std::str::from_utf8(&message[..count]).unwrap().trim_end(), what);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_signal_lets_requests_in_flight_finish_and_turns_new_ones_away() {
    let openfire = Openfire::shared().await;
    for signal in ["TERM", "INT"] {
        let slow = Relay::start(openfire.c2s()).await;
        let text = relayed(&config_text(openfire, &component_name(), ANY_PORT), openfire, &slow);
        let mut service = Service::serve(&text);
        let address = service.ready().await;
        let in_flight = tokio::spawn(send(address, post("/provision", ANNA)));
        slow.accepted(1).await;

        service.signal(signal).await;
        service.line(&[&format!("stopping on SIG{signal}")]).await;
        refused(address).await;
        assert!(!in_flight.is_finished());
        slow.open();
        let answer = timeout(LIMIT, in_flight).await.unwrap().unwrap();
        assert_eq!(answer.status, 200, "{answer}");
        assert!(answer.text().contains(".PASSWORD=sunflower-42\n"), "{answer}");
        let ended = service.ended().await;
        assert_eq!((ended.code(), ended.stdout.as_str()), (0, ""), "{}", ended.stderr);
        assert!(ended.stderr.ends_with("stopped"), "{}", ended.stderr);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_that_is_slower_than_the_grace_is_cut() {
    let openfire = Openfire::shared().await;
    let silent = Relay::start(openfire.c2s()).await;
    let more = format!("[limits]\nshutdown_grace = \"100ms\"\n{ANY_PORT}");
    let text = relayed(&config_text(openfire, &component_name(), &more), openfire, &silent);
    let mut service = Service::serve(&text);
    let address = service.ready().await;
    let mut connection = Raw::open(address).await;
    connection.write(&raw_post(ANNA)).await;
    silent.accepted(1).await;
    let begun = Instant::now();
    service.signal("TERM").await;
    let ended = service.ended().await;
    assert!(begun.elapsed() < Duration::from_secs(6), "the grace is not kept: {:?}", begun.elapsed());
    assert_eq!(ended.code(), 0, "{}", ended.stderr);
    assert!(ended.stderr.contains("their connections are cut"), "{}", ended.stderr);
    assert!(ended.stderr.contains("request of anna.berger from 127.0.0.1: abandoned"), "{}", ended.stderr);
    assert_eq!(connection.read_to_end().await, "");
}

/// RFC 6120 section 4.4: whoever ends a stream sends `</stream:stream>`.
#[tokio::test(flavor = "multi_thread")]
async fn the_component_takes_its_leave() {
    let openfire = Openfire::shared().await;
    let relay = Relay::start(openfire.component()).await;
    relay.open();
    let text = config_text(openfire, &component_name(), &format!("tls = \"none\"\n{ANY_PORT}"));
    let port = |address: SocketAddr| format!("\nport = {}\n", address.port());
    let mut service = Service::serve(&text.replace(&port(openfire.component()), &port(relay.address())));
    service.ready().await;
    service.stop().await;
    relay.sent("</stream:stream>").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_taken_port_is_named_with_its_setting() {
    let taken = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let ended = Service::serve(&nowhere(&format!("[http]\nlisten = \"{address}\"\n"))).ended().await;
    insta::assert_snapshot!(ended.shown(&[(&address, "ADDRESS")]), @"
    openfire-provisioner: the service cannot run: http.listen: cannot listen on ADDRESS: Address already in use (os error 98)
    exit code 2
    ");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_service_does_not_disturb_the_first() {
    let openfire = Openfire::shared().await;
    let text = config_text(openfire, &component_name(), ANY_PORT);
    let mut first = Service::serve(&text);
    let address = first.ready().await;
    let ended = Service::serve(&text.replace("127.0.0.1:0", &address.to_string())).ended().await;
    assert_eq!(ended.code(), 2, "{}", ended.stderr);
    assert!(ended.stderr.contains("http.listen") && ended.stderr.contains(&address.to_string()), "{}", ended.stderr);
    assert_eq!(send(address, post("/provision", ANNA)).await.status, 200);
    let ended = first.stop().await;
    assert!(!ended.stderr.contains(" is down"), "the component was disturbed: {}", ended.stderr);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_configuration_with_a_mistake_does_not_start() {
    let ended = Service::serve(&nowhere("[http]\nlissten = \"127.0.0.1:0\"\n")).ended().await;
    insta::assert_snapshot!(ended.shown(&[]), @"
    openfire-provisioner: config.toml, line 10: http.lissten: there is no setting `lissten`; did you mean `listen`?
    exit code 2
    ");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_template_with_a_mistake_does_not_start() {
    let more = format!("{ANY_PORT}[template]\nfile = \"own.properties\"\n");
    let program = Program::new(&["serve"]).file("config.toml", &nowhere(&more));
    let ended = program.file("own.properties", "# one\n\nname={{ user.nmae }}\n").run().await;
    insta::assert_snapshot!(ended.shown(&[]), @"
    openfire-provisioner: the service cannot run: own.properties:3: `user` has no `nmae`; did you mean `user.name`? It has: display_name, domain, jid, name, node
    exit code 2
    ");
}

/// A site that includes an example and sets one of its keys once more learns where the first one is.
#[tokio::test(flavor = "multi_thread")]
async fn a_key_of_an_included_file_that_is_set_again_is_reported_with_that_file() {
    let more = format!("{ANY_PORT}[template]\nfile = \"own.properties\"\n");
    let program = Program::new(&["serve"]).file("config.toml", &nowhere(&more));
    let program = program.file("common.properties", "{# a comment #}\nx=1\n\nx.SERVER_ADDRESS=a\n");
    let ended = program.file("own.properties", "{% include 'common.properties' %}\nx.SERVER_ADDRESS=b\n").run().await;
    insta::assert_snapshot!(ended.shown(&[]), @"
    openfire-provisioner: the service cannot run: own.properties:2: duplicate-key: `x.SERVER_ADDRESS` is already set in common.properties:4: the client keeps the last value but the position of the first line; keep one of the two
    exit code 2
    ");
}

#[tokio::test(flavor = "multi_thread")]
async fn systemd_is_notified_when_it_listens_and_when_it_stops_with_or_without_openfire() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("notify");
    let socket = UnixDatagram::bind(&path).unwrap();
    let program = Program::new(&["serve"]).file("config.toml", &nowhere(ANY_PORT));
    let mut service = program.variable("NOTIFY_SOCKET", path.to_str().unwrap()).start();
    reported(&socket, "READY=1").await;
    let address = service.listening().await;
    assert_eq!(send(address, request("GET", "/healthz", &[], "")).await.status, 200);
    service.signal("TERM").await;
    reported(&socket, "STOPPING=1").await;
    assert_eq!(service.ended().await.code(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn without_openfire_it_stays_up_and_says_what_is_missing() {
    let mut service = Service::serve(&nowhere(ANY_PORT));
    let address = service.listening().await;
    let line = service.line(&["WARN", "component a.example.test is down", "component.port"]).await;
    assert!(!line.contains("hush"), "{line}");
    assert_eq!(send(address, request("GET", "/healthz", &[], "")).await.status, 200);
    assert_eq!(send(address, request("GET", "/readyz", &[], "")).await.status, 503);
    let answer = send(address, post("/provision", ANNA)).await;
    assert_eq!((answer.status, answer.text().starts_with("ConnectionException")), (503, true), "{answer}");
    service.stop().await;
}
