//! CSV (RFC 4180): the first row names the columns, each other row is a user or group.

mod numbered;
mod quotation;

use csv_core::ReadRecordResult;
use jitsi_properties::suggestion::nearest;
use zeroize::Zeroizing;

use self::numbered::Numbered;
use super::error::ParseError;
use super::table::{Builder, Subject};
use super::text::newlines;

/// How a CSV file is read.
#[derive(Debug, Clone)]
pub(super) struct Dialect {
    /// Whom its rows are about.
    pub(super) subject: Subject,
    /// The column that names them; the first when there is none.
    pub(super) key: Option<String>,
    /// What separates the columns.
    pub(super) separator: u8,
}

/// Reads `text` into `builder`.
///
/// Blanks around a cell do not count, but in secrets. An empty cell is no value, and a row of empty cells no row. `*` in the
/// place of the key means everybody. A quotation mark begins and ends its cell, or stands in such a cell twice.
pub(super) fn read(text: &str, dialect: &Dialect, builder: &mut Builder<'_>) -> Result<(), ParseError> {
    quotation::check_text(text, dialect.separator)?;
    let mut rows = Rows::new(text, dialect.separator);
    let Some(header) = rows.next()? else {
        return Err(ParseError::at(1, "the file is empty; the first row must name the columns"));
    };
    let line = header.line;
    let Columns { names, key } = columns(&header, dialect, builder).map_err(|problem| ParseError::at(line, problem))?;
    while let Some(row) = rows.next()? {
        let line = row.line;
        add_row(&row, dialect.subject, &names, key, builder).map_err(|problem| ParseError::at(line, problem))?;
    }
    Ok(())
}

/// What the first row says.
struct Columns {
    /// What the cells of each are.
    names: Vec<Column>,
    /// Where the key stands.
    key: usize,
}

/// What the cells of a column are.
#[derive(Clone, Copy)]
enum Column {
    Key,
    /// Values of a column of the table.
    Value(u32),
    /// Values of records in a list.
    Numbered(Numbered),
}

fn columns(header: &Record<'_>, dialect: &Dialect, builder: &mut Builder<'_>) -> Result<Columns, String> {
    let names: Vec<&str> = header.cells().map(str::trim).collect();
    let key = match &dialect.key {
        Some(key) => {
            names.iter().position(|name| name == key).ok_or_else(|| match nearest(key, names.iter().copied()) {
                Some(near) => format!("there is no column `{key}` (`key`); did you mean `{near}`?"),
                // A file without a first row of names may have secrets there.
                None => format!("there is no column `{key}` (`key`); the first row must hold the names"),
            })?
        }
        None => 0,
    };
    if let [only] = names[..] {
        return Err(match [',', ';', '\t'].iter().find(|separator| only.contains(**separator)) {
            Some(separator) => format!("the columns seem to be separated by {separator:?}; set `separator` to that"),
            None => "there must be more than one column".to_owned(),
        });
    }
    let mut columns = Vec::with_capacity(names.len());
    for (index, name) in names.iter().enumerate() {
        let number = index + 1;
        quotation::check_value(name)?;
        if let Some(other) = names.iter().take(index).position(|other| other == name) {
            return Err(format!("columns {} and {number} have the same name; rename one of them", other + 1));
        }
        let wrong = |problem: String| format!("the name of column {number} {problem}");
        let hint = if name.contains('.') { numbered::HINT } else { "" };
        columns.push(match numbered::split(name) {
            _ if index == key => Column::Key,
            Some(parts) => Column::Numbered(numbered::column(parts, builder).map_err(wrong)?),
            None => Column::Value(builder.column(name).map_err(|problem| wrong(problem + hint))?),
        });
    }
    Ok(Columns { names: columns, key })
}

