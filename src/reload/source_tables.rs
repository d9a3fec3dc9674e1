//! The latest data of each source, kept for as long as they need not be read again.

use std::sync::Arc;

use crate::model::config;
use crate::site_data::Table;

/// The tables of sources, each with the settings of its source.
#[derive(Debug, Clone, Default)]
pub(crate) struct SourceTables(Vec<(config::Data, Arc<Table>)>);

impl SourceTables {
    /// The table of the source with exactly these settings.
    pub(super) fn get(&self, settings: &config::Data) -> Option<Arc<Table>> {
        let found = self.0.iter().find(|(kept, _)| kept.is_same(settings));
        found.map(|(_, table)| Arc::clone(table))
    }

    /// Adds a table, or replaces the one with the same settings.
    pub(super) fn insert(&mut self, settings: &config::Data, table: Arc<Table>) {
        self.0.retain(|(kept, _)| !kept.is_same(settings));
        self.0.push((settings.clone(), table));
    }

    /// The tables of the sources for which `keep` is true.
    pub(super) fn filtered(&self, keep: impl Fn(&config::Data) -> bool) -> Self {
        Self(self.0.iter().filter(|(settings, _)| keep(settings)).cloned().collect())
    }

    /// The names of the sources whose tables are not those of `before`.
    pub(super) fn changed_since(&self, before: &Self) -> Vec<&str> {
        let is_new = |settings: &config::Data, table: &Arc<Table>| {
            before.get(settings).is_none_or(|before| !Arc::ptr_eq(&before, table))
        };
        let new = self.0.iter().filter(|(settings, table)| is_new(settings, table));
        new.map(|(settings, _)| settings.name.as_str()).collect()
    }

    /// Takes over the tables of `other`.
    pub(super) fn extend(&mut self, other: Self) {
        for (settings, table) in other.0 {
            self.insert(&settings, table);
        }
    }
}

impl<'a> FromIterator<(&'a config::Data, Arc<Table>)> for SourceTables {
    fn from_iter<I: IntoIterator<Item = (&'a config::Data, Arc<Table>)>>(tables: I) -> Self {
        Self(tables.into_iter().map(|(settings, table)| (settings.clone(), table)).collect())
    }
}
