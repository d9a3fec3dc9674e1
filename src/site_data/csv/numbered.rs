//! Numbered columns, such as `lines.1.number`: lists of records in a table of texts.

use super::super::table::Builder;

/// How such a column is called, for a message about one that is called otherwise.
pub(super) const HINT: &str = "; a numbered column is called `list.1.name`, counted from 1";

/// A column of one value in the records of a list. In the order of list, place and name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Numbered {
    list: u32,
    place: u32,
    pub(super) member: u32,
}

/// List, place and name of a numbered column; none when it is another one.
pub(super) fn split(name: &str) -> Option<(&str, u32, &str)> {
    let (list, rest) = name.split_once('.')?;
    let (digits, member) = rest.split_once('.')?;
    let is_number = digits.bytes().all(|byte| byte.is_ascii_digit()) && !digits.starts_with('0');
    Some((list, digits.parse().ok().filter(|_| is_number)?, member))
}

/// The column of such a name. An error is the rest of a sentence about the name.
pub(super) fn column((list, place, member): (&str, u32, &str), builder: &mut Builder<'_>) -> Result<Numbered, String> {
    let list = builder.column(list)?;
    let member = builder.member(list, member).map_err(|problem| format!("cannot be used: {problem}"))?;
    Ok(Numbered { list, place, member })
}

/// Adds the values of one row. Numbers without any value are no records, and lists without any no values.
pub(super) fn add(mut cells: Vec<(Numbered, &str)>, builder: &mut Builder<'_>) -> Result<(), String> {
    cells.sort_unstable_by_key(|(column, _)| *column);
    for list in cells.chunk_by(|(one, _), (other, _)| one.list == other.list) {
        for record in list.chunk_by(|(one, _), (other, _)| one.place == other.place) {
            if let Some((column, _)) = record.first() {
                builder.begin_record(column.list)?;
            }
            for (column, cell) in record {
                builder.field_text(column.member, cell)?;
            }
            builder.record()?;
        }
        if let Some((column, _)) = list.first() {
            builder.list(column.list)?;
        }
    }
    Ok(())
}
