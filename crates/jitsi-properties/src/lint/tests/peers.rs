//! What the linter says about texts of other provisioning servers.
//!
//! The texts are made up after what those servers are known to send: the keys and the mistakes are theirs, the users
//! are not.

use crate::lint::{Client, Level, broken, lint};
use crate::{ParseErrorKind, parse};

fn reported(text: &str) -> String {
    let lines = lint(&parse(text).unwrap(), &Client::default()).into_iter().map(|finding| {
        let level = match finding.level {
            Level::Error => "error",
            Level::Warning => "warning",
            Level::Note => "note",
        };
        format!("{}: {level} {}\n", finding.line, finding.rule.id)
    });
    lines.collect::<Vec<_>>().concat()
}

/// The finding of a rule, as the administrator reads it.
#[track_caller]
fn message(text: &str, rule: &str) -> String {
    let findings = lint(&parse(text).unwrap(), &Client::default());
    findings.iter().find(|finding| finding.rule.id == rule).unwrap().to_string()
}

/// The plugin for Openfire that this service succeeds wipes accounts, rooms and order at every start, sends keys that
/// clients no longer know, and puts values into the text as they are.
#[test]
fn the_old_plugin() {
    let text = include_str!("peers/old-plugin.properties");
    insta::assert_snapshot!(reported(text), @"
    1: error null-wipes-account-state
    2: error null-wipes-accounts
    11: warning value-with-blank
    12: note obsolete-key
    14: note obsolete-key
    ");
    insta::assert_snapshot!(message(text, "null-wipes-account-state"), @"line 1: null-wipes-account-state: this removes the saved chat rooms, the last status and the order of all accounts at every start; remove single rooms, as `….accounts.<id>.chatRooms.<room>=${null}`");
}

#[test]
fn the_old_plugin_with_a_password_that_has_a_backslash() {
    let error = parse(include_str!("peers/old-plugin-raw-password.properties")).unwrap_err();
    assert_eq!((error.line, error.kind), (2, ParseErrorKind::MalformedUnicode));
    insta::assert_snapshot!(error, @r"line 2: `\u` without four hexadecimal digits: the client would discard the whole answer; for a backslash write `\\`");
}

/// Its list is that of the old plugin; an address without `@` gives a user without a domain.
#[test]
fn jitsi_prov_s() {
    insta::assert_snapshot!(reported(include_str!("peers/jitsiprovs.properties")), @"
    1: error null-wipes-account-state
    2: error null-wipes-accounts
    3: error null-wipes-accounts
    6: note obsolete-key
    7: warning server-override
    11: error user-id-jid
    ");
}

/// Wipes the trees of both protocols, names a key that Jitsi never had, and misspells a transport without which the
/// account does not load.
#[test]
fn sipx_jitsi() {
    let text = include_str!("peers/sipxjitsi.properties");
    insta::assert_snapshot!(reported(text), @"
    2: error null-wipes-accounts
    3: error null-wipes-accounts
    5: warning unknown-key
    14: error sip-proxy-transport
    17: warning unknown-key
    20: warning cusax-account
    ");
    insta::assert_snapshot!(message(text, "unknown-key"), @"line 5: unknown-key: neither Jitsi 2.10 nor Jitsi master of April 2025 reads this key, so the line has no effect on them; look the key up in docs/keys.md; did you mean `net.java.sip.communicator.impl.gui.main.configforms.SHOW_OPTIONS_WINDOW`?");
    insta::assert_snapshot!(message(text, "sip-proxy-transport"), @"line 14: sip-proxy-transport: SIP account `acc4711` sets its proxy itself, so it needs a transport: without one of UDP, TCP and TLS the client throws an exception and does not load the account; write `….acc4711.PREFERRED_TRANSPORT=TLS`");
}

/// <https://github.com/jitsi/jitsi/issues/337>: the client asked for the password although it was provisioned.
#[test]
fn a_script_that_leaves_out_the_uid() {
    let text = include_str!("peers/jitsi-issue-337.properties");
    insta::assert_snapshot!(reported(text), @"
    1: error account-uid
    1: note protocol-name
    ");
    insta::assert_snapshot!(message(text, "account-uid"), @"line 1: account-uid: account `acc1` has no `ACCOUNT_UID`, by which the client finds the saved password, so the client asks its user for the password at every start; add `….acc1.ACCOUNT_UID=…`, a text that is unique and never changes");
}

#[test]
fn php_jitsi_prov() {
    assert_eq!(broken(include_str!("peers/phpjitsiprov.properties")), [(1, "web-page")]);
}
