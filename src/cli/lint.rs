//! `lint FILE…`: what is wrong with templates or replies, and what to write instead. It needs no server.

mod json;
mod people;
mod sarif;

use std::collections::HashSet;
use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};
use jitsi_properties::Version;
use jitsi_properties::{Client, Level};

use super::Verdict;
use super::output::{complain, counted, say, write};
use crate::app;
use crate::model::account::ExtraNames;
use crate::model::causes::with_causes;
use crate::model::config;
use crate::policy::{self, Diagnostic};
use crate::template::{TemplateError, Traced};

pub(super) use self::people::diagnostic as for_people;

/// Arguments of `lint`.
#[derive(Debug, Args)]
pub(super) struct Lint {
    /// Templates, or with --reply saved replies.
    #[arg(value_name = "FILE", required_unless_present = "keys")]
    files: Vec<PathBuf>,
    /// The files are replies, as saved from `preview` or curl; they are not rendered.
    #[arg(long)]
    reply: bool,
    /// The files are defaults of a Jitsi installation, jitsi-defaults.properties or jitsi-default-overrides.properties, in
    /// which a `*` before a key locks it.
    #[arg(long, conflicts_with = "reply")]
    installation: bool,
    /// Output format.
    #[arg(long, value_enum, default_value_t = Format::People)]
    format: Format,
    /// Client version, for settings that only some versions know; for example 2.10.
    #[arg(long, value_name = "VERSION", value_parser = version)]
    client_version: Option<Version>,
    /// Lowest severity that makes the command exit with 1.
    #[arg(long, value_enum, default_value_t = Threshold::Warning)]
    fail_on: Threshold,
    /// Folder in which templates find the files that they include. Default: the folder of each file.
    #[arg(long, value_name = "FOLDER")]
    folder: Option<PathBuf>,
    /// List every known setting of the client, one per line, for an editor's completion.
    #[arg(long, conflicts_with_all = ["files", "reply", "installation"])]
    keys: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// Text for people, with the line in question.
    People,
    /// One JSON document.
    Json,
    /// SARIF 2.1.0, for code hosts and editors.
    Sarif,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Threshold {
    /// Any finding.
    Note,
    /// Lines without the effect that their author wants, or worse.
    Warning,
    /// Lines that would harm a client; such a reply is never sent.
    Error,
}

/// How many diagnostics there are of each level.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
struct Count {
    errors: usize,
    warnings: usize,
    notes: usize,
}

impl Lint {
    /// Prints what was found to the standard output. `file` is the configuration, if one was named.
    pub(super) fn run(self, file: Option<&Path>) -> Verdict {
        match self.lint(file) {
            Ok(verdict) => verdict,
            Err(error) => {
                complain(format!("openfire-provisioner: {}", with_causes(&*error)));
                Verdict::CannotRun
            }
        }
    }

    fn lint(self, file: Option<&Path>) -> anyhow::Result<Verdict> {
        if self.keys {
            write(jitsi_properties::catalogue::dictionary().as_bytes());
            return Ok(Verdict::Fine);
        }
        let client = Client { version: self.client_version.clone(), is_installation: self.installation };
        let names = names(file)?;
        let mut diagnostics = Vec::new();
        let mut all_read = true;
        let mut reported = HashSet::new();
        for file in &self.files {
            let found = if self.reply || self.installation {
                self.review_text(file, &client)
            } else {
                self.review(file, &names, &client)
            };
            match found {
                Ok(mut found) => {
                    // One file can be a part of several, or be one of them itself.
                    found.retain(|diagnostic| !reported.contains(&place(diagnostic)));
                    reported.extend(found.iter().map(place));
                    diagnostics.extend(found);
                }
                Err(error) => {
                    all_read = false;
                    complain(format!("openfire-provisioner: {}", with_causes(&*error)));
                }
            }
        }
        self.print(&diagnostics)?;
        let fails = |diagnostic: &Diagnostic| diagnostic.level >= self.fail_on.level();
        Ok(match all_read {
            false => Verdict::CannotRun,
            true if diagnostics.iter().any(fails) => Verdict::Finding,
            true => Verdict::Fine,
        })
    }

