//! What provisioning needs and a template language does not have: hashes, credentials, account ids, phone numbers,
//! versions, times.
//!
//! Each is described once, by a [`Description`], with which the checker finds wrong calls before any client asks.
//! `docs/templates.md` shows each with an example that is tested.

mod account_id;
mod account_uid;
mod argument_error;
mod arguments;
mod description;
mod java_hash;
mod phone;
mod time;
mod turn;
mod version;

use minijinja::Value;

use self::argument_error::ArgumentError;
use self::arguments::Arguments;
pub(super) use self::arguments::name as kind_name;
use self::description::Description;
pub(in crate::template) use self::turn::{CREDENTIALS, TURN_CREDENTIALS, credentials};

/// All descriptions.
const ALL: [&Description; 8] = [
    &account_id::DESCRIPTION,
    &account_uid::DESCRIPTION,
    &java_hash::DESCRIPTION,
    &phone::DESCRIPTION,
    &time::DATE,
    &time::TIMESTAMP,
    &turn::DESCRIPTION,
    &version::DESCRIPTION,
];

/// Our filters by name.
pub(in crate::template) fn filters() -> [(&'static str, Value); 5] {
    [
        callable(&account_id::DESCRIPTION, account_id::account_id),
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
pub(in crate::template) fn functions() -> [(&'static str, Value); 4] {
    [
        callable(&account_id::DESCRIPTION, account_id::account_id),
        callable(&account_uid::DESCRIPTION, account_uid::account_uid),
        callable(&java_hash::DESCRIPTION, java_hash::java_hash),
        callable(&version::DESCRIPTION, version::version_at_least),
    ]
}

/// What is wrong with a use of `name`, if it is one of ours, as far as the template shows.
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
    function: fn(&Arguments<'_>) -> Result<Value, ArgumentError>,
) -> (&'static str, Value) {
    (description.name, description.bound_to(function))
}
