//! The chat server, as clients see it.

use xmpp_parsers::jid::DomainPart;

use super::bytes::hex;
use super::config::{self, TlsMode};

/// The chat server, as clients see it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServerFacts {
    /// The XMPP domain.
    pub domain: DomainPart,
    /// The host that clients may try where the domain has no SRV records; empty when none is known.
    pub host: String,
    /// The port at which clients start with STARTTLS.
    pub port: u16,
    /// SHA-1 of the certificate in lower-case hexadecimal, for clients to pin; empty when nothing has to be pinned or
    /// the certificate is not known.
    pub certificate_sha1: String,
    /// Whether every client can be expected to trust the certificate without a setting of its own.
    pub certificate_trusted: bool,
}

/// The client port of RFC 6120 section 14.7.
const CLIENT_PORT: u16 = 5222;

impl ServerFacts {
    /// What follows from the settings alone; the certificate's digest comes with a connection,
    /// see [`Self::with_certificate`].
    ///
    /// - A loopback host is how *we* reach the server and says nothing to a client, so it is left out; so is a port for
    ///   direct TLS, which a Jitsi client does not speak.
    /// - The certificate counts as trusted where the system's authorities vouch for it: clients have those too.
    #[must_use]
    pub fn new(settings: &config::Openfire) -> Self {
        let host = settings.host.clone().filter(|host| !config::is_loopback(host)).unwrap_or_default();
        let port = match settings.tls {
            TlsMode::Direct => CLIENT_PORT,
            TlsMode::Starttls | TlsMode::None => settings.port.unwrap_or(CLIENT_PORT),
        };
        let port = if host.is_empty() { CLIENT_PORT } else { port };
        let certificate_trusted =
            settings.tls != TlsMode::None && settings.ca_file.is_none() && settings.certificate_sha256.is_empty();
        Self { domain: settings.domain.clone(), host, port, certificate_sha1: String::new(), certificate_trusted }
    }

    /// The same with the SHA-1 of the certificate that the server showed, where clients have to pin it.
    #[must_use]
    pub fn with_certificate(&self, sha1: Option<[u8; 20]>) -> Self {
        let certificate_sha1 =
            sha1.filter(|_| !self.certificate_trusted).map(|digest| hex(&digest)).unwrap_or_default();
        Self { certificate_sha1, ..self.clone() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn facts(settings: &str) -> ServerFacts {
        ServerFacts::new(&toml::from_str(&format!("domain = \"example.org\"\n{settings}")).unwrap())
    }

    #[test]
    fn clients_see_a_host_that_they_can_reach() {
        let seen = |settings: &str| {
            let facts = facts(settings);
            (facts.host, facts.port)
        };
        assert_eq!(seen(""), (String::new(), 5222));
        assert_eq!(seen("host = \"xmpp.example.org\""), ("xmpp.example.org".to_owned(), 5222));
        assert_eq!(seen("host = \"10.0.0.5\"\nport = 15222"), ("10.0.0.5".to_owned(), 15222));
        for loopback in ["localhost", "LOCALHOST.", "127.0.0.1", "127.1.2.3", "::1", "[::1]", "::ffff:127.0.0.1"] {
            assert_eq!(seen(&format!("host = \"{loopback}\"\nport = 15222")), (String::new(), 5222), "{loopback}");
        }
    }

    #[test]
    fn clients_never_see_a_port_for_direct_tls() {
        let facts = facts("host = \"xmpp.example.org\"\nport = 5223\ntls = \"direct\"");
        assert_eq!((facts.host.as_str(), facts.port), ("xmpp.example.org", 5222));
    }

    #[test]
    fn only_a_certificate_that_clients_may_not_trust_is_pinned() {
        let pinned = |settings: &str| facts(settings).with_certificate(Some([0xab; 20])).certificate_sha1;
        assert_eq!(pinned(""), "");
        assert_eq!(pinned("ca_file = \"ca.pem\""), "ab".repeat(20));
        assert_eq!(pinned("tls = \"none\""), "ab".repeat(20));
        assert_eq!(facts("ca_file = \"ca.pem\"").with_certificate(None).certificate_sha1, "");
    }
}
