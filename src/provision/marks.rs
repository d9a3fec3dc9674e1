//! The keyed hash of the marks that replace secrets in previews and reports.

use ring::hmac;

/// Hashes secrets with `key`, a secret of the site, for what is shown of `about`: others have other marks.
pub(crate) fn hash(key: &str, about: &str) -> impl Fn(&str) -> [u8; 4] + Send + Sync + 'static {
    let key = hmac::Key::new(hmac::HMAC_SHA256, key.as_bytes());
    let own = hmac::sign(&key, format!("hidden values of {about}").as_bytes());
    let own = hmac::Key::new(hmac::HMAC_SHA256, own.as_ref());
    move |secret| hmac::sign(&own, secret.as_bytes()).as_ref().first_chunk().copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::hash;

    #[test]
    fn marks_stay_the_same_between_versions() {
        assert_eq!(hash("component", "anna")("hunter2"), [249, 1, 63, 113]);
        assert_ne!(hash("component", "bo")("hunter2"), hash("component", "anna")("hunter2"));
        assert_ne!(hash("other", "anna")("hunter2"), hash("component", "anna")("hunter2"));
    }
}
