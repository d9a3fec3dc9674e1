//! What a proxy in front of the service needs: its own address, the service's, and files.

use jitsi_properties::ProvisioningUrl;

use super::{SnippetError, check_url};
use crate::model::config::is_loopback;

/// A site that a proxy passes on to the service.
#[derive(Debug, Clone)]
pub struct ProxiedSite {
    /// The host of the provisioning URL, in lower case: a name, an IPv4 address, or an IPv6 address in brackets.
    pub(super) host: String,
    /// The port of the provisioning URL.
    pub(super) port: u16,
    /// Where the service listens.
    pub(super) upstream: Upstream,
}

/// Where the service listens with plain HTTP: `host:port`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Upstream {
    host: String,
    port: u16,
}

/// PEM files with a certificate and its chain, and with its key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CertificateFiles {
    pub(super) certificate: String,
    pub(super) key: String,
}

/// Largest body that a proxy passes on, in bytes. The largest form of the administrators' pages has 768 KiB.
pub(super) const LARGEST_BODY: usize = 1024 * 1024;

impl ProxiedSite {
    /// The site of a provisioning URL. Its path and its fields do not count: the proxy passes on everything.
    pub fn new(url: &ProvisioningUrl, upstream: Upstream) -> Result<Self, SnippetError> {
        check_url(url)?;
        let host = url.host().trim_end_matches('.').to_ascii_lowercase();
        Ok(Self { host, port: url.port(), upstream })
    }

    /// The files that are named, otherwise those of certbot.
    pub fn certificate_files(&self, named: Option<(&str, &str)>) -> Result<CertificateFiles, SnippetError> {
        let files = |certificate: &str, key: &str| {
            Ok(CertificateFiles { certificate: checked(certificate)?, key: checked(key)? })
        };
        if let Some((certificate, key)) = named {
            return files(certificate, key);
        }
        let folder = format!("/etc/letsencrypt/live/{}", self.name()?);
        files(&format!("{folder}/fullchain.pem"), &format!("{folder}/privkey.pem"))
    }

    /// A file with certificate, chain and key: the one that is named, otherwise one in `folder`.
    pub(super) fn certificate_with_key(&self, named: Option<&str>, folder: &str) -> Result<String, SnippetError> {
        match named {
            Some(file) => checked(file),
            None => match self.name() {
                Ok(name) => Ok(format!("{folder}/{name}.pem")),
                Err(_) => Err(SnippetError::NoCertificateWithKey(self.host.clone())),
            },
        }
    }

    /// The provisioning server without its path, for comments.
    pub(super) fn origin(&self) -> String {
        match self.port {
            443 => format!("https://{}", self.host),
            port => format!("https://{}:{port}", self.host),
        }
    }

    /// What to set in the configuration of the service.
    pub(super) fn service_settings(&self) -> String {
        let host = self.upstream.host.trim_matches(['[', ']']);
        let (listen, proxy) = match host.parse::<std::net::IpAddr>() {
            Ok(address) if address.is_loopback() => (self.upstream.to_string(), format!("\"{address}\"")),
            _ if is_loopback(host) => {
                (format!("127.0.0.1:{}", self.upstream.port), "\"127.0.0.1\", \"::1\"".to_owned())
            }
            // Only the site knows from which address the proxy connects.
            _ => {
                return format!(
                    "In the configuration of the service, below [http]: name the address from which this proxy connects in\n   \
                 trusted_proxies, listen at {}, and set allow_plain = true. Leave out [http.tls]. Passwords cross the\n   \
                 network between proxy and service unencrypted: use a network that only these two share.",
                    self.upstream
                );
            }
        };
        format!(
            "In the configuration of the service, below [http]: listen = \"{listen}\" and trusted_proxies = [{proxy}].\n   \
             Leave out [http.tls]. Restart the service."
        )
    }

    /// The host, where it is a name that can be the name of a file.
    fn name(&self) -> Result<&str, SnippetError> {
        let is_address = self.host.starts_with('[') || self.host.parse::<std::net::Ipv4Addr>().is_ok();
        if is_address { Err(SnippetError::NoCertificate(self.host.clone())) } else { Ok(&self.host) }
    }
}

impl Upstream {
    /// Reads `host:port`; an IPv6 address is in brackets.
    pub fn parse(text: &str) -> Result<Self, SnippetError> {
        let wrong = || SnippetError::Upstream(text.to_owned());
        let url = ProvisioningUrl::parse(&format!("http://{text}")).map_err(|_| wrong())?;
        let host = url.host().trim_matches(['[', ']']);
        // Where a service listens, but nothing to connect to.
        let is_wildcard = host.parse::<std::net::IpAddr>().is_ok_and(|address| address.is_unspecified());
        if is_wildcard
            || !text.ends_with(&format!(":{}", url.port()))
            || url.address().len() != "http://".len() + text.len()
            || !url.path().is_empty()
        {
            return Err(wrong());
        }
        Ok(Self { host: url.host().to_owned(), port: url.port() })
    }
}

impl std::fmt::Display for Upstream {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}:{}", self.host, self.port)
    }
}

/// A path that means itself in the configuration of every proxy, without quotes.
fn checked(path: &str) -> Result<String, SnippetError> {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"/._-+@".contains(&byte);
    if path.starts_with('/') && path.bytes().all(is_plain) {
        Ok(path.to_owned())
    } else {
        Err(SnippetError::Path(path.to_owned()))
    }
}
