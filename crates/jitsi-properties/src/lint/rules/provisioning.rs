//! Rules about how the client asks for its settings, which one answer can end for good.
//!
//! `ProvisioningActivator` does not ask without a method or with `NONE`; with a method that it does not know it takes
//! the stored URL, as for `Manual`.

pub(in crate::lint) mod address;
pub(in crate::lint) mod prefixes;
mod start;
pub(in crate::lint) mod system;

use crate::document::Entry;
use crate::jitsi_keys::{METHOD, REMOVE, URL};
use crate::lint::finding::Finding;
use crate::lint::level::Level;
use crate::lint::rule::{Family, Rule};
use crate::lint::settings::{Settings, value_of};

pub(super) static FAMILY: Family = Family {
    title: "Provisioning",
    rules: &[&PROVISIONING_METHOD, &PROVISIONING_OFF, &MANDATORY, &start::NUMBER_AT_START],
};

static PROVISIONING_METHOD: Rule = Rule {
    id: "provisioning-method",
    levels: &[Level::Error, Level::Warning],
    can_be_suppressed: true,
    is_about_value: true,
    what: "The provisioning method is empty or unknown.",
    why: "\
        Without a method the client never asks again. It treats an unknown one like `Manual`; then the rule is a \
        warning.",
    example: "net.java.sip.communicator.plugin.provisioning.METHOD=",
    instead: "net.java.sip.communicator.plugin.provisioning.METHOD=Manual",
};

static PROVISIONING_OFF: Rule = Rule {
    id: "provisioning-off",
    levels: &[Level::Warning],
    can_be_suppressed: true,
    is_about_value: false,
    what: "The provisioning method is `NONE`.",
    why: "The client never asks for its settings again.",
    example: "net.java.sip.communicator.plugin.provisioning.METHOD=NONE",
    instead: "net.java.sip.communicator.plugin.provisioning.METHOD=Manual",
};

static MANDATORY: Rule = Rule {
    id: "mandatory",
    levels: &[Level::Warning],
    can_be_suppressed: true,
    is_about_value: false,
    what: "`MANDATORY` is `true`.",
    why: "A client that gets no reply shows an error and cannot be used, so users cannot work while the service, \
        Openfire or the network is down.",
    example: "net.java.sip.communicator.plugin.provisioning.MANDATORY=true",
    instead: "net.java.sip.communicator.plugin.provisioning.MANDATORY=false",
};

const MANDATORY_KEY: &str = "net.java.sip.communicator.plugin.provisioning.MANDATORY";

/// Rules `provisioning-method`, `provisioning-off`, `mandatory` and `number-at-start`, and those about the address.
pub(in crate::lint) fn check(settings: &Settings<'_>, findings: &mut Vec<Finding>) {
    // `null-wipes-provisioning` reports a removal.
    let set = |key| settings.entry(key).filter(|entry| entry.value() != REMOVE);
    if let Some(entry) = set(METHOD) {
        findings.extend(method(entry, settings.value(URL).is_some()));
    }
    address::check(settings, findings);
    start::check(settings, findings);
    // Exactly this: with a blank behind it the client takes it for false.
    if let Some(entry) = set(MANDATORY_KEY).filter(|entry| entry.value().eq_ignore_ascii_case("true")) {
        let message = "a client that gets no reply, because this service, Openfire or the network is down, then shows \
            an error and stops, so its user cannot work; remove the line unless you want that";
        findings.push(Finding::warning(&MANDATORY, entry, message));
    }
}

/// With an address in the text only `Manual` uses it.
fn method(entry: Entry<'_>, has_url: bool) -> Option<Finding> {
    let write = if has_url { "write `Manual`" } else { "write `Manual`, `DHCP` or `Bonjour`" };
    match value_of(entry) {
        None => {
            let message = format!("without a method the client never asks again; {write}");
            Some(Finding::error(&PROVISIONING_METHOD, entry, message))
        }
        Some("NONE") => {
            let message = "the client never asks again after this reply, and only its user can change that; remove the \
                line unless the client should leave provisioning";
            Some(Finding::warning(&PROVISIONING_OFF, entry, message).on_value(entry))
        }
        Some("Manual" | "DHCP" | "Bonjour") => None,
        Some(_) => {
            let message = format!(
                "the client does not know this method and uses the address that it has stored, as for `Manual`; {write}, spelt \
                 exactly like this"
            );
            Some(Finding::warning(&PROVISIONING_METHOD, entry, message).on_value(entry))
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::lint::broken_by;

    fn broken(name: &str, value: &str) -> Vec<&'static str> {
        const RULES: [&str; 3] = ["provisioning-method", "provisioning-off", "mandatory"];
        let text = format!("net.java.sip.communicator.plugin.provisioning.{name}={value}");
        broken_by(&RULES, &text).into_iter().map(|(_, rule)| rule).collect()
    }

    #[test]
    fn the_client_goes_on_asking() {
        for method in ["Manual", "DHCP", "Bonjour", "Manual "] {
            assert_eq!(broken("METHOD", method), [""; 0], "{method}");
        }
        assert_eq!(broken("METHOD", "NONE"), ["provisioning-off"]);
        for method in ["", "manual", "DNS"] {
            assert_eq!(broken("METHOD", method), ["provisioning-method"], "{method:?}");
        }
    }

    #[test]
    fn mandatory_provisioning_stops_clients() {
        assert_eq!(broken("MANDATORY", "true"), ["mandatory"]);
        assert_eq!(broken("MANDATORY", "false"), [""; 0]);
        assert_eq!(broken("MANDATORY", "true "), [""; 0]);
    }
}
