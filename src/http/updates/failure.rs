//! What goes wrong with a request for an update.

use std::borrow::Cow;

use http::header::{CONTENT_RANGE, RETRY_AFTER};
use http::{HeaderValue, StatusCode};

use crate::http::access::Denial;
use crate::http::answer::{self, Answered, Response};
use crate::http::error_strings::{ILLEGAL_ARGUMENT, NOT_AUTHORISED};

/// Why a request for an update ends without one.
///
/// Never with 401 or 403, in no mode: a client that gets them for its download asks for a password that there is not.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum UpdateFailure {
    /// This client may not ask.
    NotAuthorised(Denial),
    /// The method is not served.
    Method,
    /// There is no such thing.
    NotFound,
    /// All slots for downloads are taken.
    Busy,
    /// This client's address has as many of them as it may.
    ShareTaken,
    /// The file is there and cannot be read.
    Unreadable { reason: String },
    /// The client wants another content than there is.
    PreconditionFailed,
    /// The client wants bytes that there are not; holds how many there are.
    Unsatisfiable { size: u64 },
}

/// Seconds after which a slot may be free.
const RETRY: u32 = 30;

impl UpdateFailure {
    /// The answer, and what the record of the request says.
    pub(super) fn answered(&self) -> Answered {
        let needs_repair = matches!(self, Self::Unreadable { .. });
        Answered::failed(self.name(), self.response(), self.reason().into_owned(), needs_repair)
    }

    /// The error string that the body starts with.
    fn name(&self) -> &'static str {
        match self {
            Self::NotAuthorised(_) => NOT_AUTHORISED,
            Self::Method => ILLEGAL_ARGUMENT,
            Self::NotFound => "NotFound",
            Self::Busy | Self::ShareTaken => "TooManyDownloads",
            Self::Unreadable { .. } => "UpdateException",
            Self::PreconditionFailed => "PreconditionFailed",
            Self::Unsatisfiable { .. } => "RangeNotSatisfiable",
        }
    }

    fn status(&self) -> StatusCode {
        match self {
            Self::NotAuthorised(_) => StatusCode::BAD_REQUEST,
            Self::Method => StatusCode::METHOD_NOT_ALLOWED,
            Self::NotFound => StatusCode::NOT_FOUND,
            Self::Busy | Self::ShareTaken => StatusCode::SERVICE_UNAVAILABLE,
            Self::Unreadable { .. } => StatusCode::INTERNAL_SERVER_ERROR,
            Self::PreconditionFailed => StatusCode::PRECONDITION_FAILED,
            Self::Unsatisfiable { .. } => StatusCode::RANGE_NOT_SATISFIABLE,
        }
    }

    fn response(&self) -> Response {
        let sentence = format!("{}: {}", self.name(), self.sentence());
        if *self == Self::Method {
            return answer::method_not_allowed(&sentence, "GET, HEAD");
        }
        let mut response = answer::line(self.status(), &sentence, matches!(self, Self::NotAuthorised(_)));
        match self {
            Self::Busy | Self::ShareTaken => {
                response.headers_mut().insert(RETRY_AFTER, HeaderValue::from(RETRY));
            }
            Self::Unsatisfiable { size } => {
                if let Ok(range) = HeaderValue::try_from(format!("bytes */{size}")) {
                    response.headers_mut().insert(CONTENT_RANGE, range);
                }
            }
            _ => {}
        }
        response
    }

    /// What the log says; may name paths and settings.
    fn reason(&self) -> Cow<'_, str> {
        Cow::Borrowed(match self {
            Self::NotAuthorised(denial) => return Cow::Owned(denial.to_string()),
            Self::Unreadable { reason } => reason,
            Self::Busy => "all download slots are taken, see `updates.max_downloads`",
            Self::ShareTaken => {
                "this address already has a quarter of `updates.max_downloads`, the most one address may use"
            }
            _ => return self.sentence(),
        })
    }

    /// The sentence for the client.
    fn sentence(&self) -> Cow<'static, str> {
        Cow::Borrowed(match self {
            Self::NotAuthorised(_) => "This client may not fetch updates: its address is not accepted.",
            Self::Method => "Updates are fetched with GET.",
            Self::NotFound => "There is no such update.",
            Self::Busy => "Too many downloads are running. Try again later.",
            Self::ShareTaken => "Too many downloads are running from this address. Try again later.",
            Self::Unreadable { .. } => "The update cannot be read. The log of the service says why.",
            Self::PreconditionFailed => "The file is not the version that the request asks for.",
            Self::Unsatisfiable { size } => return Cow::Owned(format!("The file has {size} bytes.")),
        })
    }
}

impl From<Denial> for UpdateFailure {
    fn from(denial: Denial) -> Self {
        Self::NotAuthorised(denial)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::http::error_strings::UPDATE_ERROR_STRINGS;

    #[test]
    fn every_failure_has_its_string_and_its_status() {
        for (failure, name, status) in [
            (UpdateFailure::NotAuthorised(Denial::Network), "RequestNotAuthorised", 400),
            (UpdateFailure::Method, "IllegalArgumentException", 405),
            (UpdateFailure::NotFound, "NotFound", 404),
            (UpdateFailure::Busy, "TooManyDownloads", 503),
            (UpdateFailure::ShareTaken, "TooManyDownloads", 503),
            (UpdateFailure::Unreadable { reason: "/srv/x: denied".to_owned() }, "UpdateException", 500),
            (UpdateFailure::PreconditionFailed, "PreconditionFailed", 412),
            (UpdateFailure::Unsatisfiable { size: 5 }, "RangeNotSatisfiable", 416),
        ] {
            let Answered { response, end } = failure.answered();
            assert!(UPDATE_ERROR_STRINGS.contains(&name) || crate::http::ERROR_STRINGS.contains(&name), "{name}");
            assert_eq!((end.outcome, end.status, response.status().as_u16()), (name, Some(status), status));
            assert!(!failure.sentence().contains("/srv"), "{failure:?}");
            assert!(
                !response.headers().contains_key("location") && !response.headers().contains_key("www-authenticate")
            );
        }
    }
}
