//! vCards (XEP-0054): the query, and what people use of the answer.
//!
//! Reading is lenient, since a vCard is whatever some client once stored: unknown elements are passed over, elements
//! count by their name in whatever namespace, blanks around a value are dropped, and a value of nothing but blanks is
//! none. Where there can be one value the first one wins. Values are plain text and are not cut; the size of a whole
//! stanza is what bounds them.

#[cfg(test)]
mod tests;

use xmpp_parsers::minidom::Element;
use xmpp_parsers::ns;

use crate::model::account::{Address, Email, Missing, Part, Phone, Photo, Profile, Reason};

/// Most telephone numbers, and e-mail addresses, postal addresses and units, that are kept of one vCard.
pub const MAX_VALUES: usize = 64;

/// Largest photo that is taken, in base64 characters: about 768 KiB of picture.
pub const MAX_PHOTO: usize = 1 << 20;

/// The query for a vCard (XEP-0054 section 3.1).
///
/// Without `photo` it asks the server to leave the photo out (`vcard-temp-filter`: Openfire knows it, others pass over it).
#[must_use]
pub fn query(photo: bool) -> Element {
    let query = Element::builder("vCard", ns::VCARD);
    if photo {
        return query.build();
    }
    query.append(Element::builder("filter", FILTER).append(Element::bare("PHOTO", FILTER))).build()
}

/// What is said in the server's `answer`, and what of it could not be taken. An empty answer is an empty profile.
///
/// The photo is left out unless `photo` is set, even if the server sent it.
#[must_use]
pub fn profile(answer: &Element, photo: bool) -> (Profile, Vec<Missing>) {
    let mut reading = VcardReader::default();
    if answer.name() == "vCard" {
        answer.children().for_each(|element| reading.take(element, photo));
    }
    reading.finish()
}

const FILTER: &str = "vcard-temp-filter";

const PHONE_KINDS: [&str; 13] =
    ["HOME", "WORK", "VOICE", "FAX", "PAGER", "MSG", "CELL", "VIDEO", "BBS", "MODEM", "ISDN", "PCS", "PREF"];
const EMAIL_KINDS: [&str; 5] = ["HOME", "WORK", "INTERNET", "PREF", "X400"];
const ADDRESS_KINDS: [&str; 7] = ["HOME", "WORK", "POSTAL", "PARCEL", "DOM", "INTL", "PREF"];

/// A vCard that is being read.
#[derive(Default)]
struct VcardReader {
    profile: Profile,
    description: String,
    phones: Bounded<Phone>,
    emails: Bounded<Email>,
    addresses: Bounded<Address>,
    units: Bounded<String>,
    missing: Vec<Missing>,
}

impl VcardReader {
    fn take(&mut self, element: &Element, photo: bool) {
        let profile = &mut self.profile;
        match element.name() {
            "FN" => fill(&mut profile.full_name, element),
            "N" => take_name(profile, element),
            "NICKNAME" => fill(&mut profile.nickname, element),
            "ORG" => self.take_organisation(element),
            "TITLE" => fill(&mut profile.title, element),
            "ROLE" => fill(&mut profile.role, element),
            "TEL" => self.phones.extend(phone(element)),
            "EMAIL" => self.emails.extend(email(element)),
            "ADR" => self.addresses.extend(address(element)),
            "URL" => fill(&mut profile.url, element),
            "BDAY" => fill(&mut profile.birthday, element),
            "NOTE" => fill(&mut profile.note, element),
            "DESC" => fill(&mut self.description, element),
            "JABBERID" => fill(&mut profile.jabber_id, element),
            "PHOTO" if photo => self.take_photo(element),
            _ => {}
        }
    }

    /// `ORG`: the first one that says anything, so that the units stay with their organisation.
    fn take_organisation(&mut self, element: &Element) {
        if !self.profile.organisation.is_empty() || self.units.total > 0 {
            return;
        }
        for child in element.children() {
            match child.name() {
                "ORGNAME" => fill(&mut self.profile.organisation, child),
                "ORGUNIT" => self.units.extend(Some(text(child)).filter(|unit| !unit.is_empty())),
                _ => {}
            }
        }
    }

