//! Whether a client wants what it asks for, given what it has already (RFC 9110 section 13).

use std::fs::Metadata;
use std::io;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use headers::{ETag, HeaderMapExt, IfMatch, IfModifiedSince, IfNoneMatch, IfUnmodifiedSince, LastModified};
use http::header::IF_RANGE;
use http::{HeaderMap, HeaderValue};

/// What tells one content of a file from another.
#[derive(Debug, Clone)]
pub(super) struct Validators {
    /// Made of size and time in nanoseconds; taken for strong, since a file that changes while it is sent is cut off.
    tag: ETag,
    tag_text: String,
    /// Never in the future.
    modified: SystemTime,
}

/// What follows from the conditions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Decision {
    /// Send it, or the range of it that is asked for.
    Send,
    /// Send all of it: the range belongs to another content.
    SendWhole,
    /// The client has it.
    NotModified,
    /// The client wanted another content.
    PreconditionFailed,
}

impl Validators {
    /// Those of a file that is open.
    pub(super) fn for_file(metadata: &Metadata, now: SystemTime) -> io::Result<Self> {
        let modified = metadata.modified()?;
        let since = modified.duration_since(UNIX_EPOCH).unwrap_or_default();
        let tag_text = format!("\"{:x}-{:x}\"", since.as_nanos(), metadata.len());
        let tag = tag_text.parse().map_err(|_| io::Error::other("the entity tag is malformed"))?;
        Ok(Self { tag, tag_text, modified: modified.min(now) })
    }

    /// Adds both to an answer.
    pub(super) fn add_to(&self, headers: &mut HeaderMap) {
        headers.typed_insert(self.tag.clone());
        headers.typed_insert(LastModified::from(self.modified));
    }

    /// Evaluates the conditions of a request in their order (section 13.2.2). A header that cannot be read is none.
    pub(super) fn decide(&self, request: &HeaderMap, now: SystemTime) -> Decision {
        let fits = match request.typed_get::<IfMatch>() {
            Some(wanted) => wanted.precondition_passes(&self.tag),
            None => {
                request.typed_get::<IfUnmodifiedSince>().is_none_or(|since| since.precondition_passes(self.modified))
            }
        };
        if !fits {
            return Decision::PreconditionFailed;
        }
        let is_new = match request.typed_get::<IfNoneMatch>() {
            Some(known) => known.precondition_passes(&self.tag),
            None => request.typed_get::<IfModifiedSince>().is_none_or(|since| since.is_modified(self.modified)),
        };
        if !is_new {
            return Decision::NotModified;
        }
        match request.get(IF_RANGE) {
            Some(known) if !self.is(known, now) => Decision::SendWhole,
            _ => Decision::Send,
        }
    }

    /// Whether an `If-Range` names exactly this content. A time tells no more than the second, so it counts only when that
    /// second is over (section 8.8.2.2).
    fn is(&self, known: &HeaderValue, now: SystemTime) -> bool {
        if known.as_bytes() == self.tag_text.as_bytes() {
            return true;
        }
        let mut own = HeaderMap::new();
        own.typed_insert(LastModified::from(self.modified));
        let is_settled = now.duration_since(self.modified).is_ok_and(|age| age > Duration::from_secs(1));
        is_settled && own.values().any(|own| own == known)
    }
}

#[cfg(test)]
mod tests {
    use http::HeaderName;

    use super::*;

    /// Sun, 06 Nov 1994 08:49:37 GMT, and half a second.
    const MODIFIED: Duration = Duration::from_millis(784_111_777_500);
    const TAG: &str = "\"ae1c6fb6e1fc500-3e8\"";

    fn decide_at(age: Duration, lines: &[(&str, &str)]) -> Decision {
        let modified = UNIX_EPOCH + MODIFIED;
        let validators = Validators { tag: TAG.parse().unwrap(), tag_text: TAG.to_owned(), modified };
        let mut headers = HeaderMap::new();
        for (name, value) in lines {
            headers.append(HeaderName::try_from(*name).unwrap(), HeaderValue::from_str(value).unwrap());
        }
        validators.decide(&headers, modified + age)
    }

    fn decide(lines: &[(&str, &str)]) -> Decision {
        decide_at(Duration::from_mins(1), lines)
    }

    const THEN: &str = "Sun, 06 Nov 1994 08:49:37 GMT";
    const BEFORE: &str = "Sun, 06 Nov 1994 08:49:36 GMT";
    const AFTER: &str = "Sun, 06 Nov 1994 08:49:38 GMT";

    #[test]
    fn conditions_are_evaluated_as_rfc_9110_has_them() {
        for (lines, expected) in [
            (&[][..], Decision::Send),
            (&[("if-none-match", TAG)], Decision::NotModified),
            (&[("if-none-match", "W/\"ae1c6fb6e1fc500-3e8\"")], Decision::NotModified),
            (&[("if-none-match", "\"x\", \"ae1c6fb6e1fc500-3e8\"")], Decision::NotModified),
            (&[("if-none-match", "*")], Decision::NotModified),
            (&[("if-none-match", "\"x\"")], Decision::Send),
            (&[("if-none-match", "\"x\""), ("if-modified-since", THEN)], Decision::Send),
            (&[("if-modified-since", THEN)], Decision::NotModified),
            (&[("if-modified-since", AFTER)], Decision::NotModified),
            (&[("if-modified-since", BEFORE)], Decision::Send),
            (&[("if-modified-since", "yesterday")], Decision::Send),
            (&[("if-match", TAG)], Decision::Send),
            (&[("if-match", "*")], Decision::Send),
            (&[("if-match", "\"x\"")], Decision::PreconditionFailed),
            (&[("if-match", "W/\"ae1c6fb6e1fc500-3e8\"")], Decision::PreconditionFailed),
            (&[("if-match", TAG), ("if-unmodified-since", BEFORE)], Decision::Send),
            (&[("if-unmodified-since", BEFORE)], Decision::PreconditionFailed),
            (&[("if-unmodified-since", THEN)], Decision::Send),
            (&[("if-range", TAG)], Decision::Send),
            (&[("if-range", THEN)], Decision::Send),
            (&[("if-range", AFTER)], Decision::SendWhole),
            (&[("if-range", BEFORE)], Decision::SendWhole),
            (&[("if-range", "\"x\"")], Decision::SendWhole),
            (&[("if-range", "W/\"ae1c6fb6e1fc500-3e8\"")], Decision::SendWhole),
        ] {
            assert_eq!(decide(lines), expected, "{lines:?}");
        }
    }

    #[test]
    fn a_time_is_no_proof_within_its_second() {
        assert_eq!(decide_at(Duration::from_millis(400), &[("if-range", THEN)]), Decision::SendWhole);
    }
}
