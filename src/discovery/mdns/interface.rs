//! Whether an interface can carry the announcement now.

use nix::ifaddrs::getifaddrs;
use nix::net::if_::InterfaceFlags;

use crate::discovery::interface;

/// Why an interface cannot carry it. All but the last one can change at any time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Unfit {
    /// The responder learns addresses in the same way, and would only be silent.
    #[error(
        "the addresses of this machine cannot be read ({0}); if the unit sets `RestrictAddressFamilies=`, add `AF_NETLINK`"
    )]
    Unreadable(nix::Error),
    /// No such interface.
    #[error("there is no such interface; correct `discovery.interfaces`, or wait until it appears (`ip -br address`)")]
    Missing,
    /// Switched off, or no cable.
    #[error("the interface is down; check its cable or Wi-Fi, and `ip -br link`")]
    Down,
    /// Nothing to announce, and nothing to send from.
    #[error("the interface has no address yet; check `ip -br address`")]
    NoAddress,
    /// There is no link with neighbours; the responder leaves such interfaces out.
    #[error(
        "the interface is a point-to-point link, which multicast DNS does not use; remove it from `discovery.interfaces`"
    )]
    PointToPoint,
}

/// The index of an interface that is up and has an address.
pub(super) fn fit(name: &str) -> Result<u32, Unfit> {
    let addresses = getifaddrs().map_err(Unfit::Unreadable)?;
    let (index, listed) = interface::find(name).ok_or(Unfit::Missing)?;
    let entries: Vec<_> = addresses.filter(|entry| interface::is_on(&entry.interface_name, &listed)).collect();
    let has = |flag| entries.iter().any(|entry| entry.flags.contains(flag));
    if has(InterfaceFlags::IFF_POINTOPOINT) {
        return Err(Unfit::PointToPoint);
    }
    if !has(InterfaceFlags::IFF_UP | InterfaceFlags::IFF_RUNNING) {
        return Err(Unfit::Down);
    }
    let is_ip = |entry: &nix::ifaddrs::InterfaceAddress| {
        entry.address.is_some_and(|address| address.as_sockaddr_in().is_some() || address.as_sockaddr_in6().is_some())
    };
    if entries.iter().any(is_ip) { Ok(index) } else { Err(Unfit::NoAddress) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_interface_is_judged() {
        assert!(fit("lo").is_ok());
        assert_eq!(fit("nosuch0"), Err(Unfit::Missing));
    }
}
