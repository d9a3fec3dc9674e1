//! The rules for sources of site data.

use std::path::Path;
use std::time::Duration;

use crate::model::config::{Data, DataKey, SecretPart, secret_path};

/// What may separate the columns of a CSV file.
const SEPARATORS: [char; 3] = [',', ';', '\t'];

/// Checks all sources. An error is the key, as `data[0].file`, and what is wrong with it.
pub(super) fn check(data: &[Data]) -> Result<(), (String, String)> {
    for (index, source) in data.iter().enumerate() {
        let at = |(key, problem): (&str, String)| (format!("data[{index}].{key}"), problem);
        if source.name.trim().is_empty() {
            return Err(at(("name", "the name is empty; messages need one".to_owned())));
        }
        if source.name.chars().any(char::is_control) {
            return Err(at((
                "name",
                "the name holds a control character, which would garble log and metrics".to_owned(),
            )));
        }
        if data.iter().take(index).any(|other| other.name == source.name) {
            return Err(at(("name", format!("another source is already called \"{}\"", source.name))));
        }
        check_kind(source).map_err(at)?;
        check_form(source).map_err(at)?;
        check_times(source).map_err(at)?;
    }
    Ok(())
}

/// Exactly one of the three, and nothing that belongs to another.
fn check_kind(source: &Data) -> Result<(), (&'static str, String)> {
    let Data { file, command, url, authorization, authorization_file, ca_file, .. } = source;
    let given: Vec<&str> = [("file", file.is_some()), ("command", command.is_some()), ("url", url.is_some())]
        .into_iter()
        .filter_map(|(key, given)| given.then_some(key))
        .collect();
    match given[..] {
        [_] => {}
        [] => return Err(("file", "a source needs one of `file`, `command` and `url`".to_owned())),
        _ => return Err(("file", format!("a source has only one of `{}`", given.join("` and `")))),
    }
    if command.as_ref().is_some_and(|argv| argv.first().is_none_or(String::is_empty)) {
        return Err(("command", "it is empty; write [\"/path/of/the/program\", \"argument\"]".to_owned()));
    }
    let only_for_url = |key, given: bool| {
        let stray = given && url.is_none();
        if stray { Err((key, "this is for a source with `url` only".to_owned())) } else { Ok(()) }
    };
    only_for_url("authorization", authorization.is_some())?;
    only_for_url("authorization_file", authorization_file.is_some())?;
    only_for_url("ca_file", ca_file.is_some())?;
    match url {
        Some(url) if url.is_plain() && ca_file.is_some() => {
            Err(("ca_file", "an http:// address shows no certificate; use https://, or remove it".to_owned()))
        }
        _ => Ok(()),
    }
}

/// The settings for CSV.
fn check_form(source: &Data) -> Result<(), (&'static str, String)> {
    let ending = source.file.as_deref().and_then(Path::extension).unwrap_or_default();
    if let Some(file) = &source.file
        && !["csv", "json", "toml"].iter().any(|known| ending == *known)
    {
        let file = file.display();
        return Err(("file", format!("found \"{file}\"; the name must end in .csv, .toml or .json")));
    }
    let only_for_csv = |key, given: bool| {
        let stray = given && ending != "csv";
        if stray { Err((key, "this is for a .csv file only".to_owned())) } else { Ok(()) }
    };
    only_for_csv("by", source.by != DataKey::User)?;
    only_for_csv("key", source.key.is_some())?;
    only_for_csv("separator", source.separator != ',')?;
    if !SEPARATORS.contains(&source.separator) {
        return Err(("separator", format!("found {:?}; allowed: \",\", \";\" and \"\\t\"", source.separator)));
    }
    if let Some(name) = source.secrets.iter().find(|entry| !is_path(entry)) {
        return Err((
            "secrets",
            format!(
                "found \"{}\"; write the name of a column or list, as in \"pin\", one item of a list, as in \"pins[1]\", \
                 counted from 0, or one name in the records of a list, as in \"lines.pin\"; the name of a list covers all of \
                 its items",
                name.escape_debug()
            ),
        ));
    }
    match &source.key {
        Some(key) if key.trim() != key || key.is_empty() => {
            Err(("key", format!("found \"{key}\"; write the name of a column, without blanks around it")))
        }
        _ => Ok(()),
    }
}

/// Whether it names values of site data, or a part of them.
fn is_path(entry: &str) -> bool {
    let (name, part) = secret_path(entry);
    is_name(name) && if let SecretPart::Member(member) = part { is_name(member) } else { true }
}

/// Whether site data can have a name.
fn is_name(name: &str) -> bool {
    let usable = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
    !name.is_empty() && name.bytes().all(usable)
}

