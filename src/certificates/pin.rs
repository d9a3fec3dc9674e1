//! The line that makes a client trust one certificate.

use std::fmt;

use jitsi_properties::escape;
use ring::digest::{SHA1_FOR_LEGACY_USE_ONLY, digest};

use crate::model::bytes::hex;

/// A certificate that a client trusts for a name, whatever authority signed it.
///
/// The client compares SHA-1 of the server's own certificate in lower-case hexadecimal digits with what it has stored under
/// the name that it connected to (client source: `CertificateServiceImpl.checkCertTrusted`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pin {
    name: String,
    sha1: String,
}

impl Pin {
    /// The pin of a certificate in DER for a name: a host, or the domain of XMPP accounts.
    #[must_use]
    pub fn new(name: &str, certificate: &[u8]) -> Self {
        Self { name: name.to_owned(), sha1: hex(digest(&SHA1_FOR_LEGACY_USE_ONLY, certificate).as_ref()) }
    }

    /// The same with a digest that is known.
    #[must_use]
    pub fn of_sha1(name: &str, sha1: [u8; 20]) -> Self {
        Self { name: name.to_owned(), sha1: hex(&sha1) }
    }
}

/// The line, ready to copy.
impl fmt::Display for Pin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut key = String::new();
        escape(&format!("net.java.sip.communicator.impl.certservice.param.{}", self.name), &mut key);
        write!(f, "{key}={}", self.sha1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pin_is_a_line_that_the_linter_takes() {
        let line = Pin::new("pbx.example.org", b"certificate").to_string();
        let document = jitsi_properties::parse(&line).unwrap();
        let keys: Vec<_> = document.entries().map(|entry| entry.key().to_owned()).collect();
        assert_eq!(keys, ["net.java.sip.communicator.impl.certservice.param.pbx.example.org"]);
        assert_eq!(jitsi_properties::lint(&document, &jitsi_properties::Client::default()), [], "{line}");
    }

    /// Computed with `printf certificate | sha1sum`.
    #[test]
    fn a_pin_is_sha1_in_lower_case() {
        let line = Pin::new("a.test", b"certificate").to_string();
        assert_eq!(
            line,
            "net.java.sip.communicator.impl.certservice.param.a.test=735ad571c189d7ba84464bf4a9f1d2280175b128"
        );
        assert_eq!(Pin::of_sha1("a.test", [0xab; 20]).to_string().rsplit('=').next(), Some(&*"ab".repeat(20)));
    }
}
