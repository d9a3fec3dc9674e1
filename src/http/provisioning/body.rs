//! Reading the body of a request, within its limits.

use std::pin::pin;

use bytes::Buf;
use futures::{Stream, StreamExt};
use http::header::{CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_TYPE};
use http::{HeaderMap, HeaderName};
use tokio::time::{Instant, timeout_at};

use super::illegal_argument::{IllegalArgument, MAX_BODY};

/// Reads the body of a form, which must be complete at `by`.
///
/// What the head already rules out is refused before anything is read, and no more than the limit is kept.
pub(super) async fn read<B: Buf, E>(
    headers: &HeaderMap,
    body: impl Stream<Item = Result<B, E>>,
    by: Instant,
) -> Result<Vec<u8>, IllegalArgument> {
    check_head(headers)?;
    let text = timeout_at(by, collect(body)).await.map_err(|_| IllegalArgument::TooSlow)??;
    // A client whose URI has no fields posts an empty body, and a bare one need not say what it is.
    if text.is_empty() || headers.contains_key(CONTENT_TYPE) { Ok(text) } else { Err(IllegalArgument::ContentType) }
}

fn check_head(headers: &HeaderMap) -> Result<(), IllegalArgument> {
    let coding = only(headers, &CONTENT_ENCODING, "Content-Encoding")?;
    if coding.is_some_and(|coding| !coding.eq_ignore_ascii_case("identity")) {
        return Err(IllegalArgument::ContentEncoding);
    }
    // hyper takes several that are the same, and refuses others.
    let length = headers.get(CONTENT_LENGTH).and_then(|length| length.to_str().ok()?.trim().parse::<u64>().ok());
    if length.is_some_and(|length| usize::try_from(length).map_or(true, |length| length > MAX_BODY)) {
        return Err(IllegalArgument::TooLarge);
    }
    only(headers, &CONTENT_TYPE, "Content-Type")?.map_or(Ok(()), check_type)
}

/// The value of a header of which there must not be two: which of them counts would be anybody's guess.
fn only<'a>(
    headers: &'a HeaderMap,
    name: &HeaderName,
    shown: &'static str,
) -> Result<Option<&'a str>, IllegalArgument> {
    let mut values = headers.get_all(name).iter();
    match (values.next(), values.next()) {
        (_, Some(_)) => Err(IllegalArgument::Repeated(shown)),
        (value, None) => Ok(value.map(|value| value.to_str().unwrap_or_default().trim())),
    }
}

fn check_type(value: &str) -> Result<(), IllegalArgument> {
    let mut parts = value.split(';').map(str::trim);
    if !parts.next().is_some_and(|kind| kind.eq_ignore_ascii_case("application/x-www-form-urlencoded")) {
        return Err(IllegalArgument::ContentType);
    }
    let mut charsets = parts
        .filter_map(|parameter| parameter.split_once('='))
        .filter(|(name, _)| name.trim().eq_ignore_ascii_case("charset"))
        .map(|(_, charset)| charset.trim().trim_matches('"'));
    let is_utf8 = |charset: &str| ["utf-8", "utf8", "us-ascii"].iter().any(|known| charset.eq_ignore_ascii_case(known));
    if charsets.all(is_utf8) { Ok(()) } else { Err(IllegalArgument::Charset) }
}

async fn collect<B: Buf, E>(body: impl Stream<Item = Result<B, E>>) -> Result<Vec<u8>, IllegalArgument> {
    let mut body = pin!(body);
    let mut text = Vec::new();
    while let Some(chunk) = body.next().await {
        let mut chunk = chunk.map_err(|_| IllegalArgument::Incomplete)?;
        if text.len() + chunk.remaining() > MAX_BODY {
            return Err(IllegalArgument::TooLarge);
        }
        while chunk.has_remaining() {
            let read = chunk.chunk().len();
            text.extend_from_slice(chunk.chunk());
            chunk.advance(read);
        }
    }
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_is_recognised_with_and_without_charset() {
        for known in [
            "application/x-www-form-urlencoded",
            "Application/X-WWW-Form-Urlencoded;charset=UTF-8",
            "application/x-www-form-urlencoded ; Charset=\"utf-8\"; x=y",
            "application/x-www-form-urlencoded;",
        ] {
            assert_eq!(check_type(known), Ok(()), "{known}");
        }
        for other in ["", "text/plain", "application/json", "multipart/form-data; boundary=x"] {
            assert_eq!(check_type(other), Err(IllegalArgument::ContentType), "{other}");
        }
        let latin = "application/x-www-form-urlencoded; charset=ISO-8859-1";
        assert_eq!(check_type(latin), Err(IllegalArgument::Charset));
    }
}
