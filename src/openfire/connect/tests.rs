//! The way from a domain to a connection, over a name server of our own on a loopback address.

use std::collections::HashMap;
use std::net::{Ipv4Addr, Ipv6Addr};
use std::sync::{Arc, Mutex};

use hickory_resolver::proto::op::{Message, OpCode, ResponseCode};
use hickory_resolver::proto::rr::rdata::{A, AAAA, SRV};
use hickory_resolver::proto::rr::{Name, RData, Record, RecordType};
use tokio::net::{TcpListener, UdpSocket};
use tokio::task::JoinHandle;

use super::*;

const CLIENT: &str = "_xmpp-client._tcp.example.test.";
const DIRECT: &str = "_xmpps-client._tcp.example.test.";
const LIMIT: Duration = Duration::from_secs(5);

/// A name server that knows its records, and NXDOMAIN for all other names. It remembers what it was asked.
struct NameServer {
    address: SocketAddr,
    asked: Arc<Mutex<Vec<(String, RecordType)>>>,
    task: JoinHandle<()>,
}

impl NameServer {
    async fn start(records: &[(&str, RData)]) -> Self {
        let socket = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
        let address = socket.local_addr().unwrap();
        let asked = Arc::new(Mutex::new(Vec::new()));
        let mut zone: HashMap<String, Vec<RData>> = HashMap::new();
        for (name, data) in records {
            zone.entry((*name).to_owned()).or_default().push(data.clone());
        }
        let log = Arc::clone(&asked);
        let task = tokio::spawn(async move {
            let mut buffer = [0; 4096];
            loop {
                let (length, client) = socket.recv_from(&mut buffer).await.unwrap();
                let query = Message::from_vec(&buffer[..length]).unwrap();
                let question = &query.queries[0];
                log.lock().unwrap().push((question.name.to_ascii(), question.query_type));
                socket.send_to(&answer(&query, &zone).to_vec().unwrap(), client).await.unwrap();
            }
        });
        Self { address, asked, task }
    }

    fn dialer(&self) -> Dialer {
        Dialer { names: NameResolver::from_server(self.address, LIMIT), connect_timeout: LIMIT }
    }

    fn was_asked(&self, name: &str, kind: RecordType) -> bool {
        self.asked.lock().unwrap().iter().any(|(asked, asked_kind)| asked == name && *asked_kind == kind)
    }
}

impl Drop for NameServer {
    fn drop(&mut self) {
        self.task.abort();
    }
}

fn answer(query: &Message, zone: &HashMap<String, Vec<RData>>) -> Message {
    let question = query.queries[0].clone();
    let mut answer = Message::response(query.metadata.id, OpCode::Query);
    match zone.get(&question.name.to_ascii()) {
        Some(all) => {
            for data in all.iter().filter(|data| data.record_type() == question.query_type) {
                answer.add_answer(Record::from_rdata(question.name.clone(), 60, data.clone()));
            }
        }
        None => answer.metadata.response_code = ResponseCode::NXDomain,
    }
    answer.add_query(question);
    answer
}

fn service(priority: u16, port: u16, target: &str) -> RData {
    RData::SRV(SRV::new(priority, 0, port, Name::from_ascii(target).unwrap()))
}

fn loopback() -> RData {
    RData::A(A(Ipv4Addr::LOCALHOST))
}

fn target(direct_tls: bool) -> Target {
    Target::Srv { domain: DomainPart::new("example.test").unwrap().into_owned(), direct_tls }
}

async fn listener() -> (TcpListener, u16) {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
    let port = listener.local_addr().unwrap().port();
    (listener, port)
}

/// Dials, and waits until the connection has come to `listener`.
async fn reaches(dialer: &Dialer, target: &Target, listener: &TcpListener) {
    let (outcome, accepted) = tokio::join!(dialer.dial(target), tokio::time::timeout(LIMIT, listener.accept()));
    assert!(outcome.is_ok(), "{:?}", outcome.err());
    assert!(accepted.is_ok(), "the connection went elsewhere");
}

