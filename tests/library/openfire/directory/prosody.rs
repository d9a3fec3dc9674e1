//! The directory on a real Prosody 0.12, which gives rosters to a component that is an admin (XEP-0133).

use openfire_provisioner::model::account::{Entry, Part, PartSet, Reason};
use openfire_provisioner::openfire::admin_commands::{Command, CommandResponse, execute, read};
use openfire_provisioner::openfire::directory::Directory;
use test_servers::openfire::{COMPONENT_SECRET, DOMAIN};
use test_servers::prosody::{Prosody, admin_component_name, component_name};
use test_servers::seeds::{CROWD_SIZE, CROWD_USER, person};
use xmpp_parsers::jid::Jid;
use xmpp_parsers::ns;

use super::setup::{assert_same, component, deadline, directory, look_up, session};

const ROSTER: PartSet = PartSet { roster: true, ..PartSet::NOTHING };
const VCARD: PartSet = PartSet { vcard: true, ..PartSet::NOTHING };

async fn directory_of(prosody: &Prosody, name: &str, settings: &str) -> Directory {
    directory(component(name, prosody.component(), COMPONENT_SECRET).await, settings)
}

#[tokio::test]
async fn an_admin_component_reads_rosters_without_a_login_of_the_user() {
    let directory = directory_of(Prosody::shared().await, &admin_component_name(), "").await;
    for name in [CROWD_USER, "hostile", "cardless"] {
        let entry = look_up(&directory, name, ROSTER, None).await;
        assert_eq!(entry.missing, [], "{name}");
        assert_same(entry.roster, &person(name).roster);
    }
}

#[tokio::test]
async fn a_command_with_its_form_filled_in_takes_one_round_trip() {
    let component = component(&admin_component_name(), Prosody::shared().await.component(), COMPONENT_SECRET).await;
    let user = format!("{CROWD_USER}@{DOMAIN}");
    let command = execute(Command::GetUserRoster, &[("accountjids", &user), ("accountjid", &user)]);
    let answer = component.set(Jid::new(DOMAIN).unwrap(), command, deadline()).await.unwrap().unwrap();
    let Ok(CommandResponse::Completed(form)) = read(Command::GetUserRoster, &answer) else { panic!("{answer:?}") };
    assert_eq!(form.get_child("query", ns::ROSTER).unwrap().children().count(), CROWD_SIZE);
}

#[tokio::test]
async fn two_hundred_rosters_at_one_time_are_all_read() {
    let directory = directory_of(Prosody::shared().await, &admin_component_name(), "").await;
    let look_ups = (0..200).map(|_| look_up(&directory, "hostile", ROSTER, None));
    for entry in futures::future::join_all(look_ups).await {
        assert_eq!((entry.roster.len(), entry.missing), (1, vec![]));
    }
}

#[tokio::test]
async fn the_server_says_why_a_roster_cannot_be_had() {
    let directory = directory_of(Prosody::shared().await, &admin_component_name(), "").await;
    let entry = look_up(&directory, "nobody", ROSTER, None).await;
    let reason = Reason::CommandFailed { command: "get-user-roster", note: "User does not exist".into() };
    assert_eq!((entry.missing[0].part, &entry.missing[0].reason), (Part::Roster, &reason));
}

#[tokio::test]
async fn the_users_own_stream_is_asked_where_the_component_is_no_admin() {
    let prosody = Prosody::shared().await;
    let directory = directory_of(prosody, &component_name(), "").await;
    let crowd = person(CROWD_USER);
    let session = session(prosody.c2s(), &prosody.ca_file(), CROWD_USER, &crowd.password).await;
    let entry = look_up(&directory, CROWD_USER, ROSTER, Some(session)).await;
    assert_eq!((entry.roster.len(), entry.missing), (CROWD_SIZE, vec![]));
    assert_same(entry.roster, &crowd.roster);

    let entry = look_up(&directory, CROWD_USER, ROSTER, None).await;
    assert_eq!(entry.missing[0].reason, Reason::NoSession);
}

#[tokio::test]
async fn the_users_own_stream_is_asked_where_the_command_fails() {
    let prosody = Prosody::shared().await;
    let directory = directory_of(prosody, &admin_component_name(), "").await;
    let hostile = person("hostile");
    let session = session(prosody.c2s(), &prosody.ca_file(), "hostile", &hostile.password).await;
    // The command is about a user that does not exist, so it ends with an error note; the stream is of one who does.
    let entry = look_up(&directory, "nobody", ROSTER, Some(session)).await;
    assert_eq!(entry.missing, []);
    assert_same(entry.roster, &hostile.roster);
}

#[tokio::test]
async fn a_user_without_a_vcard_is_no_failure_and_neither_is_an_unknown_one() {
    let directory = directory_of(Prosody::shared().await, &component_name(), "").await;
    for name in ["cardless", "nobody"] {
        assert_eq!(look_up(&directory, name, VCARD, None).await, Entry::default(), "{name}");
    }
    let name = "佐藤さくら";
    assert_eq!(look_up(&directory, name, VCARD, None).await.profile.full_name, name);
}

#[tokio::test]
async fn groups_that_the_server_does_not_know_are_withheld() {
    let directory = directory_of(Prosody::shared().await, &admin_component_name(), "").await;
    let entry = look_up(&directory, "cardless", PartSet::EVERYTHING, None).await;
    assert_eq!((entry.missing, entry.groups), (vec![], Vec::<String>::new()));
    let parts: Vec<Part> = entry.withheld.iter().map(|missing| missing.part).collect();
    assert_eq!(parts, [Part::Account, Part::Groups]);
}
