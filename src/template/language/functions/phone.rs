//! `e164`: a phone number as the whole world dials it.

mod written;

use minijinja::Value;
use rlibphonenumber::{PHONE_NUMBER_UTIL, PhoneNumberFormat, Region};

use super::argument_error::ArgumentError;
use super::arguments::{Arguments, text};
use super::description::Description;

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

/// Most digits before a slash that only separates them from the rest: a country code or an area code.
const MAX_AREA_CODE: usize = 6;

/// Most slashes in a number. Each is looked at.
const MAX_SLASHES: usize = 4;

/// Most digits of another ending behind a slash.
const MAX_ENDING: usize = 3;

/// `+` and 15 digits: the longest number of ITU-T E.164 section 6.
const MAX_E164: usize = 16;

/// The number in E.164, `+` and at most 15 digits; empty when it is no number that can be reached from everywhere, or when
/// it is not certain where the number ends.
///
/// So an internal extension or an emergency call does not become another person's number, and `or` finds it. What is
/// written around a number is left out by [`written`]; the library would dial it. What is a number is decided by Google's
/// libphonenumber; its tables take 4 MiB from the first call on.
pub(super) fn e164(arguments: &Arguments<'_>) -> Result<Value, ArgumentError> {
    let region = region(arguments.at(1))?;
    Ok(Value::from(normalised(&arguments.text(0)?, region).unwrap_or_default()))
}

fn normalised(text: &str, region: Region) -> Option<String> {
    if text.len() > MAX_LEN {
        return None;
    }
    let number = written::number(text)?;
    if begins_with_another(&number, region) {
        return None;
    }
    let number = without_alternative(&number, region)?;
    // A zero that is only dialled inside of the country; some countries have one that is dialled always.
    dialled(number, region).or_else(|| dialled(&number.replacen("(0)", "", 1), region))
}

/// Whether one or two digits stand before a number that is complete without them and is another one then: a place in a
/// list, a room or an extension, as in `2. 030 123456`.
fn begins_with_another(number: &str, region: Region) -> bool {
    const MOST: usize = 2;
    let number = number.trim_start_matches('(');
    let end = number.bytes().take_while(u8::is_ascii_digit).count();
    let Some((first, rest)) = number.split_at_checked(end) else { return false };
    let rest = rest.trim_start_matches([' ', '-', '.', '/', ')']);
    if !(1..=MOST).contains(&end) || first.starts_with('0') || !rest.trim_start_matches('(').starts_with(['0', '+']) {
        return false;
    }
    dialled(rest, region).is_some_and(|other| dialled(number, region).as_ref() != Some(&other))
}

/// The number without another ending that is written behind a slash, as in `030 123456/57`; none when it is not certain
/// that it is one. A slash can also stand behind the area code.
fn without_alternative(number: &str, region: Region) -> Option<&str> {
    let digits = |text: &str| text.bytes().filter(u8::is_ascii_digit).count();
    if number.matches('/').count() > MAX_SLASHES {
        return None;
    }
    for (at, _) in number.match_indices('/') {
        let (before, behind) = number.split_at(at);
        if dialled(before, region).is_none() {
            continue;
        }
        if digits(before) <= MAX_AREA_CODE {
            // As short as whole numbers are in some countries.
            if digits(behind) <= MAX_ENDING && dialled(number, region).is_some() {
                return None;
            }
            continue;
        }
        let is_ending = digits(behind) <= MAX_ENDING || dialled(number, region).is_none();
        return is_ending.then_some(before);
    }
    Some(number)
}

fn dialled(number: &str, region: Region) -> Option<String> {
    let number = PHONE_NUMBER_UTIL.parse(number, Some(region)).ok()?;
    if !PHONE_NUMBER_UTIL.is_valid_number(&number) {
        return None;
    }
    let number = PHONE_NUMBER_UTIL.format(&number, PhoneNumberFormat::E164).into_owned();
    // The library's tables let some countries have longer ones.
    (number.len() <= MAX_E164).then_some(number)
}

fn region(value: &Value) -> Result<Region, ArgumentError> {
    let code = text(value)?;
    let region = Region::from_code(&code).ok().filter(|region| *region != Region::World);
    region.filter(|region| PHONE_NUMBER_UTIL.get_supported_regions().any(|known| known == *region)).ok_or_else(|| {
        ArgumentError::from("needs the region whose numbers have no country code here, as two letters of ISO 3166")
    })
}

#[cfg(test)]
mod tests;
