//! The only place that turns a failure into an answer.
//!
//! A Jitsi client that gets 401 or 403 deletes the password that its user saved, and asks for another. So by default
//! 401 means one thing only: this name and password are wrong. With `http.error_status = "plugin"` nearly everything
//! is 401, as it was with the old Openfire plugin.
//!
//! The sentence for the client and the text for the log are two things. The first never tells an unknown user from a
//! wrong password, and names no host.

use std::borrow::Cow;
use std::time::Duration;

use warp::http::header::{RETRY_AFTER, WWW_AUTHENTICATE};
use warp::http::{HeaderValue, StatusCode};
use warp::reply::Response;

use super::illegal_argument::IllegalArgument;
use crate::http::access::Denial;
use crate::http::answer;
use crate::http::request_guard::End;
use crate::model::config::ErrorStatus;
use crate::provision::ProvisionError;
use crate::telemetry::SetupMistake;

/// What the body of an answer begins with that is no provisioning text.
pub const ERROR_STRINGS: [&str; 7] = [
    "UnauthorizedException",
    "RequestNotAuthorised",
    "IllegalArgumentException",
    "ConnectionException",
    INTERNAL,
    "TemplateException",
    "TooManyRequests",
];

/// Why a request ends without a provisioning text.
#[derive(Debug, PartialEq, Eq)]
pub(in crate::http) enum Failure {
    /// There is nothing to check; the client is asked for HTTP Basic. Not a failed login.
    NoCredentials,
    /// Name or password is wrong; `challenge` when they came by HTTP Basic.
    Unauthorized { reason: String, challenge: bool },
    /// This client may not ask.
    NotAuthorised(Denial),
    /// The request is malformed.
    IllegalArgument(IllegalArgument),
    /// The method is not served; holds those that are.
    Method(&'static str),
    /// Openfire does not answer.
    Connection { reason: String },
    /// Openfire could not check the login.
    CannotCheck { reason: String },
    /// The template failed.
    Template { reason: String },
    /// Too many failed logins.
    TooManyRequests { retry_after: Duration },
}

impl Failure {
    /// What the use case failed with, for a login by a form or by HTTP Basic.
    pub(in crate::http) fn of(error: &ProvisionError, by_basic: bool) -> Self {
        let reason = error.to_string();
        match error {
            ProvisionError::Unauthorized { .. } => Self::Unauthorized { reason, challenge: by_basic },
            ProvisionError::CannotCheck { .. } => Self::CannotCheck { reason },
            ProvisionError::Unreachable { .. } => Self::Connection { reason },
            ProvisionError::Template { .. } => Self::Template { reason },
            ProvisionError::Throttled { retry_after } => Self::TooManyRequests { retry_after: *retry_after },
        }
    }

    /// The error string that the body starts with.
    pub(in crate::http) fn name(&self) -> &'static str {
        match self {
            Self::NoCredentials | Self::Unauthorized { .. } => "UnauthorizedException",
            Self::NotAuthorised(_) => "RequestNotAuthorised",
            Self::IllegalArgument(_) | Self::Method(_) => "IllegalArgumentException",
            Self::Connection { .. } => "ConnectionException",
            Self::CannotCheck { .. } => INTERNAL,
            Self::Template { .. } => "TemplateException",
            Self::TooManyRequests { .. } => "TooManyRequests",
        }
    }

    /// The status of the answer.
    pub(in crate::http) fn status(&self, mode: ErrorStatus) -> StatusCode {
        let client_safe = match self {
            Self::Method(_) => return StatusCode::METHOD_NOT_ALLOWED,
            Self::Template { .. } => return StatusCode::INTERNAL_SERVER_ERROR,
            Self::TooManyRequests { .. } => return StatusCode::TOO_MANY_REQUESTS,
            Self::NoCredentials | Self::Unauthorized { .. } => StatusCode::UNAUTHORIZED,
            Self::NotAuthorised(_) | Self::IllegalArgument(_) => StatusCode::BAD_REQUEST,
            Self::Connection { .. } | Self::CannotCheck { .. } => StatusCode::SERVICE_UNAVAILABLE,
        };
        match mode {
            ErrorStatus::ClientSafe => client_safe,
            ErrorStatus::Plugin => StatusCode::UNAUTHORIZED,
        }
    }

