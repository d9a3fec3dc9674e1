//! The name under which a user logs in.

use std::fmt;

use xmpp_parsers::jid::{self, BareJid, DomainPart, DomainRef, NodePart, NodeRef};

/// The local part of a user's JID: prepared by nodeprep (RFC 6122) and escaped by XEP-0106.
///
/// It says nothing about whether the account exists.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Username(NodePart);

/// Why a text cannot be a user name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum UsernameError {
    /// Nothing but blanks, or nothing before the domain.
    #[error("the user name is empty")]
    Empty,
    /// Longer than a JID's local part may be (RFC 6122 section 2.3).
    #[error("the user name is longer than {} bytes", Username::MAX_BYTES)]
    TooLong,
    /// Control characters, or others that nodeprep prohibits.
    #[error("the user name contains a character that no user name can have")]
    Prohibited,
}

impl Username {
    /// Longest local part, in bytes, after preparation (RFC 6122 section 2.3).
    pub const MAX_BYTES: usize = 1023;

    /// Makes a local part of what a user typed.
    ///
    /// Blanks around it are dropped, `@domain` is cut off when it is our own domain, upper case is folded, and what a
    /// local part cannot hold is escaped (XEP-0106 section 3.2): `anna b` becomes `anna\20b`. An escape that is
    /// already there is kept, so the escaped form may be typed too. A foreign domain becomes part of the name, which
    /// is then as unknown as any other.
    pub fn parse(input: &str, domain: &DomainRef) -> Result<Self, UsernameError> {
        Self::prepared(without_own_domain(checked(input)?, domain))
    }

    /// Makes a local part of a name in which nothing is a domain: the same without cutting our own domain off, so
    /// `anna@example.org` becomes `anna\40example.org` at `example.org` too.
    pub fn parse_whole(input: &str) -> Result<Self, UsernameError> {
        Self::prepared(checked(input)?)
    }

    fn prepared(local: &str) -> Result<Self, UsernameError> {
        let local = local.trim_end();
        if local.is_empty() {
            return Err(UsernameError::Empty);
        }
        let escaped = escape(local);
        if escaped.len() > Self::MAX_BYTES {
            return Err(UsernameError::TooLong);
        }
        match NodePart::new(&escaped) {
            Ok(node) if !is_stable(&node) => Err(UsernameError::Prohibited),
            Ok(node) => Ok(Self(node.into_owned())),
            Err(jid::Error::NodeTooLong) => Err(UsernameError::TooLong),
            Err(_) if is_long_when_normalised(&escaped) => Err(UsernameError::TooLong),
            Err(_) => Err(UsernameError::Prohibited),
        }
    }

    /// The local part as it stands in a JID and in a SASL exchange, escaped.
    #[must_use]
    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }

    /// The name as its owner writes it, with the escapes of XEP-0106 undone.
    #[must_use]
    pub fn unescaped(&self) -> String {
        let mut plain = self.as_str().to_owned();
        // The backslash comes last: undone earlier, it could complete another escape.
        for (escape, character) in ESCAPES {
            plain = plain.replace(escape, character.encode_utf8(&mut [0; 4]));
        }
        plain
    }

    /// The bare JID of this name at `domain`.
    #[must_use]
    pub fn at(&self, domain: &DomainPart) -> BareJid {
        let node: &NodeRef = &self.0;
        BareJid::from_parts(Some(node), domain)
    }
}

impl fmt::Display for Username {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Debug for Username {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Username({self})")
    }
}

/// XEP-0106 section 3.2, the backslash last.
const ESCAPES: [(&str, char); 10] = [
    ("\\20", ' '),
    ("\\22", '"'),
    ("\\26", '&'),
    ("\\27", '\''),
    ("\\2f", '/'),
    ("\\3a", ':'),
    ("\\3c", '<'),
    ("\\3e", '>'),
    ("\\40", '@'),
    ("\\5c", '\\'),
];

/// What was typed without the blanks around it, if it can be a name at all.
fn checked(input: &str) -> Result<&str, UsernameError> {
    let input = input.trim();
    if input.len() > Username::MAX_BYTES {
        return Err(UsernameError::TooLong);
    }
    if input.chars().any(char::is_control) {
        return Err(UsernameError::Prohibited);
    }
    Ok(input)
}

fn without_own_domain<'a>(input: &'a str, domain: &DomainRef) -> &'a str {
    match input.rsplit_once('@') {
        Some((local, host)) if DomainPart::new(host).is_ok_and(|host| host.as_str() == domain.as_str()) => local,
        _ => input,
    }
}

fn escape(local: &str) -> String {
    let mut escaped = String::with_capacity(local.len());
    for character in local.chars() {
        match ESCAPES.iter().find(|(_, special)| *special == character && character != '\\') {
            Some((escape, _)) => escaped.push_str(escape),
            None => escaped.push(character),
        }
    }
    escaped
}

