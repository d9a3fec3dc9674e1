//! Rules about trust stores, certificates of clients and pins.
//!
//! `CertificateServiceImpl.setTrustStore` hands file, kind and password of the trust store to Java as system properties; the
//! password is one that the client stores encrypted. The SIP library loads the same file (`DefaultSecurityManagerProvider`
//! of JAIN-SIP) and fails without a password, and without that no SIP account loads. A pin is looked up under the name that
//! the client connected to (`checkCertTrusted`).

use std::collections::HashSet;

use super::is_true;
use crate::document::Entry;
use crate::jitsi_keys::SYSTEM;
use crate::lint::finding::Finding;
use crate::lint::level::Level;
use crate::lint::rule::{Family, Rule};
use crate::lint::settings::{Settings, value_of};

pub(in crate::lint) static FAMILY: Family =
    Family { title: "Certificates", rules: &[&STORE_PASSWORD, &TRUST_STORE_TYPE, &CLIENT_CERTIFICATE, &PIN_NAME] };

static STORE_PASSWORD: Rule = Rule {
    id: "store-password",
    levels: &[Level::Error],
    can_be_suppressed: true,
    is_about_value: false,
    what: "A trust store or key store has a file, but no password.",
    why: "\
        The client's SIP library throws an exception when it loads the file without a password, so no SIP account loads. \
        The password of the trust store has a key that ends in `.password.PASSWORD`.",
    example: "\
        net.java.sip.communicator.service.cert.truststore.type=JKS\n\
        net.java.sip.communicator.service.cert.truststore.file=/etc/ssl/site.jks",
    instead: "net.java.sip.communicator.impl.certservice.param.example.org=0123456789abcdef0123456789abcdef01234567",
};

static TRUST_STORE_TYPE: Rule = Rule {
    id: "trust-store-type",
    levels: &[Level::Error, Level::Warning],
    can_be_suppressed: true,
    is_about_value: true,
    what: "Java does not know the type of the trust store, or knows it on one operating system only.",
    why: "\
        Java then opens no trust store, and every connection over TLS fails. The rule is a warning for the stores of one \
        operating system.",
    example: "net.java.sip.communicator.service.cert.truststore.type=PEM",
    instead: "net.java.sip.communicator.service.cert.truststore.type=meta:default",
};

static CLIENT_CERTIFICATE: Rule = Rule {
    id: "client-certificate",
    levels: &[Level::Error],
    can_be_suppressed: true,
    is_about_value: false,
    what: "A client certificate has no line of its own, no key store, or a type of key store that the client does not \
        know.",
    why: "The client throws an exception when an account logs in with the certificate.",
    example: "\
        net.java.sip.communicator.service.cert.clientauth.conf1=conf1\n\
        net.java.sip.communicator.service.cert.clientauth.conf1.keyStore=/home/anna/anna.p12",
    instead: "\
        net.java.sip.communicator.service.cert.clientauth.conf1=conf1\n\
        net.java.sip.communicator.service.cert.clientauth.conf1.keyStore=/home/anna/anna.p12\n\
        net.java.sip.communicator.service.cert.clientauth.conf1.keyStoreType=PKCS12",
};

static PIN_NAME: Rule = Rule {
    id: "pin-name",
    levels: &[Level::Warning],
    can_be_suppressed: true,
    is_about_value: false,
    what: "A certificate is pinned under a name that no client connects to.",
    why: "\
        The client looks for a pin under the exact name: the domain of an XMPP account, the host of an address, the proxy \
        or the domain of a SIP account. A port, a path, `*` or an upper-case letter is never part of it.",
    example: "\
        net.java.sip.communicator.impl.certservice.param.*.example.org=0123456789abcdef0123456789abcdef01234567",
    instead: "net.java.sip.communicator.impl.certservice.param.example.org=0123456789abcdef0123456789abcdef01234567",
};

const TRUST_STORE: &str = "net.java.sip.communicator.service.cert.truststore.";
const CLIENT_CERTIFICATES: &str = "net.java.sip.communicator.service.cert.clientauth.";
const PINS: &str = "net.java.sip.communicator.impl.certservice.param.";

/// Rules `store-password`, `trust-store-type`, `client-certificate` and `pin-name`.
pub(super) fn check(settings: &Settings<'_>, findings: &mut Vec<Finding>) {
    let mut certificates = HashSet::new();
    let parts = [PINS, CLIENT_CERTIFICATES, TRUST_STORE, SYSTEM].into_iter().flat_map(|part| settings.below(part));
    for entry in parts.filter(|entry| value_of(*entry).is_some()) {
        let key = entry.key();
        if let Some(name) = key.strip_prefix(PINS) {
            findings.extend(pin(entry, name));
        } else if let Some(rest) = key.strip_prefix(CLIENT_CERTIFICATES) {
            let id = rest.split('.').next().unwrap_or_default();
            if certificates.insert(id) {
                findings.extend(certificate(settings, entry, id));
            }
        } else if let Some(name) = key.strip_prefix(TRUST_STORE) {
            match name {
                "file" => findings.extend(trust_store(settings, entry)),
                "type" => findings.extend(kind(entry)),
                _ => {}
            }
        } else if let Some(name) = key.strip_prefix(SYSTEM) {
            findings.extend(java_store(settings, entry, name));
        }
    }
}

