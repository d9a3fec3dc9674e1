//! `check`: site data that look like secrets and are not named as such.

use std::collections::BTreeSet;

use jitsi_properties::secret_names::{is_question, is_secret_name};

use super::Report;
use super::data::DataNames;
use crate::model::account::DatumType;
use crate::model::config::{Config, Data, SecretPart, secret_path};
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
        let is_covered = |(name, part): (&str, SecretPart<'_>)| part != SecretPart::Whole && exposed.contains(name);
        let sent = exposed.iter().map(String::as_str).filter(|entry| has(secret_path(entry).0));
        let sent: Vec<&str> = sent.filter(|entry| !is_covered(secret_path(entry))).collect();
        let open: Vec<String> = names.iter().flat_map(|name| open_paths(name, known.names.kinds.get(name))).collect();
        let is_sent = |path: &&str| {
            let whole = |entry: &&str| secret_path(entry).0 == *path;
            sent.contains(path) || sent.iter().any(whole)
        };
        let named: Vec<&str> =
            open.iter().map(String::as_str).filter(|path| looks_secret(path) && !is_sent(path)).collect();
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

/// What `secrets` can name of values of this kind that are no secrets.
fn open_paths(name: &str, kind: Option<&DatumType>) -> Vec<String> {
    match kind {
        Some(DatumType::Records(names)) => {
            let open = names.iter().filter(|(_, kind)| !kind.has_secrets());
            open.map(|(member, _)| format!("{name}.{member}")).collect()
        }
        Some(kind) if !kind.has_secrets() => vec![name.to_owned()],
        _ => Vec::new(),
    }
}

/// Whether the last part of the name is what secrets are called.
fn looks_secret(path: &str) -> bool {
    let name = path.rsplit('.').next().unwrap_or(path);
    is_secret_name(name) && !is_question(name)
}

/// The setting with what it has and one name more.
fn line(source: &Data, name: &str) -> String {
    let names = source.secrets.iter().map(String::as_str).chain([name]);
    let names: Vec<String> = names.map(|name| format!("\"{name}\"")).collect();
    format!("`secrets = [{}]`", names.join(", "))
}
