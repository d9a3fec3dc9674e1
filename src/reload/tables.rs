//! What data sources have delivered, for as long as it need not be read again.

use std::sync::Arc;

use crate::model::config;
use crate::site_data::Table;

/// Tables of sources, each with the settings of its source.
#[derive(Debug, Clone, Default)]
pub(crate) struct Tables(Vec<(config::Data, Arc<Table>)>);

impl Tables {
    /// The table of the source with exactly these settings.
    pub(super) fn of(&self, settings: &config::Data) -> Option<Arc<Table>> {
        let found = self.0.iter().find(|(kept, _)| kept.is_same(settings));
        found.map(|(_, table)| Arc::clone(table))
    }

    /// Adds a table, in the place of one with the same settings.
    pub(super) fn put(&mut self, settings: &config::Data, table: Arc<Table>) {
        self.0.retain(|(kept, _)| !kept.is_same(settings));
        self.0.push((settings.clone(), table));
    }

    /// Those of sources whose settings are such.
    pub(super) fn those(&self, are: impl Fn(&config::Data) -> bool) -> Self {
        Self(self.0.iter().filter(|(settings, _)| are(settings)).cloned().collect())
    }

    /// The sources whose tables are not the same as in `before`, by name.
    pub(super) fn other_than(&self, before: &Self) -> Vec<&str> {
        let is_new = |settings: &config::Data, table: &Arc<Table>| {
            before.of(settings).is_none_or(|before| !Arc::ptr_eq(&before, table))
        };
        let new = self.0.iter().filter(|(settings, table)| is_new(settings, table));
        new.map(|(settings, _)| settings.name.as_str()).collect()
    }

    /// Takes over those of another.
    pub(super) fn add(&mut self, other: Self) {
        for (settings, table) in other.0 {
            self.put(&settings, table);
        }
    }
}

impl<'a> FromIterator<(&'a config::Data, Arc<Table>)> for Tables {
    fn from_iter<I: IntoIterator<Item = (&'a config::Data, Arc<Table>)>>(tables: I) -> Self {
        Self(tables.into_iter().map(|(settings, table)| (settings.clone(), table)).collect())
    }
}
