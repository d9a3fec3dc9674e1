//! Lists of records: values by name inside of a value.

use std::sync::Arc;

use jitsi_properties::secret_names::is_secret_in_data;

use super::builder::{Builder, MAX_NAMES, no_text, offset, span};
use super::names::{check_name, shown};
use super::rows::{Cell, Member, Span, StoredDatum};
use crate::model::config::{SecretPart, secret_path};

impl Builder<'_> {
    /// Begins a record of the list that [`Self::list`] ends.
    pub(in super::super) fn begin_record(&mut self, column: u32) -> Result<(), String> {
        self.check_room()?;
        if self.table.items.len() > self.listed { Err(self.mixed(column)) } else { Ok(()) }
    }

    pub(super) fn mixed(&self, column: u32) -> String {
        format!("`{}` has texts and records in one list; make all of them records", self.name(column))
    }

    /// The place of the name `name` in the records of `column`, a new one when there is none yet.
    pub(in super::super) fn member(&mut self, column: u32, name: &str) -> Result<u32, String> {
        if let Some(member) = self.by_member.get(&(column, Arc::from(name))) {
            return Ok(*member);
        }
        check_name(name).map_err(|problem| format!("the name `{}` {problem}", shown(name)))?;
        if self.table.members.len() >= MAX_NAMES {
            return Err(format!("there are more than {MAX_NAMES} names in records; are users where names should be?"));
        }
        let list = self.name(column);
        let named = |entry: &String| secret_path(entry) == (&*list, SecretPart::Member(name));
        let is_secret = is_secret_in_data(name) || self.is_secret(column) || self.secrets.iter().any(named);
        let (member, name) = (offset(self.table.members.len())?, Arc::<str>::from(name));
        self.table.members.push(Member { column, name: Arc::clone(&name), is_secret });
        self.by_member.insert((column, name), member);
        Ok(member)
    }

    /// Whether a member is a secret.
    pub(in super::super) fn is_secret_member(&self, member: u32) -> bool {
        self.table.members.get(member as usize).is_some_and(|member| member.is_secret)
    }

    /// A text of the record that [`Self::record`] ends.
    pub(in super::super) fn field_text(&mut self, member: u32, text: &str) -> Result<(), String> {
        let is_secret = self.is_secret_member(member);
        let kept = self.keep(&self.member_name(member), text, is_secret)?;
        self.field(member, if is_secret { StoredDatum::Secret(kept) } else { StoredDatum::Text(kept) })
    }

    /// A whole number of the record.
    pub(in super::super) fn field_number(&mut self, member: u32, number: i64) -> Result<(), String> {
        self.field(member, StoredDatum::Number(number))
    }

    /// Yes or no of the record.
    pub(in super::super) fn field_boolean(&mut self, member: u32, value: bool) -> Result<(), String> {
        self.field(member, StoredDatum::Bool(value))
    }

    /// Ends the record that is open.
    pub(in super::super) fn record(&mut self) -> Result<(), String> {
        let record = span(self.first_field(), self.table.fields.len())?;
        self.table.records.push(record);
        Ok(())
    }

    /// The records since the list before.
    pub(super) fn take_records(&mut self) -> Result<Span, String> {
        let start = std::mem::replace(&mut self.recorded, self.table.records.len());
        span(start, self.recorded)
    }

    /// The name of a member as messages say it.
    pub(in super::super) fn member_name(&self, member: u32) -> String {
        let known = self.table.members.get(member as usize);
        known.map(|member| format!("{}.{}", self.name(member.column), member.name)).unwrap_or_default()
    }

    /// The place of the first value of the record that is open.
    fn first_field(&self) -> usize {
        self.table.records.last().map_or(0, |record| record.end as usize)
    }

    fn field(&mut self, member: u32, value: StoredDatum) -> Result<(), String> {
        self.check_room()?;
        let name = self.member_name(member);
        let fields = self.table.fields.get(self.first_field()..).unwrap_or_default();
        if fields.iter().any(|field| field.column == member) {
            return Err(format!("`{name}` is here twice in one record; keep one of the two"));
        }
        if self.is_secret_member(member) && matches!(value, StoredDatum::Number(_) | StoredDatum::Bool(_)) {
            return Err(no_text(&name));
        }
        self.table.fields.push(Cell { column: member, value });
        Ok(())
    }
}
