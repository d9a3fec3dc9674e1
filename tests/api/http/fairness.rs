//! One host that opens more connections than there are places, and the others.

use std::io::{ErrorKind, Read as _};
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::time::Duration;

use futures::StreamExt as _;
use futures::future::join_all;
use futures::stream::FuturesUnordered;
use openfire_provisioner::model::config;
use rcgen::{CertifiedKey, generate_simple_self_signed};
use tempfile::TempDir;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpSocket, TcpStream};
use tokio::time::timeout;

use crate::support::http_client::{Connection, Raw, post, raw_post, request, send};
use crate::support::http_front::{Front, TEXT};

/// Longer than anything here may take.
const LIMIT: Duration = Duration::from_secs(30);

/// Places of the front, and connections of the host that wants them all.
const PLACES: usize = 60;
const FLOOD: usize = 300;

const FLOODER: IpAddr = IpAddr::V4(Ipv4Addr::new(127, 0, 0, 2));
const PROXY: IpAddr = IpAddr::V4(Ipv4Addr::new(127, 0, 0, 3));

/// No time limit closes anything, so whatever is closed has lost its place.
fn patient(http: &mut config::Http) {
    http.max_connections = PLACES;
    (http.read_timeout, http.keep_alive) = (LIMIT * 4, LIMIT * 4);
}

async fn connect(from: IpAddr, to: SocketAddr) -> TcpStream {
    let socket = TcpSocket::new_v4().unwrap();
    socket.bind(SocketAddr::new(from, 0)).unwrap();
    socket.connect(to).await.unwrap()
}

/// Opens many connections that each send this and then nothing more.
async fn flood(from: IpAddr, to: SocketAddr, text: &str) -> Vec<TcpStream> {
    let mut sockets = Vec::new();
    for _ in 0..FLOOD {
        let mut socket = connect(from, to).await;
        // It may be closed already.
        socket.write_all(text.as_bytes()).await.ok();
        sockets.push(socket);
    }
    sockets
}

/// Waits until so many of them are closed by the server.
async fn closed(sockets: &mut [TcpStream], wanted: usize) {
    let mut ends: FuturesUnordered<_> = sockets
        .iter_mut()
        .map(|socket| async move { while !matches!(socket.read(&mut [0; 1024]).await, Ok(0) | Err(_)) {} })
        .collect();
    for count in 0..wanted {
        assert!(timeout(LIMIT, ends.next()).await.is_ok(), "only {count} of {wanted} were closed");
    }
}

/// Sixteen users, each with a connection of its own, four requests one after the other.
async fn all_are_served(address: SocketAddr) {
    join_all((0..16).map(|user| async move {
        for round in 0..4 {
            let answer = send(address, post("/provision", &format!("username=user{user}&password={round}"))).await;
            assert_eq!((answer.status, answer.text()), (200, TEXT));
        }
    }))
    .await;
}

async fn metric(address: SocketAddr, name: &str) -> usize {
    let answer = send(address, request("GET", "/metrics", &[("host", "localhost")], "")).await;
    let line = answer.text().lines().find_map(|line| line.strip_prefix(&format!("openfire_provisioner_{name} ")));
    line.unwrap_or_else(|| panic!("no {name} in {}", answer.text())).parse().unwrap()
}

/// What a connection of the flood sends, and as what it is closed.
const KINDS: [(&str, &str); 4] = [
    ("", "head"),
    ("POST /provision HTTP/1.1\r\nHost: x\r\n", "head"),
    (
        "POST /provision HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 9\r\n\r\nuser",
        "body",
    ),
    ("GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n", "idle"),
];

#[tokio::test]
async fn a_host_that_holds_all_places_keeps_no_other_out() {
    for (text, phase) in KINDS {
        let front = Front::start(|http, _| patient(http)).await;
        let address = front.address;
        let (mut sockets, ()) = tokio::join!(flood(FLOODER, address, text), all_are_served(address));
        closed(&mut sockets, FLOOD - PLACES).await;
        all_are_served(address).await;
        let open = metric(address, "connections_open").await;
        assert!(open <= PLACES, "{phase}: {open}");
        let yielded = metric(address, &format!("connections_yielded_total{{phase=\"{phase}\"}}")).await;
        assert!(yielded > 0, "{phase}");
        for never in ["request", "newcomer"] {
            let yielded = metric(address, &format!("connections_yielded_total{{phase=\"{never}\"}}")).await;
            assert_eq!(yielded, 0, "{phase}: {never}");
        }
        drop(sockets);
    }
}

#[tokio::test]
async fn a_host_that_does_not_read_keeps_no_other_out() {
    let front = Front::start(|http, _| patient(http)).await;
    let mut asks = String::new();
    for _ in 0..1000 {
        asks.push_str("GET /nothing HTTP/1.1\r\nHost: x\r\n\r\n");
    }
    let mut sockets = Vec::new();
    for _ in 0..FLOOD {
        let socket = TcpSocket::new_v4().unwrap();
        socket.set_recv_buffer_size(4096).unwrap();
        socket.bind(SocketAddr::new(FLOODER, 0)).unwrap();
        let socket = socket.connect(front.address).await.unwrap();
        socket.writable().await.unwrap();
        socket.try_write(asks.as_bytes()).ok();
        sockets.push(socket);
    }
    all_are_served(front.address).await;
    let open = metric(front.address, "connections_open").await;
    assert!(open <= PLACES, "{open}");
    drop(sockets);
}

