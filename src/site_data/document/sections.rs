//! What JSON and TOML have in common: their sections, and what may be a value.

use jitsi_properties::suggestion::nearest;

use super::super::table::{Builder, Subject, shown};

/// What a document may have at its top.
const SECTIONS: [(&str, Subject); 4] = [
    ("default", Subject::Default),
    ("groups", Subject::Group),
    ("roster_groups", Subject::RosterGroup),
    ("users", Subject::User),
];

pub(super) const NESTED: &str =
    "is a table; only text, whole numbers, true, false, lists of texts and lists of records are values";
pub(super) const NESTED_IN_RECORD: &str =
    "is a list or table inside of a record; only text, whole numbers, true and false are values there";
pub(super) const FRACTION: &str = "is not a whole number; write it as text, in quotation marks";
pub(super) const TOO_LARGE: &str = "is too large a number; write it as text, in quotation marks";
pub(super) const NO_TEXT_IN_LIST: &str =
    "is a list with items that are neither text nor records; write them in quotation marks";

pub(super) fn section(name: &str) -> Result<Subject, String> {
    if let Some((_, subject)) = SECTIONS.iter().find(|(section, _)| *section == name) {
        return Ok(*subject);
    }
    let name = shown(name);
    let sections = SECTIONS.map(|(section, _)| section);
    Err(match nearest(&name, sections) {
        Some(near) => format!("there is no `{name}` at the top; did you mean `{near}`?"),
        None => format!("there is no `{name}` at the top; allowed: {}", sections.join(", ")),
    })
}

/// The column of a value's name.
pub(super) fn column(name: &str, builder: &mut Builder<'_>) -> Result<u32, String> {
    builder.column(name).map_err(|problem| format!("the name `{}` {problem}", shown(name)))
}
