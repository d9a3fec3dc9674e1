//! `account_id`: the id of an account, made from a name of the site's own.

use std::fmt::Write as _;

use minijinja::Value;

use super::argument_error::ArgumentError;
use super::arguments::{Arguments, text};
use super::description::Description;

pub(super) const DESCRIPTION: Description = Description {
    name: "account_id",
    example: "account_id(name)",
    takes: 1..=1,
    steps: 1,
    check: |_, value| name(value).map(drop),
};

/// What every such id begins with. One `${null}` on it removes all accounts that were made so. The client's own ids have a
/// digit behind `acc`.
const START: &str = "accName";

/// What ends an id. It is nowhere else in it, so no id is the beginning of another one.
const END: char = 'Z';

/// What comes before the two digits of a byte that an id cannot have. It is no such byte itself.
const ESCAPE: char = 'X';

/// Longest name, in bytes. A longer one is a mistake, not a name.
const MAX_BYTES: usize = 200;

/// The id for a name: a letter from `a` to `z` and a digit are themselves, every other byte of UTF-8 is `X` and its two
/// hexadecimal digits.
///
/// The client takes an id up to the first dot (`AccountManager`), and removes by the beginning of a key
/// (`ConfigurationServiceImpl.removeProperty`).
pub(super) fn account_id(arguments: &Arguments<'_>) -> Result<Value, ArgumentError> {
    let name = name(arguments.at(0))?;
    let mut id = START.to_owned();
    for byte in name.bytes() {
        match byte {
            b'a'..=b'z' | b'0'..=b'9' => id.push(char::from(byte)),
            // Writing to a string cannot fail.
            _ => drop(write!(id, "{ESCAPE}{byte:02x}")),
        }
    }
    id.push(END);
    Ok(Value::from(id))
}

/// All accounts without a name would be one.
fn name(value: &Value) -> Result<String, ArgumentError> {
    let text = text(value)?;
    if text.trim().is_empty() {
        return Err("makes no id from an empty name: test for it first, as in `{% if … %}`".into());
    }
    if text.len() > MAX_BYTES {
        return Err(format!("makes no id from a name of more than {MAX_BYTES} bytes").into());
    }
    Ok(text.into_owned())
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;

    use super::*;

    fn id(name: impl Into<Value>) -> Result<String, ArgumentError> {
        account_id(&Arguments::new(&[name.into()])).map(|value| value.to_string())
    }

    /// Clients have these ids, so they must never change.
    #[test]
    fn ids_stay_what_they_are() {
        for (name, expected) in [
            ("201", "accName201Z"),
            ("desk", "accNamedeskZ"),
            ("Front Desk", "accNameX46rontX20X44eskZ"),
            ("a.b-c_d", "accNameaX2ebX2dcX5fdZ"),
            ("Größe", "accNameX47rXc3Xb6Xc3X9feZ"),
            ("😀", "accNameXf0X9fX98X80Z"),
        ] {
            assert_eq!(id(name).unwrap(), expected, "{name}");
        }
        assert_eq!(id(201).unwrap(), id("201").unwrap());
    }

    #[test]
    fn no_name_and_what_is_no_name_are_refused() {
        assert!(id("").unwrap_err().0.contains("empty") && id(" \t").unwrap_err().0.contains("empty"));
        assert!(id("x".repeat(201)).unwrap_err().0.contains("200 bytes"));
        assert!(id(true).unwrap_err().0.starts_with("takes text"));
    }

    proptest! {
        #[test]
        fn distinct_names_have_ids_none_of_which_begins_another(names in prop::collection::btree_set("[a-zA-Z0-9. ä]{0,3}[^ ]", 2..40)) {
            let ids: BTreeMap<String, &String> =
                names.iter().filter_map(|name| Some((id(name.as_str()).ok()?, name))).collect();
            prop_assert_eq!(ids.len(), names.iter().filter(|name| id(name.as_str()).is_ok()).count());
            for id in ids.keys() {
                prop_assert!(id.starts_with("acc") && id.bytes().all(|byte| byte.is_ascii_alphanumeric()), "{}", id);
                prop_assert!(!id["acc".len()..].starts_with(|letter: char| letter.is_ascii_digit()), "{}", id);
                prop_assert!(ids.keys().all(|other| other == id || !other.starts_with(id.as_str())), "{}", id);
            }
        }
    }
}