    /// The answer. `challenge` is the `WWW-Authenticate` that goes with a 401 where HTTP Basic is meant; a client that
    /// sent a form would only send the same wrong password again as Basic.
    pub(in crate::http) fn answer(&self, mode: ErrorStatus, challenge: &HeaderValue) -> Response {
        let sentence = format!("{}: {}", self.name(), self.sentence());
        let mut response = match self {
            Self::Method(allowed) => answer::method_not_allowed(&sentence, allowed),
            // The body may not have been read, and what comes next on the connection could be the rest of it.
            Self::NotAuthorised(_) | Self::IllegalArgument(_) => answer::line(self.status(mode), &sentence, true),
            _ => answer::line(self.status(mode), &sentence, false),
        };
        match self {
            Self::NoCredentials | Self::Unauthorized { challenge: true, .. } => {
                response.headers_mut().insert(WWW_AUTHENTICATE, challenge.clone());
            }
            Self::TooManyRequests { retry_after } => {
                response.headers_mut().insert(RETRY_AFTER, HeaderValue::from(whole_seconds(*retry_after)));
            }
            _ => {}
        }
        response
    }

    /// What the log says; may name hosts and settings.
    pub(in crate::http) fn reason(&self) -> Cow<'_, str> {
        match self {
            Self::Unauthorized { reason, .. }
            | Self::Connection { reason }
            | Self::CannotCheck { reason }
            | Self::Template { reason } => Cow::Borrowed(reason),
            Self::NotAuthorised(denial) => Cow::Owned(denial.to_string()),
            _ => self.sentence(),
        }
    }

    /// Whether it is the service or Openfire that has to be mended.
    pub(in crate::http) fn is_ours(&self) -> bool {
        matches!(self, Self::Connection { .. } | Self::CannotCheck { .. } | Self::Template { .. })
    }

    /// The mistake in the client's set-up that the request shows, if it shows one.
    pub(in crate::http) fn mistake(&self) -> Option<SetupMistake> {
        let is_placeholder = matches!(
            self,
            Self::IllegalArgument(
                IllegalArgument::Placeholder(_)
                    | IllegalArgument::PlaceholderInBasic
                    | IllegalArgument::NothingBeforeAt
            )
        );
        is_placeholder.then_some(SetupMistake::Placeholder)
    }

    /// What the client is told.
    fn sentence(&self) -> Cow<'static, str> {
        Cow::Borrowed(match self {
            Self::NoCredentials => "A user name and a password are needed.",
            Self::Unauthorized { .. } => "The user name or the password is wrong, or the account is disabled.",
            Self::NotAuthorised(_) => "This client may not be provisioned: its secret or its address is not accepted.",
            Self::IllegalArgument(error) => return Cow::Owned(format!("The request is malformed: {error}.")),
            Self::Method(_) => "This method is not served here. Send the fields as a form with POST.",
            Self::Connection { .. } => "The chat server does not answer. Try again later.",
            Self::CannotCheck { .. } => "The chat server could not check the login. Try again later.",
            Self::Template { .. } => "The provisioning text could not be made. The log of the service says why.",
            Self::TooManyRequests { retry_after } => {
                let seconds = whole_seconds(*retry_after);
                return Cow::Owned(format!("Too many failed logins. Try again in {seconds} s."));
            }
        })
    }
}

impl From<IllegalArgument> for Failure {
    fn from(error: IllegalArgument) -> Self {
        Self::IllegalArgument(error)
    }
}

impl From<Denial> for Failure {
    fn from(denial: Denial) -> Self {
        Self::NotAuthorised(denial)
    }
}

/// The answer after a panic: 500 in both modes, since no client may lose its password for it.
pub(in crate::http) fn panicked() -> Response {
    let sentence = format!("{INTERNAL}: The service failed at this request. Its log says why.");
    answer::line(StatusCode::INTERNAL_SERVER_ERROR, &sentence, true)
}

