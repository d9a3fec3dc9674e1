//! Whether a value is one that the client understands.

use std::ops::RangeInclusive;

use super::{PRESENCE_BOOLEAN, WRONG_VALUE};
use crate::catalogue::{KeyDescription, ValueType};
use crate::document::Entry;
use crate::lint::Client;
use crate::lint::finding::Finding;
use crate::lint::level::Level;
use crate::scan::trim;

/// Length of a SHA-1 digest in hexadecimal digits.
const SHA1_DIGITS: usize = 40;

/// Rules `wrong-value` and `presence-boolean`. The messages say what is allowed, never what was found.
pub(super) fn wrong(entry: Entry<'_>, known: &KeyDescription, client: &Client) -> Option<Finding> {
    let value = if known.raw { entry.value() } else { trim(entry.value()) };
    match &known.value {
        ValueType::Boolean => boolean(entry, client),
        ValueType::Presence => presence(entry, client),
        _ if value.is_empty() && !known.raw => None,
        ValueType::Text | ValueType::Secret | ValueType::List(_) | ValueType::Node => None,
        ValueType::Integer(range) => integer(value, range, entry, known),
        ValueType::Port => integer(value, &(1..=i64::from(u16::MAX)), entry, known),
        ValueType::Choice { words, any_case } => {
            let is_one = |word: &&str| *word == value || (*any_case && word.eq_ignore_ascii_case(value));
            (!words.iter().any(is_one)).then(|| not_of_type(entry, known, thrown(known)))
        }
        ValueType::Jid => expect(is_jid(value), entry, known),
        ValueType::Host => expect(is_host(value), entry, known),
        ValueType::Url => expect(value.split_once("://").is_some_and(|(scheme, _)| is_scheme(scheme)), entry, known),
        ValueType::Account => expect(value.starts_with("acc") && !value.contains(['.', ' ']), entry, known),
        ValueType::Sha1 => expect(value.split(',').all(is_sha1), entry, known),
        ValueType::Removal => Some(removal(entry, known, client)),
    }
}

fn expect(is_right: bool, entry: Entry<'_>, known: &KeyDescription) -> Option<Finding> {
    (!is_right).then(|| not_of_type(entry, known, Level::Warning))
}

fn thrown(known: &KeyDescription) -> Level {
    if known.throws { Level::Error } else { Level::Warning }
}

fn not_of_type(entry: Entry<'_>, known: &KeyDescription, level: Level) -> Finding {
    let effect = if level == Level::Error {
        "the client throws an exception on it and stops what it was doing"
    } else {
        "the client does not use it as intended"
    };
    let instead = known.instead.map(|instead| format!(", or {instead}")).unwrap_or_default();
    let message = format!("the key does not accept this value, and {effect}; write {}{instead}", known.value);
    Finding { level, ..Finding::warning(&WRONG_VALUE, entry, message).on_value(entry) }
}

fn boolean(entry: Entry<'_>, client: &Client) -> Option<Finding> {
    let value = entry.value();
    let is_boolean = |value: &str| value.eq_ignore_ascii_case("true") || value.eq_ignore_ascii_case("false");
    if is_boolean(value) {
        return None;
    }
    let message = if is_boolean(trim(value)) {
        "there is a blank next to the word, and the client accepts only `true` alone as true; remove the blank"
    } else if client.is_installation {
        "the client reads only `true` as true and everything else as false, usually an empty value too; write `true` or \
         `false`, or remove the line to go back to the default"
    } else {
        "the client reads only `true` as true and everything else as false, usually an empty value too; write `true`, \
         `false`, or `${null}` to go back to the default"
    };
    Some(Finding::warning(&WRONG_VALUE, entry, message).on_value(entry))
}

fn presence(entry: Entry<'_>, client: &Client) -> Option<Finding> {
    let value = trim(entry.value());
    let means_no = ["false", "no", "off", "0"].iter().any(|no| value.eq_ignore_ascii_case(no));
    means_no.then(|| {
        let message = if client.is_installation {
            "the client treats this as true whenever the key is present, whatever its value; remove the line to switch it \
             off"
        } else {
            "the client treats this as true whenever the key is present, whatever its value; write `${null}` to switch it \
             off"
        };
        Finding::warning(&PRESENCE_BOOLEAN, entry, message).on_value(entry)
    })
}

/// A key that only a removal makes sense for.
fn removal(entry: Entry<'_>, known: &KeyDescription, client: &Client) -> Finding {
    if !client.is_installation {
        return not_of_type(entry, known, Level::Warning);
    }
    let message = "the client writes this key itself and does not use a value from here as intended; remove the line";
    Finding::warning(&WRONG_VALUE, entry, message).on_value(entry)
}

fn integer(value: &str, range: &RangeInclusive<i64>, entry: Entry<'_>, known: &KeyDescription) -> Option<Finding> {
    match value.parse::<i32>() {
        Ok(number) if range.contains(&i64::from(number)) => None,
        // 0 is a port for Java, though none that anything answers at.
        Ok(number) if known.throws_beyond && number != 0 => Some(not_of_type(entry, known, Level::Error)),
        Ok(_) => Some(not_of_type(entry, known, Level::Warning)),
        Err(_) => Some(not_of_type(entry, known, thrown(known))),
    }
}

fn is_jid(value: &str) -> bool {
    let parts = value.split_once('@');
    parts.is_some_and(|(local, domain)| {
        let is_domain = !domain.is_empty() && !domain.bytes().any(|byte| matches!(byte, b'@' | b'/'));
        !local.is_empty() && is_domain && !has_blank(value)
    })
}

/// A name, an IPv4 address, or an IPv6 address with or without brackets.
fn is_host(value: &str) -> bool {
    let count = |sign: u8| value.bytes().filter(|byte| *byte == sign).count();
    let has_port = !value.starts_with('[') && count(b':') == 1;
    !has_port && !has_blank(value) && count(b'/') + count(b'@') == 0
}

fn has_blank(value: &str) -> bool {
    // In most values no letter needs to be looked up.
    !value.bytes().all(|byte| byte.is_ascii_graphic()) && value.contains(char::is_whitespace)
}

fn is_scheme(scheme: &str) -> bool {
    !scheme.is_empty() && scheme.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'-' | b'.'))
}

fn is_sha1(digest: &str) -> bool {
    digest.len() == SHA1_DIGITS && digest.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
}
