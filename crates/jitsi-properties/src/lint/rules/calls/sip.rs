//! Rules about SIP accounts.
//!
//! With `PROXY_AUTO_CONFIG=false` the client takes the proxy from the account and throws when its transport is none
//! (`ManualProxyConnection.reset`); otherwise it asks DNS (`ProxyConnection.create`), and the address is at most one more name
//! that the server's certificate may have (`SslNetworkLayer`).

use std::collections::HashSet;

use crate::catalogue::Protocol;
use crate::lint::finding::Finding;
use crate::lint::level::Level;
use crate::lint::rule::{Family, Rule};
use crate::lint::settings::{Account, Settings};

pub(in crate::lint) static FAMILY: Family = Family {
    title: "SIP",
    rules: &[
        &CUSAX_ACCOUNT,
        &SIP_PROXY_TRANSPORT,
        &SIP_PROXY_ADDRESS,
        &SIP_PROXY_PORT,
        &SIP_PROXY_IGNORED,
        &SIP_SERVER_ADDRESS,
    ],
};

static CUSAX_ACCOUNT: Rule = Rule {
    id: "cusax-account",
    levels: &[Level::Warning],
    can_be_suppressed: true,
    is_about_value: true,
    what: "A SIP account is linked to an XMPP account that the text does not set.",
    why: "The client does not link the accounts.",
    example: "\
        # …\n\
        net.java.sip.communicator.impl.protocol.sip.accdesk.cusax.XMPP_ACCOUNT_ID=Jabber:anna@example.org@example.org",
    instead: "\
        # …\n\
        net.java.sip.communicator.impl.protocol.sip.accdesk.cusax.XMPP_ACCOUNT_ID=accwork",
};

static SIP_PROXY_TRANSPORT: Rule = Rule {
    id: "sip-proxy-transport",
    levels: &[Level::Error],
    can_be_suppressed: true,
    is_about_value: true,
    what: "`PROXY_AUTO_CONFIG=false` is set without a `PREFERRED_TRANSPORT` of UDP, TCP or TLS.",
    why: "The client throws an exception and does not load the account.",
    example: "\
        # …\n\
        net.java.sip.communicator.impl.protocol.sip.accdesk.PROXY_AUTO_CONFIG=false\n\
        net.java.sip.communicator.impl.protocol.sip.accdesk.PROXY_ADDRESS=proxy.example.org",
    instead: "\
        # …\n\
        net.java.sip.communicator.impl.protocol.sip.accdesk.PROXY_AUTO_CONFIG=false\n\
        net.java.sip.communicator.impl.protocol.sip.accdesk.PROXY_ADDRESS=proxy.example.org\n\
        net.java.sip.communicator.impl.protocol.sip.accdesk.PREFERRED_TRANSPORT=TCP",
};

static SIP_PROXY_ADDRESS: Rule = Rule {
    id: "sip-proxy-address",
    levels: &[Level::Warning],
    can_be_suppressed: true,
    is_about_value: false,
    what: "`PROXY_AUTO_CONFIG=false` is set without `PROXY_ADDRESS`.",
    why: "The client has no proxy to use and cannot register.",
    example: "\
        # …\n\
        net.java.sip.communicator.impl.protocol.sip.accdesk.PROXY_AUTO_CONFIG=false\n\
        net.java.sip.communicator.impl.protocol.sip.accdesk.PREFERRED_TRANSPORT=TCP",
    instead: "\
        # …\n\
        net.java.sip.communicator.impl.protocol.sip.accdesk.PROXY_AUTO_CONFIG=false\n\
        net.java.sip.communicator.impl.protocol.sip.accdesk.PREFERRED_TRANSPORT=TCP\n\
        net.java.sip.communicator.impl.protocol.sip.accdesk.PROXY_ADDRESS=proxy.example.org",
};

static SIP_PROXY_PORT: Rule = Rule {
    id: "sip-proxy-port",
    levels: &[Level::Note],
    can_be_suppressed: true,
    is_about_value: true,
    what: "A proxy is used over TLS without `PROXY_PORT`.",
    why: "The client then uses port 5060 for TLS too, although 5061 is usual.",
    example: "\
        # …\n\
        net.java.sip.communicator.impl.protocol.sip.accdesk.PROXY_AUTO_CONFIG=false\n\
        net.java.sip.communicator.impl.protocol.sip.accdesk.PROXY_ADDRESS=proxy.example.org\n\
        net.java.sip.communicator.impl.protocol.sip.accdesk.PREFERRED_TRANSPORT=TLS",
    instead: "\
        # …\n\
        net.java.sip.communicator.impl.protocol.sip.accdesk.PROXY_AUTO_CONFIG=false\n\
        net.java.sip.communicator.impl.protocol.sip.accdesk.PROXY_ADDRESS=proxy.example.org\n\
        net.java.sip.communicator.impl.protocol.sip.accdesk.PREFERRED_TRANSPORT=TLS\n\
        net.java.sip.communicator.impl.protocol.sip.accdesk.PROXY_PORT=5061",
};

