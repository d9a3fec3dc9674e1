//! Rules about servers that find a way for calls.
//!
//! STUN servers and Jingle Nodes are numbered from 0, and the client stops at the first number without an address, or
//! at 100 (`JabberAccountIDImpl.getStunServers`, `JabberAccountID.getJingleNodes`).

use std::collections::BTreeMap;

use crate::catalogue::Protocol;
use crate::document::Entry;
use crate::lint::finding::Finding;
use crate::lint::level::Level;
use crate::lint::rule::{Family, Rule};
use crate::lint::settings::{Account, Settings, value_of};

pub(in crate::lint) static FAMILY: Family = Family { title: "Servers for calls", rules: &[&NUMBERED_GAP, &STUN_PORT] };

static NUMBERED_GAP: Rule = Rule {
    id: "numbered-gap",
    levels: &[Level::Warning],
    can_be_suppressed: true,
    is_about_value: true,
    what: "The numbers of STUN servers or Jingle Nodes have a gap.",
    why: "\
        The client counts from 0 and stops at the first number without an address, so it ignores all servers after \
        the gap.",
    example: "\
        # …\n\
        net.java.sip.communicator.impl.protocol.jabber.accwork.STUN1ADDRESS=turn.example.org\n\
        net.java.sip.communicator.impl.protocol.jabber.accwork.STUN1PORT=3478",
    instead: "\
        # …\n\
        net.java.sip.communicator.impl.protocol.jabber.accwork.STUN0ADDRESS=turn.example.org\n\
        net.java.sip.communicator.impl.protocol.jabber.accwork.STUN0PORT=3478",
};

static STUN_PORT: Rule = Rule {
    id: "stun-port",
    levels: &[Level::Error],
    can_be_suppressed: true,
    is_about_value: true,
    what: "A STUN server has no port, or one outside 0 to 65535.",
    why: "The client fails at every call of the account.",
    example: "\
        # …\n\
        net.java.sip.communicator.impl.protocol.jabber.accwork.STUN0ADDRESS=turn.example.org",
    instead: "\
        # …\n\
        net.java.sip.communicator.impl.protocol.jabber.accwork.STUN0ADDRESS=turn.example.org\n\
        net.java.sip.communicator.impl.protocol.jabber.accwork.STUN0PORT=3478",
};

impl Server<'_> {
    fn has_port(&self) -> bool {
        self.port.and_then(value_of).is_some_and(|port| port.parse::<u16>().is_ok())
    }
}

/// How many servers of a kind the client looks for.
const MAX_SERVERS: u32 = 100;

/// Rules `numbered-gap` and `stun-port`.
pub(in crate::lint) fn check(settings: &Settings<'_>, findings: &mut Vec<Finding>) {
    for account in &settings.accounts {
        if account.protocol == Protocol::Jabber {
            let stun = numbered(account, |name| name.strip_prefix("STUN"));
            findings.extend(gap("STUN", &stun));
            // Without ICE the client asks none, which `stun-without-ice` reports. `Boolean.parseBoolean`: all but `true` is false.
            if settings.of_account(account, "ICE_ENABLED").is_none_or(|on| on.eq_ignore_ascii_case("true")) {
                let seen = (0..MAX_SERVERS).map_while(|number| {
                    let server = stun.get(&number).filter(|server| server.address.is_some())?;
                    Some((number, server))
                });
                findings.extend(seen.filter_map(|(number, server)| port(number, server)));
            }
            findings.extend(gap("JINGLENODES", &numbered(account, |name| name.strip_prefix("JINGLENODES"))));
        }
    }
}

/// What is set about a server with a number.
struct Server<'a> {
    first: Entry<'a>,
    address: Option<Entry<'a>>,
    port: Option<Entry<'a>>,
}

/// The servers by their numbers; `behind` gives what follows their kind in the name of a setting.
fn numbered<'a>(account: &Account<'a>, behind: impl Fn(&str) -> Option<&str>) -> BTreeMap<u32, Server<'a>> {
    let mut servers = BTreeMap::new();
    for (name, entry) in &account.settings {
        let Some(rest) = behind(name).filter(|_| value_of(*entry).is_some()) else { continue };
        let end = rest.bytes().position(|byte| !byte.is_ascii_digit()).unwrap_or(rest.len());
        let Some((digits, name)) = rest.split_at_checked(end) else { continue };
        let Ok(number) = digits.parse() else { continue };
        let server = servers.entry(number).or_insert(Server { first: *entry, address: None, port: None });
        match name {
            "ADDRESS" => server.address = Some(*entry),
            "PORT" => server.port = Some(*entry),
            _ => {}
        }
    }
    servers
}

