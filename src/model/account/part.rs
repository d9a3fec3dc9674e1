//! The parts of what can be known about a user.

use std::fmt;

/// A set of parts, for example all that a template needs to know about a user. A part that is not in it is not asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[expect(clippy::struct_excessive_bools, reason = "five independent questions, each asked or not")]
pub struct PartSet {
    /// The vCard without its photo.
    pub vcard: bool,
    /// The vCard's photo. Asks for the vCard even where `vcard` is false.
    pub photo: bool,
    /// The user's contacts (RFC 6121 section 2).
    pub roster: bool,
    /// Name and e-mail address of the account, which stand beside the vCard.
    pub account: bool,
    /// The names of the server's groups that the user is in.
    pub groups: bool,
}

/// One thing that can be known about a user.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Part {
    /// [`PartSet::vcard`].
    Vcard,
    /// [`PartSet::photo`].
    Photo,
    /// [`PartSet::roster`].
    Roster,
    /// [`PartSet::account`].
    Account,
    /// [`PartSet::groups`].
    Groups,
}

impl PartSet {
    /// Nothing at all: no query is sent.
    pub const NOTHING: Self = Self { vcard: false, photo: false, roster: false, account: false, groups: false };

    /// All there is.
    pub const EVERYTHING: Self = Self { vcard: true, photo: true, roster: true, account: true, groups: true };

    /// Whether `part` is wanted.
    #[must_use]
    pub fn includes(self, part: Part) -> bool {
        match part {
            Part::Vcard => self.vcard,
            Part::Photo => self.photo,
            Part::Roster => self.roster,
            Part::Account => self.account,
            Part::Groups => self.groups,
        }
    }

    /// The same, and `part` too.
    #[must_use]
    pub fn with(mut self, part: Part) -> Self {
        match part {
            Part::Vcard => self.vcard = true,
            Part::Photo => self.photo = true,
            Part::Roster => self.roster = true,
            Part::Account => self.account = true,
            Part::Groups => self.groups = true,
        }
        self
    }

    /// What of it `other` does not want.
    #[must_use]
    pub fn without(self, other: Self) -> Self {
        let parts = Part::ALL.into_iter().filter(|part| self.includes(*part) && !other.includes(*part));
        parts.fold(Self::NOTHING, Self::with)
    }

    /// What either of the two wants.
    #[must_use]
    pub fn union(self, other: Self) -> Self {
        Part::ALL.into_iter().filter(|part| other.includes(*part)).fold(self, Self::with)
    }
}

impl Part {
    /// Every part, in the order in which they are shown.
    pub const ALL: [Self; 5] = [Self::Vcard, Self::Photo, Self::Roster, Self::Account, Self::Groups];

    /// Its name in a template, in a log field and in a metric: one lower-case word.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Vcard => "vcard",
            Self::Photo => "photo",
            Self::Roster => "roster",
            Self::Account => "account",
            Self::Groups => "groups",
        }
    }
}

/// For a sentence: `the vCard`, `the roster`.
impl fmt::Display for Part {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Vcard => "the vCard",
            Self::Photo => "the photo",
            Self::Roster => "the roster",
            Self::Account => "the account's name and e-mail address",
            Self::Groups => "the groups",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_part_is_in_everything_and_none_in_nothing() {
        for part in Part::ALL {
            assert!(PartSet::EVERYTHING.includes(part), "{part:?}");
            assert!(!PartSet::NOTHING.includes(part), "{part:?}");
            assert!(PartSet::NOTHING.with(part).includes(part), "{part:?}");
        }
        assert_eq!(Part::ALL.into_iter().fold(PartSet::NOTHING, PartSet::with), PartSet::EVERYTHING);
        assert_eq!(PartSet::default(), PartSet::NOTHING);
    }

    #[test]
    fn a_union_wants_what_either_wants() {
        let vcard = PartSet::NOTHING.with(Part::Vcard);
        let groups = PartSet::NOTHING.with(Part::Groups);
        assert_eq!(vcard.union(groups), PartSet { vcard: true, groups: true, ..PartSet::NOTHING });
        assert_eq!(vcard.union(vcard), vcard);
    }
}
