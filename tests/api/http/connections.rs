//! Connections: their time limits, their number, their end.

use std::time::Duration;

use openfire_provisioner::model::config::ErrorStatus;
use tokio::time::{Instant, timeout};

use crate::support::http_client::{Connection, FORM, Raw, post, raw_post, request, send};
use crate::support::http_front::{Front, TEXT};

const ANNA: &str = "username=anna&password=x";
const SILENT: &str = "username=silent&password=x";
const SHORT: Duration = Duration::from_millis(200);

#[tokio::test]
async fn a_connection_serves_one_request_after_another() {
    let front = Front::start(|_, _| ()).await;
    let mut connection = Connection::open(front.address).await;
    for user in ["anna", "wrong", "down", "anna"] {
        let form = format!("username={user}&password=x");
        assert_eq!(connection.send(post("/provision", &form)).await.header("connection"), None, "{user}");
    }
    assert_eq!(front.script.count(), 4);
}

#[tokio::test]
async fn requests_that_are_sent_ahead_are_answered_in_their_order() {
    let front = Front::start(|_, _| ()).await;
    let mut socket = Raw::open(front.address).await;
    let wrong = raw_post("username=wrong&password=x");
    socket.write(&format!("{}{wrong}{}", raw_post(ANNA), raw_post("username=&password="))).await;
    let answers = socket.read_to_end().await;
    let order: Vec<_> = answers.lines().filter(|line| line.starts_with("HTTP/1.1")).collect();
    assert_eq!(order, ["HTTP/1.1 200 OK", "HTTP/1.1 401 Unauthorized", "HTTP/1.1 400 Bad Request"]);
}

#[tokio::test]
async fn http_1_0_is_answered_and_closed() {
    let front = Front::start(|_, _| ()).await;
    let mut socket = Raw::open(front.address).await;
    socket.write(&raw_post(ANNA).replace("HTTP/1.1", "HTTP/1.0")).await;
    let answer = socket.read_to_end().await;
    assert!(answer.starts_with("HTTP/1.0 200 OK\r\n"), "{answer}");
    assert!(answer.contains("content-length: 57\r\n") && answer.ends_with(TEXT), "{answer}");
}

#[tokio::test]
async fn a_slow_body_is_refused_in_time() {
    let front = Front::start(|http, _| http.read_timeout = SHORT).await;
    let mut socket = Raw::open(front.address).await;
    let text = raw_post(ANNA);
    socket.write(&text[..text.len() - 1]).await;
    let answer = socket.read_to_end().await;
    assert!(answer.starts_with("HTTP/1.1 400 ") && answer.contains("did not arrive in time"), "{answer}");
    assert_eq!(front.script.count(), 0);
}

#[tokio::test]
async fn a_slow_head_is_cut_off() {
    let front = Front::start(|http, _| http.read_timeout = SHORT).await;
    for start in ["", "POST /prov", "POST /provision HTTP/1.1\r\nHost: x\r\n"] {
        let mut socket = Raw::open(front.address).await;
        socket.write(start).await;
        assert_eq!(socket.read_to_end().await, "", "{start}");
    }
}

#[tokio::test]
async fn an_idle_connection_is_closed() {
    let front = Front::start(|http, _| http.keep_alive = SHORT).await;
    let mut socket = Raw::open(front.address).await;
    let started = Instant::now();
    socket.write(&raw_post(ANNA)).await;
    assert!(socket.read_to_end().await.ends_with(TEXT));
    assert!(started.elapsed() >= SHORT);
}

#[tokio::test]
async fn no_keep_alive_closes_after_each_answer() {
    let front = Front::start(|http, _| http.keep_alive = Duration::ZERO).await;
    let answer = send(front.address, post("/provision", ANNA)).await;
    assert_eq!((answer.text(), answer.header("connection")), (TEXT, Some("close")));
}

#[tokio::test]
async fn garbage_gets_a_400_and_harms_nobody() {
    let front = Front::start(|_, _| ()).await;
    for garbage in ["\u{16}\u{3}\u{1}garbage\r\n\r\n", "GET\r\n\r\n", "POST /provision HTTP/9.9\r\n\r\n"] {
        let mut socket = Raw::open(front.address).await;
        socket.write(garbage).await;
        assert!(socket.read_to_end().await.starts_with("HTTP/1.1 400 "), "{garbage:?}");
    }
    let huge = format!("POST /provision HTTP/1.1\r\nHost: x\r\nX: {}\r\n\r\n", "x".repeat(100_000));
    let mut socket = Raw::open(front.address).await;
    socket.write(&huge).await;
    assert!(socket.read_to_end().await.starts_with("HTTP/1.1 431 "));
    assert_eq!(send(front.address, post("/provision", ANNA)).await.status, 200);
}

