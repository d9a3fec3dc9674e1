//! A configuration with all that it names: what comes into force if all of it is in order.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use jiff::Timestamp;

use super::source_tables::SourceTables;
use crate::model::config::Config;
use crate::policy::{self, Harmful, Policy};
use crate::site_data::{SiteData, Source};

/// A configuration as it was read, and the policy that is made of it.
#[derive(Debug)]
pub(crate) struct Candidate {
    pub(super) config: Config,
    pub(crate) policy: Policy,
    /// The data of all sources that have any.
    pub(super) tables: SourceTables,
    /// The files that all this was made of.
    pub(super) files: BTreeSet<PathBuf>,
}

impl Candidate {
    /// Reads what `config` names, except for data that are in `tables`. It does not ask commands and endpoints.
    pub(crate) fn load(config: Config, tables: &SourceTables) -> anyhow::Result<Self> {
        let sources = Source::all(&config)?;
        let (mut kept, mut all) = (SourceTables::default(), Vec::with_capacity(sources.len()));
        for (settings, source) in config.data.iter().zip(&sources) {
            let mut read = tables.get(settings);
            if read.is_none() {
                read = source.read()?.map(|table| (Arc::new(table), Timestamp::now()));
            }
            if let Some((table, read_at)) = &read {
                kept.insert(settings, Arc::clone(table), *read_at);
            }
            all.push((source, read.map(|(table, _)| table)));
        }
        let data = Arc::new(SiteData::new(all)?);
        let templates = policy::load_templates(&config.template, data.names())?;
        let files = named_files(&config).chain(templates.files()).map(Path::to_owned).collect();
        Ok(Self { config, policy: Policy::new(templates, data), tables: kept, files })
    }

    /// The same, if its templates may be sent.
    pub(super) fn harmless(self) -> Result<Self, Harmful> {
        Ok(Self { policy: self.policy.harmless()?, ..self })
    }
}

/// The files that a configuration itself names, except for those that are read at the start only.
pub(super) fn named_files(config: &Config) -> impl Iterator<Item = &Path> {
    let template = &config.template;
    let rules = template.rule.iter().map(|rule| &rule.file);
    let data = config.data.iter().flat_map(|data| [&data.file, &data.authorization_file, &data.ca_file]).flatten();
    let named = [&config.file, &template.file].into_iter().flatten();
    named.chain(rules).chain(data).map(PathBuf::as_path)
}
