//! What Openfire says about a person, and what to change where it says nothing.

use std::fmt::Display;

use xmpp_parsers::jid::DomainPart;

use crate::cli::check::Report;
use crate::cli::output::counted;
use crate::model::account::{AccountDetails, Entry, Missing, NameSource, Part, PartSet, Profile, Reason, Username};

/// Where Openfire has its users from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Source {
    /// LDAP or Active Directory: what arrives depends on the mapping.
    Directory,
    /// Openfire's own database: what arrives is what users and administrators have entered.
    Openfire,
}

/// What was found out about a person.
pub(super) struct Arrivals<'a> {
    pub(super) user: &'a Username,
    pub(super) domain: &'a DomainPart,
    pub(super) entry: &'a Entry,
    pub(super) source: Source,
    /// Whether the account is known to exist.
    pub(super) is_known: bool,
    /// Whether a login was tried.
    pub(super) is_tried: bool,
}

/// A line of the report.
#[derive(Debug, PartialEq, Eq)]
enum Line {
    Fine(&'static str, String),
    Note(&'static str, String),
}

impl Arrivals<'_> {
    /// Reports every part: what arrives, or why nothing does and what to change.
    pub(super) fn report(&self, report: &mut Report) {
        for line in self.lines() {
            match line {
                Line::Fine(what, how) => report.fine(what, one_line(&how)),
                Line::Note(what, how) => report.note(what, one_line(&how)),
            }
        }
    }

    fn lines(&self) -> Vec<Line> {
        let mut lines = vec![self.display_name()];
        if self.is_nothing_known() {
            let user = self.user;
            lines.push(Line::Note(
                "user",
                format!("nothing was found about {user}; only a login shows whether the account exists"),
            ));
        }
        match self.why_missing(Part::Vcard) {
            Some(missing) => lines.push(Line::Note("vCard", format!("unknown: {}", missing.reason))),
            None if self.entry.profile == Profile::default() => lines.push(self.no_vcard()),
            None => lines.extend([self.email(), self.phones(), self.organisation()]),
        }
        if let Some(photo) = &self.entry.profile.photo {
            let kind = if photo.media_type.is_empty() { "of an unknown type" } else { &photo.media_type };
            lines.push(Line::Fine("photo", format!("{kind}, {} KiB", photo.base64.len() / 4 * 3 / 1024)));
        }
        lines.extend([self.account(), self.groups(), self.roster()]);
        lines
    }

    fn display_name(&self) -> Line {
        let name = self.entry.display_name(self.user, self.domain);
        let (text, source) = (&name.text, name.source);
        let profile = &self.entry.profile;
        if *profile == Profile::default() {
            // The line about the vCard says what to change.
            return Line::Note("display name", format!("{text}, {source}, because there is no vCard"));
        }
        let mend = self.advice(
            "map displayName or cn to FN in Openfire's ldap.vcard-mapping",
            "the user can enter it in the client's vCard",
        );
        match source {
            NameSource::Vcard if profile.full_name.trim().is_empty() => Line::Note(
                "display name",
                format!("{text}, put together from the parts of the vCard's N, since FN is empty: {mend}"),
            ),
            NameSource::Vcard => Line::Fine("display name", format!("{text}, FN of the vCard")),
            NameSource::Account => {
                Line::Note("display name", format!("{text}, {source}, since the vCard has no name: {mend}"))
            }
            NameSource::Username => Line::Note(
                "display name",
                format!("{text}, {source}, since neither the vCard nor the account has a name: {mend}"),
            ),
        }
    }

    /// A user of whom there is no vCard at all.
    fn no_vcard(&self) -> Line {
        let mend = self.advice(
            "set Openfire's property provider.vcard.className to org.jivesoftware.openfire.ldap.LdapVCardProvider and a mapping \
             in ldap.vcard-mapping; Openfire's own provider has nothing but what users enter in their clients",
            "the user can enter one in the client",
        );
        Line::Note("vCard", format!("none: {mend}"))
    }

    fn email(&self) -> Line {
        let of_account = self.entry.account.email.trim();
        let emails: Vec<String> =
            self.entry.profile.emails.iter().map(|email| with_kinds(&email.address, &email.kinds)).collect();
        let mend = self.advice(
            "map mail to EMAIL and USERID in ldap.vcard-mapping",
            "the user can enter it in the client's vCard",
        );
        match (emails.as_slice(), of_account) {
            ([], "") => {
                Line::Note("e-mail", format!("none in the vCard: {mend}; if it is mapped, the attribute has no value"))
            }
            ([], of_account) => Line::Note(
                "e-mail",
                format!("none in the vCard, and {of_account} in the account (account.email): {mend}"),
            ),
            (emails, _) => Line::Fine("e-mail", emails.join(", ")),
        }
    }

    fn phones(&self) -> Line {
        let phones: Vec<String> =
            self.entry.profile.phones.iter().map(|phone| with_kinds(&phone.number, &phone.kinds)).collect();
        if !phones.is_empty() {
            return Line::Fine("phones", phones.join(", "));
        }
        let mend = self.advice(
            "map telephoneNumber to TEL with WORK and VOICE, and mobile to TEL with CELL, in ldap.vcard-mapping; if they are \
             mapped, the attributes have no value",
            "the user can enter them in the client's vCard",
        );
        Line::Note("phones", format!("none in the vCard: {mend}"))
    }

    fn organisation(&self) -> Line {
        let Profile { organisation, units, .. } = &self.entry.profile;
        let mend = self.advice(
            "Openfire's presets map only the department, to ORGUNIT: map company (Active Directory) or o to ORG and ORGNAME, \
             and department or departmentNumber to ORG and ORGUNIT",
            "the user can enter it in the client's vCard",
        );
        match (organisation.as_str(), units.as_slice()) {
            ("", []) => Line::Note("organisation", format!("none in the vCard: {mend}")),
            ("", units) => {
                Line::Note("organisation", format!("{} without the organisation's name: {mend}", units.join(", ")))
            }
            (name, []) => Line::Fine("organisation", name.to_owned()),
            (name, units) => Line::Fine("organisation", format!("{name}, {}", units.join(", "))),
        }
    }

    fn account(&self) -> Line {
        if let Some(missing) = self.why_missing(Part::Account) {
            return Line::Note("account", format!("name and e-mail address unknown: {}", missing.reason));
        }
        let account = &self.entry.account;
        let said: Vec<&str> =
            [account.name.as_str(), &account.email].into_iter().filter(|text| !text.is_empty()).collect();
        if said.is_empty() {
            let mend = self.advice(
                "ldap.nameField and ldap.emailField name attributes without a value",
                "none were entered in Openfire's console",
            );
            return Line::Note("account", format!("without name and e-mail address: {mend}"));
        }
        Line::Fine("account", said.join(", "))
    }

    fn groups(&self) -> Line {
        if let Some(missing) = self.why_missing(Part::Groups) {
            return Line::Note("groups", format!("unknown: {}", missing.reason));
        }
        if !self.entry.groups.is_empty() {
            return Line::Fine("groups", self.entry.groups.join(", "));
        }
        match self.source {
            Source::Openfire => Line::Fine("groups", "none".to_owned()),
            Source::Directory => Line::Note(
                "groups",
                "none: Openfire resolves neither nested groups nor the primary group of Active Directory; for other \
                 groups check ldap.groupSearchFilter, ldap.groupMemberField and ldap.posixMode"
                    .to_owned(),
            ),
        }
    }

    fn roster(&self) -> Line {
        match self.why_missing(Part::Roster) {
            Some(Missing { reason: Reason::NoSession, .. }) => {
                let why = if self.is_tried { ", which failed" } else { ": add --password" };
                Line::Note("roster", format!("unknown: this server gives it only to the user's own login{why}"))
            }
            Some(missing) => Line::Note("roster", format!("unknown: {}", missing.reason)),
            None => Line::Fine("roster", counted(self.entry.roster.len(), "contact")),
        }
    }

    /// Why a part is missing; one that is merely shortened is not.
    fn why_missing(&self, part: Part) -> Option<&Missing> {
        self.entry.first_missing(PartSet::NOTHING.with(part))
    }

    fn is_nothing_known(&self) -> bool {
        let Entry { profile, roster, account, groups, .. } = self.entry;
        let is_empty = *profile == Profile::default() && roster.is_empty() && groups.is_empty();
        is_empty && *account == AccountDetails::default() && !self.is_known
    }

    fn advice(&self, directory: &'static str, openfire: &'static str) -> &'static str {
        match self.source {
            Source::Directory => directory,
            Source::Openfire => openfire,
        }
    }
}