    /// `PHOTO`: the first one that holds a picture; one that only links to a picture (`EXTVAL`) is passed over.
    fn take_photo(&mut self, element: &Element) {
        if self.profile.photo.is_some() || self.missing.iter().any(|missing| missing.part == Part::Photo) {
            return;
        }
        let base64: String =
            value(element, "BINVAL").chars().filter(|character| !character.is_ascii_whitespace()).collect();
        if base64.is_empty() {
            return;
        }
        let reason = if base64.len() > MAX_PHOTO {
            Reason::TooLarge { size: base64.len(), limit: MAX_PHOTO }
        } else if !base64.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"+/=".contains(&byte)) {
            Reason::Malformed("the picture is not base64")
        } else {
            self.profile.photo = Some(Photo { media_type: value(element, "TYPE"), base64 });
            return;
        };
        self.missing.push(Missing { part: Part::Photo, reason });
    }

    fn finish(self) -> (Profile, Vec<Missing>) {
        let Self { mut profile, description, phones, emails, addresses, units, mut missing } = self;
        if !description.is_empty() {
            profile.note = description;
        }
        missing.extend(phones.shortened("telephone numbers"));
        missing.extend(emails.shortened("e-mail addresses"));
        missing.extend(addresses.shortened("postal addresses"));
        missing.extend(units.shortened("organisational units"));
        profile.phones = phones.kept;
        profile.emails = emails.kept;
        profile.addresses = addresses.kept;
        profile.units = units.kept;
        (profile, missing)
    }
}

/// The first [`MAX_VALUES`] of several values, and how many there were.
struct Bounded<T> {
    kept: Vec<T>,
    total: usize,
}

impl<T> Default for Bounded<T> {
    fn default() -> Self {
        Self { kept: Vec::new(), total: 0 }
    }
}

impl<T> Bounded<T> {
    fn extend(&mut self, value: Option<T>) {
        let Some(value) = value else { return };
        self.total += 1;
        if self.kept.len() < MAX_VALUES {
            self.kept.push(value);
        }
    }

    fn shortened(&self, what: &'static str) -> Option<Missing> {
        let (kept, total) = (self.kept.len(), self.total);
        (kept < total).then_some(Missing { part: Part::Vcard, reason: Reason::Shortened { what, kept, total } })
    }
}

fn take_name(profile: &mut Profile, element: &Element) {
    for child in element.children() {
        match child.name() {
            "FAMILY" => fill(&mut profile.family, child),
            "GIVEN" => fill(&mut profile.given, child),
            "MIDDLE" => fill(&mut profile.middle, child),
            "PREFIX" => fill(&mut profile.prefix, child),
            "SUFFIX" => fill(&mut profile.suffix, child),
            _ => {}
        }
    }
}

/// `TEL`: `NUMBER`, or the bare text that old clients wrote.
fn phone(element: &Element) -> Option<Phone> {
    let number = value_or_text(element, "NUMBER");
    (!number.is_empty()).then(|| Phone { number, kinds: kinds(element, &PHONE_KINDS) })
}

/// `EMAIL`: `USERID`, or the bare text that old clients wrote.
fn email(element: &Element) -> Option<Email> {
    let address = value_or_text(element, "USERID");
    (!address.is_empty()).then(|| Email { address, kinds: kinds(element, &EMAIL_KINDS) })
}

/// `ADR`, unless all of it is blank.
fn address(element: &Element) -> Option<Address> {
    let mut address = Address::default();
    for child in element.children() {
        match child.name() {
            "POBOX" => fill(&mut address.post_box, child),
            "EXTADD" => fill(&mut address.extended, child),
            "STREET" => fill(&mut address.street, child),
            "LOCALITY" => fill(&mut address.locality, child),
            "REGION" => fill(&mut address.region, child),
            "PCODE" => fill(&mut address.postcode, child),
            "CTRY" => fill(&mut address.country, child),
            _ => {}
        }
    }
    (address != Address::default()).then(|| Address { kinds: kinds(element, &ADDRESS_KINDS), ..address })
}

/// The `known` kinds that `element` contains as empty elements, in lower case and in the list's order.
fn kinds(element: &Element, known: &[&str]) -> Vec<String> {
    known
        .iter()
        .filter(|kind| element.children().any(|child| child.name() == **kind))
        .map(|kind| kind.to_ascii_lowercase())
        .collect()
}

fn fill(field: &mut String, element: &Element) {
    if field.is_empty() {
        *field = text(element);
    }
}

fn value_or_text(element: &Element, name: &str) -> String {
    match value(element, name) {
        value if value.is_empty() => text(element),
        value => value,
    }
}

fn value(element: &Element, name: &str) -> String {
    element
        .children()
        .filter(|child| child.name() == name)
        .map(text)
        .find(|value| !value.is_empty())
        .unwrap_or_default()
}

fn text(element: &Element) -> String {
    element.text().trim().to_owned()
}
