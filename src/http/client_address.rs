//! The address of the client behind proxies that are believed.
//!
//! Each proxy appends the address of its own peer to `Forwarded` (RFC 7239) or to `X-Forwarded-For`. So the lists are
//! read from the right, as long as the hop before was a trusted proxy: a hop that is not a trusted proxy may have written
//! anything further left.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use http::header::{FORWARDED, HOST};
use http::uri::Authority;
use http::{HeaderMap, HeaderValue};
use ipnet::IpNet;

use super::access::Denial;
use super::setup_mistakes::SetupMistakes;
use crate::model::config;
use crate::telemetry::SetupMistake;

const X_FORWARDED_FOR: &str = "x-forwarded-for";

/// The proxies that are believed.
pub(super) struct Proxies {
    trusted: Vec<IpNet>,
    /// Whether the log has warned of a proxy that is not trusted. It does so once, since any client can send the headers.
    warned: AtomicBool,
    mistakes: Arc<SetupMistakes>,
}

impl Proxies {
    /// The proxies of the settings.
    pub(super) fn new(settings: &config::Http, mistakes: Arc<SetupMistakes>) -> Self {
        Self { trusted: settings.trusted_proxies.clone(), warned: AtomicBool::new(false), mistakes }
    }

    /// The client's address: the peer's, or what trusted proxies say. IPv4 in IPv6 becomes IPv4.
    ///
    /// A hop without a readable address ends the walk at the proxy that wrote it. Where both headers came, both must
    /// lead to the same client: a proxy writes one of them, and passes on what a client wrote into the other.
    pub(super) fn client(&self, peer: IpAddr, headers: &HeaderMap) -> Result<IpAddr, Denial> {
        let peer = peer.to_canonical();
        let came = (headers.contains_key(FORWARDED), headers.contains_key(X_FORWARDED_FOR));
        if came != (false, false) && !self.trusts(peer) {
            self.warn_of(peer);
        }
        let forwarded = || self.walk(peer, hops(headers, FORWARDED.as_str()).map(forwarded_for));
        let x_forwarded = || self.walk(peer, hops(headers, X_FORWARDED_FOR).map(node_address));
        match came {
            (false, false) => {
                if let Some(header) = UNREAD.iter().find(|name| headers.contains_key(**name)) {
                    self.warn_of_unread(peer, header);
                }
                Ok(peer)
            }
            (true, false) => Ok(forwarded()),
            (false, true) => Ok(x_forwarded()),
            (true, true) => match forwarded() {
                client if client == x_forwarded() => Ok(client),
                _ => Err(Denial::Address),
            },
        }
    }

    fn trusts(&self, peer: IpAddr) -> bool {
        self.trusted.iter().any(|network| network.contains(&peer))
    }

    fn walk(&self, peer: IpAddr, hops: impl Iterator<Item = Option<IpAddr>>) -> IpAddr {
        let mut client = peer;
        for hop in hops {
            match hop {
                Some(hop) if self.trusts(client) => client = hop,
                _ => break,
            }
        }
        client
    }

    /// Behind a proxy that is not named in the settings all users count as one client: the first ten wrong passwords lock
    /// all of them out.
    fn warn_of(&self, peer: IpAddr) {
        if !self.warned.swap(true, Ordering::Relaxed) {
            tracing::warn!(
                client.address = %peer,
                "{peer} sends Forwarded or X-Forwarded-For but is not trusted: set http.trusted_proxies if this is \
                 your proxy, since until then all its users count as one client (this is logged once)"
            );
        }
    }

    /// Behind a proxy that names its client in no header that is read, all users count as one client.
    fn warn_of_unread(&self, peer: IpAddr, header: &str) {
        if !self.mistakes.note(peer, SetupMistake::UnreadProxyHeader, header) {
            return;
        }
        let then = if self.trusts(peer) { "" } else { " and name the proxy in `http.trusted_proxies`" };
        tracing::warn!(
            client.address = %peer,
            "{peer} sends {header} and neither X-Forwarded-For nor Forwarded, which are the only headers that are read: if this \
             is your proxy, have it send X-Forwarded-For (nginx: `proxy_set_header X-Forwarded-For \
             $proxy_add_x_forwarded_for;`){then}, since until then all its users count as one client"
        );
    }
}

