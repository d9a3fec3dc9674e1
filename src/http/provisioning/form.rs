//! The form (WHATWG URL Standard section 5, `application/x-www-form-urlencoded`), read strictly.
//!
//! The usual parsers mend what is broken: a stray `%` stays, bytes that are not UTF-8 become U+FFFD. A password that
//! is mended is another password, so here such a form is refused.

use std::collections::BTreeMap;

use super::illegal_argument::{IllegalArgument, MAX_FIELDS, MAX_NAME, MAX_VALUE};
use super::placeholder;

/// The fields of a form, in their order. Values may be passwords, so it cannot be printed.
pub(super) struct Form(Vec<(String, String)>);

impl Form {
    /// Reads a form. `a` without `=` is an empty value, and empty parts between two `&` are nothing.
    pub(super) fn parse(text: &[u8]) -> Result<Self, IllegalArgument> {
        let parts = || text.split(|byte| *byte == b'&').filter(|part| !part.is_empty());
        if parts().nth(MAX_FIELDS).is_some() {
            return Err(IllegalArgument::TooManyFields);
        }
        (1..).zip(parts()).map(|(place, part)| field(place, part)).collect::<Result<_, _>>().map(Self)
    }

    /// The value under the first of these names that is present.
    ///
    /// A name that stands there twice counts with its last value, as in a Jitsi client itself. A placeholder that the
    /// client did not fill (`${…}`) is as good as absent.
    pub(super) fn first_of(&self, names: &[String]) -> Option<&str> {
        names.iter().find_map(|name| {
            let mut values = self.0.iter().rev().filter(|(field, value)| field == name && !placeholder::is_bare(value));
            values.next().map(|(_, value)| value.as_str())
        })
    }

    /// All fields but for those with these names, for the template.
    pub(super) fn without(self, names: &[&[String]]) -> Result<BTreeMap<String, String>, IllegalArgument> {
        let mut fields = BTreeMap::new();
        for (place, (name, value)) in (1..).zip(self.0) {
            if names.iter().any(|names| names.contains(&name)) || placeholder::is_bare(&value) {
                continue;
            }
            if placeholder::is_never_filled(&value) {
                return Err(IllegalArgument::Placeholder(format!("field {place} of the form")));
            }
            if value.len() > MAX_VALUE {
                return Err(IllegalArgument::LongValue(place));
            }
            fields.insert(name, value);
        }
        Ok(fields)
    }
}

fn field(place: usize, part: &[u8]) -> Result<(String, String), IllegalArgument> {
    let mut halves = part.splitn(2, |byte| *byte == b'=');
    let mut next = || decode(place, halves.next().unwrap_or_default());
    let (name, value) = (next()?, next()?);
    match name.len() {
        0 => Err(IllegalArgument::Nameless(place)),
        1..=MAX_NAME => Ok((name, value)),
        _ => Err(IllegalArgument::LongName(place)),
    }
}

fn decode(place: usize, encoded: &[u8]) -> Result<String, IllegalArgument> {
    let mut decoded = Vec::with_capacity(encoded.len());
    let mut bytes = encoded.iter().copied();
    while let Some(byte) = bytes.next() {
        decoded.push(match byte {
            b'+' => b' ',
            b'%' => match (bytes.next().and_then(hex), bytes.next().and_then(hex)) {
                (Some(high), Some(low)) => high << 4 | low,
                _ => return Err(IllegalArgument::PercentEncoding(place)),
            },
            byte => byte,
        });
    }
    // The error of `from_utf8` owns the bytes, so it must go no further.
    let text = String::from_utf8(decoded).map_err(|_| IllegalArgument::NotUtf8(place))?;
    if text.contains(char::is_control) { Err(IllegalArgument::ControlCharacter(place)) } else { Ok(text) }
}

