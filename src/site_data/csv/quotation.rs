//! Quotation marks that stand where RFC 4180 has none. A reader would take them for part of the value.

use super::super::error::ParseError;

/// Where the next character is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    /// At the begin of a cell, or behind blanks there.
    Begin,
    /// Behind an equals sign at the begin of a cell.
    Equals,
    /// In a cell without quotation marks.
    Plain,
    /// In a cell with quotation marks.
    Quoted,
    /// Behind a quotation mark in such a cell: it is the last one, or the first of two.
    Closed,
}

const INSIDE: &str = "a quotation mark is inside a cell; put the whole cell in quotation marks, and write each quotation mark in it twice";
const BLANKS: &str =
    "there are blanks before a quotation mark, which must be the first character of its cell; remove the blanks";
const BEHIND: &str = "there is text after the quotation mark that ends a cell; remove it, or write each quotation mark in the \
    cell twice";
const FORMULA: &str =
    "a cell is a formula of a spreadsheet, such as `=\"0012\"`; write only the value, `0012`: all values here are text";

/// Refuses the first quotation mark that is in a wrong place, with its line. One that is never closed is none of them.
pub(super) fn check_text(text: &str, separator: u8) -> Result<(), ParseError> {
    let (mut state, mut line, mut at_start) = (State::Begin, 1, true);
    for byte in text.bytes() {
        let is_end = byte == separator || byte == b'\n' || byte == b'\r';
        state = match (state, byte) {
            (State::Begin, b'"') if at_start => State::Quoted,
            (State::Begin, b'"') => return Err(ParseError::at(line, BLANKS)),
            (State::Equals, b'"') => return Err(ParseError::at(line, FORMULA)),
            (State::Plain, b'"') => return Err(ParseError::at(line, INSIDE)),
            (State::Quoted, b'"') => State::Closed,
            (State::Closed, b'"') | (State::Quoted, _) => State::Quoted,
            (_, _) if is_end => State::Begin,
            (State::Closed, _) => return Err(ParseError::at(line, BEHIND)),
            (State::Begin, b' ' | b'\t') => State::Begin,
            (State::Begin, b'=') => State::Equals,
            (State::Begin | State::Equals | State::Plain, _) => State::Plain,
        };
        at_start = is_end;
        line += usize::from(byte == b'\n');
    }
    Ok(())
}

/// Refuses a cell that holds a formula which only keeps a text a text.
pub(super) fn check_value(cell: &str) -> Result<(), &'static str> {
    let is_formula = cell.trim().strip_prefix("=\"").is_some_and(|rest| rest.ends_with('"'));
    if is_formula { Err(FORMULA) } else { Ok(()) }
}