static SIP_PROXY_IGNORED: Rule = Rule {
    id: "sip-proxy-ignored",
    levels: &[Level::Warning],
    can_be_suppressed: true,
    is_about_value: false,
    what: "`PROXY_ADDRESS`, `PREFERRED_TRANSPORT` or `PROXY_PORT` is set without `PROXY_AUTO_CONFIG=false`.",
    why: "The client asks DNS for the proxy, its port and its transport, and uses none of the three.",
    example: "\
        # …\n\
        net.java.sip.communicator.impl.protocol.sip.accdesk.PROXY_ADDRESS=proxy.example.org",
    instead: "\
        # …\n\
        net.java.sip.communicator.impl.protocol.sip.accdesk.PROXY_AUTO_CONFIG=false\n\
        net.java.sip.communicator.impl.protocol.sip.accdesk.PROXY_ADDRESS=proxy.example.org\n\
        net.java.sip.communicator.impl.protocol.sip.accdesk.PREFERRED_TRANSPORT=TCP",
};

static SIP_SERVER_ADDRESS: Rule = Rule {
    id: "sip-server-address",
    levels: &[Level::Note],
    can_be_suppressed: true,
    is_about_value: false,
    what: "A SIP account has no `SERVER_ADDRESS`, and its `USER_ID` has no domain.",
    why: "The client does not register anywhere, so it cannot be called.",
    example: "\
        net.java.sip.communicator.impl.protocol.sip.accdesk=accdesk\n\
        net.java.sip.communicator.impl.protocol.sip.accdesk.PROTOCOL_NAME=SIP\n\
        net.java.sip.communicator.impl.protocol.sip.accdesk.ACCOUNT_UID=SIP:4711@sip.example.org\n\
        net.java.sip.communicator.impl.protocol.sip.accdesk.USER_ID=4711",
    instead: "\
        net.java.sip.communicator.impl.protocol.sip.accdesk=accdesk\n\
        net.java.sip.communicator.impl.protocol.sip.accdesk.PROTOCOL_NAME=SIP\n\
        net.java.sip.communicator.impl.protocol.sip.accdesk.ACCOUNT_UID=SIP:4711@sip.example.org\n\
        net.java.sip.communicator.impl.protocol.sip.accdesk.USER_ID=4711\n\
        net.java.sip.communicator.impl.protocol.sip.accdesk.SERVER_ADDRESS=sip.example.org",
};

const TRANSPORTS: [&str; 3] = ["UDP", "TCP", "TLS"];

/// Rules `sip-proxy-transport`, `sip-proxy-address`, `sip-proxy-port`, `sip-proxy-ignored` and `sip-server-address`.
pub(in crate::lint) fn check(settings: &Settings<'_>, findings: &mut Vec<Finding>) {
    let of_sip = || settings.accounts.iter().filter(|account| account.protocol == Protocol::Sip);
    let mut ids = None;
    for account in of_sip().filter(|account| account.is_set()) {
        cusax(settings, account, &mut ids, findings);
    }
    for account in
        settings.accounts.iter().filter(|account| account.protocol == Protocol::Sip && account.node.is_some())
    {
        match settings.of_account(account, "PROXY_AUTO_CONFIG") {
            // `Boolean.parseBoolean`: all but `true` is false.
            Some(value) if !value.eq_ignore_ascii_case("true") => proxy(settings, account, findings),
            _ => ignored(settings, account, findings),
        }
        if settings.of_account(account, "SERVER_ADDRESS").is_none() && !names_a_registrar(account) {
            let message = format!(
                "SIP account `{id}` has no `SERVER_ADDRESS`, so the client registers nowhere and cannot be called; \
                 write `….{id}.SERVER_ADDRESS=…` with the name of the registrar, unless you intend that",
                id = account.id.escape_debug()
            );
            findings.push(Finding::note(&SIP_SERVER_ADDRESS, account.place(), message));
        }
    }
}

