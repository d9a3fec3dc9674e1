//! `[discovery]`: how clients find the service on their network.

use std::net::IpAddr;

use ipnet::{IpNet, Ipv4Net};
use jitsi_properties::{ProvisioningUrl, without_secrets};
use serde::Deserialize;
use serde::de::{Deserializer, Error};

use super::is_loopback;
use super::value::networks;

/// How clients find the service. Without a URL they do not.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Discovery {
    /// The provisioning URL that clients get. Default: none, that is no discovery.
    #[serde(deserialize_with = "some_url")]
    pub url: Option<ProvisioningUrl>,
    /// Names of the network interfaces on which clients are answered. Default: none; needed with `url`.
    pub interfaces: Vec<String>,
    /// Whether `serve` answers clients too, so that `discover` need not run beside it. Default: false.
    pub in_serve: bool,
    /// Whether clients that ask by DHCP are answered. Default: true.
    pub dhcp: bool,
    /// Whether the URL is announced by multicast DNS. Default: true.
    pub mdns: bool,
    /// Other URLs for the clients of some networks, by DHCP; the first one that matches counts. Default: none.
    pub network: Vec<NetworkUrl>,
}

/// The provisioning URL of the clients of some networks.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NetworkUrl {
    /// The networks. DHCP is IPv4 only.
    #[serde(deserialize_with = "ipv4_networks")]
    pub networks: Vec<Ipv4Net>,
    /// The provisioning URL that these clients get.
    #[serde(deserialize_with = "url")]
    pub url: ProvisioningUrl,
}

impl Default for Discovery {
    fn default() -> Self {
        Self { url: None, interfaces: Vec::new(), in_serve: false, dhcp: true, mdns: true, network: Vec::new() }
    }
}

/// Why clients must not get this URL, although they could read it; none where they may.
#[must_use]
pub fn unfit_for_clients(url: &ProvisioningUrl) -> Option<&'static str> {
    if !url.is_https() {
        return Some("sends passwords in the clear; write https");
    }
    // Clients take the address of all addresses for their own machine too.
    let bare = url.host().trim_end_matches('.').trim_start_matches('[').trim_end_matches(']');
    let is_unspecified = bare.parse().is_ok_and(|address: IpAddr| address.to_canonical().is_unspecified());
    (is_unspecified || is_loopback(url.host()))
        .then_some("leads each client to its own machine; write the name by which clients reach this service")
}

fn url<'de, D: Deserializer<'de>>(input: D) -> Result<ProvisioningUrl, D::Error> {
    let text = String::deserialize(input)?;
    ProvisioningUrl::parse(&text).map_err(|why| {
        let shown = without_secrets(&text);
        D::Error::custom(format!(
            "`{shown}` is not a provisioning URL: {why}. Write for example \
             \"https://provisioning.example.org/provision?username=${{username}}&password=${{password}}\""
        ))
    })
}

fn some_url<'de, D: Deserializer<'de>>(input: D) -> Result<Option<ProvisioningUrl>, D::Error> {
    url(input).map(Some)
}

fn ipv4_networks<'de, D: Deserializer<'de>>(input: D) -> Result<Vec<Ipv4Net>, D::Error> {
    let ipv4 = |network: IpNet| match network {
        IpNet::V4(network) => Ok(network),
        IpNet::V6(network) => {
            Err(D::Error::custom(format!("`{network}` is an IPv6 network; clients ask by DHCP over IPv4 only")))
        }
    };
    let networks = networks::deserialize(input)?;
    if networks.is_empty() {
        return Err(D::Error::custom(
            "the list is empty, so no client would match; name a network, or remove the block",
        ));
    }
    networks.into_iter().map(ipv4).collect()
}
