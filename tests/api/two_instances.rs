//! Two instances of the service on one Openfire, behind a real HAProxy with the configuration of docs/scaling.md.

use std::collections::{BTreeMap, BTreeSet};
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use test_servers::haproxy::Haproxy;
use test_servers::openfire::{Openfire, component_name};
use test_servers::process::free_port;
use tokio::net::TcpSocket;
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::timeout;

use crate::support::app::{TestApp, config_text};
use crate::support::http_client::{Connection, FORM, request};
use crate::support::pages::ADMINISTRATOR;
use crate::support::service::Program;
use crate::support::visitor::{Visitor, pages};

/// Time for HAProxy to notice something, and for clients to get their replies.
const LIMIT: Duration = Duration::from_mins(1);

/// So many that the hashes of their addresses lead to both instances.
const CLIENTS: u8 = 40;

/// The configuration in the documentation, with the addresses and the port of a test, and without TLS, since one test has it
/// with HAProxy already.
fn configuration(port: u16, instances: [SocketAddr; 2]) -> String {
    let page = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/scaling.md")).unwrap();
    let (_, rest) = page.split_once("```haproxy\n").unwrap();
    // Without the indentation of the closing line, after which HAProxy would miss the end of a line.
    let mut text = rest.split_once("```").unwrap().0.trim_end_matches(' ').to_owned();
    let [one, two] = instances.map(|instance| instance.to_string());
    let bind = format!("bind 127.0.0.1:{port}\n");
    for (written, meant) in [
        ("bind :443 ssl crt /etc/haproxy/provisioning.example.org.pem\n", &bind),
        ("10.0.0.11:8080", &one),
        ("10.0.0.12:8080", &two),
    ] {
        assert!(text.contains(written), "no `{written}` in docs/scaling.md");
        text = text.replace(written, meant);
    }
    text
}

/// The configuration of an instance with a component name of its own.
fn instance_config(openfire: &Openfire, more: &str) -> String {
    let config = format!(
        "[template]\nfile = \"provision.properties\"\n\
         [http]\nlisten = \"127.0.0.1:0\"\ntrusted_proxies = [\"127.0.0.1/32\"]\n{more}"
    );
    config_text(openfire, &component_name(), &config)
}

/// A template by which an instance names itself, and the client.
fn template(name: &str) -> String {
    format!("org.example.instance={name}\norg.example.address={{{{ request.ip }}}}\n")
}

/// An instance in this process, connected.
async fn instance(openfire: &Openfire, name: &str, more: &str) -> TestApp {
    TestApp::with_text(&instance_config(openfire, more), Some(&template(name))).await
}

/// A client's own address.
fn address(number: u8) -> Ipv4Addr {
    Ipv4Addr::new(127, 0, 1, number + 1)
}

/// The instance that served a client with this address, and the address that it saw; or the answer that is not a reply.
async fn provisioned(port: u16, from: Ipv4Addr) -> Result<(String, String), String> {
    let socket = TcpSocket::new_v4().unwrap();
    socket.bind(SocketAddr::new(IpAddr::V4(from), 0)).unwrap();
    let stream = socket.connect(SocketAddr::from((Ipv4Addr::LOCALHOST, port))).await.map_err(|why| why.to_string())?;
    let form = "username=anna.berger&password=sunflower-42";
    let asked = request("POST", "/provision", &[("content-type", FORM), ("connection", "close")], form);
    let answer = Connection::over(stream).await.send(asked).await;
    let value = |key: &str| Some(answer.text().lines().find_map(|line| line.strip_prefix(key))?.to_owned());
    match (answer.status, value("org.example.instance="), value("org.example.address=")) {
        (200, Some(instance), Some(address)) => Ok((instance, address)),
        _ => Err(answer.to_string()),
    }
}

/// Which instance serves which client.
async fn served_by(port: u16) -> BTreeMap<u8, String> {
    let mut served = BTreeMap::new();
    for number in 0..CLIENTS {
        let (instance, seen) = provisioned(port, address(number)).await.unwrap();
        assert_eq!(seen, address(number).to_string());
        served.insert(number, instance);
    }
    served
}

