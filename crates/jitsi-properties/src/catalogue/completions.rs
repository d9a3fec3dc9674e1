//! The catalogue as completions for editors.

use std::fmt::Write as _;

use super::description::{KeyDescription, ValueType};
use super::keys;
use crate::jitsi_keys::REMOVE;

/// One key a line, sorted, for editors that complete words of a dictionary.
#[must_use]
pub fn dictionary() -> String {
    let mut words: Vec<String> = keys().filter(|key| key.until.is_none()).flat_map(patterns).collect();
    words.sort();
    words.dedup();
    words.join("\n") + "\n"
}

/// Snippets in the JSON format of VS Code, with stops for placeholders and choices for values.
#[must_use]
pub fn snippets() -> String {
    let mut json = String::from("{");
    let mut separator = "\n";
    for key in keys().filter(|key| key.until.is_none()) {
        for pattern in patterns(key) {
            let body = body(&pattern, key);
            _ = write!(
                json,
                "{separator}  {}: {{ \"scope\": \"properties,jinja,jinja-properties\", \"prefix\": {}, \"body\": {}, \"description\": {} }}",
                quoted(&pattern),
                quoted(&pattern),
                quoted(&body),
                quoted(key.text)
            );
            separator = ",\n";
        }
    }
    json + "\n}\n"
}

/// The whole keys that a description covers, without the defaults for all accounts.
fn patterns(key: &KeyDescription) -> Vec<String> {
    if key.protocols.is_empty() {
        return vec![key.name.to_owned()];
    }
    key.protocols.iter().map(|protocol| key.under(*protocol)).collect()
}

/// Key and value with the editor's stops: `${1:acc}`, `${2|true,false|}`.
fn body(pattern: &str, key: &KeyDescription) -> String {
    let mut body = String::new();
    let mut stop = 0;
    let mut rest = pattern;
    while let Some((literal, behind)) = rest.split_once('<') {
        let (name, behind) = behind.split_once('>').unwrap_or((behind, ""));
        stop += 1;
        _ = write!(body, "{}${{{stop}:{}}}", escaped(literal), escaped(name));
        rest = behind;
    }
    stop += 1;
    body + &escaped(rest) + "=" + &value(stop, key)
}

fn value(stop: usize, key: &KeyDescription) -> String {
    let choice = |words: &[&str]| {
        let words: Vec<String> =
            words.iter().map(|word| escaped(word).replace(',', "\\,").replace('|', "\\|")).collect();
        format!("${{{stop}|{}|}}", words.join(","))
    };
    match &key.value {
        ValueType::Boolean if key.default == Some("true") => choice(&["false", "true"]),
        ValueType::Boolean => choice(&["true", "false"]),
        ValueType::Presence => choice(&["true", REMOVE]),
        ValueType::Removal => escaped(REMOVE),
        ValueType::Choice { words, .. } => choice(words),
        ValueType::Node => "${1:acc}".to_owned(),
        _ => format!("${{{stop}:{}}}", escaped(key.default.unwrap_or_default())),
    }
}

/// Text in which the editor must see no stop.
fn escaped(text: &str) -> String {
    text.replace('\\', "\\\\").replace('$', "\\$").replace('}', "\\}")
}

/// A JSON string. The file holds no control characters, which a test sees to.
fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}
