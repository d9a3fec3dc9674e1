//! Statements of a dump: of MySQL and MariaDB, PostgreSQL with `--inserts`, SQL Server, Oracle, and the script of the embedded
//! HSQLDB, which ends its statements with the line.

use super::{SCHEMA, Value};

/// One `INSERT` or `DELETE` on the table of the properties.
#[derive(Debug)]
pub(super) struct Statement {
    /// How many lines it takes.
    pub(super) lines: usize,
    pub(super) text: String,
    is_insert: bool,
    tokens: Vec<Token>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Token {
    /// A name, a key word or a number.
    Word(String),
    Text(String),
    /// A quotation that ends after a backslash, where nothing says whether a backslash begins an escape.
    Unclear,
    Mark(char),
}

/// Most lines of a statement after its first.
const MOST_LINES: usize = 2_000;

/// Most bytes of a statement after its first line. Each further line makes the reader look at all of them again.
const MOST_BYTES: usize = 2 * 1024 * 1024;

/// Most bytes of a line in which the name of the table is looked for.
const HEAD: usize = 300;

/// The statement that begins at the first of these lines, if one does. `is_mysql`: the dump says that it is one of MySQL.
pub(super) fn statement(lines: &[&str], is_mysql: bool) -> Option<Statement> {
    let first = without_comment(lines.first()?);
    let (verb, rest) = first.split_once(' ')?;
    let is_insert = verb.eq_ignore_ascii_case("insert") || verb.eq_ignore_ascii_case("replace");
    let rest: String = rest.chars().take(HEAD).map(|char| char.to_ascii_lowercase()).collect();
    let table = rest.split(" values").next().and_then(|rest| rest.split(['(', '=']).next())?;
    if !(is_insert || verb.eq_ignore_ascii_case("delete")) || !table.contains("ofproperty") {
        return None;
    }
    // Only MySQL quotes names so.
    let is_mysql = is_mysql || table.contains('`');
    let mut text = first.to_owned();
    for (count, next) in lines.iter().enumerate().skip(1).take(MOST_LINES) {
        // The usual case, without looking at all that came before.
        let is_next_row = text.ends_with(',') && next.starts_with('(');
        if !is_next_row {
            let (tokens, is_open) = tokens(&text, is_mysql);
            let is_whole = !is_open && (tokens.last() == Some(&Token::Mark(';')) || !continues(next));
            let is_long = text.len() - first.len() > MOST_BYTES;
            if is_whole || is_long || tokens.contains(&Token::Unclear) {
                return Some(Statement { lines: count, text, is_insert, tokens });
            }
        }
        text.push('\n');
        text.push_str(next);
    }
    let (tokens, _) = tokens(&text, is_mysql);
    Some(Statement { lines: lines.len().min(MOST_LINES + 1), text, is_insert, tokens })
}

impl Statement {
    /// The properties that it sets or deletes, of all names.
    pub(super) fn entries(&self) -> Vec<(String, Value)> {
        if self.tokens.contains(&Token::Unclear) {
            return Vec::new();
        }
        if !self.is_insert {
            let names = self.tokens.iter().filter_map(|token| match token {
                Token::Text(name) => Some(name.clone()),
                _ => None,
            });
            return names.map(|name| (name, Value::Deleted)).collect();
        }
        let is_values = |token: &Token| matches!(token, Token::Word(word) if word.eq_ignore_ascii_case("values"));
        let Some(values) = self.tokens.iter().position(is_values) else { return Vec::new() };
        let (head, rows) = self.tokens.split_at(values);
        let columns = columns(head);
        groups(rows).iter().filter_map(|row| entry(&columns, row)).collect()
    }
}

/// What the columns are called; without a list they are those of Openfire's schema.
fn columns(head: &[Token]) -> Vec<String> {
    let named = groups(head).into_iter().next().unwrap_or_default();
    let named: Vec<String> = named.into_iter().flatten().map(|name| name.to_ascii_lowercase()).collect();
    if named.is_empty() { SCHEMA.map(str::to_owned).to_vec() } else { named }
}

/// A row with more cells than columns has an expression in it.
fn entry(columns: &[String], row: &[Option<String>]) -> Option<(String, Value)> {
    if row.len() > columns.len() {
        return None;
    }
    let cell = |name: &str| {
        let at = columns.iter().position(|column| column == name)?;
        row.get(at)
    };
    let text = cell("propvalue")?.as_deref();
    let encrypted = cell("encrypted").and_then(Option::as_deref);
    Some((cell("name")?.clone()?, Value::of_row(text, encrypted)?))
}

/// What is between each pair of parentheses: texts and words; `NULL` is none. One with parentheses inside, as of a function,
/// becomes empty.
fn groups(tokens: &[Token]) -> Vec<Vec<Option<String>>> {
    let mut groups = Vec::new();
    let mut group: Option<Vec<Option<String>>> = None;
    let (mut depth, mut is_nested) = (0_usize, false);
    for token in tokens {
        match (token, &mut group) {
            (Token::Mark('('), None) => group = Some(Vec::new()),
            (Token::Mark('('), Some(_)) => (depth, is_nested) = (depth + 1, true),
            (Token::Mark(')'), Some(_)) if depth > 0 => depth -= 1,
            (Token::Mark(')'), Some(_)) => {
                let cells = group.take().filter(|_| !is_nested).unwrap_or_default();
                groups.push(cells);
                is_nested = false;
            }
            (Token::Text(text), Some(cells)) => cells.push(Some(text.clone())),
            (Token::Word(word), Some(cells)) => {
                cells.push(Some(word.clone()).filter(|word| !word.eq_ignore_ascii_case("null")));
            }
            _ => {}
        }
    }
    groups
}

/// Splits a text into tokens, and says whether a quotation or a parenthesis is still open at its end.
fn tokens(text: &str, is_mysql: bool) -> (Vec<Token>, bool) {
    // The script of HSQLDB writes so what is not ASCII, and the backslash itself.
    let is_hsqldb = text.to_ascii_uppercase().starts_with("INSERT INTO OFPROPERTY VALUES(");
    let mut tokens = Vec::new();
    let mut depth = 0_i32;
    let mut rest = text;
    while let Some(char) = rest.chars().next() {
        let after = rest.get(char.len_utf8()..).unwrap_or_default();
        match char {
            '\'' => {
                let is_escaped =
                    is_mysql || matches!(tokens.last(), Some(Token::Word(word)) if word.eq_ignore_ascii_case("e"));
                if matches!(tokens.last(), Some(Token::Word(word)) if matches!(word.as_str(), "E" | "e" | "N" | "n")) {
                    tokens.pop();
                }
                let Some((value, end)) = quoted(after, is_escaped) else { return (tokens, true) };
                tokens.push(match value {
                    // `'it\'s'` of MySQL, or a whole value of another database.
                    value if !is_escaped && value.ends_with('\\') => Token::Unclear,
                    value if is_hsqldb => Token::Text(with_unicode(&value)),
                    value => Token::Text(value),
                });
                rest = after.get(end..).unwrap_or_default();
            }
            '(' | ')' | ';' => {
                depth += i32::from(char == '(') - i32::from(char == ')');
                tokens.push(Token::Mark(char));
                rest = after;
            }
            _ if is_part_of_word(char) => {
                let end = rest.find(|char| !is_part_of_word(char)).unwrap_or(rest.len());
                tokens.push(Token::Word(rest.get(..end).unwrap_or_default().to_owned()));
                rest = rest.get(end..).unwrap_or_default();
            }
            _ => rest = after,
        }
    }
    (tokens, depth > 0)
}

fn is_part_of_word(char: char) -> bool {
    char.is_alphanumeric() || matches!(char, '_' | '-' | '+')
}

/// The text up to its closing quotation mark, and where it ends after that mark.
fn quoted(text: &str, is_escaped: bool) -> Option<(String, usize)> {
    let mut value = String::new();
    let mut chars = text.char_indices().peekable();
    while let Some((at, char)) = chars.next() {
        match char {
            '\'' if chars.peek().is_some_and(|(_, next)| *next == '\'') => {
                chars.next();
                value.push('\'');
            }
            '\'' => return Some((value, at + 1)),
            '\\' if is_escaped => value.push(unescaped(chars.next()?.1)),
            _ => value.push(char),
        }
    }
    None
}

/// The character that MySQL and PostgreSQL write as a backslash and this one.
pub(super) fn unescaped(char: char) -> char {
    match char {
        'n' => '\n',
        'r' => '\r',
        't' => '\t',
        '0' => '\0',
        other => other,
    }
}

/// Replaces `\u` and four hexadecimal digits.
fn with_unicode(text: &str) -> String {
    let mut pieces = text.split("\\u");
    let mut units: Vec<u16> = pieces.next().unwrap_or_default().encode_utf16().collect();
    for piece in pieces {
        let digits = piece.get(..4).and_then(|digits| Some((u16::from_str_radix(digits, 16).ok()?, piece.get(4..)?)));
        match digits {
            Some((unit, rest)) => {
                units.push(unit);
                units.extend(rest.encode_utf16());
            }
            None => units.extend("\\u".encode_utf16().chain(piece.encode_utf16())),
        }
    }
    String::from_utf16_lossy(&units)
}

/// A line without the number of the session that HSQLDB's log begins its lines with.
fn without_comment(line: &str) -> &str {
    let line = line.trim_start();
    line.strip_prefix("/*C").and_then(|rest| rest.split_once("*/")).map_or(line, |(_, rest)| rest)
}

/// Whether a line goes on with the statement before it, which has not ended with a semicolon.
fn continues(line: &str) -> bool {
    let line = line.trim_start();
    line.starts_with(['(', ',', ')', ';']) || line.get(..6).is_some_and(|word| word.eq_ignore_ascii_case("values"))
}
