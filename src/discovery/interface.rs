//! Names of network interfaces: what an administrator writes, and what the kernel lists addresses under.

use nix::net::if_::{if_indextoname, if_nametoindex};

/// The number of the interface `name`, and the name under which the kernel lists it. They differ where `name` is an alternative
/// one (`altname` of `ip link`).
pub(super) fn find(name: &str) -> Option<(u32, String)> {
    let index = if_nametoindex(name).ok()?;
    let listed = if_indextoname(index).ok()?.into_string().ok()?;
    Some((index, listed))
}

/// Whether an address that is listed under `name` belongs to the interface `listed`. An address with a label is listed under
/// it: `eth0:1` is on `eth0`. No interface has a colon in its name.
pub(super) fn is_on(name: &str, listed: &str) -> bool {
    name.strip_prefix(listed).is_some_and(|label| label.is_empty() || label.starts_with(':'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_with_a_label_is_on_its_interface() {
        for (name, is_it) in
            [("eth0", true), ("eth0:1", true), ("eth0:vip", true), ("eth01", false), ("eth0.7", false), ("eth", false)]
        {
            assert_eq!(is_on(name, "eth0"), is_it, "{name}");
        }
    }

    #[test]
    fn an_interface_is_found_by_its_name() {
        assert_eq!(find("lo"), Some((1, "lo".to_owned())));
        assert_eq!(find("nosuch0"), None);
    }
}
