//! Why some differences are right.

use std::collections::BTreeSet;

use anyhow::Context as _;
use serde::Deserialize;

use crate::comparison::{Difference, Difficulty};
use crate::pattern::is_of;

/// The file `reasons.toml` of this crate.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Reasons {
    reason: Vec<Reason>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Reason {
    kind: Difficulty,
    /// Keys or files; `*` is for any text.
    of: Vec<String>,
    why: String,
}

impl Reasons {
    pub(crate) fn parse(text: &str) -> anyhow::Result<Self> {
        let reasons: Self = toml::from_str(text).context("the file of reasons is broken")?;
        let without = reasons.reason.iter().find(|one| one.why.trim().is_empty());
        anyhow::ensure!(without.is_none(), "a reason says nothing: {:?}", without.map(|one| &one.of));
        Ok(reasons)
    }

    /// The differences that no reason is given for.
    pub(crate) fn without(&self, differences: &BTreeSet<Difference>) -> Vec<Difference> {
        differences
            .iter()
            .filter(|one| !self.reason.iter().any(|reason| reason.is_for(one).is_some()))
            .cloned()
            .collect()
    }

    /// The patterns that are for no difference.
    pub(crate) fn stale(&self, differences: &BTreeSet<Difference>) -> Vec<String> {
        let mut stale = Vec::new();
        for reason in &self.reason {
            let used: BTreeSet<&str> =
                differences.iter().flat_map(|one| reason.patterns_for(one)).map(String::as_str).collect();
            stale.extend(reason.of.iter().filter(|pattern| !used.contains(pattern.as_str())).cloned());
        }
        stale
    }
}

impl Reason {
    fn is_for(&self, difference: &Difference) -> Option<&String> {
        self.patterns_for(difference).next()
    }

    fn patterns_for(&self, difference: &Difference) -> impl Iterator<Item = &String> {
        let is_kind = self.kind == difference.kind;
        self.of.iter().filter(move |pattern| is_kind && is_of(&difference.text, pattern))
    }
}
