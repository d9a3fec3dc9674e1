//! Texts with `*` and `?`, as rules compare them.

use std::fmt;

use serde::de::{Deserialize, Deserializer, Error};

/// A text in which `*` stands for any characters, also for none, and `?` for exactly one. Upper and lower case are the
/// same. The whole of a text has to match.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pattern {
    written: String,
    folded: Vec<char>,
}

impl Pattern {
    /// Reads a pattern; the error says what is wrong with it.
    pub fn parse(text: &str) -> Result<Self, String> {
        if text.is_empty() {
            return Err("the text is empty; write \"*\" for any text, or leave it out".to_owned());
        }
        if text.trim() != text {
            return Err(format!("found \"{text}\", which begins or ends with a blank; no name does"));
        }
        Ok(Self { written: text.to_owned(), folded: folded(text).collect() })
    }

    /// Whether all of `text` is as the pattern says.
    #[must_use]
    pub fn matches(&self, text: &str) -> bool {
        let text: Vec<char> = folded(text).collect();
        covers(&self.folded, &text, |pattern, other| pattern == '?' || pattern == other)
    }

    /// The text itself, in lower case, where it matches no other.
    #[must_use]
    pub fn literal(&self) -> Option<String> {
        (!self.folded.contains(&'*') && !self.folded.contains(&'?')).then(|| self.folded.iter().collect())
    }

    /// Whether all that `other` matches is certain to match here too.
    #[must_use]
    pub fn covers(&self, other: &Self) -> bool {
        // A `*` of the other is of any length, so only a `*` takes it in.
        covers(&self.folded, &other.folded, |pattern, other| pattern == other || pattern == '?' && other != '*')
    }
}

/// As it was written.
impl fmt::Display for Pattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.written)
    }
}

impl<'de> Deserialize<'de> for Pattern {
    fn deserialize<D: Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
        Self::parse(&String::deserialize(input)?).map_err(D::Error::custom)
    }
}

/// Letter by letter, so that the same letter becomes the same one wherever it stands.
fn folded(text: &str) -> impl Iterator<Item = char> {
    text.chars().flat_map(char::to_lowercase)
}

/// Walks through both. Where they part, the last `*` takes in one character more.
fn covers(mut pattern: &[char], mut text: &[char], same: impl Fn(char, char) -> bool) -> bool {
    let mut retry = None;
    while let Some((next, rest)) = text.split_first() {
        match pattern.split_first() {
            Some(('*', after)) => {
                pattern = after;
                retry = Some((after, text));
            }
            Some((wanted, after)) if same(*wanted, *next) => {
                pattern = after;
                text = rest;
            }
            _ => {
                let Some((after, [_, taken @ ..])) = retry else { return false };
                pattern = after;
                text = taken;
                retry = Some((after, taken));
            }
        }
    }
    pattern.iter().all(|left| *left == '*')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn pattern(text: &str) -> Pattern {
        Pattern::parse(text).unwrap()
    }

    #[test]
    fn the_whole_text_has_to_match_in_either_case() {
        for (written, text) in [
            ("anna", "Anna"),
            ("ÄRZTE*", "ärzte-nord"),
            ("*", ""),
            ("trainee-*", "trainee-"),
            ("*.lan", "a.lan.lan"),
            ("w?n*10", "Windows 10"),
            ("a*b*c", "aXbXbc"),
            ("**", "x"),
        ] {
            assert!(pattern(written).matches(text), "{written} {text}");
        }
        for (written, text) in
            [("anna", "anna.berg"), ("anna", "hanna"), ("a?c", "ac"), ("*x", "xy"), ("a*b*c", "abab"), ("?", "")]
        {
            assert!(!pattern(written).matches(text), "{written} {text}");
        }
    }

    #[test]
    fn a_pattern_that_can_match_nobody_is_refused() {
        assert!(Pattern::parse("").is_err());
        assert!(Pattern::parse(" anna").is_err());
    }

    #[test]
    fn a_wider_pattern_covers_a_narrower_one() {
        assert!(pattern("win*").covers(&pattern("Windows*")));
        assert!(pattern("*").covers(&pattern("a?c*")));
        assert!(pattern("a?c").covers(&pattern("abc")));
        assert!(pattern("a?c").covers(&pattern("a?c")));
        assert!(!pattern("a?c").covers(&pattern("a*c")));
        assert!(!pattern("windows*").covers(&pattern("win*")));
        assert!(!pattern("anna").covers(&pattern("ann?")));
    }

    /// The same by definition.
    fn naive(pattern: &[char], text: &[char]) -> bool {
        match (pattern.split_first(), text.split_first()) {
            (None, None) => true,
            (Some(('*', rest)), None) => naive(rest, text),
            (Some(('*', rest)), Some((_, shorter))) => naive(rest, text) || naive(pattern, shorter),
            (Some((wanted, rest)), Some((found, shorter))) => {
                (*wanted == '?' || wanted == found) && naive(rest, shorter)
            }
            _ => false,
        }
    }

    proptest! {
        #[test]
        fn it_matches_what_the_definition_says(written in "[ab*?]{1,8}", text in "[ab]{0,10}") {
            let chars = |text: &str| text.chars().collect::<Vec<_>>();
            prop_assert_eq!(pattern(&written).matches(&text), naive(&chars(&written), &chars(&text)));
        }

        #[test]
        fn what_is_covered_matches(one in "[ab*?]{1,6}", other in "[ab*?]{1,6}", text in "[ab]{0,8}") {
            let (one, other) = (pattern(&one), pattern(&other));
            if one.covers(&other) && other.matches(&text) {
                prop_assert!(one.matches(&text));
            }
        }
    }
}