/// Headers in which proxies name their client too, and which are not read: they hold one address, so nothing shows whether
/// the proxy or the client wrote it.
const UNREAD: [&str; 4] = ["x-real-ip", "x-client-ip", "true-client-ip", "cf-connecting-ip"];

/// Headers by which a proxy shows itself.
const PROXY_HEADERS: [&str; 3] = ["forwarded", X_FORWARDED_FOR, "via"];

/// Whether the request is local: a loopback peer, a loopback `Host` or none, and no header of a proxy.
///
/// Most proxies on this machine that add no header pass on the host that their client asked for, which is no loopback.
/// nginx does so only with `proxy_set_header`; nothing gives away one that is set up without.
pub(super) fn is_local(peer: IpAddr, headers: &HeaderMap) -> bool {
    peer.to_canonical().is_loopback()
        && !PROXY_HEADERS.iter().chain(&UNREAD).any(|name| headers.contains_key(*name))
        && headers.get_all(HOST).iter().all(names_loopback)
}

fn names_loopback(host: &HeaderValue) -> bool {
    let authority = Authority::try_from(host.as_bytes());
    authority.is_ok_and(|authority| config::is_loopback(authority.host()))
}

/// The elements of all headers of this name, nearest hop first. They are split at every comma, quoted or not: no
/// address has one, and so an unbalanced quote cannot swallow what a proxy has appended behind it.
fn hops<'a>(headers: &'a HeaderMap, name: &str) -> impl Iterator<Item = &'a str> {
    let lines: Vec<_> = headers.get_all(name).iter().collect();
    lines.into_iter().rev().flat_map(|line| line.to_str().unwrap_or_default().rsplit(',')).map(str::trim)
}

/// The `for` parameter of one element of `Forwarded` (RFC 7239 section 4).
fn forwarded_for(element: &str) -> Option<IpAddr> {
    let mut found = element.split(';').filter_map(|pair| {
        let (name, value) = pair.split_once('=')?;
        name.trim().eq_ignore_ascii_case("for").then_some(value.trim())
    });
    let (value, None) = (found.next()?, found.next()) else { return None };
    let unquoted = value.strip_prefix('"').and_then(|value| value.strip_suffix('"'));
    node_address(unquoted.unwrap_or(value))
}

/// The address of a node, with or without port: `192.0.2.1`, `192.0.2.1:80`, `[2001:db8::1]:80`, `2001:db8::1`. The
/// identifiers `unknown` and `_hidden` (RFC 7239 section 6) have none.
fn node_address(node: &str) -> Option<IpAddr> {
    if let Ok(address) = node.parse::<IpAddr>() {
        return Some(address.to_canonical());
    }
    let (address, rest) = if let Some(rest) = node.strip_prefix('[') {
        let (address, rest) = rest.split_once(']')?;
        (IpAddr::V6(address.parse::<Ipv6Addr>().ok()?), rest)
    } else {
        let (address, rest) = node.split_at(node.find(':')?);
        (IpAddr::V4(address.parse::<Ipv4Addr>().ok()?), rest)
    };
    (rest.is_empty() || rest.strip_prefix(':').is_some_and(is_port)).then_some(address.to_canonical())
}

/// A port, or an obfuscated one (RFC 7239 section 6.2 and 6.3).
fn is_port(port: &str) -> bool {
    let obfuscated = port.strip_prefix('_').is_some_and(|name| {
        !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"._-".contains(&byte))
    });
    obfuscated || port.parse::<u16>().is_ok()
}

#[cfg(test)]
mod tests {
    use crate::telemetry::{Live, Metrics};
    use http::HeaderName;
    use proptest::prelude::*;

