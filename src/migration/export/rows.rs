//! Rows and listings, line by line: what `psql`, `mysql` and spreadsheets print, the console's list of properties as it is
//! copied from a browser, and `name = value`.

use std::borrow::Cow;

use super::sql::unescaped;
use super::{DOMAIN, PREFIX, SCHEMA, Value};

/// Reads one line after the other, and keeps what the headings of a table say.
#[derive(Debug, Default)]
pub(super) struct Reader {
    /// Columns of the table that the lines are in, and what is between them.
    table: Option<(char, Vec<String>)>,
    /// Whether a backslash begins an escape in the table.
    is_escaped: bool,
}

impl Reader {
    /// The property of a line, if it has one; `after` are the lines that follow.
    pub(super) fn entry(&mut self, line: &str, after: &[&str]) -> Option<(String, Value)> {
        if let Some(entry) = of_record(line, after) {
            return Some(entry);
        }
        if may_be_headings(line) {
            for mark in ['\t', '|', ';', ','] {
                if let Some(columns) = headings(line, mark) {
                    self.is_escaped = mark == '\t';
                    self.table = Some((mark, columns));
                    return None;
                }
            }
        }
        // The rows of PostgreSQL's COPY end with such a line.
        if line == "\\." {
            self.table = None;
        }
        let begins = |line: &str| line.starts_with(PREFIX) || line.starts_with(DOMAIN);
        let start = line.trim_start_matches([' ', '|', '"', '\'']);
        match &self.table {
            Some((mark, columns)) if line.contains(*mark) => {
                row(&whole(line, after, *mark)?, *mark, columns, self.is_escaped)
            }
            _ if !begins(start) => None,
            _ => listed(line, after),
        }
    }
}

/// A record with one column in a line, as `psql` prints it with `\x`, and `mysql` with `\G`.
fn of_record(line: &str, after: &[&str]) -> Option<(String, Value)> {
    let column = |line: &str, name: &str| {
        let (column, value) = line.split_once(['|', ':'])?;
        column.trim().eq_ignore_ascii_case(name).then(|| value.trim().to_owned())
    };
    let name = column(line, "name").filter(|name| name.starts_with(PREFIX) || name == DOMAIN)?;
    let in_record = after.iter().take(SCHEMA.len() - 1).take_while(|line| column(line, "name").is_none());
    let find = |name: &str| in_record.clone().find_map(|line| column(line, name));
    let value = find("propvalue")?;
    let text = Some(value.as_str()).filter(|value| *value != "NULL");
    Some((name, Value::of_row(text, find("encrypted").as_deref())?))
}

/// Whether a line needs a closer look; those of a dump can have megabytes.
fn may_be_headings(line: &str) -> bool {
    line.len() < 4096 && line.to_ascii_lowercase().contains("propvalue")
}

/// Most lines of a cell in quotation marks.
const MOST_LINES: usize = 200;

/// The row that begins in this line, with the lines into which a cell in quotation marks goes on. None if it goes on in a way
/// that cannot be undone: a frame or a psql's `+` that shows it.
fn whole<'line>(line: &'line str, after: &[&str], mark: char) -> Option<Cow<'line, str>> {
    if !line.contains(PREFIX) {
        return Some(line.into());
    }
    if mark == '|' {
        let is_open = line.trim_start().starts_with('|') && !line.trim_end().ends_with('|');
        return (!is_open && !line.contains("+|")).then_some(line.into());
    }
    let is_open = |text: &str| text.matches('"').count() % 2 == 1;
    if mark == '\t' || !is_open(line) {
        return Some(line.into());
    }
    let mut text = line.to_owned();
    for next in after.iter().take(MOST_LINES) {
        text.push('\n');
        text.push_str(next);
        if is_open(next) {
            return Some(text.into());
        }
    }
    None
}

/// The names of the columns, if this line has them: as a heading, or in PostgreSQL's `COPY`.
fn headings(line: &str, mark: char) -> Option<Vec<String>> {
    let (line, mark, is_copy) = match line.strip_prefix("COPY ").and_then(|rest| rest.split_once('(')) {
        Some((table, rest)) if mark == '\t' && table.to_ascii_lowercase().contains("ofproperty") => {
            (rest.split_once(')')?.0, ',', true)
        }
        _ => (line, mark, false),
    };
    let cells = if is_copy { line.split(mark).map(|cell| Some(cell.to_owned())).collect() } else { cells(line, mark) };
    let names: Vec<String> =
        cells.into_iter().map(|cell| cell.unwrap_or_default().trim().to_ascii_lowercase()).collect();
    let has = |name: &str| names.iter().any(|column| column == name);
    (has("name") && has("propvalue")).then_some(names)
}