/// Reports the first server behind the first number without an address: those behind it have the same cause.
fn gap(kind: &str, servers: &BTreeMap<u32, Server<'_>>) -> Option<Finding> {
    let mut next = 0;
    for (number, server) in servers {
        if *number == next && server.address.is_some() && next < MAX_SERVERS {
            next += 1;
            continue;
        }
        // Otherwise `stun-port` would come next.
        let behind = servers.range(next..).filter(|(_, server)| server.address.is_some()).map(|(number, _)| *number);
        let lacks_port = |number: &u32| servers.get(number).is_none_or(|server| !server.has_port());
        let lacking = [next].into_iter().chain(behind).filter(|number| kind == "STUN" && lacks_port(number));
        let ports = lacking.fold(String::new(), |ports, number| ports + &format!(" and `STUN{number}PORT=3478`"));
        let message = if next == MAX_SERVERS {
            format!("the client uses at most {MAX_SERVERS} servers, `{kind}0` to `{kind}99`; remove this one")
        } else {
            format!(
                "the client counts from `{kind}0` and stops at the first number without an address, here \
                 {next}, so it does not see `{kind}{number}`; add `{kind}{next}ADDRESS=…`{ports}, or number the servers \
                 without a gap"
            )
        };
        return Some(Finding::warning(&NUMBERED_GAP, server.first, message));
    }
    None
}

/// Without a port the client takes -1, and what it hands that to (`InetSocketAddress`) throws when a call begins.
fn port(number: u32, server: &Server<'_>) -> Option<Finding> {
    let address = server.address?;
    (!server.has_port()).then(|| {
        let message = format!(
            "a STUN or TURN server needs a port of at most 65535: without one the client fails at every call of the account; \
             write `STUN{number}PORT=3478`"
        );
        Finding::error(&STUN_PORT, server.port.unwrap_or(address), message)
    })
}

#[cfg(test)]
mod tests {
    use crate::lint::{below, broken_by};

    fn jabber(settings: &[&str]) -> Vec<(usize, &'static str)> {
        const NODE: &str = "net.java.sip.communicator.impl.protocol.jabber.accx.";
        broken_by(&["numbered-gap", "stun-port"], &below(NODE, settings))
    }

    #[test]
    fn servers_are_numbered_from_0_without_gap() {
        assert_eq!(jabber(&["STUN0ADDRESS=a", "STUN0PORT=1", "STUN1ADDRESS=b", "STUN1PORT=1"]), []);
        assert_eq!(jabber(&["STUN1ADDRESS=b", "STUN1PORT=1"]), [(1, "numbered-gap")]);
        assert_eq!(jabber(&["STUN0PORT=1", "STUN0USERNAME=u"]), [(1, "numbered-gap")]);
        assert_eq!(jabber(&["STUN0ADDRESS=${null}", "STUN1ADDRESS=b", "STUN1PORT=1"]), [(2, "numbered-gap")]);
        assert_eq!(jabber(&["JINGLENODES0ADDRESS=a", "JINGLENODES2ADDRESS=b"]), [(2, "numbered-gap")]);
        assert_eq!(jabber(&["JINGLENODES0IS_RELAY_SUPPORTED=true"]), [(1, "numbered-gap")]);
        assert_eq!(jabber(&["STUNNER=a", "STUN=b", "STUN99999999999ADDRESS=c", "JINGLE_NODES_ENABLED=true"]), []);
        let many: Vec<_> = (0..=100).map(|number| format!("JINGLENODES{number}ADDRESS=a")).collect();
        assert_eq!(jabber(&many.iter().map(String::as_str).collect::<Vec<_>>()), [(101, "numbered-gap")]);
    }

    #[test]
    fn a_server_that_the_client_does_not_ask_needs_no_port() {
        assert_eq!(jabber(&["STUN1ADDRESS=a", "STUN2ADDRESS=b"]), [(1, "numbered-gap")]);
        assert_eq!(jabber(&["ICE_ENABLED=false", "STUN0ADDRESS=a"]), []);
        assert_eq!(jabber(&["ICE_ENABLED=true", "STUN0ADDRESS=a"]), [(2, "stun-port")]);
    }

    #[test]
    fn a_stun_server_needs_a_port() {
        assert_eq!(jabber(&["STUN0ADDRESS=a"]), [(1, "stun-port")]);
        for port in ["-1", "65536", "stun", "${null}"] {
            assert_eq!(jabber(&["STUN0ADDRESS=a", &format!("STUN0PORT={port}")]).len(), 1, "{port}");
        }
    }
}