    use super::*;

    const PROXY: &str = "10.0.0.1";

    fn map(headers: &[(&str, &str)]) -> HeaderMap {
        let pair = |(name, value): &(&str, &str)| {
            (HeaderName::try_from(*name).unwrap(), HeaderValue::from_bytes(value.as_bytes()).unwrap())
        };
        let mut map = HeaderMap::new();
        for (name, value) in headers.iter().map(pair) {
            map.append(name, value);
        }
        map
    }

    /// The client's address when `headers` come from `peer` and `10.0.0.0/8` and `fd00::/8` are trusted.
    fn from(peer: &str, headers: &[(&str, &str)]) -> Result<String, Denial> {
        let trusted = ["10.0.0.0/8", "fd00::/8"].map(|network| network.parse().unwrap()).to_vec();
        let settings = config::Http { trusted_proxies: trusted, ..config::Http::default() };
        let proxies = Proxies::new(&settings, Arc::new(SetupMistakes::new(Arc::new(Metrics::new(Live::default)))));
        proxies.client(peer.parse().unwrap(), &map(headers)).map(|address| address.to_string())
    }

    #[track_caller]
    fn check(headers: &[(&str, &str)], client: &str) {
        assert_eq!(from(PROXY, headers), Ok(client.to_owned()), "{headers:?}");
    }

    #[test]
    fn an_untrusted_peer_is_the_client_whatever_it_writes() {
        for header in [("forwarded", "for=192.0.2.1"), ("x-forwarded-for", "192.0.2.1")] {
            assert_eq!(from("203.0.113.9", &[header]), Ok("203.0.113.9".into()));
        }
        let both = [("forwarded", "for=192.0.2.1"), ("x-forwarded-for", "192.0.2.2")];
        assert_eq!(from("203.0.113.9", &both), Ok("203.0.113.9".into()));
    }

    #[test]
    fn ipv4_in_ipv6_is_ipv4() {
        assert_eq!(from("::ffff:203.0.113.9", &[]), Ok("203.0.113.9".into()));
        assert_eq!(from("::ffff:10.0.0.1", &[("x-forwarded-for", "192.0.2.1")]), Ok("192.0.2.1".into()));
        check(&[("x-forwarded-for", "::ffff:192.0.2.1")], "192.0.2.1");
    }

    #[test]
    fn the_walk_goes_from_the_right_through_trusted_proxies_only() {
        check(&[("x-forwarded-for", "192.0.2.1")], "192.0.2.1");
        check(&[("x-forwarded-for", "127.0.0.1, 192.0.2.1")], "192.0.2.1");
        check(&[("x-forwarded-for", "127.0.0.1, 192.0.2.1, 10.1.1.1")], "192.0.2.1");
        check(&[("x-forwarded-for", "10.2.2.2, 10.1.1.1")], "10.2.2.2");
        check(&[("x-forwarded-for", "10.9.9.9, 192.0.2.1, 10.1.1.1")], "192.0.2.1");
    }

    #[test]
    fn header_lines_count_in_their_order() {
        check(&[("x-forwarded-for", "127.0.0.1"), ("x-forwarded-for", "192.0.2.1, fd00::1")], "192.0.2.1");
        check(&[("forwarded", "for=127.0.0.1"), ("forwarded", "for=192.0.2.1")], "192.0.2.1");
    }

    #[test]
    fn nodes_have_all_the_forms_of_rfc_7239() {
        check(&[("forwarded", "for=192.0.2.43")], "192.0.2.43");
        check(&[("forwarded", "For=\"[2001:db8:cafe::17]:4711\"")], "2001:db8:cafe::17");
        check(&[("forwarded", "for=192.0.2.60;proto=http;by=203.0.113.43")], "192.0.2.60");
        check(&[("forwarded", "by=10.0.0.1 ; FOR = \"192.0.2.60:_p.1\"")], "192.0.2.60");
        check(&[("forwarded", "for=\"[2001:db8::1]\", for=10.1.1.1")], "2001:db8::1");
        check(&[("x-forwarded-for", "192.0.2.1:40000")], "192.0.2.1");
        check(&[("x-forwarded-for", "2001:db8::1")], "2001:db8::1");
        check(&[("x-forwarded-for", "[2001:db8::1]:443")], "2001:db8::1");
    }

