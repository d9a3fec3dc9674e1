//! Diagnostics as workflow commands of GitHub Actions, which shows them beside the lines of a change.
//!
//! Source: <https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands>.

use jitsi_properties::Level;

use crate::policy::Diagnostic;

/// One line for one diagnostic.
pub(super) fn command(diagnostic: &Diagnostic) -> String {
    let word = match diagnostic.level {
        Level::Error => "error",
        Level::Warning => "warning",
        Level::Note => "notice",
    };
    let file = property(&diagnostic.file);
    let line = if diagnostic.line > 0 { format!(",line={}", diagnostic.line) } else { String::new() };
    format!("::{word} file={file}{line},title={}::{}", property(diagnostic.rule.id), data(&diagnostic.full_message()))
}

fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_separates_is_escaped() {
        assert_eq!(property("a,b:c%\n"), "a%2Cb%3Ac%25%0A");
        assert_eq!(data("a,b:c%\n"), "a,b:c%25%0A");
    }
}
