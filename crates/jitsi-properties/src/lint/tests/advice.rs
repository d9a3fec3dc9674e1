//! The advice of every message is followed, and the text linted again: the finding goes, and nothing new appears.
//!
//! [`follow`] does what a message says, as far as it says so in the words that most messages use: "add `….id.KEY=value`",
//! "write `value`", "remove the line". So what is tried is what people read. The others are in [`by_hand`], with the words
//! of the message that an author follows: where that makes the rule's `instead` of its example, and with two texts. When the
//! words of such a message change, its row has to be thought over.
//!
//! No rule can be left out: each has an example whose messages are tried here, and [`broken`](super::super::broken), with which
//! the rules' own tests look at texts, tries the messages of all those texts too.

mod by_hand;
mod follow;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use self::by_hand::by_hand;
use self::follow::follow;
use super::super::rules::known;
use super::*;
use crate::lint::markdown::ACCOUNTS;

/// An author's way of following a message that is not in the usual words. `~.` is what most keys begin with.
struct ByHand {
    rule: &'static str,
    /// The words of the message that were followed.
    says: &'static str,
    text: &'static str,
    then: &'static str,
}

/// The shapes of the messages in the tables.
static KNOWN: LazyLock<BTreeSet<(&'static str, String)>> =
    LazyLock::new(|| by_hand().filter_map(|tried| Some((tried.rule, shape(&finding(&tried)?.message)))).collect());

/// The shapes of the messages about the examples of the rules, which the first test follows.
static OF_EXAMPLES: LazyLock<BTreeSet<(&'static str, String)>> = LazyLock::new(|| {
    let findings = rules().flat_map(|rule| linted(&whole(rule.example)));
    findings.map(|finding| (finding.rule.id, shape(&finding.message))).collect()
});

/// What a message is without what differs from text to text: names, keys and numbers.
fn shape(message: &str) -> String {
    let names = message.split('`').step_by(2).collect::<Vec<_>>().join("`_`");
    let numbers: String = names.chars().filter(|letter| !letter.is_ascii_digit()).collect();
    numbers.replace(" and  more", "")
}

fn linted(text: &str) -> Vec<Finding> {
    lint(&parse(text).unwrap(), &Client::default())
}

fn whole(text: &str) -> String {
    text.replace("# …\n", ACCOUNTS).replace("~.", "net.java.sip.communicator.")
}

/// The finding that a row of the tables is about.
fn finding(tried: &ByHand) -> Option<Finding> {
    let mut found = linted(&whole(tried.text)).into_iter();
    found.find(|finding| finding.rule.id == tried.rule && finding.message.contains(tried.says))
}

/// What is wrong with the second text, made of the first by following a finding: it still has it, or has a new one.
fn worse(finding: &Finding, text: &str, then: &str) -> Option<String> {
    let count = |text: &str| {
        let found = linted(text).into_iter().map(|found| found.rule.id);
        found.fold(BTreeMap::<_, usize>::new(), |mut rules, rule| {
            *rules.entry(rule).or_default() += 1;
            rules
        })
    };
    let (before, after) = (count(text), count(then));
    let times = |rules: &BTreeMap<&str, usize>, rule: &str| rules.get(rule).copied().unwrap_or_default();
    // A text of one line that is wrong has none when it goes.
    let new = after.keys().copied().find(|rule| *rule != "no-entry" && times(&after, rule) > times(&before, rule));
    let stays = times(&after, finding.rule.id) >= times(&before, finding.rule.id);
    let what = new
        .map(|rule| format!("makes a new finding of {rule}"))
        .or_else(|| stays.then(|| "has no effect".to_owned()))?;
    Some(format!("{finding}\n   followed in\n{text}\n   {what}:\n{then}\n"))
}

/// What is wrong with the advice of a finding.
fn bad_advice(finding: &Finding, text: &str) -> Option<String> {
    if KNOWN.contains(&(finding.rule.id, shape(&finding.message))) {
        return None;
    }
    let followed = follow(text, finding);
    if followed.is_empty() {
        return Some(format!(
            "{finding}\n   no test follows this; word it like others, or add it to lint/tests/advice/by_hand.txt\n"
        ));
    }
    followed.iter().find_map(|then| worse(finding, text, then))
}

/// Follows the messages about a text, for the tests of the rules.
#[track_caller]
pub(in crate::lint) fn try_all(text: &str, findings: &[Finding]) {
    let findings = findings.iter().filter(|finding| !known::FAMILY.rules.contains(&finding.rule));
    let new = findings.filter(|finding| !OF_EXAMPLES.contains(&(finding.rule.id, shape(&finding.message))));
    let bad: Vec<_> = new.filter_map(|finding| bad_advice(finding, text)).collect();
    assert!(bad.is_empty(), "{}", bad.join("\n"));
}

#[test]
fn the_advice_of_every_rule_mends_its_example() {
    let mut bad = Vec::new();
    for rule in rules() {
        let text = whole(rule.example);
        let findings = linted(&text);
        assert!(findings.iter().any(|finding| finding.rule == rule), "{}", rule.id);
        bad.extend(findings.iter().filter_map(|finding| bad_advice(finding, &text)));
    }
    assert!(bad.is_empty(), "{}", bad.join("\n"));
}

#[test]
fn what_is_not_in_the_usual_words_is_followed_by_hand() {
    let bad = by_hand().filter_map(|tried| match finding(&tried) {
        Some(finding) => worse(&finding, &whole(tried.text), &whole(tried.then)),
        None => Some(format!("{}: no message says {:?} of\n{}\n", tried.rule, tried.says, tried.text)),
    });
    let bad: Vec<_> = bad.collect();
    assert!(bad.is_empty(), "{}", bad.join("\n"));
}
