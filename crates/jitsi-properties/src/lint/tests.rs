pub(in crate::lint) mod advice;
mod growth;
mod peers;

use std::collections::BTreeSet;

use proptest::prelude::*;

use super::*;
use crate::version::Version;
use crate::{encode, escape, parse};

#[test]
fn a_sound_answer_has_no_findings() {
    let text = "# site policy\n\
        net.java.sip.communicator.impl.protocol.jabber.acchq=acchq\n\
        net.java.sip.communicator.impl.protocol.jabber.acchq.ACCOUNT_UID=Jabber:anna@example.test@example.test\n\
        net.java.sip.communicator.impl.protocol.jabber.acchq.USER_ID=anna@example.test\n\
        net.java.sip.communicator.impl.protocol.jabber.acchq.PASSWORD=hunter2\n\
        net.java.sip.communicator.impl.protocol.jabber.acchq.PROTOCOL_NAME=Jabber\n\
        net.java.sip.communicator.impl.protocol.jabber.acchq.IS_READ_ONLY=${null}\n\
        net.java.sip.communicator.impl.protocol.jabber.accold=${null}\n\
        provisioning.ENFORCE_PREFIX=net.java.sip.communicator|impl.gui\n";
    assert_eq!(lint(&parse(text).unwrap(), &Client::default()), []);
}

#[test]
fn a_finding_shows_line_rule_and_message() {
    let [finding] = lint(&parse("\n=x").unwrap(), &Client::default()).try_into().unwrap();
    assert_eq!(
        finding.to_string(),
        "line 2: empty-key: there is nothing before the `=`, and the client skips such a line; write the key, or remove \
         the line"
    );
    assert_eq!(finding.level, Level::Warning);
}

#[test]
fn a_finding_tells_the_place_of_the_key_or_value_that_it_is_about() {
    let text = "provisioning.ENFORCE_PREFIX = impl.g\\u0075i\na.\\u0062c=1\na.bc=2";
    let findings = lint(&parse(text).unwrap(), &Client::default());
    let places: Vec<_> = findings.iter().map(|finding| (finding.rule.id, &text[finding.at.clone()])).collect();
    assert_eq!(
        places,
        [("enforce-prefix", "impl.g\\u0075i"), ("unknown-key", "a.\\u0062c"), ("duplicate-key", "a.bc")]
    );
}

#[test]
fn what_a_rule_says_the_catalogue_does_not_say_again() {
    const ACC: &str = "net.java.sip.communicator.impl.protocol.jabber.accx";
    let reported = |text: &str| {
        let findings = lint(&parse(text).unwrap(), &Client::default());
        findings.into_iter().map(|finding| (finding.line, finding.rule.id)).collect::<Vec<_>>()
    };
    let account = format!("{ACC}=accx\n{ACC}.ACCOUNT_UID=u\n{ACC}.PROTOCOL_NAME=Jabber\n");
    assert_eq!(reported(&format!("{account}{ACC}.USER_ID=anna")), [(4, "user-id-jid")]);
    // A note does not replace a warning.
    let port = format!("{account}{ACC}.USER_ID=a@b\n{ACC}.SERVER_PORT=x ");
    assert_eq!(reported(&port), [(5, "value-with-blank"), (5, "wrong-value")]);
}