/// The answer to a request that no route may take, and what the log says of it. The status is the same in both modes,
/// since no client that is meant here sends one: 400, or 501 for a transfer coding that is not served.
pub(in crate::http) fn bad_head(argument: IllegalArgument) -> (Response, End) {
    let status = match argument {
        IllegalArgument::TransferCoding => StatusCode::NOT_IMPLEMENTED,
        _ => StatusCode::BAD_REQUEST,
    };
    let failure = Failure::from(argument);
    let (name, reason) = (failure.name(), failure.sentence().into_owned());
    let response = answer::line(status, &format!("{name}: {reason}"), true);
    (response, End { outcome: name, status, reason, is_ours: false })
}

/// The error string for what went wrong while a login was checked.
const INTERNAL: &str = "InternalUnauthenticatedException";

/// Never 0, and never too early.
fn whole_seconds(time: Duration) -> u64 {
    (time.as_secs() + u64::from(time.subsec_nanos() > 0)).max(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reason() -> String {
        "db1.internal: connection refused".to_owned()
    }

    /// Every failure with its row of the contract: error string, status by default, status as the plugin had it.
    fn table() -> Vec<(Failure, &'static str, u16, u16)> {
        let unauthorized = |challenge| Failure::Unauthorized { reason: reason(), challenge };
        let throttled = Failure::TooManyRequests { retry_after: Duration::from_millis(1200) };
        vec![
            (Failure::NoCredentials, "UnauthorizedException", 401, 401),
            (unauthorized(false), "UnauthorizedException", 401, 401),
            (unauthorized(true), "UnauthorizedException", 401, 401),
            (Failure::NotAuthorised(Denial::Secret), "RequestNotAuthorised", 400, 401),
            (Failure::NotAuthorised(Denial::Network), "RequestNotAuthorised", 400, 401),
            (Failure::Connection { reason: reason() }, "ConnectionException", 503, 401),
            (Failure::CannotCheck { reason: reason() }, "InternalUnauthenticatedException", 503, 401),
            (Failure::IllegalArgument(IllegalArgument::EmptyUsername), "IllegalArgumentException", 400, 401),
            (Failure::Method("POST"), "IllegalArgumentException", 405, 405),
            (throttled, "TooManyRequests", 429, 429),
            (Failure::Template { reason: reason() }, "TemplateException", 500, 500),
        ]
    }

    #[test]
    fn every_failure_has_its_string_and_its_status_in_both_modes() {
        for (failure, name, client_safe, plugin) in table() {
            assert_eq!(failure.name(), name, "{failure:?}");
            assert!(ERROR_STRINGS.contains(&name), "{failure:?}");
            assert_eq!(failure.status(ErrorStatus::ClientSafe), client_safe, "{failure:?}");
            assert_eq!(failure.status(ErrorStatus::Plugin), plugin, "{failure:?}");
        }
    }

    #[test]
    fn only_basic_is_challenged_and_nothing_redirects() {
        let challenge = HeaderValue::from_static("Basic realm=\"x\"");
        for (failure, ..) in table() {
            let response = failure.answer(ErrorStatus::Plugin, &challenge);
            let basic = matches!(failure, Failure::NoCredentials | Failure::Unauthorized { challenge: true, .. });
            assert_eq!(response.headers().contains_key(WWW_AUTHENTICATE), basic, "{failure:?}");
            assert!(!response.headers().contains_key("location"));
        }
    }

    #[test]
    fn no_client_is_told_the_internal_reason() {
        for (failure, ..) in table() {
            assert!(!failure.sentence().contains("db1"), "{failure:?}");
            assert!(!failure.sentence().contains(char::is_control), "{failure:?}");
        }
    }

    #[test]
    fn retry_after_is_rounded_up() {
        assert_eq!(whole_seconds(Duration::ZERO), 1);
        assert_eq!(whole_seconds(Duration::from_millis(1200)), 2);
        assert_eq!(whole_seconds(Duration::from_secs(3)), 3);
    }
}