    fn review(&self, file: &Path, names: &ExtraNames, client: &Client) -> anyhow::Result<Vec<Diagnostic>> {
        let settings = config::Template {
            file: Some(file.to_owned()),
            folder: self.folder.clone(),
            ..config::Template::default()
        };
        let load = |names: &ExtraNames| app::templates(&settings, names);
        let loaded = load(names).and_then(|templates| {
            if !names.open {
                return Ok((templates, names.clone()));
            }
            let names = templates.extra_names();
            Ok((load(&names)?, names))
        });
        match loaded {
            Ok((templates, names)) => {
                Ok(templates.all().flat_map(|choice| policy::review(choice.template, &names, client)).collect())
            }
            Err(error @ TemplateError::Unreadable { .. }) => Err(error.into()),
            Err(error) => Ok(policy::diagnose(&error)),
        }
    }

    /// The same of a file that is not rendered.
    fn review_text(&self, file: &Path, client: &Client) -> anyhow::Result<Vec<Diagnostic>> {
        let text = super::reply::read(file)?;
        let name = file.display().to_string();
        Ok(if self.installation {
            policy::review_installation(&name, &text, client)
        } else {
            policy::review_text(&Traced::plain(&name, &text), client)
        })
    }

    fn print(&self, diagnostics: &[Diagnostic]) -> anyhow::Result<()> {
        match self.format {
            Format::People => {
                for diagnostic in diagnostics {
                    say(people::diagnostic(diagnostic));
                }
                let Count { errors, warnings, notes } = Count::by_level(diagnostics);
                let [files, errors, warnings, notes] = [
                    counted(self.files.len(), "file"),
                    counted(errors, "error"),
                    counted(warnings, "warning"),
                    counted(notes, "note"),
                ];
                say(format!("{files} linted: {errors}, {warnings}, {notes}"));
            }
            Format::Json => say(json::document(diagnostics)?),
            Format::Sarif => say(sarif::document(diagnostics)?),
        }
        Ok(())
    }
}

impl Threshold {
    fn level(self) -> Level {
        match self {
            Self::Note => Level::Note,
            Self::Warning => Level::Warning,
            Self::Error => Level::Error,
        }
    }
}

impl Count {
    fn by_level(diagnostics: &[Diagnostic]) -> Self {
        let of = |level| diagnostics.iter().filter(|diagnostic| diagnostic.level == level).count();
        Self { errors: of(Level::Error), warnings: of(Level::Warning), notes: of(Level::Note) }
    }
}

/// Where a diagnostic lies, whatever the path by which its file was named, and its rule.
fn place(diagnostic: &Diagnostic) -> (PathBuf, usize, &'static str) {
    let file = Path::new(&diagnostic.file);
    (file.canonicalize().unwrap_or_else(|_| file.to_owned()), diagnostic.line, diagnostic.rule.id)
}

/// The names that `extra.…` may have: those of the configuration's site data, or any without a configuration.
fn names(file: Option<&Path>) -> anyhow::Result<ExtraNames> {
    match file {
        Some(_) => Ok(ExtraNames::clone(app::site_data_of_files(&super::load(file)?)?.names())),
        None => Ok(ExtraNames { open: true, ..ExtraNames::default() }),
    }
}

/// The column of a byte of the line, in characters from 1.
fn column(diagnostic: &Diagnostic, byte: usize) -> usize {
    diagnostic.source.get(..byte).map_or(1, |before| before.chars().count() + 1)
}

fn version(text: &str) -> Result<Version, String> {
    Version::parse(text).ok_or_else(|| "write a version such as 2.10 or 2.11.5633".to_owned())
}
