//! Rules about the login at TURN servers.
//!
//! `IceUdpTransportManager.createIceAgent` takes a server for a relay, with user name and password, only with
//! `IS_TURN_SUPPORTED=true`; otherwise it asks it by STUN, without a login. An account without ICE uses neither
//! (`CallPeerMediaHandlerJabberImpl`).

use std::collections::BTreeMap;

use super::is_true;
use crate::catalogue::Protocol;
use crate::document::Entry;
use crate::lint::finding::Finding;
use crate::lint::level::Level;
use crate::lint::rule::{Family, Rule};
use crate::lint::settings::{Account, Settings, value_of};

pub(in crate::lint) static FAMILY: Family =
    Family { title: "STUN and TURN", rules: &[&TURN_LOGIN, &TURN_NOT_ENABLED, &STUN_WITHOUT_ICE] };

static TURN_LOGIN: Rule = Rule {
    id: "turn-login",
    levels: &[Level::Warning],
    can_be_suppressed: true,
    is_about_value: false,
    what: "A TURN server has no user name or no password.",
    why: "The client logs in with an empty one. TURN servers refuse that, so calls get no relay.",
    example: "\
        # …\n\
        net.java.sip.communicator.impl.protocol.jabber.accwork.STUN0ADDRESS=turn.example.org\n\
        net.java.sip.communicator.impl.protocol.jabber.accwork.STUN0PORT=3478\n\
        net.java.sip.communicator.impl.protocol.jabber.accwork.STUN0IS_TURN_SUPPORTED=true",
    instead: "\
        # …\n\
        net.java.sip.communicator.impl.protocol.jabber.accwork.STUN0ADDRESS=turn.example.org\n\
        net.java.sip.communicator.impl.protocol.jabber.accwork.STUN0PORT=3478\n\
        net.java.sip.communicator.impl.protocol.jabber.accwork.STUN0IS_TURN_SUPPORTED=true\n\
        net.java.sip.communicator.impl.protocol.jabber.accwork.STUN0USERNAME=anna\n\
        net.java.sip.communicator.impl.protocol.jabber.accwork.STUN0.PASSWORD=secret",
};

static TURN_NOT_ENABLED: Rule = Rule {
    id: "turn-not-enabled",
    levels: &[Level::Warning],
    can_be_suppressed: true,
    is_about_value: false,
    what: "A STUN server has a login, but `IS_TURN_SUPPORTED` is not `true`.",
    why: "The client uses it without a login and never as a relay.",
    example: "\
        # …\n\
        net.java.sip.communicator.impl.protocol.jabber.accwork.STUN0ADDRESS=turn.example.org\n\
        net.java.sip.communicator.impl.protocol.jabber.accwork.STUN0PORT=3478\n\
        net.java.sip.communicator.impl.protocol.jabber.accwork.STUN0USERNAME=anna\n\
        net.java.sip.communicator.impl.protocol.jabber.accwork.STUN0.PASSWORD=secret",
    instead: "\
        # …\n\
        net.java.sip.communicator.impl.protocol.jabber.accwork.STUN0ADDRESS=turn.example.org\n\
        net.java.sip.communicator.impl.protocol.jabber.accwork.STUN0PORT=3478\n\
        net.java.sip.communicator.impl.protocol.jabber.accwork.STUN0IS_TURN_SUPPORTED=true\n\
        net.java.sip.communicator.impl.protocol.jabber.accwork.STUN0USERNAME=anna\n\
        net.java.sip.communicator.impl.protocol.jabber.accwork.STUN0.PASSWORD=secret",
};

static STUN_WITHOUT_ICE: Rule = Rule {
    id: "stun-without-ice",
    levels: &[Level::Warning],
    can_be_suppressed: true,
    is_about_value: false,
    what: "An account with STUN or TURN servers has `ICE_ENABLED=false`.",
    why: "Without ICE the client asks none of these servers.",
    example: "\
        # …\n\
        net.java.sip.communicator.impl.protocol.jabber.accwork.ICE_ENABLED=false\n\
        net.java.sip.communicator.impl.protocol.jabber.accwork.STUN0ADDRESS=stun.example.org\n\
        net.java.sip.communicator.impl.protocol.jabber.accwork.STUN0PORT=3478",
    instead: "\
        # …\n\
        net.java.sip.communicator.impl.protocol.jabber.accwork.STUN0ADDRESS=stun.example.org\n\
        net.java.sip.communicator.impl.protocol.jabber.accwork.STUN0PORT=3478",
};

/// Rules `turn-login`, `turn-not-enabled` and `stun-without-ice`.
pub(super) fn check(settings: &Settings<'_>, findings: &mut Vec<Finding>) {
    for account in settings.accounts.iter().filter(|account| account.protocol == Protocol::Jabber) {
        let servers = servers(account);
        if servers.is_empty() {
            continue;
        }
        for (number, server) in &servers {
            findings.extend(login(number, server));
        }
        // `Boolean.parseBoolean`: all but `true` is false.
        if settings.of_account(account, "ICE_ENABLED").is_some_and(|value| !value.eq_ignore_ascii_case("true"))
            && let Some(address) = servers.values().find_map(|server| server.address)
        {
            // Otherwise `stun-port` would come next.
            let lacks_port = servers.iter().filter(|(_, server)| server.address.is_some() && !server.has_port);
            let ports = lacks_port.fold(String::new(), |ports, (number, _)| {
                let before = if ports.is_empty() { " and add" } else { " and" };
                ports + &format!("{before} `STUN{number}PORT=3478`")
            });
            let message = format!(
                "the account has `ICE_ENABLED=false`, and without ICE the client asks no STUN or TURN server; remove that \
                 line{ports}, or remove those of the servers"
            );
            findings.push(Finding::warning(&STUN_WITHOUT_ICE, address, message));
        }
    }
}

