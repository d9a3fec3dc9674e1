//! Reads everything anew that can be replaced while the service runs. Blocks, so it runs off the async threads.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use super::contents::Contents;
use super::tables::Tables;
use super::tree::Tree;
use super::watch::{Watch, WatchError};
use crate::model::config::{self, Config};
use crate::policy::{Policy, load_templates};
use crate::site_data::{SiteData, Source};

/// How often everything is read again because other files turn out to matter.
const READS: usize = 4;

/// A configuration with all that it names.
#[derive(Debug)]
pub(crate) struct Loaded {
    pub(super) config: Config,
    pub(crate) policy: Policy,
    /// The data of all sources that have any.
    tables: Tables,
    /// The files that all this was made of.
    pub(super) files: BTreeSet<PathBuf>,
}

/// What a look at the files brought.
#[derive(Debug)]
pub(super) enum Look {
    /// The files hold what they held.
    Unchanged,
    /// Some were written to a moment ago, and may not be whole: look again after this time.
    Unsettled(Duration),
    /// All could be read.
    Loaded(Box<Loaded>, Held),
    /// Something is wrong.
    Failed(anyhow::Error),
}

/// A look at the files.
#[derive(Default)]
pub(super) struct Looking {
    /// The configuration; none when all of it comes from the environment.
    pub(super) file: Option<PathBuf>,
    /// The configuration, when it was read already.
    pub(super) given: Option<Config>,
    /// Time that a changed file must not have been written to; none to take it as it is.
    pub(super) settle: Option<Duration>,
    /// What was in force at the last look.
    pub(super) held: Held,
    /// Data of commands and endpoints.
    pub(super) asked: Tables,
    /// Files that are watched as well.
    pub(super) beside: Vec<PathBuf>,
    /// Watches the files; none when that is not wanted or not possible.
    pub(super) watch: Option<Watch>,
    /// The first folder that could not be watched.
    pub(super) unwatched: Option<WatchError>,
}

/// What is in force, and what it was made of.
#[derive(Debug, Clone, Default)]
pub(super) struct Held {
    /// The files, and what they held.
    pub(super) contents: Contents,
    /// The data of all sources.
    pub(super) tables: Tables,
    /// The folder in which templates find others.
    pub(super) folder: Option<PathBuf>,
    /// What lay in that folder at the last look: another name there can be another template for somebody.
    pub(super) tree: Tree,
}

impl Loaded {
    /// Reads what `config` names, but for the data that are in `tables`. A command or endpoint that is not there has yet to
    /// be asked.
    pub(crate) fn from(config: Config, tables: &Tables) -> anyhow::Result<Self> {
        let sources = Source::all(&config)?;
        let (mut kept, mut all) = (Tables::default(), Vec::with_capacity(sources.len()));
        for (settings, source) in config.data.iter().zip(&sources) {
            let mut table = tables.of(settings);
            if table.is_none() {
                table = source.read()?.map(Arc::new);
            }
            if let Some(table) = &table {
                kept.put(settings, Arc::clone(table));
            }
            all.push((source, table));
        }
        let data = Arc::new(SiteData::new(all)?);
        let templates = load_templates(&config.template, data.names())?;
        let files = files(&config).chain(templates.files()).map(Path::to_owned).collect();
        Ok(Self { config, policy: Policy::new(templates, data), tables: kept, files })
    }
}

impl Looking {
    /// Reads configuration, templates and data if one of the files holds something else than it held, or in any case
    /// when `anew`. Nothing comes of it, good or bad, while a file that holds something else is still being written.
    ///
    /// Files are watched before they are read, so none can change unnoticed; when others turn out to matter, those are
    /// watched too, and all is read again.
    pub(super) fn look(&mut self, anew: bool) -> Look {
        let (begun, before) = (SystemTime::now(), self.held.contents.clone());
        let mut known: BTreeSet<PathBuf> = before.files().map(Path::to_owned).collect();
        let look = self.look_at(&mut known, anew);
        let left = self.settle.and_then(|pause| before.settle(&known, begun, pause));
        left.map_or(look, Look::Unsettled)
    }

    fn look_at(&mut self, known: &mut BTreeSet<PathBuf>, anew: bool) -> Look {
        for read in 1..=READS {
            let tree = self.held.folder.as_deref().map(Tree::of).unwrap_or_default();
            self.watch(known, &tree);
            let holds = Contents::of(known.iter().map(PathBuf::as_path));
            let is_same_tree = std::mem::replace(&mut self.held.tree, tree) == self.held.tree;
            if !anew && is_same_tree && read == 1 && holds == self.held.contents {
                break;
            }
            match self.read(known, &holds, read == READS) {
                Ok(Some(loaded)) => {
                    self.held.tables = loaded.tables.clone();
                    if loaded.files.is_subset(known) || read == READS {
                        let contents = holds.only(&loaded.files);
                        return Look::Loaded(Box::new(loaded), Held { contents, ..self.held.clone() });
                    }
                    // What was read already need not be read again.
                    self.held.contents = holds;
                    known.extend(loaded.files);
                }
                Ok(None) => {}
                Err(error) => return Look::Failed(error),
            }
        }
        Look::Unchanged
    }

    /// Reads everything; none when the configuration names files that are not `known` yet, or another folder, which they are
    /// then. The `last` attempt takes what there is.
    fn read(&mut self, known: &mut BTreeSet<PathBuf>, holds: &Contents, last: bool) -> anyhow::Result<Option<Loaded>> {
        let config = match &self.given {
            Some(config) => config.clone(),
            None => Config::load(self.file.as_deref())?,
        };
        let named: BTreeSet<PathBuf> = files(&config).map(Path::to_owned).collect();
        let folder = folder(&config.template);
        if !last && (folder != self.held.folder || !named.is_subset(known)) {
            self.held.folder = folder;
            known.extend(named);
            return Ok(None);
        }
        let changed = self.held.contents.changed(holds);
        let is_as_before = |data: &config::Data| data.file.as_deref().is_some_and(|file| !changed.contains(file));
        let mut tables = self.held.tables.those(is_as_before);
        tables.add(self.asked.clone());
        let Loaded { config, policy, tables, files } = Loaded::from(config, &tables)?;
        Ok(Some(Loaded { config, policy: policy.harmless()?, tables, files }))
    }

    fn watch(&mut self, known: &BTreeSet<PathBuf>, tree: &Tree) {
        if let Some(watch) = &mut self.watch {
            let files: Vec<&Path> = known.iter().chain(&self.beside).map(PathBuf::as_path).collect();
            self.unwatched = watch.set(&files, &tree.folders()).err();
        }
    }
}

/// The folder in which templates find others; none for the one that is built in, which looks for none.
fn folder(template: &config::Template) -> Option<PathBuf> {
    let is_built_in = template.file.is_none() && template.rule.is_empty();
    template.folder.clone().filter(|_| !is_built_in)
}

/// The files that a configuration itself names, but for those that count at the start only.
fn files(config: &Config) -> impl Iterator<Item = &Path> {
    let template = &config.template;
    let rules = template.rule.iter().map(|rule| &rule.file);
    let data = config.data.iter().flat_map(|data| [&data.file, &data.authorization_file, &data.ca_file]).flatten();
    let named = [&config.file, &template.file].into_iter().flatten();
    named.chain(rules).chain(data).map(PathBuf::as_path)
}