fn trust_store(settings: &Settings<'_>, file: Entry<'_>) -> Option<Finding> {
    // Blanks of a password count, an empty one is none.
    let password = settings.entry(&format!("{TRUST_STORE}password.PASSWORD"));
    if password.is_some_and(|password| value_of(password).is_some()) {
        return None;
    }
    let message = "a trust store without a stored password keeps every SIP account from loading; remove the line and pin \
        the certificate, `net.java.sip.communicator.impl.certservice.param.<host>=<SHA-1>`, or add \
        `net.java.sip.communicator.service.cert.truststore.password.PASSWORD=…`";
    Some(Finding::error(&STORE_PASSWORD, file, message))
}

/// Stores that are given to Java directly. For the trust store the password of the key store will do.
fn java_store(settings: &Settings<'_>, file: Entry<'_>, name: &str) -> Option<Finding> {
    let passwords: &[&str] = match name {
        "javax.net.ssl.trustStore" => &["javax.net.ssl.trustStorePassword", "javax.net.ssl.keyStorePassword"],
        "javax.net.ssl.keyStore" => &["javax.net.ssl.keyStorePassword"],
        _ => return None,
    };
    if passwords.iter().any(|password| settings.value(&format!("{SYSTEM}{password}")).is_some()) {
        return None;
    }
    let message = format!(
        "without `{SYSTEM}{name}Password` no SIP account loads; remove the line, or add the password, which the client then \
         writes to its log"
    );
    Some(Finding::error(&STORE_PASSWORD, file, message))
}

fn kind(entry: Entry<'_>) -> Option<Finding> {
    const ANYWHERE: [&str; 7] = ["JKS", "PKCS12", "JCEKS", "PKCS11", "DKS", "CaseExactJKS", "BKS"];
    const OF_ONE_SYSTEM: [(&str, &str); 5] = [
        ("Windows-ROOT", "Windows"),
        ("Windows-MY", "Windows"),
        ("Windows-ROOT-LOCALMACHINE", "Windows"),
        ("KeychainStore", "macOS"),
        ("KeychainStore-ROOT", "macOS"),
    ];
    let value = value_of(entry)?;
    let is = |known: &str| known.eq_ignore_ascii_case(value);
    if value == "meta:default" || ANYWHERE.iter().any(|known| is(known)) {
        return None;
    }
    let finding = if let Some((_, system)) = OF_ONE_SYSTEM.iter().find(|(known, _)| is(known)) {
        let message = format!(
            "only Java on {system} has this trust store, and every connection over TLS fails elsewhere; put the line under \
             a condition, or remove it: clients on Windows use the store of Windows without it"
        );
        Finding::warning(&TRUST_STORE_TYPE, entry, message)
    } else {
        let message = "Java has no trust store of this type, so every connection over TLS fails; write `JKS`, `PKCS12` \
            or `meta:default`, which is Java's own store";
        Finding::error(&TRUST_STORE_TYPE, entry, message)
    };
    Some(finding.on_value(entry))
}

/// `getClientAuthCertificateConfigs` finds a certificate by its own line; `loadKeyStore` needs file and kind.
fn certificate(settings: &Settings<'_>, first: Entry<'_>, id: &str) -> Option<Finding> {
    let key = |name: &str| format!("{CLIENT_CERTIFICATES}{id}{name}");
    let shown = id.escape_debug();
    let kinds = ["PKCS12", "PKCS11", "jks", "pkcs12"];
    let kind = settings.entry(&key(".keyStoreType")).filter(|kind| value_of(*kind).is_some());
    let (place, message) = if settings.value(&key("")) != Some(id) {
        let place = settings.entry(&key("")).unwrap_or(first);
        (place, format!("the client finds a client certificate by its own line; write `….clientauth.{shown}={shown}`"))
    } else if settings.value(&key(".keyStore")).is_none() {
        let kind =
            if kind.is_some() { String::new() } else { format!(" and `….clientauth.{shown}.keyStoreType=PKCS12`") };
        (first, format!("the client certificate has no file; add `….clientauth.{shown}.keyStore=…`{kind}"))
    } else if !kind.and_then(value_of).is_some_and(|kind| kinds.contains(&kind)) {
        let message = format!(
            "without a type of key store that it knows, spelt exactly, the client throws an exception when it opens \
             the file; write `….clientauth.{shown}.keyStoreType=PKCS12`, or PKCS11 for a smart card"
        );
        (kind.unwrap_or(first), message)
    } else if settings.entry(&key(".savePassword")).is_some_and(is_true) && settings.entry(&key(".PASSWORD")).is_none()
    {
        let message = format!(
            "the client opens the key store with a saved password that it does not have, and throws an exception; add \
             `….clientauth.{shown}.PASSWORD=…`, or remove `savePassword`, so that the client asks its user"
        );
        (first, message)
    } else {
        return None;
    };
    Some(Finding::error(&CLIENT_CERTIFICATE, place, message))
}

