//! One attempt to reload: reads everything anew that can be replaced while the service runs.
//!
//! It blocks, so it runs off the async threads.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use super::candidate::{Candidate, named_files};
use super::file_digests::FileDigests;
use super::folder_listing::FolderListing;
use super::source_tables::SourceTables;
use super::watch::{Watch, WatchError};
use crate::model::config::{self, Config};

/// How often everything is read again because other files turn out to matter.
const MAX_READS: usize = 4;

/// What became of an attempt.
#[derive(Debug)]
pub(super) enum AttemptOutcome {
    /// The files are what they were.
    Unchanged,
    /// Some were written to a moment ago, and may be incomplete: try again after this time.
    Unsettled(Duration),
    /// All could be read; it can come into force.
    Loaded(Box<Candidate>, Inputs),
    /// Something is wrong.
    Failed(anyhow::Error),
}

/// Where an attempt takes the configuration from.
pub(super) enum ConfigSource {
    /// It was read already, as at the start.
    Given(Box<Config>),
    /// It is read anew, from the file and the environment, or from the environment alone.
    File(Option<PathBuf>),
}

/// One attempt, with all that it needs.
pub(super) struct Attempt {
    pub(super) config: ConfigSource,
    /// Time for which a changed file must not have been written to; `None` takes it as it is.
    pub(super) quiet_time: Option<Duration>,
    /// What the policy in force was made of. The attempt keeps its own up to date while it reads.
    pub(super) inputs: Inputs,
    /// The latest data of commands and endpoints.
    pub(super) polled: SourceTables,
    /// Files that are watched, but not read here: those of the certificate.
    pub(super) also_watched: Vec<PathBuf>,
    /// Watches the files; `None` when that is switched off or not possible.
    pub(super) watch: Option<Watch>,
    /// The first folder that could not be watched.
    pub(super) watch_error: Option<WatchError>,
}

/// What a policy was made of.
#[derive(Debug, Clone, Default)]
pub(super) struct Inputs {
    /// Its files, with their contents.
    pub(super) files: FileDigests,
    /// The data of all sources.
    pub(super) tables: SourceTables,
    /// The folder in which templates find others.
    pub(super) template_folder: Option<PathBuf>,
    /// The names in that folder: another name there can mean another template for some users.
    pub(super) listing: FolderListing,
}

impl Attempt {
    /// The first one, for a configuration that was just read. It watches nothing.
    pub(super) fn first(config: Config) -> Self {
        Self {
            config: ConfigSource::Given(Box::new(config)),
            quiet_time: None,
            inputs: Inputs::default(),
            polled: SourceTables::default(),
            also_watched: Vec::new(),
            watch: None,
            watch_error: None,
        }
    }

    /// Reads configuration, templates and data if one of the files has changed, or in any case when `anew`. It has no
    /// result, good or bad, while a changed file is still being written.
    ///
    /// Files are watched before they are read, so none can change unnoticed; when others turn out to matter, those are
    /// watched too, and all is read again.
    pub(super) fn run(&mut self, anew: bool) -> AttemptOutcome {
        let (begun, before) = (SystemTime::now(), self.inputs.files.clone());
        let mut files: BTreeSet<PathBuf> = before.files().map(Path::to_owned).collect();
        let outcome = self.read_until_complete(&mut files, anew);
        let left = self.quiet_time.and_then(|quiet_time| before.time_to_settle(&files, begun, quiet_time));
        left.map_or(outcome, AttemptOutcome::Unsettled)
    }

    fn read_until_complete(&mut self, files: &mut BTreeSet<PathBuf>, anew: bool) -> AttemptOutcome {
        for read in 1..=MAX_READS {
            let listing = self.inputs.template_folder.as_deref().map(FolderListing::read).unwrap_or_default();
            self.watch(files, &listing);
            let digests = FileDigests::read(files.iter().map(PathBuf::as_path));
            let is_same_listing = std::mem::replace(&mut self.inputs.listing, listing) == self.inputs.listing;
            if !anew && is_same_listing && read == 1 && digests == self.inputs.files {
                break;
            }
            match self.read(files, &digests, read == MAX_READS) {
                Ok(Some(candidate)) => {
                    self.inputs.tables = candidate.tables.clone();
                    if candidate.files.is_subset(files) || read == MAX_READS {
                        let files = digests.only(&candidate.files);
                        return AttemptOutcome::Loaded(Box::new(candidate), Inputs { files, ..self.inputs.clone() });
                    }
                    // Data that were read already need not be read again.
                    self.inputs.files = digests;
                    files.extend(candidate.files);
                }
                Ok(None) => {}
                Err(error) => return AttemptOutcome::Failed(error),
            }
        }
        AttemptOutcome::Unchanged
    }

    /// Reads everything. `None` when the configuration names another template folder, or files that are not among `files`;
    /// they are added. The `last` read takes what there is.
    fn read(
        &mut self,
        files: &mut BTreeSet<PathBuf>,
        digests: &FileDigests,
        last: bool,
    ) -> anyhow::Result<Option<Candidate>> {
        let config = match &self.config {
            ConfigSource::Given(config) => Config::clone(config),
            ConfigSource::File(file) => Config::load(file.as_deref())?,
        };
        let named: BTreeSet<PathBuf> = named_files(&config).map(Path::to_owned).collect();
        let template_folder = template_folder(&config.template);
        if !last && (template_folder != self.inputs.template_folder || !named.is_subset(files)) {
            self.inputs.template_folder = template_folder;
            files.extend(named);
            return Ok(None);
        }
        let changed = self.inputs.files.changed(digests);
        let is_unchanged = |data: &config::Data| data.file.as_deref().is_some_and(|file| !changed.contains(file));
        let mut tables = self.inputs.tables.filtered(is_unchanged);
        tables.extend(self.polled.clone());
        Ok(Some(Candidate::load(config, &tables)?.harmless()?))
    }

    fn watch(&mut self, files: &BTreeSet<PathBuf>, listing: &FolderListing) {
        if let Some(watch) = &mut self.watch {
            let files: Vec<&Path> = files.iter().chain(&self.also_watched).map(PathBuf::as_path).collect();
            self.watch_error = watch.set(&files, &listing.folders()).err();
        }
    }
}

/// The folder in which templates find others; none for the built-in template, which includes no other.
fn template_folder(template: &config::Template) -> Option<PathBuf> {
    let is_built_in = template.file.is_none() && template.rule.is_empty();
    template.folder.clone().filter(|_| !is_built_in)
}
