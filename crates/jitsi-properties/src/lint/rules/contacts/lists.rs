//! Rules about contact lists that a SIP account keeps on a server, by XCAP or `XiVO`.
//!
//! `OperationSetPresenceSipImpl` takes `XiVO` when it is on, otherwise XCAP; `SipAccountID` reads the settings under their
//! new names, and under the old ones of the kind that is on when the new ones are not there.

use crate::catalogue::Protocol;
use crate::document::Entry;
use crate::lint::finding::Finding;
use crate::lint::level::Level;
use crate::lint::rule::{Family, Rule};
use crate::lint::rules::network::host_in_clear;
use crate::lint::rules::network::protection::LOGIN_UNPROTECTED;
use crate::lint::settings::{Account, Settings, value_of};

pub(in crate::lint) static FAMILY: Family = Family {
    title: "Contact lists on a server",
    rules: &[&CONTACT_LIST_OFF, &CONTACT_LIST_TWO, &CONTACT_LIST_SERVER, &CONTACT_LIST_LOGIN],
};

static CONTACT_LIST_OFF: Rule = Rule {
    id: "contact-list-off",
    levels: &[Level::Warning],
    can_be_suppressed: true,
    is_about_value: false,
    what: "The server of a contact list is set, but neither `XCAP_ENABLE=true` nor `XIVO_ENABLE=true`.",
    why: "The client keeps the contacts on the machine and asks no server.",
    example: "\
        # …\n\
        net.java.sip.communicator.impl.protocol.sip.accdesk.OPT_CLIST_SERVER_URI=https://xcap.example.org\n\
        net.java.sip.communicator.impl.protocol.sip.accdesk.OPT_CLIST_USE_SIP_CREDETIALS=true",
    instead: "\
        # …\n\
        net.java.sip.communicator.impl.protocol.sip.accdesk.XCAP_ENABLE=true\n\
        net.java.sip.communicator.impl.protocol.sip.accdesk.OPT_CLIST_SERVER_URI=https://xcap.example.org\n\
        net.java.sip.communicator.impl.protocol.sip.accdesk.OPT_CLIST_USE_SIP_CREDETIALS=true",
};

static CONTACT_LIST_TWO: Rule = Rule {
    id: "contact-list-two",
    levels: &[Level::Warning],
    can_be_suppressed: true,
    is_about_value: false,
    what: "An account has both `XCAP_ENABLE=true` and `XIVO_ENABLE=true`.",
    why: "The client uses XiVO alone.",
    example: "\
        # …\n\
        net.java.sip.communicator.impl.protocol.sip.accdesk.XCAP_ENABLE=true\n\
        net.java.sip.communicator.impl.protocol.sip.accdesk.XIVO_ENABLE=true\n\
        net.java.sip.communicator.impl.protocol.sip.accdesk.OPT_CLIST_SERVER_URI=xivo.example.org\n\
        net.java.sip.communicator.impl.protocol.sip.accdesk.OPT_CLIST_USE_SIP_CREDETIALS=true",
    instead: "\
        # …\n\
        net.java.sip.communicator.impl.protocol.sip.accdesk.XIVO_ENABLE=true\n\
        net.java.sip.communicator.impl.protocol.sip.accdesk.OPT_CLIST_SERVER_URI=xivo.example.org\n\
        net.java.sip.communicator.impl.protocol.sip.accdesk.OPT_CLIST_USE_SIP_CREDETIALS=true",
};

