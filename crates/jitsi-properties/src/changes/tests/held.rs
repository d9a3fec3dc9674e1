//! What is wrong only with the earlier reply and the new one together.

use super::*;
use crate::lint::{Client, Level, lint};

const JABBER: &str = "net.java.sip.communicator.impl.protocol.jabber.";
const SIP: &str = "net.java.sip.communicator.impl.protocol.sip.";
const GUI: &str = "net.java.sip.communicator.impl.gui.";

fn account(tree: &str, id: &str, uid: &str, more: &[&str]) -> String {
    let protocol = if tree == SIP { "SIP" } else { "Jabber" };
    let own = format!("{tree}{id}={id}\n");
    let fixed = [
        format!("ACCOUNT_UID={uid}"),
        "USER_ID=anna@example.test".to_owned(),
        format!("PROTOCOL_NAME={protocol}"),
        "SERVER_ADDRESS=example.test".to_owned(),
    ];
    let settings = fixed.iter().map(String::as_str).chain(more.iter().copied());
    settings.fold(own, |text, setting| text + &format!("{tree}{id}.{setting}\n"))
}

/// The harm that `new` does on a client with `earlier`, as rules and marks with what they are about.
#[track_caller]
fn harm(earlier: &str, new: &str) -> Vec<String> {
    let client = Client::default();
    let alone = lint(&document(new), &client).into_iter().filter(|finding| finding.level == Level::Error);
    assert_eq!(alone.collect::<Vec<_>>(), [], "the reply alone is at fault");
    let short = |key: &Key| key.to_string().rsplit('.').next().unwrap().to_owned();
    let changes = compare(&document(earlier), &document(new), "********").into_iter();
    let harm = changes.filter_map(|change| match change {
        Change::Breaks { rule, message, .. } => {
            assert!(!message.contains("line 0"), "{message}");
            Some(rule.id.to_owned())
        }
        Change::LosesPassword { account } => Some(format!("password of {}", short(&account))),
        Change::Locked(keys) => Some(format!("locks {}", keys.iter().map(short).collect::<Vec<_>>().join(" "))),
        _ => None,
    });
    harm.collect()
}

#[test]
fn an_account_that_stays_and_a_new_one_share_no_uid() {
    let old = account(JABBER, "accold", "Jabber:anna@b", &[]);
    assert_eq!(harm(&old, &account(JABBER, "accnew", "Jabber:anna@b", &[])), ["account-uid-twice"]);
    assert_eq!(harm(&old, &account(JABBER, "accnew", "Jabber:bo@b", &[])), [""; 0]);
    assert_eq!(harm(&old, &account(JABBER, "accold", "Jabber:anna@b", &[])), [""; 0]);
    let removed = format!("{JABBER}accold=${{null}}\n{}", account(JABBER, "accnew", "Jabber:anna@b", &[]));
    assert_eq!(harm(&old, &removed), [""; 0]);
    // Another protocol is only a warning, and still worth a word.
    assert_eq!(
        harm(&account(SIP, "accold", "uid", &[]), &account(JABBER, "accnew", "uid", &[])),
        ["account-uid-twice"]
    );
    let message = compare(&document(&old), &document(&account(JABBER, "accnew", "Jabber:anna@b", &[])), "********")
        .into_iter()
        .find_map(|change| if let Change::Breaks { message, .. } = change { Some(message) } else { None })
        .unwrap();
    assert!(message.contains("`accold`") && message.contains("`accnew`"), "{message}");
    // To give the new account another `ACCOUNT_UID` would leave the user with both.
    assert!(message.ends_with("; or remove what the earlier reply set there, by its key and `${null}`"), "{message}");
}

#[test]
fn an_id_that_begins_with_that_of_an_account_that_stays_is_reported() {
    let (short, long) = (account(SIP, "accw", "SIP:a@b", &[]), account(SIP, "accwork", "SIP:c@b", &[]));
    assert_eq!(harm(&short, &long), ["account-id-prefix"]);
    assert_eq!(harm(&long, &short), ["account-id-prefix"]);
}

