//! What provisioning needs and a template language does not have: hashes, credentials, account ids, phone numbers,
//! versions, times.
//!
//! Each is described once, by a [`Description`], from which the audit checks what stands in the template before anybody
//! asks. `docs/templates.md` shows each with an example that is tested.

mod account_uid;
mod arguments;
mod java_hash;
mod phone;
mod time;
mod turn;
mod version;

use std::ops::RangeInclusive;

use minijinja::value::{Rest, ValueOrKwargs};
use minijinja::{Error, State, Value};

use self::arguments::Arguments;
pub(in crate::template) use self::arguments::name as kind_name;
pub(in crate::template) use self::turn::{CREDENTIALS, TURN_CREDENTIALS, credentials};
use crate::template::error::Notice;

/// What is wrong with the values that a function was given, and what to write. Never quotes a value.
#[derive(Debug, PartialEq)]
struct Mistake(String);

/// A function, filter or test of ours.
struct Description {
    name: &'static str,
    /// How it is written, for messages.
    example: &'static str,
    /// How many values it takes, the one before `|` or `is` included.
    takes: RangeInclusive<usize>,
    /// What a call costs beside the length of its texts, in steps of the engine.
    steps: u64,
    /// Tells what is wrong with a value at a place, counted from 0, as far as it can be told from that value alone.
    check: fn(usize, &Value) -> Result<(), Mistake>,
}

/// All descriptions.
const ALL: [&Description; 7] = [
    &account_uid::DESCRIPTION,
    &java_hash::DESCRIPTION,
    &phone::DESCRIPTION,
    &time::DATE,
    &time::TIMESTAMP,
    &turn::DESCRIPTION,
    &version::DESCRIPTION,
];

/// Our filters by name.
pub(in crate::template) fn filters() -> [(&'static str, Value); 4] {
    [
        callable(&time::DATE, time::date),
        callable(&phone::DESCRIPTION, phone::e164),
        callable(&java_hash::DESCRIPTION, java_hash::java_hash),
        callable(&time::TIMESTAMP, time::timestamp),
    ]
}

/// Our tests by name.
pub(in crate::template) fn tests() -> [(&'static str, Value); 1] {
    [callable(&version::DESCRIPTION, version::version_at_least)]
}

/// Our functions by name, but for [`TURN_CREDENTIALS`], which knows the request and comes with the context.
pub(in crate::template) fn functions() -> [(&'static str, Value); 3] {
    [
        callable(&account_uid::DESCRIPTION, account_uid::account_uid),
        callable(&java_hash::DESCRIPTION, java_hash::java_hash),
        callable(&version::DESCRIPTION, version::version_at_least),
    ]
}

/// What is wrong with a use of `name`, if it is one of ours, as far as the template tells.
///
/// `arguments` are the values that stand in the template as such; `None` stands for one that only a render knows.
pub(in crate::template) fn misuse(name: &str, arguments: &[Option<Value>]) -> Option<String> {
    let description = ALL.into_iter().find(|known| known.name == name)?;
    let values = || arguments.iter().enumerate().filter_map(|(place, value)| Some((place, value.as_ref()?)));
    let mistake = description
        .check_count(arguments.len(), values().map(|(_, value)| value))
        .and_then(|()| values().try_for_each(|(place, value)| (description.check)(place, value)));
    mistake.err().map(|mistake| description.message(&mistake))
}

/// All names. For the test of the documentation.
#[cfg(test)]
pub(in crate::template) fn provisioning_names() -> impl Iterator<Item = &'static str> {
    ALL.into_iter().map(|description| description.name)
}

fn callable(
    description: &'static Description,
    function: fn(&Arguments<'_>) -> Result<Value, Mistake>,
) -> (&'static str, Value) {
    (description.name, description.bound_to(function))
}

impl Description {
    /// The function as the engine takes it.
    fn bound_to(
        &'static self,
        function: impl Fn(&Arguments<'_>) -> Result<Value, Mistake> + Send + Sync + 'static,
    ) -> Value {
        Value::from_function(move |state: &mut State<'_, '_>, values: Rest<ValueOrKwargs>| -> Result<Value, Error> {
            let values = values.into_values();
            let arguments = Arguments::new(&values);
            state.consume_fuel(self.steps.saturating_add(arguments.steps()))?;
            self.check_count(values.len(), values.iter())
                .and_then(|()| function(&arguments))
                .map_err(|mistake| Notice::raise(self.message(&mistake)))
        })
    }

    fn check_count<'v>(&self, count: usize, mut values: impl Iterator<Item = &'v Value>) -> Result<(), Mistake> {
        if values.any(Value::is_kwargs) {
            return Err("takes its values in order, without names".into());
        }
        let (least, most) = (*self.takes.start(), *self.takes.end());
        if self.takes.contains(&count) {
            Ok(())
        } else if least == most {
            Err(format!("takes {least} {}", if least == 1 { "value" } else { "values" }).into())
        } else {
            Err(format!("takes {least} to {most} values").into())
        }
    }

    fn message(&self, Mistake(mistake): &Mistake) -> String {
        format!("`{}` {mistake}; it is written `{}`", self.name, self.example)
    }
}

impl From<&str> for Mistake {
    fn from(message: &str) -> Self {
        Self(message.to_owned())
    }
}

impl From<String> for Mistake {
    fn from(message: String) -> Self {
        Self(message)
    }
}
