//! The words with which the body of an error begins, as the old Openfire plugin had them; they are the `outcome` in log and
//! metrics as well.

/// Name or password is wrong.
pub(super) const UNAUTHORIZED: &str = "UnauthorizedException";

/// This client may not ask.
pub(super) const NOT_AUTHORISED: &str = "RequestNotAuthorised";

/// The request is malformed.
pub(super) const ILLEGAL_ARGUMENT: &str = "IllegalArgumentException";

/// Openfire does not answer.
pub(super) const CONNECTION: &str = "ConnectionException";

/// A login could not be checked, or the service failed.
pub(super) const INTERNAL: &str = "InternalUnauthenticatedException";

/// An administrator has paused provisioning.
pub(super) const DISABLED: &str = "JitsiProvisioning Disabled";

/// The template failed.
pub(super) const TEMPLATE: &str = "TemplateException";

/// Too many failed logins.
pub(super) const TOO_MANY_REQUESTS: &str = "TooManyRequests";

/// Those of provisioning.
pub const ERROR_STRINGS: [&str; 8] =
    [UNAUTHORIZED, NOT_AUTHORISED, ILLEGAL_ARGUMENT, CONNECTION, INTERNAL, TEMPLATE, TOO_MANY_REQUESTS, DISABLED];

/// Those that only the update channel has.
pub(super) const UPDATE_ERROR_STRINGS: [&str; 5] =
    ["NotFound", "TooManyDownloads", "UpdateException", "PreconditionFailed", "RangeNotSatisfiable"];
