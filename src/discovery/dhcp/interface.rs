//! A network interface: its IPv4 networks, and the port on it.

use std::io;
use std::net::{Ipv4Addr, SocketAddrV4};

use ipnet::Ipv4Net;
use nix::ifaddrs::{InterfaceAddress, getifaddrs};
use socket2::{Domain, Protocol, Socket, Type};
use tokio::net::UdpSocket;

use crate::discovery::interface;

/// The port that clients ask at (client source: `DHCPProvisioningDiscover`, "port - 1").
pub(super) const SERVER_PORT: u16 = 6767;

/// Why clients on an interface are not answered now.
#[derive(Debug, thiserror::Error)]
pub enum Problem {
    /// The interface is not there.
    #[error("there is no such interface; correct `discovery.interfaces` (`ip -br address` lists the interfaces)")]
    Missing,
    /// A socket stays with the interface that it was bound to.
    #[error("the interface was replaced by another one of the same name")]
    Replaced,
    /// DHCP is IPv4, and an answer needs an address to come from.
    #[error("the interface has no IPv4 address; give it one, or remove it from `discovery.interfaces`")]
    NoAddress,
    /// One of `discover` and `serve` runs already, or another server.
    #[error(
        "UDP port {SERVER_PORT} is taken: `discover`, or `serve` with `discovery.in_serve`, is running already, or another \
         server uses the port (`ss -lunp` shows it); stop one of them"
    )]
    PortTaken,
    /// The kernel is older than 5.7, or something forbids it.
    #[error(
        "the process may not bind a socket to an interface: before Linux 5.7 it needs CAP_NET_RAW; on a newer kernel, \
         check what restricts the process (a systemd unit or a container)"
    )]
    Forbidden,
    /// The unit forbids `AF_NETLINK`, or the process has too many open files.
    #[error(
        "the addresses of the interface cannot be read: {0}; in a systemd unit, add `AF_NETLINK` to `RestrictAddressFamilies=`"
    )]
    Addresses(io::Error),
    /// Anything else of the system.
    #[error("UDP port {SERVER_PORT} cannot be used: {0}")]
    Port(io::Error),
}

/// The port on one interface. Only what comes in through that interface is received.
#[derive(Debug)]
pub(super) struct Port {
    /// The socket, bound to the interface.
    pub(super) socket: UdpSocket,
    /// The number of the interface. One that comes back under the same name has another, and the socket is dead.
    index: u32,
}

impl Port {
    /// Takes the port on the interface `name`, which must have an IPv4 address. It must be called inside a tokio run time.
    pub(super) fn open(name: &str) -> Result<Self, Problem> {
        let (index, _) = interface::find(name).ok_or(Problem::Missing)?;
        networks(name)?;
        let socket = socket(name).map_err(|error| match error.kind() {
            io::ErrorKind::AddrInUse => Problem::PortTaken,
            io::ErrorKind::PermissionDenied => Problem::Forbidden,
            _ => Problem::Port(error),
        })?;
        Ok(Self { socket, index })
    }

    /// Whether the interface `name` still is the one that the socket is bound to, and has an address.
    pub(super) fn look(&self, name: &str) -> Result<(), Problem> {
        match interface::find(name) {
            Some((index, _)) if index == self.index => networks(name).map(drop),
            Some(_) => Err(Problem::Replaced),
            None => Err(Problem::Missing),
        }
    }
}

/// The socket shares its port with no other program: of two answers the client would take any.
fn socket(name: &str) -> io::Result<UdpSocket> {
    let socket = Socket::new(Domain::IPV4, Type::DGRAM, Some(Protocol::UDP))?;
    socket.set_nonblocking(true)?;
    socket.bind_device(Some(name.as_bytes()))?;
    socket.bind(&SocketAddrV4::new(Ipv4Addr::UNSPECIFIED, SERVER_PORT).into())?;
    UdpSocket::from_std(socket.into())
}

