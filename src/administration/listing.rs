//! The templates in force, as they may be shown: what is read here is in memory already, and nothing is kept twice.
//!
//! - The text is the one in force, which can differ from the file by now.
//! - Literal secrets are left out, as in what the linter shows.
//! - Findings are those of the review with sample users. It is made once for each policy, when the page is first opened.

mod disk;
mod file;
mod review;

use std::sync::Arc;

use jitsi_properties::Level;
use tokio::sync::watch;
use tokio::time::Instant;

use self::disk::Disk;
pub use self::disk::OnDisk;
pub use self::file::{ShownFile, SourceLine};
use self::review::Reviews;
use crate::model::config::{Pattern, Rule};
use crate::policy::{Diagnostic, Policy, PolicyState};
use crate::template::{Template, Templates};

/// Lists what is in force. A clone lists the same.
#[derive(Clone)]
pub struct Listing {
    policy: watch::Receiver<Arc<Policy>>,
    state: watch::Receiver<PolicyState>,
    reviews: Reviews,
    disk: Disk,
}

/// The templates in force. It holds no secret.
#[derive(Debug)]
pub struct TemplateList {
    /// Who gets which template, in the order in which rules are asked.
    pub rules: Vec<ListedRule>,
    /// The template for everyone whom no rule matches.
    pub default: String,
    /// All files, in the order in which they were read.
    pub files: Vec<ListedFile>,
    /// Whether the findings are counted; the review may have taken too long.
    pub is_reviewed: bool,
}

/// A rule that chooses a template.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListedRule {
    /// Its name.
    pub name: String,
    /// Its template.
    pub template: String,
    /// Its settings with their values, as they were written; a rule without any is for everyone.
    pub conditions: Vec<(String, String)>,
    /// An earlier rule that matches all users whom this one is for, if there is one: then this one chooses nothing.
    pub shadowed_by: Option<String>,
}

/// A file that templates are made of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListedFile {
    /// Its name: the path as it was named.
    pub name: String,
    /// How many lines it has.
    pub lines: usize,
    /// The rules that choose it as a template.
    pub rules: Vec<String>,
    /// Whether it is the default.
    pub is_default: bool,
    /// The other templates that include, import or extend it.
    pub part_of: Vec<String>,
    /// How many errors the linter finds in it.
    pub errors: usize,
    /// How many warnings.
    pub warnings: usize,
    /// How many notes.
    pub notes: usize,
}

impl Listing {
    /// Lists the policy of one channel and its state of the other.
    #[must_use]
    pub fn new(policy: watch::Receiver<Arc<Policy>>, state: watch::Receiver<PolicyState>) -> Self {
        Self { policy, state, reviews: Reviews::default(), disk: Disk::default() }
    }

    /// How the policy in force came there, with its sources of data.
    #[must_use]
    pub fn state(&self) -> PolicyState {
        self.state.borrow().clone()
    }

    /// The templates in force; their findings as far as the review is ready at `deadline`.
    pub async fn templates(&self, deadline: Instant) -> TemplateList {
        let policy = self.policy();
        let findings = self.reviews.of(&policy, deadline).await;
        list(policy.templates(), findings.as_deref())
    }

    /// The file with this name; none when no template in force is made of it.
    pub async fn file(&self, name: &str, deadline: Instant) -> Option<ShownFile> {
        let policy = self.policy();
        let text = policy.templates().sources().find(|(known, _)| *known == name)?.1;
        let findings = self.reviews.of(&policy, deadline).await;
        let listed = list(policy.templates(), findings.as_deref()).files.into_iter().find(|file| file.name == name)?;
        let path = policy.templates().files().find(|path| path.display().to_string() == name);
        let on_disk = self.disk.compare(path, text, deadline).await;
        let lines = file::lines(policy.templates(), name, text, findings.as_deref().unwrap_or_default());
        Some(ShownFile { listed, lines, on_disk, is_reviewed: findings.is_some() })
    }

    fn policy(&self) -> Arc<Policy> {
        Arc::clone(&self.policy.borrow())
    }
}

fn list(templates: &Templates, findings: Option<&[Diagnostic]>) -> TemplateList {
    let shadowed: Vec<_> = templates.shadowed().collect();
    let rule = |(rule, template): (&Rule, &Arc<Template>)| ListedRule {
        name: rule.name.clone(),
        template: template.name().to_owned(),
        conditions: conditions(rule),
        shadowed_by: shadowed.iter().find(|found| found.rule == rule.name).map(|found| found.by.to_owned()),
    };
    let default = templates.all().find(|choice| choice.rule.is_none()).map(|choice| choice.template.name());
    let file = |(name, text): (&str, &str)| {
        let count = |level| {
            let here = findings.unwrap_or_default().iter().filter(|finding| finding.file == name);
            here.filter(|finding| finding.level == level).count()
        };
        ListedFile {
            name: name.to_owned(),
            lines: text.lines().count(),
            rules: of_rules(templates, |template| template.name() == name),
            is_default: default == Some(name),
            part_of: part_of(templates, name),
            errors: count(Level::Error),
            warnings: count(Level::Warning),
            notes: count(Level::Note),
        }
    };
    TemplateList {
        rules: templates.rules().map(rule).collect(),
        default: default.unwrap_or_default().to_owned(),
        files: templates.sources().map(file).collect(),
        is_reviewed: findings.is_some(),
    }
}

fn of_rules(templates: &Templates, is_meant: impl Fn(&Template) -> bool) -> Vec<String> {
    templates.rules().filter(|(_, template)| is_meant(template)).map(|(rule, _)| rule.name.clone()).collect()
}

/// The other templates that are made of this file too.
fn part_of(templates: &Templates, name: &str) -> Vec<String> {
    let mut users: Vec<String> = Vec::new();
    for choice in templates.all() {
        let template = choice.template;
        let is_part = template.name() != name && template.files().iter().any(|file| file == name);
        if is_part && !users.iter().any(|known| known == template.name()) {
            users.push(template.name().to_owned());
        }
    }
    users
}

/// The settings of a rule that restrict it.
fn conditions(rule: &Rule) -> Vec<(String, String)> {
    let Rule { name: _, file: _, users, groups, roster_groups, networks, os, client_version, fields } = rule;
    let mut found = vec![
        ("users", joined(users)),
        ("groups", joined(groups)),
        ("roster_groups", joined(roster_groups)),
        ("networks", joined(networks)),
        ("os", joined(os)),
        ("client_version", joined(client_version)),
    ];
    found.retain(|(_, values)| !values.is_empty());
    let fields = fields.iter().map(|(name, patterns): (_, &Vec<Pattern>)| (format!("fields.{name}"), joined(patterns)));
    found.into_iter().map(|(setting, values)| (setting.to_owned(), values)).chain(fields).collect()
}

fn joined(values: &[impl ToString]) -> String {
    values.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests;
