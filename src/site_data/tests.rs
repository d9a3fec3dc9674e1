use secrecy::ExposeSecret as _;
use xmpp_parsers::jid::DomainPart;

use super::*;
use crate::model::config;

mod csv;
mod documents;
mod files;
mod merging;
mod records;
mod secrets;

fn domain() -> DomainPart {
    DomainPart::new("example.org").unwrap().into_owned()
}

/// A source called `s` with these settings.
#[track_caller]
fn source(settings: &str) -> Source {
    let settings: config::Data = toml::from_str(&format!("name = \"s\"\n{settings}")).unwrap();
    Source::new(&settings, &domain()).unwrap()
}

#[track_caller]
fn table(source: &Source, text: &str) -> Arc<Table> {
    Arc::new(source.parse(text.as_bytes()).unwrap_or_else(|error| panic!("{error}\n{text}")))
}

/// What is wrong with `text`.
#[track_caller]
fn refused(source: &Source, text: &str) -> String {
    source.parse(text.as_bytes()).unwrap_err().to_string()
}

#[track_caller]
fn data(sources: &[(&Source, &str)]) -> SiteData {
    SiteData::new(sources.iter().map(|(source, text)| (*source, Some(table(source, text)))).collect()).unwrap()
}

/// All that is known about `user`, who is in `groups` and has contacts in `roster_groups`, as `name=value` in order.
fn of(data: &SiteData, user: &str, groups: &[&str], roster_groups: &[&str]) -> Vec<String> {
    let groups: Vec<String> = groups.iter().map(|group| (*group).to_owned()).collect();
    let contact = |group: &&str| Contact {
        jid: "bo@example.org".to_owned(),
        name: String::new(),
        groups: vec![(*group).to_owned()],
        subscription: crate::model::account::Subscription::Both,
    };
    let roster: Vec<Contact> = roster_groups.iter().map(contact).collect();
    let extra = data.values_for(&Username::parse(user, &domain()).unwrap(), &groups, &roster);
    extra.values.iter().map(|(name, datum)| format!("{name}={}", shown(datum))).collect()
}

fn shown(datum: &Datum) -> String {
    match datum {
        Datum::Text(text) => text.to_string(),
        Datum::Number(number) => format!("{number}"),
        Datum::Bool(value) => format!("{value}"),
        Datum::List(items) => format!("[{}]", items.iter().map(shown).collect::<Vec<_>>().join(", ")),
        Datum::Records(records) => {
            let record = |record: &BTreeMap<Arc<str>, Datum>| {
                let values = record.iter().map(|(name, datum)| format!("{name}={}", shown(datum)));
                format!("{{{}}}", values.collect::<Vec<_>>().join(", "))
            };
            format!("[{}]", records.iter().map(record).collect::<Vec<_>>().join(", "))
        }
        Datum::Secret(secret) => format!("<{}>", secret.expose_secret()),
    }
}
