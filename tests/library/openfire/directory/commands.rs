//! Groups and account details by the admin commands, on a real Openfire 4.2.

use std::time::Duration;

use openfire_provisioner::model::account::{AccountDetails, Entry, Missing, Part, PartSet, Reason};
use openfire_provisioner::openfire::component::Component;
use openfire_provisioner::openfire::directory::Directory;
use test_servers::openfire::{Openfire, OpenfireOptions, admin_component_name, component_name};
use tokio::time::timeout;

use super::setup::{deadline, directory, look_up, openfire_component, user};

const ACCOUNT: PartSet = PartSet { account: true, ..PartSet::NOTHING };
const GROUPS: PartSet = PartSet { groups: true, ..PartSet::NOTHING };
const BOTH: PartSet = PartSet { account: true, groups: true, ..PartSet::NOTHING };

async fn as_admin(settings: &str) -> Directory {
    let openfire = Openfire::shared().await;
    directory(openfire_component(&admin_component_name(), openfire).await, settings)
}

async fn new_user(name: &str) -> &'static Openfire {
    let openfire = Openfire::shared().await;
    openfire.control(&["user", name, "pw", "Zoë O'Brien \"<b>\"", "zoe@mail.example.test"]).await;
    openfire
}

fn details() -> AccountDetails {
    AccountDetails { name: "Zoë O'Brien \"<b>\"".into(), email: "zoe@mail.example.test".into() }
}

#[tokio::test]
async fn an_admin_component_reads_groups_and_account_details() {
    let openfire = new_user("commands-zoe").await;
    for (group, role) in [("commands-sales", ""), ("commands-board", "admin")] {
        openfire.control(&["group", group, ""]).await;
        openfire.control(&["member", group, "commands-zoe", role]).await;
    }
    openfire.control(&["group", "commands-others", ""]).await;

    let directory = as_admin("").await;
    let entry = look_up(&directory, "commands-zoe", BOTH, None).await;
    assert_eq!((entry.missing, entry.withheld), (vec![], vec![]));
    assert_eq!(entry.account, details());
    assert_eq!(entry.groups, ["commands-board", "commands-sales"]);

    // Openfire answers so about an account of a directory that is down, too.
    let entry = look_up(&directory, "commands-nobody", BOTH, None).await;
    let missing = vec![Missing { part: Part::Account, reason: Reason::NoSuchAccount }];
    assert_eq!(entry, Entry { missing, ..Entry::default() });
}

#[tokio::test]
async fn a_component_that_is_no_admin_gets_empty_groups_and_no_failure() {
    let openfire = new_user("commands-plain").await;
    let directory = directory(openfire_component(&component_name(), openfire).await, "");
    let entry = look_up(&directory, "commands-plain", BOTH, None).await;
    assert_eq!((entry.account, entry.groups, entry.missing), (AccountDetails::default(), vec![], vec![]));
    let reported: Vec<_> = entry.withheld.iter().map(ToString::to_string).collect();
    assert!(reported[0].starts_with("the account's name and e-mail address: the server offers"), "{reported:?}");
    assert!(reported[1].contains("get-groups") && reported[1].contains("admin.authorizedJIDs"), "{reported:?}");
}

#[tokio::test]
async fn admin_commands_that_are_switched_off_are_not_used() {
    new_user("commands-off").await;
    let entry = look_up(&as_admin("admin_commands = \"off\"").await, "commands-off", BOTH, None).await;
    assert_eq!((entry.account, entry.groups, entry.missing), (AccountDetails::default(), vec![], vec![]));
    assert!(entry.withheld.iter().all(|missing| matches!(missing.reason, Reason::SwitchedOff { .. })));
}

#[tokio::test]
async fn many_look_ups_at_one_time_all_get_their_answers() {
    new_user("commands-many").await;
    let directory = as_admin("").await;
    let look_ups = (0..100).map(|_| look_up(&directory, "commands-many", BOTH, None));
    for entry in futures::future::join_all(look_ups).await {
        assert_eq!((entry.account, entry.missing), (details(), vec![]));
    }
}

/// Openfire 4.2 counts 100 commands that were started and not ended, and refuses the next one until it is restarted.
#[tokio::test]
async fn look_ups_that_are_given_up_leave_no_command_unfinished() {
    new_user("commands-cancelled").await;
    let directory = as_admin("").await;
    look_up(&directory, "commands-cancelled", ACCOUNT, None).await;
    for round in 0..300_u64 {
        // Given up at another point each time, from before the first stage to after the last.
        let given_up = Duration::from_micros(round * 15);
        let name = user("commands-cancelled");
        drop(timeout(given_up, directory.look_up(&name, ACCOUNT, None, deadline())).await);
    }
    let look_ups = (0..50).map(|_| look_up(&directory, "commands-cancelled", ACCOUNT, None));
    for entry in futures::future::join_all(look_ups).await {
        assert_eq!((entry.account, entry.missing), (details(), vec![]));
    }
}

#[tokio::test]
async fn a_roster_that_only_the_command_may_bring_is_missing_where_there_is_no_command() {
    new_user("commands-roster").await;
    let wanted = PartSet::NOTHING.with(Part::Roster);
    let entry = look_up(&as_admin("roster = \"component\"").await, "commands-roster", wanted, None).await;
    let reported = entry.missing[0].to_string();
    assert!(
        reported.contains("get-user-roster") && reported.contains("4.8.1") && reported.contains("auto"),
        "{reported}"
    );
    let entry = look_up(&as_admin("").await, "commands-roster", wanted, None).await;
    assert_eq!(entry.missing[0].reason, Reason::NoSession);
    let entry = look_up(&as_admin("roster = \"session\"").await, "commands-roster", wanted, None).await;
    assert_eq!(entry.missing[0].reason, Reason::NoSession);
    let entry = look_up(&as_admin("roster = \"off\"").await, "commands-roster", wanted, None).await;
    assert!(entry.missing.is_empty() && entry.first_missing(wanted).is_some());
}

#[tokio::test]
async fn what_the_administrator_allows_is_used_after_a_reconnect() {
    let openfire = Openfire::start(OpenfireOptions::default()).await;
    openfire.control(&["user", "zoe", "pw", "Zoe", "zoe@mail.example.test"]).await;
    openfire.control(&["group", "sales", ""]).await;
    openfire.control(&["member", "sales", "zoe"]).await;
    let component = openfire_component("prov.example.test", &openfire).await;
    let directory = directory(component.clone(), "");
    let entry = look_up(&directory, "zoe", GROUPS, None).await;
    assert!(entry.groups.is_empty() && entry.missing.is_empty(), "{entry:?}");

    openfire.control(&["property", "admin.authorizedJIDs", "admin@example.test,prov.example.test"]).await;
    let before = component.epoch();
    openfire.control(&["close-component", "prov"]).await;
    reconnected(&component, before).await;
    assert_eq!(look_up(&directory, "zoe", GROUPS, None).await.groups, ["sales"]);

    // And a right that is taken away is no failure either.
    openfire.control(&["property", "admin.authorizedJIDs", "admin@example.test"]).await;
    let entry = look_up(&directory, "zoe", ACCOUNT, None).await;
    assert_eq!(entry.missing, []);
    assert!(matches!(entry.withheld.as_slice(), [missing] if matches!(missing.reason, Reason::NotOffered { .. })));
}

async fn reconnected(component: &Component, before: u64) {
    let mut state = component.state();
    let reconnected = async {
        while component.epoch() == before {
            state.changed().await.expect("a component that runs");
        }
    };
    timeout(Duration::from_secs(20), reconnected).await.expect("a reconnect in time");
}
