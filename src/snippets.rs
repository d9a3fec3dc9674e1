//! Ready configuration for other servers of a site, which give clients their provisioning URL or pass their requests on.
//!
//! Each snippet is a whole text for the file that its comments name, escaped as that file's format needs. Nothing here reads
//! or writes anything.

mod apache;
mod avahi;
mod caddy;
mod dhcp;
mod dnsmasq;
mod haproxy;
mod isc_dhcp;
mod jitsi_overrides;
mod kea;
mod nginx;
mod proxy;

use ipnet::Ipv4Net;
use jitsi_properties::{ParseError, ProvisioningUrl};

pub use self::apache::apache;
pub use self::avahi::avahi;
pub use self::caddy::caddy;
pub use self::dhcp::DhcpAnswers;
pub use self::dnsmasq::dnsmasq;
pub use self::haproxy::haproxy;
pub use self::isc_dhcp::isc_dhcp;
pub use self::jitsi_overrides::{jitsi_overrides, with_fields};
pub use self::kea::kea;
pub use self::nginx::nginx;
pub use self::proxy::{CertificateFiles, ProxiedSite, Upstream};
use crate::model::config::unfit_for_clients;

/// Why there is no snippet: its format cannot hold the URL, or the result would not work. `Display` says what to
/// change.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SnippetError {
    /// A URL that no client may get.
    #[error("`{url}` {problem}")]
    Url {
        /// The URL.
        url: ProvisioningUrl,
        /// What is wrong with it.
        problem: &'static str,
    },
    /// A name that is no interface, or that a format would read as something else.
    #[error("`{0}` cannot be the name of an interface; `ip -br link` lists them")]
    Interface(String),
    /// Which of two overlapping networks applies depends on the server.
    #[error(
        "the networks {0} and {1} overlap, and DHCP servers choose between them in different ways; name separate networks"
    )]
    Overlap(Ipv4Net, Ipv4Net),
    /// dnsmasq answers in networks that it knows only.
    #[error(
        "dnsmasq answers only clients of networks that it knows; name each one, for example with `--network 10.7.0.0/16`"
    )]
    NoNetwork,
    /// Clients would get a piece of the URL.
    #[error(
        "the URL has {bytes} bytes; Kea sends at most {most} in one piece, and clients take only the last piece: shorten the URL"
    )]
    LongForKea {
        /// Its length.
        bytes: usize,
        /// The longest that works.
        most: usize,
    },
    /// A string in a TXT record is too long (RFC 6763 section 6.1).
    #[error("the TXT record would need {bytes} bytes for `{name}`, and has room for {MOST_TXT}; shorten the URL")]
    LongTxt {
        /// The name of the string.
        name: String,
        /// Its length with the name.
        bytes: usize,
    },
    /// A field of the URL whose name a TXT record cannot hold, or holds for something else (RFC 6763 section 6.4).
    #[error(
        "a TXT record cannot hold the field `{0}`: a name must not be empty or `path`, and must appear only once; rename the field"
    )]
    TxtName(String),
    /// A path with a character that some format would have to escape.
    #[error("`{0}` is not an absolute path of letters, digits and `/._-+@`; make a link to the file with such a path")]
    Path(String),
    /// There is no usual place for the certificate of an address.
    #[error("name the certificate of {0} with `--certificate`, and its key with `--key`")]
    NoCertificate(String),
    /// The same for a file that holds the key too.
    #[error("name the file with the certificate of {0}, its chain and its key with `--certificate`")]
    NoCertificateWithKey(String),
    /// A property that cannot be written.
    #[error("internal error: a property cannot be written: {0}")]
    Property(#[from] ParseError),
    /// Not a host and a port.
    #[error("`{0}` is not a host and a port; write for example 127.0.0.1:8080")]
    Upstream(String),
}

/// Most bytes of a string in a TXT record.
const MOST_TXT: usize = 255;

/// Clients must not get a URL that cannot work for them, or that shows their passwords.
fn check_url(url: &ProvisioningUrl) -> Result<(), SnippetError> {
    match unfit_for_clients(url) {
        Some(problem) => Err(SnippetError::Url { url: url.clone(), problem }),
        None => Ok(()),
    }
}

/// Each line of `text` as a comment that begins with `mark`.
fn commented(mark: &str, text: &str) -> String {
    text.lines().map(|line| [format!("{mark} {line}").trim_end(), "\n"].concat()).collect()
}
