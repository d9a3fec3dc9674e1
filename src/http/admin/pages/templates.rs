//! The templates in force: who gets which, their sources and what the linter says about them.

pub(super) mod finding;

use http::StatusCode;
use jitsi_properties::rules;
use minijinja::context;
use minijinja::value::Serde;
use serde::Serialize;

use self::finding::{FindingView, LINES, Place};
use crate::administration::listing::{ListedFile, ListedRule, OnDisk, ShownFile, SourceLine};
use crate::http::admin::page_answer::PageAnswer;
use crate::http::admin::visit::Visit;
use crate::model::visible::visible;
use crate::policy::PolicyState;

/// All templates, or the file that the address names.
pub(super) async fn show(visit: &Visit<'_>) -> PageAnswer {
    let listing = &visit.administration.listing;
    let Some(name) = visit.asked("file") else {
        let list = listing.templates(visit.deadline).await;
        let values = context! {
            policy => Serde(PolicyView::of(&listing.state())),
            rules => Serde(list.rules.iter().map(RuleView::of).collect::<Vec<_>>()),
            default => Serde(Place::of(&list.default, 0)),
            files => Serde(list.files.iter().map(FileView::of).collect::<Vec<_>>()),
            is_reviewed => list.is_reviewed,
        };
        return PageAnswer::page("templates.html", values);
    };
    match listing.file(name, visit.deadline).await {
        Some(file) => of_file(visit, &file, &listing.state()),
        None => PageAnswer::error(&visit.view.words, StatusCode::NOT_FOUND, "no-template", &[]),
    }
}

fn of_file(visit: &Visit<'_>, file: &ShownFile, state: &PolicyState) -> PageAnswer {
    let first = visit.asked("from").and_then(|from| from.parse::<usize>().ok()).unwrap_or(1).max(1);
    let name = &file.listed.name;
    let lines: Vec<LineView> = file.lines.iter().skip(first - 1).take(LINES).map(LineView::of).collect();
    let next = first + lines.len();
    let values = context! {
        policy => Serde(PolicyView::of(state)),
        file => Serde(FileView::of(&file.listed)),
        earlier => (first > 1).then(|| Place::of(name, first.saturating_sub(LINES).max(1)).link),
        later => (next <= file.lines.len()).then(|| Place::of(name, next).link),
        lines => Serde(lines),
        on_disk => match file.on_disk {
            OnDisk::Same | OnDisk::Unknown => "",
            OnDisk::Other => "other",
            OnDisk::Unreadable => "unreadable",
        },
        is_reviewed => file.is_reviewed,
    };
    PageAnswer::page("template.html", values)
}

/// The rules of the linter, with why and what to write instead.
pub(super) fn rule_list() -> PageAnswer {
    let rules: Vec<LintRuleView> = rules()
        .map(|rule| LintRuleView {
            id: rule.id,
            what: rule.what,
            why: rule.why,
            example: rule.example,
            instead: rule.instead,
        })
        .collect();
    PageAnswer::page("rules.html", context! { rules => Serde(rules) })
}

#[derive(Debug, Serialize)]
struct LintRuleView {
    id: &'static str,
    what: &'static str,
    why: &'static str,
    example: &'static str,
    instead: &'static str,
}

/// How the policy came into force, and what became of reloads.
#[derive(Debug, Serialize)]
pub(super) struct PolicyView {
    /// In seconds since 1970.
    since: i64,
    /// Why the files are not in force as they are now.
    failure: Option<String>,
    /// When the last reload failed, and why, also when a later one did not.
    last_failure: Option<(i64, String)>,
}

impl PolicyView {
    pub(super) fn of(state: &PolicyState) -> Self {
        let last = state.last_failure.as_ref().map(|failure| (failure.at.as_second(), shown(&failure.reason)));
        Self { since: state.loaded_at.as_second(), failure: state.failure.as_deref().map(shown), last_failure: last }
    }
}

/// A message, without what cannot be seen in it.
pub(super) fn shown(message: &str) -> String {
    const MAX_MESSAGE: usize = 4_000;
    visible(message.trim(), MAX_MESSAGE).to_string()
}

#[derive(Debug, Serialize)]
struct RuleView {
    name: String,
    template: Place,
    conditions: Vec<(String, String)>,
    shadowed_by: Option<String>,
}

impl RuleView {
    fn of(rule: &ListedRule) -> Self {
        Self {
            name: rule.name.clone(),
            template: Place::of(&rule.template, 0),
            conditions: rule.conditions.clone(),
            shadowed_by: rule.shadowed_by.clone(),
        }
    }
}

#[derive(Debug, Serialize)]
struct FileView {
    name: String,
    link: String,
    lines: usize,
    rules: Vec<String>,
    is_default: bool,
    part_of: Vec<Place>,
    errors: usize,
    warnings: usize,
    notes: usize,
}

impl FileView {
    fn of(file: &ListedFile) -> Self {
        let ListedFile { name, lines, rules, is_default, part_of, errors, warnings, notes } = file;
        Self {
            name: name.clone(),
            link: Place::of(name, 0).link,
            lines: *lines,
            rules: rules.clone(),
            is_default: *is_default,
            part_of: part_of.iter().map(|name| Place::of(name, 0)).collect(),
            errors: *errors,
            warnings: *warnings,
            notes: *notes,
        }
    }
}

#[derive(Debug, Serialize)]
struct LineView {
    number: usize,
    /// Class and text.
    pieces: Vec<(&'static str, String)>,
    hidden: String,
    findings: Vec<FindingView>,
}

impl LineView {
    fn of(line: &SourceLine) -> Self {
        Self {
            number: line.number,
            pieces: line.pieces.iter().map(|(kind, text)| (kind.class(), text.clone())).collect(),
            hidden: line.hidden.clone(),
            findings: line.findings.iter().map(FindingView::of).collect(),
        }
    }
}
