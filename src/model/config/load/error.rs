//! What is wrong with the configuration, and where.

use std::fmt;
use std::ops::Range;

use jitsi_properties::suggestion::nearest;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// One thing that is wrong with the configuration. It never shows the value of a secret.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub struct ConfigError {
    /// Where the value came from.
    pub origin: Origin,
    /// The key, as `section.key`; empty when the file as a whole is meant.
    pub key: String,
    /// What was found, what is allowed, and what to change.
    pub problem: String,
}

/// Where a value came from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Origin {
    /// A file, and the line in it where that is known; lines are counted from 1.
    File {
        /// The file as it was named.
        name: String,
        /// Counted from 1; `None` where it is not known.
        line: Option<usize>,
    },
    /// An environment variable.
    Environment(String),
}

impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.origin {
            Origin::File { name, line: Some(line) } => write!(f, "{name}, line {line}: ")?,
            Origin::File { name, line: None } => write!(f, "{name}: ")?,
            Origin::Environment(variable) => write!(f, "environment variable {variable}: ")?,
        }
        if !self.key.is_empty() {
            write!(f, "{}: ", self.key)?;
        }
        f.write_str(&self.problem)
    }
}

/// The line that holds byte `offset` of `text`, counted from 1.
pub(super) fn line_at(text: &str, offset: usize) -> usize {
    text.bytes().take(offset).filter(|byte| *byte == b'\n').count() + 1
}

/// Where the key `section.key` or `list[0].key` stands in `text`; the nearest table above it when the key itself is not
/// there.
pub(super) fn span_of(text: &str, key: &str) -> Option<Range<usize>> {
    let (root, _) = DeTable::parse_recoverable(text);
    let mut table = root.get_ref();
    let mut found = None;
    for segment in key.split('.') {
        let (segment, index) = segment.split_once('[').unwrap_or((segment, ""));
        let Some((name, value)) = table.iter().find(|(name, _)| name.get_ref() == segment) else { break };
        found = Some(name.span());
        let inside = match value.get_ref() {
            DeValue::Array(items) => {
                let item = index.trim_end_matches(']').parse().ok().and_then(|index: usize| items.get(index));
                item.inspect(|item| found = Some(item.span())).map(Spanned::get_ref)
            }
            other => Some(other),
        };
        match inside {
            Some(DeValue::Table(inner)) => table = inner,
            _ => break,
        }
    }
    found
}

/// A message of the deserialiser in plain words, with the nearest allowed word where one was misspelt.
///
/// `secret` keeps what was found out of the message. Names of settings are no values, so they stay.
pub(super) fn explain(message: &str, secret: bool) -> String {
    let message = message.lines().next().unwrap_or_default();
    for start in ["invalid type: ", "invalid value: "] {
        if let Some((found, expected)) = message.strip_prefix(start).and_then(|rest| rest.rsplit_once(", expected ")) {
            let found = if found == "unit variant" { "a value without quotation marks" } else { found };
            return match in_words(expected) {
                TEXT if secret => "this is not text; put it into quotation marks".to_owned(),
                allowed if secret => format!("this is something else; allowed: {allowed}"),
                allowed => format!("found {found}; allowed: {allowed}"),
            };
        }
    }
    let words: Vec<&str> = message.split('`').skip(1).step_by(2).collect();
    let (found, allowed) = words.split_first().unwrap_or((&"", &[]));
    if message.starts_with("unknown field") {
        return match nearest(found, allowed.iter().copied()) {
            Some(word) => format!("there is no setting `{found}`; did you mean `{word}`?"),
            None => format!("there is no setting `{found}`; allowed here: {}", allowed.join(", ")),
        };
    }
    if message.starts_with("unknown variant") && !secret {
        let allowed_list = allowed.iter().map(|word| format!("\"{word}\"")).collect::<Vec<_>>().join(", ");
        return match nearest(found, allowed.iter().copied()) {
            Some(word) => format!("found \"{found}\", did you mean \"{word}\"? Allowed: {allowed_list}"),
            None => format!("found \"{found}\"; allowed: {allowed_list}"),
        };
    }
    if message.starts_with("missing field") {
        return format!("the setting `{found}` is missing and has no default");
    }
    if secret { without_found(message) } else { message.to_owned() }
}

/// A message of our own without the value that it is about.
fn without_found(message: &str) -> String {
    if let Some((_, rest)) = message.strip_prefix("found \"").and_then(|rest| rest.rsplit_once("\", ")) {
        return format!("found a text, {rest}");
    }
    let is_about_any_value = ["the text is ", "the list is "].iter().any(|start| message.starts_with(start));
    if is_about_any_value { message.to_owned() } else { "this is not a value that is allowed here".to_owned() }
}

/// How [`in_words`] says that a text is allowed.
const TEXT: &str = "text in quotation marks";

/// What a type accepts, for somebody who does not program.
fn in_words(expected: &str) -> &str {
    match expected {
        "u16" => "a whole number from 0 to 65535",
        "u32" | "usize" => "a whole number, 0 or more",
        "a boolean" => "true or false",
        "a string" | "path string" | "string only" => TEXT,
        "a sequence" => "a list, as [\"a\", \"b\"]",
        section if section.starts_with("struct ") => "a section of its own, as [section]",
        other => other,
    }
}
