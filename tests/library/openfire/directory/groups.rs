//! Groups that could not be read, on a component port that answers like an Openfire whose directory limps.

use std::time::Duration;

use openfire_provisioner::model::account::{Entry, Missing, Part, PartSet, Reason};
use openfire_provisioner::openfire::directory::Directory;
use test_servers::component_port::ComponentPort;
use test_servers::component_port::groups::GroupDirectory;
use test_servers::log::Log;
use test_servers::openfire::{COMPONENT_SECRET, DOMAIN};

use super::setup::{component, directory, look_up, named_groups, pass};

const ACCOUNT: PartSet = PartSet { account: true, ..PartSet::NOTHING };
const GROUPS: PartSet = PartSet { groups: true, ..PartSet::NOTHING };
/// Longer than the pause after a reading that left a doubt.
const SOON: Duration = Duration::from_secs(11);
/// Longer than a reading counts.
const TOO_OLD: Duration = Duration::from_mins(2);

async fn start(groups: &GroupDirectory) -> (ComponentPort, Directory) {
    let groups = groups.clone();
    let port = ComponentPort::start(move |query| groups.answer(query)).await;
    let component = component(&format!("prov.{DOMAIN}"), port.address(), COMPONENT_SECRET).await;
    let directory = directory(component, "");
    (port, directory)
}

async fn groups(directory: &Directory, user: &str) -> Entry {
    look_up(directory, user, GROUPS, None).await
}

fn reason(entry: &Entry) -> &Reason {
    match entry.missing.as_slice() {
        [Missing { part: Part::Groups, reason }] => reason,
        other => panic!("{other:?}"),
    }
}

/// The lines at `warn` that hold this text.
fn warnings(log: &Log, text: &str) -> usize {
    log.text().lines().filter(|line| line.contains("\"WARN\"") && line.contains(text)).count()
}

#[tokio::test]
async fn an_empty_list_right_after_the_start_is_unknown_where_the_site_names_a_group() {
    let (log, _guard) = Log::start();
    let openfire = GroupDirectory::new(&[("support", &["tomas"]), ("office", &["maria"])]);
    openfire.set_down(true);
    let (_port, directory) = start(&openfire).await;
    directory.expect_groups(&named_groups(&["supp*"]));
    assert_eq!(reason(&groups(&directory, "tomas").await), &Reason::NoGroups { before: None });
    assert_eq!(warnings(&log, "the groups are in doubt"), 1);

    // Openfire keeps its empty answers, for each size of a page.
    openfire.set_down(false);
    pass(SOON).await;
    let entry = groups(&directory, "tomas").await;
    assert_eq!((entry.groups, entry.missing), (vec!["support".to_owned()], vec![]));
    assert!(log.text().contains("the groups can be read again"));
}

#[tokio::test]
async fn a_list_that_became_empty_is_unknown_after_two_minutes() {
    let openfire = GroupDirectory::new(&[("support", &["tomas"])]);
    let (_port, directory) = start(&openfire).await;
    assert_eq!(groups(&directory, "tomas").await.groups, ["support"]);
    openfire.set_down(true);
    openfire.delete("nothing, but Openfire's caches are empty");
    pass(TOO_OLD).await;
    for _ in 0..3 {
        let entry = groups(&directory, "tomas").await;
        assert!(matches!(reason(&entry), Reason::NoGroups { before: Some((1, _)) }), "{entry:?}");
        pass(SOON).await;
    }
    openfire.set_down(false);
    pass(SOON).await;
    assert_eq!(groups(&directory, "tomas").await.groups, ["support"]);
}

#[tokio::test]
async fn a_server_without_groups_is_believed_where_none_are_expected() {
    let (log, _guard) = Log::start();
    let (_port, directory) = start(&GroupDirectory::default()).await;
    assert_eq!(groups(&directory, "tomas").await, Entry::default());
    assert_eq!(warnings(&log, "group"), 0);
}

