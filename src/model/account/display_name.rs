//! What a user is called.

use std::fmt;

use jitsi_properties::REMOVE;
use stringprep::tables::{change_display_properties_or_deprecated, commonly_mapped_to_nothing};
use xmpp_parsers::jid::DomainPart;

use super::{Entry, Profile, Username};

/// A name for people to read, and where it comes from. It is never blank and never `${null}`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DisplayName {
    /// The name: one line without blanks around it.
    pub text: String,
    /// Where it comes from.
    pub source: NameSource,
}

/// Where a [`DisplayName`] comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NameSource {
    /// `FN` of the vCard, otherwise the parts of `N`.
    Vcard,
    /// The server's user table.
    Account,
    /// The name with which the user logs in.
    Username,
}

impl Entry {
    /// What `username` at `domain` is called: the vCard's [name](Profile::name), else the account's name, else the user
    /// name as its owner writes it.
    #[must_use]
    pub fn display_name(&self, username: &Username, domain: &DomainPart) -> DisplayName {
        let of_vcard = || self.profile.name().map(|text| (text, NameSource::Vcard));
        let of_account = || name(&self.account.name).map(|text| (text, NameSource::Account));
        let found = of_vcard().or_else(of_account);
        let (text, source) = found.unwrap_or_else(|| {
            // A user name that is no name itself becomes one with the domain.
            let text = name(&username.unescaped()).unwrap_or_else(|| username.at(domain).to_string());
            (text, NameSource::Username)
        });
        DisplayName { text, source }
    }
}

impl Profile {
    /// The name that the vCard gives: `FN`, else given, middle and family name of `N`; none when it has neither.
    ///
    /// Names in Chinese, Japanese or Korean script begin with the family name and have no blanks, as people write them.
    #[must_use]
    pub fn name(&self) -> Option<String> {
        name(&self.full_name).or_else(|| {
            let [given, middle, family] = [&self.given, &self.middle, &self.family].map(|part| name(part));
            let is_east_asian = family.as_ref().is_some_and(|family| family.chars().any(is_han_or_hangul))
                && [&given, &middle, &family].into_iter().flatten().flat_map(|part| part.chars()).all(is_east_asian);
            let (parts, between) =
                if is_east_asian { ([family, middle, given], "") } else { ([given, middle, family], " ") };
            let parts: Vec<String> = parts.into_iter().flatten().collect();
            (!parts.is_empty()).then(|| parts.join(between))
        })
    }
}

/// For a sentence: `the account's name`.
impl fmt::Display for NameSource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Vcard => "the vCard's name",
            Self::Account => "the account's name",
            Self::Username => "the user name",
        })
    }
}

/// `text` as a name: in one line, without blanks around it. None when nothing of it can be seen, or it is `${null}`.
fn name(text: &str) -> Option<String> {
    let ends_line = |c: char| c.is_control() || matches!(c, '\u{2028}' | '\u{2029}');
    let pieces: Vec<&str> = text.split(ends_line).map(str::trim).filter(|piece| !piece.is_empty()).collect();
    let name = pieces.join(" ");
    // As a value, `${null}` would take the name away instead of being one.
    (name != REMOVE && name.chars().any(is_visible)).then_some(name)
}

/// Whether a character shows. What does not: blanks, and what RFC 3454 maps to nothing (table B.1) or names as changing
/// how other characters are shown (table C.8).
fn is_visible(c: char) -> bool {
    !c.is_whitespace() && !commonly_mapped_to_nothing(c) && !change_display_properties_or_deprecated(c)
}

/// Whether a character is of the scripts in which Chinese, Japanese and Koreans write their names.
fn is_east_asian(c: char) -> bool {
    is_han_or_hangul(c) || matches!(c, '\u{3040}'..='\u{30ff}')
}

