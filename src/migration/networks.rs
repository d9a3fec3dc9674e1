//! From the plugin's list of addresses to networks.
//!
//! The plugin compared each entry with the client's address as text. So only a whole address, in the form that Java
//! prints, ever matched a client. Anything else becomes the network that it plainly means, or is refused.

use std::net::Ipv4Addr;

use ipnet::{IpNet, Ipv4Net, Ipv4Subnets};

use crate::model::config::network;

/// Most networks that a range may become.
const MOST: usize = 64;

/// What becomes of an entry.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Entry {
    /// One address, which the plugin compared too.
    Address(IpNet),
    /// What matched no client in the plugin.
    Networks(Vec<IpNet>),
    /// It cannot be a network; why.
    Refused(&'static str),
}

/// Reads one entry.
pub(super) fn read(text: &str) -> Entry {
    let bare = text.strip_prefix('[').and_then(|text| text.strip_suffix(']')).unwrap_or(text);
    if bare.contains('%') {
        return Entry::Refused("an address with the name of an interface counts only on one machine");
    }
    let networks = if bare.contains('*') {
        wildcard(bare)
    } else if let Some((first, last)) = bare.split_once('-') {
        range(first.trim(), last.trim())
    } else if let Some((address, mask)) = bare.split_once('/').filter(|(_, mask)| mask.contains('.')) {
        masked(address.trim(), mask.trim())
    } else {
        match network(bare) {
            Ok(network) if bare.contains('/') => Ok(vec![network.trunc()]),
            Ok(network) => return Entry::Address(network),
            Err(_) => Err("it is not an address, and the service does not compare host names"),
        }
    };
    match networks {
        Ok(networks) => Entry::Networks(networks),
        Err(why) => Entry::Refused(why),
    }
}

/// `10.1.*.*` or `10.1.*`: the parts with `*` are the last ones, and at least one comes before them.
fn wildcard(text: &str) -> Result<Vec<IpNet>, &'static str> {
    let why = "`*` can only be for the last parts of an IPv4 address";
    let parts: Vec<&str> = text.split('.').collect();
    let fixed = parts.iter().take_while(|part| **part != "*").count();
    if fixed == 0 || parts.len() > 4 || parts.iter().skip(fixed).any(|part| *part != "*") {
        return Err(why);
    }
    let mut octets = [0; 4];
    for (octet, part) in octets.iter_mut().zip(&parts).take(fixed) {
        let is_number = part.bytes().all(|byte| byte.is_ascii_digit()) && (*part == "0" || !part.starts_with('0'));
        *octet = part.parse().ok().filter(|_| is_number).ok_or(why)?;
    }
    let length = u8::try_from(8 * fixed).map_err(|_| why)?;
    Ipv4Net::new(octets.into(), length).map(|network| vec![network.into()]).map_err(|_| why)
}

/// `10.1.2.3-10.1.2.9` or `10.1.2.3-9`: exactly these addresses.
fn range(first: &str, last: &str) -> Result<Vec<IpNet>, &'static str> {
    let why = "it is not a range of IPv4 addresses";
    let first: Ipv4Addr = first.parse().map_err(|_| why)?;
    let last: Ipv4Addr = match last.parse::<u8>() {
        Ok(number) => {
            let [a, b, c, _] = first.octets();
            [a, b, c, number].into()
        }
        Err(_) => last.parse().map_err(|_| why)?,
    };
    if first > last {
        return Err("the range ends before it begins");
    }
    let networks: Vec<IpNet> = Ipv4Subnets::new(first, last, 0).take(MOST + 1).map(IpNet::from).collect();
    if networks.len() > MOST { Err("the range needs too many networks") } else { Ok(networks) }
}

/// `10.1.2.0/255.255.255.0`.
fn masked(address: &str, mask: &str) -> Result<Vec<IpNet>, &'static str> {
    let why = "it is not an IPv4 address with a network mask";
    let (address, mask): (Ipv4Addr, Ipv4Addr) = (address.parse().map_err(|_| why)?, mask.parse().map_err(|_| why)?);
    Ipv4Net::with_netmask(address, mask).map(|network| vec![network.trunc().into()]).map_err(|_| why)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_entry_becomes_exactly_the_network_that_it_means() {
        for (text, networks) in [
            ("10.1.2.*", "10.1.2.0/24"),
            ("10.1.*.*", "10.1.0.0/16"),
            ("10.*", "10.0.0.0/8"),
            ("10.1.2.0/24", "10.1.2.0/24"),
            ("10.1.2.3/24", "10.1.2.0/24"),
            ("2001:db8::/32", "2001:db8::/32"),
            ("10.1.2.0/255.255.255.0", "10.1.2.0/24"),
            ("10.1.2.4-10.1.2.7", "10.1.2.4/30"),
            ("10.1.2.3 - 5", "10.1.2.3/32 10.1.2.4/31"),
            ("0.0.0.0-255.255.255.255", "0.0.0.0/0"),
        ] {
            let Entry::Networks(found) = read(text) else { panic!("{text}: {:?}", read(text)) };
            let found: Vec<String> = found.iter().map(ToString::to_string).collect();
            assert_eq!(found.join(" "), networks, "{text}");
        }
    }

    #[test]
    fn an_address_stays_one_address() {
        for (text, network) in [
            ("10.1.2.3", "10.1.2.3/32"),
            ("0:0:0:0:0:0:0:1", "::1/128"),
            ("[2001:db8:0:0:0:0:0:1]", "2001:db8::1/128"),
            ("::ffff:10.1.2.3", "10.1.2.3/32"),
        ] {
            assert_eq!(read(text), Entry::Address(network.parse().unwrap()), "{text}");
        }
    }

    #[test]
    fn what_is_no_network_is_refused() {
        for text in [
            "pc7.example.org",
            "*",
            "*.1.2.3",
            "10.*.2.3",
            "10.1.2.3.*",
            "10.300.*",
            "010.1.2.3",
            "10.01.*",
            "10.1.2",
            "10.1.2.9-10.1.2.3",
            "10.1.2.3-x",
            "10.1.2.0/255.0.255.0",
            "10.1.2.0/33",
            "fe80::1%eth0",
            "2001:db8::*",
            "10.1.2.3:80",
            "10.0.0.1-254.255.255.253-7",
        ] {
            assert!(matches!(read(text), Entry::Refused(_)), "{text}: {:?}", read(text));
        }
    }
}
