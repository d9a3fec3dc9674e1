//! The only place that turns a failure of provisioning into an answer.
//!
//! A Jitsi client that gets 401 or 403 deletes the password that its user saved, and asks for another. So by default
//! 401 means one thing only: this name and password are wrong. With `http.error_status = "plugin"` nearly everything
//! is 401, as it was with the old Openfire plugin.
//!
//! The sentence for the client and the text for the log are two things. The first never tells an unknown user from a
//! wrong password, and names no host.

use std::borrow::Cow;
use std::time::Duration;

use http::header::{RETRY_AFTER, WWW_AUTHENTICATE};
use http::{HeaderValue, StatusCode};

use super::illegal_argument::IllegalArgument;
use crate::http::access::Denial;
use crate::http::answer::{self, Answered, Response};
use crate::http::error_strings::{
    CONNECTION, DISABLED, ILLEGAL_ARGUMENT, INTERNAL, NOT_AUTHORISED, TEMPLATE, TOO_MANY_REQUESTS, UNAUTHORIZED,
};
use crate::model::account::ForeignName;
use crate::model::config::ErrorStatus;
use crate::provision::ProvisionError;
use crate::settings::Paused;
use crate::telemetry::SetupMistake;

/// Why a request ends without a provisioning text.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum ProvisioningFailure {
    /// There is nothing to check; the client is asked for HTTP Basic. Not a failed login.
    NoCredentials,
    /// Name or password is wrong; `challenge` when they came by HTTP Basic.
    Unauthorized { reason: String, challenge: bool },
    /// This client may not ask.
    NotAuthorised(Denial),
    /// The account is not provisioned.
    Reserved { reason: String },
    /// An administrator has paused provisioning.
    Paused { reason: String },
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

impl ProvisioningFailure {
    /// What the use case failed with, for a login by a form or by HTTP Basic.
    pub(super) fn from_error(error: &ProvisionError, by_basic: bool) -> Self {
        let reason = error.to_string();
        match error {
            ProvisionError::Unauthorized { .. } => Self::Unauthorized { reason, challenge: by_basic },
            ProvisionError::CannotCheck { .. } => Self::CannotCheck { reason },
            ProvisionError::Unreachable { .. } => Self::Connection { reason },
            ProvisionError::Template { .. } => Self::Template { reason },
            ProvisionError::Reserved { .. } => Self::Reserved { reason },
            ProvisionError::Throttled { retry_after } => Self::TooManyRequests { retry_after: *retry_after },
        }
    }

    /// An administrator has paused provisioning. The log says who, since when and why.
    pub(super) fn paused(paused: &Paused) -> Self {
        Self::Paused { reason: paused.to_string() }
    }

    /// The same. The log also says what is unusual about the name of a refused user.
    pub(super) fn with_hint(self, foreign: Option<&ForeignName>) -> Self {
        match (self, foreign) {
            (Self::Unauthorized { reason, challenge }, Some(foreign)) => {
                Self::Unauthorized { reason: format!("{reason}; {foreign}"), challenge }
            }
            (failure, _) => failure,
        }
    }

