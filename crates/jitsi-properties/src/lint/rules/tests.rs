//! The rules, their page in the documents and the code that applies them speak of the same rules.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use super::super::{Client, broken, lint};
use super::*;
use crate::parse;

const PAGE: &str = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/lint.md"));

/// A rule's part of the page.
struct Section<'a> {
    id: &'a str,
    text: &'a str,
    examples: Vec<String>,
}

/// The code blocks of a piece of the page.
fn blocks(text: &str) -> Vec<&str> {
    text.split("```properties\n").skip(1).map(|rest| rest.split("```").next().unwrap()).collect()
}

fn sections() -> Vec<Section<'static>> {
    let mut parts = PAGE.split("\n### ");
    let accounts = *blocks(parts.next().unwrap()).last().unwrap();
    parts
        .map(|part| {
            let (id, text) = part.split_once('\n').unwrap();
            let examples = blocks(text).into_iter().map(|block| block.replace("# …\n", accounts)).collect();
            Section { id, text, examples }
        })
        .collect()
}

fn name(level: Level) -> &'static str {
    match level {
        Level::Error => "error",
        Level::Warning => "warning",
        Level::Note => "note",
    }
}

#[test]
fn the_page_says_what_the_table_says() {
    let sections = sections();
    let ids: Vec<_> = sections.iter().map(|section| section.id).collect();
    assert_eq!(ids, RULES.iter().map(|rule| rule.id).collect::<Vec<_>>());
    for (rule, section) in RULES.iter().zip(sections) {
        let levels: Vec<_> = rule.levels.iter().map(|level| name(*level)).collect();
        let never = if rule.can_be_silenced { "" } else { ", cannot be silenced" };
        let said = format!("**{}{never}**: {}; {}.", levels.join(" or "), rule.what, rule.why);
        assert!(section.text.contains(&said), "docs/lint.md should say under {}:\n{said}", rule.id);
    }
}

#[test]
fn each_example_breaks_its_rule_only_and_what_stands_instead_breaks_none() {
    for section in sections() {
        let [wrong, instead] = section.examples.as_slice() else { panic!("{}: two examples", section.id) };
        let wrong = wrong.trim_end_matches('\n');
        let findings = lint(&parse(wrong).unwrap(), &Client::default());
        let rules: BTreeSet<_> = findings.iter().map(|finding| finding.rule).collect();
        assert_eq!(rules.into_iter().collect::<Vec<_>>(), [section.id], "{wrong}");
        let levels = Rule::named(section.id).unwrap().levels;
        assert!(findings.iter().all(|finding| levels.contains(&finding.level)), "{}", section.id);
        assert_eq!(broken(instead.trim_end_matches('\n')), [], "{}: {instead}", section.id);
    }
}

/// Names of rules in the code: texts in quotes behind a word that makes a finding.
fn emitted(code: &str) -> Vec<(&'static str, &str)> {
    const MAKERS: [(&str, &str); 5] = [
        ("Finding::error(", "error"),
        ("Finding::warning(", "warning"),
        ("Finding::note(", "note"),
        ("of_version(", "note"),
        ("rule: ", ""),
    ];
    let mut found = Vec::new();
    for (maker, level) in MAKERS {
        for rest in code.split(maker).skip(1) {
            if let Some(rest) = rest.trim_start().strip_prefix('"') {
                found.push((level, rest.split('"').next().unwrap()));
            }
        }
    }
    for rest in code.split("Finding::in_comment(Level::").skip(1) {
        let (level, rest) = rest.split_once(", \"").unwrap();
        let level = if level == "Warning" { "warning" } else { "note" };
        found.push((level, rest.split('"').next().unwrap()));
    }
    found
}

fn each_file(folder: &Path, look: &mut impl FnMut(&Path, &str)) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            each_file(&path, look);
        } else if path.extension().is_some_and(|ending| ending == "rs") && !path.ends_with("tests.rs") {
            look(&path, &fs::read_to_string(&path).unwrap());
        }
    }
}

#[test]
fn the_code_makes_findings_of_the_rules_in_the_table_only() {
    let mut ids = BTreeSet::new();
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/lint");
    each_file(&folder, &mut |path, code| {
        for (level, id) in emitted(code) {
            let rule = Rule::named(id).unwrap_or_else(|| panic!("{}: no rule `{id}`", path.display()));
            let known = rule.levels.iter().any(|known| name(*known) == level);
            assert!(known || level.is_empty(), "{}: `{id}` is no {level}", path.display());
            ids.insert(rule.id);
        }
    });
    assert_eq!(ids, RULES.iter().map(|rule| rule.id).collect());
}

#[test]
fn names_are_there_once_and_in_one_form() {
    let mut ids = BTreeSet::new();
    for rule in RULES {
        assert!(ids.insert(rule.id), "{}", rule.id);
        assert!(rule.id.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'-'), "{}", rule.id);
        assert!(!rule.levels.is_empty() && rule.levels.is_sorted_by(|worse, other| worse > other), "{}", rule.id);
    }
}