fn check_times(source: &Data) -> Result<(), (&'static str, String)> {
    super::at_least("every", source.every, Duration::from_secs(5))?;
    super::at_least("timeout", source.timeout, Duration::from_millis(50))?;
    if source.timeout > source.every {
        return Err(("timeout", "it must not be longer than `every`".to_owned()));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn problem(sources: &str) -> String {
        #[derive(serde::Deserialize)]
        struct All {
            data: Vec<Data>,
        }

        let All { data } = toml::from_str(sources).unwrap();
        match check(&data) {
            Ok(()) => String::new(),
            Err((key, problem)) => format!("{key}: {problem}"),
        }
    }

    fn one(settings: &str) -> String {
        problem(&format!("[[data]]\nname = \"a\"\n{settings}\n"))
    }

    #[test]
    fn what_belongs_together_is_taken() {
        assert_eq!(one("file = \"a.csv\"\nby = \"roster_group\"\nkey = \"Group name\"\nseparator = \"\\t\""), "");
        assert_eq!(one("file = \"a.json\"\nsecrets = [\"pin\", \"pins[0]\", \"pins[12]\", \"lines.pin\"]"), "");
        assert_eq!(one("command = [\"a\", \"\"]\nevery = \"5s\"\ntimeout = \"5s\""), "");
        assert_eq!(one("url = \"https://crm.example.org/\"\nauthorization = \"Bearer x\"\nca_file = \"ca.pem\""), "");
        assert_eq!(problem("[[data]]\nname = \"a\"\nfile = \"a.toml\"\n[[data]]\nname = \"b\"\nfile = \"b.toml\""), "");
    }

    #[test]
    fn what_cannot_be_is_named_with_its_key() {
        let cases = [
            ("", "data[0].file: a source needs one of"),
            ("file = \"a.csv\"\nurl = \"https://a/\"", "data[0].file: a source has only one of `file` and `url`"),
            ("file = \"a.xlsx\"", "data[0].file: found \"a.xlsx\"; the name must end in"),
            ("command = []", "data[0].command: it is empty"),
            ("command = [\"\"]", "data[0].command: it is empty"),
            ("file = \"a.json\"\nby = \"group\"", "data[0].by: this is for a .csv file only"),
            ("command = [\"a\"]\nkey = \"k\"", "data[0].key: this is for a .csv file only"),
            ("file = \"a.toml\"\nseparator = \";\"", "data[0].separator: this is for a .csv file only"),
            ("file = \"a.csv\"\nseparator = \"|\"", "data[0].separator: found '|'; allowed"),
            ("file = \"a.csv\"\nsecrets = [\"lines[].pin\"]", "data[0].secrets: found \"lines[].pin\"; write the name"),
            ("file = \"a.json\"\nsecrets = [\"sip.pin.x\"]", "data[0].secrets: found \"sip.pin.x\"; write the name"),
            ("file = \"a.json\"\nsecrets = [\"sip.\"]", "data[0].secrets: found \"sip.\"; write the name"),
            ("file = \"a.json\"\nsecrets = [\"lines[0].pin\"]", "data[0].secrets: found \"lines[0].pin\"; write"),
            ("file = \"a.json\"\nsecrets = [\"pins[-1]\"]", "data[0].secrets: found \"pins[-1]\"; write the name"),
            ("file = \"a.json\"\nsecrets = [\"pins[+1]\"]", "data[0].secrets: found \"pins[+1]\"; write the name"),
            ("file = \"a.json\"\nsecrets = [\"pins[01]\"]", "data[0].secrets: found \"pins[01]\"; write the name"),
            ("file = \"a.json\"\nsecrets = [\"pins[]\"]", "data[0].secrets: found \"pins[]\"; write the name"),
            ("file = \"a.json\"\nsecrets = [\"[1]\"]", "data[0].secrets: found \"[1]\"; write the name"),
            ("file = \"a.json\"\nsecrets = [\"pins[1][2]\"]", "data[0].secrets: found \"pins[1][2]\"; write the name"),
            ("file = \"a.json\"\nsecrets = [\".pins\"]", "data[0].secrets: found \".pins\"; write the name"),
            ("file = \"a.csv\"\nkey = \" k\"", "data[0].key: found \" k\""),
            ("file = \"a.csv\"\nauthorization = \"x\"", "data[0].authorization: this is for a source with `url` only"),
            ("url = \"http://localhost/\"\nca_file = \"ca.pem\"", "data[0].ca_file: an http:// address"),
            ("command = [\"a\"]\nevery = \"4s\"", "data[0].every: found 4s; use at least 5s"),
            ("command = [\"a\"]\ntimeout = \"1ms\"", "data[0].timeout: found 1ms"),
            ("command = [\"a\"]\nevery = \"5s\"", "data[0].timeout: it must not be longer than `every`"),
        ];
        for (settings, start) in cases {
            assert!(one(settings).starts_with(start), "{settings}: {}", one(settings));
        }
        let twice = problem("[[data]]\nname = \"a\"\nfile = \"a.csv\"\n[[data]]\nname = \"a\"\nfile = \"b.csv\"");
        assert_eq!(twice, "data[1].name: another source is already called \"a\"");
        for name in ["a\\nb", "\\u001b[31m", "a\\u0085"] {
            let problem = problem(&format!("[[data]]\nname = \"{name}\"\nfile = \"a.csv\""));
            assert_eq!(problem, "data[0].name: the name holds a control character, which would garble log and metrics");
        }
        assert!(problem("[[data]]\nname = \" \"\nfile = \"a.csv\"").starts_with("data[0].name: the name is empty"));
    }
}
