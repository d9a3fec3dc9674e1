//! Names as people type them, and the one account that each means.
//!
//! 1. The first pattern of `openfire.login_names` that matches the whole name decides. It never depends on what Openfire
//!    answers, so one typed name is one attempt at the directory.
//! 2. What `*` matched, or the target of the pattern, becomes a [`Username`].
//! 3. Where no pattern matches, the name itself does.

use std::fmt;

use serde::de::{Deserialize, Deserializer, Error};
use xmpp_parsers::jid::DomainRef;

use super::{Username, UsernameError};

/// Patterns for names as people type them, in the order in which they are tried.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct LoginNames(Vec<LoginPattern>);

/// One pattern, such as `CORP\*` or `*@corp.example.com -> *@corp.example.com`.
///
/// It has one `*`, which matches any characters; upper and lower case are the same.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LoginPattern {
    written: String,
    /// In lower case.
    before: Vec<char>,
    after: Vec<char>,
    /// What stands before and behind the `*` of the target; none when the name is what `*` matched.
    target: Option<(String, String)>,
}

/// The account that a typed name stands for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LoginName<'p> {
    /// The account.
    pub username: Username,
    /// The pattern that matched.
    pub pattern: Option<&'p LoginPattern>,
}

/// A name in a form that people know from elsewhere, and that Openfire knows only where accounts are called so.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ForeignName {
    /// `CORP\anna`.
    Windows(String),
    /// `anna@corp.example.com`, with a domain that is not ours.
    OtherDomain(String),
}

impl LoginNames {
    /// The account that `typed` stands for at `domain`.
    ///
    /// Where no pattern matches, and for what `*` matched in one without a target, [`Username::parse`] says how.
    ///
    /// # Errors
    ///
    /// [`UsernameError`] when no account can have such a name.
    pub fn resolve(&self, typed: &str, domain: &DomainRef) -> Result<LoginName<'_>, UsernameError> {
        let typed = typed.trim();
        if typed.len() > Username::MAX_BYTES {
            return Err(UsernameError::TooLong);
        }
        let found = self.0.iter().find_map(|pattern| Some((pattern, pattern.rest(typed)?)));
        let Some((pattern, rest)) = found else {
            return Ok(LoginName { username: Username::parse(typed, domain)?, pattern: None });
        };
        let username = match &pattern.target {
            None => Username::parse(rest, domain)?,
            Some(_) if rest.trim().is_empty() => return Err(UsernameError::Empty),
            Some((before, after)) => Username::parse_whole(&[before, rest.trim(), after].concat())?,
        };
        Ok(LoginName { username, pattern: Some(pattern) })
    }
}

impl LoginNames {
    /// Whether some names keep `domain`, so that it is a part of the account's name.
    #[must_use]
    pub fn keep(&self, domain: &DomainRef) -> bool {
        let end: Vec<char> = folded("@").chain(folded(domain.as_str())).collect();
        let keeps = |(_, after): &(String, String)| folded(after).collect::<Vec<_>>().ends_with(&end);
        self.0.iter().filter_map(|pattern| pattern.target.as_ref()).any(keeps)
    }
}

impl LoginName<'_> {
    /// Whether the name has a foreign form for which there is no pattern.
    #[must_use]
    pub fn foreign(&self) -> Option<ForeignName> {
        if self.pattern.is_some() {
            return None;
        }
        let name = self.username.unescaped();
        if name.contains('\\') {
            return Some(ForeignName::Windows(name));
        }
        let has_domain = name.rsplit_once('@').is_some_and(|(local, domain)| !local.is_empty() && !domain.is_empty());
        has_domain.then_some(ForeignName::OtherDomain(name))
    }
}

/// For the end of a sentence about a refusal.
impl fmt::Display for ForeignName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Windows(name) => write!(f, "`{name}` looks like a Windows name; see openfire.login_names"),
            Self::OtherDomain(name) => {
                write!(f, "`{name}` looks like a name with another domain; see openfire.login_names")
            }
        }
    }
}

