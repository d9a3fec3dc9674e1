//! From the file to the catalogue.

use serde::Deserialize;

use super::description::{KeyDescription, Protocol, ValueType};
use super::index::Catalogue;
use crate::version::Version;

/// Reads the file; none when it is broken.
pub(super) fn parse(text: &str) -> Option<Catalogue> {
    let file: File = toml::from_str(text).ok()?;
    let mut keys = Vec::new();
    for area in file.area {
        for key in area.keys {
            keys.push(key.describe(&area.title, &area.accounts)?);
        }
    }
    let mistakes = file.mistakes.into_iter().map(|wrong| (full(&wrong.key), full(&wrong.instead))).collect();
    let wrong_settings = file.wrong_settings.into_iter().map(|wrong| (wrong.key, wrong.instead)).collect();
    Catalogue::new(keys, mistakes, wrong_settings)
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    mistakes: Vec<Misspelling>,
    wrong_settings: Vec<Misspelling>,
    area: Vec<Area>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Misspelling {
    key: String,
    instead: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Area {
    title: String,
    #[serde(default)]
    accounts: Vec<Protocol>,
    keys: Vec<Key>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(clippy::struct_excessive_bools, reason = "the fields of the file, each there or not")]
struct Key {
    #[serde(rename = "key")]
    name: String,
    r#type: Type,
    values: Option<Vec<String>>,
    #[serde(default)]
    any_case: bool,
    range: Option<[i64; 2]>,
    separator: Option<String>,
    default: Option<String>,
    since: Option<String>,
    until: Option<String>,
    #[serde(default)]
    throws: bool,
    #[serde(default)]
    raw: bool,
    #[serde(default)]
    local: bool,
    #[serde(default)]
    late: bool,
    text: String,
    instead: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "lowercase")]
enum Type {
    Text,
    Boolean,
    Integer,
    Port,
    Choice,
    Presence,
    List,
    Jid,
    Host,
    Url,
    Secret,
    Account,
    Node,
    Sha1,
    Removal,
}

impl Key {
    fn describe(self, area: &str, protocols: &[Protocol]) -> Option<KeyDescription> {
        let value = match self.r#type {
            Type::Integer => self.range.map(|[least, greatest]| ValueType::Integer(least..=greatest))?,
            Type::Choice => ValueType::Choice { words: self.values?, any_case: self.any_case },
            Type::List => ValueType::List(self.separator?),
            Type::Text => ValueType::Text,
            Type::Boolean => ValueType::Boolean,
            Type::Port => ValueType::Port,
            Type::Presence => ValueType::Presence,
            Type::Jid => ValueType::Jid,
            Type::Host => ValueType::Host,
            Type::Url => ValueType::Url,
            Type::Secret => ValueType::Secret,
            Type::Account => ValueType::Account,
            Type::Node => ValueType::Node,
            Type::Sha1 => ValueType::Sha1,
            Type::Removal => ValueType::Removal,
        };
        Some(KeyDescription {
            name: full(&self.name),
            protocols: protocols.to_vec(),
            local: self.local,
            area: area.to_owned(),
            value,
            default: self.default,
            since: version(self.since)?,
            until: version(self.until)?,
            throws: self.throws,
            raw: self.raw,
            late: self.late,
            text: self.text,
            instead: self.instead,
        })
    }
}

/// A version that is there must be one.
#[expect(clippy::option_option, reason = "the outer one says that the file is broken, the inner one is the field")]
fn version(text: Option<String>) -> Option<Option<Version>> {
    text.map_or(Some(None), |text| Version::parse(&text).map(Some))
}

/// A key without the file's shorthand.
fn full(key: &str) -> String {
    match key.strip_prefix("~.") {
        Some(rest) => format!("net.java.sip.communicator.{rest}"),
        None => key.to_owned(),
    }
}
