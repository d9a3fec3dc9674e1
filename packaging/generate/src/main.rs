//! Writes what packages of `openfire-provisioner` contain beside the program: man pages and shell completions from the
//! definition of its command line, and the libraries in it. The service itself does not need the libraries that this
//! uses.

mod bill;
mod completions;
mod man;
mod notices;
mod parts;
mod sections;
mod visible;

use std::path::{Path, PathBuf};

use anyhow::Context as _;
use clap::{CommandFactory as _, Parser};
use jiff::Timestamp;
use openfire_provisioner::cli::Arguments;

/// Writes the man pages and shell completions of `openfire-provisioner`.
#[derive(Debug, Parser)]
struct Generate {
    /// The folder to write to; `man` and `completions` are made in it.
    folder: PathBuf,
    /// Also write the bill of materials and the licences of the libraries, for a program that is built for this target. Takes
    /// the sources of the libraries from cargo's cache.
    #[arg(long, value_name = "TARGET")]
    libraries: Option<String>,
}

fn main() -> anyhow::Result<()> {
    let Generate { folder, libraries } = Generate::parse();
    let command = visible::only(&Arguments::command());
    let time = source_date()?;
    man::write(&command, &made(&folder, "man")?, time)?;
    completions::write(&command, &made(&folder, "completions")?)?;
    if let Some(target) = libraries {
        let program = command.get_name();
        let parts = parts::of_program(program, &target)?;
        write(&folder, &format!("{program}.cdx.json"), &bill::of(program, &parts, time)?)?;
        write(&folder, "THIRD-PARTY.txt", &notices::of(program, &parts)?)?;
    }
    Ok(())
}

fn made(folder: &Path, name: &str) -> anyhow::Result<PathBuf> {
    let folder = folder.join(name);
    std::fs::create_dir_all(&folder).with_context(|| folder.display().to_string())?;
    Ok(folder)
}

fn write(folder: &Path, name: &str, text: &str) -> anyhow::Result<()> {
    let file = folder.join(name);
    std::fs::write(&file, text).with_context(|| file.display().to_string())
}

/// The time of `SOURCE_DATE_EPOCH` (<https://reproducible-builds.org/specs/source-date-epoch/>); none without it.
fn source_date() -> anyhow::Result<Option<Timestamp>> {
    let Ok(epoch) = std::env::var("SOURCE_DATE_EPOCH") else { return Ok(None) };
    let seconds = epoch.parse().with_context(|| format!("SOURCE_DATE_EPOCH is no number: {epoch}"))?;
    Ok(Some(Timestamp::from_second(seconds)?))
}
