//! The crates of the binary: what `cargo tree` says, with licences, checksums and the folders of their sources.

#![expect(clippy::indexing_slicing, reason = "a missing key of a JSON object is null, and every object here is one")]

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context as _, bail};
use serde_json::Value;

/// A crate by name and version.
pub(crate) type Id = (String, String);

/// A crate of the binary.
#[derive(Debug, Default)]
pub(crate) struct Part {
    /// Licence as an SPDX expression.
    pub(crate) licence: String,
    /// SHA-256 of what the registry has; none for crates of this workspace.
    pub(crate) checksum: Option<String>,
    /// Where its source is, and with it the texts of its licences.
    pub(crate) source: PathBuf,
    /// The crates that it uses.
    pub(crate) uses: BTreeSet<Id>,
}

/// All crates that are linked into the program for this target: no tests, no build scripts, no procedural macros.
///
/// Not `cargo metadata`, whose features are those of the whole workspace.
pub(crate) fn of_program(program: &str, target: &str) -> anyhow::Result<BTreeMap<Id, Part>> {
    let edges = ["--edges", "normal,no-proc-macro", "--prefix", "depth", "--format", "{p}|{l}"];
    let tree = cargo(&[&["tree", "--locked", "--package", program, "--target", target][..], &edges].concat())?;
    let mut parts = read_tree(&tree)?;
    let metadata: Value = serde_json::from_str(&cargo(&["metadata", "--locked", "--format-version", "1"])?)?;
    let lock = std::fs::read_to_string(text(&metadata, "workspace_root")?.to_owned() + "/Cargo.lock")?;
    let checksums = checksums(&lock)?;
    for package in metadata["packages"].as_array().context("no packages")? {
        let id = (text(package, "name")?.to_owned(), text(package, "version")?.to_owned());
        if let Some(part) = parts.get_mut(&id) {
            PathBuf::from(text(package, "manifest_path")?).parent().context("no folder")?.clone_into(&mut part.source);
            part.checksum = checksums.get(&id).cloned();
        }
    }
    Ok(parts)
}

/// Lines such as `2serde v1.0.229 (/a/folder)|MIT OR Apache-2.0`, with `(*)` behind those whose crates came before.
fn read_tree(tree: &str) -> anyhow::Result<BTreeMap<Id, Part>> {
    let mut parts: BTreeMap<Id, Part> = BTreeMap::new();
    let mut path: Vec<Id> = Vec::new();
    for line in tree.lines() {
        let (package, licence) = line.split_once('|').with_context(|| line.to_owned())?;
        let name = package.trim_start_matches(|digit: char| digit.is_ascii_digit());
        let depth: usize = package.strip_suffix(name).unwrap_or_default().parse()?;
        let mut words = name.split(' ');
        let (Some(name), Some(version)) = (words.next(), words.next().and_then(|word| word.strip_prefix('v'))) else {
            bail!("no name and version: {line}");
        };
        let id = (name.to_owned(), version.to_owned());
        path.truncate(depth);
        if let Some(user) = path.last().and_then(|user| parts.get_mut(user)) {
            user.uses.insert(id.clone());
        }
        let licence = licence.trim_end_matches(" (*)");
        // Cargo allowed a slash for "or" until 2019.
        parts.entry(id.clone()).or_default().licence = licence.replace('/', " OR ");
        path.push(id);
    }
    Ok(parts)
}

fn checksums(lock: &str) -> anyhow::Result<BTreeMap<Id, String>> {
    let lock: toml::Table = lock.parse()?;
    let packages = lock.get("package").and_then(toml::Value::as_array).context("no packages in Cargo.lock")?;
    let field = |package: &toml::Value, name| Some(package.get(name)?.as_str()?.to_owned());
    let found = packages.iter().filter_map(|package| {
        Some(((field(package, "name")?, field(package, "version")?), field(package, "checksum")?))
    });
    Ok(found.collect())
}

fn text<'a>(value: &'a Value, name: &str) -> anyhow::Result<&'a str> {
    value[name].as_str().with_context(|| format!("cargo metadata has no {name}"))
}

/// The output of this build's cargo.
fn cargo(arguments: &[&str]) -> anyhow::Result<String> {
    output(Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into())).args(arguments))
}

/// The output of a program that ends well.
pub(crate) fn output(command: &mut Command) -> anyhow::Result<String> {
    let output = command.output().with_context(|| format!("{command:?}"))?;
    if !output.status.success() {
        bail!("{command:?}: {}", String::from_utf8_lossy(&output.stderr));
    }
    Ok(String::from_utf8(output.stdout)?)
}
