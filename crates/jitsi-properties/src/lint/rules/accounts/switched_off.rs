//! The rule about settings that another setting of the account switches off.
//!
//! The client asks for the switch before it makes the part that reads the others (`initialize` of
//! `ProtocolProviderServiceSipImpl` and `ProtocolProviderServiceJabberImpl`).

use crate::catalogue::Protocol;
use crate::lint::finding::Finding;
use crate::lint::level::Level;
use crate::lint::rule::Rule;
use crate::lint::settings::{Account, Settings, value_of};

pub(super) static SWITCHED_OFF: Rule = Rule {
    id: "switched-off",
    levels: &[Level::Warning],
    can_be_suppressed: true,
    is_about_value: false,
    what: "A setting of an account belongs to a part that another setting of the account switches off.",
    why: "\
        The client does not read the setting. Watched lines, call parking and the search in the server's user \
        directory are off unless they are switched on.",
    example: "\
        # …\n\
        net.java.sip.communicator.impl.protocol.sip.accdesk.BLF_LINE.1.Address=201@sip.example.org",
    instead: "\
        # …\n\
        net.java.sip.communicator.impl.protocol.sip.accdesk.BLF_ENABLED=true\n\
        net.java.sip.communicator.impl.protocol.sip.accdesk.BLF_LINE.1.Address=201@sip.example.org",
};

/// A switch with what it is when it is not set, and the beginnings of the settings that need it.
struct Switch {
    protocol: Protocol,
    name: &'static str,
    is_on: bool,
    needed_by: &'static [&'static str],
}

const SWITCHES: [Switch; 5] = [
    Switch { protocol: Protocol::Sip, name: "BLF_ENABLED", is_on: false, needed_by: &["BLF_LINE."] },
    Switch {
        protocol: Protocol::Sip,
        name: "IS_CALL_PARK_ENABLED",
        is_on: false,
        needed_by: &["CALL_PARK_PREFIX_PROPERTY"],
    },
    Switch {
        protocol: Protocol::Sip,
        name: "VOICEMAIL_ENABLED",
        is_on: true,
        needed_by: &["VOICEMAIL_URI", "VOICEMAIL_CHECK_URI"],
    },
    Switch {
        protocol: Protocol::Jabber,
        name: "USER_SEARCH_ENABLED",
        is_on: false,
        needed_by: &["USER_SEARCH_SERVICE_NAME"],
    },
    Switch { protocol: Protocol::Jabber, name: "JINGLE_NODES_ENABLED", is_on: true, needed_by: &["JINGLENODES"] },
];

/// Rule `switched-off`.
pub(in crate::lint) fn check(settings: &Settings<'_>, findings: &mut Vec<Finding>) {
    for account in settings.accounts.iter().filter(|account| account.is_set()) {
        let of_protocol = SWITCHES.iter().filter(|switch| switch.protocol == account.protocol);
        findings.extend(of_protocol.filter_map(|switch| switched_off(settings, account, switch)));
    }
}

fn switched_off(settings: &Settings<'_>, account: &Account<'_>, switch: &Switch) -> Option<Finding> {
    let needs = |setting: &str| switch.needed_by.iter().any(|beginning| setting.starts_with(beginning));
    let (setting, entry) =
        account.settings.iter().find(|(setting, entry)| needs(setting) && value_of(*entry).is_some())?;
    let value = settings.of_account(account, switch.name);
    if value.map_or(switch.is_on, |value| value.eq_ignore_ascii_case("true")) {
        return None;
    }
    let message = format!(
        "the client does not read `{}`, because `{name}` is off in account `{id}`; write `….{id}.{name}=true`, or remove the line",
        setting.escape_debug(),
        name = switch.name,
        id = account.id.escape_debug()
    );
    Some(Finding::warning(&SWITCHED_OFF, *entry, message))
}

#[cfg(test)]
mod tests {
    use crate::lint::{below, broken_by};

    fn account(protocol: &str, settings: &[&str]) -> Vec<(usize, &'static str)> {
        let node = format!("net.java.sip.communicator.impl.protocol.{protocol}.accx.");
        broken_by(&["switched-off"], &below(&node, settings))
    }

    #[test]
    fn what_is_switched_off_is_not_read() {
        for (protocol, switch, setting) in [
            ("sip", "BLF_ENABLED", "BLF_LINE.1.Address=201"),
            ("sip", "IS_CALL_PARK_ENABLED", "CALL_PARK_PREFIX_PROPERTY=700"),
            ("jabber", "USER_SEARCH_ENABLED", "USER_SEARCH_SERVICE_NAME=search.example.org"),
        ] {
            assert_eq!(account(protocol, &[setting]), [(1, "switched-off")], "{setting}");
            assert_eq!(account(protocol, &[setting, &format!("{switch}=true")]), [], "{setting}");
        }
    }

    #[test]
    fn what_is_on_unless_it_is_switched_off_is_read() {
        for (protocol, switch, setting) in [
            ("sip", "VOICEMAIL_ENABLED", "VOICEMAIL_CHECK_URI=*97"),
            ("jabber", "JINGLE_NODES_ENABLED", "JINGLENODES0ADDRESS=relay.example.org"),
        ] {
            assert_eq!(account(protocol, &[setting]), [], "{setting}");
            assert_eq!(account(protocol, &[setting, &format!("{switch}=false")]), [(1, "switched-off")], "{setting}");
        }
    }

    #[test]
    fn a_default_for_all_accounts_switches_too() {
        let line = "\nnet.java.sip.communicator.service.protocol.sip.BLF_ENABLED=true";
        let text = below("net.java.sip.communicator.impl.protocol.sip.accx.", &["BLF_LINE.1.Address=201"]) + line;
        assert_eq!(broken_by(&["switched-off"], &text), []);
    }
}
