//! The examples of site data in docs/templates.md.

use std::sync::Arc;

use jiff::Timestamp;
use jitsi_properties::{escaped, parse};
use openfire_provisioner::model::account::{Contact, Entry, Password, Subscription, UpdateLink, Username};
use openfire_provisioner::model::config::{self, Data};
use openfire_provisioner::model::server_facts::ServerFacts;
use openfire_provisioner::site_data::{SiteData, Source};
use openfire_provisioner::template::{ProvisionContext, Templates};
use serde::Deserialize;
use xmpp_parsers::jid::DomainPart;

use crate::support::logins::client;

const DOCUMENT: &str = include_str!("../../../docs/templates.md");

/// The block of the section that begins with this line.
#[track_caller]
fn block(start: &str) -> &'static str {
    let (_, section) = DOCUMENT.split_once("\n## Site data\n").unwrap();
    let (section, _) = section.split_once("\n## ").unwrap();
    let (_, rest) = section.split_once(&format!("```{start}\n")).unwrap();
    rest.split_once("```").unwrap().0
}

fn domain() -> DomainPart {
    DomainPart::new("example.org").unwrap().into_owned()
}

/// The sources of the first example with the data of the others.
fn data() -> SiteData {
    #[derive(Deserialize)]
    struct Config {
        data: Vec<Data>,
    }

    let Config { data } = toml::from_str(block("toml")).unwrap();
    let texts = [block("csv"), block("toml data"), block("json")];
    let sources: Vec<Source> = data.iter().map(|settings| Source::new(settings, &domain()).unwrap()).collect();
    assert_eq!(sources.len(), texts.len());
    let tables = sources.iter().zip(texts).map(|(source, text)| {
        (source, Some(Arc::new(source.parse(text.as_bytes()).unwrap_or_else(|error| panic!("{error}")))))
    });
    SiteData::new(tables.collect()).unwrap()
}

/// What a user gets of the example's template.
fn properties(user: &str, groups: &[&str], roster_groups: &[&str]) -> Vec<String> {
    // The made-up users of the start have none of these data.
    let text = format!(
        "{{% if user.domain == 'example.org' and user.name in ['anna', 'bo'] %}}\n{}{{% endif %}}",
        block("jinja extra")
    );
    rendered(&text, &data(), user, (groups, roster_groups))
}

/// What a user in these groups gets of a template.
fn rendered(text: &str, data: &SiteData, user: &str, (groups, roster_groups): (&[&str], &[&str])) -> Vec<String> {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("provision.properties");
    std::fs::write(&file, text).unwrap();
    let settings = config::Template { file: Some(file), ..Default::default() };
    let templates = Templates::load(&settings, data.names(), escaped).unwrap_or_else(|error| panic!("{error}"));
    let username = Username::parse(user, &domain()).unwrap();
    let groups: Vec<String> = groups.iter().map(|group| (*group).to_owned()).collect();
    let roster = [Contact {
        jid: "chris@example.org".to_owned(),
        name: String::new(),
        groups: roster_groups.iter().map(|group| (*group).to_owned()).collect(),
        subscription: Subscription::Both,
    }];
    let extra = data.values_for(&username, &groups, &roster);
    let context = ProvisionContext {
        username: &username,
        password: &Password::placeholder(),
        entry: &Entry::default(),
        extra: &extra,
        client: &client(&[]),
        server: &ServerFacts::new(&toml::from_str("domain = \"example.org\"").unwrap()),
        updates: &UpdateLink::default(),
        now: Timestamp::now(),
    };
    let text = templates.all().last().unwrap().template.render(&context).unwrap();
    parse(&text).unwrap().entries().map(|entry| format!("{}={}", entry.key(), entry.value())).collect()
}

/// Data of one file of this name.
fn of_file(name: &str, settings: &str, text: &str) -> SiteData {
    let settings: Data = toml::from_str(&format!("name = \"lines\"\nfile = \"/{name}\"\n{settings}")).unwrap();
    let source = Source::new(&settings, &domain()).unwrap();
    let table = source.parse(text.as_bytes()).unwrap_or_else(|error| panic!("{error}"));
    SiteData::new(vec![(&source, Some(Arc::new(table)))]).unwrap()
}

#[test]
fn lines_are_written_as_a_list_or_in_numbered_columns() {
    let sip = "net.java.sip.communicator.impl.protocol.sip.accName";
    let line = |number: &str, secret: &str| {
        [format!("{sip}{number}Z.USER_ID={number}@sip.example.org"), format!("{sip}{number}Z.PASSWORD={secret}")]
    };
    let annas = [line("201", "4r7-hoe-tin"), line("2010", "9aa-elm-cup")].concat();
    for data in [of_file("lines.json", "", block("json lines")), of_file("lines.csv", "", block("csv lines"))] {
        assert_eq!(rendered(block("jinja lines"), &data, "anna", (&[], &[])), annas);
        assert_eq!(rendered(block("jinja lines"), &data, "bo", (&[], &[])), line("202", "9kk-sea-rye"));
        assert_eq!(rendered(block("jinja lines"), &data, "chris", (&[], &[])), [""; 0]);
    }
    let columns =
        "username,line1_number,line1_secret,line2_number,line2_secret\nanna,201,4r7-hoe-tin,2010,9aa-elm-cup\n";
    let columns = of_file("lines.csv", "", columns);
    assert_eq!(rendered(block("jinja columns"), &columns, "anna", (&[], &[])), annas);
}

#[test]
fn a_row_that_is_too_long_is_refused_in_these_words() {
    let settings: Data =
        toml::from_str("name = \"phones\"\nfile = \"/etc/openfire-provisioner/phones.csv\"\n").unwrap();
    let error = Source::new(&settings, &domain()).unwrap().parse(b"a,b,c,d\n1,2,3,4\n1,2,3,4,5\n").unwrap_err();
    assert_eq!(error.to_string(), block("text").trim_end());
}

#[test]
fn the_examples_belong_together() {
    let account = "net.java.sip.communicator.impl.protocol.sip.accDesk";
    let anna = properties("anna", &["helpdesk"], &[]);
    assert_eq!(
        anna,
        [
            format!("{account}.USER_ID=4711@sip.example.org"),
            format!("{account}.PASSWORD=s3cret,\"x"),
            "site.room=Hall".to_owned(),
            "site.queues=first line,second line".to_owned(),
            "site.recorded=true".to_owned(),
        ]
    );
    let bo = properties("bo", &[], &["Sales"]);
    assert_eq!(bo[2..], ["site.room=Attic", "site.queues="]);
}
