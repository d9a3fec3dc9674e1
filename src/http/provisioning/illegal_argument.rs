//! What can be wrong with a request itself, and the sizes beyond which it is.

/// Largest body, in bytes.
pub(super) const MAX_BODY: usize = 16 * 1024;

/// Most fields of a form.
pub(super) const MAX_FIELDS: usize = 64;

/// Longest name of a field, in bytes.
pub(super) const MAX_NAME: usize = 64;

/// Longest value of a field that is neither name nor password, in bytes.
pub(super) const MAX_VALUE: usize = 1023;

/// Why a request is malformed. `Display` is the sentence for the client; it repeats nothing that the client sent.
///
/// Fields are named by their place in the form, counted from 1: a form that is mangled can have a password where a
/// name belongs.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(super) enum IllegalArgument {
    /// More than one header field where one is meant; holds its name.
    #[error("it has more than one {0} header")]
    Repeated(&'static str),
    /// The content type is another one, or missing while there is a body.
    #[error("the body is not a form: its content type must be application/x-www-form-urlencoded")]
    ContentType,
    /// The content type names another charset.
    #[error("the form must be in UTF-8")]
    Charset,
    /// The body is compressed.
    #[error("the form must not be compressed")]
    ContentEncoding,
    /// The body is larger than any form.
    #[error("the form is larger than {} KiB", MAX_BODY / 1024)]
    TooLarge,
    /// The body did not arrive in time.
    #[error("the form did not arrive in time")]
    TooSlow,
    /// The body broke off.
    #[error("the form broke off")]
    Incomplete,
    /// More fields than any form has.
    #[error("the form has more than {} fields", MAX_FIELDS)]
    TooManyFields,
    /// A `%` without two hexadecimal digits.
    #[error("field {0} of the form has a % that is not followed by two hexadecimal digits")]
    PercentEncoding(usize),
    /// Bytes that are not UTF-8.
    #[error("field {0} of the form is not UTF-8")]
    NotUtf8(usize),
    /// A control character in name or value.
    #[error("field {0} of the form contains a control character")]
    ControlCharacter(usize),
    /// `=value` without a name.
    #[error("field {0} of the form has no name")]
    Nameless(usize),
    /// A name longer than any field's.
    #[error("field {0} of the form has a name longer than {max} bytes", max = MAX_NAME)]
    LongName(usize),
    /// A value longer than any field's.
    #[error("field {0} of the form has a value longer than {max} bytes", max = MAX_VALUE)]
    LongValue(usize),
    /// One of the two credentials came without the other; holds the configured name of the missing field.
    #[error("the field `{0}` is missing")]
    Missing(String),
    /// A placeholder of the client beside other text, which it does not fill; holds in what.
    #[error(
        "{0} holds a placeholder of the client beside other text; a placeholder must be the whole value of its field in the \
         provisioning URI, as in username=${{username}}"
    )]
    Placeholder(String),
    /// A placeholder of the client as user name or password by HTTP Basic, where the client fills none.
    #[error(
        "the user name or the password of HTTP Basic is a placeholder, which the client does not fill there; write \
         username=${{username}}&password=${{password}} behind the ? of the provisioning URI"
    )]
    PlaceholderInBasic,
    /// A user name that begins with `@`: what a Jitsi client makes of `${username}@example.org`.
    #[error(
        "the user name has nothing before its @; a placeholder must be the whole value of its field in the provisioning \
         URI, as in username=${{username}}"
    )]
    NothingBeforeAt,
    /// Nothing is left of the user name.
    #[error("the user name is empty")]
    EmptyUsername,
    /// The user name is longer than a JID allows.
    #[error("the user name is longer than {} bytes", crate::model::account::Username::MAX_BYTES)]
    LongUsername,
    /// No server takes such a password; holds what is wrong with it.
    #[error("{0}")]
    Password(crate::model::account::PasswordError),
    /// `Authorization: Basic` with something else than base64 of `name:password`.
    #[error("the Authorization header is not HTTP Basic with a user name and a password")]
    Authorization,
}
