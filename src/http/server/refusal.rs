//! Answers to requests that reach no endpoint, or whose endpoint failed with a panic. They are the same for all endpoints.

use http::StatusCode;

use super::head::HeadError;
use crate::http::answer::{self, Answered, Response};
use crate::http::error_strings::{ILLEGAL_ARGUMENT, INTERNAL};

/// The answer to a request with a head that no endpoint may see. `http.error_status` does not change the status, since no
/// Jitsi client sends such a head: 400, or 501 for a transfer coding that is not served.
pub(super) fn bad_head(error: HeadError) -> Answered {
    let status = match error {
        HeadError::TransferCoding => StatusCode::NOT_IMPLEMENTED,
        HeadError::Target | HeadError::Host => StatusCode::BAD_REQUEST,
    };
    let reason = format!("The request is malformed: {error}.");
    let response = answer::line(status, &format!("{ILLEGAL_ARGUMENT}: {reason}"), true);
    Answered::failed(ILLEGAL_ARGUMENT, response, reason, false)
}

/// The answer after a panic: 500 whatever `http.error_status` says, since no client may lose its password for it.
pub(super) fn panicked() -> Response {
    let sentence = format!("{INTERNAL}: The service failed at this request. Its log says why.");
    answer::line(StatusCode::INTERNAL_SERVER_ERROR, &sentence, true)
}
