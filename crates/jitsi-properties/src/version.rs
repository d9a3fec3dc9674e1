//! The version of a client.

use std::borrow::Cow;
use std::cmp::Ordering;
use std::fmt;

/// Length of the longest text that is taken for a version, in bytes.
const MAX_LEN: usize = 64;

/// The version of a client, for example `2.10.5550`.
///
/// The order is that of the numbers between the dots; missing ones count as 0 and letters do not count, so that
/// `2.14-SNAPSHOT.0` is as new as `2.14`: a snapshot already has what the release will have.
#[derive(Debug, Clone)]
pub struct Version {
    text: Cow<'static, str>,
    /// The numbers, without zeros at the end.
    numbers: Cow<'static, [u64]>,
}

impl Version {
    /// Reads a version leniently: what begins with a digit and has at most 64 bytes is one.
    ///
    /// A part without digits counts as 0, a number beyond 64 bits as the greatest.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        if text.len() > MAX_LEN || !text.starts_with(|first: char| first.is_ascii_digit()) {
            return None;
        }
        let mut numbers: Vec<u64> = text.split('.').map(number).collect();
        while numbers.last() == Some(&0) {
            numbers.pop();
        }
        Some(Self { text: Cow::Owned(text.to_owned()), numbers: Cow::Owned(numbers) })
    }

    /// A version of the catalogue, whose numbers the build script has read.
    pub(crate) const fn known(text: &'static str, numbers: &'static [u64]) -> Self {
        Self { text: Cow::Borrowed(text), numbers: Cow::Borrowed(numbers) }
    }
}

/// The digits that a part begins with.
fn number(part: &str) -> u64 {
    let end = part.find(|letter: char| !letter.is_ascii_digit()).unwrap_or(part.len());
    let digits = part.get(..end).unwrap_or_default();
    if digits.is_empty() { 0 } else { digits.parse().unwrap_or(u64::MAX) }
}

impl Ord for Version {
    fn cmp(&self, other: &Self) -> Ordering {
        self.numbers.cmp(&other.numbers)
    }
}

impl PartialOrd for Version {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Version {
    fn eq(&self, other: &Self) -> bool {
        self.numbers == other.numbers
    }
}

impl Eq for Version {}

/// As it was written.
impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn version(text: &str) -> Version {
        Version::parse(text).unwrap()
    }

    #[test]
    fn versions_are_ordered_by_their_numbers() {
        let sorted = ["2.9", "2.10", "2.10.5550", "2.11.5633", "2.14-SNAPSHOT.0", "2.14.1", "3"];
        for pair in sorted.windows(2) {
            assert!(version(pair[0]) < version(pair[1]), "{pair:?}");
        }
        assert_eq!(version("2.14-SNAPSHOT.0"), version("2.14"));
        assert_eq!(version("0.0"), version("0"));
        assert_eq!(version("2.x.1"), version("2.0.1"));
    }

    #[test]
    fn what_begins_with_no_digit_is_no_version() {
        for text in ["", " ", "SNAPSHOT", ".1", "v2.10", "-1", &"1".repeat(65)] {
            assert!(Version::parse(text).is_none(), "{text:?}");
        }
    }

    #[test]
    fn it_is_shown_as_it_was_written() {
        assert_eq!(version(" 2.14-SNAPSHOT.0 ").to_string(), "2.14-SNAPSHOT.0");
        assert_eq!(version("2.10.0").to_string(), "2.10.0");
    }

    proptest! {
        #[test]
        fn any_text_is_taken(text in "\\PC{0,80}", other in "[0-9]{1,30}(\\.[0-9a-z-]{0,25}){0,3}") {
            if let (Some(one), Some(two)) = (Version::parse(&text), Version::parse(&other)) {
                prop_assert_eq!(one.cmp(&two), two.cmp(&one).reverse());
            }
        }
    }
}
