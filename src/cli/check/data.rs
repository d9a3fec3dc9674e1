//! `check`: the sources of site data.

use std::sync::Arc;

use super::{Report, note_if_open};
use crate::app;
use crate::model::account::{DatumType, ExtraNames};
use crate::model::config::Config;
use crate::site_data::{Source, Table};

/// The names of site data.
pub(super) struct DataNames {
    /// All that templates can say.
    pub(super) names: Arc<ExtraNames>,
    /// Those of each source, in the order of the configuration; none of one that was not read.
    pub(super) of_sources: Vec<Vec<Arc<str>>>,
    /// The Openfire groups that have values in any of them.
    pub(super) groups: Vec<String>,
}

/// Reads every file, and with `online` every command and endpoint. Returns the names that templates can use; when a source
/// could not be read, there may be more.
pub(super) async fn check(config: &Config, online: bool, report: &mut Report) -> DataNames {
    let sources = match app::sources(config) {
        Ok(sources) => sources,
        Err(error) => {
            report.wrong("site data", error);
            return unknown();
        }
    };
    let mut read = Vec::with_capacity(sources.len());
    for source in &sources {
        let table = if online { source.fetch().await.map(Some) } else { source.read() };
        match &table {
            Ok(Some(table)) => report.fine("site data", summary(source, table)),
            Ok(None) => report.note("site data", format!("`{}` is read only with --online", source.name())),
            Err(error) => report.wrong("site data", error),
        }
        read.push((source, table.ok().flatten().map(Arc::new)));
    }
    let of_table = |table: &Option<Arc<Table>>| {
        let names = table.iter().flat_map(|table| table.names());
        names.map(|(name, _)| Arc::clone(name)).collect()
    };
    let of_sources = read.iter().map(|(_, table)| of_table(table)).collect();
    match app::site_data(read.clone()) {
        Ok(data) => {
            note_open_secrets(&read, data.names(), report);
            let groups = data.group_names().map(str::to_owned).collect();
            DataNames { names: Arc::clone(data.names()), of_sources, groups }
        }
        Err(error) => {
            report.wrong("site data", error);
            unknown()
        }
    }
}

/// Notes files with secrets that every user of this machine may read. What one source calls a secret is one in all.
fn note_open_secrets(read: &[(&Source, Option<Arc<Table>>)], names: &ExtraNames, report: &mut Report) {
    let is_secret = |name: &str| names.kinds.get(name).is_some_and(DatumType::has_secrets);
    for (source, table) in read {
        if table.as_ref().is_some_and(|table| table.names().any(|(name, _)| is_secret(name))) {
            source.files().for_each(|file| note_if_open("site data", file, report));
        }
    }
}

fn unknown() -> DataNames {
    let names = Arc::new(ExtraNames { open: true, ..ExtraNames::default() });
    DataNames { names, of_sources: Vec::new(), groups: Vec::new() }
}

fn summary(source: &Source, table: &Table) -> String {
    let names: Vec<&str> = table.names().map(|(name, _)| &**name).collect();
    let names = if names.is_empty() { "no names".to_owned() } else { names.join(", ") };
    let counts = [
        (table.users(), "user", "users"),
        (table.groups(), "group", "groups"),
        (table.roster_groups(), "roster group", "roster groups"),
    ];
    let counts = counts.iter().filter(|(count, ..)| *count > 0);
    let counts: Vec<String> =
        counts.map(|(count, one, many)| format!("{count} {}", if *count == 1 { one } else { many })).collect();
    let counts = counts.into_iter().chain(table.has_default().then(|| "all users".to_owned())).collect::<Vec<_>>();
    let whom = if counts.is_empty() { "no users".to_owned() } else { counts.join(", ") };
    format!("`{}` has {names} for {whom}", source.name())
}
