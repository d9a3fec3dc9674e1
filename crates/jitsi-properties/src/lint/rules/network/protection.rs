//! Rules about what takes away protection: of logins, of calls, and the checks of certificates.
//!
//! `CertificateServiceImpl` trusts every certificate with `ALWAYS_TRUST_MODE_ENABLED`; `LoginByPasswordStrategy.isTlsRequired`
//! reads `ALLOW_NON_SECURE`; the media handlers of XMPP
//! and SIP read `DEFAULT_ENCRYPTION`, those of SIP also `SAVP_OPTION`; `DtlsControlImpl` of libjitsi compares fingerprints.

use super::{host_in_clear, is_true};
use crate::catalogue::Protocol;
use crate::document::Entry;
use crate::jitsi_keys::{ACCOUNT_DEFAULTS, SYSTEM};
use crate::lint::finding::Finding;
use crate::lint::level::Level;
use crate::lint::rule::{Family, Rule};
use crate::lint::settings::{Settings, value_of};

pub(in crate::lint) static FAMILY: Family =
    Family { title: "Protection", rules: &[&CHECKS_OFF, &LOGIN_UNPROTECTED, &CALLS_UNPROTECTED] };

static CHECKS_OFF: Rule = Rule {
    id: "checks-off",
    levels: &[Level::Warning],
    can_be_suppressed: true,
    is_about_value: false,
    what: "A setting switches off the check of certificates, fingerprints or signatures, or allows a version of TLS that is broken.",
    why: "\
        An attacker on the network can then pass for the server, and read passwords, messages and calls. To let clients \
        accept one certificate that they do not trust, pin it: they then accept no other.",
    example: "net.java.sip.communicator.service.gui.ALWAYS_TRUST_MODE_ENABLED=true",
    instead: "net.java.sip.communicator.impl.certservice.param.example.org=0123456789abcdef0123456789abcdef01234567",
};

pub(in crate::lint) static LOGIN_UNPROTECTED: Rule = Rule {
    id: "login-unprotected",
    levels: &[Level::Warning],
    can_be_suppressed: true,
    is_about_value: false,
    what: "A login may cross the network unencrypted.",
    why: "\
        Anyone who can read the traffic can read the password, or what is done with it. An attacker can also cause \
        this, by hiding that the server offers TLS. If clients do not trust the server's certificate, pin it.",
    example: "\
        # …\n\
        net.java.sip.communicator.impl.protocol.jabber.accwork.ALLOW_NON_SECURE=true",
    instead: "\
        # …\n\
        net.java.sip.communicator.impl.protocol.jabber.accwork.ALLOW_NON_SECURE=false\n\
        net.java.sip.communicator.impl.certservice.param.example.org=0123456789abcdef0123456789abcdef01234567",
};

pub(in crate::lint) static CALLS_UNPROTECTED: Rule = Rule {
    id: "calls-unprotected",
    levels: &[Level::Warning],
    can_be_suppressed: true,
    is_about_value: false,
    what: "Calls may cross the network unencrypted, or with keys that can be read.",
    why: "Anyone who can read the traffic can listen to the calls.",
    example: "\
        # …\n\
        net.java.sip.communicator.impl.protocol.sip.accdesk.DEFAULT_ENCRYPTION=false",
    instead: "\
        # …\n\
        net.java.sip.communicator.impl.protocol.sip.accdesk.DEFAULT_ENCRYPTION=true",
};

/// Rules `checks-off`, `login-unprotected` and `calls-unprotected`. `ldap-password-in-clear` reports directories, and
/// the rules about encryption accounts without a key exchange, or with one that they do not offer.
pub(super) fn check(settings: &Settings<'_>, findings: &mut Vec<Finding>) {
    let mut add = |entry: Entry<'_>, found: Option<Finding>| {
        // Of a key that is set twice the last value counts.
        let counts = |_: &Finding| {
            value_of(entry).is_some() && settings.entry(entry.key()).is_some_and(|last| last.line() == entry.line())
        };
        findings.extend(found.filter(counts));
    };
    for account in &settings.accounts {
        for (attribute, entry) in &account.settings {
            add(*entry, of_accounts(*entry, Some(account.protocol), attribute));
        }
    }
    for entry in settings.strays.iter().map(|(_, entry)| entry).chain(&settings.unprovisioned) {
        let attribute =
            Protocol::of_key(entry.key()).and_then(|(protocol, rest)| Some((protocol, rest.split_once('.')?.1)));
        add(*entry, attribute.and_then(|(protocol, attribute)| of_accounts(*entry, Some(protocol), attribute)));
    }
    for entry in settings.below(ACCOUNT_DEFAULTS) {
        let Some(rest) = entry.key().strip_prefix(ACCOUNT_DEFAULTS) else { continue };
        let of_one = |protocol: Protocol| Some((Some(protocol), rest.strip_prefix(protocol.in_keys())?));
        let (protocol, attribute) = Protocol::PROVISIONED.into_iter().find_map(of_one).unwrap_or((None, rest));
        add(entry, of_accounts(entry, protocol, attribute));
    }
    for entry in FOR_ALL.iter().filter_map(|key| settings.entry(key)).chain(settings.below(SYSTEM)) {
        add(entry, for_all(entry));
    }
}