/// What is set about a server with a number.
#[derive(Default)]
struct Server<'a> {
    address: Option<Entry<'a>>,
    turn: Option<Entry<'a>>,
    username: Option<Entry<'a>>,
    password: Option<Entry<'a>>,
    /// A password under a key without the dot, which the client reads too, but does not encrypt.
    in_clear: Option<Entry<'a>>,
    has_port: bool,
}

fn servers<'a>(account: &Account<'a>) -> BTreeMap<&'a str, Server<'a>> {
    let mut servers: BTreeMap<&str, Server<'_>> = BTreeMap::new();
    for (name, entry) in &account.settings {
        let Some(rest) = name.strip_prefix("STUN").filter(|_| value_of(*entry).is_some()) else { continue };
        let end = rest.bytes().position(|byte| !byte.is_ascii_digit()).unwrap_or(rest.len());
        let Some((number, name)) = rest.split_at_checked(end).filter(|(number, _)| !number.is_empty()) else {
            continue;
        };
        let server = servers.entry(number).or_default();
        match name {
            "ADDRESS" => server.address = Some(*entry),
            "PORT" => server.has_port = value_of(*entry).is_some_and(|port| port.parse::<u16>().is_ok()),
            "IS_TURN_SUPPORTED" => server.turn = Some(*entry),
            "USERNAME" => server.username = Some(*entry),
            ".PASSWORD" => server.password = Some(*entry),
            "PASSWORD" => server.in_clear = Some(*entry),
            _ => {}
        }
    }
    servers
}

fn login(number: &str, server: &Server<'_>) -> Option<Finding> {
    server.address?;
    if let Some(turn) = server.turn.filter(|turn| is_true(*turn)) {
        let missing = match (server.username, server.password.or(server.in_clear)) {
            (Some(_), Some(_)) => return None,
            (None, Some(_)) => format!("`STUN{number}USERNAME=…`"),
            (Some(_), None) => format!("`STUN{number}.PASSWORD=…`"),
            (None, None) => format!("`STUN{number}USERNAME=…` and `STUN{number}.PASSWORD=…`"),
        };
        let message = format!(
            "the TURN server gets an empty login and refuses it, so calls have no relay; add {missing}, or remove \
             `STUN{number}IS_TURN_SUPPORTED` and the rest of the login for a server that only answers STUN"
        );
        return Some(Finding::warning(&TURN_LOGIN, turn, message));
    }
    let place = server.username.or(server.password)?;
    let message = format!(
        "the client asks this server by STUN only, without a login, and never uses it as a relay; add \
         `STUN{number}IS_TURN_SUPPORTED=true` where the login is complete, or remove the login"
    );
    Some(Finding::warning(&TURN_NOT_ENABLED, place, message))
}

#[cfg(test)]
mod tests {
    use crate::lint::{below, broken_by};

    fn broken(lines: &[&str]) -> Vec<(usize, &'static str)> {
        let lines = below("net.java.sip.communicator.impl.protocol.jabber.accx.", lines);
        broken_by(&["turn-login", "turn-not-enabled", "stun-without-ice"], &lines)
    }

    #[test]
    fn a_relay_gets_a_login() {
        const SERVER: &str = "STUN0ADDRESS=turn.example.org";
        assert_eq!(broken(&[SERVER, "STUN0IS_TURN_SUPPORTED=true"]), [(2, "turn-login")]);
        for half in ["STUN0USERNAME=anna", "STUN0.PASSWORD=x"] {
            assert_eq!(broken(&[SERVER, "STUN0IS_TURN_SUPPORTED=true", half]), [(2, "turn-login")], "{half}");
            assert_eq!(broken(&[SERVER, "STUN0IS_TURN_SUPPORTED=false", half]), [(3, "turn-not-enabled")], "{half}");
            assert_eq!(broken(&[SERVER, half]), [(2, "turn-not-enabled")], "{half}");
        }
        let login = ["STUN0USERNAME=anna", "STUN0.PASSWORD=x"];
        assert_eq!(broken(&[&[SERVER, "STUN0IS_TURN_SUPPORTED=true"], &login[..]].concat()), []);
        // The rule about passwords in clear reports the missing dot.
        let old = ["STUN0USERNAME=anna", "STUN0PASSWORD=x"];
        assert_eq!(broken(&[&[SERVER, "STUN0IS_TURN_SUPPORTED=true"], &old[..]].concat()), []);
        assert_eq!(broken(&[SERVER]), []);
        // The rule about numbers reports a server without an address.
        assert_eq!(broken(&["STUN0IS_TURN_SUPPORTED=true"]), []);
    }

    #[test]
    fn servers_are_of_use_with_ice() {
        assert_eq!(broken(&["ICE_ENABLED=false", "STUN0ADDRESS=a"]), [(2, "stun-without-ice")]);
        assert_eq!(broken(&["ICE_ENABLED=true", "STUN0ADDRESS=a"]), []);
        assert_eq!(broken(&["ICE_ENABLED=false", "STUN0ADDRESS=${null}"]), []);
    }
}
