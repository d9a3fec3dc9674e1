//! Holds the catalogue of keys to the client's Java source.
//!
//! A tool for developers. It reads checkouts of the client and its libraries, finds the keys that the code asks for, and
//! compares them with `crates/jitsi-properties/src/catalogue/keys.toml`. Nothing of the source is kept.

mod comparison;
mod evaluate;
mod pattern;
mod program;
mod reads;
mod reasons;
mod report;
mod syntax;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context as _, bail, ensure};
use clap::Parser;
use jitsi_properties::Version;
use jitsi_properties::catalogue::{self, SourceDescription};

use self::comparison::{Client, differences};
use self::program::Program;
use self::reasons::Reasons;

/// Compares the catalogue of keys with the client's source.
///
/// Ends with 1 when a difference has no reason, or a reason has no difference.
#[derive(Parser)]
struct Arguments {
    /// A source that the catalogue names, and the folder of its checkout: `jitsi-master=../jitsi`.
    #[arg(required = true, value_name = "SOURCE=FOLDER")]
    sources: Vec<String>,
    /// Print every name that the sources ask for, with its places, and compare nothing.
    #[arg(long)]
    list: bool,
}

fn main() -> anyhow::Result<ExitCode> {
    let arguments = Arguments::parse();
    let clients = clients(&arguments.sources)?;
    let mut out = std::io::stdout().lock();
    if arguments.list {
        report::list(&mut out, &clients)?;
        return Ok(ExitCode::SUCCESS);
    }
    let named =
        |source: &&SourceDescription| arguments.sources.iter().any(|one| one.split('=').next() == Some(source.id));
    if let Some(missing) = catalogue::sources().iter().find(|source| !named(source)) {
        bail!("the catalogue was made from `{}` too; give its folder: `{}=FOLDER`", missing.title, missing.id);
    }
    let reasons = Reasons::parse(include_str!("../reasons.toml"))?;
    let differences = differences(&clients);
    let is_right = report::compare(&mut out, &reasons, &differences)?;
    Ok(if is_right { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Reads all sources, those of one client together.
fn clients(sources: &[String]) -> anyhow::Result<Vec<Client>> {
    let mut programs: BTreeMap<String, (Version, Program)> = BTreeMap::new();
    for source in sources {
        let (id, folder) = source.split_once('=').context("a source is given as `SOURCE=FOLDER`")?;
        let known = catalogue::sources().iter().find(|known| known.id == id);
        let known = known.with_context(|| format!("the catalogue names no source `{id}`"))?;
        check_revision(known, Path::new(folder))?;
        let client = programs.entry(known.client.to_string());
        let (_, program) = client.or_insert_with(|| (known.client.clone(), Program::default()));
        add(program, id, Path::new(folder))?;
    }
    Ok(programs.into_values().map(|(version, program)| Client { version, names: reads::names(&program) }).collect())
}

/// A checkout with its history must be at the revision that the catalogue names.
fn check_revision(source: &SourceDescription, folder: &Path) -> anyhow::Result<()> {
    if !folder.join(".git").exists() {
        return Ok(());
    }
    let git = std::process::Command::new("git").arg("-C").arg(folder).args(["rev-parse", "HEAD"]).output()?;
    let revision = String::from_utf8_lossy(&git.stdout);
    ensure!(
        revision.trim() == source.revision,
        "`{}` is at {}, but the catalogue was made from {}; check that out, or renew `revision` in keys.toml",
        folder.display(),
        revision.trim(),
        source.revision
    );
    Ok(())
}

fn add(program: &mut Program, id: &str, folder: &Path) -> anyhow::Result<()> {
    let mut files = Vec::new();
    collect(folder, &mut files).with_context(|| format!("cannot read {}", folder.display()))?;
    files.sort();
    ensure!(!files.is_empty(), "{} holds no Java file", folder.display());
    for path in files {
        let bytes = std::fs::read(&path).with_context(|| format!("cannot read {}", path.display()))?;
        // Some old files are in ISO 8859-1; only their comments have letters beyond ASCII.
        let file = syntax::read(&String::from_utf8_lossy(&bytes)).context("the Java grammar cannot be used")?;
        let inside = path.strip_prefix(folder).unwrap_or(&path);
        program.add(format!("{id}/{}", inside.display()), file);
    }
    Ok(())
}

/// All Java files but those of tests.
fn collect(folder: &Path, files: &mut Vec<PathBuf>) -> std::io::Result<()> {
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() && !path.ends_with("test") {
            collect(&path, files)?;
        } else if path.extension().is_some_and(|extension| extension == "java") {
            files.push(path);
        }
    }
    Ok(())
}
