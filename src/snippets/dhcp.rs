//! What a DHCP server gives to clients that ask for their provisioning URL.

use ipnet::Ipv4Net;
use jitsi_properties::ProvisioningUrl;

use super::{SnippetError, check_url};

/// What a DHCP server gives to clients, and where.
#[derive(Debug, Clone)]
pub struct DhcpAnswers {
    /// The interfaces on which it answers; empty means all.
    pub(super) interfaces: Vec<String>,
    /// Networks that do not overlap, each with the URL of its clients. At least one.
    pub(super) networks: Vec<(Ipv4Net, ProvisioningUrl)>,
}

/// All clients of IPv4.
pub(super) const EVERYWHERE: Ipv4Net = Ipv4Net::new_assert(std::net::Ipv4Addr::UNSPECIFIED, 0);

impl DhcpAnswers {
    /// `url` goes to the clients of all networks that have none of their own. Without `networks` it goes to every client.
    pub fn new(
        url: &ProvisioningUrl,
        interfaces: Vec<String>,
        networks: Vec<(Ipv4Net, Option<ProvisioningUrl>)>,
    ) -> Result<Self, SnippetError> {
        if let Some(name) = interfaces.iter().find(|name| !is_interface(name)) {
            return Err(SnippetError::Interface(name.clone()));
        }
        let networks = if networks.is_empty() { vec![(EVERYWHERE, None)] } else { networks };
        let mut separate: Vec<(Ipv4Net, ProvisioningUrl)> = Vec::new();
        for (network, own) in networks {
            let (network, url) = (network.trunc(), own.unwrap_or_else(|| url.clone()));
            check_url(&url)?;
            if let Some((other, _)) =
                separate.iter().find(|(other, _)| other.contains(&network) || network.contains(other))
            {
                return Err(SnippetError::Overlap(*other, network));
            }
            separate.push((network, url));
        }
        Ok(Self { interfaces, networks: separate })
    }
}

/// Whether this can be the name of an interface (15 bytes: IFNAMSIZ of Linux without the NUL), and means only itself in
/// every format: `*` and `,` do not.
fn is_interface(name: &str) -> bool {
    (1..=15).contains(&name.len())
        && name != "lo"
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"._-@".contains(&byte))
        && name.starts_with(|first: char| first.is_ascii_alphanumeric())
}
