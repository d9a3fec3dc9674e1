//! Which values are secrets.

use std::sync::Arc;

use jitsi_properties::suggestion::nearest;

use super::builder::Builder;
use super::names::{secret_items, shown};
use super::rows::Column;
use crate::model::account::SecretItems;
use crate::model::config::secret_path;

impl Builder<'_> {
    /// Refuses what `secrets` names and cannot be. What has no value is there afterwards, and empty for everybody.
    pub(super) fn check_secrets(&mut self, whole: bool) -> Result<(), String> {
        let names: Vec<Arc<str>> = self.by_name.keys().map(Arc::clone).collect();
        let is_open = |name: &&str| secret_items(name, self.secrets) == SecretItems::None;
        let open: Vec<&str> = names.iter().map(|name| &**name).filter(is_open).collect();
        for entry in self.secrets {
            let (name, place) = secret_path(entry);
            if !self.by_name.contains_key(name) {
                let item = entry.strip_prefix(name).unwrap_or_default();
                match nearest(name, open.iter().copied()) {
                    Some(other) => {
                        return Err(format!(
                            "`secrets` names `{entry}`, which these data do not have; did you mean `{other}{item}`?"
                        ));
                    }
                    None if whole => return Err(format!("`secrets` names `{entry}`, which is not a column")),
                    None => {}
                }
            }
            let column = self.column(name);
            let column = column.map_err(|problem| format!("the name `{}` in `secrets` {problem}", shown(name)))?;
            if place.is_some() {
                self.check_list(column, entry, whole)?;
            }
        }
        Ok(())
    }

    /// Refuses to take `entry` for an item of a list where `column` has none.
    fn check_list(&mut self, column: u32, entry: &str, whole: bool) -> Result<(), String> {
        let Some(Column { name, is_list, .. }) = self.table.columns.get_mut(column as usize) else { return Ok(()) };
        if whole {
            return Err(format!("`secrets` names `{entry}`, but columns of a CSV file hold no lists; write `{name}`"));
        }
        if *is_list.get_or_insert(true) {
            return Ok(());
        }
        Err(format!("`secrets` names `{entry}`, but `{name}` is not a list; write `{name}`"))
    }
}