#[tokio::test]
async fn a_request_has_one_deadline_from_its_head_on() {
    // A quarter of a second is kept back for the answer.
    let deadline = SHORT + Duration::from_millis(250);
    let front = Front::start(|_, limits| limits.request_deadline = deadline).await;
    let started = Instant::now();
    let answer = send(front.address, post("/provision", SILENT)).await;
    assert_eq!(answer.status, 503);
    assert!(started.elapsed() >= SHORT);
    assert_eq!(answer.text(), "ConnectionException: The chat server does not answer. Try again later.\n");
    front.script.all_ended().await;
}

#[tokio::test]
async fn a_host_that_is_missing_or_wrong_is_refused_and_http_1_0_needs_none() {
    let front = Front::start(|_, _| ()).await;
    for path in ["/provision", "/healthz", "/nothing"] {
        for hosts in ["", "Host: x\r\nHost: x\r\n", "Host: a b\r\n", "Host: user@x\r\n", "Host: x:y\r\n"] {
            let mut socket = Raw::open(front.address).await;
            socket.write(&format!("GET {path} HTTP/1.1\r\n{hosts}\r\n")).await;
            let answer = socket.read_to_end().await;
            assert!(answer.starts_with("HTTP/1.1 400 "), "{hosts}: {answer}");
            assert!(answer.contains("IllegalArgumentException") && answer.contains("exactly one Host"), "{answer}");
        }
    }
    for head in ["GET /healthz HTTP/1.0\r\n\r\n", "GET /healthz HTTP/1.1\r\nHost:\r\nConnection: close\r\n\r\n"] {
        let mut socket = Raw::open(front.address).await;
        socket.write(head).await;
        assert!(socket.read_to_end().await.contains(" 200 OK\r\n"), "{head}");
    }
}

#[tokio::test]
async fn no_transfer_coding_is_served_but_chunked_once() {
    let front = Front::start(|_, _| ()).await;
    let head = format!("POST /provision HTTP/1.1\r\nHost: x\r\nContent-Type: {FORM}\r\n");
    let body = format!("{:x}\r\n{ANNA}\r\n0\r\n\r\n", ANNA.len());
    for codings in [
        "Transfer-Encoding: gzip, chunked\r\n",
        "Transfer-Encoding: chunked, chunked\r\n",
        "Transfer-Encoding: identity, chunked\r\n",
        "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n",
    ] {
        let mut socket = Raw::open(front.address).await;
        socket.write(&format!("{head}{codings}\r\n{body}")).await;
        let answer = socket.read_to_end().await;
        assert!(answer.starts_with("HTTP/1.1 501 "), "{codings}: {answer}");
        assert!(answer.contains("connection: close") && answer.contains("chunked, once"), "{answer}");
    }
    // Where the end of the body cannot be seen, hyper answers by itself (RFC 9112 section 6.3).
    let mut socket = Raw::open(front.address).await;
    socket.write(&format!("{head}Transfer-Encoding: gzip\r\n\r\n{body}")).await;
    assert!(socket.read_to_end().await.starts_with("HTTP/1.1 400 "));
    assert_eq!(front.script.count(), 0);
}

#[tokio::test]
async fn a_client_that_goes_away_takes_its_request_with_it() {
    let front = Front::start(|_, _| ()).await;
    let mut socket = Raw::open(front.address).await;
    socket.write(&raw_post(SILENT)).await;
    front.script.began(1).await;
    drop(socket);
    front.script.all_ended().await;
}

