//! Made-up users, with whom every template is rendered before a real one gets anything.

use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;

use jiff::Timestamp;
use xmpp_parsers::jid::DomainPart;

use super::provision::ProvisionContext;
use crate::model::account::{
    AccountDetails, Address, ClientInfo, ClientVersion, Contact, Datum, DatumType, Email, Entry, Extra, ExtraNames,
    Password, Phone, Photo, Profile, SecretItems, Subscription, UpdateLink, Username,
};
use crate::model::server_facts::ServerFacts;

/// A made-up user with a client.
#[derive(Debug)]
pub struct Sample {
    /// `plain`, `empty` or `hostile`.
    pub name: &'static str,
    username: Username,
    password: Password,
    entry: Entry,
    extra: Extra,
    client: ClientInfo,
    server: ServerFacts,
    updates: UpdateLink,
    now: Timestamp,
}

impl Sample {
    /// The name of the everyday user.
    pub const PLAIN: &str = "plain";

    /// The name of the user whose every text breaks something.
    pub const HOSTILE: &str = "hostile";

    /// All samples:
    ///
    /// - `plain`: an everyday user, with everything filled in;
    /// - `empty`: no vCard, no roster, no form fields, no name of a server;
    /// - `hostile`: every text holds what breaks a properties file, a template or a page.
    ///
    /// `names` are those of the site's own data, of which a sample has values too.
    #[must_use]
    pub fn all(names: &ExtraNames) -> Vec<Self> {
        let names = Arc::new(names.clone());
        let values = [
            extra(&names, &|text| text.to_owned()),
            Extra { names: Arc::clone(&names), ..Extra::default() },
            extra(&names, &|_| HOSTILE.to_owned()),
        ];
        let samples = [plain(), empty(), hostile()].into_iter().zip(values);
        samples.filter_map(|(sample, extra)| Some(Self { extra, ..sample? })).collect()
    }

    /// How many items the lists of [`Self::marked`] have.
    pub const MARKED_ITEMS: usize = 16;

    /// The everyday user with a text for each name of the site's data, and each item of a list, that occurs nowhere else,
    /// [`Self::mark`]. Secrets have none.
    #[must_use]
    pub fn marked(names: &ExtraNames) -> Option<Self> {
        let names = Arc::new(names.clone());
        let mut extra = extra(&names, &|text| text.to_owned());
        for (name, datum) in &mut extra.values {
            match (datum, names.kinds.get(name)) {
                (Datum::Text(text), _) => *text = Self::mark(name, None).into(),
                (Datum::Records(records), _) => {
                    let mut marked = records.to_vec();
                    for (member, datum) in marked.iter_mut().flatten() {
                        if let Datum::Text(text) = datum {
                            *text = Self::mark(&format!("{name}.{member}"), None).into();
                        }
                    }
                    *records = marked.into();
                }
                (Datum::List(items), Some(DatumType::List(secrets))) => {
                    let mark = |place| Datum::Text(Self::mark(name, Some(place)).into());
                    let secret = || Datum::Secret("staple".into());
                    let item = |place| if secrets.holds(place) { secret() } else { mark(place) };
                    *items = (0..Self::MARKED_ITEMS).map(item).collect();
                }
                _ => {}
            }
        }
        plain().map(|sample| Self { extra, ..sample })
    }

    /// What [`Self::marked`] has for a name of the site's data, or for an item of its list.
    #[must_use]
    pub fn mark(name: &str, place: Option<usize>) -> String {
        place.map_or_else(|| format!("qj-{name}-jq"), |place| format!("qj-{name}.{place}-jq"))
    }

    /// What a template sees of this user.
    #[must_use]
    pub fn context(&self) -> ProvisionContext<'_> {
        ProvisionContext {
            username: &self.username,
            password: &self.password,
            entry: &self.entry,
            extra: &self.extra,
            client: &self.client,
            server: &self.server,
            updates: &self.updates,
            now: self.now,
        }
    }
}

