//! What a connection writes, and what a panic costs.

mod pieces;

use std::io;
use std::net::Ipv4Addr;
use std::pin::Pin;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Poll};

use tokio::io::{DuplexStream, ReadBuf};
use warp::Filter;

use super::*;
use crate::http::answer;
use crate::http::server::places::Places;
use crate::telemetry::{Live, Metrics};

impl Front {
    /// Plain HTTP by these routes.
    pub(super) fn plain(routes: impl Into<Routes>, read_timeout: Duration, keep_alive: Duration) -> Self {
        let metrics = Arc::new(Metrics::new(Live::default));
        let mistakes = Arc::new(SetupMistakes::new(Arc::clone(&metrics)));
        let (recorder, routes) = (Recorder::start(metrics, None), routes.into());
        Self { tls: None, recorder, plain_on_tls: routes.clone(), routes, mistakes, read_timeout, keep_alive }
    }

    /// A connection that begins now.
    pub(super) fn talk<'a>(&'a self, place: &'a Place) -> Talk<'a> {
        let (peer, until) = (SocketAddr::from(([127, 0, 0, 1], 1)), Instant::now() + self.read_timeout);
        Talk { peer, until, place, front: self, routes: &self.routes }
    }
}

/// The only place there is.
pub(super) fn place() -> Place {
    let metrics = Arc::new(Metrics::new(Live::default));
    Places::new(1, Duration::ZERO, Vec::new(), metrics).take(Ipv4Addr::LOCALHOST.into()).unwrap()
}

/// Counts writes; like a TLS stream, it takes one slice at a time.
struct Counted(DuplexStream, Arc<AtomicUsize>);

impl AsyncRead for Counted {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_read(cx, buf)
    }
}

impl AsyncWrite for Counted {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        self.1.fetch_add(1, Ordering::SeqCst);
        Pin::new(&mut self.0).poll_write(cx, buf)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_shutdown(cx)
    }
}

#[tokio::test]
async fn head_and_body_go_out_in_one_write() {
    let routes = warp::any().map(|| answer::provisioned(vec![b'x'; 60_000].into(), false)).boxed();
    let front = Front::plain(routes, Duration::from_secs(5), Duration::ZERO);
    let (mut client, server) = tokio::io::duplex(128 * 1024);
    client.write_all(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n").await.unwrap();
    let writes = Arc::new(AtomicUsize::new(0));
    let (_stop, stopped) = watch::channel(false);
    let place = place();
    let talking = talk(Counted(server, Arc::clone(&writes)), front.talk(&place), stopped);
    let mut answer = Vec::new();
    let (read, ()) = tokio::join!(client.read_to_end(&mut answer), async {
        timeout(Duration::from_secs(10), talking).await.unwrap();
    });
    assert!(read.unwrap() > 60_000);
    assert_eq!(writes.load(Ordering::SeqCst), 1);
}

#[tokio::test(start_paused = true)]
async fn a_panic_costs_one_request_and_nothing_else() {
    let routes = warp::path("panic").map(|| -> Response { panic!("on purpose") });
    let fine = warp::path("fine").map(|| answer::line(http::StatusCode::OK, "fine", true));
    let second = Duration::from_secs(1);
    let front = Front::plain(routes.or(fine).unify().boxed(), second, second);
    for (path, expected) in [
        (
            "/panic",
            "HTTP/1.1 500 Internal Server Error\r\ncontent-type: text/plain; charset=utf-8\r\ncache-control: no-store\r\n\
             x-content-type-options: nosniff\r\nconnection: close\r\ncontent-length: 88\r\n",
        ),
        ("/fine", "HTTP/1.1 200 OK\r\n"),
    ] {
        let (mut client, server) = tokio::io::duplex(1024);
        client.write_all(format!("GET {path} HTTP/1.1\r\nHost: x\r\n\r\n").as_bytes()).await.unwrap();
        let (_stop, stopped) = watch::channel(false);
        let (mut answer, place) = (String::new(), place());
        let (read, ()) = tokio::join!(client.read_to_string(&mut answer), talk(server, front.talk(&place), stopped));
        read.unwrap();
        assert!(answer.starts_with(expected), "{answer}");
        let sentence = "InternalUnauthenticatedException: The service failed at this request. Its log says why.\n";
        assert_eq!(answer.ends_with(&format!("\r\n\r\n{sentence}")), path == "/panic", "{answer}");
    }
}
