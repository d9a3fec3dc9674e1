//! One connection: TLS, HTTP/1, its time limits, and its end.

use std::convert::Infallible;
use std::future::poll_fn;
use std::io;
use std::net::SocketAddr;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;

use futures::FutureExt;
use futures::future::BoxFuture;
use http::{HeaderMap, Request};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::{Service, service_fn};
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::sync::watch;
use tokio::task::yield_now;
use tokio::time::{Instant, sleep_until, timeout, timeout_at};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::{self, AlertDescription, ServerConfig};
use tokio_rustls::server::TlsStream;
use tracing::Instrument as _;

use super::head::{self, HeadError};
use super::other_protocol::{Spoken, spoken, tls_on_plain};
use super::places::{Doing, Place};
use super::refusal;
use super::watched::Watched;
use crate::http::answer::{Answered, Response};
use crate::http::arrival::Arrival;
use crate::http::request_guard::RequestGuard;
use crate::http::routes::Routes;
use crate::http::setup_mistakes::SetupMistakes;
use crate::http::write_deadline::{Phase, Streamed, WriteDeadline};
use crate::model::request::{Asked, Stages};
use crate::telemetry::Recorder;

/// Where this file logged before it had its present place; administrators filter by it.
const TARGET: &str = "openfire_provisioner::http::connection";

/// What all connections share.
pub(super) struct Front {
    /// Secures connections, as it says when one begins; none means plain HTTP.
    pub(super) tls: Option<watch::Receiver<Arc<ServerConfig>>>,
    /// Takes the records of requests that reach no endpoint.
    pub(super) recorder: Recorder,
    /// Answers requests.
    pub(super) routes: Routes,
    /// Answers requests that come by plain HTTP where TLS is spoken.
    pub(super) plain_on_tls: Routes,
    /// Where connections are noted that speak the other protocol.
    pub(super) mistakes: Arc<SetupMistakes>,
    /// Time for the TLS handshake, and again for the first request's head.
    pub(super) read_timeout: Duration,
    /// Time from an answer to the end of the next request's head; zero closes after each answer.
    pub(super) keep_alive: Duration,
}

/// Size of the buffer for a request's head. hyper answers 431 when the buffer is full and the head is not complete. It
/// is a soft limit: what the allocator gives on top of it may be filled too.
const MAX_HEAD: usize = 32 * 1024;

/// Time for an answer to be written after the keep-alive time is over; then the connection is cut.
const WRITE_TIME: Duration = Duration::from_secs(10);

/// Time and bytes for which a closed connection is still read. Closing a socket with unread bytes in it resets the
/// connection, and some systems then throw away the answer that the client has not read yet (RFC 9112 section 9.6).
const LINGER: (Duration, usize) = (Duration::from_secs(1), 256 * 1024);

/// Serves one connection until the client closes it, a time limit is over, or `stop` has become true.
///
/// Each stage is boxed, so that a connection takes the memory of the stage that it has reached: one that sends nothing hardly
/// any.
pub(super) async fn serve(
    stream: TcpStream,
    peer: SocketAddr,
    place: Place,
    front: Arc<Front>,
    mut stop: watch::Receiver<bool>,
) {
    if let Err(error) = stream.set_nodelay(true) {
        tracing::debug!(target: TARGET, { client.address = %peer.ip(), error = %error }, "cannot set TCP_NODELAY");
    }
    let until = Instant::now() + front.read_timeout;
    let first = tokio::select! {
        first = timeout_at(until, spoken(&stream)) => first,
        _ = stop.wait_for(|stop| *stop) => return,
    };
    let Ok(Ok(Some(spoken))) = first else {
        tracing::debug!(target: TARGET, { client.address = %peer.ip() }, "{} sent nothing, or not in time", peer.ip());
        return;
    };
    let place = Arc::new(place);
    let stream = Watched::new(stream, Arc::clone(&place));
    let talk_by = |routes, until| Talk { peer, until, place: &place, front: &front, routes };
    match &front.tls {
        None => {
            if spoken == Spoken::Tls {
                tls_on_plain(&front.mistakes, peer.ip());
            }
            Box::pin(talk(stream, talk_by(&front.routes, until), stop)).await;
        }
        Some(_) if spoken == Spoken::Http => {
            Box::pin(talk(stream, talk_by(&front.plain_on_tls, until), stop)).await;
        }
        Some(tls) => {
            let tls = Arc::clone(&tls.borrow());
            let Some(stream) = Box::pin(secure(stream, tls, (peer, until), stop.clone())).await else {
                return;
            };
            let until = Instant::now() + front.read_timeout;
            Box::pin(talk(stream, talk_by(&front.routes, until), stop)).await;
        }
    }
}

