//! Rules about the proxy for all connections, and about name servers behind it.
//!
//! `ProtocolProviderServiceJabberImpl.loadProxy` throws when there is a type and no address, or a port that is no number, so
//! no XMPP account connects; of a type that it does not know it makes no proxy. `GlobalProxyPluginActivator` reads the same
//! keys, `DnsUtilActivator.loadDNSProxyForward` those about names (2.10 and master alike).

use super::is_true;
use crate::lint::finding::Finding;
use crate::lint::level::Level;
use crate::lint::rule::{Family, Rule};
use crate::lint::settings::{Settings, value_of};

pub(in crate::lint) static FAMILY: Family =
    Family { title: "Proxies", rules: &[&PROXY_INCOMPLETE, &PROXY_WITHOUT_TYPE, &PROXY_LOGIN, &DNS_FORWARDING] };

static PROXY_INCOMPLETE: Rule = Rule {
    id: "proxy-incomplete",
    levels: &[Level::Error],
    can_be_suppressed: true,
    is_about_value: true,
    what: "A proxy for all connections has a type, but no address or no valid port.",
    why: "The client throws an exception when an XMPP account connects, so no XMPP account of the user logs in.",
    example: "\
        net.java.sip.communicator.service.connectionProxyType=HTTP\n\
        net.java.sip.communicator.service.connectionProxyAddress=proxy.example.org",
    instead: "\
        net.java.sip.communicator.service.connectionProxyType=HTTP\n\
        net.java.sip.communicator.service.connectionProxyAddress=proxy.example.org\n\
        net.java.sip.communicator.service.connectionProxyPort=3128",
};

static PROXY_WITHOUT_TYPE: Rule = Rule {
    id: "proxy-without-type",
    levels: &[Level::Warning],
    can_be_suppressed: true,
    is_about_value: false,
    what: "A proxy for all connections has an address or a port, but no type.",
    why: "Without a type the client uses no proxy.",
    example: "\
        net.java.sip.communicator.service.connectionProxyAddress=proxy.example.org\n\
        net.java.sip.communicator.service.connectionProxyPort=3128",
    instead: "\
        net.java.sip.communicator.service.connectionProxyType=HTTP\n\
        net.java.sip.communicator.service.connectionProxyAddress=proxy.example.org\n\
        net.java.sip.communicator.service.connectionProxyPort=3128",
};

static PROXY_LOGIN: Rule = Rule {
    id: "proxy-login",
    levels: &[Level::Warning],
    can_be_suppressed: true,
    is_about_value: false,
    what: "A proxy for all connections has a user name without a password.",
    why: "The client logs in at the proxy with the name and no password, so the proxy refuses it.",
    example: "\
        net.java.sip.communicator.service.connectionProxyType=SOCKS5\n\
        net.java.sip.communicator.service.connectionProxyAddress=proxy.example.org\n\
        net.java.sip.communicator.service.connectionProxyPort=1080\n\
        net.java.sip.communicator.service.connectionProxyUsername=office",
    instead: "\
        net.java.sip.communicator.service.connectionProxyType=SOCKS5\n\
        net.java.sip.communicator.service.connectionProxyAddress=proxy.example.org\n\
        net.java.sip.communicator.service.connectionProxyPort=1080",
};

static DNS_FORWARDING: Rule = Rule {
    id: "dns-forwarding",
    levels: &[Level::Warning],
    can_be_suppressed: true,
    is_about_value: false,
    what: "A name server behind the proxy is switched on without an address, or has an address but is not switched on.",
    why: "The client then asks the name servers of its machine.",
    example: "net.java.sip.communicator.service.connectionProxyForwardDNS=true",
    instead: "\
        net.java.sip.communicator.service.connectionProxyForwardDNS=true\n\
        net.java.sip.communicator.service.connectionProxyForwardDNSAddress=192.0.2.53",
};

const TYPE: &str = "net.java.sip.communicator.service.connectionProxyType";
const ADDRESS: &str = "net.java.sip.communicator.service.connectionProxyAddress";
const PORT: &str = "net.java.sip.communicator.service.connectionProxyPort";
const USERNAME: &str = "net.java.sip.communicator.service.connectionProxyUsername";
const PASSWORD: &str = "net.java.sip.communicator.service.connectionProxyPassword";
const FORWARD: &str = "net.java.sip.communicator.service.connectionProxyForwardDNS";
const FORWARD_ADDRESS: &str = "net.java.sip.communicator.service.connectionProxyForwardDNSAddress";

/// Rules `proxy-incomplete`, `proxy-without-type`, `proxy-login` and `dns-forwarding`.
pub(super) fn check(settings: &Settings<'_>, findings: &mut Vec<Finding>) {
    // Exactly this word, also in lower case any other.
    match settings.value(TYPE) {
        Some("NONE") => {}
        Some(_) => {
            findings.extend(incomplete(settings));
            findings.extend(login(settings));
        }
        None => findings.extend(without_type(settings)),
    }
    findings.extend(forwarding(settings));
}

fn incomplete(settings: &Settings<'_>) -> Option<Finding> {
    let kind = settings.entry(TYPE)?;
    let port = settings.entry(PORT).filter(|entry| value_of(*entry).is_some());
    let is_port = |value: &str| value.parse::<u16>().is_ok_and(|port| port > 0);
    let has_port = port.is_some_and(|port| value_of(port).is_some_and(is_port));
    let place = port.filter(|_| !has_port && settings.value(ADDRESS).is_some()).unwrap_or(kind);
    let missing = match (settings.value(ADDRESS), has_port) {
        (None, false) => "`….connectionProxyAddress=…` and `….connectionProxyPort=3128`",
        (None, true) => "`….connectionProxyAddress=…`",
        (Some(_), false) => "`….connectionProxyPort=3128`",
        (Some(_), true) => return None,
    };
    let message = format!(
        "a type of proxy is set without an address or without a port from 1 to 65535, so the client throws an \
         exception when it connects, and no XMPP account logs in; add {missing}, or write `NONE` for the type"
    );
    let finding = Finding::error(&PROXY_INCOMPLETE, place, message);
    Some(if place.line() == kind.line() { finding } else { finding.on_value(place) })
}

