//! The templates of `templates/examples/`: each renders, none has a finding, all are described.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use openfire_provisioner::account::{ExtraNames, Username};
use openfire_provisioner::config::{self, Data};
use openfire_provisioner::properties::{Client, encode, escape, parse};
use openfire_provisioner::provision::review;
use openfire_provisioner::site_data::{SiteData, Source};
use openfire_provisioner::template::{ProvisionContext, Sample, Templates};
use xmpp_parsers::jid::DomainPart;

use crate::support::jdk::Jdk;

const DOCUMENT: &str = include_str!("../../docs/templates.md");

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("templates/examples")
}

/// The names of the templates.
fn files() -> Vec<String> {
    let names = std::fs::read_dir(folder()).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let mut names: Vec<String> = names.filter(|name| name.ends_with(".properties")).collect();
    names.sort();
    names
}

/// The data that the examples name.
fn data() -> SiteData {
    let domain = DomainPart::new("example.org").unwrap().into_owned();
    let sources: Vec<Source> = ["telephones.csv", "turn.toml"]
        .into_iter()
        .map(|name| {
            let file = folder().join("data").join(name);
            let settings: Data = toml::from_str(&format!("name = \"{name}\"\nfile = {file:?}")).unwrap();
            Source::new(&settings, &domain).unwrap()
        })
        .collect();
    SiteData::new(sources.iter().map(|source| (source, source.read().unwrap().map(Arc::new))).collect()).unwrap()
}

#[track_caller]
fn load(name: &str, names: &ExtraNames) -> Templates {
    let settings = config::Template { file: Some(folder().join(name)), ..config::Template::default() };
    Templates::load(&settings, names, escape).unwrap_or_else(|error| panic!("{error}"))
}

#[test]
fn no_sample_user_shows_a_finding() {
    let data = data();
    for name in files() {
        let templates = load(&name, data.names());
        for choice in templates.all() {
            assert_eq!(review(choice.template, data.names(), &Client::default()), [], "{name}");
        }
    }
}

#[tokio::test]
async fn the_jdk_reads_what_the_everyday_user_gets() {
    let data = data();
    let mut jdk = Jdk::start().await;
    let samples = Sample::all(data.names());
    let user = Username::parse("anna.berg", &DomainPart::new("example.org").unwrap()).unwrap();
    let extra = data.of(&user, &[], &[]);
    for name in files() {
        let templates = load(&name, data.names());
        let context = ProvisionContext { extra: &extra, ..samples[0].context() };
        let text = templates.all().last().unwrap().template.render(&context).unwrap();
        let pairs = jdk.load_bytes(&encode(&parse(&text).unwrap())).await.unwrap();
        let lines: Vec<String> = pairs.into_iter().map(|(key, value)| format!("{key}={value}")).collect();
        insta::assert_snapshot!(name.trim_end_matches(".properties"), lines.join("\n"));
    }
}

#[test]
fn each_is_described() {
    let files = files();
    assert_eq!(files.len(), 9);
    for name in files {
        assert!(DOCUMENT.contains(&format!("| [{name}](../templates/examples/{name}) |")), "{name}");
    }
}
