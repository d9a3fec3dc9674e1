//! A thousand requests in flight, since the server answers slowly.

use std::fs;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use anyhow::{Context as _, ensure};
use test_servers::openfire::Openfire;
use test_servers::relay::Relay;
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};
use tokio_rustls::rustls::pki_types::ServerName;

use super::Builds;
use super::goal::{Bound, Goal};
use crate::USERS;
use crate::service::{Launch, Service, Template};
use crate::users::Users;

/// Requests in flight.
const REQUESTS: usize = 1000;
/// Logins that run at one time by default (`limits.concurrent_logins`).
const LOGINS: usize = 64;
/// What the server sends arrives so much later.
const DELAY: Duration = Duration::from_millis(25);
/// Time for all of it; requests have a deadline of 8 s.
const TIME_LIMIT: Duration = Duration::from_mins(1);
/// The kernel says only when asked whether all has been read.
const UNREAD_AGAIN: Duration = Duration::from_millis(10);
/// Memory, in MiB, over plain HTTP and over HTTPS: below.
const MEMORY: (f64, f64) = (40.0, 60.0);

/// Measures and gives the goals.
pub(super) async fn run(openfire: &Openfire, builds: &Builds) -> anyhow::Result<Vec<Goal>> {
    let mut goals = Vec::new();
    for (secured, name, most) in [(false, "HTTP", MEMORY.0), (true, "HTTPS", MEMORY.1)] {
        eprintln!("{REQUESTS} requests in flight over {name}");
        let relay = Relay::start(openfire.c2s()).await;
        // Without it one address may not have so many connections.
        let config = "trusted_proxies = [\"127.0.0.1\"]\n".to_owned();
        let launch = Launch { secured, c2s: Some(relay.address()), config, ..Launch::default() };
        let component = format!("slow-{}", name.to_lowercase());
        let service = Service::launch(&builds.new, openfire, &component, Template::WithRoster, launch).await?;
        let answers = timeout(TIME_LIMIT, ask(&service, &relay)).await.context("requests have no end")??;
        let most_mib = service.peak_resident_kib()? as f64 / 1024.0;
        println!(
            "{REQUESTS} in flight over {name}, what Openfire sends arrives {} ms later: {} replies, {} times 503 or 504, \
             {} broken{}\n",
            DELAY.as_millis(),
            answers.replies,
            answers.refused,
            answers.broken.len(),
            answers.broken.first().map_or_else(String::new, |why| format!("; the first: {why}")),
        );
        let what = format!("{REQUESTS} requests in flight over {name}");
        goals.push(Goal::value(
            format!("memory while the server is silent, {what}"),
            answers.waiting_mib,
            "MiB",
            Bound::Free,
        ));
        goals.push(Goal::value(format!("most memory, {what}"), most_mib, "MiB", Bound::AtMost(most)));
        goals.push(Goal::value(format!("broken answers, {what}"), answers.broken.len() as f64, "", Bound::AtMost(0.0)));
    }
    Ok(goals)
}

/// What came back.
#[derive(Debug, Default)]
struct Answers {
    /// Resident memory when all waited.
    waiting_mib: f64,
    replies: usize,
    refused: usize,
    broken: Vec<String>,
}

/// All requests at once, while nothing comes through to the server; then it answers, slowly.
async fn ask(service: &Service, relay: &Relay) -> anyhow::Result<Answers> {
    let (go, sent) = (watch::Sender::new(false), Arc::new(AtomicUsize::new(0)));
    let mut clients = JoinSet::new();
    for number in 0..REQUESTS {
        let stream = TcpStream::connect(service.address()).await.context("no connection")?;
        let (go, sent) = (go.subscribe(), Arc::clone(&sent));
        match service.connector()? {
            None => clients.spawn(client(stream, number, go, sent)),
            Some(tls) => {
                let stream = tls.connect(ServerName::try_from("localhost")?, stream).await.context("no TLS")?;
                clients.spawn(client(stream, number, go, sent))
            }
        };
    }
    go.send_replace(true);
    relay.accepted(LOGINS).await;
    while sent.load(Ordering::Relaxed) < REQUESTS && clients.try_join_next().is_none() {
        tokio::task::yield_now().await;
    }
    while unread(service.address().port())? {
        sleep(UNREAD_AGAIN).await;
    }
    ensure!(clients.len() == REQUESTS, "a request was answered while the server was silent");
    let waiting_mib = service.resident_kib()? as f64 / 1024.0;
    relay.delay(DELAY);
    relay.open();
    let mut answers = Answers { waiting_mib, ..Answers::default() };
    while let Some(answer) = clients.join_next().await {
        let text = answer?.unwrap_or_else(|error| format!("{error:#}"));
        if text.starts_with("HTTP/1.1 200 ") && text.contains("ACCOUNT_UID=") {
            answers.replies += 1;
        } else if text.starts_with("HTTP/1.1 503 ") || text.starts_with("HTTP/1.1 504 ") {
            answers.refused += 1;
        } else {
            answers.broken.push(text.chars().take(200).collect());
        }
    }
    Ok(answers)
}

/// Whether something that was sent to this port has not been read, as the kernel says (proc(5), `/proc/net/tcp`).
fn unread(port: u16) -> anyhow::Result<bool> {
    let connections = fs::read_to_string("/proc/net/tcp").context("the kernel lists no connections")?;
    let waits = |line: &str| {
        let mut fields = line.split_whitespace();
        let is_here = fields.nth(1)?.ends_with(&format!(":{port:04X}"));
        let (_, received) = fields.nth(2)?.split_once(':')?;
        Some(is_here && received.bytes().any(|digit| digit != b'0'))
    };
    Ok(connections.lines().any(|line| waits(line).unwrap_or_default()))
}

/// Sends one request when it may, and gives the whole answer.
async fn client(
    mut stream: impl AsyncRead + AsyncWrite + Unpin,
    number: usize,
    mut go: watch::Receiver<bool>,
    sent: Arc<AtomicUsize>,
) -> anyhow::Result<String> {
    go.wait_for(|go| *go).await?;
    let user = USERS.number(number);
    let form = format!("username={}&password={}&os=linux&uuid=0", Users::name(user), USERS.password(user));
    let request = format!(
        "POST /provision HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nX-Forwarded-For: 10.0.{}.{}\r\n\
         Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {}\r\n\r\n{form}",
        number / 250,
        number % 250 + 1,
        form.len()
    );
    stream.write_all(request.as_bytes()).await.context("the request was not taken")?;
    stream.flush().await?;
    sent.fetch_add(1, Ordering::Relaxed);
    let mut answer = Vec::new();
    let read = stream.read_to_end(&mut answer).await;
    let text = String::from_utf8_lossy(&answer).into_owned();
    // What came counts, even if the connection is not closed as TLS wants it.
    if text.is_empty() {
        read.context("the answer broke off")?;
    }
    Ok(text)
}