/// Keys out of which most rules fire, and any others.
fn key() -> impl Strategy<Value = String> {
    const NAMES: [&str; 38] = [
        "impl.protocol.jabber",
        "impl.protocol.jabber.acc1",
        "impl.protocol.jabber.acc1.",
        "impl.protocol.jabber.acc1.ACCOUNT_UID",
        "impl.protocol.jabber.acc1.USER_ID",
        "impl.protocol.jabber.acc1.IS_SERVER_OVERRIDDEN",
        "impl.protocol.jabber.acc1.SERVER_PORT",
        "impl.protocol.jabber.acc1.GTALK_ICE_ENABLED",
        "impl.protocol.jabber.acc1.STUN0ADDRESS",
        "impl.protocol.jabber.acc1.STUN1PORT",
        "impl.protocol.jabber.acc1.STUN1PASSWORD",
        "impl.protocol.jabber.acc1.JINGLENODES7ADDRESS",
        "impl.protocol.jabber.acc1.Encodings.opus/48000",
        "impl.protocol.jabber.acc12",
        "impl.protocol.jabber.acc12.USER_ID",
        "impl.protocol.jabber.acc12.ACCOUNT_UID",
        "impl.protocol.sip.acc1",
        "impl.protocol.sip.acc1.ACCOUNT_UID",
        "impl.protocol.sip.acc1.PROXY_AUTO_CONFIG",
        "impl.protocol.sip.acc1.PROXY_ADDRESS",
        "impl.protocol.sip.acc1.PREFERRED_TRANSPORT",
        "impl.protocol.sip.acc1.cusax.XMPP_ACCOUNT_ID",
        "impl.protocol.sip.x.PASSWORD",
        "impl.protocol.sip.acc1.PASSWORD",
        "impl.gui.accounts.acc1",
        "impl.gui.accounts.acc1.chatRooms.r",
        "impl.gui.accounts.acc1.chatRooms.r.autoJoin",
        "impl.ldap.directories.dir1",
        "impl.ldap.directories.dir1.port",
        "plugin.provisioning.METHOD",
        "plugin.provisioning.URL",
        "plugin.provisioning.MANDATORY",
        "UUID",
        "impl",
        "service.protocol.PREFERRED_TRANSPORT",
        "service.protocol.sip.PROXY_AUTO_CONFIG",
        "impl.certservice.param.example.org",
        "impl.gui.main.menus.SHOW_OPTIONS_WINDOW",
    ];
    prop_oneof![
        6 => prop::sample::select(&NAMES[..]).prop_map(|name| format!("net.java.sip.communicator.{name}")),
        1 => Just("provisioning.ENFORCE_PREFIX".to_owned()),
        1 => Just("provisioning.ALLOW_PREFIX".to_owned()),
        1 => Just("${system}.x".to_owned()),
        1 => Just("site.password".to_owned()),
        1 => "net\\.java\\.sip\\.communicator\\.(impl|service)\\.protocol\\.[a-zA-Z.<>0-9/]{0,30}",
        1 => "(plugin|impl\\.gui|\\$\\{system\\})[.<>a-zA-Z0-9/é]{0,20}",
        1 => "\\PC{0,5}",
    ]
}

fn value() -> impl Strategy<Value = &'static str> {
    prop::sample::select(
        &["", "${null} ", "SECRET", "SECRET|SECRET", "${null}", "true ", "net|", "acc1", "|", "false"][..],
    )
}

/// A text of such lines, with one of the separators between key and value.
fn text(separators: &'static [&'static str]) -> impl Strategy<Value = String> {
    let line = (key(), prop::sample::select(separators), value()).prop_map(|(key, separator, value)| {
        let mut line = String::new();
        escape(&key, &mut line);
        line + separator + value
    });
    prop::collection::vec(line, 0..30).prop_map(|lines| lines.join("\n"))
}

/// The number of the entry that each finding is about, and its rule.
fn by_entry(text: &str) -> Vec<(usize, &'static str)> {
    let document = parse(text).unwrap();
    let lines: Vec<_> = document.entries().map(|entry| entry.line()).collect();
    let place = |line| lines.partition_point(|before| *before < line);
    lint(&document, &Client::default()).into_iter().map(|finding| (place(finding.line), finding.rule.id)).collect()
}

proptest! {
    #[test]
    fn no_finding_tells_a_value(text in text(&["=", ":", " "]), version in "2\\.(9|10|11|14)|") {
        let client = Client { version: Version::parse(&version), ..Client::default() };
        for finding in lint(&parse(&text).unwrap(), &client) {
            let shown = format!("{finding} {finding:?}");
            prop_assert!(!shown.contains("SECRET"), "{}", shown);
        }
    }

    #[test]
    fn a_line_without_separator_is_not_reported_either(secret in "[a-z]{12}") {
        let document = parse(&format!("acc1.PASSWORD{secret}")).unwrap();
        let findings = format!("{:?}", lint(&document, &Client::default()));
        prop_assert!(!findings.contains(&secret), "{}", findings);
    }

    #[test]
    fn findings_are_of_rules_in_the_table_and_lie_in_the_text(text in text(&["=", ":", " "])) {
        let findings = lint(&parse(&text).unwrap(), &Client::default());
        prop_assert!(findings.is_sorted_by_key(|finding| finding.line));
        for finding in findings {
            let rule = Rule::named(finding.rule.id).unwrap();
            prop_assert!(rule.levels.contains(&finding.level), "{}", finding);
            prop_assert!(text.get(finding.at.clone()).is_some(), "{}", finding);
        }
    }

    #[test]
    fn what_is_sent_has_the_findings_of_what_was_written(text in text(&["=", " = "])) {
        let sent = String::from_utf8(encode(&parse(&text).unwrap())).unwrap();
        prop_assert_eq!(by_entry(&sent), by_entry(&text));
    }

    #[test]
    fn any_text_is_looked_at(text in "(\\PC|[#=:\\n ]|lint: allow|acc1|\\$\\{null\\}){0,40}") {
        if let Ok(document) = parse(&text) {
            let rules: BTreeSet<_> = lint(&document, &Client::default()).iter().map(|finding| finding.rule.id).collect();
            prop_assert!(rules.iter().all(|rule| Rule::named(rule).is_some()));
        }
    }
}