/// Whether preparing the name once more changes nothing.
///
/// nodeprep folds case by the tables of Unicode 3.2 (RFC 3454) and then normalises by the current ones, so a character of
/// a later version can become a capital letter: U+1F110 becomes `(A)`. No account has such a name, and two spellings of
/// one name would count as two users.
fn is_stable(node: &NodeRef) -> bool {
    stringprep::nodeprep(node.as_str()).is_ok_and(|again| again == node.as_str())
}

/// Whether normalisation (NFKC) alone makes the name too long: one character can become 18 (U+FDFA), blanks among them,
/// for which nodeprep refuses the name before it counts. resourceprep normalises in the same way and allows blanks.
fn is_long_when_normalised(escaped: &str) -> bool {
    stringprep::resourceprep(escaped).is_ok_and(|normalised| normalised.len() > Username::MAX_BYTES)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn parse(input: &str) -> Result<String, UsernameError> {
        let domain = DomainPart::new("example.test").unwrap().into_owned();
        Username::parse(input, &domain).map(|name| name.as_str().to_owned())
    }

    #[test]
    fn our_own_domain_is_cut_off_in_any_case() {
        assert_eq!(parse("anna@example.test"), Ok("anna".into()));
        assert_eq!(parse("anna@EXAMPLE.test"), Ok("anna".into()));
    }

    #[test]
    fn a_foreign_domain_is_part_of_the_name() {
        assert_eq!(parse("anna@other.test"), Ok("anna\\40other.test".into()));
        assert_eq!(parse("joe@corp@example.test"), Ok("joe\\40corp".into()));
    }

    #[test]
    fn a_whole_name_keeps_our_own_domain() {
        let whole = |input: &str| Username::parse_whole(input).map(|name| name.as_str().to_owned());
        assert_eq!(whole(" Anna@Example.test "), Ok("anna\\40example.test".into()));
        assert_eq!(whole("@example.test"), Ok("\\40example.test".into()));
        assert_eq!(whole(" "), Err(UsernameError::Empty));
        assert_eq!(whole("an\u{7}na"), Err(UsernameError::Prohibited));
    }

    #[test]
    fn upper_case_is_folded_and_blanks_around_are_dropped() {
        assert_eq!(parse(" Anna \t"), Ok("anna".into()));
        assert_eq!(parse("ÄNNE"), Ok("änne".into()));
    }

    #[test]
    fn specials_are_escaped_and_escapes_are_kept() {
        assert_eq!(parse("d'artagnan"), Ok("d\\27artagnan".into()));
        assert_eq!(parse("anna b"), Ok("anna\\20b".into()));
        assert_eq!(parse("anna\\20b"), Ok("anna\\20b".into()));
    }

    #[test]
    fn what_cannot_be_a_name_is_refused() {
        assert_eq!(parse("  "), Err(UsernameError::Empty));
        assert_eq!(parse("@example.test"), Err(UsernameError::Empty));
        assert_eq!(parse("an\u{7}na"), Err(UsernameError::Prohibited));
        assert_eq!(parse(&"a".repeat(1024)), Err(UsernameError::TooLong));
        assert_eq!(parse(&" b".repeat(510)), Err(UsernameError::TooLong));
        assert_eq!(parse(&"a".repeat(1023)), Ok("a".repeat(1023)));
    }

    #[test]
    fn what_becomes_a_capital_letter_only_after_folding_is_refused() {
        // Newer than Unicode 3.2, whose tables fold case: a letter in parentheses, a squared one, a modifier letter.
        for late in ["\u{1f110}", "anna\u{1f130}", "\u{1d2c}", "\u{1f16a}", "\u{a7f8}"] {
            assert_eq!(parse(late), Err(UsernameError::Prohibited), "{late}");
        }
        // In the tables: a circled letter, a fullwidth one, a double-struck one.
        assert_eq!(parse("\u{24b6}"), Ok("a".into()));
        assert_eq!(parse("\u{ff21}nna"), Ok("anna".into()));
        assert_eq!(parse("\u{1d538}"), Ok("a".into()));
    }

    #[test]
    fn a_name_that_grows_too_long_is_too_long_and_not_prohibited() {
        // U+FDFA becomes 18 characters, blanks among them; U+3316 six without; U+0130 is folded to two.
        assert_eq!(parse(&"\u{fdfa}".repeat(300)), Err(UsernameError::TooLong));
        assert_eq!(parse(&"\u{3316}".repeat(300)), Err(UsernameError::TooLong));
        assert_eq!(parse(&"\u{130}".repeat(400)), Err(UsernameError::TooLong));
        assert_eq!(parse("\u{fdfa}"), Err(UsernameError::Prohibited));
    }

    #[test]
    fn unescaped_undoes_the_escapes() {
        let domain = DomainPart::new("example.test").unwrap().into_owned();
        assert_eq!(Username::parse("anna \"b\"@work", &domain).unwrap().unescaped(), "anna \"b\"@work");
    }

    proptest! {
        #[test]
        fn parsing_twice_changes_nothing(input in "\\PC{0,40}") {
            if let Ok(name) = parse(&input) {
                prop_assert_eq!(parse(&name), Ok(name));
            }
        }
    }
}