#[tokio::test]
async fn members_that_do_not_exist_are_unknown_and_those_of_other_groups_known() {
    let openfire = GroupDirectory::new(&[("support", &["tomas"]), ("office", &["tomas", "maria"])]);
    openfire.set_lost("support", true);
    let (_port, directory) = start(&openfire).await;
    let unread = Reason::UnreadGroups { names: ["support".to_owned()].into(), total: 2 };
    let entry = groups(&directory, "tomas").await;
    assert_eq!((reason(&entry), &*entry.groups), (&unread, &["office".to_owned()][..]));

    openfire.set_lost("support", false);
    pass(SOON).await;
    let entry = groups(&directory, "tomas").await;
    assert_eq!((entry.groups, entry.missing), (vec!["office".to_owned(), "support".to_owned()], vec![]));

    openfire.set_lost("support", true);
    pass(TOO_OLD).await;
    assert_eq!(reason(&groups(&directory, "tomas").await), &unread);

    // It was deleted between the list and the question.
    openfire.delete("support");
    pass(SOON).await;
    let entry = groups(&directory, "tomas").await;
    assert_eq!((entry.groups, entry.missing), (vec!["office".to_owned()], vec![]));
}

#[tokio::test]
async fn a_group_that_the_site_names_and_that_is_not_in_a_whole_list_is_gone_and_reported_once() {
    let (log, _guard) = Log::start();
    let openfire = GroupDirectory::new(&[("support", &["tomas"]), ("office", &["maria"])]);
    let (_port, directory) = start(&openfire).await;
    directory.expect_groups(&named_groups(&["Helpdesk", "Support", "*"]));
    for _ in 0..3 {
        let entry = groups(&directory, "tomas").await;
        assert_eq!((entry.groups, entry.missing), (vec!["support".to_owned()], vec![]));
        pass(TOO_OLD).await;
    }
    assert_eq!((warnings(&log, "Helpdesk"), warnings(&log, "upport")), (1, 0));

    // One that was there is gone when the second list lacks it too.
    openfire.delete("support");
    assert!(matches!(reason(&groups(&directory, "tomas").await), Reason::UnreadGroups { .. }));
    pass(SOON).await;
    assert_eq!(groups(&directory, "tomas").await, Entry::default());
    pass(TOO_OLD).await;
    assert_eq!(groups(&directory, "tomas").await, Entry::default());
    assert_eq!((warnings(&log, "none named"), warnings(&log, "in doubt")), (2, 0));

    // Back and gone again: a second warning.
    openfire.add("support", &["tomas"]);
    openfire.delete("nothing, but Openfire's caches are empty");
    pass(TOO_OLD).await;
    assert_eq!(groups(&directory, "tomas").await.groups, ["support"]);
    openfire.delete("support");
    pass(TOO_OLD).await;
    groups(&directory, "tomas").await;
    pass(SOON).await;
    groups(&directory, "tomas").await;
    assert_eq!(warnings(&log, "none named"), 3);
}

#[tokio::test]
async fn a_group_whose_own_look_up_failed_once_is_not_gone() {
    let (log, _guard) = Log::start();
    let openfire = GroupDirectory::new(&[("support", &["tomas"]), ("office", &["maria"])]);
    let (_port, directory) = start(&openfire).await;
    directory.expect_groups(&named_groups(&["support"]));
    assert_eq!(groups(&directory, "tomas").await.groups, ["support"]);
    openfire.set_left_out("support", true);
    pass(TOO_OLD).await;
    assert!(matches!(reason(&groups(&directory, "tomas").await), Reason::UnreadGroups { .. }));
    openfire.set_left_out("support", false);
    pass(SOON).await;
    assert_eq!(groups(&directory, "tomas").await.groups, ["support"]);
    assert_eq!(warnings(&log, "group"), 0);
}

