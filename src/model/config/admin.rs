//! `[admin]`: the administrators' pages.

use std::fmt;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use hyper::Uri;
use ipnet::IpNet;
use serde::Deserialize;
use serde::de::{Deserializer, Error};

use super::http::address;
use super::is_loopback;
use super::value::networks;

/// The folder for what the pages change, where neither the configuration nor systemd names one.
const USUAL_STATE_DIRECTORY: &str = "/var/lib/openfire-provisioner";

/// The administrators' pages. Without an address of their own there are none.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Admin {
    /// The addresses under which browsers reach the pages; the first one is used in links. Requests for another host get no
    /// page. Default: empty, that is no pages.
    pub urls: Vec<OwnUrl>,
    /// Address and port of a listener of the pages' own; then the listener of `[http]` has no pages. Default: none.
    #[serde(deserialize_with = "some_address")]
    pub listen: Option<SocketAddr>,
    /// Networks from which the pages can be opened. Default: empty, that is all.
    #[serde(deserialize_with = "networks::deserialize")]
    pub allowed_networks: Vec<IpNet>,
    /// The accounts that may sign in as administrators, by their names on Openfire. Default: empty, that is every administrator of
    /// Openfire.
    pub users: Vec<String>,
    /// Accounts that may look at the pages and change nothing; they need not be administrators of Openfire. Default: none.
    pub viewers: Vec<String>,
    /// Accounts that get a chat message when something needs attention. Default: none.
    pub notify: Vec<String>,
    /// Folder for what the pages change, and for the audit log. Default: see [`Admin::state_directory`].
    pub state_directory: Option<PathBuf>,
}

impl Admin {
    /// Whether there are pages.
    #[must_use]
    pub fn is_on(&self) -> bool {
        !self.urls.is_empty()
    }

    /// The folder for what the pages change: the configured one, otherwise the one that systemd made for the service
    /// (`StateDirectory=`), otherwise `/var/lib/openfire-provisioner` if there is such a folder.
    #[must_use]
    pub fn state_directory(&self) -> Option<PathBuf> {
        let by_systemd = || {
            let folders = std::env::var_os("STATE_DIRECTORY")?.into_string().ok()?;
            folders.split(':').next().filter(|folder| !folder.is_empty()).map(PathBuf::from)
        };
        let usual = || Some(PathBuf::from(USUAL_STATE_DIRECTORY)).filter(|folder| Path::is_dir(folder));
        self.state_directory.clone().or_else(by_systemd).or_else(usual)
    }
}

/// An address of the pages: `https://host[:port]`, or `http://` with a host of this machine.
///
/// Host and scheme are in lower case, a port that goes without saying is left out. So it equals the `Origin` that a browser
/// sends (RFC 6454 section 6.1).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OwnUrl {
    origin: String,
    host: String,
}

impl OwnUrl {
    /// Reads an address with scheme and host, and without name, password, path, query or fragment. Plain HTTP is for this
    /// machine only: browsers keep the pages' cookie for no other plain address.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let url: Uri = text.trim_end_matches('/').parse().ok()?;
        let authority = url.authority().filter(|authority| !authority.as_str().contains('@'))?;
        let usual_port = match url.scheme_str()? {
            "https" => 443,
            "http" if is_loopback(authority.host()) => 80,
            _ => return None,
        };
        let is_bare = matches!(url.path(), "" | "/") && url.query().is_none() && !text.contains('#');
        // A port that cannot be read is none to `Authority`.
        let is_whole = authority.as_str() == authority.host() || authority.port_u16().is_some();
        if !is_bare || authority.host().is_empty() || !is_whole {
            return None;
        }
        let mut host = authority.host().to_ascii_lowercase();
        if let Some(port) = authority.port_u16().filter(|port| *port != usual_port) {
            host = format!("{host}:{port}");
        }
        Some(Self { origin: format!("{}://{host}", url.scheme_str()?), host })
    }

    /// The address, as a browser names it in `Origin`: without a slash at its end.
    #[must_use]
    pub fn origin(&self) -> &str {
        &self.origin
    }

    /// The port that a browser connects to.
    #[must_use]
    pub fn port(&self) -> u16 {
        let usual_port = if self.origin.starts_with("https:") { 443 } else { 80 };
        let named = self.host.rsplit_once(':').filter(|(_, port)| !port.ends_with(']'));
        named.and_then(|(_, port)| port.parse().ok()).unwrap_or(usual_port)
    }

    /// Host and port, as a browser names them in `Host`.
    #[must_use]
    pub fn host(&self) -> &str {
        &self.host
    }
}

impl fmt::Display for OwnUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.origin)
    }
}

impl<'de> Deserialize<'de> for OwnUrl {
    fn deserialize<D: Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
        let text = String::deserialize(input)?;
        Self::parse(&text).ok_or_else(|| {
            D::Error::custom(format!(
                "`{text}` is not an address of the pages; write scheme, host and port, for example \
                 \"https://provisioning.example.org\". Plain http is for this machine only: \"http://localhost:8080\""
            ))
        })
    }
}

fn some_address<'de, D: Deserializer<'de>>(input: D) -> Result<Option<SocketAddr>, D::Error> {
    address(input).map(Some)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_of_the_pages_is_what_a_browser_sends_as_its_origin() {
        for (text, origin, host) in [
            ("https://provisioning.example.org", "https://provisioning.example.org", "provisioning.example.org"),
            ("https://Provisioning.Example.org/", "https://provisioning.example.org", "provisioning.example.org"),
            ("HTTPS://a.test:443", "https://a.test", "a.test"),
            ("https://a.test:8443", "https://a.test:8443", "a.test:8443"),
            ("https://[2001:db8::1]:8443", "https://[2001:db8::1]:8443", "[2001:db8::1]:8443"),
            ("http://localhost:8080", "http://localhost:8080", "localhost:8080"),
            ("http://127.0.0.1:80", "http://127.0.0.1", "127.0.0.1"),
            ("http://[::1]:9000", "http://[::1]:9000", "[::1]:9000"),
        ] {
            let url = OwnUrl::parse(text).unwrap_or_else(|| panic!("{text}"));
            assert_eq!((url.origin(), url.host()), (origin, host), "{text}");
            let port = text.trim_end_matches('/').rsplit(':').next().and_then(|port| port.parse().ok());
            assert_eq!(url.port(), port.unwrap_or(if origin.starts_with("https") { 443 } else { 80 }), "{text}");
        }
    }

    #[test]
    fn an_address_with_more_or_less_than_scheme_host_and_port_is_none() {
        for text in [
            "",
            "/",
            "https://",
            "provisioning.example.org",
            "ftp://a.test",
            "http://a.test",
            "http://10.0.0.1:8080",
            "https://a.test/admin",
            "https://a.test/?x",
            "https://a.test#x",
            "https://user@a.test",
            "https://a.test:",
            "https://a.test:x",
            "https://a b.test",
            "https://a.test\r\nx",
            "javascript:alert(1)",
        ] {
            assert_eq!(OwnUrl::parse(text), None, "{text}");
        }
    }
}
