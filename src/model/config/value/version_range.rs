//! Versions of a client, as rules compare them.

use std::fmt;

use serde::de::{Deserialize, Deserializer, Error};

/// Some versions of a client: `>=2.10`, `>2.10`, `<=2.11`, `<2.11`, `=2.10.5550`, or `2.10.*` for all that begin so.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VersionRange {
    written: String,
    comparison: Comparison,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Comparison {
    Below(Version),
    AtMost(Version),
    Exactly(Version),
    AtLeast(Version),
    Above(Version),
    /// From the one to before the other.
    Between(Version, Version),
}

use Comparison::{Above, AtLeast, AtMost, Below, Between, Exactly};
use jitsi_properties::Version;

impl VersionRange {
    /// Reads a comparison; the error says what is wrong with it.
    pub fn parse(text: &str) -> Result<Self, String> {
        let version = |rest: &str| plain(rest.trim()).ok_or_else(|| wrong(text));
        let signs = [(">=", AtLeast as fn(_) -> _), ("<=", AtMost), (">", Above), ("<", Below), ("=", Exactly)];
        let sign = signs.iter().find_map(|(sign, make)| Some((make, text.trim().strip_prefix(sign)?)));
        let comparison = match (sign, text.trim().strip_suffix(".*")) {
            (Some((make, rest)), _) => make(version(rest)?),
            (None, Some(start)) => Between(version(start)?, after(start).ok_or_else(|| wrong(text))?),
            (None, None) if version(text).is_ok() => {
                let text = text.trim();
                return Err(format!(
                    "found \"{text}\"; write \"{text}.*\" for all versions that begin like this, or \"={text}\" for \
                     this one"
                ));
            }
            (None, None) => return Err(wrong(text)),
        };
        Ok(Self { written: text.to_owned(), comparison })
    }

    /// Whether it holds for a version.
    #[must_use]
    pub fn matches(&self, version: &Version) -> bool {
        match &self.comparison {
            Below(bound) => version < bound,
            AtMost(bound) => version <= bound,
            Exactly(bound) => version == bound,
            AtLeast(bound) => version >= bound,
            Above(bound) => version > bound,
            Between(from, to) => (from..to).contains(&version),
        }
    }
}

/// As it was written.
impl fmt::Display for VersionRange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.written)
    }
}

impl<'de> Deserialize<'de> for VersionRange {
    fn deserialize<D: Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
        Self::parse(&String::deserialize(input)?).map_err(D::Error::custom)
    }
}

/// A version of numbers and dots only. A client's own is read more leniently.
fn plain(text: &str) -> Option<Version> {
    let numbers = |text: &str| text.split('.').all(|part| part.parse::<u64>().is_ok());
    Some(text).filter(|text| numbers(text)).and_then(Version::parse)
}

/// The first version that does not begin with `start`: `2.11` for `2.10`.
fn after(start: &str) -> Option<Version> {
    let (before, last) = start.rsplit_once('.').map_or(("", start), |(before, last)| (before, last));
    let next = last.parse::<u64>().ok()?.checked_add(1)?;
    plain(format!("{before}.{next}").trim_start_matches('.'))
}

fn wrong(text: &str) -> String {
    format!("found \"{text}\"; write for example \">=2.10\", \"<2.11\", \"2.10.*\" or \"=2.10.5550\"")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn holds(range: &str, version: &str) -> bool {
        VersionRange::parse(range).unwrap().matches(&Version::parse(version).unwrap())
    }

    #[test]
    fn each_comparison_holds_where_it_should() {
        assert!(holds(">=2.10", "2.10.5550") && holds(">=2.10", "2.10") && !holds(">=2.10", "2.9.99"));
        assert!(holds(">2.10", "2.10.1") && !holds(">2.10", "2.10.0"));
        assert!(holds("<2.11", "2.10.5550") && !holds("<2.11", "2.11"));
        assert!(holds("<= 2.11", "2.11") && !holds("<=2.11", "2.11.5633"));
        assert!(holds("=2.10", "2.10.0") && !holds("=2.10", "2.10.5550"));
        assert!(holds("2.10.*", "2.10") && holds("2.10.*", "2.10.5550"));
        assert!(!holds("2.10.*", "2.11") && !holds("2.10.*", "2.1"));
        assert!(holds("2.*", "2.14-SNAPSHOT.0") && !holds("2.*", "3.0"));
    }

    #[test]
    fn what_is_no_comparison_is_refused_with_what_to_write() {
        let refused = |text: &str| VersionRange::parse(text).unwrap_err();
        assert_eq!(
            refused("2.10"),
            "found \"2.10\"; write \"2.10.*\" for all versions that begin like this, or \"=2.10\" for this one"
        );
        for text in
            ["", "*", ">=", ">=2.x", "2.1O", "~2.10", "2.*.1", ">=2.10.*", "2..*", ".*", "18446744073709551615.*"]
        {
            assert!(refused(text).contains("write for example"), "{text}");
        }
    }
}