/// The TLS handshake; none when it fails, is late, or `stop` has become true.
async fn secure<Io>(
    stream: Io,
    tls: Arc<ServerConfig>,
    (peer, until): (SocketAddr, Instant),
    mut stop: watch::Receiver<bool>,
) -> Option<Box<TlsStream<Io>>>
where
    Io: AsyncRead + AsyncWrite + Unpin,
{
    let secured = tokio::select! {
        secured = timeout_at(until, TlsAcceptor::from(tls).accept(stream)) => secured,
        _ = stop.wait_for(|stop| *stop) => return None,
    };
    match secured {
        Ok(Ok(stream)) => return Some(Box::new(stream)),
        Ok(Err(error)) => report_handshake(peer, &error),
        Err(_) => {
            tracing::debug!(target: TARGET, { client.address = %peer.ip() }, "the TLS handshake with {} took too long", peer.ip());
        }
    }
    None
}

fn report_handshake(peer: SocketAddr, error: &io::Error) {
    let peer = peer.ip();
    if distrusts(error) {
        tracing::info!(
            target: TARGET,
            { client.address = %peer },
            "{peer} does not trust the certificate of http.tls, so its user sees a warning instead of a configuration ({error})",
        );
    } else {
        // Scanners for the most part.
        tracing::debug!(target: TARGET, { client.address = %peer, error = %error }, "the TLS handshake with {peer} failed");
    }
}

/// Whether a client ended the handshake because of our certificate (RFC 8446 section 6.2).
fn distrusts(error: &io::Error) -> bool {
    let source = error.get_ref().and_then(|source| source.downcast_ref());
    let Some(rustls::Error::AlertReceived(alert)) = source else { return false };
    matches!(
        alert,
        AlertDescription::UnknownCA
            | AlertDescription::BadCertificate
            | AlertDescription::UnsupportedCertificate
            | AlertDescription::CertificateExpired
            | AlertDescription::CertificateUnknown
    )
}

/// With whom a connection talks, and by what.
struct Talk<'a> {
    peer: SocketAddr,
    /// When the first head must have come.
    until: Instant,
    place: &'a Place,
    front: &'a Front,
    routes: &'a Routes,
}

async fn talk<Io>(io: Io, Talk { peer, until, place, front, routes }: Talk<'_>, mut stop: watch::Receiver<bool>)
where
    Io: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let (phase, mut phases) = watch::channel(Phase::FirstHead(until));
    let service = answer(front, routes, peer, phase.clone());
    // Its own limit on heads would count the idle time between two requests as well; the phases do both.
    let mut connection = http1::Builder::new()
        .header_read_timeout(None)
        .keep_alive(!front.keep_alive.is_zero())
        .max_buf_size(MAX_HEAD)
        .writev(false)
        .serve_connection(TokioIo::new(io), service_fn(service));
    let (mut stopping, mut has_answered) = (false, false);
    loop {
        if std::mem::take(&mut has_answered) {
            // Otherwise requests that were sent ahead are answered one after the other, and others wait until none is left.
            yield_now().await;
        }
        let now = *phases.borrow_and_update();
        let limit = match now {
            Phase::FirstHead(until) | Phase::Piece(until) | Phase::NextHead(until) | Phase::Close(until) => Some(until),
            Phase::Answer | Phase::Body => None,
        };
        tokio::select! {
            ended = poll_fn(|cx| connection.poll_without_shutdown(cx)) => {
                if let Err(error) = ended {
                    tracing::debug!(target: TARGET, { client.address = %peer.ip(), error = %error }, "the connection from {} broke", peer.ip());
                }
                break;
            }
            // `phase` lives as long as this loop.
            _ = phases.changed() => {
                let phase = *phases.borrow();
                place.set(doing(phase));
                has_answered = matches!(phase, Phase::NextHead(_));
            }
            _ = stop.wait_for(|stop| *stop), if !stopping => {
                stopping = true;
                std::pin::Pin::new(&mut connection).graceful_shutdown();
            }
            () = sleep_until(limit.unwrap_or_else(Instant::now)), if limit.is_some() => match now {
                // A new limit was set in the same moment.
                _ if phases.has_changed().is_ok_and(|changed| changed) => {}
                Phase::NextHead(_) => {
                    std::pin::Pin::new(&mut connection).graceful_shutdown();
                    phase.send_replace(Phase::Close(Instant::now() + WRITE_TIME));
                }
                _ => return,
            }
        }
    }
    place.set(Doing::Closing);
    let io = connection.into_parts().io.into_inner();
    close(io).await;
}

