//! The client that asks.

use std::collections::BTreeMap;
use std::fmt;
use std::net::IpAddr;

use jitsi_properties::{Client, Version};

/// The client that asks, as far as its request tells.
#[derive(Clone, PartialEq, Eq)]
pub struct ClientInfo {
    /// Its address, behind proxies that are believed.
    pub address: IpAddr,
    /// The `User-Agent` header, printable ASCII only, at most 256 bytes; empty when none came.
    pub user_agent: String,
    /// What the header says about the product.
    pub version: ClientVersion,
    /// The form's fields but for the credentials and the secret; values that are still a placeholder, `${…}`, are left out.
    pub fields: BTreeMap<String, String>,
}

impl ClientInfo {
    /// The `User-Agent` where an administrator names no other.
    pub const USUAL_AGENT: &str = "Jitsi/2.10.5550";
}

/// Shows of the fields only their names: a site may let its clients send a secret.
impl fmt::Debug for ClientInfo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { address, user_agent, version, fields } = self;
        f.debug_struct("ClientInfo")
            .field("address", address)
            .field("user_agent", user_agent)
            .field("version", version)
            .field("fields", &fields.keys())
            .finish()
    }
}

/// What the linter has to know of the client.
impl From<&ClientInfo> for Client {
    fn from(client: &ClientInfo) -> Self {
        Self { version: client.version.jitsi(), ..Self::default() }
    }
}

/// Product and version out of a `User-Agent`.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ClientVersion {
    /// The product, for example `Jitsi` or `Jitsi Desktop`; empty when unknown.
    pub product: String,
    /// The version, for example `2.10.5550`; empty when unknown.
    pub version: String,
}

impl ClientVersion {
    /// Reads `<application name>/<version>`; the name may hold blanks, as in `Jitsi Desktop/2.14`.
    #[must_use]
    pub fn parse(user_agent: &str) -> Self {
        let (product, rest) = user_agent.split_once('/').unwrap_or((user_agent, ""));
        let version = rest.split_whitespace().next().unwrap_or_default();
        Self { product: product.trim().to_owned(), version: version.to_owned() }
    }

    /// The version of Jitsi that this is; none when it is another program, or does not say.
    #[must_use]
    pub fn jitsi(&self) -> Option<Version> {
        let is_jitsi = self.product.get(..5).is_some_and(|name| name.eq_ignore_ascii_case("jitsi"));
        Version::parse(&self.version).filter(|_| is_jitsi)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_hides_the_values_of_fields() {
        let fields = [("pin".to_owned(), "hunter2".to_owned())].into_iter().collect();
        let address = std::net::Ipv4Addr::LOCALHOST.into();
        let client = ClientInfo { address, user_agent: String::new(), version: ClientVersion::default(), fields };
        let shown = format!("{client:?}");
        assert!(shown.contains("pin") && !shown.contains("hunter"), "{shown}");
    }

    #[test]
    fn product_and_version_are_read_leniently() {
        let parse = |text| {
            let client = ClientVersion::parse(text);
            (client.product, client.version)
        };
        assert_eq!(parse("Jitsi/2.10.5550"), ("Jitsi".into(), "2.10.5550".into()));
        assert_eq!(parse("Jitsi Desktop/2.14-SNAPSHOT.0"), ("Jitsi Desktop".into(), "2.14-SNAPSHOT.0".into()));
        assert_eq!(parse("curl/8.5 extra"), ("curl".into(), "8.5".into()));
        assert_eq!(parse(""), (String::new(), String::new()));
    }

    #[test]
    fn only_jitsi_has_a_version_of_jitsi() {
        let shown = |text| ClientVersion::parse(text).jitsi().map(|version| version.to_string());
        assert_eq!(shown("Jitsi/2.10.5550").as_deref(), Some("2.10.5550"));
        assert_eq!(shown("Jitsi Desktop/2.14-SNAPSHOT.0").as_deref(), Some("2.14-SNAPSHOT.0"));
        assert_eq!(shown("curl/8.5"), None);
        assert_eq!(shown("Jits\u{e9}/8.5"), None);
        assert_eq!(shown("Jitsi"), None);
    }
}
