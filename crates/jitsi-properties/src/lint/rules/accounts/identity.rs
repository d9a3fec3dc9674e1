//! Rules about who the client's accounts are.
//!
//! The client needs `USER_ID` to load an account (`ProtocolProviderFactory.createAccount`) and `ACCOUNT_UID` to find
//! its password (`findAccountPrefix`): of several accounts with one `ACCOUNT_UID` it takes the first it comes to.

use std::collections::HashMap;
use std::collections::hash_map::Entry as Slot;

use super::{
    ACCOUNT_UID, ACCOUNT_UID_PROTOCOL, ACCOUNT_UID_TWICE, PROTOCOL_NAME, SERVER_OVERRIDE, USER_ID, USER_ID_JID,
    USER_ID_RESOURCE,
};
use crate::catalogue::Protocol;
use crate::lint::finding::Finding;
use crate::lint::settings::{Account, Settings};

/// Rules `account-uid`, `account-uid-twice`, `account-uid-protocol`, `user-id`, `user-id-jid`, `user-id-resource`,
/// `protocol-name`, `server-override` and `cusax-account`.
pub(in crate::lint) fn check(settings: &Settings<'_>, findings: &mut Vec<Finding>) {
    for account in settings.accounts.iter().filter(|account| account.is_set()) {
        uid(account, findings);
        user(account, findings);
        // `createAccount` does not look for a default.
        if account.node.is_some() && account.value("PROTOCOL_NAME").is_none() {
            let protocol = account.protocol.name();
            let message = format!(
                "account `{id}` has no `PROTOCOL_NAME`, so the client assumes `{protocol}`; write \
                 `….{id}.PROTOCOL_NAME={protocol}` so that the text says all that is stored",
                id = account.id.escape_debug(),
            );
            findings.push(Finding::note(&PROTOCOL_NAME, account.place(), message));
        }
        server_override(settings, account, findings);
    }
    same_uid(&settings.accounts, findings);
}

fn uid(account: &Account<'_>, findings: &mut Vec<Finding>) {
    let shown = account.id.escape_debug();
    let Some(uid) = account.value("ACCOUNT_UID") else {
        let message = format!(
            "account `{shown}` has no `ACCOUNT_UID`, by which the client finds the saved password, so the client asks \
             its user for the password at every start; add `….{shown}.ACCOUNT_UID=…`, a text that is unique and never changes"
        );
        findings.push(Finding::error(&ACCOUNT_UID, account.place(), message));
        return;
    };
    let other = Protocol::ALL.into_iter().find(|protocol| {
        *protocol != account.protocol && uid.strip_prefix(protocol.name()).is_some_and(|rest| rest.starts_with(':'))
    });
    if let (Some(other), Some(entry)) = (other, account.entry("ACCOUNT_UID")) {
        let message = format!(
            "the `ACCOUNT_UID` of account `{shown}` begins with `{}:` but the account is one of {}: the client accepts \
             any text, but people and scripts that read it are misled; write `{}:…`, unless clients already have it",
            other.name(),
            account.protocol.name(),
            account.protocol.name(),
        );
        findings.push(Finding::note(&ACCOUNT_UID_PROTOCOL, entry, message).on_value(entry));
    }
}

/// `JidCreate.entityBareFrom` throws on an address without `@`, and drops a resource; other parts of the client take
/// the text as it is.
fn user(account: &Account<'_>, findings: &mut Vec<Finding>) {
    let shown = account.id.escape_debug();
    let Some(user) = account.value("USER_ID") else {
        let message = format!(
            "account `{shown}` has no `USER_ID`, without which the client fails to load it; add `….{shown}.USER_ID=…`"
        );
        findings.push(Finding::error(&USER_ID, account.place(), message));
        return;
    };
    let Some(entry) = account.entry("USER_ID").filter(|_| account.protocol == Protocol::Jabber) else { return };
    let bare = user.split_once('/').map_or(user, |(bare, _)| bare);
    if !bare.split_once('@').is_some_and(|(node, domain)| !node.is_empty() && !domain.is_empty()) {
        let message = format!(
            "the `USER_ID` of XMPP account `{shown}` is not an address of the form `user@domain`, so the client does \
             not load the account; write the whole address, as `{{{{ user.jid }}}}`"
        );
        findings.push(Finding::error(&USER_ID_JID, entry, message).on_value(entry));
    } else if bare.len() < user.len() {
        let message = format!(
            "the `USER_ID` of XMPP account `{shown}` has a resource, which the client ignores there; leave out the \
             slash and what follows it, and if you need a resource add `….{shown}.AUTO_GENERATE_RESOURCE=false` and \
             `….{shown}.RESOURCE=…`"
        );
        findings.push(Finding::warning(&USER_ID_RESOURCE, entry, message).on_value(entry));
    }
}