static CONTACT_LIST_SERVER: Rule = Rule {
    id: "contact-list-server",
    levels: &[Level::Warning],
    can_be_suppressed: true,
    is_about_value: true,
    what: "`OPT_CLIST_SERVER_URI` is missing or of the wrong form.",
    why: "\
        For XCAP the client needs a URL with a host, and does nothing without one. For XiVO it needs a bare host \
        name or address; without one it asks the SIP server.",
    example: "\
        # …\n\
        net.java.sip.communicator.impl.protocol.sip.accdesk.XCAP_ENABLE=true\n\
        net.java.sip.communicator.impl.protocol.sip.accdesk.OPT_CLIST_USE_SIP_CREDETIALS=true",
    instead: "\
        # …\n\
        net.java.sip.communicator.impl.protocol.sip.accdesk.XCAP_ENABLE=true\n\
        net.java.sip.communicator.impl.protocol.sip.accdesk.OPT_CLIST_SERVER_URI=https://xcap.example.org\n\
        net.java.sip.communicator.impl.protocol.sip.accdesk.OPT_CLIST_USE_SIP_CREDETIALS=true",
};

static CONTACT_LIST_LOGIN: Rule = Rule {
    id: "contact-list-login",
    levels: &[Level::Warning],
    can_be_suppressed: true,
    is_about_value: false,
    what: "A contact list on a server is on without a user.",
    why: "\
        The client cannot log in there, so the list is neither read nor kept. It does not use the SIP user unless \
        `OPT_CLIST_USE_SIP_CREDETIALS=true` says so.",
    example: "\
        # …\n\
        net.java.sip.communicator.impl.protocol.sip.accdesk.XCAP_ENABLE=true\n\
        net.java.sip.communicator.impl.protocol.sip.accdesk.OPT_CLIST_SERVER_URI=https://xcap.example.org",
    instead: "\
        # …\n\
        net.java.sip.communicator.impl.protocol.sip.accdesk.XCAP_ENABLE=true\n\
        net.java.sip.communicator.impl.protocol.sip.accdesk.OPT_CLIST_SERVER_URI=https://xcap.example.org\n\
        net.java.sip.communicator.impl.protocol.sip.accdesk.OPT_CLIST_USE_SIP_CREDETIALS=true",
};

/// The settings with their old names for XCAP and `XiVO` (`SipAccountID.getXcapCompatible`).
const SERVER: [&str; 3] = ["OPT_CLIST_SERVER_URI", "XCAP_SERVER_URI", "XIVO_SERVER_URI"];
const USER: [&str; 3] = ["OPT_CLIST_USER", "XCAP_USER", "XIVO_USER"];
const AS_SIP: [&str; 3] = ["OPT_CLIST_USE_SIP_CREDETIALS", "XCAP_USE_SIP_CREDETIALS", "XIVO_USE_SIP_CREDETIALS"];

/// Rules `contact-list-off`, `contact-list-two`, `contact-list-server` and `contact-list-login`, and `login-unprotected`.
pub(in crate::lint) fn check(settings: &Settings<'_>, findings: &mut Vec<Finding>) {
    for account in settings.accounts.iter().filter(|account| account.protocol == Protocol::Sip && account.is_set()) {
        let is_on = |name| settings.of_account(account, name).is_some_and(is_true);
        let (xcap, xivo) = (is_on("XCAP_ENABLE"), is_on("XIVO_ENABLE"));
        match (xcap, xivo) {
            (false, false) => off(account, findings),
            (true, true) => {
                let message = format!(
                    "account `{}` turns XCAP and XiVO on, and the client uses XiVO alone; remove one of the two",
                    account.id.escape_debug()
                );
                findings.push(Finding::warning(&CONTACT_LIST_TWO, place(account, "XCAP_ENABLE"), message));
            }
            _ => {
                server(settings, account, xcap, findings);
                login(settings, account, xcap, findings);
                if xcap {
                    findings.extend(in_clear(settings, account));
                }
            }
        }
    }
}

fn is_true(value: &str) -> bool {
    value.eq_ignore_ascii_case("true")
}

fn place<'a>(account: &Account<'a>, name: &str) -> Entry<'a> {
    account.entry(name).unwrap_or_else(|| account.place())
}

/// What holds for a setting: under its new name, or under the old one of the kind that is on.
fn value<'a>(settings: &Settings<'a>, account: &Account<'a>, names: [&str; 3], xcap: bool) -> Option<&'a str> {
    let [new, of_xcap, of_xivo] = names;
    let old = if xcap { of_xcap } else { of_xivo };
    settings.of_account(account, new).or_else(|| settings.of_account(account, old))
}

