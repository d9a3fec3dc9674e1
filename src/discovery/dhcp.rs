//! Answers clients that ask for their provisioning URL by DHCP.
//!
//! 1. A client of Jitsi binds UDP port 6768 and broadcasts a DHCPINFORM (RFC 2131 section 4.4.3) to port 6767, which asks for
//!    option 224. It does so once for each of its IPv4 addresses, twice more if nothing comes, and waits for ten seconds.
//! 2. `question` decides whether a datagram is such a question, as this or another DHCP library writes it. Everything else
//!    gets no answer.
//! 3. `limits` decides whether it is answered now, and `interface` whether the client is in a network of the interface.
//! 4. `answer` is a DHCPACK with the URL. It assigns no address, and changes nothing else on the client.
//!
//! A DHCP server on port 67 of the same machine is not affected: it never sees these questions, and this code uses no
//! other port.

mod answer;
mod interface;
mod limits;
mod question;
mod responder;

use futures::future::{self, FutureExt as _};
use ipnet::Ipv4Net;
use jitsi_properties::ProvisioningUrl;

use self::interface::Port;
pub use self::interface::Problem;
use self::responder::{answer_on, log_uncovered};
use crate::model::config;

/// Answers on the interfaces of the configuration.
#[derive(Debug)]
pub(super) struct Responder {
    interfaces: Vec<String>,
    urls: Urls,
}

impl Responder {
    /// A responder for `url`, and for the other URLs of some networks.
    pub(super) fn new(url: ProvisioningUrl, settings: &config::Discovery) -> Self {
        let urls = Urls { usual: url, of_networks: settings.network.clone() };
        Self { interfaces: settings.interfaces.clone(), urls }
    }

    /// Answers until `shutdown` is done.
    pub(super) async fn run(self, shutdown: impl Future<Output = ()> + Send) {
        log_uncovered(&self.urls, &self.interfaces);
        let answering = self.interfaces.iter().map(|name| answer_on(name, &self.urls));
        future::select(shutdown.boxed(), future::join_all(answering).boxed()).await;
    }
}

/// The networks in which clients of the interface `name` would be answered, if it can be used now.
pub(super) fn look(name: &str) -> Result<Vec<Ipv4Net>, Problem> {
    Port::open(name)?;
    interface::networks(name)
}

/// The networks with a URL of their own in which no interface has an address; none while an interface or its address is missing.
pub(super) fn uncovered(of_networks: &[config::NetworkUrl], interfaces: &[String]) -> Vec<Ipv4Net> {
    let neighbours: Result<Vec<_>, _> = interfaces.iter().map(|name| interface::networks(name)).collect();
    let Ok(neighbours) = neighbours.map(|of_interfaces| of_interfaces.concat()) else { return Vec::new() };
    let networks = of_networks.iter().flat_map(|entry| &entry.networks).copied();
    networks.filter(|network| !interface::overlaps(*network, &neighbours)).collect()
}

/// Which client gets which URL.
#[derive(Debug)]
struct Urls {
    usual: ProvisioningUrl,
    of_networks: Vec<config::NetworkUrl>,
}

impl Urls {
    /// The URL of the client with this address: that of the first network that has it, else the usual one.
    fn of(&self, client: std::net::Ipv4Addr) -> &ProvisioningUrl {
        let has_it = |entry: &&config::NetworkUrl| entry.networks.iter().any(|network| network.contains(&client));
        self.of_networks.iter().find(has_it).map_or(&self.usual, |entry| &entry.url)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_network_that_has_the_client_decides_its_url() {
        let url = |name: &str| ProvisioningUrl::parse(&format!("https://{name}.example.org/")).unwrap();
        let entry = |networks: &[&str], name: &str| config::NetworkUrl {
            networks: networks.iter().map(|network| network.parse().unwrap()).collect(),
            url: url(name),
        };
        let of_networks = vec![entry(&["10.7.0.0/16", "192.168.0.0/24"], "branch"), entry(&["10.0.0.0/8"], "office")];
        let urls = Urls { usual: url("usual"), of_networks };
        for (client, name) in
            [("10.7.0.1", "branch"), ("192.168.0.255", "branch"), ("10.8.0.1", "office"), ("192.168.1.1", "usual")]
        {
            assert_eq!(urls.of(client.parse().unwrap()), &url(name), "{client}");
        }
    }
}
