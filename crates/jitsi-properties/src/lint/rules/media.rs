//! Rules about servers that find a way for calls, and about codecs.
//!
//! STUN servers and Jingle Nodes are numbered from 0, and the client stops at the first number without an address, or
//! at 100 (`JabberAccountIDImpl.getStunServers`, `JabberAccountID.getJingleNodes`). Codecs have no numbers: their
//! values are priorities, and those that are not named keep the client's own (`EncodingConfiguration.loadProperties`).

use std::collections::BTreeMap;

use crate::catalogue::Protocol;
use crate::document::Entry;
use crate::lint::finding::Finding;
use crate::lint::level::Level;
use crate::lint::rule::{Family, Rule};
use crate::lint::settings::{Account, Settings, value_of};

pub(super) static FAMILY: Family =
    Family { title: "Media", rules: &[&NUMBERED_GAP, &STUN_PORT, &ENCODINGS_WITHOUT_OVERRIDE] };

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

static ENCODINGS_WITHOUT_OVERRIDE: Rule = Rule {
    id: "encodings-without-override",
    levels: &[Level::Warning],
    can_be_suppressed: true,
    is_about_value: false,
    what: "An account sets codecs without `OVERRIDE_ENCODINGS=true`.",
    why: "The client ignores the account's codecs.",
    example: "\
        # …\n\
        net.java.sip.communicator.impl.protocol.jabber.accwork.Encodings.opus/48000=750",
    instead: "\
        # …\n\
        net.java.sip.communicator.impl.protocol.jabber.accwork.OVERRIDE_ENCODINGS=true\n\
        net.java.sip.communicator.impl.protocol.jabber.accwork.Encodings.opus/48000=750",
};

/// How many servers of a kind the client looks for.
const MAX_SERVERS: u32 = 100;

/// Rules `numbered-gap`, `stun-port` and `encodings-without-override`.
pub(in crate::lint) fn check(settings: &Settings<'_>, findings: &mut Vec<Finding>) {
    for account in &settings.accounts {
        if account.protocol == Protocol::Jabber {
            let stun = numbered(account, "STUN");
            gaps("STUN", &stun, findings);
            for server in stun.values() {
                port(server, findings);
            }
            gaps("JINGLENODES", &numbered(account, "JINGLENODES"), findings);
        }
        encodings(account, findings);
    }
}

/// What is set about a server with a number.
struct Server<'a> {
    first: Entry<'a>,
    address: Option<Entry<'a>>,
    port: Option<Entry<'a>>,
}

fn numbered<'a>(account: &Account<'a>, kind: &str) -> BTreeMap<u32, Server<'a>> {
    let mut servers = BTreeMap::new();
    for (name, entry) in &account.settings {
        let Some(rest) = name.strip_prefix(kind).filter(|_| value_of(*entry).is_some()) else { continue };
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

/// Tells each server behind the first number without an address.
fn gaps(kind: &str, servers: &BTreeMap<u32, Server<'_>>, findings: &mut Vec<Finding>) {
    let mut next = 0;
    for (number, server) in servers {
        if *number == next && server.address.is_some() && next < MAX_SERVERS {
            next += 1;
            continue;
        }
        let message = if next == MAX_SERVERS {
            format!("the client uses at most {MAX_SERVERS} servers, `{kind}0` to `{kind}99`; remove this one")
        } else {
            format!(
                "the client counts from `{kind}0` and stops at the first number without an address, here \
                 {next}, so it does not see `{kind}{number}`; add `{kind}{next}ADDRESS=…`, or number the servers \
                 without a gap"
            )
        };
        findings.push(Finding::warning(&NUMBERED_GAP, server.first, message));
    }
}

/// Without a port the client takes -1, and what it hands that to (`InetSocketAddress`) throws when a call begins.
fn port(server: &Server<'_>, findings: &mut Vec<Finding>) {
    let Some(address) = server.address else { return };
    if server.port.and_then(value_of).and_then(|port| port.parse::<u16>().ok()).is_none() {
        let place = server.port.unwrap_or(address);
        let message = "a STUN or TURN server needs a port from 1 to 65535: without one the client fails at every call \
            of the account; write `STUN<n>PORT=3478`";
        findings.push(Finding::error(&STUN_PORT, place, message));
    }
}

/// `CallPeerMediaHandler.getLocallySupportedFormats` only looks at the account's own codecs with `OVERRIDE_ENCODINGS`.
fn encodings(account: &Account<'_>, findings: &mut Vec<Finding>) {
    let own =
        account.settings.iter().find(|(name, entry)| name.starts_with("Encodings.") && value_of(*entry).is_some());
    let Some((_, entry)) = own else { return };
    if !account.value("OVERRIDE_ENCODINGS").is_some_and(|value| value.eq_ignore_ascii_case("true")) {
        let message = format!(
            "the client ignores the codecs of an account unless they override its own; add \
             `….{}.OVERRIDE_ENCODINGS=true`, or remove the `Encodings` of the account",
            account.id.escape_debug()
        );
        findings.push(Finding::warning(&ENCODINGS_WITHOUT_OVERRIDE, *entry, message));
    }
}

#[cfg(test)]
mod tests {
    use crate::lint::{below, broken_by};

    fn jabber(settings: &[&str]) -> Vec<(usize, &'static str)> {
        const NODE: &str = "net.java.sip.communicator.impl.protocol.jabber.accx.";
        broken_by(&["numbered-gap", "stun-port", "encodings-without-override"], &below(NODE, settings))
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
    fn a_stun_server_needs_a_port() {
        assert_eq!(jabber(&["STUN0ADDRESS=a"]), [(1, "stun-port")]);
        for port in ["-1", "65536", "stun", "${null}"] {
            assert_eq!(jabber(&["STUN0ADDRESS=a", &format!("STUN0PORT={port}")]).len(), 1, "{port}");
        }
    }

    #[test]
    fn codecs_of_an_account_need_to_be_switched_on() {
        assert_eq!(jabber(&["Encodings.opus/48000=750"]), [(1, "encodings-without-override")]);
        assert_eq!(jabber(&["Encodings.opus/48000=750", "OVERRIDE_ENCODINGS=true"]), []);
        assert_eq!(jabber(&["Encodings.opus/48000=${null}"]), []);
    }
}
