//! What the linter says of a template before any client gets it.

use std::collections::HashSet;

use jitsi_properties::{Client, Document, Entry, Finding, Hiding, Level, SHORTEST_HIDDEN};

use super::diagnostic::Diagnostic;
use super::shown_line::secrets_of;
use crate::model::account::ExtraNames;
use crate::model::causes::with_causes;
use crate::template::{LocatedError, Sample, Template, TemplateError, Traced};

/// Renders the template for all made-up users and lints what comes out. What several of them show is reported once.
#[must_use]
pub fn review(template: &Template, names: &ExtraNames, client: &Client) -> Vec<Diagnostic> {
    let mut diagnostics: Vec<Diagnostic> = Vec::new();
    for sample in Sample::all(names) {
        let plain = sample.name == Sample::PLAIN;
        let hostile = sample.name == Sample::HOSTILE;
        let telling = |diagnostic: &Diagnostic| {
            !is_made_up(diagnostic) && (!hostile || diagnostic.level == Level::Error && !diagnostic.rule.is_about_value)
        };
        for diagnostic in review_sample(template, &sample, client).into_iter().filter(telling) {
            // Of what is about the whole file only the same words are the same.
            let same = |other: &Diagnostic| {
                (&other.file, other.line, other.rule) == (&diagnostic.file, diagnostic.line, diagnostic.rule)
                    && (diagnostic.line > 0 || other.message == diagnostic.message)
            };
            if !diagnostics.iter().any(same) {
                diagnostics.push(Diagnostic { sample: Some(sample.name).filter(|_| !plain), ..diagnostic });
            }
        }
    }
    diagnostics.sort_by(|one, other| (&one.file, one.line).cmp(&(&other.file, other.line)));
    diagnostics
}

/// What would keep everybody from getting a text: the errors in that of the everyday user. Values of the site's own data
/// are left aside, since the sample's are made up.
#[must_use]
pub(super) fn harmful(template: &Template, names: &ExtraNames) -> Vec<Diagnostic> {
    let samples = Sample::all(names);
    let plain = samples.iter().filter(|sample| sample.name == Sample::PLAIN);
    let diagnostics = plain.flat_map(|sample| review_sample(template, sample, &Client::default()));
    diagnostics.filter(|diagnostic| diagnostic.level == Level::Error && !is_made_up(diagnostic)).collect()
}

/// Whether it is about a value of the site's own data, which is made up here.
fn is_made_up(diagnostic: &Diagnostic) -> bool {
    diagnostic.rule.is_about_value && diagnostic.source.contains("extra")
}

fn review_sample(template: &Template, sample: &Sample, client: &Client) -> Vec<Diagnostic> {
    match template.traced(&sample.context()) {
        Ok(traced) => review_with(&traced, client, Hiding::default(), |findings| once(findings, &traced)),
        Err(error) => diagnose(&error),
    }
}

/// Of the findings of one rule on one line of a template the first of each level: a loop makes thousands of the same.
fn once(findings: Vec<Finding>, traced: &Traced) -> Vec<Finding> {
    let mut seen = HashSet::new();
    let is_first = |finding: &Finding| {
        let Some(line) = traced.origin(finding.line) else { return true };
        seen.insert((line.file, line.number, finding.rule, finding.level))
    };
    findings.into_iter().take(MOST).filter(is_first).collect()
}

/// Most diagnostics about one text; who reads the first thousand knows enough.
const MOST: usize = 1_000;

/// Lints one text. What it says literally where a secret is, no diagnostic shows, about other lines neither.
#[must_use]
pub fn review_text(traced: &Traced, client: &Client) -> Vec<Diagnostic> {
    review_hiding(traced, client, Hiding::default())
}

/// The same without the secrets that `hiding` knows already.
#[must_use]
pub(crate) fn review_hiding(traced: &Traced, client: &Client, hiding: Hiding) -> Vec<Diagnostic> {
    review_with(traced, client, hiding, |findings| findings)
}

/// The same of the findings that `chosen` leaves.
fn review_with(
    traced: &Traced,
    client: &Client,
    mut hiding: Hiding,
    chosen: impl FnOnce(Vec<Finding>) -> Vec<Finding>,
) -> Vec<Diagnostic> {
    let diagnostics = match jitsi_properties::parse(traced.text()) {
        Ok(document) => {
            learn_literal(&document, traced, &mut hiding);
            let findings = chosen(jitsi_properties::lint(&document, client));
            findings.iter().take(MOST).map(|finding| Diagnostic::from_finding(finding, traced)).collect()
        }
        Err(error) => vec![Diagnostic::from_parse_error(&error, traced)],
    };
    if diagnostics.is_empty() {
        return diagnostics;
    }
    traced.written().flat_map(secrets_of).for_each(|secret| hiding.learn(secret));
    diagnostics.into_iter().map(|diagnostic| diagnostic.without_secrets(&hiding)).collect()
}

/// Learns the values under secret keys that were written so, and not made of what is known, or made up, about a user.
fn learn_literal(document: &Document, traced: &Traced, hiding: &mut Hiding) {
    for entry in document.entries().filter(Entry::is_secret) {
        let raw = traced.text().get(entry.value_at()).unwrap_or_default();
        let first = raw.lines().next().unwrap_or_default().trim_end_matches('\\').trim();
        let is_literal = traced.origin(entry.line()).is_some_and(|line| line.text.contains(first));
        if is_literal && first.chars().count() >= SHORTEST_HIDDEN {
            hiding.learn(entry.value());
            hiding.learn(raw);
        }
    }
}

/// What is wrong with templates that cannot be used.
#[must_use]
pub fn diagnose(error: &TemplateError) -> Vec<Diagnostic> {
    let unreadable = |file: String| LocatedError { file, line: None, message: with_causes(error) };
    let faults = match error {
        TemplateError::Invalid(faults) => faults.clone(),
        TemplateError::Sample { sample, error } => {
            return vec![Diagnostic { sample: Some(*sample), ..Diagnostic::from_error(error) }];
        }
        TemplateError::Failed(error) => vec![error.clone()],
        TemplateError::Unreadable { path, .. } => vec![unreadable(path.display().to_string())],
    };
    faults.iter().map(Diagnostic::from_error).collect()
}

#[cfg(test)]
mod tests {
    use super::super::in_force::load_templates;
    use super::*;
    use crate::model::config;

    #[test]
    fn a_line_in_a_loop_is_reported_once() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("t.properties");
        std::fs::write(&file, "{% for i in range(50) %}\nsite.{{ i }}=x\n{% endfor %}").unwrap();
        let settings = config::Template { file: Some(file), ..config::Template::default() };
        let names = ExtraNames::default();
        let templates = load_templates(&settings, &names).unwrap();
        let template = templates.all().next().unwrap().template;
        let diagnostics = review_sample(template, &Sample::all(&names)[0], &Client::default());
        let places: Vec<_> = diagnostics.iter().map(|diagnostic| (diagnostic.line, diagnostic.rule.id)).collect();
        assert_eq!(places, [(2, "unknown-key")]);
    }
}
