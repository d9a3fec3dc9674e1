//! Which values are secrets.

use std::sync::Arc;

use jitsi_properties::suggestion::nearest;

use super::builder::Builder;
use super::names::{secret_items, shown};
use super::rows::{Column, Member};
use crate::model::account::{DatumForm, SecretItems};
use crate::model::config::{SecretPart, secret_path};

impl Builder<'_> {
    /// Refuses what `secrets` names and cannot be. What has no value is there afterwards, and empty for everybody.
    pub(super) fn check_secrets(&mut self, whole: bool) -> Result<(), String> {
        let names: Vec<Arc<str>> = self.by_name.keys().map(Arc::clone).collect();
        let is_open = |name: &&str| secret_items(name, self.secrets) == SecretItems::None;
        let open: Vec<&str> = names.iter().map(|name| &**name).filter(is_open).collect();
        for entry in self.secrets {
            let (name, part) = secret_path(entry);
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
            match part {
                SecretPart::Whole => {}
                SecretPart::Item(_) => self.check_list(column, entry, whole)?,
                SecretPart::Member(member) => self.check_member(column, member, whole)?,
            }
        }
        Ok(())
    }

    /// Refuses to take `entry` for an item of a list where `column` has none.
    fn check_list(&mut self, column: u32, entry: &str, whole: bool) -> Result<(), String> {
        let Some(Column { name, form, .. }) = self.table.columns.get_mut(column as usize) else { return Ok(()) };
        if whole {
            return Err(format!("`secrets` names `{entry}`, but columns of a CSV file hold no lists; write `{name}`"));
        }
        match *form.get_or_insert(DatumForm::List) {
            DatumForm::List => Ok(()),
            DatumForm::Records => Err(format!(
                "`secrets` names `{entry}`, but `{name}` is a list of records; name one of their values, as in `{name}.pin`"
            )),
            DatumForm::Single => Err(format!("`secrets` names `{entry}`, but `{name}` is not a list; write `{name}`")),
        }
    }

    /// Refuses a name in records that cannot be one. What no record has is there afterwards, and empty in all.
    fn check_member(&mut self, column: u32, member: &str, whole: bool) -> Result<(), String> {
        let known = |other: &Member| other.column == column && *other.name == *member;
        let is_known = self.table.members.iter().any(known);
        let Some(Column { name, form, .. }) = self.table.columns.get_mut(column as usize) else { return Ok(()) };
        if *form.get_or_insert(DatumForm::Records) != DatumForm::Records {
            return Err(format!(
                "`secrets` names `{name}.{member}`, but `{name}` is not a list of records; write `{name}`"
            ));
        }
        if is_known {
            return Ok(());
        }
        let open = self.table.members.iter().filter(|other| other.column == column && !other.is_secret);
        match nearest(member, open.map(|other| &*other.name)) {
            Some(other) => {
                Err(format!("`secrets` names `{name}.{member}`, which no record has; did you mean `{name}.{other}`?"))
            }
            None if whole => Err(format!("`secrets` names `{name}.{member}`, which is not a column")),
            None => self.member(column, member).map(drop),
        }
    }
}