/// A row of a table with these columns. One with more cells than columns is not understood.
fn row(line: &str, mark: char, columns: &[String], is_escaped: bool) -> Option<(String, Value)> {
    let mut cells = cells(line, mark);
    if is_escaped {
        for cell in cells.iter_mut().flatten() {
            *cell = without_escapes(cell);
        }
    }
    if cells.len() > columns.len() {
        return None;
    }
    let cell = |name: &str| columns.iter().position(|column| column == name).and_then(|at| cells.get(at));
    let encrypted = cell("encrypted").and_then(Option::as_deref);
    Some((cell("name")?.clone()?.trim().to_owned(), Value::of_row(cell("propvalue")?.as_deref(), encrypted)?))
}

/// A line that begins with the property's name, outside of any table.
fn listed(line: &str, after: &[&str]) -> Option<(String, Value)> {
    let schema = SCHEMA.map(str::to_owned);
    // A row without headings.
    for mark in ['|', ';', ','] {
        let trimmed = line.trim_start_matches([' ', '|', '"', '\'']);
        let name_ends = trimmed.find(|char: char| !is_part_of_name(char)).unwrap_or(trimmed.len());
        if trimmed.get(name_ends..)?.trim_start_matches(['"', '\'', ' ']).starts_with(mark) {
            return row(&whole(line, after, mark)?, mark, &schema, false);
        }
    }
    let line = line.trim();
    let name_ends = line.find(|char: char| !is_part_of_name(char)).unwrap_or(line.len());
    let (name, rest) = line.split_at_checked(name_ends)?;
    if let Some(rest) = rest.strip_prefix('\t') {
        let mut cells = rest.split('\t').map(str::trim);
        let value = cells.next()?;
        return Some((
            name.to_owned(),
            match cells.next() {
                // Of a query; otherwise the console's other columns follow.
                encrypted @ Some("0" | "1") => Value::of_row(Some(value), encrypted)?,
                _ => Value::listed(value),
            },
        ));
    }
    let rest = rest.trim_start();
    if let Some(value) = rest.strip_prefix(['=', ':']) {
        return Some((name.to_owned(), Value::listed(value)));
    }
    if !rest.is_empty() {
        return Some((name.to_owned(), Value::listed(rest)));
    }
    // A browser puts each cell on a separate line. An empty value is followed by the next property.
    let next = after.iter().map(|line| line.trim()).find(|line| !line.is_empty()).unwrap_or_default();
    let is_next_property = next.split_whitespace().next().is_some_and(|word| word.starts_with(PREFIX));
    Some((name.to_owned(), Value::listed(if is_next_property { "" } else { next })))
}

fn is_part_of_name(char: char) -> bool {
    char.is_ascii_alphanumeric() || ".-_".contains(char)
}

/// The cells of a line. Quotation marks around a cell are taken off; `NULL` and `\N` without them are none.
fn cells(line: &str, mark: char) -> Vec<Option<String>> {
    let line = line.trim_end_matches(['\r', '\n']);
    let line = if mark == '|' { line.trim().trim_start_matches('|').trim_end_matches('|') } else { line };
    let mut cells = Vec::new();
    let mut rest = Some(line);
    while let Some(text) = rest {
        let (cell, after) = cell(text, mark);
        cells.push(cell);
        rest = after;
    }
    cells
}

/// The first cell, and what follows after the next mark.
fn cell(text: &str, mark: char) -> (Option<String>, Option<&str>) {
    let quote = text.trim_start_matches(' ').chars().next().filter(|char| *char == '"' && mark != '|');
    let Some(quote) = quote else {
        let (cell, after) = text.split_once(mark).map_or((text, None), |(cell, after)| (cell, Some(after)));
        let cell = if mark == '\t' { cell } else { cell.trim() };
        return (Some(cell.to_owned()).filter(|cell| cell != "NULL" && cell != "\\N"), after);
    };
    let mut value = String::new();
    let mut chars = text.trim_start_matches(' ').chars();
    chars.next();
    while let Some(char) = chars.next() {
        let rest = chars.as_str();
        if char != quote {
            value.push(char);
        } else if let Some(rest) = rest.strip_prefix(quote) {
            value.push(quote);
            chars = rest.chars();
        } else {
            return (Some(value), rest.split_once(mark).map(|(_, after)| after));
        }
    }
    (Some(value), None)
}

fn without_escapes(text: &str) -> String {
    let mut value = String::new();
    let mut chars = text.chars();
    while let Some(char) = chars.next() {
        value.push(if char == '\\' { chars.next().map_or('\\', unescaped) } else { char });
    }
    value
}
