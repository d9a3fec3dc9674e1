//! Rules about how an XMPP or SIP account logs in.

use std::collections::HashSet;

use crate::catalogue::Protocol;
use crate::document::Entry;
use crate::jitsi_keys::ACCOUNT_DEFAULTS;
use crate::lint::finding::Finding;
use crate::lint::level::Level;
use crate::lint::rule::Rule;
use crate::lint::settings::{Account, Settings, value_of};

pub(super) static CERTIFICATE_LOGIN: Rule = Rule {
    id: "certificate-login",
    levels: &[Level::Warning],
    can_be_suppressed: true,
    is_about_value: true,
    what: "An account logs in with a client certificate that the text does not describe.",
    why: "\
        The client looks for a line `….service.cert.clientauth.<id>=<id>` with the same id. Without that line the \
        login fails, and the client does not fall back to the password.",
    example: "\
        # …\n\
        net.java.sip.communicator.impl.protocol.jabber.accwork.CLIENT_TLS_CERTIFICATE=card",
    instead: "\
        # …\n\
        net.java.sip.communicator.impl.protocol.jabber.accwork.CLIENT_TLS_CERTIFICATE=card\n\
        net.java.sip.communicator.service.cert.clientauth.card=card\n\
        net.java.sip.communicator.service.cert.clientauth.card.alias=anna\n\
        net.java.sip.communicator.service.cert.clientauth.card.keyStore=/etc/jitsi/anna.p12\n\
        net.java.sip.communicator.service.cert.clientauth.card.keyStoreType=PKCS12",
};

pub(super) static BOSH_URL: Rule = Rule {
    id: "bosh-url",
    levels: &[Level::Error],
    can_be_suppressed: true,
    is_about_value: true,
    what: "`BOSH_URL` is not a URL.",
    why: "The client throws an exception on a URL without a scheme, so the account cannot log in.",
    example: "\
        # …\n\
        net.java.sip.communicator.impl.protocol.jabber.accwork.BOSH_URL=chat.example.org/http-bind",
    instead: "\
        # …\n\
        net.java.sip.communicator.impl.protocol.jabber.accwork.BOSH_URL=https://chat.example.org/http-bind",
};

pub(super) static ACCOUNT_PORT: Rule = Rule {
    id: "account-port",
    levels: &[Level::Error],
    can_be_suppressed: true,
    is_about_value: true,
    what: "`SERVER_PORT` or `PROXY_PORT` is a number outside 0 to 65535.",
    why: "\
        The client throws an exception when it connects, so the account cannot log in; as a default for all \
        accounts it stops every one that has no port of its own.",
    example: "\
        # …\n\
        net.java.sip.communicator.impl.protocol.sip.accdesk.SERVER_PORT=506000",
    instead: "\
        # …\n\
        net.java.sip.communicator.impl.protocol.sip.accdesk.SERVER_PORT=5060",
};

pub(super) static RESOURCE_IGNORED: Rule = Rule {
    id: "resource-ignored",
    levels: &[Level::Warning],
    can_be_suppressed: true,
    is_about_value: false,
    what: "`RESOURCE` is set without `AUTO_GENERATE_RESOURCE=false`.",
    why: "The client makes a resource of its own and does not use this one.",
    example: "\
        # …\n\
        net.java.sip.communicator.impl.protocol.jabber.accwork.RESOURCE=desk",
    instead: "\
        # …\n\
        net.java.sip.communicator.impl.protocol.jabber.accwork.AUTO_GENERATE_RESOURCE=false\n\
        net.java.sip.communicator.impl.protocol.jabber.accwork.RESOURCE=desk",
};

/// What the keys of client certificates begin with.
const CERTIFICATES: &str = "net.java.sip.communicator.service.cert.clientauth.";

/// Rules `certificate-login`, `bosh-url`, `account-port` and `resource-ignored`.
pub(in crate::lint) fn check(settings: &Settings<'_>, findings: &mut Vec<Finding>) {
    ports(settings, findings);
    let mut described = None;
    for account in settings.accounts.iter().filter(|account| account.is_set()) {
        certificate(settings, account, &mut described, findings);
        if account.protocol == Protocol::Jabber {
            bosh(account, findings);
            resource(settings, account, findings);
        }
    }
}

/// `CertificateServiceImpl.getClientAuthCertificateConfigs` and `getKeyManagers`.
fn certificate<'a>(
    settings: &Settings<'a>,
    account: &Account<'_>,
    described: &mut Option<HashSet<&'a str>>,
    findings: &mut Vec<Finding>,
) {
    const NAME: &str = "CLIENT_TLS_CERTIFICATE";
    let (Some(id), Some(entry)) = (account.value(NAME), account.entry(NAME)) else { return };
    let described = described.get_or_insert_with(|| {
        let lines = settings.below(CERTIFICATES).filter_map(|line| Some((line.key(), value_of(line)?)));
        lines
            .filter(|(key, id)| key.strip_prefix(CERTIFICATES).is_some_and(|rest| rest.ends_with(id)))
            .map(|(_, id)| id)
            .collect()
    });
    if described.contains(id) {
        return;
    }
    let message = format!(
        "account `{}` logs in with a client certificate that this text does not describe, so the login fails unless \
         the client already has it; add `….service.cert.clientauth.<id>=<id>` with its settings, or remove the line",
        account.id.escape_debug()
    );
    findings.push(Finding::warning(&CERTIFICATE_LOGIN, entry, message).on_value(entry));
}

