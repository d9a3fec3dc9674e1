//! The table, and how its rows are read.

use std::collections::{BTreeMap, HashMap};
use std::fmt;
use std::ops::Range;
use std::sync::Arc;

use secrecy::SecretString;

use super::super::wiped::Wiped;
use crate::model::account::{Datum, DatumForm, DatumType, SecretItems, Username};

/// What one source knows: values of users, of groups, and for everybody.
#[derive(Default, PartialEq)]
pub struct Table {
    pub(super) columns: Vec<Column>,
    pub(super) texts: String,
    pub(super) secrets: Wiped,
    pub(super) cells: Vec<Cell>,
    pub(super) items: Vec<Span>,
    pub(super) members: Vec<Member>,
    /// Values of records, with places of [`Self::members`].
    pub(super) fields: Vec<Cell>,
    /// Ranges of [`Self::fields`].
    pub(super) records: Vec<Span>,
    pub(super) default: Row,
    pub(super) users: HashMap<Box<str>, Row>,
    pub(super) groups: HashMap<Box<str>, Row>,
    pub(super) roster_groups: HashMap<Box<str>, Row>,
}

/// Whom a row is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in super::super) enum Subject {
    /// Everybody.
    Default,
    /// By user name.
    User,
    /// An Openfire group.
    Group,
    /// A group of rosters.
    RosterGroup,
}

/// A name, and what its values are.
#[derive(PartialEq)]
pub(super) struct Column {
    pub(super) name: Arc<str>,
    /// Which items of its lists are secrets. A value that is no list is one where all are.
    pub(super) secret: SecretItems,
    /// What its values are; none while that is not known.
    pub(super) form: Option<DatumForm>,
    /// Whether a value is a list without items, which may be a list of anything.
    pub(super) has_empty_list: bool,
}

/// A name in the records of a column.
#[derive(PartialEq)]
pub(super) struct Member {
    pub(super) column: u32,
    pub(super) name: Arc<str>,
    pub(super) is_secret: bool,
}

/// A value of a row or of a record.
#[derive(PartialEq)]
pub(super) struct Cell {
    /// Its place in the columns or in the members.
    pub(super) column: u32,
    pub(super) value: StoredDatum,
}

#[derive(Clone, Copy, PartialEq)]
pub(super) enum StoredDatum {
    Text(Span),
    Secret(Span),
    Number(i64),
    Bool(bool),
    /// A range of [`Table::items`]. Which of them are secrets, the column says.
    List(Span),
    /// A range of [`Table::records`].
    Records(Span),
}

/// From here to there, in half the bytes that a `Range<usize>` takes.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub(super) struct Span {
    pub(super) start: u32,
    pub(super) end: u32,
}

/// The range of cells that a row is. A row that stands earlier in its source has the smaller one.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub(in super::super) struct Row(pub(super) Span);

impl Table {
    /// Every name that there are values of, with its kind.
    pub fn names(&self) -> impl Iterator<Item = (&Arc<str>, DatumType)> {
        self.columns().map(|(name, kind, _)| (name, kind))
    }

    /// The same, each with whether there is a value that says what they are.
    pub(in super::super) fn columns(&self) -> impl Iterator<Item = (&Arc<str>, DatumType, bool)> {
        self.columns.iter().zip(0..).map(|(column, place)| {
            let kind = match (column.form, &column.secret) {
                (Some(DatumForm::Records), _) => DatumType::Records(self.members_of(place)),
                (Some(DatumForm::List), items) => DatumType::List(items.clone()),
                (None, items) if column.has_empty_list => DatumType::List(items.clone()),
                (_, SecretItems::All) => DatumType::Secret,
                _ => DatumType::Single,
            };
            (&column.name, kind, column.form.is_some())
        })
    }

    /// The names in the records of a column.
    fn members_of(&self, column: u32) -> BTreeMap<Arc<str>, DatumType> {
        let members = self.members.iter().filter(|member| member.column == column);
        let kind = |member: &Member| if member.is_secret { DatumType::Secret } else { DatumType::Single };
        members.map(|member| (Arc::clone(&member.name), kind(member))).collect()
    }

    /// How many users it knows.
    #[must_use]
    pub fn users(&self) -> usize {
        self.users.len()
    }

    /// How many Openfire groups it knows.
    #[must_use]
    pub fn groups(&self) -> usize {
        self.groups.len()
    }

