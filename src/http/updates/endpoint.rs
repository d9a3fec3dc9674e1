//! The update endpoint: from a request to its answer.

use std::fs::{File, Metadata};
use std::io;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use bytes::Bytes;
use tokio::sync::Semaphore;
use tokio::task::spawn_blocking;
use tokio::time::{Instant, timeout_at};
use warp::Reply;
use warp::http::header::{
    ACCEPT_RANGES, CACHE_CONTROL, CONTENT_LENGTH, CONTENT_RANGE, CONTENT_SECURITY_POLICY, CONTENT_TYPE,
    X_CONTENT_TYPE_OPTIONS,
};
use warp::http::{HeaderMap, HeaderValue, Method, StatusCode};
use warp::reply::Response;

use super::conditions::{Decision, Validators};
use super::failure::UpdateFailure;
use super::pieces::{Download, pieces};
use super::range::{Asked, asked};
use super::slots::DownloadSlots;
use crate::http::access::Access;
use crate::http::answer;
use crate::http::arrival::Arrival;
use crate::http::client_address::Proxies;
use crate::http::request_guard::{End, RequestLog};
use crate::http::server::{Streamed, WriteDeadline};
use crate::model::config;
use crate::telemetry::Metrics;
use crate::updates::{LiveChannel, Platform, Published};

/// Time in which a file must be open, the wait for a turn included.
const OPEN_TIME: Duration = Duration::from_secs(5);

/// Answers requests for updates.
pub(in crate::http) struct UpdateEndpoint {
    channel: LiveChannel,
    access: Access,
    proxies: Arc<Proxies>,
    metrics: Arc<Metrics>,
    /// Files that may be in the opening at one time.
    openings: Arc<Semaphore>,
    slots: DownloadSlots,
}

/// A request for an update. Its body, if it has one, is not read.
pub(in crate::http) struct UpdateRequest {
    /// Where and when it came in.
    pub(in crate::http) arrival: Arrival,
    /// Its method.
    pub(in crate::http) method: Method,
    /// Its headers.
    pub(in crate::http) headers: HeaderMap,
    /// The parts of its path below `/updates`, as they were sent.
    pub(in crate::http) path: Vec<String>,
    /// Keeps the connection's time limit while a download runs.
    pub(in crate::http) deadline: WriteDeadline,
}

impl UpdateEndpoint {
    /// Reads the settings.
    pub(in crate::http) fn new(
        settings: &config::Http,
        channel: LiveChannel,
        proxies: Arc<Proxies>,
        metrics: Arc<Metrics>,
    ) -> Self {
        let most = channel.settings().max_downloads;
        let openings = Arc::new(Semaphore::new(most.clamp(1, Semaphore::MAX_PERMITS)));
        Self { channel, access: Access::new(settings), proxies, metrics, openings, slots: DownloadSlots::new(most) }
    }

    /// Answers one request and logs it.
    pub(in crate::http) async fn answer(&self, ask: UpdateRequest) -> Response {
        let arrival = ask.arrival;
        let mut log = RequestLog::new(&self.metrics, arrival, &ask.headers);
        match self.serve(ask, &mut log).await {
            Ok(response) => {
                let (status, reason) = (response.status(), String::new());
                log.end(End { outcome: "update", status, reason, is_ours: false });
                response
            }
            Err(failure) => {
                log.end(failure.end());
                failure.answer()
            }
        }
    }

    async fn serve(&self, ask: UpdateRequest, log: &mut RequestLog) -> Result<Response, UpdateFailure> {
        if ask.method != Method::GET && ask.method != Method::HEAD {
            return Err(UpdateFailure::Method);
        }
        let address = self.proxies.client(ask.arrival.peer.ip(), &ask.headers)?;
        log.client(address);
        self.access.check_network(address)?;
        let path: Vec<&str> = ask.path.iter().map(String::as_str).collect();
        match *path {
            [platform, feed] => {
                let platform = Platform::parse(platform).filter(|platform| platform.feed() == feed);
                let platform = platform.ok_or(UpdateFailure::NotFound)?;
                log.update(format!("{platform}/{feed}"));
                let text = self.channel.fresh().await.feed(platform).ok_or(UpdateFailure::NotFound)?;
                Ok(feed_answer(platform, text))
            }
            [platform, version, file] => {
                let found = self.channel.fresh().await.find(platform, version, file);
                let published = found.ok_or(UpdateFailure::NotFound)?;
                log.update(published.path());
                self.download(&ask, address, published).await
            }
            _ => Err(UpdateFailure::NotFound),
        }
    }