    #[test]
    fn a_hop_without_address_ends_the_walk_at_the_proxy_that_wrote_it() {
        for node in ["unknown", "_hidden", "\"_gazonk\"", "", "1.2.3", "[::1", "[::1]x", "192.0.2.1:99999", "a\\b"] {
            check(&[("forwarded", &format!("for=192.0.2.1, for={node}"))], PROXY);
            check(&[("forwarded", &format!("for=192.0.2.1, for={node}, for=10.1.1.1"))], "10.1.1.1");
        }
        check(&[("x-forwarded-for", "192.0.2.1, ")], PROXY);
        check(&[("forwarded", "proto=https")], PROXY);
        check(&[("forwarded", "for=192.0.2.1;for=192.0.2.2")], PROXY);
        check(&[("x-forwarded-for", "b\u{fc}ro")], PROXY);
    }

    #[test]
    fn an_unbalanced_quote_swallows_nothing() {
        check(&[("forwarded", "for=\"127.0.0.1, for=192.0.2.1")], "192.0.2.1");
        check(&[("forwarded", "for=\"127.0.0.1;x=, for=192.0.2.1")], "192.0.2.1");
    }

    #[test]
    fn two_headers_must_agree() {
        check(&[("forwarded", "for=192.0.2.1"), ("x-forwarded-for", "192.0.2.1")], "192.0.2.1");
        let spoofed = [("forwarded", "for=10.0.0.7"), ("x-forwarded-for", "192.0.2.1")];
        assert_eq!(from(PROXY, &spoofed), Err(Denial::Address));
        let garbled = [("forwarded", "?"), ("x-forwarded-for", "192.0.2.1")];
        assert_eq!(from(PROXY, &garbled), Err(Denial::Address));
    }

    #[test]
    fn local_is_who_asks_on_this_machine_for_this_machine() {
        let local = |peer: &str, headers: &[(&str, &str)]| is_local(peer.parse().unwrap(), &map(headers));
        for host in ["localhost", "LOCALHOST:8080", "127.0.0.1", "127.1.2.3:80", "[::1]", "[::1]:8080"] {
            assert!(local("127.0.0.1", &[("host", host)]), "{host}");
        }
        for peer in ["127.0.0.1", "::1", "::ffff:127.0.0.1"] {
            assert!(local(peer, &[]), "{peer}");
        }
        for host in ["provisioning.example.org", "192.0.2.1", "[2001:db8::1]:80", "", "127.0.0.1.example.org", "a b"] {
            assert!(!local("127.0.0.1", &[("host", host)]), "{host}");
        }
        assert!(!local("127.0.0.1", &[("host", "localhost"), ("host", "provisioning.example.org")]));
        assert!(!local("192.0.2.1", &[("host", "localhost")]));
        for header in ["Forwarded", "X-Forwarded-For", "Via", "X-Real-IP", "CF-Connecting-IP"] {
            assert!(!local("127.0.0.1", &[("host", "localhost"), (header, "x")]), "{header}");
        }
    }

    proptest! {
        #[test]
        fn nothing_left_of_an_untrusted_hop_matters(left in "[ -~]{0,40}") {
            let line = format!("{left}, 192.0.2.1, 10.1.1.1");
            prop_assert_eq!(from(PROXY, &[("x-forwarded-for", &line)]), Ok("192.0.2.1".to_owned()));
            let line = format!("{left}, for=192.0.2.1, for=10.1.1.1");
            prop_assert_eq!(from(PROXY, &[("forwarded", &line)]), Ok("192.0.2.1".to_owned()));
        }
    }
}
