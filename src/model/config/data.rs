//! `[[data]]`: what the site itself knows about its users.

mod url;

use std::fmt;
use std::path::PathBuf;
use std::time::Duration;

use secrecy::SecretString;
use serde::Deserialize;

pub use self::url::EndpointUrl;
use super::value::duration;

/// One source of site data: a file, a command or an HTTP endpoint; exactly one of the three. Its values reach templates as
/// `extra.…`; of several sources the later one wins.
#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Data {
    /// What messages call it.
    pub name: String,
    /// A file whose name ends in `.csv`, `.toml` or `.json`.
    pub file: Option<PathBuf>,
    /// A command with its arguments that prints JSON. No shell takes part.
    pub command: Option<Vec<String>>,
    /// An endpoint that answers a GET with JSON.
    pub url: Option<EndpointUrl>,
    /// For `url`: the value of the `Authorization` header.
    pub authorization: Option<SecretString>,
    /// For `url`: a file whose first line is the value of the `Authorization` header.
    pub authorization_file: Option<PathBuf>,
    /// For `url`: PEM file with the authorities that vouch for the endpoint. Default: those of the system.
    pub ca_file: Option<PathBuf>,
    /// For a CSV file: what its rows are about. Default: `"user"`.
    #[serde(default)]
    pub by: DataKey,
    /// For a CSV file: the column that holds the user or group. Default: the first.
    pub key: Option<String>,
    /// For a CSV file: what separates the columns. Default: a comma.
    #[serde(default = "comma")]
    pub separator: char,
    /// Names of columns and lists whose values are secrets, beside all that end in `password` or `secret`. The name of a list
    /// covers all of its items, `list[1]` the second alone, `list.name` one name of its records, see [`secret_path`].
    #[serde(default)]
    pub secrets: Vec<String>,
    /// For `command` and `url`: time after which it is asked again. Default: 5 minutes.
    #[serde(default = "five_minutes", deserialize_with = "duration::deserialize")]
    pub every: Duration,
    /// For `command` and `url`: time in which it must have answered. Default: 10 s.
    #[serde(default = "ten_seconds", deserialize_with = "duration::deserialize")]
    pub timeout: Duration,
}

impl Data {
    /// Where the data come from, for messages: the file, the program of the command without its arguments, or the URL without
    /// its query. Arguments and query may hold secrets.
    #[must_use]
    pub fn origin(&self) -> String {
        let Self { file, command, url, .. } = self;
        let file = file.as_ref().map(|file| file.display().to_string());
        let program = || command.as_ref().and_then(|argv| argv.first().cloned());
        file.or_else(program).or_else(|| url.as_ref().map(ToString::to_string)).unwrap_or_default()
    }
}

/// Leaves out the arguments of the command, which may hold secrets.
impl fmt::Debug for Data {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            name,
            file,
            command,
            url,
            authorization,
            authorization_file,
            ca_file,
            by,
            key,
            separator,
            secrets,
            ..
        } = self;
        let program = command.as_ref().and_then(|argv| argv.first());
        f.debug_struct("Data")
            .field("name", name)
            .field("file", file)
            .field("program", &program)
            .field("url", url)
            .field("authorization", authorization)
            .field("authorization_file", authorization_file)
            .field("ca_file", ca_file)
            .field("by", by)
            .field("key", key)
            .field("separator", separator)
            .field("secrets", secrets)
            .field("every", &self.every)
            .field("timeout", &self.timeout)
            .finish_non_exhaustive()
    }
}

/// What of a name's values an entry of [`Data::secrets`] means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SecretPart<'e> {
    /// All of them, as in `pin`.
    Whole,
    /// The item of a list at this place, counted from 0, as in `line[1]`.
    Item(usize),
    /// A name in the records of a list, as in `lines.pin`.
    Member(&'e str),
}

/// The name in an entry of [`Data::secrets`], and what of its values is meant. An entry that has no such form is a name as it
/// stands.
#[must_use]
pub fn secret_path(entry: &str) -> (&str, SecretPart<'_>) {
    let item = entry.strip_suffix(']').and_then(|entry| entry.split_once('['));
    let place = |digits: &str| {
        let is_number = digits.bytes().all(|byte| byte.is_ascii_digit()) && (digits == "0" || !digits.starts_with('0'));
        digits.parse().ok().filter(|_| is_number)
    };
    match item.map(|(name, digits)| (name, place(digits))) {
        Some((name, Some(place))) => (name, SecretPart::Item(place)),
        _ => match entry.split_once('.') {
            Some((name, member)) => (name, SecretPart::Member(member)),
            None => (entry, SecretPart::Whole),
        },
    }
}

/// What a row of a CSV file is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DataKey {
    /// A user, by name.
    #[default]
    User,
    /// An Openfire group.
    Group,
    /// A group of the user's roster.
    RosterGroup,
}

fn comma() -> char {
    ','
}

fn five_minutes() -> Duration {
    Duration::from_mins(5)
}

fn ten_seconds() -> Duration {
    Duration::from_secs(10)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arguments_of_a_command_are_not_shown() {
        let text = "name = \"a\"\ncommand = [\"/usr/bin/crm\", \"--token\", \"s3cret\"]";
        let shown = format!("{:?}", toml::from_str::<Data>(text).unwrap());
        assert!(shown.contains("/usr/bin/crm") && !shown.contains("s3cret") && !shown.contains("--token"), "{shown}");
    }
}
