//! Which bytes of a file are asked for (RFC 9110 section 14.2).

use std::ops::Range;

use http::header::RANGE;
use http::{HeaderMap, HeaderValue};

/// Which bytes of a file are asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum RequestedRange {
    /// All of them.
    Whole,
    /// These, and there are such.
    Part(Range<u64>),
    /// Some that the file does not have.
    Unsatisfiable,
}

/// Reads the `Range` header of a request for a file of `size` bytes.
///
/// A header that is malformed, has another unit or comes twice asks for nothing (section 14.2). Several ranges at once are
/// answered by the whole file, as a server may; no Jitsi client asks so.
pub(super) fn requested_range(headers: &HeaderMap, size: u64) -> RequestedRange {
    let mut lines = headers.get_all(RANGE).iter();
    match (lines.next().map(HeaderValue::to_str), lines.next()) {
        (Some(Ok(line)), None) => parse(line, size).unwrap_or(RequestedRange::Whole),
        _ => RequestedRange::Whole,
    }
}

/// Nothing when it is malformed.
fn parse(line: &str, size: u64) -> Option<RequestedRange> {
    let (unit, set) = line.split_once('=')?;
    if !unit.trim().eq_ignore_ascii_case("bytes") {
        return None;
    }
    let mut ranges = set.split(',').map(str::trim).filter(|range| !range.is_empty());
    let first = one(ranges.next()?, size)?;
    let mut several = false;
    for other in ranges {
        one(other, size)?;
        several = true;
    }
    Some(if several { RequestedRange::Whole } else { first })
}

fn one(range: &str, size: u64) -> Option<RequestedRange> {
    let (first, last) = range.split_once('-')?;
    let part = match (first, last) {
        ("", suffix) => size.saturating_sub(number(suffix)?)..size,
        (first, "") => number(first)?..size,
        (first, last) => {
            let (first, last) = (number(first)?, number(last)?);
            if last < first {
                return None;
            }
            first..last.saturating_add(1).min(size)
        }
    };
    Some(if part.is_empty() { RequestedRange::Unsatisfiable } else { RequestedRange::Part(part) })
}

/// Digits; more of them than fit are a number beyond the end of any file.
fn number(text: &str) -> Option<u64> {
    let is_number = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    is_number.then(|| text.parse().unwrap_or(u64::MAX))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn requested(line: &str, size: u64) -> RequestedRange {
        let mut headers = HeaderMap::new();
        headers.insert(RANGE, HeaderValue::from_str(line).unwrap());
        requested_range(&headers, size)
    }

    #[test]
    fn ranges_are_read_as_rfc_9110_has_them() {
        for (line, expected) in [
            ("bytes=0-0", RequestedRange::Part(0..1)),
            ("bytes=0-499", RequestedRange::Part(0..500)),
            ("bytes=500-999", RequestedRange::Part(500..1000)),
            ("bytes=500-99999", RequestedRange::Part(500..1000)),
            ("bytes=500-", RequestedRange::Part(500..1000)),
            ("bytes=999-", RequestedRange::Part(999..1000)),
            ("bytes=-500", RequestedRange::Part(500..1000)),
            ("bytes=-99999", RequestedRange::Part(0..1000)),
            ("Bytes=1-2", RequestedRange::Part(1..3)),
            ("bytes= 1-2 ,", RequestedRange::Part(1..3)),
            ("bytes=0-99999999999999999999999", RequestedRange::Part(0..1000)),
            ("bytes=1000-", RequestedRange::Unsatisfiable),
            ("bytes=1000-1001", RequestedRange::Unsatisfiable),
            ("bytes=99999999999999999999999-", RequestedRange::Unsatisfiable),
            ("bytes=-0", RequestedRange::Unsatisfiable),
            ("bytes=0-1,5-6", RequestedRange::Whole),
            ("bytes=2-1", RequestedRange::Whole),
            ("bytes=a-b", RequestedRange::Whole),
            ("bytes=+1-2", RequestedRange::Whole),
            ("bytes=1", RequestedRange::Whole),
            ("bytes=-", RequestedRange::Whole),
            ("bytes=", RequestedRange::Whole),
            ("bytes=0-1,x", RequestedRange::Whole),
            ("lines=0-1", RequestedRange::Whole),
            ("", RequestedRange::Whole),
        ] {
            assert_eq!(requested(line, 1000), expected, "{line}");
        }
        assert_eq!(requested("bytes=0-", 0), RequestedRange::Unsatisfiable);
        assert_eq!(requested("bytes=-5", 0), RequestedRange::Unsatisfiable);
    }

    #[test]
    fn two_headers_ask_for_nothing() {
        let mut headers = HeaderMap::new();
        headers.append(RANGE, HeaderValue::from_static("bytes=0-1"));
        headers.append(RANGE, HeaderValue::from_static("bytes=2-3"));
        assert_eq!(requested_range(&headers, 10), RequestedRange::Whole);
        assert_eq!(requested_range(&HeaderMap::new(), 10), RequestedRange::Whole);
    }

    proptest! {
        #[test]
        fn a_part_lies_within_the_file(line in "(bytes=)?[0-9,= -]{0,12}", size in 0u64..50) {
            if let RequestedRange::Part(part) = requested(&line, size) {
                prop_assert!(part.start < part.end && part.end <= size);
            }
        }
    }
}
