//! `vcard` in a template: all of the profile, and short cuts to what is wanted most.

use minijinja::{Value, context};

use crate::model::account::{Address, Email, Phone, Profile};

/// Kinds of numbers that are not for calls, or have a field of their own.
const NOT_A_DESK_PHONE: [&str; 7] = ["fax", "cell", "pager", "modem", "msg", "bbs", "video"];

/// The vCard as a template sees it.
pub(in crate::template) fn value(profile: &Profile) -> Value {
    let photo = profile.photo.as_ref();
    context! {
        full_name => profile.full_name.as_str(),
        family => profile.family.as_str(),
        given => profile.given.as_str(),
        middle => profile.middle.as_str(),
        prefix => profile.prefix.as_str(),
        suffix => profile.suffix.as_str(),
        nickname => profile.nickname.as_str(),
        organisation => profile.organisation.as_str(),
        units => texts(&profile.units),
        title => profile.title.as_str(),
        role => profile.role.as_str(),
        phone => context! {
            work => desk_phone(&profile.phones, "work"),
            home => desk_phone(&profile.phones, "home"),
            mobile => phone(&profile.phones, |kinds| has(kinds, "cell")),
            fax => phone(&profile.phones, |kinds| has(kinds, "fax")),
        },
        phones => profile.phones.iter().map(phone_entry).collect::<Value>(),
        email => preferred_email(&profile.emails),
        emails => profile.emails.iter().map(email_entry).collect::<Value>(),
        addresses => profile.addresses.iter().map(address_entry).collect::<Value>(),
        url => profile.url.as_str(),
        birthday => profile.birthday.as_str(),
        note => profile.note.as_str(),
        jabber_id => profile.jabber_id.as_str(),
        photo => context! {
            media_type => photo.map_or("", |photo| photo.media_type.as_str()),
            base64 => photo.map_or("", |photo| photo.base64.as_str()),
        },
    }
}

fn texts(list: &[String]) -> Value {
    list.iter().map(String::as_str).collect()
}

fn has(kinds: &[String], kind: &str) -> bool {
    kinds.iter().any(|known| known == kind)
}

fn phone(phones: &[Phone], fits: impl Fn(&[String]) -> bool) -> &str {
    let fitting = phones.iter().find(|phone| !phone.number.trim().is_empty() && fits(&phone.kinds));
    fitting.map_or("", |phone| &phone.number)
}

fn desk_phone<'a>(phones: &'a [Phone], place: &str) -> &'a str {
    phone(phones, |kinds| has(kinds, place) && !NOT_A_DESK_PHONE.iter().any(|other| has(kinds, other)))
}

fn preferred_email(emails: &[Email]) -> &str {
    let mut filled = emails.iter().filter(|email| !email.address.trim().is_empty());
    let first = filled.clone().next();
    filled.find(|email| has(&email.kinds, "pref")).or(first).map_or("", |email| &email.address)
}

fn phone_entry(phone: &Phone) -> Value {
    context! { number => phone.number.as_str(), kinds => texts(&phone.kinds) }
}

fn email_entry(email: &Email) -> Value {
    context! { address => email.address.as_str(), kinds => texts(&email.kinds) }
}

fn address_entry(address: &Address) -> Value {
    context! {
        kinds => texts(&address.kinds),
        post_box => address.post_box.as_str(),
        extended => address.extended.as_str(),
        street => address.street.as_str(),
        locality => address.locality.as_str(),
        region => address.region.as_str(),
        postcode => address.postcode.as_str(),
        country => address.country.as_str(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tel(number: &str, kinds: &[&str]) -> Phone {
        Phone { number: number.into(), kinds: kinds.iter().map(|kind| (*kind).to_owned()).collect() }
    }

    fn mail(address: &str, kinds: &[&str]) -> Email {
        Email { address: address.into(), kinds: kinds.iter().map(|kind| (*kind).to_owned()).collect() }
    }

    #[test]
    fn a_desk_phone_is_neither_a_fax_nor_a_mobile() {
        let phones = [
            tel("", &["work", "voice"]),
            tel("1", &["work", "fax"]),
            tel("2", &["work", "cell"]),
            tel("3", &["work", "voice"]),
            tel("4", &["work"]),
        ];
        assert_eq!(desk_phone(&phones, "work"), "3");
        assert_eq!(desk_phone(&phones, "home"), "");
        assert_eq!(phone(&phones, |kinds| has(kinds, "fax")), "1");
    }

    #[test]
    fn the_preferred_address_comes_before_the_first() {
        assert_eq!(preferred_email(&[mail("a@x", &["home"]), mail("b@x", &["work", "pref"])]), "b@x");
        assert_eq!(preferred_email(&[mail(" ", &["pref"]), mail("a@x", &["home"])]), "a@x");
        assert_eq!(preferred_email(&[]), "");
    }
}
