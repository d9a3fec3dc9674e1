//! From the file to what the tables are made of.

use serde::Deserialize;

/// The contents of the file.
#[derive(Debug)]
pub(super) struct Contents {
    /// `SourceDescription`s as expressions of Rust.
    pub(super) sources: Vec<String>,
    pub(super) keys: Vec<Description>,
    /// Keys that no client reads, with those that were meant.
    pub(super) mistakes: Vec<(String, String)>,
    /// The same for settings of an account.
    pub(super) wrong_settings: Vec<(String, String)>,
}

/// A key, as far as the tables need to know it.
#[derive(Debug)]
pub(super) struct Description {
    pub(super) name: String,
    pub(super) protocols: Vec<Protocol>,
    /// The whole `KeyDescription` as an expression of Rust.
    pub(super) expression: String,
}

/// Reads the file, or says what is wrong with it.
pub(super) fn parse(text: &str) -> Result<Contents, String> {
    let file: File = toml::from_str(text).map_err(|error| error.to_string())?;
    let mut keys = Vec::new();
    for area in file.area {
        for key in area.keys {
            let name = full(&key.name);
            let described = key.describe(&area.title, &area.accounts);
            keys.push(described.map_err(|what| format!("`{name}`: {what}"))?);
        }
    }
    let mistakes = file.mistakes.into_iter().map(|wrong| (full(&wrong.key), full(&wrong.instead))).collect();
    let wrong_settings = file.wrong_settings.into_iter().map(|wrong| (wrong.key, wrong.instead)).collect();
    let sources = file.sources.into_iter().map(Source::describe).collect::<Result<_, _>>()?;
    Ok(Contents { sources, keys, mistakes, wrong_settings })
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    sources: Vec<Source>,
    mistakes: Vec<Misspelling>,
    wrong_settings: Vec<Misspelling>,
    area: Vec<Area>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Source {
    id: String,
    title: String,
    client: String,
    revision: String,
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
    throws_beyond: bool,
    #[serde(default)]
    raw: bool,
    #[serde(default)]
    local: bool,
    #[serde(default)]
    late: bool,
    #[serde(default)]
    installed: bool,
    text: String,
    instead: Option<String>,
}

/// A protocol, as the library's enum has it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Protocol {
    Jabber,
    Sip,
    Irc,
    Icq,
}

/// A type, as the library's enum has it.
#[derive(Debug, Clone, Copy, Deserialize)]
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

impl Source {
    fn describe(self) -> Result<String, String> {
        let Self { id, title, client, revision } = self;
        let client = known_version(&client)?;
        Ok(format!("SourceDescription {{ id: {id:?}, title: {title:?}, client: {client}, revision: {revision:?} }}"))
    }
}

impl Key {
    fn describe(self, area: &str, protocols: &[Protocol]) -> Result<Description, String> {
        let name = full(&self.name);
        let of_protocols: Vec<_> = protocols.iter().map(|protocol| format!("Protocol::{protocol:?}")).collect();
        let expression = format!(
            "KeyDescription {{ name: {name:?}, protocols: &[{}], local: {}, area: {area:?}, value: {}, default: {:?}, \
             since: {}, until: {}, throws: {}, throws_beyond: {}, raw: {}, late: {}, installed: {}, text: {:?}, instead: {:?} }}",
            of_protocols.join(", "),
            self.local,
            self.value()?,
            self.default,
            version(self.since.as_deref())?,
            version(self.until.as_deref())?,
            self.throws,
            self.throws_beyond,
            self.raw,
            self.late,
            self.installed,
            self.text,
            self.instead,
        );
        Ok(Description { name, protocols: protocols.to_vec(), expression })
    }

    /// Its `ValueType` as an expression.
    fn value(&self) -> Result<String, String> {
        Ok(match self.r#type {
            Type::Integer => {
                let [least, greatest] = self.range.ok_or("an integer needs its `range`")?;
                format!("ValueType::Integer({least}..={greatest})")
            }
            Type::Choice => {
                let words = self.values.as_ref().ok_or("a choice needs its `values`")?;
                format!("ValueType::Choice {{ words: &{words:?}, any_case: {} }}", self.any_case)
            }
            Type::List => {
                format!("ValueType::List({:?})", self.separator.as_ref().ok_or("a list needs its `separator`")?)
            }
            plain => format!("ValueType::{plain:?}"),
        })
    }
}

/// An optional `Version` as an expression.
fn version(text: Option<&str>) -> Result<String, String> {
    match text {
        Some(text) => known_version(text).map(|version| format!("Some({version})")),
        None => Ok("None".to_owned()),
    }
}

/// A `Version` as an expression.
fn known_version(text: &str) -> Result<String, String> {
    let numbers: Result<Vec<u64>, _> = text.split('.').map(str::parse).collect();
    let mut numbers = numbers.map_err(|_| format!("`{text}` is no version"))?;
    while numbers.last() == Some(&0) {
        numbers.pop();
    }
    Ok(format!("Version::known({text:?}, &{numbers:?})"))
}

/// A key without the file's shorthand.
fn full(key: &str) -> String {
    match key.strip_prefix("~.") {
        Some(rest) => format!("net.java.sip.communicator.{rest}"),
        None => key.to_owned(),
    }
}
