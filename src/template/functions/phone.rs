//! `e164`: a phone number as the whole world dials it.

use minijinja::Value;
use rlibphonenumber::{PHONE_NUMBER_UTIL, PhoneNumberFormat, Region};

use super::arguments::{Arguments, text};
use super::{Description, Mistake};

pub(super) const DESCRIPTION: Description = Description {
    name: "e164",
    example: "number | e164('DE')",
    takes: 2..=2,
    // A call takes some tens of microseconds.
    steps: 100,
    check: |place, value| if place == 1 { region(value).map(drop) } else { text(value).map(drop) },
};

/// Longest text that is taken for a number, in bytes.
const MAX_LEN: usize = 100;

/// `+` and 15 digits: the longest number of ITU-T E.164 section 6.
const MAX_E164: usize = 16;

/// The number in E.164, `+` and at most 15 digits; empty when it is no number that can be reached from everywhere.
///
/// So an internal extension or an emergency call is not made into a number of somebody else, and `or` finds it. An
/// extension that is written behind a number is left out. What is a number is told by Google's libphonenumber; its tables
/// take 4 MiB from the first call on.
pub(super) fn e164(arguments: &Arguments<'_>) -> Result<Value, Mistake> {
    let region = region(arguments.at(1))?;
    Ok(Value::from(normalised(&arguments.text(0)?, region).unwrap_or_default()))
}

fn normalised(number: &str, region: Region) -> Option<String> {
    if number.len() > MAX_LEN {
        return None;
    }
    let number = PHONE_NUMBER_UTIL.parse(number, Some(region)).ok()?;
    if !PHONE_NUMBER_UTIL.is_valid_number(&number) {
        return None;
    }
    let number = PHONE_NUMBER_UTIL.format(&number, PhoneNumberFormat::E164).into_owned();
    // The library's tables let some countries have longer ones.
    (number.len() <= MAX_E164).then_some(number)
}

fn region(value: &Value) -> Result<Region, Mistake> {
    let code = text(value)?;
    let region = Region::from_code(&code).ok().filter(|region| *region != Region::World);
    region
        .filter(|region| PHONE_NUMBER_UTIL.get_supported_regions().any(|known| known == *region))
        .ok_or_else(|| Mistake::from("needs the region whose numbers lack a country code, two letters of ISO 3166"))
}
