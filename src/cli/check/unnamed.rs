//! `check`: site data that look like secrets and are not named as such.

use std::collections::BTreeSet;

use jitsi_properties::secret_names::{is_question, is_secret_name};

use super::Report;
use super::data::DataNames;
use crate::model::config::{Config, Data, secret_path};
use crate::policy;
use crate::template::Templates;

/// Says which names look like secrets, or are handed to clients as secrets, with the line that makes them secrets.
pub(super) fn check(config: &Config, known: &DataNames, templates: Option<&Templates>, report: &mut Report) {
    let exposed: BTreeSet<String> = templates
        .into_iter()
        .flat_map(Templates::all)
        .flat_map(|choice| policy::exposed(choice.template, &known.names))
        .collect();
    for (source, names) in config.data.iter().zip(&known.of_sources) {
        let has = |name: &str| names.iter().any(|known| **known == *name);
        let is_covered = |(name, place): (&str, Option<usize>)| place.is_some() && exposed.contains(name);
        let sent = exposed.iter().map(String::as_str).filter(|entry| has(secret_path(entry).0));
        let sent: Vec<&str> = sent.filter(|entry| !is_covered(secret_path(entry))).collect();
        let is_open = |name: &&str| known.names.kinds.get(*name).is_some_and(|kind| !kind.has_secrets());
        let looks_secret = |name: &&str| is_secret_name(name) && !is_question(name);
        let is_sent = |name: &&str| sent.iter().any(|entry| secret_path(entry).0 == *name);
        let open = names.iter().map(|name| &**name).filter(is_open);
        let named: Vec<&str> = open.filter(|name| looks_secret(name) && !is_sent(name)).collect();
        for (found, why) in [
            (&sent, "a template sends it under a key that holds secrets"),
            (&named, "its name looks like the name of a secret"),
        ] {
            for name in found {
                let line = line(source, name);
                report.note(
                    "secrets",
                    format!("`{name}` of data `{}` is not hidden, but {why}; write {line} there", source.name),
                );
            }
        }
    }
}

/// The setting with what it has and one name more.
fn line(source: &Data, name: &str) -> String {
    let names = source.secrets.iter().map(String::as_str).chain([name]);
    let names: Vec<String> = names.map(|name| format!("\"{name}\"")).collect();
    format!("`secrets = [{}]`", names.join(", "))
}
