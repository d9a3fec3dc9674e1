//! Quotation marks that stand where RFC 4180 has none. A reader would take them for part of the value.

use super::super::error::Fault;

/// The place of the next character.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
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

/// Refuses the first quotation mark that stands in a wrong place, with its line. One that is never closed is none of them.
pub(super) fn check(text: &str, separator: u8) -> Result<(), Fault> {
    let (mut place, mut line, mut at_start) = (Place::Begin, 1, true);
    for byte in text.bytes() {
        let is_end = byte == separator || byte == b'\n' || byte == b'\r';
        place = match (place, byte) {
            (Place::Begin, b'"') if at_start => Place::Quoted,
            (Place::Begin, b'"') => return Err(Fault::at(line, BLANKS)),
            (Place::Equals, b'"') => return Err(Fault::at(line, FORMULA)),
            (Place::Plain, b'"') => return Err(Fault::at(line, INSIDE)),
            (Place::Quoted, b'"') => Place::Closed,
            (Place::Closed, b'"') | (Place::Quoted, _) => Place::Quoted,
            (_, _) if is_end => Place::Begin,
            (Place::Closed, _) => return Err(Fault::at(line, BEHIND)),
            (Place::Begin, b' ' | b'\t') => Place::Begin,
            (Place::Begin, b'=') => Place::Equals,
            (Place::Begin | Place::Equals | Place::Plain, _) => Place::Plain,
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
