//! Diagnostics as JSON, for programs.

use serde::Serialize;

use super::{Count, column};
use crate::cli::output::word;
use crate::policy::Diagnostic;

#[derive(Serialize)]
struct Document<'a> {
    findings: Vec<Item<'a>>,
    errors: usize,
    warnings: usize,
    notes: usize,
}

#[derive(Serialize)]
struct Item<'a> {
    file: &'a str,
    /// From 1; absent when it is about the whole file.
    #[serde(skip_serializing_if = "Option::is_none")]
    line: Option<usize>,
    /// In characters from 1; absent when it is about the whole line.
    #[serde(skip_serializing_if = "Option::is_none")]
    column: Option<usize>,
    /// The first column behind.
    #[serde(skip_serializing_if = "Option::is_none")]
    end_column: Option<usize>,
    level: &'static str,
    rule: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    key: Option<&'a str>,
    message: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    sample: Option<&'static str>,
}

/// All diagnostics as one document.
pub(super) fn document(diagnostics: &[Diagnostic]) -> serde_json::Result<String> {
    let Count { errors, warnings, notes } = Count::by_level(diagnostics);
    let findings = diagnostics.iter().map(item).collect();
    serde_json::to_string_pretty(&Document { findings, errors, warnings, notes })
}

fn item(diagnostic: &Diagnostic) -> Item<'_> {
    let marked = !diagnostic.mark.is_empty();
    Item {
        file: &diagnostic.file,
        line: Some(diagnostic.line).filter(|line| *line > 0),
        column: marked.then(|| column(diagnostic, diagnostic.mark.start)),
        end_column: marked.then(|| column(diagnostic, diagnostic.mark.end)),
        level: word(diagnostic.level),
        rule: diagnostic.rule.id,
        key: diagnostic.key.as_deref(),
        message: &diagnostic.message,
        sample: diagnostic.sample,
    }
}
