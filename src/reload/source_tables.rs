//! The latest data of each source, kept for as long as they need not be read again.

use std::sync::Arc;

use jiff::Timestamp;

use crate::model::config;
use crate::site_data::Table;

/// The tables of sources, each with the settings of its source.
#[derive(Debug, Clone, Default)]
pub(crate) struct SourceTables(Vec<Kept>);

/// The table of a source.
#[derive(Debug, Clone)]
struct Kept {
    settings: config::Data,
    table: Arc<Table>,
    read_at: Timestamp,
}

impl SourceTables {
    /// The table of the source with exactly these settings, and when it was read.
    pub(super) fn get(&self, settings: &config::Data) -> Option<(Arc<Table>, Timestamp)> {
        let found = self.0.iter().find(|kept| kept.settings.is_same(settings));
        found.map(|kept| (Arc::clone(&kept.table), kept.read_at))
    }

    /// Adds a table, or replaces the one with the same settings.
    pub(super) fn insert(&mut self, settings: &config::Data, table: Arc<Table>, read_at: Timestamp) {
        self.0.retain(|kept| !kept.settings.is_same(settings));
        self.0.push(Kept { settings: settings.clone(), table, read_at });
    }

    /// The tables of the sources for which `keep` is true.
    pub(super) fn filtered(&self, keep: impl Fn(&config::Data) -> bool) -> Self {
        Self(self.0.iter().filter(|kept| keep(&kept.settings)).cloned().collect())
    }

    /// The names of the sources whose tables are not those of `before`.
    pub(super) fn changed_since(&self, before: &Self) -> Vec<&str> {
        let is_new =
            |kept: &&Kept| before.get(&kept.settings).is_none_or(|(before, _)| !Arc::ptr_eq(&before, &kept.table));
        self.0.iter().filter(is_new).map(|kept| kept.settings.name.as_str()).collect()
    }

    /// Takes over the tables of `other`.
    pub(super) fn extend(&mut self, other: Self) {
        for Kept { settings, table, read_at } in other.0 {
            self.insert(&settings, table, read_at);
        }
    }
}

/// Tables that were read a moment ago.
impl<'a> FromIterator<(&'a config::Data, Arc<Table>)> for SourceTables {
    fn from_iter<I: IntoIterator<Item = (&'a config::Data, Arc<Table>)>>(tables: I) -> Self {
        let read_at = Timestamp::now();
        let kept = |(settings, table): (&config::Data, Arc<Table>)| Kept { settings: settings.clone(), table, read_at };
        Self(tables.into_iter().map(kept).collect())
    }
}
