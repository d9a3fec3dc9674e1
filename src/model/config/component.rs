//! `[component]`: the XEP-0114 stream.

use std::path::PathBuf;
use std::time::Duration;

use secrecy::SecretString;
use serde::Deserialize;
use xmpp_parsers::jid::DomainPart;

use super::TlsMode;
use super::value::duration;

/// The component stream (XEP-0114).
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Component {
    /// Full name of the component, a subdomain of the XMPP domain. Default: `provisioning.` and the domain.
    #[serde(default)]
    pub name: String,
    /// The shared secret that Openfire's console holds for this name. Either this or `secret_file` is required.
    #[serde(default)]
    pub secret: SecretString,
    /// File whose first line is the shared secret.
    #[serde(default)]
    pub secret_file: Option<PathBuf>,
    /// Host name or address of the component port. Default: `openfire.host`, else the domain.
    #[serde(default)]
    pub host: Option<String>,
    /// The component port. Default: 5275, or 5276 with `tls = "direct"`.
    #[serde(default)]
    pub port: Option<u16>,
    /// How the stream is secured. Default: `"starttls"`; certificates are checked as `[openfire]` says.
    #[serde(default)]
    pub tls: TlsMode,
    /// Accept `tls = "none"` for a host that is not loopback: the secret is only hashed, all else is readable. Default: false.
    #[serde(default)]
    pub allow_plain: bool,
    /// A second component name under which `preview` connects while the service holds `name`. Default: `name`.
    #[serde(default)]
    pub preview_name: Option<String>,
    /// Silence after which a ping is sent; Openfire drops a component after 6 silent minutes. Default: 60 s.
    #[serde(default = "default_keepalive", deserialize_with = "duration::deserialize")]
    pub keepalive: Duration,
    /// Time that one query may take. Default: 3 s.
    #[serde(default = "default_iq_timeout", deserialize_with = "duration::deserialize")]
    pub iq_timeout: Duration,
    /// Queries that may wait for their answer at one time. Default: 1024.
    #[serde(default = "default_max_pending")]
    pub max_pending: usize,
}

impl Component {
    /// `name` as the domain of a component: a name of its own below `domain`, or nothing.
    #[must_use]
    pub fn domain_below(name: &str, domain: &DomainPart) -> Option<DomainPart> {
        let parsed = DomainPart::new(name).ok()?.into_owned();
        let below =
            parsed.as_str().strip_suffix(domain.as_str()).is_some_and(|rest| rest.len() > 1 && rest.ends_with('.'));
        below.then_some(parsed)
    }
}

fn default_keepalive() -> Duration {
    Duration::from_mins(1)
}

fn default_iq_timeout() -> Duration {
    Duration::from_secs(3)
}

fn default_max_pending() -> usize {
    1024
}