fn login(settings: &Settings<'_>) -> Option<Finding> {
    let user = settings.entry(USERNAME).filter(|user| value_of(*user).is_some())?;
    settings.value(PASSWORD).is_none().then(|| {
        let message = "the client logs in at the proxy with this name and no password; remove the line, and let the \
            proxy recognise its clients by their addresses: a password would be stored and logged in clear text";
        Finding::warning(&PROXY_LOGIN, user, message)
    })
}

fn without_type(settings: &Settings<'_>) -> Option<Finding> {
    let entry = [ADDRESS, PORT].into_iter().find_map(|key| settings.entry(key).filter(|it| value_of(*it).is_some()))?;
    let lacks = |key: &str| settings.value(key).is_none();
    let address = if lacks(ADDRESS) { " and `….connectionProxyAddress=…`" } else { "" };
    let port = if lacks(PORT) { " and `….connectionProxyPort=3128`" } else { "" };
    let message = format!(
        "the client uses no proxy without a type: HTTP, SOCKS4 or SOCKS5; add \
         `….connectionProxyType=HTTP`{address}{port}, or remove address and port"
    );
    Some(Finding::warning(&PROXY_WITHOUT_TYPE, entry, message))
}

fn forwarding(settings: &Settings<'_>) -> Option<Finding> {
    let switch = settings.entry(FORWARD).filter(|entry| value_of(*entry).is_some());
    let address = settings.entry(FORWARD_ADDRESS).filter(|entry| value_of(*entry).is_some());
    match (switch.filter(|switch| is_true(*switch)), address) {
        (Some(switch), None) => {
            let message = "there is no name server to ask, so the client asks those of its machine; add \
                `….connectionProxyForwardDNSAddress=…`, or remove the line";
            Some(Finding::warning(&DNS_FORWARDING, switch, message))
        }
        (None, Some(address)) => {
            let message = "the client does not ask this name server; add `….connectionProxyForwardDNS=true`, or remove the \
                line";
            Some(Finding::warning(&DNS_FORWARDING, address, message))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use crate::lint::{below, broken_by};

    fn broken(lines: &[&str]) -> Vec<(usize, &'static str)> {
        let rules = ["proxy-incomplete", "proxy-without-type", "proxy-login", "dns-forwarding"];
        broken_by(&rules, &below("net.java.sip.communicator.service.connectionProxy", lines))
    }

    #[test]
    fn a_proxy_has_an_address_and_a_port() {
        const ADDRESS: &str = "Address=proxy.example.org";
        for kind in ["Type=HTTP", "Type=SOCKS4", "Type=SOCKS5", "Type=http", "Type=none"] {
            assert_eq!(broken(&[kind, ADDRESS, "Port=3128"]), [], "{kind}");
            assert_eq!(broken(&[kind, ADDRESS]), [(1, "proxy-incomplete")], "{kind}");
            assert_eq!(broken(&["Port=3128", kind]), [(2, "proxy-incomplete")], "{kind}");
            assert_eq!(broken(&[kind]), [(1, "proxy-incomplete")], "{kind}");
        }
        for port in ["", "${null}"] {
            let port = format!("Port={port}");
            assert_eq!(broken(&["Type=HTTP", ADDRESS, &port]), [(1, "proxy-incomplete")], "{port}");
        }
        for port in ["x", "0", "65536", "-1", "80 80"] {
            let port = format!("Port={port}");
            assert_eq!(broken(&["Type=HTTP", ADDRESS, &port]), [(3, "proxy-incomplete")], "{port}");
        }
        assert_eq!(broken(&["Type=NONE"]), []);
        assert_eq!(broken(&["Type=${null}", "Address=${null}"]), []);
    }

    #[test]
    fn an_address_without_a_type_has_no_effect() {
        assert_eq!(broken(&["Address=proxy.example.org", "Port=3128"]), [(1, "proxy-without-type")]);
        assert_eq!(broken(&["Port=3128"]), [(1, "proxy-without-type")]);
        assert_eq!(broken(&["Type=NONE", "Address=proxy.example.org"]), []);
    }

    #[test]
    fn a_login_has_a_password() {
        let proxy = ["Type=HTTP", "Address=a", "Port=1", "Username=x"];
        assert_eq!(broken(&proxy), [(4, "proxy-login")]);
        assert_eq!(broken(&[&proxy[..], &["Password=y"]].concat()), []);
    }

    #[test]
    fn a_name_server_is_named_and_switched_on() {
        assert_eq!(broken(&["ForwardDNS=true"]), [(1, "dns-forwarding")]);
        assert_eq!(broken(&["ForwardDNS=false", "ForwardDNSAddress=192.0.2.53"]), [(2, "dns-forwarding")]);
        assert_eq!(broken(&["ForwardDNSAddress=192.0.2.53"]), [(1, "dns-forwarding")]);
        assert_eq!(broken(&["ForwardDNS=TRUE", "ForwardDNSAddress=192.0.2.53"]), []);
        assert_eq!(broken(&["ForwardDNS=false"]), []);
    }
}