/// Source: RFC 6120 section 3.2.1, RFC 2782.
#[tokio::test]
async fn the_servers_of_the_srv_records_are_dialled_in_the_order_of_their_priority() {
    let ((first, first_port), (second, second_port)) = (listener().await, listener().await);
    let server = NameServer::start(&[
        (CLIENT, service(20, second_port, "second.example.test.")),
        (CLIENT, service(10, first_port, "first.example.test.")),
        ("first.example.test.", loopback()),
        ("second.example.test.", loopback()),
    ])
    .await;
    let dialer = server.dialer();
    reaches(&dialer, &target(false), &first).await;
    assert!(server.was_asked(CLIENT, RecordType::SRV));
    assert!(server.was_asked("first.example.test.", RecordType::A));
    assert!(!server.was_asked("second.example.test.", RecordType::A));
    drop(first);
    reaches(&dialer, &target(false), &second).await;
    assert!(!server.was_asked(DIRECT, RecordType::SRV));
}

/// Source: XEP-0368 section 3.
#[tokio::test]
async fn direct_tls_has_srv_records_of_its_own() {
    let (direct, port) = listener().await;
    let server = NameServer::start(&[
        (DIRECT, service(1, port, "direct.example.test.")),
        (CLIENT, service(1, 1, "clear.example.test.")),
        ("direct.example.test.", loopback()),
    ])
    .await;
    reaches(&server.dialer(), &target(true), &direct).await;
    assert!(!server.was_asked(CLIENT, RecordType::SRV));
}

#[tokio::test]
async fn a_target_is_asked_for_its_addresses_of_both_families() {
    let (listener, port) = listener().await;
    let server = NameServer::start(&[
        (CLIENT, service(1, port, "both.example.test.")),
        ("both.example.test.", loopback()),
        ("both.example.test.", RData::AAAA(AAAA(Ipv6Addr::LOCALHOST))),
    ])
    .await;
    let dialer = server.dialer();
    let endpoints = dialer.names.services(&DomainPart::new("example.test").unwrap(), false).await.unwrap();
    let addresses = dialer.names.addresses(&endpoints[0]).await.unwrap();
    let expected = [(Ipv6Addr::LOCALHOST, port).into(), (Ipv4Addr::LOCALHOST, port).into()];
    assert_eq!(addresses, expected);
    // Nobody listens on the IPv6 address.
    reaches(&dialer, &target(false), &listener).await;
}

/// Source: RFC 2782, "Target".
#[tokio::test]
async fn the_target_of_a_dot_is_no_service_and_nothing_is_dialled() {
    let server = NameServer::start(&[(CLIENT, service(0, 0, ".")), ("example.test.", loopback())]).await;
    let outcome = server.dialer().dial(&target(false)).await;
    assert!(matches!(&outcome, Err(ConnectError::NoService { domain }) if domain == "example.test"), "{outcome:?}");
    assert!(!server.was_asked("example.test.", RecordType::A));
}

/// Source: RFC 6120 section 3.2.2.
#[tokio::test]
async fn without_srv_records_the_domain_is_dialled_at_the_standard_port() {
    // An address of the loopback network on which no server listens.
    let address = Ipv4Addr::new(127, 83, 82, 86);
    let server = NameServer::start(&[("example.test.", RData::A(A(address)))]).await;
    for (direct_tls, port, name) in [(false, 5222, CLIENT), (true, 5223, DIRECT)] {
        let outcome = server.dialer().dial(&target(direct_tls)).await;
        assert!(server.was_asked(name, RecordType::SRV));
        let expected = SocketAddr::from((address, port));
        // A server that listens on all addresses of this machine may take the connection.
        assert!(
            outcome.is_ok() || matches!(&outcome, Err(ConnectError::Failed { address, .. }) if *address == expected),
            "{outcome:?}"
        );
    }
    assert!(server.was_asked("example.test.", RecordType::A));
}