/// The client's own window stores an empty address, or none, when both are off.
fn off(account: &Account<'_>, findings: &mut Vec<Finding>) {
    let Some(entry) = SERVER.iter().find_map(|name| account.value(name).and_then(|_| account.entry(name))) else {
        return;
    };
    let message = format!(
        "the client does not ask this server, because XCAP and XiVO are off in account `{id}`; add \
         `….{id}.XCAP_ENABLE=true`, or remove the line",
        id = account.id.escape_debug()
    );
    findings.push(Finding::warning(&CONTACT_LIST_OFF, entry, message));
}

/// `ServerStoredContactListSipImpl.init` and `ServerStoredContactListXivoImpl.connect`.
fn server(settings: &Settings<'_>, account: &Account<'_>, xcap: bool, findings: &mut Vec<Finding>) {
    let names = if xcap { [SERVER[0], SERVER[1]] } else { [SERVER[0], SERVER[2]] };
    let entry = names.iter().find_map(|name| account.entry(name));
    let id = account.id.escape_debug();
    let message = match value(settings, account, SERVER, xcap) {
        None if xcap => format!(
            "account `{id}` keeps its contacts by XCAP but has no server, so the client does nothing; add \
             `….{id}.OPT_CLIST_SERVER_URI=https://…`"
        ),
        Some(server) if xcap && !has_host(server) => {
            "XCAP needs a URL with a host here, and the client does nothing without \
            one; write `https://…`"
                .to_owned()
        }
        Some(server) if !xcap && server.contains('/') => {
            "XiVO needs a bare host name or address here, to which the client \
            connects at port 5003; write the name alone"
                .to_owned()
        }
        _ => return,
    };
    let place = entry.unwrap_or_else(|| place(account, if xcap { "XCAP_ENABLE" } else { "XIVO_ENABLE" }));
    findings.push(Finding::warning(&CONTACT_LIST_SERVER, place, message).on_value(place));
}

/// XCAP logs in at this address. Under its new name, then under its old one, each in the account before the defaults for all.
fn in_clear(settings: &Settings<'_>, account: &Account<'_>) -> Option<Finding> {
    let [new, old, _] = SERVER;
    let own = |name| account.entry(name).filter(|entry| value_of(*entry).is_some());
    let entry =
        [new, old].into_iter().find_map(|name| own(name).or_else(|| settings.entry_of_default(Protocol::Sip, name)))?;
    host_in_clear(value_of(entry)?)?;
    let message = format!(
        "account `{}` logs in there over HTTP, unencrypted; write an address that begins with `https://`",
        account.id.escape_debug()
    );
    Some(Finding::warning(&LOGIN_UNPROTECTED, entry, message))
}

/// As `java.net.URI` sees it.
fn has_host(url: &str) -> bool {
    let Some((_, rest)) = url.split_once("://") else { return false };
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let host = authority.rsplit_once('@').map_or(authority, |(_, host)| host);
    !host.is_empty() && !host.starts_with(':')
}

/// Without the setting the client does not take the SIP user: `isClistOptionUseSipCredentials` looks the default up and
/// forgets it.
fn login(settings: &Settings<'_>, account: &Account<'_>, xcap: bool, findings: &mut Vec<Finding>) {
    let as_sip = value(settings, account, AS_SIP, xcap).is_some_and(is_true);
    if as_sip || value(settings, account, USER, xcap).is_some() {
        return;
    }
    let id = account.id.escape_debug();
    let message = format!(
        "account `{id}` keeps its contacts on a server but has no user for it, so the client cannot log in there; add \
         `….{id}.OPT_CLIST_USE_SIP_CREDETIALS=true`, spelt exactly like this, or `….{id}.OPT_CLIST_USER=…` with its \
         password"
    );
    let place = place(account, if xcap { "XCAP_ENABLE" } else { "XIVO_ENABLE" });
    findings.push(Finding::warning(&CONTACT_LIST_LOGIN, place, message));
}

