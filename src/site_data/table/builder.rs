//! Making a table, row by row. What cannot be right is refused here, whatever format it came in.

use std::collections::HashMap;
use std::sync::Arc;

use xmpp_parsers::jid::DomainPart;

use super::names::{check_name, secret_items, shown};
use super::rows::{Cell, Column, Row, Span, StoredDatum, Subject, Table};
use crate::model::account::{SecretItems, Username, UsernameError};

/// Most names that one source may know.
pub(super) const MAX_NAMES: usize = 1_000;

/// Most values that one source may have, and texts in lists with them. Each takes 24 bytes at most, beside its text.
const MAX_VALUES: usize = 4_000_000;

/// A table in the making. Every error is a sentence; who calls knows the line.
pub(in super::super) struct Builder<'s> {
    domain: &'s DomainPart,
    pub(super) secrets: &'s [String],
    pub(super) table: Table,
    pub(super) by_name: HashMap<Arc<str>, u32>,
    /// For each column, the row that has a value of it, counted from 1.
    filled: Vec<u32>,
    row: u32,
    /// The places of [`Table::members`], by column and name.
    pub(super) by_member: HashMap<(u32, Arc<str>), u32>,
    /// How many items belong to lists that are done.
    pub(super) listed: usize,
    /// How many records belong to lists that are done.
    pub(super) recorded: usize,
    open: Option<Open>,
    has_default: bool,
}

/// A row that is being filled.
struct Open {
    subject: Subject,
    key: Box<str>,
    start: u32,
}

impl<'s> Builder<'s> {
    /// An empty table. User names are those of `domain`; the values that `secrets` name, `pin` or `line[1]`, are secrets.
    pub(in super::super) fn new(domain: &'s DomainPart, secrets: &'s [String]) -> Self {
        Self {
            domain,
            secrets,
            table: Table::default(),
            by_name: HashMap::new(),
            filled: Vec::new(),
            row: 0,
            by_member: HashMap::new(),
            listed: 0,
            recorded: 0,
            open: None,
            has_default: false,
        }
    }

    /// The column of `name`, which is a new one when there is none yet. An error is the rest of a sentence about the name.
    pub(in super::super) fn column(&mut self, name: &str) -> Result<u32, String> {
        if let Some(column) = self.by_name.get(name) {
            return Ok(*column);
        }
        check_name(name)?;
        if self.table.columns.len() >= MAX_NAMES {
            return Err(format!("is over the limit of {MAX_NAMES} names; are users where names should be?"));
        }
        let column = offset(self.table.columns.len())?;
        let name = Arc::<str>::from(name);
        let secret = secret_items(&name, self.secrets);
        self.table.columns.push(Column { name: Arc::clone(&name), secret, form: None, has_empty_list: false });
        self.by_name.insert(name, column);
        self.filled.push(0);
        Ok(column)
    }

    /// Whether the values of `column` are secrets.
    pub(in super::super) fn is_secret(&self, column: u32) -> bool {
        self.holds_secret(column, |secret| *secret == SecretItems::All)
    }

    /// Whether the next item of the list in `column` is a secret.
    fn is_secret_item(&self, column: u32) -> bool {
        let place = self.table.items.len() - self.listed;
        self.holds_secret(column, |secret| secret.holds(place))
    }

    fn holds_secret(&self, column: u32, is_secret: impl Fn(&SecretItems) -> bool) -> bool {
        self.table.columns.get(column as usize).is_some_and(|column| is_secret(&column.secret))
    }

    /// Begins a row; the one before is done.
    pub(in super::super) fn begin(&mut self, subject: Subject, key: &str) -> Result<(), String> {
        self.end()?;
        let key = key.trim();
        let (key, rows) = match subject {
            Subject::Default if self.has_default => return Err("there are two rows for all users".to_owned()),
            Subject::Default => (Box::default(), None),
            _ if key == "*" => return Err("values for all users belong under `default`, beside `users`".to_owned()),
            Subject::User => (self.user(key)?, Some(&self.table.users)),
            Subject::Group => (group(key)?, Some(&self.table.groups)),
            Subject::RosterGroup => (group(key)?, Some(&self.table.roster_groups)),
        };
        if rows.is_some_and(|rows| rows.contains_key(&key)) {
            let what = if subject == Subject::User { "user" } else { "group" };
            return Err(format!("the {what} `{}` is already further up; keep one of the two", shown(&key)));
        }
        self.has_default |= subject == Subject::Default;
        self.row += 1;
        self.open = Some(Open { subject, key, start: offset(self.table.cells.len())? });
        Ok(())
    }

    /// A text in the row, or a secret when the column is one of secrets.
    pub(in super::super) fn text(&mut self, column: u32, text: &str) -> Result<(), String> {
        let is_secret = self.is_secret(column);
        let kept = self.keep(&self.name(column), text, is_secret)?;
        self.push(column, if is_secret { StoredDatum::Secret(kept) } else { StoredDatum::Text(kept) })
    }

    /// A whole number in the row.
    pub(in super::super) fn number(&mut self, column: u32, number: i64) -> Result<(), String> {
        self.push(column, StoredDatum::Number(number))
    }

    /// Yes or no in the row.
    pub(in super::super) fn boolean(&mut self, column: u32, value: bool) -> Result<(), String> {
        self.push(column, StoredDatum::Bool(value))
    }

