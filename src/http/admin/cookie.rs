//! The pages' cookies (RFC 6265). All are bound to one host and to HTTPS by the prefix `__Host-`.

use http::header::COOKIE;
use http::{HeaderMap, HeaderValue};

/// Carries the token of a session.
pub(super) const SESSION: Cookie = Cookie { name: "__Host-openfire-provisioner", for_scripts: false };

/// Carries the key of the forms of a visitor who has not signed in.
pub(super) const VISITOR: Cookie = Cookie { name: "__Host-openfire-provisioner-visitor", for_scripts: false };

/// Carries language, colours and time zone, as the visitor chose them. A script writes the browser's time zone.
pub(super) const VIEW: Cookie = Cookie { name: "__Host-openfire-provisioner-view", for_scripts: true };

/// Longest value that is read, in bytes.
const MAX_VALUE: usize = 256;

/// Seconds that a browser keeps a choice of the visitor: a year.
const KEPT_CHOICE: u32 = 365 * 24 * 60 * 60;

/// A cookie by its name.
#[derive(Debug, Clone, Copy)]
pub(super) struct Cookie {
    name: &'static str,
    for_scripts: bool,
}

impl Cookie {
    /// The value that a request brings. None when there is none, or several: then a stranger may have added one.
    pub(super) fn value<'h>(&self, headers: &'h HeaderMap) -> Option<&'h str> {
        let lines = headers.get_all(COOKIE).iter().filter_map(|line| line.to_str().ok());
        let mut values = lines.flat_map(|line| line.split(';')).filter_map(|pair| {
            let (name, value) = pair.trim().split_once('=')?;
            (name == self.name).then_some(value)
        });
        let value = values.next().filter(|value| !value.is_empty() && value.len() <= MAX_VALUE);
        if values.next().is_some() { None } else { value }
    }

    /// The header `Set-Cookie` that gives the browser this value, until it is closed. `value` is of the characters of Base64.
    pub(super) fn set(&self, value: &str) -> Option<HeaderValue> {
        self.header(value, "")
    }

    /// As [`Cookie::set`], for a year.
    pub(super) fn keep(&self, value: &str) -> Option<HeaderValue> {
        self.header(value, &format!("; Max-Age={KEPT_CHOICE}"))
    }

    /// The header `Set-Cookie` that has the browser forget it.
    pub(super) fn forget(&self) -> Option<HeaderValue> {
        self.header("", "; Max-Age=0")
    }

    /// `SameSite=Lax`, since the click from Openfire's console must arrive signed in, and forms are protected by tokens.
    fn header(&self, value: &str, age: &str) -> Option<HeaderValue> {
        let http_only = if self.for_scripts { "" } else { "; HttpOnly" };
        HeaderValue::from_str(&format!("{}={value}; Path=/; Secure; SameSite=Lax{http_only}{age}", self.name)).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(lines: &[&str]) -> HeaderMap {
        lines.iter().map(|line| (COOKIE, line.parse().unwrap())).collect()
    }

    #[test]
    fn a_cookie_is_found_by_its_whole_name() {
        let one = headers(&["a=b; __Host-openfire-provisioner=tok; __Host-openfire-provisioner-visitor=key"]);
        assert_eq!((SESSION.value(&one), VISITOR.value(&one)), (Some("tok"), Some("key")));
        assert_eq!(SESSION.value(&headers(&["openfire-provisioner=tok"])), None);
        assert_eq!(SESSION.value(&headers(&["a=b", "__Host-openfire-provisioner=tok"])), Some("tok"));
        assert_eq!(SESSION.value(&headers(&[])), None);
    }

    #[test]
    fn two_of_one_name_empty_and_long_values_are_none() {
        for line in [
            "__Host-openfire-provisioner=a; __Host-openfire-provisioner=b".to_owned(),
            "__Host-openfire-provisioner=".to_owned(),
            format!("__Host-openfire-provisioner={}", "x".repeat(257)),
        ] {
            assert_eq!(SESSION.value(&headers(&[&line])), None, "{line}");
        }
    }

    #[test]
    fn scripts_read_only_the_view() {
        let text = |value: Option<HeaderValue>| value.unwrap().to_str().unwrap().to_owned();
        assert_eq!(text(SESSION.set("tok")), "__Host-openfire-provisioner=tok; Path=/; Secure; SameSite=Lax; HttpOnly");
        assert_eq!(
            text(VIEW.keep("de")),
            "__Host-openfire-provisioner-view=de; Path=/; Secure; SameSite=Lax; Max-Age=31536000"
        );
        assert!(text(SESSION.forget()).ends_with("; Max-Age=0"));
    }
}