/// `ProtocolProviderServiceJabberImpl.connectAndLogin` compares the scheme of a URI that may have none.
fn bosh(account: &Account<'_>, findings: &mut Vec<Finding>) {
    let (Some(url), Some(entry)) = (account.value("BOSH_URL"), account.entry("BOSH_URL")) else { return };
    let id = account.id.escape_debug();
    let scheme = url.split_once("://").map(|(scheme, _)| scheme);
    if scheme.is_none_or(str::is_empty) {
        let message = format!(
            "the client needs a whole URL here, and throws an exception when account `{id}` logs in; write `https://…`"
        );
        findings.push(Finding::error(&BOSH_URL, entry, message).on_value(entry));
    }
}

/// `ProtocolProviderServiceSipImpl.initRegistrarConnection` and `InetSocketAddress` throw. What is no number at all the client
/// replaces by the usual port.
fn ports(settings: &Settings<'_>, findings: &mut Vec<Finding>) {
    const PORTS: [&str; 2] = ["SERVER_PORT", "PROXY_PORT"];
    let of_accounts = settings.accounts.iter().flat_map(|account| PORTS.iter().filter_map(|name| account.entry(name)));
    let defaults = settings.below(ACCOUNT_DEFAULTS);
    let is_port = |entry: &Entry<'_>| entry.key().rsplit('.').next().is_some_and(|name| PORTS.contains(&name));
    for entry in of_accounts.chain(defaults.filter(is_port)) {
        let number = value_of(entry).and_then(|value| value.parse::<i32>().ok());
        if number.is_some_and(|number| u16::try_from(number).is_err()) {
            let message = "the client throws an exception on this port when it connects, so no account that has it can log in; \
                write a number from 1 to 65535, or leave the line out";
            findings.push(Finding::error(&ACCOUNT_PORT, entry, message).on_value(entry));
        }
    }
}

/// `ProtocolProviderServiceJabberImpl.loadResource`. The client's own window stores both settings, so a resource beside
/// `AUTO_GENERATE_RESOURCE=true` is not reported.
fn resource(settings: &Settings<'_>, account: &Account<'_>, findings: &mut Vec<Finding>) {
    let Some(entry) = account.entry("RESOURCE").filter(|entry| value_of(*entry).is_some()) else { return };
    if settings.of_account(account, "AUTO_GENERATE_RESOURCE").is_some() {
        return;
    }
    let message = format!(
        "the client makes a resource of its own for account `{id}`; add `….{id}.AUTO_GENERATE_RESOURCE=false`, or remove this \
         line",
        id = account.id.escape_debug()
    );
    findings.push(Finding::warning(&RESOURCE_IGNORED, entry, message));
}

#[cfg(test)]
mod tests {
    use crate::lint::{below, broken_by};

    fn jabber(settings: &[&str], more: &str) -> Vec<(usize, &'static str)> {
        let account = below("net.java.sip.communicator.impl.protocol.jabber.accx.", settings);
        broken_by(&["certificate-login", "bosh-url", "resource-ignored"], &(account + more))
    }

    #[test]
    fn a_client_certificate_is_described() {
        let described = |key: &str| format!("{}{key}=card", super::CERTIFICATES);
        assert_eq!(jabber(&["CLIENT_TLS_CERTIFICATE=card"], ""), [(1, "certificate-login")]);
        assert_eq!(jabber(&["CLIENT_TLS_CERTIFICATE=card"], &described("card")), []);
        assert_eq!(jabber(&["CLIENT_TLS_CERTIFICATE=card"], &described("other")), [(1, "certificate-login")]);
    }

    #[test]
    fn bosh_needs_a_whole_url() {
        for (url, count) in [("https://a/http-bind", 0), ("a/http-bind", 1), ("://a", 1), ("", 0)] {
            assert_eq!(jabber(&[&format!("BOSH_URL={url}")], "").len(), count, "{url}");
        }
    }

    #[test]
    fn a_port_is_one() {
        let node = "net.java.sip.communicator.";
        for key in [
            "impl.protocol.sip.accx.SERVER_PORT",
            "impl.protocol.jabber.accx.SERVER_PORT",
            "service.protocol.sip.PROXY_PORT",
        ] {
            for (port, count) in [("70000", 1), ("-1", 1), ("5061", 0), ("0", 0), ("sip", 0), ("", 0)] {
                let text = format!("{node}{key}={port}");
                assert_eq!(broken_by(&["account-port"], &text).len(), count, "{text}");
            }
        }
    }

    #[test]
    fn a_resource_is_not_used_unless_that_is_said() {
        assert_eq!(jabber(&["RESOURCE=desk"], ""), [(1, "resource-ignored")]);
        for setting in ["true", "false"] {
            assert_eq!(jabber(&["RESOURCE=desk", &format!("AUTO_GENERATE_RESOURCE={setting}")], ""), [], "{setting}");
        }
        let default = "net.java.sip.communicator.service.protocol.jabber.AUTO_GENERATE_RESOURCE=false";
        assert_eq!(jabber(&["RESOURCE=desk"], default), []);
    }
}
