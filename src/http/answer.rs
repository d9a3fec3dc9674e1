//! Responses: one line of text, a whole text, or a stream. What the record of the request says goes along.

use std::io;

use bytes::Bytes;
use futures::Stream;
use http::header::{ALLOW, CACHE_CONTROL, CONNECTION, CONTENT_ENCODING, CONTENT_TYPE, X_CONTENT_TYPE_OPTIONS};
use http::{HeaderValue, StatusCode};
use warp::Reply as _;
pub(super) use warp::reply::Response;

use crate::model::request::RequestEnd;

/// The answer to a request, and what the record of the request says of its end. Every endpoint makes its own from its own
/// failures; nothing here depends on what an endpoint serves.
pub(super) struct Answered {
    /// What the client gets.
    pub(super) response: Response,
    /// What log and metrics get.
    pub(super) end: RequestEnd,
}

impl Answered {
    /// An answer that gives the client what it asked for; `outcome` is a fixed word.
    pub(super) fn served(outcome: &'static str, response: Response) -> Self {
        let status = Some(response.status().as_u16());
        Self { response, end: RequestEnd { outcome, status, reason: None, needs_repair: false } }
    }

    /// An answer that says why the client does not get what it asked for. `outcome` is the error string, `reason` is for
    /// the log; an administrator reads it where something `needs_repair`.
    pub(super) fn failed(outcome: &'static str, response: Response, reason: String, needs_repair: bool) -> Self {
        let status = Some(response.status().as_u16());
        Self { response, end: RequestEnd { outcome, status, reason: Some(reason), needs_repair } }
    }
}

/// One line of text. With `close` the connection ends after it.
pub(super) fn line(status: StatusCode, sentence: &str, close: bool) -> Response {
    let mut response = text(status, Bytes::from(format!("{sentence}\n")));
    if close {
        response.headers_mut().insert(CONNECTION, HeaderValue::from_static("close"));
    }
    response
}

/// 405 with the methods that are allowed (RFC 9110 section 15.5.6).
pub(super) fn method_not_allowed(sentence: &str, allowed: &'static str) -> Response {
    let mut response = line(StatusCode::METHOD_NOT_ALLOWED, sentence, true);
    response.headers_mut().insert(ALLOW, HeaderValue::from_static(allowed));
    response
}

/// 204 with the only method that the path has (RFC 9110 section 9.3.7).
pub(super) fn options() -> Response {
    let mut response = Response::new(Bytes::new().into());
    *response.status_mut() = StatusCode::NO_CONTENT;
    let headers = response.headers_mut();
    headers.insert(ALLOW, HeaderValue::from_static("OPTIONS"));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    response
}

/// A text that is complete. `gzip` says that it is compressed.
pub(super) fn provisioned(body: Bytes, gzip: bool) -> Response {
    let mut response = text(StatusCode::OK, body);
    if gzip {
        response.headers_mut().insert(CONTENT_ENCODING, HeaderValue::from_static("gzip"));
    }
    response
}

/// Any text. It must be neither cached nor sniffed for another type.
pub(super) fn text(status: StatusCode, body: Bytes) -> Response {
    let mut response = Response::new(body.into());
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("text/plain; charset=utf-8"));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    response
}

/// A body that is sent piece by piece.
pub(super) fn stream(pieces: impl Stream<Item = io::Result<Bytes>> + Send + Sync + 'static) -> Response {
    warp::reply::stream(pieces).into_response()
}