impl LoginPattern {
    /// Reads a pattern; the error says what is wrong with it.
    pub fn parse(text: &str) -> Result<Self, String> {
        if text.chars().any(char::is_control) {
            return Err(format!(
                "found {text:?}, with a control character in it, which no name has; in double quotes TOML takes a \
                 backslash for the beginning of one, so write 'CORP\\*' in single quotes"
            ));
        }
        let (left, target) = match text.split_once("->") {
            Some((left, target)) => (left.trim(), Some(target.trim())),
            None => (text.trim(), None),
        };
        let written = target.map_or_else(|| left.to_owned(), |target| format!("{left} -> {target}").trim().to_owned());
        let Some((before, after)) = around_star(left) else {
            return Err(format!(
                "found \"{written}\"; a pattern has exactly one `*`, which stands for the user's own name, as in 'CORP\\*' \
                 or '*@other.example'"
            ));
        };
        if target.is_none() && before.is_empty() && after.is_empty() {
            return Err("found \"*\", which changes no name; leave it out, or say what a name becomes, as in \
                        '* -> *@corp.example.com'"
                .to_owned());
        }
        let target = target.map(|target| Self::target(target, &written)).transpose()?;
        Ok(Self { before: folded(before).collect(), after: folded(after).collect(), target, written })
    }

    fn target(target: &str, written: &str) -> Result<(String, String), String> {
        if target.is_empty() {
            return Err(format!(
                "found \"{written}\" with nothing behind `->`; write the name that Openfire has, with `*` for what `*` \
                 matched, or leave `->` out"
            ));
        }
        let Some((before, after)) = around_star(target).filter(|_| !target.contains("->")) else {
            return Err(format!(
                "found \"{written}\"; the name behind `->` has exactly one `*`, which stands for what `*` matched: without \
                 it, everyone would log in to the same account"
            ));
        };
        match Username::parse_whole(&[before, "x", after].concat()) {
            Ok(_) => Ok((before.to_owned(), after.to_owned())),
            Err(error) => Err(format!("found \"{written}\"; no account can have a name like \"{target}\": {error}")),
        }
    }

    /// What `*` matches; none when the pattern does not match.
    fn rest<'t>(&self, typed: &'t str) -> Option<&'t str> {
        let start = bytes_of(self.before.len(), typed.chars())?;
        let (before, rest) = typed.split_at_checked(start)?;
        let end = bytes_of(self.after.len(), rest.chars().rev())?;
        let (rest, after) = rest.split_at_checked(rest.len().checked_sub(end)?)?;
        let is_same = folded(before).eq(self.before.iter().copied()) && folded(after).eq(self.after.iter().copied());
        is_same.then_some(rest)
    }

    /// Whether everything that `other` matches is matched here too.
    fn covers(&self, other: &Self) -> bool {
        other.before.starts_with(&self.before) && other.after.ends_with(&self.after)
    }
}

/// As it was written.
impl fmt::Display for LoginPattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.written)
    }
}

impl<'de> Deserialize<'de> for LoginPattern {
    fn deserialize<D: Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
        Self::parse(&String::deserialize(input)?).map_err(D::Error::custom)
    }
}

impl<'de> Deserialize<'de> for LoginNames {
    fn deserialize<D: Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
        let patterns = Vec::<LoginPattern>::deserialize(input)?;
        for (number, pattern) in patterns.iter().enumerate() {
            if let Some(earlier) = patterns.iter().take(number).find(|earlier| earlier.covers(pattern)) {
                return Err(D::Error::custom(format!(
                    "\"{pattern}\" never applies, since the earlier \"{earlier}\" matches all the same names; put it first, or \
                     leave it out"
                )));
            }
        }
        Ok(Self(patterns))
    }
}

/// What stands before and behind the only `*`.
fn around_star(text: &str) -> Option<(&str, &str)> {
    text.split_once('*').filter(|(_, after)| !after.contains('*'))
}

/// Letter by letter, so that the same letter becomes the same one wherever it stands.
fn folded(text: &str) -> impl Iterator<Item = char> {
    text.chars().flat_map(char::to_lowercase)
}

