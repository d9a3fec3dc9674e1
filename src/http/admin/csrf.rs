//! Tokens in forms, which show that a form came from a page of ours (cross-site request forgery).

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::hmac;

/// The name of the field that carries the token.
pub(super) const FIELD: &str = "csrf";

/// Length of a signature, in bytes.
const LENGTH: usize = 32;

/// The key of all forms of one session, or of one visitor who has not signed in.
///
/// It lives as long as the session, so a form can be sent however long it was edited.
#[derive(Clone)]
pub(super) struct FormKey(hmac::Key);

/// The token of one form.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct CsrfToken(String);

impl FormKey {
    /// The key that is made from a secret which only this browser sends: the token of its session, or the value of its
    /// visitor's cookie.
    pub(super) fn of(secret: &str) -> Self {
        Self(hmac::Key::new(hmac::HMAC_SHA256, secret.as_bytes()))
    }

    /// A token for the form whose action is `path`. Each one is different, so the length of a compressed page says nothing about
    /// it (BREACH).
    pub(super) fn token(&self, path: &str) -> CsrfToken {
        let mask: [u8; LENGTH] = rand::random();
        let signature = hmac::sign(&self.0, path.as_bytes());
        let masked = mask.iter().zip(signature.as_ref()).map(|(mask, byte)| mask ^ byte);
        let token: Vec<u8> = mask.iter().copied().chain(masked).collect();
        CsrfToken(URL_SAFE_NO_PAD.encode(token))
    }

    /// Whether `given` is a token for the form whose action is `path`. The time it takes says nothing about the right one.
    pub(super) fn accepts(&self, path: &str, given: Option<&str>) -> bool {
        let given = given.and_then(|given| URL_SAFE_NO_PAD.decode(given).ok());
        let halves = given.as_ref().filter(|given| given.len() == 2 * LENGTH).map(|given| given.split_at(LENGTH));
        halves.is_some_and(|(mask, masked)| {
            let signature: Vec<u8> = mask.iter().zip(masked).map(|(mask, byte)| mask ^ byte).collect();
            hmac::verify(&self.0, path.as_bytes(), &signature).is_ok()
        })
    }
}

impl CsrfToken {
    /// The text for the field.
    pub(super) fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for FormKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("FormKey")
    }
}

impl fmt::Debug for CsrfToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("CsrfToken")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_for_one_browser_and_one_form() {
        let key = FormKey::of("session");
        let token = key.token("/admin/settings");
        assert!(key.accepts("/admin/settings", Some(token.as_str())));
        assert_ne!(key.token("/admin/settings"), token);
        assert!(!key.accepts("/admin/locked-out", Some(token.as_str())));
        assert!(!FormKey::of("another").accepts("/admin/settings", Some(token.as_str())));
        for wrong in [None, Some(""), Some("x"), Some("ä"), token.as_str().get(1..)] {
            assert!(!key.accepts("/admin/settings", wrong), "{wrong:?}");
        }
    }
}