const TRUST_ALL: &str = "net.java.sip.communicator.service.gui.ALWAYS_TRUST_MODE_ENABLED";
const DTLS_CHECK: &str = "org.jitsi.impl.neomedia.transform.dtls.DtlsControlImpl.verifyAndValidateCertificate";
const DNSSEC: &str = "net.java.sip.communicator.util.dns.DNSSEC_VALIDATION_MODE";
const LDAP_NAMES: &str = "com.sun.jndi.ldap.object.disableEndpointIdentification";
const RENEGOTIATION: &str = "sun.security.ssl.allowUnsafeRenegotiation";
const TLS_VERSIONS: [&str; 3] =
    ["jdk.tls.client.protocols", "https.protocols", "gov.nist.javax.sip.TLS_CLIENT_PROTOCOLS"];

/// The settings that are about all accounts, or none.
const FOR_ALL: [&str; 8] =
    [TRUST_ALL, DTLS_CHECK, DNSSEC, LDAP_NAMES, RENEGOTIATION, TLS_VERSIONS[0], TLS_VERSIONS[1], TLS_VERSIONS[2]];

fn for_all(entry: Entry<'_>) -> Option<Finding> {
    // The client looks for its own settings among the system properties too.
    let name = entry.key().strip_prefix(SYSTEM).unwrap_or(entry.key());
    let message = match name {
        TRUST_ALL if is_true(entry) => {
            "the client then accepts every certificate, so an attacker on the network can pass for Openfire, the telephone \
             exchange or this service and read passwords; remove the line, and pin a certificate that clients do not trust: \
             `net.java.sip.communicator.impl.certservice.param.<host>=<SHA-1>` (`check --online` and `check --pin` print it)"
        }
        DTLS_CHECK if !is_true(entry) => {
            "the client continues a call whose certificate does not match its fingerprint, so an attacker can listen; \
             remove the line"
        }
        DNSSEC if value_of(entry) == Some("IgnoreDnssec") => {
            "the client accepts DNS answers whose signature is wrong; write `WarnIfBogus`, `SecureOrUnsigned` or \
             `SecureOnly`, or remove the line"
        }
        LDAP_NAMES if is_true(entry) => {
            "the client accepts the certificate of any server as that of the LDAP directory; remove the line, and pin \
             the directory's certificate"
        }
        RENEGOTIATION if is_true(entry) => {
            "an attacker can put data in front of what the client sends over TLS; remove the line"
        }
        name if TLS_VERSIONS.contains(&name) && value_of(entry).is_some_and(has_broken_tls) => {
            "TLS before 1.2 is broken, and newer clients do not have it at all; write `TLSv1.2`, or remove the line"
        }
        _ => return None,
    };
    Some(Finding::warning(&CHECKS_OFF, entry, message))
}

fn has_broken_tls(versions: &str) -> bool {
    versions
        .split(',')
        .any(|version| matches!(version.trim(), "SSLv2Hello" | "SSLv3" | "TLSv1" | "TLSv1.0" | "TLSv1.1"))
}

fn of_accounts(entry: Entry<'_>, protocol: Option<Protocol>, attribute: &str) -> Option<Finding> {
    let in_clear = || value_of(entry).is_some_and(|address| host_in_clear(address).is_some());
    let is_xmpp = protocol != Some(Protocol::Sip);
    let (rule, message) = match attribute {
        "ALLOW_NON_SECURE" if is_xmpp && is_true(entry) => (
            &LOGIN_UNPROTECTED,
            "the client then logs in without TLS when the server does not offer it, or an attacker hides the offer; remove \
             the line, and if clients do not trust the server's certificate, pin it: \
             `net.java.sip.communicator.impl.certservice.param.<domain>=<SHA-1>`",
        ),
        "BOSH_URL" if is_xmpp && in_clear() => (
            &LOGIN_UNPROTECTED,
            "login and messages then cross the network unencrypted; write an address that begins with `https://`",
        ),
        // `ProtocolProviderServiceIrcImpl` takes it for the choice between TLS and none.
        "DEFAULT_ENCRYPTION" if !is_true(entry) && protocol == Some(Protocol::Irc) => (
            &LOGIN_UNPROTECTED,
            "the client then connects to the IRC server without TLS, so password and messages cross the network unencrypted; \
             remove the line, and name the server's port for TLS",
        ),
        "DEFAULT_ENCRYPTION" if !is_true(entry) => (
            &CALLS_UNPROTECTED,
            "the client then neither offers nor accepts encrypted calls; remove the line, since it encrypts whenever the \
             other side can",
        ),
        _ => return None,
    };
    Some(Finding::warning(rule, entry, message))
}

#[cfg(test)]
mod tests;
