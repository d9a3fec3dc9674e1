//! Finds the properties in an export, whatever its form. A line that is in no known form is left out, and named if it mentions
//! the plugin.

mod rows;
mod sql;

use secrecy::SecretString;

/// All names of the plugin's properties begin so.
pub(super) const PREFIX: &str = "plugin.jitsiprovisioning.";

/// The list of addresses. What cannot be read of it must not become a service for everyone.
pub(super) const ADDRESSES: &str = "plugin.jitsiprovisioning.allowedIPs";

/// Openfire's own property with the XMPP domain, which a whole export has too.
pub(super) const DOMAIN: &str = "xmpp.domain";

/// The columns of `ofProperty`, in Openfire's order. Old versions lack the last, or the last two.
const SCHEMA: [&str; 4] = ["name", "propvalue", "encrypted", "iv"];

/// What an export says about the plugin.
#[derive(Debug, Default)]
pub(super) struct Export {
    /// In the order of the text.
    pub(super) entries: Vec<Entry>,
    /// Lines that mention the plugin, but in no known form; counted from 1.
    pub(super) unread: Vec<usize>,
    /// The first of them that mentions the list of addresses.
    pub(super) unread_addresses: Option<usize>,
    /// How many other lines there are.
    pub(super) other_lines: usize,
}

/// One property at one place.
#[derive(Debug)]
pub(super) struct Entry {
    /// Counted from 1.
    pub(super) line: usize,
    pub(super) name: String,
    pub(super) value: Value,
}

/// What an export says of a property.
#[derive(Debug)]
pub(super) enum Value {
    Text(SecretString),
    /// `NULL` in the database.
    None,
    /// Openfire has encrypted it, with a key that is not in the database.
    Encrypted,
    /// The console does not show it.
    Hidden,
    /// The property was deleted here.
    Deleted,
}

/// How a line at the beginning of a dump of MySQL or MariaDB begins; with `--skip-quote-names` nothing else shows it.
const MYSQL: [&str; 4] = ["-- MySQL dump", "-- MariaDB dump", "-- phpMyAdmin", "/*M!"];

/// So many lines are looked at for it.
const HEADER: usize = 20;

impl Export {
    /// Reads an export. A byte order mark and the ends of lines do not matter.
    pub(super) fn read(text: &str) -> Self {
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        let lines: Vec<&str> = text.lines().collect();
        let mut export = Self::default();
        let is_mysql = lines.iter().take(HEADER).any(|line| MYSQL.iter().any(|mark| line.starts_with(mark)));
        let mut rows = rows::Reader::default();
        let mut rest = lines.as_slice();
        while let Some((line, after)) = rest.split_first() {
            let number = lines.len() - rest.len() + 1;
            if let Some(statement) = sql::statement(rest, is_mysql) {
                export.take(number, statement.entries(), &statement.text);
                rest = rest.get(statement.lines..).unwrap_or_default();
                continue;
            }
            export.take(number, rows.entry(line, after), line);
            rest = after;
        }
        export
    }

    fn take(&mut self, line: usize, found: impl IntoIterator<Item = (String, Value)>, text: &str) {
        let ours = |(name, _): &(String, Value)| name.starts_with(PREFIX) || name == DOMAIN;
        let before = self.entries.len();
        let found = found.into_iter().filter(ours);
        self.entries.extend(found.map(|(name, value)| Entry { line, name, value }));
        if self.entries.len() == before {
            if text.contains(PREFIX) {
                self.unread.push(line);
            } else {
                self.other_lines += 1;
            }
            if text.contains(ADDRESSES) {
                self.unread_addresses.get_or_insert(line);
            }
        }
    }
}

impl Value {
    /// A value as it is in the database; `encrypted` is the column of this name, where there is one. None if that column
    /// says neither yes nor no, since then the columns are others than they seem to be.
    fn of_row(text: Option<&str>, encrypted: Option<&str>) -> Option<Self> {
        let encrypted = encrypted.map(|cell| cell.trim().to_ascii_lowercase());
        match (text, encrypted.as_deref().unwrap_or_default()) {
            (_, "1" | "true" | "t") => Some(Self::Encrypted),
            (text, "" | "0" | "false" | "f") => Some(text.map_or(Self::None, |text| Self::Text(text.into()))),
            _ => None,
        }
    }

    /// A value as the console lists it, or as a person writes it down.
    fn listed(text: &str) -> Self {
        let text = text.trim();
        let is_masked = text.len() > 2 && text.chars().all(|char| matches!(char, '*' | '•'));
        if is_masked || text == "hidden" { Self::Hidden } else { Self::Text(text.into()) }
    }
}

#[cfg(test)]
mod tests;