/// The IPv4 addresses of the interface `name`, each with its network. There is one at least.
pub(super) fn networks(name: &str) -> Result<Vec<Ipv4Net>, Problem> {
    let (_, listed) = interface::find(name).ok_or(Problem::Missing)?;
    let addresses = getifaddrs().map_err(|error| Problem::Addresses(error.into()))?;
    let networks: Vec<Ipv4Net> = addresses
        .filter(|address| interface::is_on(&address.interface_name, &listed))
        .filter_map(|address| network(&address))
        .collect();
    if networks.is_empty() { Err(Problem::NoAddress) } else { Ok(networks) }
}

fn network(interface: &InterfaceAddress) -> Option<Ipv4Net> {
    let address = interface.address?.as_sockaddr_in()?.ip();
    let netmask = interface.netmask?.as_sockaddr_in()?.ip();
    Ipv4Net::with_netmask(address, netmask).ok()
}

/// Whether some client of `network` can be a neighbour on these networks.
pub(super) fn overlaps(network: Ipv4Net, neighbours: &[Ipv4Net]) -> bool {
    neighbours.iter().any(|neighbours| network.contains(&neighbours.trunc()) || neighbours.contains(&network.trunc()))
}

/// Our address for `client` that wrote from `sender`, if both are neighbours on these networks.
///
/// An answer to any other address would leave the link, and its receiver may never have asked.
pub(super) fn address_for(networks: &[Ipv4Net], client: Ipv4Addr, sender: Ipv4Addr) -> Option<Ipv4Addr> {
    let of = |host: Ipv4Addr| networks.iter().find(|network| is_host(**network, host));
    of(sender)?;
    of(client).map(Ipv4Net::addr)
}

/// Whether the address is one of a host of the network, and not that of the network or of all its hosts.
fn is_host(network: Ipv4Net, address: Ipv4Addr) -> bool {
    let is_special = address == network.network() || address == network.broadcast();
    // RFC 3021: two hosts and nothing else.
    network.contains(&address) && (!is_special || network.prefix_len() >= 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn networks_overlap_where_one_contains_the_other() {
        let networks: Vec<Ipv4Net> = ["10.7.0.2/16", "192.168.5.1/24"].map(|network| network.parse().unwrap()).to_vec();
        for (network, is_here) in [
            ("10.7.0.0/16", true),
            ("10.7.3.0/24", true),
            ("10.0.0.0/8", true),
            ("192.168.5.77/32", true),
            ("0.0.0.0/0", true),
            ("10.8.0.0/16", false),
            ("192.168.4.0/24", false),
        ] {
            assert_eq!(overlaps(network.parse().unwrap(), &networks), is_here, "{network}");
        }
        assert!(!overlaps("0.0.0.0/0".parse().unwrap(), &[]));
    }

    #[test]
    fn only_neighbours_are_answered_from_our_address_in_their_network() {
        let networks: Vec<Ipv4Net> =
            ["10.99.0.1/24", "192.168.77.1/28", "10.5.0.0/31"].map(|network| network.parse().unwrap()).to_vec();
        for (client, sender, ours) in [
            ("10.99.0.2", "10.99.0.2", Some("10.99.0.1")),
            // A client asks for each of its addresses.
            ("192.168.77.14", "10.99.0.2", Some("192.168.77.1")),
            ("10.5.0.1", "10.5.0.1", Some("10.5.0.0")),
            // On this machine.
            ("10.99.0.1", "10.99.0.1", Some("10.99.0.1")),
            // A third party, and one that asks in the name of a neighbour.
            ("10.98.0.2", "10.99.0.2", None),
            ("203.0.113.9", "10.99.0.2", None),
            ("10.99.0.2", "203.0.113.9", None),
            // All hosts of the network.
            ("10.99.0.255", "10.99.0.2", None),
            ("192.168.77.15", "10.99.0.2", None),
            ("10.99.0.0", "10.99.0.2", None),
            ("0.0.0.0", "10.99.0.2", None),
            ("255.255.255.255", "10.99.0.2", None),
        ] {
            let found = address_for(&networks, client.parse().unwrap(), sender.parse().unwrap());
            assert_eq!(found, ours.map(|ours| ours.parse().unwrap()), "{client} from {sender}");
        }
    }
}
