//! A request for a page: where it wants to go, what it brings, and who sends it.

use std::net::IpAddr;
use std::pin::pin;

use bytes::Buf;
use futures::{Stream, StreamExt as _};
use http::header::{CONTENT_TYPE, HOST, ORIGIN};
use http::{HeaderMap, Method};
use percent_encoding::percent_decode_str;
use tokio::sync::{Semaphore, SemaphorePermit};
use tokio::time::{Instant, timeout_at};

use crate::model::config::OwnUrl;

/// Largest form that is read, in bytes as it is sent. A reply of 256 KiB that is pasted takes at most three times as much.
pub(super) const MAX_FORM: usize = 1024 * 1024;

/// Largest form that every connection may send, in bytes. Larger ones take turns: a connection may take no more memory than the
/// service has for each.
pub(super) const SMALL_FORM: usize = 64 * 1024;

/// Most fields of a form or of a query; further ones are left out.
const MAX_FIELDS: usize = 200;

/// A request without its body.
pub(super) struct PageRequest {
    pub(super) method: Method,
    /// The parts of the path below `/admin`, decoded. Empty for the overview.
    path: Vec<String>,
    pub(super) query: Fields,
    pub(super) headers: HeaderMap,
    /// The browser, behind trusted proxies too.
    pub(super) address: IpAddr,
}

/// Names and values of a form or of a query, in their order.
#[derive(Clone, Default)]
pub(super) struct Fields(Vec<(String, String)>);

/// Why a form is not read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum UnreadForm {
    /// It is larger than [`MAX_FORM`].
    TooLarge,
    /// It did not arrive in time, or not whole.
    Incomplete,
    /// It is no form of a page (`application/x-www-form-urlencoded`).
    OtherType,
}

impl Fields {
    /// Reads what browsers send: `a=b&c=d`, UTF-8 in `%` escapes. What is not UTF-8 becomes U+FFFD.
    pub(super) fn parse(text: &[u8]) -> Self {
        let fields = form_urlencoded::parse(text).take(MAX_FIELDS);
        Self(fields.map(|(name, value)| (name.into_owned(), value.into_owned())).collect())
    }

    /// These fields.
    pub(super) fn of(fields: &[(&str, &str)]) -> Self {
        Self(fields.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect())
    }

    /// The fields but for those with these names.
    pub(super) fn without(&self, names: &[&str]) -> Self {
        Self(self.0.iter().filter(|(name, _)| !names.contains(&name.as_str())).cloned().collect())
    }

    /// Whether there is none.
    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The value of the first field with this name; none when it is missing.
    pub(super) fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(found, _)| found == name).map(|(_, value)| value.as_str())
    }

    /// As [`Fields::get`], without white space around; none when nothing is left.
    pub(super) fn filled(&self, name: &str) -> Option<&str> {
        self.get(name).map(str::trim).filter(|value| !value.is_empty())
    }

    /// All fields in their order.
    pub(super) fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(name, value)| (name.as_str(), value.as_str()))
    }

    /// The fields as a browser writes them in a query.
    pub(super) fn encoded(&self) -> String {
        form_urlencoded::Serializer::new(String::new()).extend_pairs(self.iter()).finish()
    }
}

impl PageRequest {
    /// Takes a request whose path begins with `/admin`. Empty parts of the path do not count.
    pub(super) fn new(method: Method, path: &str, query: &str, headers: HeaderMap, address: IpAddr) -> Self {
        let parts = path.split('/').filter(|part| !part.is_empty()).skip(1);
        let path = parts.map(decoded).collect();
        Self { method, path, query: Fields::parse(query.as_bytes()), headers, address }
    }

    /// The path as pages name it: `/admin/`, `/admin/requests`.
    pub(super) fn address_of_page(&self) -> String {
        format!("/admin/{}", self.path.join("/"))
    }

    /// The parts of the path below `/admin`, for `match`.
    pub(super) fn parts(&self) -> Vec<&str> {
        self.path.iter().map(String::as_str).collect()
    }