/// Without `SERVER_ADDRESS` the client registers at the domain of the user's address
/// (`ProtocolProviderServiceSipImpl.initRegistrarConnection`).
fn names_a_registrar(account: &Account<'_>) -> bool {
    account.value("USER_ID").and_then(|user| user.split_once('@')).is_some_and(|(_, domain)| !domain.trim().is_empty())
}

fn proxy(settings: &Settings<'_>, account: &Account<'_>, findings: &mut Vec<Finding>) {
    let id = account.id.escape_debug();
    let place = account.entry("PROXY_AUTO_CONFIG").unwrap_or_else(|| account.place());
    let transport = settings.of_account(account, "PREFERRED_TRANSPORT");
    let has_port = settings.of_account(account, "PROXY_PORT").is_some();
    if !transport.is_some_and(|transport| TRANSPORTS.iter().any(|known| known.eq_ignore_ascii_case(transport))) {
        // Otherwise `sip-proxy-port` would come next.
        let port = if has_port { String::new() } else { format!(" and `….{id}.PROXY_PORT=5061`") };
        let message = format!(
            "SIP account `{id}` sets its proxy itself, so it needs a transport: without one of UDP, TCP and TLS the \
             client throws an exception and does not load the account; write `….{id}.PREFERRED_TRANSPORT=TLS`{port}"
        );
        let wrong = account.entry("PREFERRED_TRANSPORT");
        let finding = Finding::error(&SIP_PROXY_TRANSPORT, wrong.unwrap_or(place), message);
        findings.push(if let Some(wrong) = wrong { finding.on_value(wrong) } else { finding });
    }
    if settings.of_account(account, "PROXY_ADDRESS").is_none() {
        let message = format!(
            "SIP account `{id}` does not ask DNS for its proxy but has no `PROXY_ADDRESS` either, so it cannot \
             register; add `….{id}.PROXY_ADDRESS=…`, or remove `PROXY_AUTO_CONFIG`"
        );
        findings.push(Finding::warning(&SIP_PROXY_ADDRESS, place, message));
    }
    let is_tls = transport.is_some_and(|transport| transport.eq_ignore_ascii_case("TLS"));
    if is_tls && !has_port {
        let message = format!(
            "without `PROXY_PORT` the client uses 5060 for TLS too, although 5061 is usual; write \
             `….{id}.PROXY_PORT=5061`, or 5060 if you mean it"
        );
        findings.push(Finding::note(&SIP_PROXY_PORT, place, message));
    }
}

/// Without a fixed proxy the client asks DNS for the transport and port too (`AutoProxyConnection`). Its own window
/// stores both beside `PROXY_AUTO_CONFIG=true`, so they are only reported when that is not said.
fn ignored(settings: &Settings<'_>, account: &Account<'_>, findings: &mut Vec<Finding>) {
    let is_said = account.value("PROXY_AUTO_CONFIG").is_some();
    let names: &[&str] =
        if is_said { &["PROXY_ADDRESS"] } else { &["PROXY_ADDRESS", "PREFERRED_TRANSPORT", "PROXY_PORT"] };
    let unused: Vec<&str> = names.iter().copied().filter(|name| account.value(name).is_some()).collect();
    let Some(entry) = unused.first().and_then(|name| account.entry(name)) else { return };
    let remove = if unused.len() > 1 { "these lines" } else { "this line" };
    let names = unused.join("` and `");
    // All that a proxy needs: with less the next finding would be an error.
    let rest = [("PROXY_ADDRESS", "…"), ("PREFERRED_TRANSPORT", "TLS"), ("PROXY_PORT", "5061")];
    let missing = rest.iter().filter(|(name, _)| settings.of_account(account, name).is_none());
    let id = account.id.escape_debug();
    let lines = missing.fold(String::new(), |lines, (name, value)| lines + &format!(" and `….{id}.{name}={value}`"));
    let message = format!(
        "the client asks DNS for the proxy, its port and its transport, and does not use `{names}`; add \
         `….{id}.PROXY_AUTO_CONFIG=false`{lines}, or remove {remove}"
    );
    findings.push(Finding::warning(&SIP_PROXY_IGNORED, entry, message));
}