/// How many bytes the first `letters` have that are `count` letters in lower case; none when there are fewer, or the count
/// ends inside of one that becomes several.
fn bytes_of(count: usize, letters: impl Iterator<Item = char>) -> Option<usize> {
    let (mut left, mut bytes) = (count, 0);
    for letter in letters {
        if left == 0 {
            break;
        }
        left = left.checked_sub(letter.to_lowercase().count())?;
        bytes += letter.len_utf8();
    }
    (left == 0).then_some(bytes)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use xmpp_parsers::jid::DomainPart;

    use super::*;

    fn names(patterns: &[&str]) -> LoginNames {
        LoginNames(patterns.iter().map(|pattern| LoginPattern::parse(pattern).unwrap()).collect())
    }

    /// The name that Openfire gets.
    fn resolved(patterns: &[&str], typed: &str) -> Result<String, UsernameError> {
        let domain = DomainPart::new("corp.example.com").unwrap().into_owned();
        names(patterns).resolve(typed, &domain).map(|name| name.username.as_str().to_owned())
    }

    #[test]
    fn the_name_is_what_the_star_matched() {
        let patterns = ["CORP\\*", "*@mail.example.com"];
        for (typed, name) in [
            ("CORP\\anna", "anna"),
            (" corp\\Anna.Schmidt ", "anna.schmidt"),
            ("CORP\\ anna", "anna"),
            ("anna@MAIL.example.com", "anna"),
            ("CORP\\anna@corp.example.com", "anna"),
            ("anna@corp.example.com", "anna"),
            ("anna", "anna"),
            ("a@b@mail.example.com", "a\\40b"),
            ("OTHER\\anna", "other\\anna"),
            ("anna@other.example", "anna\\40other.example"),
            ("CORP\\anna@mail.example.com", "anna\\40mail.example.com"),
        ] {
            assert_eq!(resolved(&patterns, typed), Ok(name.to_owned()), "{typed}");
        }
        assert_eq!(resolved(&patterns, "CORP\\"), Err(UsernameError::Empty));
        assert_eq!(resolved(&patterns, "@mail.example.com"), Err(UsernameError::Empty));
    }

    #[test]
    fn a_target_is_exactly_the_name() {
        let patterns =
            ["*@corp.example.com -> *@corp.example.com", "CORP\\*->*@corp.example.com", "* -> *@corp.example.com"];
        for typed in
            ["lena.schulz@corp.example.com", "corp\\Lena.Schulz", "lena.schulz", "LENA.SCHULZ@CORP.EXAMPLE.COM"]
        {
            assert_eq!(resolved(&patterns, typed), Ok("lena.schulz\\40corp.example.com".to_owned()), "{typed}");
        }
        assert_eq!(resolved(&["* -> x*"], "anna@corp.example.com"), Ok("xanna\\40corp.example.com".to_owned()));
        assert_eq!(resolved(&patterns, "@corp.example.com"), Err(UsernameError::Empty));
        assert_eq!(resolved(&patterns, "corp\\ "), Err(UsernameError::Empty));
        assert_eq!(resolved(&["* -> *@corp.example.com"], &"a".repeat(1020)), Err(UsernameError::TooLong));
    }

    #[test]
    fn the_parts_around_the_star_do_not_overlap() {
        assert_eq!(resolved(&["ab*ba -> x*"], "aba"), Ok("aba".to_owned()));
        assert_eq!(resolved(&["ab*ba -> x*"], "ABcBA"), Ok("xc".to_owned()));
        // A letter that is two in lower case.
        assert_eq!(resolved(&["\u{130}*"], "\u{130}x"), Ok("x".to_owned()));
        assert_eq!(resolved(&["*\u{130}"], "x\u{130}"), Ok("x".to_owned()));
        assert_eq!(resolved(&["i*"], "\u{130}x"), Ok("i\u{307}x".to_owned()));
    }

    #[test]
    fn only_a_name_without_a_pattern_is_foreign() {
        let domain = DomainPart::new("corp.example.com").unwrap().into_owned();
        let foreign = |patterns: &[&str], typed: &str| {
            names(patterns).resolve(typed, &domain).unwrap().foreign().map(|name| name.to_string())
        };
        insta::assert_snapshot!(foreign(&[], "CORP\\Anna").unwrap(), @r"`corp\anna` looks like a Windows name; see openfire.login_names");
        insta::assert_snapshot!(foreign(&[], "anna@other.example").unwrap(), @"`anna@other.example` looks like a name with another domain; see openfire.login_names");
        for typed in ["anna", "anna@corp.example.com", "anna\\20b", "@other.example", "anna@"] {
            assert_eq!(foreign(&[], typed), None, "{typed}");
        }
        assert_eq!(foreign(&["*@other.example -> *@other.example"], "anna@other.example"), None);
    }

    #[test]
    fn a_pattern_that_cannot_be_meant_is_refused() {
        let problem = |text: &str| LoginPattern::parse(text).unwrap_err();
        insta::assert_snapshot!(problem("CORP\\anna"), @r#"found "CORP\anna"; a pattern has exactly one `*`, which stands for the user's own name, as in 'CORP\*' or '*@other.example'"#);
        insta::assert_snapshot!(problem("*\\*"), @r#"found "*\*"; a pattern has exactly one `*`, which stands for the user's own name, as in 'CORP\*' or '*@other.example'"#);
        insta::assert_snapshot!(problem(" * "), @r#"found "*", which changes no name; leave it out, or say what a name becomes, as in '* -> *@corp.example.com'"#);
        insta::assert_snapshot!(problem("CORP\\* -> "), @r#"found "CORP\* ->" with nothing behind `->`; write the name that Openfire has, with `*` for what `*` matched, or leave `->` out"#);
        insta::assert_snapshot!(problem("CORP\\* -> guest"), @r#"found "CORP\* -> guest"; the name behind `->` has exactly one `*`, which stands for what `*` matched: without it, everyone would log in to the same account"#);
        insta::assert_snapshot!(problem("a* -> * -> b"), @r#"found "a* -> * -> b"; the name behind `->` has exactly one `*`, which stands for what `*` matched: without it, everyone would log in to the same account"#);
        insta::assert_snapshot!(problem("CORP\\* -> *\u{e000}").replace('\u{e000}', "?"), @r#"found "CORP\* -> *?"; no account can have a name like "*?": the user name contains a character that no user name can have"#);
        insta::assert_snapshot!(problem("CORP\t*"), @r#"found "CORP\t*", with a control character in it, which no name has; in double quotes TOML takes a backslash for the beginning of one, so write 'CORP\*' in single quotes"#);
        assert!(problem("").contains("exactly one `*`") && problem("-> *").contains("exactly one `*`"));
        assert!(problem(&format!("* -> *{}", "x".repeat(1023))).contains("longer than 1023 bytes"));
    }

    proptest! {
        #[test]
        fn whatever_is_typed_it_is_one_name_or_none(
            patterns in proptest::collection::vec("[aB\\\\@]{0,3}\\*[aB\\\\@.İ]{0,3}( -> [a@]{0,2}\\*[a@.]{0,3})?", 0..4),
            typed in "[aAbB\\\\@. *İ\\PC]{0,20}",
        ) {
            let patterns = LoginNames(patterns.iter().filter_map(|text| LoginPattern::parse(text).ok()).collect());
            let domain = DomainPart::new("a.b").unwrap().into_owned();
            let first = patterns.resolve(&typed, &domain);
            prop_assert_eq!(&first, &patterns.resolve(&format!(" {typed}\t"), &domain));
            if let Ok(LoginName { username, pattern: None }) = first {
                prop_assert_eq!(Ok(username), Username::parse(&typed, &domain));
            }
        }

        #[test]
        fn a_pattern_matches_what_it_is_filled_with(
            before in "[aB\\\\]{0,3}", after in "[aB@.]{0,3}", name in "[a-c]{1,5}", upper in any::<bool>()
        ) {
            prop_assume!(!before.is_empty() || !after.is_empty());
            let pattern = LoginPattern::parse(&format!("{before}*{after}")).unwrap();
            let typed = format!("{before}{name}{after}");
            let typed = if upper { typed.to_uppercase() } else { typed };
            prop_assert!(pattern.rest(&typed).is_some_and(|rest| rest.eq_ignore_ascii_case(&name)));
        }

        #[test]
        fn a_covered_pattern_never_counts(one in "[ab]{0,2}\\*[ab]{0,2}", other in "[ab]{0,2}\\*[ab]{0,2}", typed in "[ab]{0,6}") {
            let pattern = |text: &str| LoginPattern::parse(&format!("{text} -> *")).unwrap();
            let (one, other) = (pattern(&one), pattern(&other));
            if one.covers(&other) && other.rest(&typed).is_some() {
                prop_assert!(one.rest(&typed).is_some());
            }
        }
    }
}