/// What breaks things: the ends and separators of a property, escapes, `${null}` that deletes keys, a malformed `\u`,
/// markup, a template's own delimiters, right-to-left text, an emoji, other scripts, blanks at both ends.
const HOSTILE: &str = " \"x'\\ y=z:#!\r\nevil.key=1\n\t\u{c}${null} C:\\users\\new </script><script>{{ user }}{% if %}\
    \u{202e}\u{5e9}\u{5dc}\u{5d5}\u{5dd} \u{1f468}\u{200d}\u{1f4bb} Привет 你好 ñ\u{2028}\u{85} ";

/// Most places of a list that a sample fills, beside the first.
const MAX_ITEMS: usize = 99;

fn sample(name: &'static str, username: &str, password: &str) -> Option<Sample> {
    let domain = DomainPart::new("example.org").ok()?.into_owned();
    Some(Sample {
        name,
        username: Username::parse(username, &domain).ok()?,
        password: Password::parse(password.to_owned()).ok()?,
        entry: Entry::default(),
        extra: Extra::default(),
        client: ClientInfo {
            address: IpAddr::V4(Ipv4Addr::new(192, 0, 2, 10)),
            user_agent: String::new(),
            version: ClientVersion::default(),
            fields: BTreeMap::new(),
        },
        server: ServerFacts {
            domain,
            host: String::new(),
            port: 5222,
            certificate_sha1: String::new(),
            certificate_trusted: true,
        },
        updates: UpdateLink::default(),
        now: Timestamp::from_second(1_750_000_000).ok()?,
    })
}

fn plain() -> Option<Sample> {
    let mut sample = sample(Sample::PLAIN, "anna.berg", "correct horse")?;
    sample.entry = filled(&|text| text.to_owned());
    "Jitsi/2.10.5550".clone_into(&mut sample.client.user_agent);
    sample.client.version = ClientVersion::parse(&sample.client.user_agent);
    sample.client.fields = fields(&|text| text.to_owned());
    sample.updates = updates();
    Some(sample)
}

fn empty() -> Option<Sample> {
    sample("empty", "x", "x")
}

fn hostile() -> Option<Sample> {
    let mut sample = sample(Sample::HOSTILE, "d'artagnan \"b\"@<work>/é", " \"p\\u00=#!:${null}{{ ключ }}密碼🔑 ")?;
    sample.entry = filled(&|_| HOSTILE.to_owned());
    "Jitsi Desktop/2.14-SNAPSHOT.0 \\u {{ x }}".clone_into(&mut sample.client.user_agent);
    sample.client.version = ClientVersion::parse(&sample.client.user_agent);
    sample.client.fields = fields(&|_| HOSTILE.to_owned());
    "xmpp.example.org".clone_into(&mut sample.server.host);
    sample.server.port = 15222;
    "0123456789abcdef0123456789abcdef01234567".clone_into(&mut sample.server.certificate_sha1);
    sample.server.certificate_trusted = false;
    sample.updates = updates();
    Some(sample)
}

/// Made by the service alone, so that nothing in it can be hostile.
fn updates() -> UpdateLink {
    let link = "https://provisioning.example.org/updates/windows-x64/versionupdate.properties".to_owned();
    UpdateLink { link, version: "2.11.5633".to_owned() }
}

/// A value for each name of the site's own.
fn extra(names: &Arc<ExtraNames>, text: &dyn Fn(&str) -> String) -> Extra {
    let value = |kind: &DatumType| match kind {
        DatumType::Single => Datum::Text(text("1234").into()),
        DatumType::List(secrets) => Datum::List(items(secrets, text)),
        DatumType::Secret => Datum::Secret(text("correct battery").into()),
        DatumType::Records(names) => Datum::Records(records(names, text).into()),
    };
    let values = names.kinds.iter().map(|(name, kind)| (Arc::clone(name), value(kind))).collect();
    Extra { names: Arc::clone(names), values }
}

