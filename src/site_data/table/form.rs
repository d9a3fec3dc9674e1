//! What the values of a column are: lists or not. All of them are the same.

use super::rows::{Column, StoredDatum};
use crate::model::account::DatumForm::{self, List, Records, Single};

impl Column {
    /// Takes note of what a value is, and refuses one that is something else than those before.
    pub(super) fn add(&mut self, value: StoredDatum) -> Result<(), String> {
        let form = match value {
            StoredDatum::List(items) if items.is_empty() => return self.add_empty_list(),
            StoredDatum::List(_) => List,
            StoredDatum::Records(_) => Records,
            StoredDatum::Text(_) | StoredDatum::Secret(_) | StoredDatum::Number(_) | StoredDatum::Bool(_) => Single,
        };
        match self.form {
            None if form == Single && self.has_empty_list => Err(self.clash(List, Single)),
            Some(known) if known != form => Err(self.clash(known, form)),
            _ => {
                self.form = Some(form);
                Ok(())
            }
        }
    }

    /// A list without items can be a list of anything.
    fn add_empty_list(&mut self) -> Result<(), String> {
        if self.form == Some(Single) {
            return Err(self.clash(Single, List));
        }
        self.has_empty_list = true;
        Ok(())
    }

    fn clash(&self, known: DatumForm, form: DatumForm) -> String {
        let name = &self.name;
        match (known, form) {
            (_, Single) => format!("`{name}` is a list further up and no list here; make all of them lists"),
            (Single, _) => format!("`{name}` is a list here and no list further up; make all of them lists"),
            _ => format!(
                "`{name}` is a list of texts in one place and a list of records in another; make all of them records"
            ),
        }
    }
}
