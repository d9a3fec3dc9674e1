//! What the linter says, at the place of the template that it comes from.

use std::ops::Range;

use jitsi_properties::{Finding, Hiding, Level, ParseError, Rule};

use super::own_rules::{MALFORMED, TEMPLATE};
use super::shown_line::shown_line;
use crate::template::{LocatedError, Traced};

/// An error or weakness of a template, for its author: where, why it matters on a client, and what to write instead.
///
/// It shows a line of the template, but nothing that looks like a secret, and no value of a user.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diagnostic {
    /// Path of the template's file, as it was named.
    pub file: String,
    /// The line in it, from 1; 0 when it is about the whole file.
    pub line: usize,
    /// The line of the rendered text, from 1; 0 when it is about the whole text, or none was rendered.
    pub rendered_line: usize,
    /// That line of the file, with what may be a secret left out; empty when it is not known.
    pub source: String,
    /// What of the line is meant, in bytes; empty when it is the whole line.
    pub mark: Range<usize>,
    /// The rule that the line breaks.
    pub rule: &'static Rule,
    /// How bad it is.
    pub level: Level,
    /// The key it is about, where that is known.
    pub key: Option<String>,
    /// Why it matters, and what to write instead.
    pub message: String,
    /// The made-up user with whom it was seen, when it was not seen with the everyday one.
    pub sample: Option<&'static str>,
}

impl Diagnostic {
    /// A template that cannot be used.
    #[must_use]
    pub fn from_error(error: &LocatedError) -> Self {
        Self {
            file: error.file.clone(),
            line: error.line.unwrap_or_default(),
            rendered_line: 0,
            source: String::new(),
            mark: 0..0,
            rule: &TEMPLATE,
            level: Level::Error,
            key: None,
            message: error.message.clone(),
            sample: None,
        }
    }

    /// A text that is no properties text.
    #[must_use]
    pub fn from_parse_error(error: &ParseError, traced: &Traced) -> Self {
        let location = Location::find(error.line, &error.at, None, traced);
        Self { rendered_line: error.line, ..location.diagnostic(&MALFORMED, Level::Error, error.kind.to_string()) }
    }

    /// What the linter says of a text.
    #[must_use]
    pub fn from_finding(finding: &Finding, traced: &Traced) -> Self {
        let location = Location::find(finding.line, &finding.at, finding.key.as_deref(), traced);
        let meant = finding.meant().map(|meant| format!("; did you mean `{}`?", meant.escape_debug()));
        let message = format!("{}{}", message(finding, &location, traced), meant.unwrap_or_default());
        let rendered_line = finding.line;
        Self { key: finding.key.clone(), rendered_line, ..location.diagnostic(finding.rule, finding.level, message) }
    }

    /// Leaves out the secrets that `hiding` knows, wherever they stand.
    #[must_use]
    pub(super) fn without_secrets(self, hiding: &Hiding) -> Self {
        let source = hiding.text(&self.source);
        let same = source.bytes().zip(self.source.bytes()).take_while(|(new, old)| new == old).count();
        // What is marked behind the first of them has moved.
        let shown = if source == self.source { source.len() } else { same };
        Self {
            mark: self.mark.start.min(shown)..self.mark.end.min(shown),
            key: self.key.map(|key| hiding.text(&key)),
            message: hiding.text(&self.message),
            source,
            ..self
        }
    }

    /// The message, with the made-up user with whom it was seen.
    #[must_use]
    pub fn full_message(&self) -> String {
        let seen = self.sample.map(|sample| format!(" (seen with the sample user `{sample}`)"));
        format!("{}{}", self.message, seen.unwrap_or_default())
    }

    /// `FILE:LINE`, or the file alone.
    #[must_use]
    pub fn location(&self) -> String {
        if self.line == 0 { self.file.clone() } else { format!("{}:{}", self.file, self.line) }
    }
}

/// A place in a template's file.
struct Location {
    file: String,
    line: usize,
    source: String,
    mark: Range<usize>,
}

impl Location {
    /// What was written to give what stands `at` these bytes, on this line, of the text; the whole file where that is not
    /// known, or nothing was written.
    fn find(line: usize, at: &Range<usize>, key: Option<&str>, traced: &Traced) -> Self {
        let Some(origin) = traced.origin(line) else {
            return Self { file: traced.name().to_owned(), line: 0, source: String::new(), mark: 0..0 };
        };
        let mark = mark(origin.text, at, key, traced.text());
        let (source, shown) = shown_line(origin.text, origin.continues);
        let mark = mark.start.min(shown)..mark.end.min(shown);
        Self { file: origin.file.to_owned(), line: origin.number, source, mark }
    }

    fn diagnostic(self, rule: &'static Rule, level: Level, message: String) -> Diagnostic {
        let Self { file, line, source, mark } = self;
        Diagnostic { file, line, rendered_line: 0, source, mark, rule, level, key: None, message, sample: None }
    }
}

/// The finding's message, where the other line that it may name is that of the template.
fn message(finding: &Finding, location: &Location, traced: &Traced) -> String {
    let other = finding.other.as_ref().and_then(|other| Some((other.at.clone(), traced.origin(other.line)?)));
    let Some((at, origin)) = other else { return finding.message.clone() };
    let words = if origin.file == location.file {
        format!("line {}", origin.number)
    } else {
        format!("{}:{}", origin.file, origin.number)
    };
    let mut message = finding.message.clone();
    message.replace_range(at, &words);
    message
}

/// What of the line as it is `written` was meant by these bytes of the rendered text: the same bytes where the line was
/// rendered as it stands, else the key where it stands there, else nothing in particular.
fn mark(written: &str, at: &Range<usize>, key: Option<&str>, text: &str) -> Range<usize> {
    let before = text.get(..at.start).and_then(|before| before.rfind('\n')).map_or(0, |end| end + 1);
    let rendered = text.get(before..).and_then(|rest| rest.lines().next()).unwrap_or_default();
    let within = at.start.saturating_sub(before)..at.end.saturating_sub(before).min(rendered.len());
    if rendered == written && written.get(within.clone()).is_some_and(|marked| !marked.is_empty()) {
        return within;
    }
    let start = key.filter(|key| !key.is_empty()).and_then(|key| Some((written.find(key)?, key.len())));
    start.map_or(0..0, |(start, length)| start..start + length)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_without_lines_is_reported_by_its_file() {
        let traced = Traced::plain("own.properties", "");
        let location = Location::find(1, &(0..0), None, &traced);
        assert_eq!(location.diagnostic(&TEMPLATE, Level::Warning, String::new()).location(), "own.properties");
    }

    #[test]
    fn what_was_meant_is_marked() {
        assert_eq!(mark("b=22", &(6..8), Some("b"), "a=1\nb=22\n"), 2..4);
        assert_eq!(mark("  b={{ x }}", &(4..5), Some("b"), "a=1\nb=22\n"), 2..3);
        assert_eq!(mark("{{ key }}=1", &(0..1), Some("b"), "b=1\n"), 0..0);
    }
}
