//! `[updates]`: the update channel.

use std::fmt;
use std::path::PathBuf;
use std::time::Duration;

use hyper::Uri;
use serde::Deserialize;
use serde::de::{Deserializer, Error};

use super::value::duration;

/// The update channel. Without a folder there is none.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Updates {
    /// Folder of the installers: a folder for each platform, in it one for each version. Default: none.
    pub folder: Option<PathBuf>,
    /// Under which address clients reach this service. Goes with `folder`. Default: none.
    pub url: Option<BaseUrl>,
    /// Downloads at one time, a quarter of them from one address; more are asked to come again. Default: 64.
    pub max_downloads: usize,
    /// Time in which a client must take the next 64 KiB of a download, before it is cut. Default: 30 s.
    #[serde(deserialize_with = "duration::deserialize")]
    pub stall_timeout: Duration,
}

impl Default for Updates {
    fn default() -> Self {
        Self { folder: None, url: None, max_downloads: 64, stall_timeout: Duration::from_secs(30) }
    }
}

/// The address of a service, `https://host[:port][/path]`, without a slash at its end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BaseUrl(String);

impl BaseUrl {
    /// Reads an address with scheme and host, and without name, password, query or fragment.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let url: Uri = text.parse().ok()?;
        let is_web = matches!(url.scheme_str(), Some("https" | "http"));
        let has_host = url.host().is_some_and(|host| !host.is_empty());
        // What is not part of an address, or would need quoting where the address is written.
        let is_bare = !text.contains(['?', '#', '@', '\\', '\'', '"', '<', '>', '`', '|', '{', '}', '^']);
        (is_web && has_host && is_bare && text.is_ascii()).then(|| Self(text.trim_end_matches('/').to_owned()))
    }

    /// The address, without a slash at its end.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether what is fetched from there cannot be changed on its way.
    #[must_use]
    pub fn is_https(&self) -> bool {
        self.0.starts_with("https://")
    }
}

impl fmt::Display for BaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for BaseUrl {
    fn deserialize<D: Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
        let text = String::deserialize(input)?;
        Self::parse(&text).ok_or_else(|| {
            D::Error::custom(format!(
                "`{text}` is not the address of a service; write for example \"https://provisioning.example.org\", without a \
                 query"
            ))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_has_scheme_and_host_and_no_query() {
        for (text, parsed) in [
            ("https://provisioning.example.org", "https://provisioning.example.org"),
            ("https://provisioning.example.org/", "https://provisioning.example.org"),
            ("http://10.0.0.5:8080", "http://10.0.0.5:8080"),
            ("https://[2001:db8::1]:8443/jitsi/", "https://[2001:db8::1]:8443/jitsi"),
        ] {
            assert_eq!(BaseUrl::parse(text).unwrap().as_str(), parsed);
        }
        for text in [
            "",
            "/",
            "provisioning.example.org",
            "https://",
            "https:///x",
            "ftp://example.org",
            "https://example.org?x=y",
            "https://example.org/#x",
            "https://user:password@example.org",
            "https://example.org/a b",
            "https://exämple.org",
            "https://example.org/\r\nx",
        ] {
            assert_eq!(BaseUrl::parse(text), None, "{text}");
        }
    }
}
