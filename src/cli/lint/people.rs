//! Diagnostics for people: the sentence, then the line with what is meant underlined.

use crate::cli::output::word;
use crate::policy::Diagnostic;

/// The diagnostic, several lines long.
pub(in crate::cli) fn diagnostic(diagnostic: &Diagnostic) -> String {
    let text = format!(
        "{}: {}: {}: {}",
        diagnostic.location(),
        word(diagnostic.level),
        diagnostic.rule.id,
        diagnostic.full_message()
    );
    let source = diagnostic.source.trim_end();
    if source.is_empty() {
        return text;
    }
    let number = diagnostic.line.to_string();
    let indent = " ".repeat(number.len());
    let whole = source.len() - source.trim_start().len()..source.len();
    let mark = if diagnostic.mark.is_empty() { whole } else { diagnostic.mark.clone() };
    let width = |range: std::ops::Range<usize>| source.get(range).map_or(0, |piece| piece.chars().count());
    let (before, under) = (width(0..mark.start), width(mark.start..mark.end.min(source.len())).max(1));
    // Tabs and the like would shift the marks, and a line of a file must not steer a terminal.
    let visible: String = source.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    format!("{text}\n  {number} | {visible}\n  {indent} | {}{}", " ".repeat(before), "^".repeat(under))
}