    async fn download(
        &self,
        ask: &UpdateRequest,
        address: IpAddr,
        published: Published,
    ) -> Result<Response, UpdateFailure> {
        let content_type = content_type(published.file_name());
        let path = published.path();
        let (file, metadata) = self.open(published).await?;
        let unreadable = |error: io::Error| UpdateFailure::Unreadable { reason: format!("{path}: {error}") };
        let now = SystemTime::now();
        let validators = Validators::of(&metadata, now).map_err(unreadable)?;
        let size = metadata.len();
        let is_get = ask.method == Method::GET;
        let asked = match validators.decide(&ask.headers, now) {
            Decision::PreconditionFailed => return Err(UpdateFailure::PreconditionFailed),
            Decision::NotModified => return Ok(not_modified(&validators)),
            // A range counts for GET only (RFC 9110 section 14.2).
            Decision::Send if is_get => asked(&ask.headers, size),
            Decision::Send | Decision::SendWhole => Asked::Whole,
        };
        let (status, part) = match asked {
            Asked::Whole => (StatusCode::OK, 0..size),
            Asked::Part(part) => (StatusCode::PARTIAL_CONTENT, part),
            Asked::Unsatisfiable => return Err(UpdateFailure::Unsatisfiable { size }),
        };
        let lengths = (part.start, part.end, size);
        let mut response = if is_get {
            // Only what has a body to send takes a slot.
            let slot = self.slots.take(address).await?;
            let stall = self.channel.settings().stall_timeout;
            let download = Download { file, metadata, part, path, stall, deadline: ask.deadline.clone(), slot };
            let mut response = warp::reply::stream(pieces(download)).into_response();
            response.extensions_mut().insert(Streamed);
            response
        } else {
            Response::default()
        };
        *response.status_mut() = status;
        let headers = response.headers_mut();
        add_common(headers, &validators);
        headers.insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
        add_lengths(headers, status, lengths);
        Ok(response)
    }

    /// Opens the file away from the threads that serve. The permit goes along, so that a file system that hangs keeps no
    /// more threads than there are permits; a burst of requests takes turns.
    async fn open(&self, published: Published) -> Result<(File, Metadata), UpdateFailure> {
        let path = published.path();
        let until = Instant::now() + OPEN_TIME;
        let Ok(Ok(opening)) = timeout_at(until, Arc::clone(&self.openings).acquire_owned()).await else {
            return Err(UpdateFailure::Busy);
        };
        let opened = spawn_blocking(move || {
            let file = published.open()?;
            let metadata = file.metadata()?;
            drop(opening);
            Ok((file, metadata))
        });
        let late = || Err(io::ErrorKind::TimedOut.into());
        let opened =
            timeout_at(until, opened).await.map_or_else(|_| late(), |opened| opened.unwrap_or_else(|_| late()));
        opened.map_err(|error: io::Error| match error.kind() {
            io::ErrorKind::NotFound => UpdateFailure::NotFound,
            _ => UpdateFailure::Unreadable { reason: format!("{path}: {error}") },
        })
    }
}

/// How long the answer is, and which part of the file; `(start, end, size)`.
fn add_lengths(headers: &mut HeaderMap, status: StatusCode, (start, end, size): (u64, u64, u64)) {
    headers.insert(ACCEPT_RANGES, HeaderValue::from_static("bytes"));
    headers.insert(CONTENT_LENGTH, HeaderValue::from(end - start));
    if status == StatusCode::PARTIAL_CONTENT
        && let Ok(range) = HeaderValue::try_from(format!("bytes {start}-{}/{size}", end.saturating_sub(1)))
    {
        headers.insert(CONTENT_RANGE, range);
    }
}

fn feed_answer(platform: Platform, text: String) -> Response {
    let mut response = answer::text(StatusCode::OK, Bytes::from(text));
    if platform.reads_appcast() {
        response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/xml; charset=utf-8"));
    }
    response
}

fn not_modified(validators: &Validators) -> Response {
    let mut response = Response::default();
    *response.status_mut() = StatusCode::NOT_MODIFIED;
    add_common(response.headers_mut(), validators);
    response
}

/// What every answer about a file has.
fn add_common(headers: &mut HeaderMap, validators: &Validators) {
    validators.add_to(headers);
    // May be kept, if it is asked about each time.
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    // A page may come from anywhere, and must not act in the name of this service.
    headers.insert(CONTENT_SECURITY_POLICY, HeaderValue::from_static("sandbox"));
}

fn content_type(name: &str) -> &'static str {
    let ending = name.rsplit_once('.').map_or("", |(_, ending)| ending).to_ascii_lowercase();
    match ending.as_str() {
        "html" => "text/html; charset=utf-8",
        "exe" => "application/vnd.microsoft.portable-executable",
        "dmg" => "application/x-apple-diskimage",
        "zip" => "application/zip",
        "deb" => "application/vnd.debian.binary-package",
        "rpm" => "application/x-rpm",
        _ => "application/octet-stream",
    }
}