#[tokio::test]
async fn requests_sent_ahead_are_not_all_answered_before_those_of_others() {
    const ASK: &str = "GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n";
    let front = Front::start(|http, _| patient(http)).await;
    let mut honest = Connection::open(front.address).await;
    assert_eq!(honest.send(request("GET", "/healthz", &[], "")).await.status, 200);
    let ahead = connect(FLOODER, front.address).await;
    ahead.writable().await.unwrap();
    // As many as the sockets take at once: test and front share a thread, so nothing is answered meanwhile.
    let sent = ahead.try_write(ASK.repeat(4000).as_bytes()).unwrap() / ASK.len();
    assert!(sent >= 1000, "{sent}");
    assert_eq!(honest.send(request("GET", "/healthz", &[], "")).await.status, 200);
    let mut ahead = ahead.into_std().unwrap();
    let mut answers = Vec::new();
    assert_eq!(ahead.read_to_end(&mut answers).unwrap_err().kind(), ErrorKind::WouldBlock);
    let mut answers = String::from_utf8(answers).unwrap();
    let first = answers.matches("HTTP/1.1 200").count();
    assert!(first * 2 <= sent, "{first} of {sent} were answered before the other one");
    // The rest is not lost.
    let mut ahead = TcpStream::from_std(ahead).unwrap();
    while answers.matches("HTTP/1.1 200").count() < sent {
        let mut more = vec![0; 64 * 1024];
        let read = timeout(LIMIT, ahead.read(&mut more)).await.expect("all answers").unwrap();
        assert!(read > 0, "the connection was closed");
        answers.push_str(std::str::from_utf8(&more[..read]).unwrap());
    }
}

#[tokio::test]
async fn handshakes_that_do_not_end_keep_no_other_out() {
    let folder = TempDir::new().unwrap();
    let (certificate, key) = (folder.path().join("cert.pem"), folder.path().join("key.pem"));
    let CertifiedKey { cert, signing_key } = generate_simple_self_signed(vec!["localhost".to_owned()]).unwrap();
    std::fs::write(&certificate, cert.pem()).unwrap();
    std::fs::write(&key, signing_key.serialize_pem()).unwrap();
    let mut http = config::Http { tls: Some(config::HttpTls { certificate, key }), ..config::Http::default() };
    patient(&mut http);
    let front = Front::secured(http).await;
    // The first bytes of a handshake.
    let mut sockets = flood(FLOODER, front.address, "\u{16}\u{3}\u{1}\u{2}").await;
    closed(&mut sockets, FLOOD - PLACES).await;
    // An honest one gets an unencrypted answer that says what is wrong with its address.
    let answer = send(front.address, post("/provision", "username=anna&password=x")).await;
    assert_eq!(answer.status, 400);
    drop(sockets);
}

#[tokio::test]
async fn requests_in_work_are_finished_while_a_host_floods() {
    let front = Front::start(|http, _| patient(http)).await;
    let address = front.address;
    let held: Vec<_> = (0..16)
        .map(|user| {
            tokio::spawn(
                async move { send(address, post("/provision", &format!("username=held{user}&password=x"))).await },
            )
        })
        .collect();
    front.script.began(16).await;
    let mut sockets = flood(FLOODER, address, "").await;
    closed(&mut sockets, FLOOD - PLACES + 16).await;
    front.script.release.send_replace(true);
    for held in held {
        assert_eq!(held.await.unwrap().status, 200);
    }
    drop(sockets);
}

#[tokio::test]
async fn a_proxy_has_all_places_that_others_do_not_need() {
    let front = Front::start(|http, _| {
        patient(http);
        http.trusted_proxies = vec![PROXY.into()];
    })
    .await;
    let address = front.address;
    let mut flooder = flood(FLOODER, address, "").await;
    // More than its share would be, were it no proxy.
    let mut proxied = Vec::new();
    for user in 0..PLACES - 4 {
        let mut connection = Connection::over(connect(PROXY, address).await).await;
        let form = format!("username=held{user}&password=x");
        proxied.push(tokio::spawn(async move { connection.send(post("/provision", &form)).await.status }));
    }
    front.script.began(PLACES - 4).await;
    closed(&mut flooder, FLOOD - 4).await;
    // Another client gets a place from the flooder, not from the proxy.
    assert_eq!(send(address, request("GET", "/healthz", &[], "")).await.status, 200);
    front.script.release.send_replace(true);
    for proxied in proxied {
        assert_eq!(proxied.await.unwrap(), 200);
    }
}

#[tokio::test]
async fn a_newcomer_from_the_address_that_has_everything_in_work_waits_for_its_turn() {
    let front = Front::start(|http, _| {
        patient(http);
        http.max_connections = 2;
    })
    .await;
    let mut first = Raw::open(front.address).await;
    first.write(&raw_post("username=held1&password=x")).await;
    let mut second = Raw::open(front.address).await;
    second.write(&raw_post("username=held2&password=x")).await;
    front.script.began(2).await;
    let mut third = Raw::open(front.address).await;
    third.write(&raw_post("username=anna&password=x")).await;
    front.script.release.send_replace(true);
    // One of the first two has become idle, and gives its place.
    third.read_until(TEXT).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_crowd_of_honest_clients_waits_for_its_places() {
    const CLIENTS: u8 = 200;
    let front = Front::start(|http, _| http.max_connections = 20).await;
    let address = front.address;
    let asks = (0..CLIENTS).map(|user| async move {
        let from = IpAddr::V4(Ipv4Addr::new(127, 0, 1, user + 1));
        let mut socket = connect(from, address).await;
        socket.write_all(raw_post(&format!("username=user{user}&password=x")).as_ref()).await.unwrap();
        let mut begin = [0; 12];
        socket.read_exact(&mut begin).await.unwrap_or_else(|error| panic!("client {user}: {error}"));
        String::from_utf8_lossy(&begin).into_owned()
    });
    let answers = timeout(LIMIT, futures::future::join_all(asks)).await.expect("all are answered in time");
    assert!(answers.iter().all(|begin| begin == "HTTP/1.1 200"), "{answers:?}");
}