    /// The error string that the body starts with.
    fn name(&self) -> &'static str {
        match self {
            Self::NoCredentials | Self::Unauthorized { .. } => UNAUTHORIZED,
            Self::NotAuthorised(_) | Self::Reserved { .. } => NOT_AUTHORISED,
            Self::Paused { .. } => DISABLED,
            Self::IllegalArgument(_) | Self::Method(_) => ILLEGAL_ARGUMENT,
            Self::Connection { .. } => CONNECTION,
            Self::CannotCheck { .. } => INTERNAL,
            Self::Template { .. } => TEMPLATE,
            Self::TooManyRequests { .. } => TOO_MANY_REQUESTS,
        }
    }

    /// The status of the answer.
    fn status(&self, mode: ErrorStatus) -> StatusCode {
        let client_safe = match self {
            Self::Method(_) => return StatusCode::METHOD_NOT_ALLOWED,
            Self::Template { .. } => return StatusCode::INTERNAL_SERVER_ERROR,
            Self::TooManyRequests { .. } => return StatusCode::TOO_MANY_REQUESTS,
            // Never 401: a pause must not delete the passwords that clients have saved.
            Self::Paused { .. } => return StatusCode::SERVICE_UNAVAILABLE,
            Self::NoCredentials | Self::Unauthorized { .. } => StatusCode::UNAUTHORIZED,
            Self::NotAuthorised(_) | Self::Reserved { .. } | Self::IllegalArgument(_) => StatusCode::BAD_REQUEST,
            Self::Connection { .. } | Self::CannotCheck { .. } => StatusCode::SERVICE_UNAVAILABLE,
        };
        match mode {
            ErrorStatus::ClientSafe => client_safe,
            ErrorStatus::Plugin => StatusCode::UNAUTHORIZED,
        }
    }

    /// The answer, and what the record of the request says. `challenge` is for [`ProvisioningFailure::response`].
    pub(super) fn answered(&self, mode: ErrorStatus, challenge: &HeaderValue) -> Answered {
        let response = self.response(mode, challenge);
        Answered::failed(self.name(), response, self.reason().into_owned(), self.needs_repair())
    }

    /// The answer. `challenge` is the `WWW-Authenticate` that goes with a 401 where HTTP Basic is meant; a client that
    /// sent a form would only send the same wrong password again as Basic.
    fn response(&self, mode: ErrorStatus, challenge: &HeaderValue) -> Response {
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
    fn reason(&self) -> Cow<'_, str> {
        match self {
            Self::Unauthorized { reason, .. }
            | Self::Reserved { reason }
            | Self::Paused { reason }
            | Self::Connection { reason }
            | Self::CannotCheck { reason }
            | Self::Template { reason } => Cow::Borrowed(reason),
            Self::NotAuthorised(denial) => Cow::Owned(denial.to_string()),
            _ => self.sentence(),
        }
    }

    /// Whether an administrator has to mend the service or Openfire.
    fn needs_repair(&self) -> bool {
        matches!(self, Self::Connection { .. } | Self::CannotCheck { .. } | Self::Template { .. })
    }

    /// The mistake in the client's set-up that the request shows, if it shows one.
    pub(super) fn mistake(&self) -> Option<SetupMistake> {
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

    /// The sentence for the client.
    fn sentence(&self) -> Cow<'static, str> {
        Cow::Borrowed(match self {
            Self::NoCredentials => "A user name and a password are needed.",
            Self::Unauthorized { .. } => "The user name or the password is wrong, or the account is disabled.",
            // Which account it is need not be known.
            Self::NotAuthorised(_) | Self::Reserved { .. } => {
                "This client may not be provisioned: its secret or its address is not accepted."
            }
            Self::Paused { .. } => "Provisioning is paused. Try again later.",
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

impl From<IllegalArgument> for ProvisioningFailure {
    fn from(error: IllegalArgument) -> Self {
        Self::IllegalArgument(error)
    }
}

impl From<Denial> for ProvisioningFailure {
    fn from(denial: Denial) -> Self {
        Self::NotAuthorised(denial)
    }
}

/// Never 0, and never too early.
fn whole_seconds(time: Duration) -> u64 {
    (time.as_secs() + u64::from(time.subsec_nanos() > 0)).max(1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::http::ERROR_STRINGS;

    fn reason() -> String {
        "db1.internal: connection refused".to_owned()
    }

    /// Every failure with its row of the contract: error string, status by default, status as the plugin had it.
    fn table() -> Vec<(ProvisioningFailure, &'static str, u16, u16)> {
        let unauthorized = |challenge| ProvisioningFailure::Unauthorized { reason: reason(), challenge };
        let throttled = ProvisioningFailure::TooManyRequests { retry_after: Duration::from_millis(1200) };
        vec![
            (ProvisioningFailure::NoCredentials, "UnauthorizedException", 401, 401),
            (unauthorized(false), "UnauthorizedException", 401, 401),
            (unauthorized(true), "UnauthorizedException", 401, 401),
            (ProvisioningFailure::NotAuthorised(Denial::Secret), "RequestNotAuthorised", 400, 401),
            (ProvisioningFailure::NotAuthorised(Denial::Network), "RequestNotAuthorised", 400, 401),
            (ProvisioningFailure::Reserved { reason: reason() }, "RequestNotAuthorised", 400, 401),
            (ProvisioningFailure::NotAuthorised(Denial::NetworkOfPages), "RequestNotAuthorised", 400, 401),
            (ProvisioningFailure::NotAuthorised(Denial::SecretOfPages), "RequestNotAuthorised", 400, 401),
            (ProvisioningFailure::Paused { reason: reason() }, "JitsiProvisioning Disabled", 503, 503),
            (ProvisioningFailure::Connection { reason: reason() }, "ConnectionException", 503, 401),
            (ProvisioningFailure::CannotCheck { reason: reason() }, "InternalUnauthenticatedException", 503, 401),
            (
                ProvisioningFailure::IllegalArgument(IllegalArgument::EmptyUsername),
                "IllegalArgumentException",
                400,
                401,
            ),
            (ProvisioningFailure::Method("POST"), "IllegalArgumentException", 405, 405),
            (throttled, "TooManyRequests", 429, 429),
            (ProvisioningFailure::Template { reason: reason() }, "TemplateException", 500, 500),
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

    /// A row of `docs/contracts.md` or `docs/errors.md`, by its error string.
    fn documented(page: &'static str, name: &str) -> Vec<&'static str> {
        let row = page.lines().find(|line| line.starts_with(&format!("| `{name}` |")));
        row.unwrap_or_else(|| panic!("no row for {name}")).trim_matches('|').split(" | ").map(str::trim).collect()
    }

    #[test]
    fn the_documentation_has_the_same_statuses() {
        let contracts = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/contracts.md"));
        let errors = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/errors.md"));
        let ordinary = table().into_iter().filter(|(failure, ..)| !matches!(failure, ProvisioningFailure::Method(_)));
        for (_, name, client_safe, plugin) in ordinary {
            let (row, explained) = (documented(contracts, name), documented(errors, name));
            assert!(row[2].starts_with(&client_safe.to_string()), "{name}: {row:?}");
            assert_eq!(row[3], plugin.to_string(), "{name}");
            assert_eq!(explained[1], client_safe.to_string(), "{name}");
        }
    }

    #[test]
    fn only_basic_is_challenged_and_nothing_redirects() {
        let challenge = HeaderValue::from_static("Basic realm=\"x\"");
        for (failure, ..) in table() {
            let response = failure.response(ErrorStatus::Plugin, &challenge);
            let basic = matches!(
                failure,
                ProvisioningFailure::NoCredentials | ProvisioningFailure::Unauthorized { challenge: true, .. }
            );
            assert_eq!(response.headers().contains_key(WWW_AUTHENTICATE), basic, "{failure:?}");
            assert!(!response.headers().contains_key("location"));
        }
    }

    #[test]
    fn no_client_sees_the_internal_reason() {
        for (failure, ..) in table() {
            assert!(!failure.sentence().contains("db1"), "{failure:?}");
            assert!(!failure.sentence().contains(char::is_control), "{failure:?}");
        }
    }

    #[test]
    fn a_hint_is_for_the_log_and_for_refusals_only() {
        let foreign = ForeignName::Windows("corp\\anna".to_owned());
        for (failure, name, ..) in table() {
            let (sentence, reason) = (failure.sentence().into_owned(), failure.reason().into_owned());
            let is_refusal = matches!(failure, ProvisioningFailure::Unauthorized { .. });
            let hinted = failure.with_hint(Some(&foreign));
            assert_eq!(hinted.sentence(), sentence, "{name}");
            assert_eq!(hinted.reason() != reason, is_refusal, "{name}");
            assert_eq!(hinted.reason().contains("`corp\\anna` looks like"), is_refusal, "{name}");
        }
    }

    #[test]
    fn retry_after_is_rounded_up() {
        assert_eq!(whole_seconds(Duration::ZERO), 1);
        assert_eq!(whole_seconds(Duration::from_millis(1200)), 2);
        assert_eq!(whole_seconds(Duration::from_secs(3)), 3);
    }
}
