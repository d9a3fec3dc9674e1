//! What a rule of the linter is.

use std::hash::{Hash, Hasher};

use super::level::Level;

/// A rule of the linter, with its documentation. Two rules with the same `id` are equal.
#[derive(Debug, Clone, Copy)]
pub struct Rule {
    /// The name, in lower case with hyphens. It never changes: texts and reports name it.
    pub id: &'static str,
    /// The levels that its findings may have, the worst first.
    pub levels: &'static [Level],
    /// Whether a comment may suppress it. False where a violation loses the whole reply or breaks a client permanently,
    /// for findings caused by unreviewed data, and for the rules about suppressions themselves.
    pub can_be_suppressed: bool,
    /// Whether it judges a single value, so that a finding about a made-up value says nothing about the template.
    pub is_about_value: bool,
    /// What it finds, in one sentence.
    pub what: &'static str,
    /// Why that is bad, in Markdown.
    pub why: &'static str,
    /// A text that breaks this rule and no other.
    pub example: &'static str,
    /// What to write instead.
    pub instead: &'static str,
}

/// Rules about the same subject, with their title in the documentation.
#[derive(Debug)]
pub(super) struct Family {
    pub(super) title: &'static str,
    pub(super) rules: &'static [&'static Rule],
}

impl PartialEq for Rule {
    fn eq(&self, other: &Self) -> bool {
        self.id == other.id
    }
}

impl Eq for Rule {}

impl Hash for Rule {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.id.hash(state);
    }
}
