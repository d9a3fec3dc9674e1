//! The update endpoint: from a request to its answer.

use std::fs::{File, Metadata};
use std::io;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use bytes::Bytes;
use http::header::{
    ACCEPT_RANGES, CACHE_CONTROL, CONTENT_LENGTH, CONTENT_RANGE, CONTENT_SECURITY_POLICY, CONTENT_TYPE,
    X_CONTENT_TYPE_OPTIONS,
};
use http::{HeaderMap, HeaderValue, Method, StatusCode};
use tokio::sync::Semaphore;
use tokio::task::spawn_blocking;
use tokio::time::{Instant, timeout_at};

use super::conditions::{Decision, Validators};
use super::failure::UpdateFailure;
use super::pieces::{Download, pieces};
use super::range::{RequestedRange, requested_range};
use super::slots::DownloadSlots;
use crate::http::access;
use crate::http::answer::{self, Answered, Response};
use crate::http::arrival::Arrival;
use crate::http::client_address::Proxies;
use crate::http::request_guard::RequestGuard;
use crate::http::write_deadline::{Streamed, WriteDeadline};
use crate::model::request::{Asked, Stages};
use crate::settings::Settings;
use crate::telemetry::Recorder;
use crate::updates::{LiveChannel, Platform, Published};

/// Time in which a file must be open, the wait for a turn included.
const OPEN_TIME: Duration = Duration::from_secs(5);

/// Answers requests for updates.
pub(in crate::http) struct UpdateEndpoint {
    channel: LiveChannel,
    settings: Settings,
    proxies: Arc<Proxies>,
    recorder: Recorder,
    /// Files that may be in the opening at one time.
    openings: Arc<Semaphore>,
    slots: DownloadSlots,
}

/// A request for an update. Its body, if it has one, is not read.
pub(in crate::http) struct UpdateRequest {
    /// Where and when it came in.
    pub(in crate::http) arrival: Arrival,
    pub(in crate::http) method: Method,
    pub(in crate::http) headers: HeaderMap,
    /// The parts of its path below `/updates`, as they were sent.
    pub(in crate::http) path: Vec<String>,
    /// Keeps the connection's time limit while a download runs.
    pub(in crate::http) deadline: WriteDeadline,
}

/// A file of the update channel.
enum UpdateFile {
    /// Says which version there is.
    Feed(Platform),
    /// An installer, or the page on what is new.
    Published(Published),
}

impl UpdateFile {
    /// Its path in the channel. A path as it was sent may hold anything, so it is not repeated.
    fn path(&self) -> String {
        match self {
            Self::Feed(platform) => format!("{platform}/{}", platform.feed()),
            Self::Published(published) => published.path(),
        }
    }
}

impl UpdateEndpoint {
    /// An endpoint for this channel, for the networks that the settings allow.
    pub(in crate::http) fn new(
        settings: Settings,
        channel: LiveChannel,
        proxies: Arc<Proxies>,
        recorder: Recorder,
    ) -> Self {
        let most = channel.settings().max_downloads;
        let openings = Arc::new(Semaphore::new(most.clamp(1, Semaphore::MAX_PERMITS)));
        Self { channel, settings, proxies, recorder, openings, slots: DownloadSlots::new(most) }
    }

    /// Answers one request and records it.
    pub(in crate::http) async fn answer(&self, request: UpdateRequest) -> Response {
        let UpdateRequest { arrival, headers, .. } = &request;
        let mut guard = RequestGuard::new(&self.recorder, *arrival, headers, Asked::Update(None));
        let served = async {
            if request.method != Method::GET && request.method != Method::HEAD {
                return Err(UpdateFailure::Method);
            }
            let address = self.proxies.client(arrival.peer.ip(), headers)?;
            guard.client(address);
            access::check_network(&self.settings.in_force(), address)?;
            let file = self.find(&request.path).await?;
            guard.asked(Asked::Update(Some(file.path())));
            match file {
                UpdateFile::Feed(platform) => self.feed(platform).await,
                UpdateFile::Published(published) => self.download(&request, address, published).await,
            }
        };
        let Answered { response, end } = match served.await {
            Ok(response) => Answered::served("update", response),
            Err(failure) => failure.answered(),
        };
        guard.end(end, Stages::default(), None);
        response
    }

    /// What the path names, if the channel may have it.
    async fn find(&self, path: &[String]) -> Result<UpdateFile, UpdateFailure> {
        let file = match path {
            [platform, feed] => {
                let platform = Platform::parse(platform).filter(|platform| platform.feed() == feed);
                platform.map(UpdateFile::Feed)
            }
            [platform, version, file] => {
                let found = self.channel.fresh().await.find(platform, version, file);
                found.map(UpdateFile::Published)
            }
            _ => None,
        };
        file.ok_or(UpdateFailure::NotFound)
    }

    async fn feed(&self, platform: Platform) -> Result<Response, UpdateFailure> {
        let text = self.channel.fresh().await.feed(platform).ok_or(UpdateFailure::NotFound)?;
        let mut response = answer::text(StatusCode::OK, Bytes::from(text));
        if platform.reads_appcast() {
            response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/xml; charset=utf-8"));
        }
        Ok(response)
    }

    async fn download(
        &self,
        request: &UpdateRequest,
        address: IpAddr,
        published: Published,
    ) -> Result<Response, UpdateFailure> {
        let content_type = content_type(published.file_name());
        let path = published.path();
        let (file, metadata) = self.open(published).await?;
        let unreadable = |error: io::Error| UpdateFailure::Unreadable { reason: format!("{path}: {error}") };
        let now = SystemTime::now();
        let validators = Validators::for_file(&metadata, now).map_err(unreadable)?;
        let size = metadata.len();
        let is_get = request.method == Method::GET;
        let range = match validators.decide(&request.headers, now) {
            Decision::PreconditionFailed => return Err(UpdateFailure::PreconditionFailed),
            Decision::NotModified => return Ok(not_modified(&validators)),
            // A range counts for GET only (RFC 9110 section 14.2).
            Decision::Send if is_get => requested_range(&request.headers, size),
            Decision::Send | Decision::SendWhole => RequestedRange::Whole,
        };
        let (status, part) = match range {
            RequestedRange::Whole => (StatusCode::OK, 0..size),
            RequestedRange::Part(part) => (StatusCode::PARTIAL_CONTENT, part),
            RequestedRange::Unsatisfiable => return Err(UpdateFailure::Unsatisfiable { size }),
        };
        let lengths = (part.start, part.end, size);
        let mut response = if is_get {
            // Only what has a body to send takes a slot.
            let slot = self.slots.take(address).await?;
            let stall = self.channel.settings().stall_timeout;
            let download = Download { file, metadata, part, path, stall, deadline: request.deadline.clone(), slot };
            let mut response = answer::stream(pieces(download));
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
