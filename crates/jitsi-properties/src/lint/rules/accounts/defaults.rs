//! Rules about defaults for all accounts, `….service.protocol[.jabber|.sip].<SETTING>`.
//!
//! `AccountID.getDefaultString` looks there for what an account does not set. Settings that the client takes straight out
//! of the account (`getAccountProperties`, `getPropertyNamesByPrefix`, `ProtocolProviderFactory.createAccount`) never
//! come from there.

use crate::catalogue::{self, Protocol};
use crate::document::Entry;
use crate::jitsi_keys::{ACCOUNT_DEFAULTS, REMOVE};
use crate::lint::finding::Finding;
use crate::lint::level::Level;
use crate::lint::rule::Rule;
use crate::lint::settings::Settings;

pub(super) static ACCOUNT_KEY_AS_DEFAULT: Rule = Rule {
    id: "account-key-as-default",
    levels: &[Level::Warning],
    can_be_suppressed: true,
    is_about_value: false,
    what: "A setting is a default for all accounts, but counts only in an account.",
    why: "The client takes such a setting straight out of the account and never looks for a default.",
    example: "net.java.sip.communicator.service.protocol.sip.USER_ID=4711",
    instead: "net.java.sip.communicator.service.protocol.sip.VOICEMAIL_ENABLED=false",
};

pub(super) static UNREAD_DEFAULT: Rule = Rule {
    id: "unread-default",
    levels: &[Level::Warning],
    can_be_suppressed: true,
    is_about_value: false,
    what: "A default is set for a key that is in the client's own defaults file, but that no client reads.",
    why: "The line has no effect, and never had one in the client's own file either.",
    example: "net.java.sip.communicator.service.protocol.sip.TRANSPORT=TCP",
    instead: "net.java.sip.communicator.impl.protocol.sip.DEFAULT_TRANSPORT=TCP",
};

/// What the file `jitsi-defaults.properties` of both versions sets although no code reads it, with what does the job.
const UNREAD: [(&str, &str); 3] = [
    (
        "sip.TRANSPORT",
        "write `net.java.sip.communicator.impl.protocol.sip.DEFAULT_TRANSPORT=…`, or a proxy of the account with its \
         `PREFERRED_TRANSPORT`",
    ),
    ("sip.TLS_PORT", "leave it out: the port is that of the DNS entry, or the `PROXY_PORT` of an account with a proxy"),
    ("jabber.IS_CALLING_DISABLED_FOR_ACCOUNT", "write `….service.protocol.jabber.CALLING_DISABLED=…`"),
];

/// Rules `account-key-as-default` and `unread-default`.
pub(in crate::lint) fn check(settings: &Settings<'_>, findings: &mut Vec<Finding>) {
    for entry in settings.below(ACCOUNT_DEFAULTS).filter(|entry| entry.value() != REMOVE) {
        let Some(rest) = entry.key().strip_prefix(ACCOUNT_DEFAULTS) else { continue };
        findings.extend(unread(rest, entry).or_else(|| of_an_account(rest, entry)));
    }
}

fn unread(rest: &str, entry: Entry<'_>) -> Option<Finding> {
    let (_, instead) = UNREAD.iter().find(|(name, _)| *name == rest)?;
    let message = format!("no client reads this key, although the client's own defaults file has it; {instead}");
    Some(Finding::warning(&UNREAD_DEFAULT, entry, message))
}

/// A key that is known below an account, but not here.
fn of_an_account(rest: &str, entry: Entry<'_>) -> Option<Finding> {
    if catalogue::describe(entry.key()).is_some() {
        return None;
    }
    let (protocols, setting) = Protocol::PROVISIONED
        .into_iter()
        .find_map(|one| Some((vec![one], rest.strip_prefix(one.in_keys())?)))
        .unwrap_or_else(|| (Protocol::ALL.to_vec(), rest));
    // Only settings have a name; the account's own line has none.
    let setting = Some(setting).filter(|setting| !setting.is_empty())?;
    let protocol = protocols
        .into_iter()
        .find(|protocol| catalogue::describe(&format!("{}acc.{setting}", protocol.tree())).is_some())?;
    let message = format!(
        "`{shown}` counts only in an account, and the client never looks for it among the defaults for all; write \
         `….{}<id>.{shown}=…` in each account that needs it, or remove the line",
        protocol.in_keys(),
        shown = setting.escape_debug()
    );
    Some(Finding::warning(&ACCOUNT_KEY_AS_DEFAULT, entry, message))
}

#[cfg(test)]
mod tests {
    use crate::lint::{Client, below, lint};
    use crate::parse;

    fn broken(line: &str) -> Vec<(&'static str, String)> {
        let text = below(super::ACCOUNT_DEFAULTS, &[line]);
        let findings = lint(&parse(&text).unwrap(), &Client::default()).into_iter();
        findings.map(|finding| (finding.rule.id, finding.message)).collect()
    }

    #[test]
    fn what_counts_only_in_an_account_is_no_default() {
        let settings = [
            "sip.USER_ID",
            "sip.ENCRYPTION_PROTOCOL.SDES",
            "sip.ENCRYPTION_PROTOCOL_STATUS.SDES",
            "ACCOUNT_UID",
            "jabber.Encodings.opus/48000",
            "jabber.STUN0ADDRESS",
            "OVERRIDE_ENCODINGS",
            "sip.PROTOCOL_NAME",
            "sip.PASSWORD",
        ];
        for setting in settings {
            let [(rule, message)] = broken(&format!("{setting}=1")).try_into().unwrap();
            assert_eq!(rule, "account-key-as-default", "{setting}");
            // The reason holds for the protocol of the key.
            assert!(!message.contains("XMPP"), "{message}");
            assert_eq!(message.contains("….sip.<id>"), setting.starts_with("sip."), "{message}");
        }
    }

    #[test]
    fn what_counts_as_a_default_is_one() {
        let settings = [
            "sip.VOICEMAIL_ENABLED=true",
            "jabber.RESOURCE_PRIORITY=5",
            "DTMF_METHOD=RTP_DTMF",
            "sip.SERVER_PORT=5061",
            "sip.cusax.XMPP_ACCOUNT_ID=accwork",
            "jabber.USER_ID=${null}",
        ];
        for setting in settings {
            assert_eq!(broken(setting), [], "{setting}");
        }
        // Another protocol's setting keeps its own message.
        let [(rule, message)] = broken("sip.RESOURCE=x").try_into().unwrap();
        assert_eq!((rule, message.contains("only XMPP accounts")), ("unknown-key", true));
    }

    #[test]
    fn what_the_client_s_own_file_sets_without_effect_gets_advice_that_helps() {
        for (setting, advice) in [
            ("sip.TRANSPORT=UDP", "impl.protocol.sip.DEFAULT_TRANSPORT"),
            ("sip.TLS_PORT=5061", "leave it out"),
            ("jabber.IS_CALLING_DISABLED_FOR_ACCOUNT=false", "service.protocol.jabber.CALLING_DISABLED"),
        ] {
            let [(rule, message)] = broken(setting).try_into().unwrap();
            assert!(rule == "unread-default" && message.contains(advice), "{message}");
        }
    }
}
