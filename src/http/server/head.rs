//! The head of any request, whatever its path (RFC 9112): what is wrong with it, and a copy that needs little memory.
//!
//! hyper takes heads that a server must refuse by the RFC. Two readers of one message that disagree about its host or
//! its end are how requests are smuggled past a proxy.

use http::header::{HOST, TRANSFER_ENCODING};
use http::{HeaderMap, HeaderValue, Request, Uri, Version};

/// Why a head is refused. `Display` is the sentence for the client; it repeats nothing that the client sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(super) enum HeadError {
    /// The target has no path (RFC 9112 sections 3.2.3 and 3.2.4).
    #[error("its target is not a path")]
    Target,
    /// HTTP/1.1 without `Host`, more than one, or one that is no host (RFC 9112 section 3.2).
    #[error("it must have exactly one Host header, with a host name or address and perhaps a port")]
    Host,
    /// A transfer coding other than `chunked` once (RFC 9112 section 6.1).
    #[error("the only transfer coding that is served is chunked, once")]
    TransferCoding,
}

/// Checks target, host and transfer coding.
pub(super) fn check<B>(request: &Request<B>) -> Result<(), HeadError> {
    if !has_path(request.uri()) {
        return Err(HeadError::Target);
    }
    check_host(request.version(), request.headers())?;
    check_coding(request.headers())
}

/// The request with copies of its target and headers. Those from hyper are small parts of its read buffer of 8 KiB, and keep all
/// of it in memory until the answer, while hyper takes another buffer to see whether the client goes away.
pub(super) fn copied<B>(mut request: Request<B>) -> Request<B> {
    for value in request.headers_mut().values_mut() {
        if let Ok(mut copy) = HeaderValue::from_bytes(value.as_bytes()) {
            copy.set_sensitive(value.is_sensitive());
            *value = copy;
        }
    }
    if let Ok(copy) = request.uri().to_string().parse() {
        *request.uri_mut() = copy;
    }
    request
}

/// Whether the target is a path, alone or in a URL: not so for CONNECT and `OPTIONS *` (RFC 9112 section 3.2).
fn has_path(target: &Uri) -> bool {
    target.path_and_query().is_some_and(|path| path.path().starts_with('/'))
}

/// One `Host`, and a valid one (RFC 9112 section 3.2). Simple health checks speak HTTP/1.0, which has none.
fn check_host(version: Version, headers: &HeaderMap) -> Result<(), HeadError> {
    let mut hosts = headers.get_all(HOST).iter();
    match (hosts.next(), hosts.next()) {
        (Some(host), None) if is_host(host.as_bytes()) => Ok(()),
        (None, _) if version < Version::HTTP_11 => Ok(()),
        _ => Err(HeadError::Host),
    }
}

/// `chunked` once is the only transfer coding that is served (RFC 9112 section 6.1). hyper looks at the last one only, and
/// answers a body that does not end with `chunked` by 400 itself (section 6.3).
fn check_coding(headers: &HeaderMap) -> Result<(), HeadError> {
    let mut codings = headers.get_all(TRANSFER_ENCODING).iter();
    match (codings.next(), codings.next()) {
        (None, _) => Ok(()),
        (Some(coding), None) if coding.as_bytes().trim_ascii().eq_ignore_ascii_case(b"chunked") => Ok(()),
        _ => Err(HeadError::TransferCoding),
    }
}

/// Whether this is `uri-host [ ":" port ]` (RFC 9110 section 7.2, RFC 3986 section 3.2.2), which may be empty.
pub(super) fn is_host(value: &[u8]) -> bool {
    if let Some(literal) = value.strip_prefix(b"[") {
        let end = literal.iter().position(|byte| *byte == b']').filter(|end| *end > 0);
        let Some((address, rest)) = end.and_then(|end| literal.split_at_checked(end)) else { return false };
        return address.iter().all(|byte| is_of_host(*byte) || *byte == b':') && rest.get(1..).is_some_and(is_port);
    }
    let end = value.iter().position(|byte| *byte == b':').unwrap_or(value.len());
    let (name, rest) = value.split_at_checked(end).unwrap_or((value, &[]));
    name.iter().all(|byte| is_of_host(*byte)) && is_port(rest)
}