fn same_uid(accounts: &[Account<'_>], findings: &mut Vec<Finding>) {
    if accounts.len() < 2 {
        return;
    }
    let mut first: HashMap<&str, &Account<'_>> = HashMap::new();
    for account in accounts {
        let (Some(uid), Some(entry)) = (account.value("ACCOUNT_UID"), account.entry("ACCOUNT_UID")) else { continue };
        let other = match first.entry(uid) {
            Slot::Vacant(slot) => {
                slot.insert(account);
                continue;
            }
            Slot::Occupied(slot) => *slot.get(),
        };
        let (shown, other_shown) = (account.id.escape_debug(), other.id.escape_debug());
        let line = other.entry("ACCOUNT_UID").unwrap_or(other.first).line();
        let finding = if other.protocol == account.protocol {
            let message = format!(
                "accounts `{shown}` and `{other_shown}` (line {line}) have the same `ACCOUNT_UID`, so the client sends the \
                 password of one of them to both servers; give each its own"
            );
            Finding::error(&ACCOUNT_UID_TWICE, entry, message)
        } else {
            let message = format!(
                "accounts `{shown}` and `{other_shown}` (line {line}) have the same `ACCOUNT_UID`, so the client mixes up \
                 their last status and order; give each its own"
            );
            Finding::warning(&ACCOUNT_UID_TWICE, entry, message)
        };
        findings.push(finding.naming(line).on_value(entry));
    }
}

/// Without SRV records the client has nothing but `SERVER_ADDRESS` (`connectAndLogin` of its XMPP provider).
fn server_override(settings: &Settings<'_>, account: &Account<'_>, findings: &mut Vec<Finding>) {
    if account.protocol != Protocol::Jabber {
        return;
    }
    let is_set =
        settings.of_account(account, "IS_SERVER_OVERRIDDEN").is_some_and(|value| value.eq_ignore_ascii_case("true"));
    let given = |name| settings.of_account(account, name).is_some();
    if is_set && !given("SERVER_ADDRESS") && !given("CUSTOM_XMPP_DOMAIN") {
        let default = || settings.entry_of_default(account.protocol, "IS_SERVER_OVERRIDDEN");
        let entry = account.entry("IS_SERVER_OVERRIDDEN").or_else(default).unwrap_or_else(|| account.place());
        let message = format!(
            "account `{id}` does not ask DNS for its server but has no `SERVER_ADDRESS` either, so it cannot connect; \
             add `….{id}.SERVER_ADDRESS=…`",
            id = account.id.escape_debug()
        );
        findings.push(Finding::warning(&SERVER_OVERRIDE, entry, message));
    }
}

#[cfg(test)]
mod tests {
    use crate::lint::{below, broken};

    const JABBER: &str = "net.java.sip.communicator.impl.protocol.jabber.accx";
    const SIP: &str = "net.java.sip.communicator.impl.protocol.sip.accy";

    /// The rules broken by an XMPP account with these settings, the second of which is in line 3.
    fn jabber(settings: &[&str]) -> Vec<(usize, &'static str)> {
        broken(&format!("{JABBER}=accx\n{}", below(&format!("{JABBER}."), settings)))
    }

    #[test]
    fn an_account_needs_uid_and_user() {
        assert_eq!(jabber(&["PROTOCOL_NAME=Jabber"]), [(1, "account-uid"), (1, "user-id")]);
        assert_eq!(jabber(&["ACCOUNT_UID=", "USER_ID=a@b", "PROTOCOL_NAME=Jabber"]), [(1, "account-uid")]);
        assert_eq!(jabber(&["ACCOUNT_UID=u", "USER_ID=${null}", "PROTOCOL_NAME=Jabber"]), [(1, "user-id")]);
        assert_eq!(jabber(&["ACCOUNT_UID=u", "USER_ID=a@b"]), [(1, "protocol-name")]);
        assert_eq!(jabber(&["ACCOUNT_UID=u", "USER_ID=a@b", "PROTOCOL_NAME=Jabber"]), []);
    }

    #[test]
    fn a_default_of_all_accounts_counts_where_the_client_looks_for_one() {
        let account =
            format!("{JABBER}=accx\n{JABBER}.ACCOUNT_UID=u\n{JABBER}.USER_ID=a@b\n{JABBER}.PROTOCOL_NAME=Jabber\n");
        for place in ["", "jabber."] {
            let default = |setting: &str| format!("net.java.sip.communicator.service.protocol.{place}{setting}\n");
            let text = account.clone() + &default("IS_SERVER_OVERRIDDEN=true");
            assert_eq!(broken(&text), [(5, "server-override")]);
            assert_eq!(broken(&(text + &default("SERVER_ADDRESS=xmpp.example.org"))), []);
        }
    }

    #[test]
    fn the_user_of_an_xmpp_account_is_a_bare_address() {
        let user = |id: &str| jabber(&["ACCOUNT_UID=u", &format!("USER_ID={id}"), "PROTOCOL_NAME=Jabber"]);
        assert_eq!(user("anna@example.org"), []);
        for id in ["anna", "@example.org", "anna@", "anna/desk@home"] {
            assert_eq!(user(id), [(3, "user-id-jid")], "{id}");
        }
        assert_eq!(user("anna@example.org/desk"), [(3, "user-id-resource")]);
    }

    fn pair(jabber_uid: &str, sip_uid: &str, more: &str) -> Vec<(usize, &'static str)> {
        broken(&format!(
            "{JABBER}=accx\n{JABBER}.ACCOUNT_UID={jabber_uid}\n{JABBER}.USER_ID=a@b\n{JABBER}.PROTOCOL_NAME=Jabber\n\
             {SIP}=accy\n{SIP}.ACCOUNT_UID={sip_uid}\n{SIP}.USER_ID=a\n{SIP}.PROTOCOL_NAME=SIP\n\
             {SIP}.SERVER_ADDRESS=sip.example.org\n{more}"
        ))
    }

    #[test]
    fn each_account_has_its_own_uid_that_tells_its_protocol() {
        assert_eq!(pair("Jabber:a@b@b", "SIP:a@b", ""), []);
        assert_eq!(pair("same", "same", ""), [(6, "account-uid-twice")]);
        assert_eq!(pair("SIP:a@b", "SIP:a@c", ""), [(2, "account-uid-protocol")]);
        assert_eq!(pair("a", "Jabber:a@b", ""), [(6, "account-uid-protocol")]);
    }

    #[test]
    fn a_sip_account_is_linked_to_an_account_of_the_text() {
        assert_eq!(pair("a", "b", &format!("{SIP}.cusax.XMPP_ACCOUNT_ID=accx")), []);
        for wrong in ["accy", "Jabber:a@b@b"] {
            assert_eq!(pair("a", "b", &format!("{SIP}.cusax.XMPP_ACCOUNT_ID={wrong}")), [(10, "cusax-account")]);
        }
    }

    #[test]
    fn who_does_not_ask_dns_needs_an_address() {
        let account = ["ACCOUNT_UID=u", "USER_ID=a@b", "PROTOCOL_NAME=Jabber", "IS_SERVER_OVERRIDDEN=true"];
        assert_eq!(jabber(&account), [(5, "server-override")]);
        assert_eq!(jabber(&[account.as_slice(), &["SERVER_ADDRESS=xmpp.example.org"]].concat()), []);
    }
}
