//! Remarks as JSON, for programs.

use serde::Serialize;

use super::people::word;
use super::{Count, column};
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

/// All remarks as one document.
pub(super) fn document(remarks: &[Diagnostic]) -> serde_json::Result<String> {
    let Count { errors, warnings, notes } = Count::of(remarks);
    let findings = remarks.iter().map(item).collect();
    serde_json::to_string_pretty(&Document { findings, errors, warnings, notes })
}

fn item(remark: &Diagnostic) -> Item<'_> {
    let marked = !remark.mark.is_empty();
    Item {
        file: &remark.file,
        line: Some(remark.line).filter(|line| *line > 0),
        column: marked.then(|| column(remark, remark.mark.start)),
        end_column: marked.then(|| column(remark, remark.mark.end)),
        level: word(remark.level),
        rule: remark.rule.id,
        key: remark.key.as_deref(),
        message: &remark.message,
        sample: remark.sample,
    }
}