fn add_row(
    row: &Record<'_>,
    subject: Subject,
    columns: &[Column],
    key: usize,
    builder: &mut Builder<'_>,
) -> Result<(), String> {
    let (found, expected) = (row.ends.len(), columns.len());
    if found != expected {
        let only_blank = found == 1 && row.cells().all(|cell| cell.trim().is_empty());
        return if only_blank {
            Ok(())
        } else {
            Err(format!(
                "this row has {found} columns, the first row has {expected}; a value in which the separator occurs needs \
                 quotation marks"
            ))
        };
    }
    let name = row.cells().nth(key).unwrap_or_default().trim();
    quotation::check_value(name)?;
    if name.is_empty() && row.cells().all(|cell| cell.trim().is_empty()) {
        return Ok(());
    }
    builder.begin(if name == "*" { Subject::Default } else { subject }, name)?;
    let mut numbered = Vec::new();
    for (cell, column) in row.cells().zip(columns) {
        match *column {
            Column::Key => {}
            Column::Value(column) => {
                quotation::check_value(cell)?;
                let cell = if builder.is_secret(column) { cell } else { cell.trim() };
                if !cell.is_empty() {
                    builder.text(column, cell)?;
                }
            }
            Column::Numbered(column) => {
                quotation::check_value(cell)?;
                let cell = if builder.is_secret_member(column.member) { cell } else { cell.trim() };
                if !cell.is_empty() {
                    numbered.push((column, cell));
                }
            }
        }
    }
    numbered::add(numbered, builder)
}

/// The rows of a text, one after the other.
struct Rows<'t> {
    reader: csv_core::Reader,
    rest: &'t [u8],
    line: usize,
    /// The cells of one row, without their quotation marks.
    cells: Zeroizing<Vec<u8>>,
    /// Where each of them ends.
    ends: Vec<usize>,
    /// What comes when `rest` is used up.
    then: Then,
}

/// What follows the text. The line break behind its end shows whether a quotation mark is still open there: then it does
/// not end a row.
#[derive(Clone, Copy)]
enum Then {
    LineBreak,
    End,
}

/// One row.
struct Record<'r> {
    /// The line in which it begins.
    line: usize,
    text: &'r str,
    ends: &'r [usize],
}

impl<'t> Rows<'t> {
    fn new(text: &'t str, separator: u8) -> Self {
        Self {
            reader: csv_core::ReaderBuilder::new().delimiter(separator).build(),
            rest: text.as_bytes(),
            line: 1,
            cells: Zeroizing::new(vec![0; 1024]),
            ends: vec![0; 32],
            then: Then::LineBreak,
        }
    }

    /// The next row; none at the end. Empty lines are no rows.
    fn next(&mut self) -> Result<Option<Record<'_>>, ParseError> {
        self.skip(self.rest.iter().take_while(|byte| matches!(byte, b'\r' | b'\n')).count());
        let line = self.line;
        let (mut written, mut ended) = (0, 0);
        loop {
            let cells = self.cells.get_mut(written..).unwrap_or_default();
            let ends = self.ends.get_mut(ended..).unwrap_or_default();
            let (result, read, bytes, fields) = self.reader.read_record(self.rest, cells, ends);
            self.skip(read);
            written += bytes;
            ended += fields;
            match (result, self.then) {
                (ReadRecordResult::InputEmpty, Then::LineBreak) => (self.rest, self.then) = (b"\n", Then::End),
                (ReadRecordResult::InputEmpty, Then::End) if read > 0 => self.rest = b"",
                (ReadRecordResult::InputEmpty, Then::End) | (ReadRecordResult::End, _) => return Ok(None),
                (ReadRecordResult::OutputFull, _) => self.grow(),
                (ReadRecordResult::OutputEndsFull, _) => self.ends.resize(2 * self.ends.len(), 0),
                (ReadRecordResult::Record, Then::End) if read == 0 => {
                    return Err(ParseError::at(line, "a quotation mark is opened in this row and never closed"));
                }
                (ReadRecordResult::Record, _) => break,
            }
        }
        let text = self.cells.get(..written).and_then(|bytes| std::str::from_utf8(bytes).ok());
        let ends = self.ends.get(..ended).unwrap_or_default();
        Ok(Some(Record { line, text: text.unwrap_or_default(), ends }))
    }

    fn skip(&mut self, count: usize) {
        let (done, rest) = self.rest.split_at(count);
        self.line += newlines(done);
        self.rest = rest;
    }

    /// Makes room for a longer row. The old memory, which may hold a secret, is wiped.
    fn grow(&mut self) {
        let mut larger = Zeroizing::new(vec![0; 2 * self.cells.len()]);
        if let Some(start) = larger.get_mut(..self.cells.len()) {
            start.copy_from_slice(&self.cells);
        }
        self.cells = larger;
    }
}

impl<'r> Record<'r> {
    fn cells(&self) -> impl Iterator<Item = &'r str> {
        let (text, mut start) = (self.text, 0);
        self.ends.iter().map(move |end| text.get(std::mem::replace(&mut start, *end)..*end).unwrap_or_default())
    }
}