    /// A text of the list that [`Self::list`] ends.
    pub(in super::super) fn item(&mut self, column: u32, text: &str) -> Result<(), String> {
        self.check_room()?;
        if self.table.records.len() > self.recorded {
            return Err(self.mixed(column));
        }
        let item = self.keep(&self.name(column), text, self.is_secret_item(column))?;
        self.table.items.push(item);
        Ok(())
    }

    /// A list in the row, of the items since the one before.
    pub(in super::super) fn list(&mut self, column: u32) -> Result<(), String> {
        let start = std::mem::replace(&mut self.listed, self.table.items.len());
        let items = span(start, self.listed)?;
        let records = self.take_records()?;
        self.push(column, if records.is_empty() { StoredDatum::List(items) } else { StoredDatum::Records(records) })
    }

    /// Ends the table. `whole` says that all names are known, as with CSV. Otherwise a name in `secrets` may just have no value yet.
    pub(in super::super) fn finish(mut self, whole: bool) -> Result<Table, String> {
        self.end()?;
        self.check_secrets(whole)?;
        let mut table = self.table;
        table.texts.shrink_to_fit();
        table.secrets.shrink();
        table.cells.shrink_to_fit();
        table.items.shrink_to_fit();
        table.fields.shrink_to_fit();
        table.records.shrink_to_fit();
        Ok(table)
    }

    /// Closes the row that is open.
    fn end(&mut self) -> Result<(), String> {
        let end = offset(self.table.cells.len())?;
        let Some(Open { subject, key, start }) = self.open.take() else { return Ok(()) };
        let row = Row(Span { start, end });
        match subject {
            Subject::Default => self.table.default = row,
            Subject::User => drop(self.table.users.insert(key, row)),
            Subject::Group => drop(self.table.groups.insert(key, row)),
            Subject::RosterGroup => drop(self.table.roster_groups.insert(key, row)),
        }
        Ok(())
    }

    fn user(&self, key: &str) -> Result<Box<str>, String> {
        match Username::parse(key, self.domain) {
            Ok(name) => Ok(name.as_str().into()),
            Err(UsernameError::Empty) => Err("the name of the user is empty".to_owned()),
            Err(error) => Err(format!("`{}` is not a user name: {error}", shown(key))),
        }
    }

    /// Keeps the text of the value `name`.
    pub(super) fn keep(&mut self, name: &str, text: &str, is_secret: bool) -> Result<Span, String> {
        check_text(name, text, is_secret)?;
        if is_secret {
            let start = self.table.secrets.len();
            self.table.secrets.push(text.as_bytes());
            return span(start, self.table.secrets.len());
        }
        let start = self.table.texts.len();
        self.table.texts.push_str(text);
        span(start, self.table.texts.len())
    }

    pub(super) fn check_room(&self) -> Result<(), String> {
        let Table { cells, items, fields, records, .. } = &self.table;
        let is_full = cells.len() + items.len() + fields.len() + records.len() >= MAX_VALUES;
        if is_full { Err(format!("these are more than {MAX_VALUES} values")) } else { Ok(()) }
    }

    fn push(&mut self, column: u32, value: StoredDatum) -> Result<(), String> {
        self.check_room()?;
        let name = self.name(column);
        match self.filled.get_mut(column as usize) {
            Some(row) if *row == self.row => return Err(format!("`{name}` is here twice; keep one of the two")),
            Some(row) => *row = self.row,
            None => {}
        }
        if let Some(column) = self.table.columns.get_mut(column as usize) {
            if column.secret == SecretItems::All && matches!(value, StoredDatum::Number(_) | StoredDatum::Bool(_)) {
                return Err(no_text(&name));
            }
            column.add(value)?;
        }
        self.table.cells.push(Cell { column, value });
        Ok(())
    }

    /// The name of `column`.
    pub(in super::super) fn name(&self, column: u32) -> Arc<str> {
        self.table.columns.get(column as usize).map(|column| Arc::clone(&column.name)).unwrap_or_default()
    }
}

/// Control characters mean something to the template engine, and nothing to anybody else.
fn check_text(name: &str, text: &str, is_secret: bool) -> Result<(), String> {
    let prohibited = |character: &char| character.is_control() && !matches!(character, '\t' | '\n' | '\r');
    match text.chars().find(prohibited) {
        // Of a secret not even that much is shown.
        Some(_) if is_secret => Err(format!("`{name}` holds a control character")),
        Some(found) => Err(format!("`{name}` holds the control character U+{:04X}", u32::from(found))),
        None => Ok(()),
    }
}

pub(super) fn no_text(name: &str) -> String {
    format!("`{name}` is a secret, and a secret is text in quotation marks")
}

/// The name of a group, which Openfire takes exactly as it is written.
fn group(key: &str) -> Result<Box<str>, String> {
    if key.is_empty() { Err("the name of the group is empty".to_owned()) } else { Ok(key.into()) }
}

pub(super) fn span(start: usize, end: usize) -> Result<Span, String> {
    Ok(Span { start: offset(start)?, end: offset(end)? })
}

pub(super) fn offset(offset: usize) -> Result<u32, String> {
    u32::try_from(offset).map_err(|_| "this is too much text".to_owned())
}