#[test]
fn what_stays_of_an_account_is_judged_with_what_comes() {
    let manual =
        account(SIP, "acc", "SIP:a@b", &["PROXY_AUTO_CONFIG=false", "PREFERRED_TRANSPORT=TCP", "PROXY_ADDRESS=p"]);
    let manual = manual.replace("acc.", "accx.").replace("acc=acc\n", "accx=accx\n");
    let plain = account(SIP, "accx", "SIP:a@b", &[]);
    assert_eq!(harm(&manual, &plain), [""; 0]);
    assert_eq!(harm(&manual, &format!("{SIP}accx.PREFERRED_TRANSPORT=${{null}}\n{plain}")), ["sip-proxy-transport"]);
    assert_eq!(harm(&manual, &format!("{SIP}accx.USER_ID=${{null}}")), ["user-id"]);
}

#[test]
fn an_account_that_loses_its_password_is_reported() {
    let with = account(JABBER, "accx", "Jabber:a@b", &["PASSWORD=hunter2"]);
    let without = account(JABBER, "accx", "Jabber:a@b", &[]);
    assert_eq!(harm(&with, &without), [""; 0], "it is kept");
    for removal in ["accx.ENCRYPTED_PASSWORD", "accx.ENC", "accx."] {
        let text = format!("{JABBER}{removal}=${{null}}\n{without}");
        assert_eq!(harm(&with, &text), ["password of accx"], "{removal}");
        assert_eq!(harm(&without, &text), [""; 0], "{removal}: there was none");
    }
    let needless = format!("{JABBER}accx.ENC=${{null}}\n{without}{JABBER}accx.ANONYMOUS_AUTH=true\n");
    assert_eq!(harm(&with, &needless), [""; 0]);
    let renamed = format!("{JABBER}accx=${{null}}\n{}", account(JABBER, "accy", "Jabber:a@b", &[]));
    assert_eq!(harm(&with, &renamed), ["password of accy"]);
    let set = format!("{renamed}{JABBER}accy.PASSWORD=hunter2\n");
    assert_eq!(harm(&with, &set), [""; 0]);
}

#[test]
fn a_lock_that_stays_is_reported() {
    let account = |more: &[&str]| account(JABBER, "accx", "Jabber:a@b", more);
    for lock in
        ["IS_READ_ONLY=true", "IS_READ_ONLY=", "IS_CONFIG_HIDDEN=true", "IS_PROTOCOL_HIDDEN=x", "CALLING_DISABLED=true"]
    {
        let name = lock.split_once('=').unwrap().0;
        assert_eq!(harm(&account(&[lock]), &account(&[])), [format!("locks {name}")], "{lock}");
        let unlocked = format!("{JABBER}accx.{name}=${{null}}\n{}", account(&[]));
        assert_eq!(harm(&account(&[lock]), &unlocked), [""; 0], "{lock}");
    }
    let options = format!("{GUI}main.configforms.SHOW_OPTIONS_WINDOW=false\n");
    assert_eq!(harm(&options, "a=1"), ["locks SHOW_OPTIONS_WINDOW"]);
    assert_eq!(harm(&options.replace("false", "true"), "a=1"), [""; 0]);
    assert_eq!(harm(&options, &options.replace("false", "true")), [""; 0]);
    for (lock, name) in [
        ("util.swing.auth.ALLOW_SAVE_PASSWORD=false", "ALLOW_SAVE_PASSWORD"),
        ("impl.muc.OWNER_CANT_REMOVE_CHATROOM=true", "OWNER_CANT_REMOVE_CHATROOM"),
        ("plugin.otr.PRIVATE_MESSAGING_MANDATORY=true", "PRIVATE_MESSAGING_MANDATORY"),
    ] {
        assert_eq!(harm(&format!("net.java.sip.communicator.{lock}\n"), "a=1"), [format!("locks {name}")], "{lock}");
    }
    let mandatory = "net.java.sip.communicator.plugin.provisioning.MANDATORY=true\n";
    assert_eq!(harm(mandatory, "a=1"), ["mandatory"], "a rule says more");
    assert_eq!(harm(&account(&["ICE_ENABLED=false"]), &account(&[])), [""; 0]);
    assert_eq!(harm(&account(&["IS_READ_ONLY=true"]), &format!("{JABBER}accx=${{null}}")), [""; 0]);
}
