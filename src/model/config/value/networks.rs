//! Networks, as `10.0.0.0/8` or `2001:db8::/32`; an address alone is a network of one.

use std::net::IpAddr;

use ipnet::{IpNet, Ipv4Net};
use serde::de::{Deserialize, Deserializer, Error};

use super::list;

/// Reads a list, which may be empty.
pub(in crate::model::config) fn deserialize<'de, D: Deserializer<'de>>(input: D) -> Result<Vec<IpNet>, D::Error> {
    Vec::<String>::deserialize(input)?.iter().map(|text| network(text)).collect()
}

/// Reads a condition: a list that is not empty, or one network alone.
pub(in crate::model::config) fn condition<'de, D: Deserializer<'de>>(input: D) -> Result<Vec<IpNet>, D::Error> {
    Ok(list::deserialize::<_, Network>(input)?.into_iter().map(|Network(network)| network).collect())
}

struct Network(IpNet);

impl<'de> Deserialize<'de> for Network {
    fn deserialize<D: Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
        network(&String::deserialize(input)?).map(Self)
    }
}

fn network<E: Error>(text: &str) -> Result<IpNet, E> {
    parse(text).map_err(E::custom)
}

/// Reads one network, or one address. The error says what to write. An IPv4 network may be written as IPv6 does it (RFC 4291
/// section 2.5.5.2); it becomes what addresses are compared with.
pub fn parse(text: &str) -> Result<IpNet, String> {
    let address = |_| text.parse().map(|address: IpAddr| IpNet::from(address));
    text.parse().or_else(address).map(canonical).map_err(|_: std::net::AddrParseError| {
        format!("`{text}` is not a network; write for example \"10.0.0.0/8\" or \"192.168.1.5\"")
    })
}

fn canonical(network: IpNet) -> IpNet {
    let IpAddr::V4(address) = network.network().to_canonical() else { return network };
    let prefix = network.prefix_len().checked_sub(if network.addr().is_ipv6() { 96 } else { 0 });
    prefix.and_then(|prefix| Ipv4Net::new(address, prefix).ok()).map_or(network, IpNet::from)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_network_of_ipv4_is_one_however_it_is_written() {
        for (text, network) in [
            ("::ffff:10.0.0.0/104", "10.0.0.0/8"),
            ("::ffff:192.0.2.1", "192.0.2.1/32"),
            ("10.1.2.3/8", "10.0.0.0/8"),
            ("2001:db8::/32", "2001:db8::/32"),
            ("::/0", "::/0"),
        ] {
            assert_eq!(parse(text).map(|network| network.trunc().to_string()).as_deref(), Ok(network), "{text}");
        }
    }
}
