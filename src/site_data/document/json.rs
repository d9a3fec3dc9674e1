//! JSON, read as it comes: no tree of the whole is built.

use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};

use super::super::error::ParseError;
use super::super::table::{Builder, Subject};
use super::sections::{FRACTION, NESTED, NESTED_IN_RECORD, NO_TEXT_IN_LIST, TOO_LARGE, column, section};

/// Reads `text` into `builder`.
pub(in super::super) fn json(text: &str, builder: &mut Builder<'_>) -> Result<(), ParseError> {
    let mut reading = JsonReader { builder, error: None };
    let mut input = serde_json::Deserializer::from_str(text);
    let read =
        Here { reading: &mut reading, position: Position::Top }.deserialize(&mut input).and_then(|()| input.end());
    read.map_err(|error| {
        // The library's own words about syntax quote nothing; about types they would quote the value.
        let problem = reading.error.unwrap_or_else(|| match error.classify() {
            serde_json::error::Category::Data => "this does not belong here".to_owned(),
            _ => without_position(&error.to_string()),
        });
        ParseError::at(error.line().max(1), problem)
    })
}

/// What goes through the whole text.
struct JsonReader<'r, 's> {
    builder: &'r mut Builder<'s>,
    /// What is wrong, in our own words.
    error: Option<String>,
}

/// Where in the document a value stands.
#[derive(Debug, Clone, Copy)]
enum Position {
    Top,
    Section(Subject),
    Row,
    Value(u32),
    /// In the list that a value is.
    Item(u32),
    /// In a record of such a list.
    Field(u32),
}

/// The value that comes next.
struct Here<'h, 'r, 's> {
    reading: &'h mut JsonReader<'r, 's>,
    position: Position,
}

impl<'de> DeserializeSeed<'de> for Here<'_, '_, '_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, input: D) -> Result<(), D::Error> {
        input.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Here<'_, '_, '_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value of site data")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<(), E> {
        match self.position {
            Position::Item(column) => self.give(|builder| builder.item(column, text)),
            Position::Field(member) => self.give(|builder| builder.field_text(member, text)),
            _ => self.value(|builder, column| builder.text(column, text)),
        }
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<(), E> {
        if let Position::Field(member) = self.position {
            return self.give(|builder| builder.field_boolean(member, value));
        }
        self.value(|builder, column| builder.boolean(column, value))
    }

    fn visit_i64<E: Error>(self, number: i64) -> Result<(), E> {
        if let Position::Field(member) = self.position {
            return self.give(|builder| builder.field_number(member, number));
        }
        self.value(|builder, column| builder.number(column, number))
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<(), E> {
        match i64::try_from(number) {
            Ok(number) => self.visit_i64(number),
            Err(_) => self.unfit(TOO_LARGE),
        }
    }

    fn visit_f64<E: Error>(self, _: f64) -> Result<(), E> {
        self.unfit(FRACTION)
    }

    fn visit_unit<E: Error>(self) -> Result<(), E> {
        self.unfit("is null; leave it out where there is no value")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<(), A::Error> {
        let Position::Value(column) = self.position else { return self.unfit("") };
        let position = Position::Item(column);
        while items.next_element_seed(Here { reading: &mut *self.reading, position })?.is_some() {}
        self.give(|builder| builder.list(column))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        let Self { reading, position } = self;
        if let Position::Item(list) = position {
            reading.builder.begin_record(list).map_err(|problem| reading.fail(problem))?;
        }
        let mut sections = Vec::new();
        while let Some(key) = map.next_key::<String>()? {
            let inside = match position {
                Position::Top if sections.contains(&key) => Err(format!("`{key}` is here twice; merge the two")),
                Position::Top => section(&key).and_then(|subject| {
                    sections.push(key);
                    match subject {
                        Subject::Default => reading.builder.begin(subject, "").map(|()| Position::Row),
                        _ => Ok(Position::Section(subject)),
                    }
                }),
                Position::Section(subject) => reading.builder.begin(subject, &key).map(|()| Position::Row),
                Position::Row => column(&key, reading.builder).map(Position::Value),
                Position::Item(list) => reading.builder.member(list, &key).map(Position::Field),
                Position::Value(_) | Position::Field(_) => return Here { reading, position }.unfit(NESTED),
            };
            let position = inside.map_err(|problem| reading.fail(problem))?;
            map.next_value_seed(Here { reading: &mut *reading, position })?;
        }
        match position {
            Position::Value(_) | Position::Field(_) => Here { reading, position }.unfit(NESTED),
            Position::Item(_) => Here { reading, position }.give(end_record),
            _ => Ok(()),
        }
    }
}

impl Here<'_, '_, '_> {
    /// A value, where one belongs.
    fn value<E: Error>(self, give: impl FnOnce(&mut Builder<'_>, u32) -> Result<(), String>) -> Result<(), E> {
        match self.position {
            Position::Value(column) => self.give(|builder| give(builder, column)),
            _ => self.unfit(""),
        }
    }

    fn give<E: Error>(self, give: impl FnOnce(&mut Builder<'_>) -> Result<(), String>) -> Result<(), E> {
        give(self.reading.builder).map_err(|problem| self.reading.fail(problem))
    }

    /// Something that does not belong here.
    fn unfit<E: Error>(self, problem: &str) -> Result<(), E> {
        let problem = match self.position {
            Position::Value(column) => format!("`{}` {problem}", self.reading.builder.name(column)),
            Position::Item(column) => format!("`{}` {NO_TEXT_IN_LIST}", self.reading.builder.name(column)),
            // Lists come without a problem of their own.
            Position::Field(member) => {
                let problem = if problem.is_empty() || problem == NESTED { NESTED_IN_RECORD } else { problem };
                format!("`{}` {problem}", self.reading.builder.member_name(member))
            }
            Position::Top => {
                "the document must be an object with `default`, `groups`, `roster_groups` or `users`".to_owned()
            }
            Position::Section(_) => "this must be an object of users or groups".to_owned(),
            Position::Row => "this must be an object of names and values".to_owned(),
        };
        Err(self.reading.fail(problem))
    }
}

impl JsonReader<'_, '_> {
    /// Keeps the message, and gives an error that only carries the position.
    fn fail<E: Error>(&mut self, problem: String) -> E {
        self.error = Some(problem);
        E::custom("")
    }
}

/// Ends the record that is open, of a table of any lifetime.
fn end_record(builder: &mut Builder<'_>) -> Result<(), String> {
    builder.record()
}

/// A message of the library without its position, which is reported apart.
fn without_position(message: &str) -> String {
    let (problem, _) = message.rsplit_once(" at line ").unwrap_or((message, ""));
    format!("this is not JSON: {problem}")
}