/// The other groups come from Openfire's cache, as they did before the outage.
#[tokio::test]
async fn a_group_that_vanishes_while_the_directory_does_not_answer_is_unknown() {
    let openfire = GroupDirectory::new(&[("support", &["tomas"]), ("office", &["tomas"])]);
    let (_port, directory) = start(&openfire).await;
    assert_eq!(groups(&directory, "tomas").await.groups, ["office", "support"]);
    openfire.set_left_out("support", true);
    openfire.set_down(true);
    pass(TOO_OLD).await;
    let entry = groups(&directory, "tomas").await;
    assert!(matches!(reason(&entry), Reason::UnreadGroups { .. }), "{entry:?}");
    assert_eq!(entry.groups, ["office"]);
    pass(TOO_OLD).await;
    let entry = groups(&directory, "tomas").await;
    assert!(matches!(reason(&entry), Reason::NoGroups { before: Some((2, _)) }), "{entry:?}");
}

/// Openfire 5 keeps for 15 minutes that it did not find a group.
#[tokio::test]
async fn a_group_that_is_not_found_after_an_outage_is_unknown_for_as_long_as_openfire_remembers_that() {
    let openfire = GroupDirectory::new(&[("support", &["tomas"]), ("office", &["tomas"])]);
    let (_port, directory) = start(&openfire).await;
    assert_eq!(groups(&directory, "tomas").await.groups, ["office", "support"]);
    openfire.set_down(true);
    openfire.delete("nothing, but Openfire's caches are empty");
    pass(TOO_OLD).await;
    assert!(matches!(reason(&groups(&directory, "tomas").await), Reason::NoGroups { .. }));
    openfire.set_left_out("support", true);
    openfire.set_down(false);
    for _ in 0..3 {
        pass(TOO_OLD).await;
        let entry = groups(&directory, "tomas").await;
        assert!(matches!(reason(&entry), Reason::UnreadGroups { .. }), "{entry:?}");
        assert_eq!(entry.groups, ["office"]);
    }
    pass(Duration::from_mins(16)).await;
    let entry = groups(&directory, "tomas").await;
    assert_eq!((entry.groups, entry.missing), (vec!["office".to_owned()], vec![]));
}

/// The service has never read it: it was started in the outage, or was reloaded after it.
#[tokio::test]
async fn a_group_that_was_never_read_is_not_gone_after_an_outage_either() {
    let openfire = GroupDirectory::new(&[("support", &["tomas"]), ("office", &["tomas"])]);
    openfire.set_down(true);
    let (_port, directory) = start(&openfire).await;
    directory.expect_groups(&named_groups(&["support"]));
    assert!(matches!(reason(&groups(&directory, "tomas").await), Reason::NoGroups { .. }));
    openfire.set_left_out("support", true);
    openfire.set_down(false);
    for _ in 0..2 {
        pass(SOON).await;
        let entry = groups(&directory, "tomas").await;
        assert!(matches!(reason(&entry), Reason::UnreadGroups { .. }), "{entry:?}");
        directory.forget();
    }
    pass(Duration::from_mins(16)).await;
    let entry = groups(&directory, "tomas").await;
    assert_eq!((entry.groups, entry.missing), (vec!["office".to_owned()], vec![]));
}

#[tokio::test]
async fn a_page_with_a_gap_is_not_taken_for_the_last() {
    let openfire = GroupDirectory::default();
    (0..390)
        .for_each(|number| openfire.add(&format!("g{number:03}"), if number % 130 == 129 { &["tomas"] } else { &[] }));
    openfire.set_left_out("g007", true);
    let (_port, directory) = start(&openfire).await;
    let entry = groups(&directory, "tomas").await;
    assert_eq!((entry.groups, entry.missing), (["g129", "g259", "g389"].map(str::to_owned).to_vec(), vec![]));
}

#[tokio::test]
async fn an_account_without_values_is_unknown() {
    let openfire = GroupDirectory::default();
    let (_port, directory) = start(&openfire).await;
    assert_eq!(look_up(&directory, "tomas", ACCOUNT, None).await.account.name, "Some Body");
    openfire.set_down(true);
    let entry = look_up(&directory, "tomas", ACCOUNT, None).await;
    assert_eq!(entry.missing, [Missing { part: Part::Account, reason: Reason::NoSuchAccount }]);
}
