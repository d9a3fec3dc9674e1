//! The rules about what a client connects to and whom it trusts, one family a file.

pub(in crate::lint) mod protection;
pub(in crate::lint) mod proxies;
pub(in crate::lint) mod relays;
pub(in crate::lint) mod trust;
pub(in crate::lint) mod updates;

use crate::document::Entry;
use crate::lint::Client;
use crate::lint::finding::Finding;
use crate::lint::settings::Settings;

/// The rules of all families here.
pub(in crate::lint) fn check(settings: &Settings<'_>, client: &Client, findings: &mut Vec<Finding>) {
    proxies::check(settings, findings);
    trust::check(settings, findings);
    protection::check(settings, findings);
    relays::check(settings, findings);
    updates::check(settings, client, findings);
}

/// Whether the client takes a value for true: `Boolean.parseBoolean`, to which a blank beside the word counts.
fn is_true(entry: Entry<'_>) -> bool {
    entry.value().eq_ignore_ascii_case("true")
}

/// The host of an address that begins with `http://`, unless that is the client's own machine.
pub(in crate::lint) fn host_in_clear(address: &str) -> Option<&str> {
    let scheme = address.get(.."http://".len()).filter(|scheme| scheme.eq_ignore_ascii_case("http://"))?;
    let rest = address.get(scheme.len()..)?;
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let place = authority.rsplit_once('@').map_or(authority, |(_, place)| place);
    let host = match place.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
        Some((host, _)) => host,
        None => place.split(':').next().unwrap_or_default(),
    };
    let is_own = host.eq_ignore_ascii_case("localhost")
        || host.parse::<std::net::IpAddr>().is_ok_and(|address| address.is_loopback());
    (!is_own).then_some(host)
}

#[cfg(test)]
mod tests {
    use super::host_in_clear;

    #[test]
    fn only_other_machines_are_reached_in_the_clear() {
        for (address, host) in [
            ("http://a.test/p", Some("a.test")),
            ("HTTP://user@a.test:8080?x", Some("a.test")),
            ("http://[2001:db8::1]:80/", Some("2001:db8::1")),
            ("http://localhost.a.test/", Some("localhost.a.test")),
            ("https://a.test/", None),
            ("http://localhost:8080/p", None),
            ("http://127.0.0.53/p", None),
            ("http://[::1]/p", None),
            ("a.test", None),
        ] {
            assert_eq!(host_in_clear(address), host, "{address}");
        }
    }
}
