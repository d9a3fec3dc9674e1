//! Diagnostics as SARIF, the exchange format that code hosts and editors read.
//!
//! Source: SARIF 2.1.0 (OASIS), sections 3.4 (artifactLocation), 3.14 (run), 3.27 (result), 3.30 (region) and 3.49
//! (reportingDescriptor), and what GitHub asks for beyond it, as the rules `GH…` of Microsoft's validator have it.

use jitsi_properties::{Rule, rules};
use serde::Serialize;

use super::column;
use crate::cli::output::word;
use crate::policy::{self, Diagnostic};

#[derive(Serialize)]
struct Log {
    #[serde(rename = "$schema")]
    schema: &'static str,
    version: &'static str,
    runs: [Run; 1],
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Run {
    tool: Tool,
    /// Columns are counted in characters.
    column_kind: &'static str,
    results: Vec<Outcome>,
}

#[derive(Serialize)]
struct Tool {
    driver: Driver,
}

#[derive(Serialize)]
struct Driver {
    name: &'static str,
    version: &'static str,
    rules: Vec<Descriptor>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Descriptor {
    id: &'static str,
    short_description: Text,
    full_description: Text,
    help: Help,
    default_configuration: Configuration,
}

/// What a code host shows of a rule. GitHub needs it.
#[derive(Serialize)]
struct Help {
    text: String,
    markdown: String,
}

#[derive(Serialize)]
struct Configuration {
    level: &'static str,
}

#[derive(Serialize)]
struct Text {
    text: &'static str,
}

#[derive(Serialize)]
struct Message {
    text: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Outcome {
    rule_id: &'static str,
    level: &'static str,
    message: Message,
    locations: [Location; 1],
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Location {
    physical_location: PhysicalLocation,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct PhysicalLocation {
    artifact_location: ArtifactLocation,
    region: Region,
}

#[derive(Serialize)]
struct ArtifactLocation {
    uri: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Region {
    start_line: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    start_column: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    end_column: Option<usize>,
}

/// All diagnostics as one log.
pub(super) fn document(diagnostics: &[Diagnostic]) -> serde_json::Result<String> {
    let rules = rules().chain(policy::OWN_RULES).map(descriptor).collect();
    let driver = Driver { name: env!("CARGO_PKG_NAME"), version: env!("CARGO_PKG_VERSION"), rules };
    serde_json::to_string_pretty(&Log {
        schema: "https://json.schemastore.org/sarif-2.1.0.json",
        version: "2.1.0",
        runs: [Run {
            tool: Tool { driver },
            column_kind: "unicodeCodePoints",
            results: diagnostics.iter().map(outcome).collect(),
        }],
    })
}

fn descriptor(rule: &'static Rule) -> Descriptor {
    let text = format!("{}\n\n{}\n\nUse instead:\n\n{}", rule.what, rule.why, rule.instead);
    Descriptor {
        id: rule.id,
        short_description: Text { text: rule.what },
        full_description: Text { text: rule.why },
        help: Help { text, markdown: rule.as_markdown() },
        default_configuration: Configuration { level: rule.levels.first().copied().map_or("warning", word) },
    }
}

fn outcome(diagnostic: &Diagnostic) -> Outcome {
    let marked = !diagnostic.mark.is_empty();
    // GitHub shows nothing without a line: what is about a whole file is shown at its first.
    let region = Region {
        start_line: diagnostic.line.max(1),
        start_column: marked.then(|| column(diagnostic, diagnostic.mark.start)),
        end_column: marked.then(|| column(diagnostic, diagnostic.mark.end)),
    };
    Outcome {
        rule_id: diagnostic.rule.id,
        level: word(diagnostic.level),
        message: Message { text: diagnostic.full_message() },
        locations: [Location {
            physical_location: PhysicalLocation {
                artifact_location: ArtifactLocation { uri: uri(&diagnostic.file) },
                region,
            },
        }],
    }
}

/// A path as a URI reference (RFC 3986 section 2): what is not allowed there is percent-encoded. An absolute path gets the
/// scheme `file` and an empty host (RFC 8089 section 2): without them its first folders could be taken for a host.
fn uri(path: &str) -> String {
    let start = if path.starts_with('/') { "file://" } else { "" };
    // Two slashes at the beginning are one for the system, and would be a host after `file:`.
    let path = if start.is_empty() {
        path
    } else {
        path.get(path.len() - path.trim_start_matches('/').len() - 1..).unwrap_or(path)
    };
    path.bytes().fold(start.to_owned(), |uri, byte| match byte {
        b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'/' => {
            uri + char::from(byte).encode_utf8(&mut [0; 4])
        }
        _ => uri + &format!("%{byte:02X}"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_becomes_a_uri() {
        for (path, expected) in [
            ("templates/a b%é.properties", "templates/a%20b%25%C3%A9.properties"),
            ("../a:b.properties", "../a%3Ab.properties"),
            ("/etc/jitsi/a b.properties", "file:///etc/jitsi/a%20b.properties"),
            ("//etc/a#?.properties", "file:///etc/a%23%3F.properties"),
        ] {
            assert_eq!(uri(path), expected);
        }
    }
}