fn hex(digit: u8) -> Option<u8> {
    char::from(digit).to_digit(16).and_then(|digit| u8::try_from(digit).ok())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn parse(text: &str) -> Result<Vec<(String, String)>, IllegalArgument> {
        Form::parse(text.as_bytes()).map(|form| form.0)
    }

    #[track_caller]
    fn gives(text: &str, pairs: &[(&str, &str)]) {
        let expected = pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        assert_eq!(parse(text), Ok(expected), "{text}");
    }

    fn names(names: &[&str]) -> Vec<String> {
        names.iter().map(|name| (*name).to_owned()).collect()
    }

    #[test]
    fn fields_are_decoded() {
        gives("user=a+b&x=%C3%A9%2b%26", &[("user", "a b"), ("x", "é+&")]);
        gives("b=a=b&c", &[("b", "a=b"), ("c", "")]);
        gives("&&a=1&", &[("a", "1")]);
        gives("a=é", &[("a", "é")]);
        gives("", &[]);
    }

    #[test]
    fn what_is_broken_is_refused_with_its_place() {
        for broken in ["a=1&b=%", "a=1&b=%4", "a=1&b=%zz", "a=1&%4=1", "a=1&b=%+1"] {
            assert_eq!(parse(broken), Err(IllegalArgument::PercentEncoding(2)), "{broken}");
        }
        for broken in ["a=%FF", "a=%C3", "a=%ED%A0%80", "a=%C0%AF", "%FF=a"] {
            assert_eq!(parse(broken), Err(IllegalArgument::NotUtf8(1)), "{broken}");
        }
        for broken in ["a=%00", "a=x%0Ay", "a=%7F", "a=%C2%85", "%09=a", "a=b\r\n"] {
            assert_eq!(parse(broken), Err(IllegalArgument::ControlCharacter(1)), "{broken}");
        }
        assert_eq!(parse("a=1&=x"), Err(IllegalArgument::Nameless(2)));
        assert_eq!(parse(&format!("{}=1", "n".repeat(65))), Err(IllegalArgument::LongName(1)));
    }

    #[test]
    fn there_are_64_fields_at_most() {
        assert_eq!(parse(&"a=1&".repeat(64)).map(|fields| fields.len()), Ok(64));
        assert_eq!(parse(&"a=1&".repeat(65)), Err(IllegalArgument::TooManyFields));
    }

    #[test]
    fn the_first_alias_that_is_present_counts_and_of_its_values_the_last() {
        let first = |text: &str| {
            let form = Form::parse(text.as_bytes()).unwrap();
            form.first_of(&names(&["username", "user"])).map(str::to_owned)
        };
        assert_eq!(first("user=b&username=a"), Some("a".into()));
        assert_eq!(first("user=b&username=a&username=c"), Some("c".into()));
        assert_eq!(first("user=b&username="), Some(String::new()));
        assert_eq!(first("user=b&username=${username}"), Some("b".into()));
        assert_eq!(first("username=a&username=$%7Busername%7D"), Some("a".into()));
        assert_eq!(first("USER=b"), None);
    }

    #[test]
    fn the_other_fields_are_left_for_the_template() {
        let form = |text: &str| Form::parse(text.as_bytes()).unwrap();
        let (users, passwords) = (names(&["user", "username"]), names(&["pass"]));
        let left = |text: &str| form(text).without(&[&users, &passwords]);
        let expected = [("os", "linux"), ("x", "")].map(|(name, value)| (name.to_owned(), value.to_owned()));
        assert_eq!(left("user=a&pass=b&username=c&os=linux&mac=${hwaddr}&x"), Ok(BTreeMap::from(expected)));
        assert_eq!(left(&format!("user=a&b={}", "v".repeat(1024))), Err(IllegalArgument::LongValue(2)));
        assert!(left(&format!("b={}", "v".repeat(1023))).is_ok());
    }

    proptest! {
        #[test]
        fn what_form_urlencoded_writes_is_read_back(name in "\\PC{1,16}", value in "\\PC{0,40}") {
            let text = form_urlencoded::Serializer::new(String::new()).append_pair(&name, &value).finish();
            match parse(&text) {
                Ok(fields) => prop_assert_eq!(fields, vec![(name, value)]),
                Err(error) => prop_assert!(name.len() > MAX_NAME, "{}", error),
            }
        }

        #[test]
        fn no_bytes_are_too_strange(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            if let Ok(form) = Form::parse(&bytes) {
                let strange = form.0.iter().any(|(name, value)| (name.clone() + value).contains(char::is_control));
                prop_assert!(!strange);
            }
        }
    }
}
