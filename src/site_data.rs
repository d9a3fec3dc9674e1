//! Site data: what the site itself knows about its users, from files, commands and endpoints of its own.
//!
//! 1. A [`Source`] is read, or fetched, as a whole into a [`Table`]; what is wrong anywhere in it makes all of it fail.
//! 2. [`SiteData`] are the tables of all sources.
//! 3. For a user, a value of the user goes before one of the user's Openfire groups, that before one of the groups of the
//!    user's roster, and that before the one for everybody, whichever source they come from. Where several sources have
//!    the value in the same place, the later source goes before the earlier; where several groups of one source have
//!    it, the one that stands first.

mod command;
mod csv;
mod document;
mod endpoint;
mod error;
mod source;
mod table;
mod text;
mod wiped;

use std::collections::BTreeMap;
use std::sync::Arc;

pub use self::error::DataError;
pub use self::source::Source;
use self::table::Row;
pub use self::table::Table;
use crate::model::account::{Contact, Datum, DatumForm, DatumType, Extra, ExtraNames, Part, PartSet, Username};

/// All data of a site at one moment. Shared by all requests.
#[derive(Debug, Default)]
pub struct SiteData {
    names: Arc<ExtraNames>,
    tables: Vec<Arc<Table>>,
    unread: Option<String>,
}

impl SiteData {
    /// The data of all sources, in their order; none for a source that was never read so far.
    ///
    /// It fails when sources do not agree on whether a name's values are lists. Where they do not agree on whether they
    /// are secrets, they are.
    pub fn new(sources: Vec<(&Source, Option<Arc<Table>>)>) -> Result<Self, DataError> {
        let mut kinds: BTreeMap<Arc<str>, (DatumType, &str)> = BTreeMap::new();
        let mut unfilled = Vec::new();
        let mut unread = None;
        let mut tables = Vec::with_capacity(sources.len());
        for (source, table) in sources {
            let Some(table) = table else {
                unread.get_or_insert_with(|| source.name().to_owned());
                continue;
            };
            for (name, kind, is_filled) in table.columns() {
                if !is_filled {
                    unfilled.push((Arc::clone(name), kind, source.name()));
                    continue;
                }
                let (known, other) = kinds.entry(Arc::clone(name)).or_insert((kind.clone(), source.name()));
                if known.form() != kind.form() {
                    return Err(clash(name, (other, known.form()), (source.name(), kind.form())));
                }
                known.hide_as(kind);
            }
            tables.push(table);
        }
        for (name, kind, source) in unfilled {
            let (known, other) = kinds.entry(Arc::clone(&name)).or_insert_with(|| (kind.clone(), source));
            // A list without items can be a list of anything.
            if kind.form() == DatumForm::List && known.form() == DatumForm::Single {
                return Err(clash(&name, (other, known.form()), (source, kind.form())));
            }
            known.hide_as(kind);
        }
        let open = unread.is_some();
        let kinds = kinds.into_iter().map(|(name, (kind, _))| (name, kind)).collect();
        Ok(Self { names: Arc::new(ExtraNames { kinds, open }), tables, unread })
    }

    /// Every name that the data know, with its kind.
    #[must_use]
    pub fn names(&self) -> &Arc<ExtraNames> {
        &self.names
    }

    /// What has to be known about a user to find the values of the user's groups.
    #[must_use]
    pub fn wanted(&self) -> PartSet {
        let mut wanted = PartSet::NOTHING;
        for table in &self.tables {
            if table.groups() > 0 {
                wanted = wanted.with(Part::Groups);
            }
            if table.roster_groups() > 0 {
                wanted = wanted.with(Part::Roster);
            }
        }
        wanted
    }

    /// The Openfire groups that any source has values of.
    pub fn group_names(&self) -> impl Iterator<Item = &str> {
        self.tables.iter().flat_map(|table| table.group_names())
    }

    /// Whether any source has values of this Openfire group.
    #[must_use]
    pub fn has_group(&self, name: &str) -> bool {
        self.tables.iter().any(|table| table.has_group(name))
    }

    /// The first source that was never read so far, by name. Until it is, no user's values are complete.
    #[must_use]
    pub fn unread(&self) -> Option<&str> {
        self.unread.as_deref()
    }

    /// The values of one user, who is in these Openfire groups and has these contacts.
    #[must_use]
    pub fn values_for(&self, user: &Username, groups: &[String], roster: &[Contact]) -> Extra {
        let mut values = BTreeMap::new();
        self.lay_over(&mut values, |table| vec![table.default_row()]);
        self.lay_over(&mut values, |table| {
            table.of_roster_groups(roster.iter().flat_map(|contact| &contact.groups).map(String::as_str))
        });
        self.lay_over(&mut values, |table| table.of_groups(groups.iter().map(String::as_str)));
        self.lay_over(&mut values, |table| table.user(user).into_iter().collect());
        Extra { names: Arc::clone(&self.names), values }
    }

    /// Puts the rows that `rows` picks from each table over what is there.
    fn lay_over(&self, values: &mut BTreeMap<Arc<str>, Datum>, rows: impl Fn(&Table) -> Vec<Row>) {
        for table in &self.tables {
            for row in rows(table) {
                for (name, datum) in table.values(row) {
                    let datum = match (datum, self.names.kinds.get(name)) {
                        (Datum::List(items), Some(DatumType::Records(_))) if items.is_empty() => {
                            Datum::Records(Arc::default())
                        }
                        (datum, Some(kind)) if kind.has_secrets() => hidden(datum, kind),
                        (datum, _) => datum,
                    };
                    values.insert(Arc::clone(name), datum);
                }
            }
        }
    }
}

fn clash(name: &str, one: (&str, DatumForm), other: (&str, DatumForm)) -> DataError {
    DataError::Clash {
        extra: name.to_owned(),
        sources: (one.0.to_owned(), other.0.to_owned()),
        forms: (one.1, other.1),
    }
}

/// A value, with all as secrets that one source or another says is secret.
fn hidden(datum: Datum, kind: &DatumType) -> Datum {
    match (datum, kind) {
        (Datum::List(items), DatumType::List(secrets)) => {
            let item = |(place, item): (usize, &Datum)| {
                if secrets.holds(place) { secret(item.clone()) } else { item.clone() }
            };
            Datum::List(items.iter().enumerate().map(item).collect())
        }
        (Datum::Records(records), DatumType::Records(members)) => {
            let mut records = records.to_vec();
            for (name, datum) in records.iter_mut().flatten() {
                if members.get(name) == Some(&DatumType::Secret) {
                    *datum = secret(datum.clone());
                }
            }
            Datum::Records(records.into())
        }
        (datum, DatumType::Secret) => secret(datum),
        (datum, _) => datum,
    }
}

fn secret(datum: Datum) -> Datum {
    Datum::Secret(match datum {
        Datum::Text(text) => (*text).into(),
        Datum::Number(number) => number.to_string().into(),
        Datum::Bool(value) => value.to_string().into(),
        other @ (Datum::Secret(_) | Datum::List(_) | Datum::Records(_)) => return other,
    })
}

#[cfg(test)]
mod tests;