#[cfg(test)]
mod tests {
    use crate::lint::{below, broken_by};

    const SERVER: &str = "OPT_CLIST_SERVER_URI=https://xcap.example.org/root";
    const LOGIN: &str = "OPT_CLIST_USE_SIP_CREDETIALS=true";

    fn sip(settings: &[&str]) -> Vec<(usize, &'static str)> {
        let rules = ["contact-list-off", "contact-list-two", "contact-list-server", "contact-list-login"];
        broken_by(&rules, &below("net.java.sip.communicator.impl.protocol.sip.accy.", settings))
    }

    #[test]
    fn a_server_is_asked_when_one_kind_is_on() {
        assert_eq!(sip(&["XCAP_ENABLE=true", SERVER, LOGIN]), []);
        assert_eq!(sip(&[SERVER, LOGIN]), [(1, "contact-list-off")]);
        assert_eq!(sip(&["XCAP_ENABLE=false", SERVER]), [(2, "contact-list-off")]);
        assert_eq!(sip(&["XCAP_ENABLE=true", "XIVO_ENABLE=true", SERVER]), [(1, "contact-list-two")]);
    }

    #[test]
    fn each_kind_has_its_form_of_address() {
        for address in ["xcap.example.org", "https://", "https:///root", ""] {
            let line = format!("OPT_CLIST_SERVER_URI={address}");
            assert_eq!(sip(&["XCAP_ENABLE=true", &line, LOGIN]), [(2, "contact-list-server")], "{address}");
        }
        assert_eq!(sip(&["XCAP_ENABLE=true", LOGIN]), [(1, "contact-list-server")]);
        assert_eq!(sip(&["XIVO_ENABLE=true", LOGIN]), []);
        assert_eq!(sip(&["XIVO_ENABLE=true", "OPT_CLIST_SERVER_URI=xivo.example.org", LOGIN]), []);
        assert_eq!(sip(&["XIVO_ENABLE=true", SERVER, LOGIN]), [(2, "contact-list-server")]);
    }

    #[test]
    fn a_server_needs_a_user() {
        assert_eq!(sip(&["XCAP_ENABLE=true", SERVER]), [(1, "contact-list-login")]);
        assert_eq!(sip(&["XCAP_ENABLE=true", SERVER, "OPT_CLIST_USER=anna"]), []);
    }

    #[test]
    fn a_login_by_http_is_reported_where_there_is_one() {
        let http = |settings: &[&str]| {
            let lines = below("net.java.sip.communicator.impl.protocol.sip.accy.", settings);
            broken_by(&["login-unprotected"], &lines)
        };
        let [on, login] = ["XCAP_ENABLE=true", LOGIN];
        for name in ["OPT_CLIST_SERVER_URI", "XCAP_SERVER_URI"] {
            let server = format!("{name}=http://xcap.example.org/");
            assert_eq!(http(&[on, login, &server]), [(3, "login-unprotected")], "{name}");
            assert_eq!(http(&[login, &server]), [], "{name} is not used");
            assert_eq!(http(&["XIVO_ENABLE=true", login, &server]), [], "{name} is for XCAP");
        }
        assert_eq!(http(&[on, login, SERVER, "XCAP_SERVER_URI=http://xcap.example.org/"]), []);
    }

    #[test]
    fn the_old_names_of_the_kind_that_is_on_count() {
        let old = ["XCAP_ENABLE=true", "XCAP_SERVER_URI=https://xcap.example.org", "XCAP_USE_SIP_CREDETIALS=true"];
        assert_eq!(sip(&old), []);
        let of_the_other = ["XIVO_SERVER_URI=https://xcap.example.org", "XIVO_USE_SIP_CREDETIALS=true"];
        assert_eq!(
            sip(&[&["XCAP_ENABLE=true"], of_the_other.as_slice()].concat()),
            [(1, "contact-list-server"), (1, "contact-list-login")]
        );
    }
}
