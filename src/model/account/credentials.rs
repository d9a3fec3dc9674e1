//! What a user proves the account with.

use std::borrow::Cow;

use jitsi_properties::PASSWORD_PLACEHOLDER;
use secrecy::{ExposeSecret, SecretString};

use super::Username;

/// A user's name and password. `Debug` shows the name only.
#[derive(Debug, Clone)]
pub struct Credentials {
    /// Whose account.
    pub username: Username,
    /// As the client sent it.
    pub password: Password,
}

/// A password: as typed, and as SASL wants it. Never shown, wiped from memory when dropped.
#[derive(Debug, Clone)]
pub struct Password {
    typed: SecretString,
    prepared: SecretString,
}

/// Why a text cannot be a password.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PasswordError {
    /// Nothing was sent. No server is asked: a bind with an empty password counts as a success on some LDAP servers.
    #[error("the password is empty")]
    Empty,
    /// Longer than any real one.
    #[error("the password is longer than {} bytes", Password::MAX_BYTES)]
    TooLong,
    /// A control character, which SASLprep prohibits (RFC 4013 section 2.3).
    #[error("the password contains a control character")]
    Prohibited,
}

impl Password {
    /// Longest password, in bytes.
    pub const MAX_BYTES: usize = 1023;

    /// Takes a password as it was typed.
    ///
    /// SASLprep (RFC 4013) is applied where it can be; a password that SASLprep refuses for a reason other than a
    /// control character (a code point newer than Unicode 3.2, mixed directions) is used as it is, since the server
    /// may well have stored it so.
    pub fn parse(typed: String) -> Result<Self, PasswordError> {
        if typed.is_empty() {
            return Err(PasswordError::Empty);
        }
        if typed.len() > Self::MAX_BYTES {
            return Err(PasswordError::TooLong);
        }
        if typed.chars().any(char::is_control) {
            return Err(PasswordError::Prohibited);
        }
        let prepared = match stringprep::saslprep(&typed) {
            Ok(Cow::Owned(prepared)) if !prepared.is_empty() => SecretString::from(prepared),
            _ => SecretString::from(typed.clone()),
        };
        Ok(Self { typed: SecretString::from(typed), prepared })
    }

    /// Stands for a password that is not known, where a reply is only looked at.
    #[must_use]
    pub fn placeholder() -> Self {
        let stars = || SecretString::from(PASSWORD_PLACEHOLDER);
        Self { typed: stars(), prepared: stars() }
    }

    /// The password as the user typed it, for the account that is provisioned.
    #[must_use]
    pub fn typed(&self) -> &str {
        self.typed.expose_secret()
    }

    /// The password as a SASL mechanism takes it.
    #[must_use]
    pub fn prepared(&self) -> &str {
        self.prepared.expose_secret()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn prepared(typed: &str) -> Result<String, PasswordError> {
        Password::parse(typed.to_owned()).map(|password| password.prepared().to_owned())
    }

    #[test]
    fn saslprep_examples_of_rfc_4013() {
        assert_eq!(prepared("I\u{ad}X"), Ok("IX".into()));
        assert_eq!(prepared("USER"), Ok("USER".into()));
        assert_eq!(prepared("\u{aa}"), Ok("a".into()));
        assert_eq!(prepared("\u{2168}"), Ok("IX".into()));
        assert_eq!(prepared("\u{7}"), Err(PasswordError::Prohibited));
    }

    #[test]
    fn what_saslprep_does_not_know_is_kept() {
        assert_eq!(prepared("pass🔑"), Ok("pass🔑".into()));
        assert_eq!(prepared("\u{627}1"), Ok("\u{627}1".into()));
    }

    #[test]
    fn blanks_are_part_of_a_password() {
        assert_eq!(prepared(" a b "), Ok(" a b ".into()));
    }

    #[test]
    fn empty_and_endless_are_refused() {
        assert_eq!(prepared(""), Err(PasswordError::Empty));
        assert_eq!(prepared(&"x".repeat(1024)), Err(PasswordError::TooLong));
    }

    #[test]
    fn debug_hides_the_password() {
        let password = Password::parse("hunter2".to_owned()).unwrap();
        assert!(!format!("{password:?}").contains("hunter2"));
    }
}