/// Chinese characters (Unicode blocks of the Han script) and Korean syllables. A name in kana alone is often a foreign one.
fn is_han_or_hangul(c: char) -> bool {
    matches!(c, '\u{3005}' | '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}' | '\u{ac00}'..='\u{d7a3}' | '\u{f900}'..='\u{faff}'
        | '\u{20000}'..='\u{3ffff}')
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::account::AccountDetails;

    fn called(profile: Profile, account: &str, username: &str) -> (String, NameSource) {
        let domain = DomainPart::new("example.org").unwrap().into_owned();
        let account = AccountDetails { name: account.to_owned(), ..AccountDetails::default() };
        let entry = Entry { profile, account, ..Entry::default() };
        let DisplayName { text, source } = entry.display_name(&Username::parse(username, &domain).unwrap(), &domain);
        (text, source)
    }

    fn with_name(full_name: &str, [given, middle, family]: [&str; 3]) -> Profile {
        let [full_name, given, middle, family] = [full_name, given, middle, family].map(str::to_owned);
        Profile {
            full_name,
            given,
            middle,
            family,
            prefix: "Dr.".into(),
            nickname: "Anni".into(),
            ..Profile::default()
        }
    }

    #[test]
    fn the_sources_of_a_name_are_asked_in_their_order() {
        let of = |full_name, parts, account| called(with_name(full_name, parts), account, "D'Artagnan");
        let all = ["Anna", "Maria", "Berg"];
        assert_eq!(of("Dr. Anna Berg", all, "A. Berg"), ("Dr. Anna Berg".into(), NameSource::Vcard));
        assert_eq!(of("", all, "A. Berg"), ("Anna Maria Berg".into(), NameSource::Vcard));
        assert_eq!(of("", ["Anna", "", "Berg"], "A. Berg"), ("Anna Berg".into(), NameSource::Vcard));
        assert_eq!(of("", ["", "", "Berg"], "A. Berg"), ("Berg".into(), NameSource::Vcard));
        assert_eq!(of("", [""; 3], "A. Berg"), ("A. Berg".into(), NameSource::Account));
        assert_eq!(of("", [""; 3], ""), ("d'artagnan".into(), NameSource::Username));
    }

    #[test]
    fn an_east_asian_name_begins_with_the_family_name() {
        let of = |given: &str, family: &str| called(with_name("", [given, "", family]), "", "anna").0;
        assert_eq!(of("小明", "王"), "王小明");
        assert_eq!(of("さくら", "佐々木"), "佐々木さくら");
        assert_eq!(of("민준", "김"), "김민준");
        assert_eq!(of("マリア", "シルバ"), "マリア シルバ");
        assert_eq!(of("David", "王"), "David 王");
        assert_eq!(of("小明", ""), "小明");
    }

    #[test]
    fn what_is_no_name_never_becomes_one() {
        // Blanks, Unicode's blanks, invisible marks, the client's word for "remove".
        for none in
            ["", " \t\r\n", "\u{a0}\u{2003}\u{3000}", "\u{200b}\u{feff}", "\u{202e} \u{2060}", "${null}", " ${null}\n"]
        {
            let profile = with_name(none, [none, "Maria", none]);
            assert_eq!(called(profile, none, "anna"), ("Maria".into(), NameSource::Vcard), "{none:?}");
            let profile = with_name(none, [none; 3]);
            assert_eq!(called(profile.clone(), "A. Berg", "anna"), ("A. Berg".into(), NameSource::Account), "{none:?}");
            assert_eq!(called(profile, none, "anna"), ("anna".into(), NameSource::Username), "{none:?}");
        }
    }

    #[test]
    fn a_user_name_that_is_no_name_is_reported_with_its_domain() {
        for username in ["${null}", "\\20"] {
            assert_eq!(called(Profile::default(), "", username).0, format!("{username}@example.org"));
        }
    }

    #[test]
    fn a_name_is_one_line_and_else_as_it_is_written() {
        let of = |text| called(with_name(text, [""; 3]), "", "anna").0;
        assert_eq!(of(" Anna\r\n Berg \t"), "Anna Berg");
        assert_eq!(of("Anna\u{2028}Berg\u{85}"), "Anna Berg");
        assert_eq!(of("Anna  \"A\" ${null} Berg\\"), "Anna  \"A\" ${null} Berg\\");
        assert_eq!(of("山田 太郎"), "山田 太郎");
        assert_eq!(of("\u{202b}דוד\u{202c}"), "\u{202b}דוד\u{202c}");
    }
}
