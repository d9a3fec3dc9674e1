//! Rosters by the user's own stream, on a real Openfire 4.2, which has no command for them.

use std::fmt::Write as _;

use openfire_provisioner::account::{Contact, Entry, Subscription, Wanted};

use crate::directory_setup::{directory, look_up, openfire_component, session};
use crate::support::openfire::{Openfire, OpenfireOptions, component_name};

const ROSTER: Wanted = Wanted { roster: true, ..Wanted::NOTHING };

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
    assert_eq!(look_up(&directory, "roster-unwanted", Wanted::NOTHING, Some(session)).await, Entry::default());
}

#[tokio::test]
async fn two_thousand_contacts_are_read_in_full() {
    let folder = tempfile::tempdir().unwrap();
    let mut seeds = "user\tcrowd\tpw\tCrowd\t\n".to_owned();
    for number in 0..2_000 {
        writeln!(
            seeds,
            "roster\tcrowd\tcontact{number}@example.test\tboth\tContact Nr. {number} é\tGroup {}",
            number % 7
        )
        .unwrap();
    }
    let file = folder.path().join("seeds.tsv");
    std::fs::write(&file, seeds).unwrap();
    let openfire = Openfire::start(OpenfireOptions::default().set("SEED", file.to_str().unwrap())).await;

    let entry = entry(&openfire, "crowd", "pw", "").await;
    assert_eq!((entry.roster.len(), entry.missing), (2_000, vec![]));
    let mut numbers: Vec<_> = entry.roster.iter().map(|contact| contact.jid.as_str()).collect();
    numbers.sort_unstable();
    numbers.dedup();
    assert_eq!(numbers.len(), 2_000);
    let last = entry.roster.iter().find(|contact| contact.jid == "contact1999@example.test").unwrap();
    assert_eq!((last.name.as_str(), last.groups.as_slice()), ("Contact Nr. 1999 é", ["Group 4".to_owned()].as_slice()));
}