fn is_of_host(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"-._~!$&'()*+,;=%".contains(&byte)
}

/// Whether this is nothing, or a colon and perhaps digits.
fn is_port(rest: &[u8]) -> bool {
    rest.split_first().is_none_or(|(colon, port)| *colon == b':' && port.iter().all(u8::is_ascii_digit))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request(version: Version, headers: &[(&str, &str)]) -> Request<()> {
        let builder = Request::builder().uri("/provision").version(version);
        headers.iter().fold(builder, |builder, (name, value)| builder.header(*name, *value)).body(()).unwrap()
    }

    #[test]
    fn a_copy_says_the_same_and_shares_no_memory() {
        let of = |text: &'static str| bytes::Bytes::from(text.to_owned());
        for target in ["/provision?a=%20&b", "http://h:1/x?y", "http://h", "h:1", "*"] {
            let mut request = request(Version::HTTP_11, &[("host", "h"), ("accept", "a"), ("accept", "b")]);
            let (read, value) = (of(target), of("value"));
            *request.uri_mut() = Uri::from_maybe_shared(read.clone()).unwrap();
            let shared = HeaderValue::from_maybe_shared(value.clone()).unwrap();
            request.headers_mut().insert("x-name", shared);
            let (uri, headers) = (request.uri().clone(), request.headers().clone());
            let copy = copied(request);
            assert_eq!((copy.uri(), copy.headers()), (&uri, &headers));
            drop((uri, headers));
            // Only the test still holds them.
            assert!(read.is_unique() && value.is_unique(), "{target}");
        }
    }

    #[test]
    fn hosts_are_read_as_rfc_3986_writes_them() {
        for host in [
            "",
            "localhost",
            "prov.example.org:8443",
            "a_b.example",
            "192.0.2.1:",
            "[::1]",
            "[2001:db8::1]:80",
            "%C3%BC.example",
        ] {
            assert!(is_host(host.as_bytes()), "{host}");
        }
        for host in
            ["a b", "user@host", "a/b", "a:b", "a:80:81", "[::1", "[]", "[::1]x", "::1", "a\\b", "<x>", "\u{fc}"]
        {
            assert!(!is_host(host.as_bytes()), "{host}");
        }
    }

    #[test]
    fn http_1_1_has_one_host_and_http_1_0_at_most_one() {
        let (new, old) = (Version::HTTP_11, Version::HTTP_10);
        for (version, headers, is_right) in [
            (new, &[("host", "x")][..], true),
            (new, &[], false),
            (new, &[("host", "x"), ("host", "x")], false),
            (new, &[("host", "x y")], false),
            (old, &[], true),
            (old, &[("host", "x")], true),
            (old, &[("host", "x"), ("host", "y")], false),
            (old, &[("host", "x y")], false),
        ] {
            let expected = if is_right { Ok(()) } else { Err(HeadError::Host) };
            assert_eq!(check(&request(version, headers)), expected, "{version:?} {headers:?}");
        }
    }

    #[test]
    fn only_chunked_once_is_served() {
        let of = |codings: &[&str]| {
            let headers: Vec<_> =
                codings.iter().map(|coding| ("transfer-encoding", *coding)).chain([("host", "x")]).collect();
            check(&request(Version::HTTP_11, &headers))
        };
        for right in [&[][..], &["chunked"], &["Chunked"]] {
            assert_eq!(of(right), Ok(()), "{right:?}");
        }
        for wrong in [
            &["gzip, chunked"][..],
            &["chunked", "chunked"],
            &["chunked, chunked"],
            &["identity"],
            &["chunked;x=y"],
            &[""],
        ] {
            assert_eq!(of(wrong), Err(HeadError::TransferCoding), "{wrong:?}");
        }
    }
}