#[tokio::test]
async fn a_target_without_a_path_is_refused() {
    let front = Front::start(|http, _| http.error_status = ErrorStatus::Plugin).await;
    for line in ["CONNECT host:80", "OPTIONS *", "GET host:80", "POST *"] {
        let mut socket = Raw::open(front.address).await;
        socket.write(&format!("{line} HTTP/1.1\r\nHost: x\r\n\r\n")).await;
        let answer = socket.read_to_end().await;
        assert!(answer.starts_with("HTTP/1.1 400 Bad Request\r\n"), "{line}: {answer}");
        assert!(
            answer.ends_with("\r\n\r\nIllegalArgumentException: The request is malformed: its target is not a path.\n"),
            "{line}: {answer}"
        );
    }
    let mut socket = Raw::open(front.address).await;
    socket.write("GET http://x HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n").await;
    assert!(socket.read_to_end().await.starts_with("HTTP/1.1 404 "));
}

#[tokio::test]
async fn more_connections_than_allowed_wait_for_their_turn() {
    let front = Front::start(|http, _| http.max_connections = 1).await;
    let mut first = Raw::open(front.address).await;
    first.write(&raw_post(SILENT)).await;
    front.script.began(1).await;
    let mut second = Raw::open(front.address).await;
    second.write(&raw_post(ANNA)).await;
    assert!(timeout(SHORT, second.read_until(TEXT)).await.is_err());
    drop(first);
    second.read_until(TEXT).await;
}

#[tokio::test]
async fn a_stop_lets_requests_in_flight_finish_and_closes_the_rest() {
    let front = Front::start(|_, _| ()).await;
    let (address, script) = (front.address, front.script.clone());
    let mut idle = Raw::open(address).await;
    idle.write(&raw_post(ANNA)).await;
    idle.read_until(TEXT).await;
    let mut silent = Raw::open(address).await;
    let held = tokio::spawn(send(address, post("/provision", "username=held&password=x")));
    script.began(2).await;

    let stopped = front.stop();
    assert_eq!(idle.read_to_end().await, "");
    assert_eq!(silent.read_to_end().await, "");
    assert!(tokio::net::TcpStream::connect(address).await.is_err());
    assert!(!stopped.is_finished());
    script.release.send_replace(true);
    let answer = held.await.unwrap();
    assert_eq!((answer.status, answer.header("connection")), (200, Some("close")));
    timeout(Duration::from_secs(10), stopped).await.unwrap().unwrap();
}

#[tokio::test]
async fn a_stop_cuts_what_takes_longer_than_the_grace() {
    let front = Front::start(|_, limits| limits.shutdown_grace = SHORT).await;
    let script = front.script.clone();
    let mut socket = Raw::open(front.address).await;
    socket.write(&raw_post(SILENT)).await;
    script.began(1).await;
    let stopped = front.stop();
    timeout(Duration::from_secs(10), stopped).await.unwrap().unwrap();
    script.all_ended().await;
    assert_eq!(socket.read_to_end().await, "");
}

#[tokio::test]
async fn nothing_is_left_when_the_server_has_ended() {
    let tasks = || tokio::runtime::Handle::current().metrics().num_alive_tasks();
    let front = Front::start(|http, limits| {
        http.read_timeout = SHORT;
        limits.shutdown_grace = SHORT;
    })
    .await;
    let (running, script) = (tasks(), front.script.clone());
    let mut sockets = Vec::new();
    for text in
        [raw_post(ANNA), raw_post(SILENT), String::new(), format!("{}x", raw_post(ANNA)), "garbage\r\n\r\n".to_owned()]
    {
        let mut socket = Raw::open(front.address).await;
        socket.write(&text).await;
        sockets.push(socket);
    }
    // All but one, whose head is not complete, and the garbage: `anna` twice and `silent`.
    script.began(3).await;
    let stopped = front.stop();
    timeout(Duration::from_secs(10), stopped).await.unwrap().unwrap();
    script.all_ended().await;
    let left = async {
        // The server and its recorder.
        while tasks() > running - 2 {
            tokio::task::yield_now().await;
        }
    };
    timeout(Duration::from_secs(10), left).await.expect("no task is left");
    for mut socket in sockets {
        socket.read_to_end().await;
    }
}

#[tokio::test]
async fn many_at_once_are_all_answered() {
    let front = Front::start(|_, _| ()).await;
    let asks = (0..200).map(|number| {
        let form = format!("username=user{number}&password=x");
        async move { send(front.address, request("POST", "/provision", &[("content-type", FORM)], &form)).await.status }
    });
    assert!(futures::future::join_all(asks).await.iter().all(|status| *status == 200));
    assert_eq!(front.script.count(), 200);
}