/// Two items, or as many as it takes to reach the last secret that the settings name.
fn items(secrets: &SecretItems, text: &dyn Fn(&str) -> String) -> Arc<[Datum]> {
    let last = match secrets {
        SecretItems::At(places) => places.last().copied().unwrap_or_default(),
        SecretItems::None | SecretItems::All => 0,
    };
    let item = |place: usize| match (secrets.holds(place), place % 2) {
        (true, 0) => Datum::Secret(text("correct battery").into()),
        (true, _) => Datum::Secret(text("staple").into()),
        (false, 0) => Datum::Text(text("support").into()),
        (false, _) => Datum::Text(text("sales").into()),
    };
    (0..=last.clamp(1, MAX_ITEMS)).map(item).collect()
}

/// Two records that differ in all values.
fn records(names: &BTreeMap<Arc<str>, DatumType>, text: &dyn Fn(&str) -> String) -> [BTreeMap<Arc<str>, Datum>; 2] {
    [("201", "correct battery"), ("302", "staple")].map(|(open, secret)| {
        let value = |kind: &DatumType| match kind {
            DatumType::Secret => Datum::Secret(text(secret).into()),
            // A hostile text says something else in each record too.
            _ if text(open) == open => Datum::Text(open.into()),
            _ => Datum::Text(format!("{}{open}", text(open)).into()),
        };
        names.iter().map(|(name, kind)| (Arc::clone(name), value(kind))).collect()
    })
}

fn fields(text: &dyn Fn(&str) -> String) -> BTreeMap<String, String> {
    [("os", "Windows 10"), ("uuid", "5f8c6a2e"), ("hostname", "DESK-42"), ("locale", "en")]
        .into_iter()
        .map(|(name, value)| (name.to_owned(), text(value)))
        .collect()
}

fn filled(text: &dyn Fn(&str) -> String) -> Entry {
    let contact = |jid: &str, name: &str, groups: &[&str], subscription| Contact {
        jid: text(jid),
        name: text(name),
        groups: groups.iter().map(|group| text(group)).collect(),
        subscription,
    };
    Entry {
        profile: profile(text),
        roster: vec![
            contact("bo@example.org", "Bo", &["Sales", "Friends"], Subscription::Both),
            contact("chen@example.org", "", &["Sales"], Subscription::To),
        ],
        account: AccountDetails { name: text("Anna Berg"), email: text("anna.berg@example.org") },
        groups: vec![text("helpdesk"), text("staff")],
        ..Entry::default()
    }
}

fn profile(text: &dyn Fn(&str) -> String) -> Profile {
    let kinds = |kinds: &[&str]| kinds.iter().map(|kind| (*kind).to_owned()).collect();
    Profile {
        full_name: text("Anna Berg"),
        family: text("Berg"),
        given: text("Anna"),
        middle: text("M."),
        prefix: text("Dr."),
        suffix: text("MSc"),
        nickname: text("Anni"),
        organisation: text("Example Ltd"),
        units: vec![text("Sales"), text("North")],
        title: text("Head of Sales"),
        role: text("Manager"),
        phones: vec![
            Phone { number: text("+49 30 1234-56"), kinds: kinds(&["work", "voice"]) },
            Phone { number: text("+49 30 9876"), kinds: kinds(&["home"]) },
            Phone { number: text("+49 151 2345"), kinds: kinds(&["cell"]) },
            Phone { number: text("+49 30 1234-99"), kinds: kinds(&["work", "fax"]) },
        ],
        emails: vec![Email { address: text("anna.berg@example.org"), kinds: kinds(&["work", "pref"]) }],
        addresses: vec![Address {
            kinds: kinds(&["work"]),
            post_box: text("12"),
            extended: text("2nd floor"),
            street: text("High Street 1"),
            locality: text("Berlin"),
            region: text("BE"),
            postcode: text("10115"),
            country: text("Germany"),
        }],
        url: text("https://example.org/anna"),
        birthday: text("1980-02-29"),
        note: text("Back on Monday"),
        jabber_id: text("anna.berg@example.org"),
        photo: Some(Photo { media_type: text("image/png"), base64: text("iVBORw0KGgo=") }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_samples_can_be_made() {
        let names: Vec<_> = Sample::all(&ExtraNames::default()).iter().map(|sample| sample.name).collect();
        assert_eq!(names, ["plain", "empty", "hostile"]);
    }
}
