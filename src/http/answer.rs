//! Responses: one line of text, or a provisioning text.

use bytes::Bytes;
use warp::http::header::{ALLOW, CACHE_CONTROL, CONNECTION, CONTENT_ENCODING, CONTENT_TYPE, X_CONTENT_TYPE_OPTIONS};
use warp::http::{HeaderValue, StatusCode};
use warp::reply::Response;

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

/// A text that is complete. `gzip` says that it is compressed.
pub(super) fn provisioned(body: Bytes, gzip: bool) -> Response {
    let mut response = text(StatusCode::OK, body);
    if gzip {
        response.headers_mut().insert(CONTENT_ENCODING, HeaderValue::from_static("gzip"));
    }
    response
}

/// Any text. Nothing that is answered here may be kept or guessed at.
pub(super) fn text(status: StatusCode, body: Bytes) -> Response {
    let mut response = Response::new(body.into());
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("text/plain; charset=utf-8"));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    response
}
