//! What all answers of the pages have in common: headers that keep a browser from harm.

use bytes::Bytes;
use http::header::{
    CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_ENCODING, CONTENT_SECURITY_POLICY, CONTENT_TYPE, HeaderName, LOCATION,
    REFERRER_POLICY, VARY, X_CONTENT_TYPE_OPTIONS, X_FRAME_OPTIONS,
};
use http::{HeaderMap, HeaderValue, StatusCode};

use crate::http::answer::Response;
use crate::http::gzip;

/// Nothing from elsewhere, nothing inside the page: no script, no style (the attribute included), no frame around it.
const POLICY: HeaderValue = HeaderValue::from_static(
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; form-action 'self'; frame-ancestors 'none'; \
     base-uri 'none'",
);

/// A page, compressed for a browser that asks for it in `headers`.
pub(super) fn html(status: StatusCode, text: String, headers: &HeaderMap) -> Response {
    let mut response = compressed(status, text.into(), "text/html; charset=utf-8", headers);
    response.headers_mut().insert(VARY, HeaderValue::from_static("Cookie, Accept-Language, Accept-Encoding"));
    response
}

/// A text, compressed for a browser that asks for it in `headers`.
pub(super) fn compressed(status: StatusCode, text: Bytes, kind: &'static str, headers: &HeaderMap) -> Response {
    let shorter = Some(&text).filter(|_| gzip::is_accepted(headers)).and_then(|text| gzip::compress(text));
    let Some(shorter) = shorter else { return whole(status, text, kind) };
    let mut response = whole(status, shorter.into(), kind);
    response.headers_mut().insert(CONTENT_ENCODING, HeaderValue::from_static("gzip"));
    response
}

/// The way to another page of ours, which the browser fetches with GET (RFC 9110 section 15.4.4). `address` is a path with a
/// query, in ASCII.
pub(super) fn see_other(address: &str) -> Response {
    let mut response = whole(StatusCode::SEE_OTHER, Bytes::new(), "text/plain; charset=utf-8");
    if let Ok(address) = HeaderValue::from_str(address) {
        response.headers_mut().insert(LOCATION, address);
    }
    response
}

/// A file to keep. `name` is of letters, digits, dots and hyphens.
pub(super) fn download(name: &str, kind: &'static str, content: Bytes) -> Response {
    let mut response = whole(StatusCode::OK, content, kind);
    if let Ok(disposition) = HeaderValue::from_str(&format!("attachment; filename=\"{name}\"")) {
        response.headers_mut().insert(CONTENT_DISPOSITION, disposition);
    }
    response
}

/// Adds the headers that every answer of the pages carries.
pub(super) fn protect(response: &mut Response) {
    let headers = response.headers_mut();
    headers.entry(CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    for (name, value) in [
        (CONTENT_SECURITY_POLICY, POLICY),
        (X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
        (X_FRAME_OPTIONS, HeaderValue::from_static("DENY")),
        // Not "no-referrer": with it a form without script is sent with `Origin: null`.
        (REFERRER_POLICY, HeaderValue::from_static("same-origin")),
        (HeaderName::from_static("cross-origin-opener-policy"), HeaderValue::from_static("same-origin")),
        (HeaderName::from_static("cross-origin-resource-policy"), HeaderValue::from_static("same-origin")),
        (
            HeaderName::from_static("permissions-policy"),
            HeaderValue::from_static("camera=(), geolocation=(), microphone=()"),
        ),
    ] {
        headers.insert(name, value);
    }
}

fn whole(status: StatusCode, content: Bytes, kind: &'static str) -> Response {
    let mut response = Response::new(content.into());
    *response.status_mut() = status;
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(kind));
    response
}
