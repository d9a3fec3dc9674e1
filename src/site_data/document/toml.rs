//! TOML, read from its syntax tree, which knows the position of everything.

use std::borrow::Cow;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::super::error::ParseError;
use super::super::table::{Builder, Subject};
use super::super::text::line_at;
use super::sections::{FRACTION, NESTED, NESTED_IN_RECORD, NO_TEXT_IN_LIST, TOO_LARGE, column, section};

const DATE: &str = "is a date; write it as text, in quotation marks";

/// Reads `text` into `builder`.
pub(in super::super) fn toml(text: &str, builder: &mut Builder<'_>) -> Result<(), ParseError> {
    let root = DeTable::parse(text).map_err(|error| ParseError {
        line: error.span().map(|span| line_at(text, span.start)),
        // The message only: the full text of the error would quote the line, which may hold a secret.
        problem: error.message().lines().next().unwrap_or("this is not TOML").to_owned(),
    })?;
    for (name, value) in in_order(root.get_ref()) {
        let at = |problem| ParseError::at(line_at(text, name.span().start), problem);
        let subject = section(name.get_ref()).map_err(at)?;
        let DeValue::Table(section) = value.get_ref() else {
            return Err(at(format!("`{}` must be a table", name.get_ref())));
        };
        if subject == Subject::Default {
            row(text, subject, (name, section), builder)?;
            continue;
        }
        for (key, value) in in_order(section) {
            match value.get_ref() {
                DeValue::Table(values) => row(text, subject, (key, values), builder)?,
                _ => {
                    return Err(ParseError::at(
                        line_at(text, key.span().start),
                        "this must be a table of names and values",
                    ));
                }
            }
        }
    }
    Ok(())
}

/// A table's entries as they stand in the file.
fn in_order<'t, 'i>(table: &'t DeTable<'i>) -> Vec<(&'t Spanned<Cow<'i, str>>, &'t Spanned<DeValue<'i>>)> {
    let mut entries: Vec<_> = table.iter().collect();
    entries.sort_by_key(|(key, _)| key.span().start);
    entries
}

/// One row with its key.
fn row(
    text: &str,
    subject: Subject,
    (key, values): (&Spanned<Cow<'_, str>>, &DeTable<'_>),
    builder: &mut Builder<'_>,
) -> Result<(), ParseError> {
    let at = |start: usize| move |problem: String| ParseError::at(line_at(text, start), problem);
    builder.begin(subject, key.get_ref()).map_err(at(key.span().start))?;
    for (name, value) in in_order(values) {
        let column = column(name.get_ref(), builder).map_err(at(name.span().start))?;
        let filled = fill(column, value.get_ref(), builder)
            .and_then(|problem| problem.map_or(Ok(()), |problem| Err(format!("`{}` {problem}", name.get_ref()))));
        filled.map_err(at(name.span().start))?;
    }
    Ok(())
}

/// One record of the list in `column`.
fn record(column: u32, values: &DeTable<'_>, builder: &mut Builder<'_>) -> Result<(), String> {
    builder.begin_record(column)?;
    for (name, value) in in_order(values) {
        let member = builder.member(column, name.get_ref())?;
        let unfit = |builder: &Builder<'_>, problem| Err(format!("`{}` {problem}", builder.member_name(member)));
        match value.get_ref() {
            DeValue::String(text) => builder.field_text(member, text)?,
            DeValue::Boolean(value) => builder.field_boolean(member, *value)?,
            DeValue::Integer(digits) => match i64::from_str_radix(digits.as_str(), digits.radix()) {
                Ok(number) => builder.field_number(member, number)?,
                Err(_) => return unfit(builder, TOO_LARGE),
            },
            DeValue::Float(_) => return unfit(builder, FRACTION),
            DeValue::Datetime(_) => return unfit(builder, DATE),
            DeValue::Array(_) | DeValue::Table(_) => return unfit(builder, NESTED_IN_RECORD),
        }
    }
    builder.record()
}

/// Gives the builder a value, or says what is wrong with its type.
fn fill(column: u32, value: &DeValue<'_>, builder: &mut Builder<'_>) -> Result<Option<&'static str>, String> {
    match value {
        DeValue::String(text) => builder.text(column, text)?,
        DeValue::Boolean(value) => builder.boolean(column, *value)?,
        DeValue::Integer(digits) => match i64::from_str_radix(digits.as_str(), digits.radix()) {
            Ok(number) => builder.number(column, number)?,
            Err(_) => return Ok(Some(TOO_LARGE)),
        },
        DeValue::Array(items) => {
            for item in items {
                match item.get_ref() {
                    DeValue::String(text) => builder.item(column, text)?,
                    DeValue::Table(values) => record(column, values, builder)?,
                    _ => return Ok(Some(NO_TEXT_IN_LIST)),
                }
            }
            builder.list(column)?;
        }
        DeValue::Float(_) => return Ok(Some(FRACTION)),
        DeValue::Datetime(_) => return Ok(Some(DATE)),
        DeValue::Table(_) => return Ok(Some(NESTED)),
    }
    Ok(None)
}