async fn eventually(what: &str, mut is_so: impl FnMut() -> bool) {
    let waited = async {
        while !is_so() {
            tokio::task::yield_now().await;
        }
    };
    timeout(LIMIT, waited).await.unwrap_or_else(|_| panic!("{what} in time"));
}

/// Clients that ask again and again.
struct Crowd {
    clients: JoinSet<Result<(), String>>,
    replies: watch::Receiver<usize>,
    is_over: Arc<AtomicBool>,
}

impl Crowd {
    fn start(port: u16) -> Self {
        let (is_over, replies) = (Arc::new(AtomicBool::new(false)), watch::Sender::new(0));
        let mut clients = JoinSet::new();
        for number in 0..8 {
            let (is_over, replies) = (Arc::clone(&is_over), replies.clone());
            clients.spawn(async move {
                while !is_over.load(Ordering::SeqCst) {
                    provisioned(port, address(number)).await?;
                    replies.send_modify(|replies| *replies += 1);
                }
                Ok(())
            });
        }
        Self { clients, replies: replies.subscribe(), is_over }
    }

    /// Waits until so many more replies have come.
    async fn more(&mut self, replies: usize) {
        let wanted = *self.replies.borrow() + replies;
        timeout(LIMIT, self.replies.wait_for(|replies| *replies >= wanted)).await.expect("replies in time").unwrap();
    }

    /// All clients have had nothing but replies.
    async fn end(mut self) {
        self.is_over.store(true, Ordering::SeqCst);
        while let Some(ended) = self.clients.join_next().await {
            assert_eq!(ended.unwrap(), Ok(()), "a client got no reply");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn clients_are_spread_and_none_notices_that_an_instance_stops_or_dies() {
    let openfire = Openfire::shared().await;
    let two = instance(openfire, "two", "").await;
    for signal in ["TERM", "KILL"] {
        let program = Program::new(&["serve"]).file("config.toml", &instance_config(openfire, ""));
        let mut one = program.file("provision.properties", &template("one")).start();
        let port = free_port();
        let _proxy = Haproxy::start(port, &configuration(port, [one.ready().await, two.address()])).await;

        let served = served_by(port).await;
        assert_eq!(served.values().map(String::as_str).collect::<BTreeSet<_>>(), BTreeSet::from(["one", "two"]));
        // Each client stays with its instance, which knows its failures and that it was let in before.
        assert_eq!(served_by(port).await, served);

        let mut crowd = Crowd::start(port);
        crowd.more(20).await;
        one.signal(signal).await;
        crowd.more(40).await;
        crowd.end().await;
        assert!(served_by(port).await.values().all(|instance| instance == "two"), "SIG{signal}");
    }
    two.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_instance_that_is_not_ready_gets_no_clients() {
    let openfire = Openfire::shared().await;
    let good = instance(openfire, "good", "").await;
    // Its component never connects, so its replies would lack what comes by the component.
    let config = config_text(openfire, &component_name(), "[http]\nlisten = \"127.0.0.1:0\"\n");
    let lost = TestApp::unready(&config.replace("component-secret", "another-secret"), None);
    let port = free_port();
    let proxy = Haproxy::start(port, &configuration(port, [lost.address(), good.address()])).await;
    eventually("HAProxy notices it", || {
        proxy.statistic("provisioning", "one", "status").is_some_and(|status| status == "DOWN")
    })
    .await;
    assert_eq!(proxy.last_check("provisioning", "one").unwrap(), "L7STS 503");
    assert!(served_by(port).await.values().all(|instance| instance == "good"));
    lost.stop().await;
    good.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_administrator_stays_with_the_instance_that_knows_the_session() {
    let openfire = Openfire::shared().await;
    let folders = [tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap()];
    let one = instance(openfire, "one", &pages(folders[0].path(), "")).await;
    let two = instance(openfire, "two", &pages(folders[1].path(), "")).await;
    let port = free_port();
    let _proxy = Haproxy::start(port, &configuration(port, [one.address(), two.address()])).await;
    let proxy = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
    for _ in 0..2 {
        let mut visitor = Visitor::signed_in(proxy, ADMINISTRATOR.0, ADMINISTRATOR.1).await;
        for _ in 0..4 {
            assert_eq!(visitor.get("/admin/").await.status, 200);
        }
    }
    one.stop().await;
    two.stop().await;
}