fn doing(phase: Phase) -> Doing {
    match phase {
        Phase::FirstHead(_) => Doing::Head,
        Phase::Answer => Doing::Answering,
        Phase::Body => Doing::Body,
        Phase::Piece(_) => Doing::Sending,
        Phase::NextHead(_) => Doing::Idle,
        Phase::Close(_) => Doing::Closing,
    }
}

/// The service of one connection: the routes, with a panic turned into an answer. Each request runs in a span of its own.
fn answer(
    front: &Front,
    routes: &Routes,
    peer: SocketAddr,
    phase: watch::Sender<Phase>,
) -> impl Fn(Request<Incoming>) -> BoxFuture<'static, Result<Response, Infallible>> + use<> {
    let routes = routes.service();
    let (keep_alive, recorder) = (front.keep_alive, front.recorder.clone());
    move |request| {
        phase.send_replace(Phase::Answer);
        let mut request = head::copied(request);
        let arrival = Arrival::now(peer);
        request.extensions_mut().insert(arrival);
        request.extensions_mut().insert(WriteDeadline { phase: phase.clone(), keep_alive });
        let (routes, phase, recorder) = (routes.clone(), phase.clone(), recorder.clone());
        let answered = async move {
            match head::check(&request) {
                // The router panics at a target without a path, so it gets only heads that are checked.
                Ok(()) => routes.call(request).await,
                Err(error) => Ok(refuse(error, &recorder, arrival, request.headers())),
            }
        };
        // Not in one more async block, which would take the room of all this twice.
        let answered = AssertUnwindSafe(answered).catch_unwind();
        let answered = answered.map(move |outcome| {
            let response = match outcome {
                Ok(Ok(response)) => response,
                Err(_) => refusal::panicked(),
            };
            if response.extensions().get::<Streamed>().is_none() {
                phase.send_replace(Phase::NextHead(Instant::now() + keep_alive));
            }
            Ok(response)
        });
        answered.instrument(arrival.span()).boxed()
    }
}

/// Answers a request with a head that is refused, and records it.
fn refuse(error: HeadError, recorder: &Recorder, arrival: Arrival, headers: &HeaderMap) -> Response {
    let guard = RequestGuard::new(recorder, arrival, headers, Asked::Unknown);
    let Answered { response, end } = refusal::bad_head(error);
    guard.end(end, Stages::default(), None);
    response
}

/// Says that nothing more will come, and reads for a moment what the client is still sending.
async fn close(mut io: impl AsyncRead + AsyncWrite + Unpin) {
    let (time, mut bytes) = LINGER;
    let linger = async {
        io.shutdown().await?;
        let mut unread = [0; 1024];
        while bytes > 0 {
            match io.read(&mut unread).await? {
                0 => break,
                read => bytes = bytes.saturating_sub(read),
            }
        }
        Ok::<(), std::io::Error>(())
    };
    if let Ok(Err(error)) = timeout(time, linger).await {
        tracing::trace!(target: TARGET, { error = %error }, "the client closed first");
    }
}

#[cfg(test)]
mod tests;
