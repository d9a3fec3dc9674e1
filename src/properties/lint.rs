//! What would do harm, or nothing, on a client.
//!
//! One file per family of rules; each looks at the whole document and adds its findings. Lines are applied by the
//! client in their order, and of a key that is set twice the last value counts.

mod account_ids;
mod accounts;
mod beginnings;
mod blanks;
mod client;
mod finding;
mod keys;
mod known;
mod ldap;
mod media;
mod order;
mod passwords;
mod prefixes;
mod provisioning;
mod removals;
mod rooms;
mod rules;
mod settings;
mod silence;
mod sip;
mod system;

use std::collections::HashMap;

pub use self::client::Client;
pub use self::finding::{Finding, Level};
pub use self::rules::{RULES, Rule};

use self::settings::Settings;
use super::document::Document;

/// Checks a document for what harms `client` or has no effect on it, but for what its comments silence.
///
/// The findings come in the order of the lines.
#[must_use]
pub fn lint(document: &Document, client: &Client) -> Vec<Finding> {
    if let Some(page) = keys::web_page(document) {
        return vec![page];
    }
    let settings = Settings::new(document);
    let mut findings = Vec::new();
    keys::check(&settings, &mut findings);
    blanks::check(document, &mut findings);
    account_ids::check(&settings, &mut findings);
    accounts::check(&settings, &mut findings);
    sip::check(&settings, &mut findings);
    media::check(&settings, &mut findings);
    ldap::check(&settings, &mut findings);
    rooms::check(&settings, &mut findings);
    passwords::check(document, &mut findings);
    removals::check(document, &mut findings);
    order::check(&settings, &mut findings);
    prefixes::check(&settings, &mut findings);
    system::check(document, &mut findings);
    provisioning::check(&settings, &mut findings);
    let specific = findings.len();
    known::check(document, client, &mut findings);
    once(&mut findings, specific);
    silence::apply(document, &mut findings);
    findings.sort_by_key(|finding| finding.line);
    findings
}

/// Leaves out what the catalogue says about an entry of which a rule, one of the first `specific`, says more.
fn once(findings: &mut Vec<Finding>, specific: usize) {
    if specific == 0 || specific == findings.len() {
        return;
    }
    let mut told: HashMap<usize, Level> = HashMap::new();
    let mut place = 0;
    findings.retain(|finding| {
        place += 1;
        if place <= specific {
            told.entry(finding.line).and_modify(|level| *level = finding.level.max(*level)).or_insert(finding.level);
            return true;
        }
        let says_less = ["unknown-key", "wrong-value"].contains(&finding.rule);
        !says_less || told.get(&finding.line).is_none_or(|level| *level < finding.level)
    });
}

/// The value that makes the client remove every key that begins with the entry's key.
const REMOVE: &str = "${null}";

/// The rules that a text breaks, with their lines, but for those about known keys; for the tests of the rules.
#[cfg(test)]
fn broken(text: &str) -> Vec<(usize, &'static str)> {
    let findings = lint(&super::parse(text).unwrap(), &Client::default()).into_iter();
    let findings = findings.filter(|finding| !known::RULES.contains(&finding.rule));
    findings.map(|finding| (finding.line, finding.rule)).collect()
}

/// The same for some rules only, for texts that break others.
#[cfg(test)]
fn broken_by(rules: &[&str], text: &str) -> Vec<(usize, &'static str)> {
    broken(text).into_iter().filter(|(_, rule)| rules.contains(rule)).collect()
}

/// Lines below a node.
#[cfg(test)]
fn below(node: &str, lines: &[&str]) -> String {
    lines.iter().flat_map(|line| [node, line, "\n"]).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::properties::{escape, parse};

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
        assert_eq!(broken(text), []);
    }

    #[test]
    fn a_finding_shows_line_rule_and_message() {
        let [finding] = lint(&parse("\n=x").unwrap(), &Client::default()).try_into().unwrap();
        assert_eq!(
            finding.to_string(),
            "line 2: empty-key: nothing stands before the `=`, and the client skips such a line; write the key, \
             or remove the line"
        );
        assert_eq!(finding.level, Level::Warning);
    }

    #[test]
    fn a_finding_tells_the_place_of_the_key_or_value_that_it_is_about() {
        let text = "provisioning.ENFORCE_PREFIX = impl.g\\u0075i\na.\\u0062c=1\na.bc=2";
        let findings = lint(&parse(text).unwrap(), &Client::default());
        let places: Vec<_> = findings.iter().map(|finding| (finding.rule, &text[finding.at.clone()])).collect();
        assert_eq!(
            places,
            [("enforce-prefix", "impl.g\\u0075i"), ("unknown-key", "a.\\u0062c"), ("duplicate-key", "a.bc")]
        );
    }

    /// Keys and values out of which most rules fire.
    fn hostile_text() -> impl Strategy<Value = String> {
        let key = prop_oneof![
            Just("net.java.sip.communicator.impl.protocol.jabber.acc1".to_owned()),
            Just("net.java.sip.communicator.impl.protocol.jabber.acc12.USER_ID".to_owned()),
            Just("net.java.sip.communicator.impl.protocol.sip.x.PASSWORD".to_owned()),
            Just("net.java.sip.communicator.impl".to_owned()),
            Just("provisioning.ENFORCE_PREFIX".to_owned()),
            "\\PC{0,5}",
        ];
        let separator = prop_oneof![Just("="), Just(":"), Just(" ")];
        let value = prop_oneof![Just(""), Just("${null} "), Just("SECRET"), Just("SECRET|SECRET"), Just("${null}")];
        let line = (key, separator, value).prop_map(|(key, separator, value)| {
            let mut line = String::new();
            escape(&key, &mut line);
            line + separator + value
        });
        prop::collection::vec(line, 0..20).prop_map(|lines| lines.join("\n"))
    }

    proptest! {
        #[test]
        fn no_finding_tells_a_value(text in hostile_text()) {
            for finding in lint(&parse(&text).unwrap(), &Client::default()) {
                let shown = format!("{finding} {finding:?}");
                prop_assert!(!shown.contains("SECRET"), "{}", shown);
            }
        }

        #[test]
        fn a_line_without_separator_is_not_told_either(secret in "[a-z]{12}") {
            let document = parse(&format!("acc1.PASSWORD{secret}")).unwrap();
            let findings = format!("{:?}", lint(&document, &Client::default()));
            prop_assert!(!findings.contains(&secret), "{}", findings);
        }
    }
}
