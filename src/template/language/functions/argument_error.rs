//! What is wrong with a call.

/// What is wrong with the values that a function was given, and what to write. Never quotes a value.
#[derive(Debug, PartialEq)]
pub(super) struct ArgumentError(pub(super) String);

impl From<&str> for ArgumentError {
    fn from(message: &str) -> Self {
        Self(message.to_owned())
    }
}

impl From<String> for ArgumentError {
    fn from(message: String) -> Self {
        Self(message)
    }
}