    /// The Openfire groups that it knows.
    pub(in super::super) fn group_names(&self) -> impl Iterator<Item = &str> {
        self.groups.keys().map(|name| &**name)
    }

    /// Whether it knows this Openfire group.
    pub(in super::super) fn has_group(&self, name: &str) -> bool {
        self.groups.contains_key(name)
    }

    /// How many groups of rosters it knows.
    #[must_use]
    pub fn roster_groups(&self) -> usize {
        self.roster_groups.len()
    }

    /// Whether it has values for everybody.
    #[must_use]
    pub fn has_default(&self) -> bool {
        !self.default.0.range().is_empty()
    }

    /// The row for everybody, which may be empty.
    pub(in super::super) fn default_row(&self) -> Row {
        self.default
    }

    /// The row of `user`.
    pub(in super::super) fn user(&self, user: &Username) -> Option<Row> {
        self.users.get(user.as_str()).copied()
    }

    /// The rows of those Openfire groups that it knows, the one that stands first in the source last.
    pub(in super::super) fn of_groups<'a>(&self, groups: impl Iterator<Item = &'a str>) -> Vec<Row> {
        last_first(&self.groups, groups)
    }

    /// The same for groups of a roster.
    pub(in super::super) fn of_roster_groups<'a>(&self, groups: impl Iterator<Item = &'a str>) -> Vec<Row> {
        last_first(&self.roster_groups, groups)
    }

    /// Names and values of a row.
    pub(in super::super) fn values(&self, row: Row) -> impl Iterator<Item = (&Arc<str>, Datum)> {
        let cells = self.cells.get(row.0.range()).unwrap_or_default();
        cells.iter().filter_map(|cell| {
            let column = self.columns.get(usize::try_from(cell.column).ok()?)?;
            Some((&column.name, self.datum(column, cell.value)?))
        })
    }

    fn datum(&self, column: &Column, value: StoredDatum) -> Option<Datum> {
        let text = |span: Span| self.texts.get(span.range()).map(|text| Datum::Text(text.into()));
        let secret = |span: Span| self.secrets.text(span.range()).map(|text| Datum::Secret(SecretString::from(text)));
        let item = |(place, span): (usize, &Span)| {
            if column.secret.holds(place) { secret(*span) } else { text(*span) }
        };
        Some(match value {
            StoredDatum::Text(span) => text(span)?,
            StoredDatum::Secret(span) => secret(span)?,
            StoredDatum::Number(number) => Datum::Number(number),
            StoredDatum::Bool(value) => Datum::Bool(value),
            StoredDatum::List(span) if column.form == Some(DatumForm::Records) && span.range().is_empty() => {
                Datum::Records(Arc::default())
            }
            StoredDatum::List(span) => {
                Datum::List(self.items.get(span.range())?.iter().enumerate().filter_map(item).collect())
            }
            StoredDatum::Records(span) => {
                let records = self.records.get(span.range())?.iter();
                Datum::Records(records.map(|fields| self.record(column, *fields)).collect())
            }
        })
    }

    fn record(&self, column: &Column, fields: Span) -> BTreeMap<Arc<str>, Datum> {
        let fields = self.fields.get(fields.range()).unwrap_or_default().iter();
        let value = |field: &Cell| {
            let member = self.members.get(usize::try_from(field.column).ok()?)?;
            Some((Arc::clone(&member.name), self.datum(column, field.value)?))
        };
        fields.filter_map(value).collect()
    }
}

impl Span {
    pub(super) fn is_empty(self) -> bool {
        self.start == self.end
    }

    fn range(self) -> Range<usize> {
        self.start as usize..self.end as usize
    }
}

fn last_first<'a>(rows: &HashMap<Box<str>, Row>, names: impl Iterator<Item = &'a str>) -> Vec<Row> {
    if rows.is_empty() {
        return Vec::new();
    }
    let mut rows: Vec<Row> = names.filter_map(|name| rows.get(name).copied()).collect();
    rows.sort_unstable_by_key(|row| std::cmp::Reverse(row.0.start));
    rows
}

/// Leaves out all values.
impl fmt::Debug for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { users, groups, roster_groups, cells, .. } = self;
        let (users, groups) = (users.len(), groups.len() + roster_groups.len());
        write!(f, "Table({users} users, {groups} groups, {} values)", cells.len())
    }
}
