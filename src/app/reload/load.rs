//! Reads everything anew that can be replaced while the service runs. Blocks, so it runs off the async threads.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::contents::Contents;
use super::watch::{Watch, WatchError};
use crate::config::Config;
use crate::properties;
use crate::provision::Policy;
use crate::site_data::SiteData;
use crate::template::Templates;

/// How often everything is read again because other files turn out to matter.
const READS: usize = 4;

/// A configuration with all that it names.
#[derive(Debug)]
pub(in crate::app) struct Loaded {
    pub(super) config: Config,
    pub(in crate::app) policy: Policy,
    /// The files that it was made of.
    pub(super) files: BTreeSet<PathBuf>,
}

/// What a look at the files brought.
#[derive(Debug)]
pub(super) enum Look {
    /// The files hold what they held.
    Unchanged,
    /// All could be read. The contents are those of the files that it was made of.
    Loaded(Box<Loaded>, Contents),
    /// Something is wrong.
    Failed(anyhow::Error),
}

/// A look at the files.
pub(super) struct Looking {
    /// The configuration; none when all of it comes from the environment.
    pub(super) file: Option<PathBuf>,
    /// The files in force, and what they held.
    pub(super) held: Contents,
    /// Files that are watched as well.
    pub(super) beside: Vec<PathBuf>,
    /// Watches the files; none when that is not wanted or not possible.
    pub(super) watch: Option<Watch>,
    /// Whether the folders could be watched.
    pub(super) watched: Result<(), WatchError>,
}

impl Loaded {
    /// Reads what `config` names.
    pub(in crate::app) fn from(config: Config) -> anyhow::Result<Self> {
        let data = Arc::new(SiteData::default());
        let templates = Templates::load(&config.template, data.names(), properties::escape)?;
        let files = files(&config).map(Path::to_owned).collect();
        Ok(Self { config, policy: Policy { templates, data }, files })
    }
}

impl Looking {
    /// Reads configuration, templates and data if one of the files holds something else than it held, or in any case
    /// when `anew`.
    ///
    /// Files are watched before they are read, so none can change unnoticed; when others turn out to matter, those are
    /// watched too, and all is read again.
    pub(super) fn look(&mut self, anew: bool) -> Look {
        let mut known: BTreeSet<PathBuf> = self.held.files().map(Path::to_owned).collect();
        for read in 1..=READS {
            self.watch(&known);
            let holds = Contents::of(known.iter().map(PathBuf::as_path));
            if !anew && read == 1 && holds == self.held {
                break;
            }
            match self.read(&mut known, read == READS) {
                Ok(Some(loaded)) if read == READS || loaded.files.is_subset(&known) => {
                    let contents = holds.only(&loaded.files);
                    return Look::Loaded(Box::new(loaded), contents);
                }
                Ok(Some(loaded)) => known.extend(loaded.files),
                Ok(None) => {}
                Err(error) => return Look::Failed(error),
            }
        }
        Look::Unchanged
    }

    /// Reads everything; none when the configuration names files that are not `known` yet, which they are then. The `last`
    /// attempt takes what there is.
    fn read(&self, known: &mut BTreeSet<PathBuf>, last: bool) -> anyhow::Result<Option<Loaded>> {
        let config = Config::load(self.file.as_deref())?;
        let named: BTreeSet<PathBuf> = files(&config).map(Path::to_owned).collect();
        if !last && !named.is_subset(known) {
            known.extend(named);
            return Ok(None);
        }
        Loaded::from(config).map(Some)
    }

    fn watch(&mut self, known: &BTreeSet<PathBuf>) {
        if let Some(watch) = &mut self.watch {
            self.watched = watch.set(known.iter().chain(&self.beside).map(PathBuf::as_path));
        }
    }
}

/// The files that a configuration itself names, but for those that count at the start only.
fn files(config: &Config) -> impl Iterator<Item = &Path> {
    let template = &config.template;
    let rules = template.rule.iter().map(|rule| &rule.file);
    let data = config.data.iter().flat_map(|data| [&data.file, &data.authorization_file, &data.ca_file]).flatten();
    let named = [&config.file, &template.file].into_iter().flatten();
    named.chain(rules).chain(data).map(PathBuf::as_path)
}
