//! What would do harm, or nothing, on a client.
//!
//! One file per family of rules; each looks at the whole document and adds its findings. Lines are applied by the
//! client in their order, and of a key that is set twice the last value counts.

mod client;
mod display;
mod finding;
mod level;
mod markdown;
mod rule;
mod rules;
mod settings;
mod suppression;
#[cfg(test)]
mod tests;

use std::collections::{HashMap, HashSet};

pub use self::client::Client;
pub use self::finding::{Finding, OtherLine};
pub use self::level::Level;
pub use self::markdown::rules_as_markdown;
pub use self::rule::Rule;
pub use self::rules::rules;

use self::rules::{accounts, calls, contacts, known, network, provisioning, removals, text};
use self::settings::Settings;
use crate::document::Document;

/// Checks a document for what harms `client` or has no effect on it, but for what its comments silence.
///
/// The findings come in the order of the lines.
#[must_use]
pub fn lint(document: &Document, client: &Client) -> Vec<Finding> {
    if let Some(page) = text::keys::web_page(document) {
        return vec![page];
    }
    let settings = Settings::new(document);
    let mut findings = Vec::new();
    text::keys::check(&settings, &mut findings);
    text::blanks::check(&settings, &mut findings);
    text::slips::check(document, &mut findings);
    text::values::check(&settings, &mut findings);
    accounts::ids::check(&settings, &mut findings);
    accounts::identity::check(&settings, &mut findings);
    accounts::login::check(&settings, &mut findings);
    accounts::switched_off::check(&settings, &mut findings);
    accounts::defaults::check(&settings, &mut findings);
    calls::sip::check(&settings, &mut findings);
    calls::telephony::check(&settings, &mut findings);
    calls::media::check(&settings, &mut findings);
    calls::encryption::check(&settings, &mut findings);
    calls::codecs::check(&settings, &mut findings);
    calls::ports::check(&settings, &mut findings);
    contacts::ldap::check(&settings, client, &mut findings);
    contacts::lists::check(&settings, &mut findings);
    accounts::display_name::check(&settings, &mut findings);
    contacts::rooms::check(&settings, &mut findings);
    accounts::passwords::check(&settings, &mut findings);
    removals::reach::check(&settings, &mut findings);
    removals::order::check(&settings, &mut findings);
    provisioning::prefixes::check(&settings, &mut findings);
    provisioning::system::check(&settings, &mut findings);
    provisioning::check(&settings, &mut findings);
    network::check(&settings, client, &mut findings);
    let specific = findings.len();
    known::check(&settings, client, &mut findings);
    once(&mut findings, specific);
    blanks_once(&mut findings);
    suppression::apply(settings.document(), client, &mut findings);
    findings.sort_by_key(|finding| finding.line);
    findings
}

/// Whether a rule is about settings, however they came into the client, and not about a text that sets them.
pub(crate) fn judges_state(rule: &Rule) -> bool {
    let families = [
        &text::FAMILY,
        &known::FAMILY,
        &removals::FAMILY,
        &provisioning::prefixes::FAMILY,
        &provisioning::system::FAMILY,
    ];
    !families.iter().any(|family| family.rules.contains(&rule))
}

/// Leaves out what the catalogue says about an entry of which a rule, one of the first `specific`, says more.
fn once(findings: &mut Vec<Finding>, specific: usize) {
    if specific == 0 || specific == findings.len() {
        return;
    }
    let mut reported: HashMap<usize, Level> = HashMap::new();
    let mut place = 0;
    findings.retain(|finding| {
        place += 1;
        if place <= specific {
            reported
                .entry(finding.line)
                .and_modify(|level| *level = finding.level.max(*level))
                .or_insert(finding.level);
            return true;
        }
        let says_less = [&known::UNKNOWN_KEY, &known::WRONG_VALUE].contains(&finding.rule);
        !says_less || reported.get(&finding.line).is_none_or(|level| *level < finding.level)
    });
}

/// Leaves out what is said of a blank behind a value that is an error, to which the blank belongs.
fn blanks_once(findings: &mut Vec<Finding>) {
    let is_blank = |finding: &Finding| finding.rule == &text::VALUE_WITH_BLANK;
    if !findings.iter().any(is_blank) {
        return;
    }
    let reported: HashSet<_> =
        findings.iter().filter(|finding| finding.level == Level::Error).map(|finding| finding.at.clone()).collect();
    findings.retain(|finding| !is_blank(finding) || !reported.contains(&finding.at));
}

/// The rules that a text breaks, with their lines, but for those about known keys; for the tests of the rules.
#[cfg(test)]
fn broken(text: &str) -> Vec<(usize, &'static str)> {
    let findings = lint(&crate::parse(text).unwrap(), &Client::default());
    tests::advice::try_all(text, &findings);
    let findings = findings.into_iter();
    let findings = findings.filter(|finding| !known::FAMILY.rules.contains(&finding.rule));
    findings.map(|finding| (finding.line, finding.rule.id)).collect()
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
