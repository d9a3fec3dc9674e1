//! Compression of answers, for clients that ask for it.
//!
//! A compressed text that holds a secret can give it away to an attacker who sees its length and can make the victim's
//! program send chosen text again and again, with the secret in each answer (BREACH). A request for a provisioning text
//! carries the password itself, no browser adds it by cookie, and only a request that knows it gets a text: an
//! attacker who can choose the fields knows the password already. On the administrators' pages the only secrets are the tokens of forms, which
//! differ in each answer, and the HTTP secret, which is shown only after the password is given again. So compression is safe
//! for these, and only these are compressed.

use std::io::Write;

use flate2::Compression;
use flate2::write::GzEncoder;
use http::HeaderMap;
use http::header::ACCEPT_ENCODING;

/// Texts below this size travel in one packet anyway.
const WORTHWHILE: usize = 1024;

/// Whether the client asks for gzip (RFC 9110 section 12.5.3). Without the header it does not: a Jitsi 2.10 sends
/// none and cannot decode.
pub(super) fn is_accepted(headers: &HeaderMap) -> bool {
    let lines = headers.get_all(ACCEPT_ENCODING);
    let codings = || lines.iter().filter_map(|line| line.to_str().ok()).flat_map(|line| line.split(',')).map(coding);
    let named = codings().filter(|(name, _)| name.eq_ignore_ascii_case("gzip") || name.eq_ignore_ascii_case("x-gzip"));
    let others = codings().filter(|(name, _)| *name == "*");
    named.chain(others).next().is_some_and(|(_, accepted)| accepted)
}

/// The compressed text, if that is shorter.
pub(super) fn compress(text: &[u8]) -> Option<Vec<u8>> {
    if text.len() < WORTHWHILE {
        return None;
    }
    let mut encoder = GzEncoder::new(Vec::with_capacity(text.len() / 2), Compression::fast());
    encoder.write_all(text).ok()?;
    encoder.finish().ok().filter(|compressed| compressed.len() < text.len())
}

/// A coding and whether its weight is above 0; a weight that cannot be read is none.
fn coding(item: &str) -> (&str, bool) {
    let (name, parameters) = item.split_once(';').unwrap_or((item, "q=1"));
    let weight = parameters.trim().strip_prefix(['q', 'Q']).and_then(|rest| rest.trim_start().strip_prefix('='));
    (name.trim(), weight.and_then(|weight| weight.trim().parse::<f32>().ok()).is_some_and(|weight| weight > 0.0))
}

#[cfg(test)]
mod tests {
    use std::io::Read;

    use http::HeaderValue;

    use super::*;

    fn accepts(lines: &[&'static str]) -> bool {
        let mut headers = HeaderMap::new();
        for line in lines {
            headers.append(ACCEPT_ENCODING, HeaderValue::from_static(line));
        }
        is_accepted(&headers)
    }

    #[test]
    fn gzip_is_sent_only_to_those_who_ask() {
        assert!(accepts(&["gzip,deflate"]));
        assert!(accepts(&["deflate, GZIP ; q=0.5"]));
        assert!(accepts(&["br", "gzip"]));
        assert!(accepts(&["*"]));
        assert!(accepts(&["*;q=0, gzip"]));
        assert!(!accepts(&[]));
        assert!(!accepts(&["deflate"]));
        assert!(!accepts(&["identity, *;q=0"]));
        assert!(!accepts(&["gzip;q=0"]));
        assert!(!accepts(&["gzip; q=0.000, *"]));
        assert!(!accepts(&["gzip;q=lots"]));
    }

    #[test]
    fn what_is_compressed_is_shorter_and_comes_back_whole() {
        let text = "net.java.sip.communicator.x=1\n".repeat(100);
        let compressed = compress(text.as_bytes()).unwrap();
        assert!(compressed.len() < text.len());
        let mut back = String::new();
        flate2::read::GzDecoder::new(&*compressed).read_to_string(&mut back).unwrap();
        assert_eq!(back, text);
        assert_eq!(compress(b"a=b"), None);
    }
}
