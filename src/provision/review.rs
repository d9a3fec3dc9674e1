//! What the linter says of a template before any client gets it.

use super::Remark;
use crate::account::ExtraNames;
use crate::causes::with_causes;
use crate::properties::{self, Client, Level};
use crate::template::{Fault, Sample, Template, TemplateError, Traced};

/// Rules about single values. With the sample that holds hostile texts everywhere they say nothing about the template.
const ABOUT_VALUES: [&str; 2] = ["wrong-value", "blank-around-value"];

/// Renders the template for all made-up users and lints what comes out. What several of them show is told once.
#[must_use]
pub fn review(template: &Template, names: &ExtraNames, client: &Client) -> Vec<Remark> {
    let mut remarks: Vec<Remark> = Vec::new();
    for sample in Sample::all(names) {
        let found = match template.traced(&sample.context()) {
            Ok(traced) => review_text(&traced, client),
            Err(error) => of_error(&error),
        };
        let plain = sample.name == Sample::PLAIN;
        let hostile = sample.name == Sample::HOSTILE;
        let telling =
            |remark: &Remark| !hostile || remark.level == Level::Error && !ABOUT_VALUES.contains(&remark.rule);
        for remark in found.into_iter().filter(telling) {
            // Of what is about the whole file only the same words are the same.
            let same = |other: &Remark| {
                (&other.file, other.line, other.rule) == (&remark.file, remark.line, remark.rule)
                    && (remark.line > 0 || other.message == remark.message)
            };
            if !remarks.iter().any(same) {
                remarks.push(Remark { sample: Some(sample.name).filter(|_| !plain), ..remark });
            }
        }
    }
    remarks.sort_by(|one, other| (&one.file, one.line).cmp(&(&other.file, other.line)));
    remarks
}

/// Lints one text.
#[must_use]
pub fn review_text(traced: &Traced, client: &Client) -> Vec<Remark> {
    match properties::parse(traced.text()) {
        Ok(document) => {
            properties::lint(&document, client).iter().map(|finding| Remark::of_finding(finding, traced)).collect()
        }
        Err(error) => vec![Remark::of_malformed(&error, traced)],
    }
}

/// What is wrong with templates that cannot be used.
#[must_use]
pub fn of_error(error: &TemplateError) -> Vec<Remark> {
    let unreadable = |file: String| Fault { file, line: None, message: with_causes(error) };
    let faults = match error {
        TemplateError::Invalid(faults) => faults.clone(),
        TemplateError::Sample { sample, fault } => {
            return vec![Remark { sample: Some(*sample), ..Remark::of_fault(fault) }];
        }
        TemplateError::Failed(fault) => vec![fault.clone()],
        TemplateError::Unreadable { path, .. } => vec![unreadable(path.display().to_string())],
    };
    faults.iter().map(Remark::of_fault).collect()
}
