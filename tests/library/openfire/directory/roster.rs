//! Rosters by the user's own stream, on a real Openfire 4.2, which has no command for them.

use openfire_provisioner::model::account::{Contact, Entry, PartSet, Subscription};
use test_servers::openfire::{Openfire, component_name};
use test_servers::seeds::{CROWD_SIZE, CROWD_USER, person};

use super::setup::{assert_same, directory, look_up, openfire_component, session};

const ROSTER: PartSet = PartSet { roster: true, ..PartSet::NOTHING };

async fn entry(openfire: &Openfire, name: &str, password: &str, settings: &str) -> Entry {
    let directory = directory(openfire_component(&component_name(), openfire).await, settings);
    let session = session(openfire.c2s(), &openfire.ca_file(), name, password).await;
    look_up(&directory, name, ROSTER, Some(session)).await
}

#[tokio::test]
async fn shared_groups_stand_in_the_roster_under_the_name_that_they_are_shown_by() {
    let openfire = Openfire::shared().await;
    for (name, shown) in [("roster-anna", "Anna Ä"), ("roster-bob", "Bob B")] {
        openfire.control(&["user", name, "pw", shown, ""]).await;
    }
    openfire.control(&["group", "roster-team", ""]).await;
    for (key, value) in [("showInRoster", "onlyGroup"), ("displayName", "Das Team"), ("groupList", "")] {
        openfire.control(&["group-property", "roster-team", &format!("sharedRoster.{key}"), value]).await;
    }
    for name in ["roster-anna", "roster-bob"] {
        openfire.control(&["member", "roster-team", name]).await;
    }
    let bob = Contact {
        jid: "roster-bob@example.test".into(),
        name: "Bob B".into(),
        groups: vec!["Das Team".into()],
        subscription: Subscription::Both,
    };
    for settings in ["", "roster = \"session\""] {
        let entry = entry(openfire, "roster-anna", "pw", settings).await;
        assert_eq!((entry.roster.as_slice(), entry.missing.as_slice()), ([bob.clone()].as_slice(), [].as_slice()));
    }
}

#[tokio::test]
async fn an_empty_roster_is_not_missing() {
    let openfire = Openfire::shared().await;
    openfire.control(&["user", "roster-empty", "pw", "", ""]).await;
    assert_eq!(entry(openfire, "roster-empty", "pw", "").await, Entry::default());
}

#[tokio::test]
async fn a_roster_that_is_not_wanted_is_not_asked() {
    let openfire = Openfire::shared().await;
    openfire.control(&["user", "roster-unwanted", "pw", "", ""]).await;
    let directory = directory(openfire_component(&component_name(), openfire).await, "");
    let session = session(openfire.c2s(), &openfire.ca_file(), "roster-unwanted", "pw").await;
    assert_eq!(look_up(&directory, "roster-unwanted", PartSet::NOTHING, Some(session)).await, Entry::default());
}

#[tokio::test]
async fn two_thousand_contacts_are_read_in_full() {
    let crowd = person(CROWD_USER);
    let entry = entry(Openfire::shared().await, CROWD_USER, &crowd.password, "roster_timeout = \"20s\"").await;
    assert_eq!((entry.roster.len(), entry.missing), (CROWD_SIZE, vec![]));
    assert_same(entry.roster, &crowd.roster);
}

#[tokio::test]
async fn hostile_names_in_a_roster_come_back_as_they_were_stored() {
    let hostile = person("hostile");
    let entry = entry(Openfire::shared().await, "hostile", &hostile.password, "").await;
    assert_eq!(entry.missing, []);
    assert_same(entry.roster, &hostile.roster);
}