/// Longest line, in characters.
const MAX_LINE: usize = 2_000;

/// What others have written, so that it cannot pass for a line of ours, steer the terminal or turn the text around.
fn one_line(text: &str) -> String {
    let steers = |c: char| {
        c.is_control()
            || matches!(c, '\u{2028}' | '\u{2029}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
    };
    let line: String = text.chars().take(MAX_LINE).map(|c| if steers(c) { ' ' } else { c }).collect();
    if text.chars().nth(MAX_LINE).is_some() { format!("{line}…") } else { line }
}

/// A value with its kinds: `+49 30 1 (work, voice)`.
fn with_kinds(value: impl Display, kinds: &[String]) -> String {
    if kinds.is_empty() { value.to_string() } else { format!("{value} ({})", kinds.join(", ")) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::account::{Email, Phone};

    fn lines(entry: &Entry, source: Source) -> String {
        let domain = DomainPart::new("example.org").unwrap().into_owned();
        let user = Username::parse("anna", &domain).unwrap();
        let arrivals = Arrivals { user: &user, domain: &domain, entry, source, is_known: false, is_tried: false };
        let text = arrivals.lines().into_iter().map(|line| match line {
            Line::Fine(what, how) => format!("ok {what}: {how}"),
            Line::Note(what, how) => format!("note {what}: {how}"),
        });
        text.collect::<Vec<_>>().join("\n")
    }

    fn text(text: &str) -> String {
        text.to_owned()
    }

    #[test]
    fn what_arrives_is_shown() {
        let entry = Entry {
            profile: Profile {
                full_name: text("Anna Berger"),
                emails: vec![Email { address: text("anna@example.org"), kinds: vec![text("internet")] }],
                phones: vec![Phone { number: text("+49 30 1"), kinds: vec![text("work"), text("voice")] }],
                organisation: text("Example"),
                units: vec![text("Sales")],
                ..Profile::default()
            },
            account: AccountDetails { name: text("A. Berger"), email: text("anna@example.org") },
            groups: vec![text("helpdesk"), text("office")],
            ..Entry::default()
        };
        insta::assert_snapshot!(lines(&entry, Source::Directory), @"
        ok display name: Anna Berger, FN of the vCard
        ok e-mail: anna@example.org (internet)
        ok phones: +49 30 1 (work, voice)
        ok organisation: Example, Sales
        ok account: A. Berger, anna@example.org
        ok groups: helpdesk, office
        ok roster: 0 contacts
        ");
    }

    #[test]
    fn a_directory_without_full_names_and_companies_is_explained() {
        let profile = Profile { given: text("Anna Berger"), units: vec![text("Sales")], ..Profile::default() };
        let account = AccountDetails { email: text("anna@example.org"), ..AccountDetails::default() };
        let missing = vec![Missing { part: Part::Roster, reason: Reason::NoSession }];
        let withheld = vec![Missing {
            part: Part::Groups,
            reason: Reason::SwitchedOff { setting: "directory.admin_commands = \"off\"" },
        }];
        let entry = Entry { profile, account, missing, withheld, ..Entry::default() };
        insta::assert_snapshot!(lines(&entry, Source::Directory), @r#"
            note display name: Anna Berger, put together from the parts of the vCard's N, since FN is empty: map displayName or cn to FN in Openfire's ldap.vcard-mapping
            note e-mail: none in the vCard, and anna@example.org in the account (account.email): map mail to EMAIL and USERID in ldap.vcard-mapping
            note phones: none in the vCard: map telephoneNumber to TEL with WORK and VOICE, and mobile to TEL with CELL, in ldap.vcard-mapping; if they are mapped, the attributes have no value
            note organisation: Sales without the organisation's name: Openfire's presets map only the department, to ORGUNIT: map company (Active Directory) or o to ORG and ORGNAME, and department or departmentNumber to ORG and ORGUNIT
            ok account: anna@example.org
            note groups: unknown: it is switched off by directory.admin_commands = "off"
            note roster: unknown: this server gives it only to the user's own login: add --password
            "#);
    }

    #[test]
    fn what_others_wrote_stays_in_its_line() {
        assert_eq!(one_line("a\nok     login: \u{9b}2J\u{202e}x"), "a ok     login:  2J x");
        assert_eq!(one_line("山田 太郎"), "山田 太郎");
        assert_eq!(one_line(&"é".repeat(3_000)).chars().count(), MAX_LINE + 1);
    }

    #[test]
    fn a_person_of_whom_nothing_is_known_may_not_exist() {
        insta::assert_snapshot!(lines(&Entry::default(), Source::Directory), @"
        note display name: anna, the user name, because there is no vCard
        note user: nothing was found about anna; only a login shows whether the account exists
        note vCard: none: set Openfire's property provider.vcard.className to org.jivesoftware.openfire.ldap.LdapVCardProvider and a mapping in ldap.vcard-mapping; Openfire's own provider has nothing but what users enter in their clients
        note account: without name and e-mail address: ldap.nameField and ldap.emailField name attributes without a value
        note groups: none: Openfire resolves neither nested groups nor the primary group of Active Directory; for other groups check ldap.groupSearchFilter, ldap.groupMemberField and ldap.posixMode
        ok roster: 0 contacts
        ");
        let missing = vec![Missing { part: Part::Vcard, reason: Reason::TimedOut }];
        let entry = Entry { missing, ..Entry::default() };
        insta::assert_snapshot!(lines(&entry, Source::Openfire), @"
        note display name: anna, the user name, because there is no vCard
        note user: nothing was found about anna; only a login shows whether the account exists
        note vCard: unknown: the server did not answer in time; it is slow, or it has no such account (component.iq_timeout)
        note account: without name and e-mail address: none were entered in Openfire's console
        ok groups: none
        ok roster: 0 contacts
        ");
    }
}