fn pin(entry: Entry<'_>, name: &str) -> Option<Finding> {
    let never = |letter: char| letter.is_ascii_uppercase() || matches!(letter, '*' | '/' | '@');
    // A single colon parts a port; an IPv6 address has more.
    let has_port = name.matches(':').count() == 1;
    (name.contains(never) || has_port).then(|| {
        let message = "the client looks for a pin under the exact name that it connected to, in lower case and without a \
            port, so it finds none here; write the name alone, as `….certservice.param.chat.example.org`";
        Finding::warning(&PIN_NAME, entry, message)
    })
}

#[cfg(test)]
mod tests {
    use crate::lint::{below, broken_by};

    fn broken(text: &str) -> Vec<(usize, &'static str)> {
        broken_by(&["store-password", "trust-store-type", "client-certificate", "pin-name"], text)
    }

    #[test]
    fn a_trust_store_has_a_stored_password() {
        let store = |lines: &[&str]| broken(&below(super::TRUST_STORE, lines));
        assert_eq!(store(&["file=/a.jks"]), [(1, "store-password")]);
        assert_eq!(store(&["type=JKS", "file=/a.jks", "password=x"]), [(2, "store-password")]);
        assert_eq!(store(&["file=/a.jks", "password.PASSWORD="]), [(1, "store-password")]);
        assert_eq!(store(&["file=/a.jks", "password.PASSWORD=x"]), []);
        assert_eq!(store(&["file=${null}", "type=${null}"]), []);
    }

    #[test]
    fn a_store_for_java_has_a_password() {
        let store = |lines: &[&str]| broken(&below("${system}.javax.net.ssl.", lines));
        assert_eq!(store(&["trustStore=/a.jks"]), [(1, "store-password")]);
        assert_eq!(store(&["keyStore=/a.jks", "trustStorePassword=x"]), [(1, "store-password")]);
        assert_eq!(store(&["trustStore=/a.jks", "trustStorePassword=x"]), []);
        assert_eq!(store(&["trustStore=/a.jks", "keyStore=/b.jks", "keyStorePassword=x"]), []);
    }

    #[test]
    fn java_knows_the_kind_of_store() {
        let kind = |kind: &str| broken(&format!("{}type={kind}", super::TRUST_STORE));
        for known in ["JKS", "jks", "PKCS12", "meta:default"] {
            assert_eq!(kind(known), [], "{known}");
        }
        for wrong in ["PEM", "default", "Windows-ROOT", "KeychainStore"] {
            assert_eq!(kind(wrong), [(1, "trust-store-type")], "{wrong}");
        }
    }

    #[test]
    fn a_client_certificate_has_what_the_client_needs() {
        let certificate = |lines: &[&str]| broken(&below(&format!("{}c", super::CLIENT_CERTIFICATES), lines));
        let whole = ["1=c1", "1.keyStore=/a.p12", "1.keyStoreType=PKCS12"];
        assert_eq!(certificate(&whole), []);
        assert_eq!(certificate(&whole[..2]), [(1, "client-certificate")]);
        assert_eq!(certificate(&[whole[0], whole[2]]), [(1, "client-certificate")]);
        assert_eq!(certificate(&whole[1..]), [(1, "client-certificate")]);
        assert_eq!(certificate(&["1=one", whole[1], whole[2]]), [(1, "client-certificate")]);
        assert_eq!(certificate(&[whole[0], whole[1], "1.keyStoreType=P12"]), [(3, "client-certificate")]);
        assert_eq!(certificate(&[&whole[..], &["1.savePassword=true"]].concat()), [(1, "client-certificate")]);
        assert_eq!(certificate(&[&whole[..], &["1.savePassword=true", "1.PASSWORD=x"]].concat()), []);
        assert_eq!(certificate(&["1=${null}"]), []);
    }

    #[test]
    fn a_pin_is_for_a_name() {
        let pin = |name: &str| broken(&format!("{}{name}=0123456789abcdef0123456789abcdef01234567", super::PINS));
        for name in ["example.org", "_xmpp-client.example.org", "192.0.2.1", "2001\\:db8\\:\\:1"] {
            assert_eq!(pin(name), [], "{name}");
        }
        for name in ["*.example.org", "Chat.example.org", "ldap.example.org\\:636", "https\\://example.org"] {
            assert_eq!(pin(name), [(1, "pin-name")], "{name}");
        }
    }
}
