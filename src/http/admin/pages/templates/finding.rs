//! A finding of the linter, and the place in a template's file that it is about.

use jitsi_properties::Level;
use serde::Serialize;

use crate::http::admin::request::Fields;
use crate::policy::Diagnostic;

/// Most lines of a file on one page.
pub(in super::super) const LINES: usize = 400;

/// A place in a template's file, with the page that shows it.
#[derive(Debug, Clone, Serialize)]
pub(in super::super) struct Place {
    /// `FILE:LINE`, or the file alone.
    pub(in super::super) text: String,
    /// The same without the folders.
    short: String,
    pub(in super::super) link: String,
}

/// A finding as pages show it.
#[derive(Debug, Clone, Serialize)]
pub(in super::super) struct FindingView {
    /// `error`, `warning` or `note`.
    pub(in super::super) level: &'static str,
    rule: &'static str,
    message: String,
    place: Place,
}

impl Place {
    /// A line of a file; line 0 is the file as a whole.
    pub(in super::super) fn of(file: &str, line: usize) -> Self {
        let with_line = |file: &str| if line == 0 { file.to_owned() } else { format!("{file}:{line}") };
        let name = file.rsplit('/').next().unwrap_or(file);
        let first = line.saturating_sub(1) / LINES * LINES + 1;
        let from = first.to_string();
        let mut fields = vec![("file", file)];
        if first > 1 {
            fields.push(("from", &from));
        }
        let query = Fields::of(&fields).encoded();
        Self {
            text: with_line(file),
            short: with_line(name),
            link: format!("/admin/templates?{query}#line-{}", line.max(1)),
        }
    }
}

impl FindingView {
    pub(in super::super) fn of(finding: &Diagnostic) -> Self {
        let level = match finding.level {
            Level::Error => "error",
            Level::Warning => "warning",
            Level::Note => "note",
        };
        let place = Place::of(&finding.file, finding.line);
        Self { level, rule: finding.rule.id, message: finding.full_message(), place }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_leads_to_the_page_with_its_line() {
        let link = |line| Place::of("/etc/t/a b&c.properties", line).link;
        assert_eq!(link(1), "/admin/templates?file=%2Fetc%2Ft%2Fa+b%26c.properties#line-1");
        assert_eq!(link(400), "/admin/templates?file=%2Fetc%2Ft%2Fa+b%26c.properties#line-400");
        assert_eq!(link(2_001), "/admin/templates?file=%2Fetc%2Ft%2Fa+b%26c.properties&from=2001#line-2001");
        let Place { text, short, .. } = Place::of("/etc/t/a", 7);
        assert_eq!((text.as_str(), short.as_str(), Place::of("a", 0).text.as_str()), ("/etc/t/a:7", "a:7", "a"));
    }
}
