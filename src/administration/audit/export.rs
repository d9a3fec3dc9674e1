//! Entries as a file for other programs.

use super::entry::{Entry, Recorded};
use crate::model::timestamp::rfc3339;

/// The form of an export.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// For spreadsheets: RFC 4180 in UTF-8 with a byte order mark, without which Excel takes it for another encoding.
    Csv,
    /// For programs: one JSON object a line, as in the file itself.
    JsonLines,
}

/// The entries in this form.
pub(super) fn export(entries: &[Recorded], format: Format) -> Vec<u8> {
    match format {
        Format::JsonLines => entries.iter().map(Recorded::line).collect::<String>().into_bytes(),
        Format::Csv => csv(entries).into_bytes(),
    }
}

fn csv(entries: &[Recorded]) -> String {
    let mut text = "\u{feff}id,time,actor,address,action,target,before,after\r\n".to_owned();
    for Recorded { id, entry } in entries {
        let Entry { at, actor, address, action, target, before, after } = entry;
        let address = address.map_or_else(String::new, |address| address.to_string());
        let values = [&id.to_string(), &rfc3339(*at), actor, &address, action.name(), target, before, after].map(cell);
        text.push_str(&values.join(","));
        text.push_str("\r\n");
    }
    text
}

/// A value in quotation marks. A spreadsheet would run one that begins like a formula, so that gets an apostrophe before it.
fn cell(value: &str) -> String {
    let is_formula =
        value.trim_start().starts_with(['=', '+', '-', '@', '|', '%', '\u{ff1d}', '\u{ff0b}', '\u{ff0d}', '\u{ff20}']);
    let defused = if is_formula { "'" } else { "" };
    format!("\"{defused}{}\"", value.replace('"', "\"\""))
}