    /// The own address that the browser asks, by the request's `Host`; none for any other host.
    pub(super) fn own_url<'u>(&self, urls: &'u [OwnUrl]) -> Option<&'u OwnUrl> {
        let host = self.headers.get(HOST)?.to_str().ok()?.to_ascii_lowercase();
        // A proxy may name the port that goes without saying.
        let is_host = |url: &&OwnUrl| {
            let usual = if url.origin().starts_with("https:") { ":443" } else { ":80" };
            url.host() == host || host.strip_suffix(usual) == Some(url.host())
        };
        urls.iter().find(is_host)
    }

    /// Whether the request changes something (RFC 9110 section 9.2.1).
    pub(super) fn is_post(&self) -> bool {
        self.method == Method::POST
    }

    /// Whether a form came from a page of ours, as the browser says it: `Sec-Fetch-Site: same-origin`, or without that header
    /// an `Origin` of ours. A proxy with `Referrer-Policy: no-referrer` makes the origin `null`, and leaves the other header.
    pub(super) fn is_from_own_page(&self, urls: &[OwnUrl]) -> bool {
        if let Some(site) = self.header("sec-fetch-site") {
            return site == "same-origin";
        }
        let origin = self.headers.get(ORIGIN).and_then(|origin| origin.to_str().ok());
        origin.is_some_and(|origin| urls.iter().any(|url| url.origin() == origin))
    }

    /// Whether a browser fetches a page for something else than a window: a frame, a script, an image of another site. A client
    /// that says nothing of it is let through.
    pub(super) fn is_embedded(&self) -> bool {
        let is_foreign = self.header("sec-fetch-site").is_some_and(|site| !matches!(site, "same-origin" | "none"));
        let is_window = matches!(self.header("sec-fetch-dest"), None | Some("document"));
        let is_frame = matches!(self.header("sec-fetch-dest"), Some("iframe" | "frame" | "object" | "embed"));
        is_frame || is_foreign && !is_window
    }

    /// A header, when it is text.
    pub(super) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// Reads the form of this request, which must be complete at `by`. One that is not small needs a place among the large ones,
    /// which it holds as long as the form is there.
    pub(super) async fn form<'p, B: Buf, E>(
        &self,
        body: impl Stream<Item = Result<B, E>>,
        large: &'p Semaphore,
        by: Instant,
    ) -> Result<(Fields, Option<SemaphorePermit<'p>>), UnreadForm> {
        let kind = self.header(CONTENT_TYPE.as_str()).and_then(|kind| kind.split(';').next()).unwrap_or_default();
        if !kind.trim().eq_ignore_ascii_case("application/x-www-form-urlencoded") {
            return Err(UnreadForm::OtherType);
        }
        let (text, place) = timeout_at(by, collect(body, large)).await.map_err(|_| UnreadForm::Incomplete)??;
        Ok((Fields::parse(&text), place))
    }
}

fn decoded(part: &str) -> String {
    percent_decode_str(part).decode_utf8_lossy().into_owned()
}

async fn collect<B: Buf, E>(
    body: impl Stream<Item = Result<B, E>>,
    large: &Semaphore,
) -> Result<(Vec<u8>, Option<SemaphorePermit<'_>>), UnreadForm> {
    let mut body = pin!(body);
    let (mut text, mut place) = (Vec::new(), None);
    while let Some(chunk) = body.next().await {
        let mut chunk = chunk.map_err(|_| UnreadForm::Incomplete)?;
        if text.len() + chunk.remaining() > MAX_FORM {
            return Err(UnreadForm::TooLarge);
        }
        if place.is_none() && text.len() + chunk.remaining() > SMALL_FORM {
            place = Some(large.acquire().await.map_err(|_| UnreadForm::Incomplete)?);
        }
        while chunk.has_remaining() {
            let read = chunk.chunk().len();
            text.extend_from_slice(chunk.chunk());
            chunk.advance(read);
        }
    }
    Ok((text, place))
}

#[cfg(test)]
mod tests;