/// `AccountManager.findAccountID` takes the first account whose node ends in the value.
fn cusax<'a>(
    settings: &Settings<'a>,
    account: &Account<'_>,
    ids: &mut Option<HashSet<&'a str>>,
    findings: &mut Vec<Finding>,
) {
    const LINK: &str = "cusax.XMPP_ACCOUNT_ID";
    let (Some(linked), Some(entry)) = (account.value(LINK), account.entry(LINK)) else { return };
    let ids = ids.get_or_insert_with(|| {
        let xmpp = settings.accounts.iter().filter(|other| other.protocol == Protocol::Jabber && other.node.is_some());
        xmpp.map(|other| other.id).collect()
    });
    if !ids.contains(linked) {
        let message = format!(
            "SIP account `{}` is linked to an XMPP account that this text does not set, so the client links nothing; \
             write the id of an XMPP account that the text sets, the last part of that account's own line",
            account.id.escape_debug()
        );
        findings.push(Finding::warning(&CUSAX_ACCOUNT, entry, message).on_value(entry));
    }
}

#[cfg(test)]
mod tests {
    use crate::lint::{below, broken};

    const SIP: &str = "net.java.sip.communicator.impl.protocol.sip.accy";

    /// The rules broken by a SIP account with these settings, the first of which is in line 5.
    fn sip(settings: &[&str]) -> Vec<(usize, &'static str)> {
        let settings = below(&format!("{SIP}."), settings);
        broken(&format!("{SIP}=accy\n{SIP}.ACCOUNT_UID=SIP:a@b\n{SIP}.USER_ID=a\n{SIP}.PROTOCOL_NAME=SIP\n{settings}"))
    }

    #[test]
    fn a_proxy_of_its_own_needs_transport_and_address() {
        const SERVER: &str = "SERVER_ADDRESS=sip.example.org";
        const MANUAL: &str = "PROXY_AUTO_CONFIG=false";
        const ADDRESS: &str = "PROXY_ADDRESS=proxy.example.org";
        assert_eq!(sip(&[SERVER, MANUAL]), [(6, "sip-proxy-transport"), (6, "sip-proxy-address")]);
        assert_eq!(sip(&[SERVER, MANUAL, ADDRESS, "PREFERRED_TRANSPORT="]), [(8, "sip-proxy-transport")]);
        assert_eq!(sip(&[SERVER, MANUAL, ADDRESS, "PREFERRED_TRANSPORT=udp"]), []);
        assert_eq!(sip(&[SERVER, MANUAL, ADDRESS, "PREFERRED_TRANSPORT=TLS"]), [(6, "sip-proxy-port")]);
        assert_eq!(sip(&[SERVER, MANUAL, ADDRESS, "PREFERRED_TRANSPORT=TLS", "PROXY_PORT=5061"]), []);
        assert_eq!(sip(&[SERVER, ADDRESS]), [(6, "sip-proxy-ignored")]);
        assert_eq!(sip(&[SERVER, "PREFERRED_TRANSPORT=TLS", "PROXY_PORT=5061"]), [(6, "sip-proxy-ignored")]);
        assert_eq!(sip(&[SERVER, "PROXY_AUTO_CONFIG=true"]), []);
        // As the client's own window stores it.
        assert_eq!(sip(&[SERVER, "PROXY_AUTO_CONFIG=true", "PREFERRED_TRANSPORT=UDP", "PROXY_PORT=5060"]), []);
    }

    #[test]
    fn a_default_of_all_accounts_counts() {
        let text = |default: &str| {
            broken(&format!(
                "{SIP}=accy\n{SIP}.ACCOUNT_UID=SIP:a@b\n{SIP}.USER_ID=a\n{SIP}.PROTOCOL_NAME=SIP\n\
                 {SIP}.SERVER_ADDRESS=b\n{SIP}.PROXY_ADDRESS=b\n\
                 net.java.sip.communicator.service.protocol.sip.PROXY_AUTO_CONFIG=false\n\
                 net.java.sip.communicator.service.protocol{default}.PREFERRED_TRANSPORT=TCP"
            ))
        };
        assert_eq!(text(".sip"), []);
        assert_eq!(text(""), []);
    }

    #[test]
    fn an_account_without_registrar_is_worth_knowing() {
        assert_eq!(sip(&[]), [(1, "sip-server-address")]);
        let user = format!("{SIP}=accy\n{SIP}.ACCOUNT_UID=SIP:a@b\n{SIP}.USER_ID=a@b\n{SIP}.PROTOCOL_NAME=SIP\n");
        assert_eq!(broken(&user), []);
    }
}
