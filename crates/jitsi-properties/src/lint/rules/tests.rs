//! The rules, their documentation and the code that applies them agree.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use crate::lint::markdown::{ACCOUNTS, rules_as_markdown};
use crate::lint::rule::Rule;
use crate::lint::rules::rules;
use crate::lint::{Client, broken, lint};
use crate::parse;

/// The line of the page below which it is generated.
const GENERATED: &str =
    "<!-- Below, this page is generated from the rules: RENEW_DOCS=1 cargo test -p jitsi-properties --lib page -->\n\n";

#[test]
fn the_page_is_the_documentation_of_the_rules() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/lint.md");
    let page = fs::read_to_string(&path).unwrap();
    let (before, _) = page.split_once(GENERATED).unwrap();
    let expected = format!("{before}{GENERATED}{}", rules_as_markdown());
    if std::env::var_os("RENEW_DOCS").is_some() {
        fs::write(&path, &expected).unwrap();
        return;
    }
    assert!(page == expected, "docs/lint.md is out of date; run the command named in it");
}

fn text(example: &str) -> String {
    example.replace("# …\n", ACCOUNTS)
}

#[test]
fn each_example_breaks_its_rule_only_and_the_text_to_use_instead_breaks_none() {
    for rule in rules() {
        let wrong = text(rule.example);
        let findings = lint(&parse(&wrong).unwrap(), &Client::default());
        let found: BTreeSet<_> = findings.iter().map(|finding| finding.rule.id).collect();
        assert_eq!(found.into_iter().collect::<Vec<_>>(), [rule.id], "{wrong}");
        assert!(findings.iter().all(|finding| rule.levels.contains(&finding.level)), "{}", rule.id);
        assert_eq!(broken(&text(rule.instead)), [], "{}: {}", rule.id, rule.instead);
    }
}

#[test]
fn rules_have_unique_names_and_sorted_levels() {
    let mut ids = BTreeSet::new();
    for rule in rules() {
        assert!(ids.insert(rule.id), "{}", rule.id);
        assert!(rule.id.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'-'), "{}", rule.id);
        assert!(!rule.levels.is_empty() && rule.levels.is_sorted_by(|worse, other| worse > other), "{}", rule.id);
        assert_eq!(Rule::named(rule.id), Some(rule));
        assert!(rule.what.ends_with('.') && rule.why.ends_with('.'), "{}", rule.id);
    }
}
