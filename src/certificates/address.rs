//! Where a server is, as a person names it.

use std::fmt;
use std::str::FromStr;

/// A host and a port: `pbx.example.org:5061`, `192.0.2.7:636`, `[2001:db8::7]:5061`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServerAddress {
    host: String,
    port: u16,
}

/// Why a text is no address of a server.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("it is not HOST:PORT, such as `pbx.example.org:5061` for SIP or `ldap.example.org:636` for a directory")]
pub struct ServerAddressError;

impl ServerAddress {
    /// An address of parts that are known to be right. An IPv6 address may be in brackets.
    #[must_use]
    pub fn new(host: &str, port: u16) -> Self {
        let host = host.trim_matches(['[', ']']).trim_end_matches('.').to_ascii_lowercase();
        Self { host, port }
    }

    /// The host, in lower case and without brackets.
    #[must_use]
    pub fn host(&self) -> &str {
        &self.host
    }

    /// The port.
    #[must_use]
    pub fn port(&self) -> u16 {
        self.port
    }
}

impl FromStr for ServerAddress {
    type Err = ServerAddressError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (host, port) = text.rsplit_once(':').ok_or(ServerAddressError)?;
        let in_brackets = host.starts_with('[') && host.ends_with(']');
        let is_host = |host: &str| {
            !host.is_empty() && host.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte))
        };
        let is_port = port.bytes().all(|byte| byte.is_ascii_digit());
        let address = Self::new(host, port.parse().map_err(|_| ServerAddressError)?);
        let is_right =
            if in_brackets { address.host.parse::<std::net::Ipv6Addr>().is_ok() } else { is_host(&address.host) };
        (is_right && is_port && address.port > 0).then_some(address).ok_or(ServerAddressError)
    }
}

/// As a person writes it.
impl fmt::Display for ServerAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { host, port } = self;
        if host.contains(':') { write!(f, "[{host}]:{port}") } else { write!(f, "{host}:{port}") }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_has_a_host_and_a_port() {
        for (text, host, port) in [
            ("pbx.example.org:5061", "pbx.example.org", 5061),
            ("PBX.example.org.:5061", "pbx.example.org", 5061),
            ("192.0.2.7:636", "192.0.2.7", 636),
            ("[2001:DB8::7]:443", "2001:db8::7", 443),
        ] {
            assert_eq!(text.parse(), Ok(ServerAddress::new(host, port)), "{text}");
        }
        for text in [
            "",
            "pbx",
            "pbx:",
            ":5061",
            "pbx:x",
            "pbx:0",
            "pbx:65536",
            "pbx:+1",
            "2001:db8::7:443",
            "https://pbx:443",
            "a b:1",
        ] {
            assert_eq!(text.parse::<ServerAddress>(), Err(ServerAddressError), "{text}");
        }
        assert_eq!(ServerAddress::new("[2001:db8::7]", 443).to_string(), "[2001:db8::7]:443");
    }
}
