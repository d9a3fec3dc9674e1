//! The HTTP secret that clients send: how it is compared in constant time, generated, and checked before it is accepted.

use std::fmt;

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use secrecy::{ExposeSecret, SecretString};
use subtle::ConstantTimeEq as _;

use crate::model::bytes::sha256;
use crate::model::random::{NoRandomness, random_bytes};

/// Shortest secret that the pages accept, in characters.
const LEAST: usize = 8;

/// Longest one. It is part of the clients' addresses, together with other fields.
const MOST: usize = 200;

/// Random bytes of a generated secret.
const RANDOM_BYTES: usize = 24;

/// A secret with its digest, by which it is compared.
#[derive(Clone)]
pub struct KnownSecret {
    secret: SecretString,
    digest: [u8; 32],
}

/// Why a secret is not accepted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SecretProblem {
    /// It could be guessed.
    #[error("the secret is too short; use at least 8 characters")]
    Short,
    /// It does not fit into the clients' addresses.
    #[error("the secret is too long; use at most 200 characters")]
    Long,
    /// It holds what gets lost or means something else in an address.
    #[error("the secret may contain only ASCII letters and digits, and the characters - . _ ~ ! * ( ) , : @ /")]
    Characters,
}

impl KnownSecret {
    /// Keeps `secret`.
    #[must_use]
    pub fn new(secret: SecretString) -> Self {
        let digest = sha256(secret.expose_secret().as_bytes());
        Self { secret, digest }
    }

    /// Whether `given` is this secret. The time it takes reveals neither content nor length: digests are compared, and all of
    /// their bytes.
    #[must_use]
    pub fn is(&self, given: &str) -> bool {
        sha256(given.as_bytes()).ct_eq(&self.digest).into()
    }

    /// The secret itself, to be shown to an administrator who has given the password again.
    #[must_use]
    pub fn secret(&self) -> &SecretString {
        &self.secret
    }

    /// A new one: 192 random bits, in characters that need no escape in an address.
    ///
    /// # Errors
    ///
    /// [`NoRandomness`], when the system gives no random numbers.
    pub fn generate() -> Result<SecretString, NoRandomness> {
        Ok(BASE64_URL_SAFE_NO_PAD.encode(*random_bytes::<RANDOM_BYTES>()?).into())
    }

    /// Whether the pages may take `secret`.
    ///
    /// # Errors
    ///
    /// The first [`SecretProblem`].
    pub fn judge(secret: &SecretString) -> Result<(), SecretProblem> {
        let text = secret.expose_secret();
        let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~!*(),:@/".contains(&byte);
        if !text.bytes().all(is_plain) {
            Err(SecretProblem::Characters)
        } else if text.len() < LEAST {
            Err(SecretProblem::Short)
        } else if text.len() > MOST {
            Err(SecretProblem::Long)
        } else {
            Ok(())
        }
    }
}

impl PartialEq for KnownSecret {
    fn eq(&self, other: &Self) -> bool {
        self.digest == other.digest
    }
}

impl fmt::Debug for KnownSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("KnownSecret")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_itself_and_nothing_else() {
        let known = KnownSecret::new("s3cret".into());
        assert!(known.is("s3cret"));
        for other in ["", "s3cre", "s3cret ", "S3cret"] {
            assert!(!known.is(other), "{other}");
        }
        assert_eq!(format!("{known:?}"), "KnownSecret");
    }

    #[test]
    fn a_generated_secret_is_taken_and_is_another_one_each_time() {
        let made: Vec<SecretString> = (0..50).map(|_| KnownSecret::generate().unwrap()).collect();
        let different: std::collections::BTreeSet<&str> = made.iter().map(ExposeSecret::expose_secret).collect();
        assert_eq!(different.len(), 50);
        for secret in &made {
            assert_eq!(KnownSecret::judge(secret), Ok(()));
            assert_eq!(secret.expose_secret().len(), 32);
        }
    }

    #[test]
    fn what_an_address_cannot_hold_is_refused() {
        let judge = |text: &str| KnownSecret::judge(&text.into());
        for text in
            ["with blank", "umläute-sind-schön", "${username}", "a&b=c#d?e+f%g", "line\nbreak", "\u{202e}abcdefgh"]
        {
            assert_eq!(judge(text), Err(SecretProblem::Characters), "{text}");
        }
        assert_eq!(judge(""), Err(SecretProblem::Short));
        assert_eq!(judge("1234567"), Err(SecretProblem::Short));
        assert_eq!(judge("12345678"), Ok(()));
        assert_eq!(judge(&"x".repeat(201)), Err(SecretProblem::Long));
    }
}
