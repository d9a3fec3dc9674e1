//! Diagnostics as SARIF, the exchange format that code hosts and editors read.
//!
//! Source: SARIF 2.1.0 (OASIS), sections 3.14 (run), 3.27 (result), 3.30 (region) and 3.49 (reportingDescriptor).

use jitsi_properties::{Rule, rules};
use serde::Serialize;

use super::column;
use super::people::word;
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
    #[serde(skip_serializing_if = "Option::is_none")]
    region: Option<Region>,
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
    Descriptor { id: rule.id, short_description: Text { text: rule.what }, full_description: Text { text: rule.why } }
}

fn outcome(diagnostic: &Diagnostic) -> Outcome {
    let marked = !diagnostic.mark.is_empty();
    let region = (diagnostic.line > 0).then(|| Region {
        start_line: diagnostic.line,
        start_column: marked.then(|| column(diagnostic, diagnostic.mark.start)),
        end_column: marked.then(|| column(diagnostic, diagnostic.mark.end)),
    });
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

/// A path as a URI reference (RFC 3986 section 2): what is not allowed there is percent-encoded.
fn uri(path: &str) -> String {
    path.bytes().fold(String::with_capacity(path.len()), |uri, byte| match byte {
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
        assert_eq!(uri("templates/a b%é.properties"), "templates/a%20b%25%C3%A9.properties");
    }
}
