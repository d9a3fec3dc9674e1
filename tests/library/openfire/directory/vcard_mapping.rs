//! vCards that Openfire makes of entries in an LDAP directory, by the mappings of `docs/openfire-ldap.md`.

use openfire_provisioner::model::account::{PartSet, Profile};
use test_servers::openfire::{Openfire, OpenfireOptions, component_name};
use test_servers::seeds;
use test_servers::slapd::Slapd;

use super::setup::{directory, look_up, openfire_component};

const WANTED: PartSet = PartSet { vcard: true, photo: true, ..PartSet::NOTHING };

/// The vCards of these users on an Openfire with an LDAP directory, by this mapping or by that of the preset.
async fn vcards<const N: usize>(mapping: Option<&str>, names: [&str; N]) -> [Profile; N] {
    let slapd = Slapd::start().await;
    let options = OpenfireOptions::default().ldap(&slapd);
    let options = mapping.into_iter().fold(options, |options, xml| options.property("ldap.vcard-mapping", xml));
    let openfire = Openfire::start(options).await;
    let directory = directory(openfire_component(&component_name(), &openfire).await, "");
    let mut profiles = Vec::new();
    for name in names {
        let entry = look_up(&directory, name, WANTED, None).await;
        assert_eq!(entry.missing, [], "{name}");
        profiles.push(entry.profile);
    }
    profiles.try_into().expect("as many as there are names")
}

#[tokio::test]
async fn the_preset_of_openfires_setup_takes_the_full_name_from_an_attribute_that_many_lack() {
    let [anna, nameless] = vcards(None, ["anna.berger", "nameless"]).await;
    let seed = seeds::person("anna.berger");
    let name = seed.display_name.as_deref().expect("a name");
    assert_eq!((anna.full_name.as_str(), anna.given.as_str(), anna.family.as_str()), (name, name, ""));
    assert_eq!(anna.nickname, "anna.berger");
    assert_eq!(
        anna.emails.iter().map(|email| Some(email.address.as_str())).collect::<Vec<_>>(),
        [seed.email.as_deref()]
    );

    // What a person lacks arrives as an empty element.
    let given = Profile { given: "nameless".into(), nickname: "nameless".into(), ..Profile::default() };
    assert_eq!(nameless, given);
}

#[tokio::test]
async fn the_mapping_of_the_page_about_ldap_fills_the_name_for_everyone() {
    let page = include_str!("../../../../docs/openfire-ldap.md");
    let mapping = page.split("\n```xml\n").nth(1).expect("a mapping").split("\n```").next().unwrap();
    let [anna, nameless] = vcards(Some(mapping), ["anna.berger", "nameless"]).await;
    assert_eq!((anna.full_name.as_str(), anna.given.as_str(), anna.family.as_str()), ("Anna Berger", "Anna", "Berger"));
    assert_eq!(nameless.full_name, "nameless");
}
