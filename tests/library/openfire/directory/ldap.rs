//! What a component learns from an Openfire 4.2 with LDAP, while the directory is down and afterwards.

use std::time::Duration;

use openfire_provisioner::model::account::{Part, PartSet, Reason};
use test_servers::openfire::{Openfire, OpenfireOptions, admin_component_name};
use test_servers::slapd::Slapd;

use super::setup::{directory, look_up, named_groups, openfire_component, pass};

const GROUPS: PartSet = PartSet { groups: true, ..PartSet::NOTHING };
/// Longer than the pause after a reading that left a doubt.
const SOON: Duration = Duration::from_secs(11);
/// Longer than a reading counts.
const TOO_OLD: Duration = Duration::from_mins(2);

/// Openfire keeps an empty list of groups for 15 minutes, but not for pages of another size.
#[tokio::test]
async fn nothing_that_is_read_while_the_directory_is_down_is_taken_for_empty() {
    let slapd = Slapd::start().await;
    let openfire = Openfire::start(OpenfireOptions::default().ldap(&slapd)).await;
    let directory = directory(openfire_component(&admin_component_name(), &openfire).await, "");
    directory.expect_groups(&named_groups(&["support"]));
    let stopped = slapd.stop().await;
    let wanted = GROUPS.with(Part::Account).with(Part::Vcard);
    let entry = look_up(&directory, "tomas.novak", wanted, None).await;
    let missing: Vec<_> = entry.missing.iter().map(|missing| (missing.part, missing.reason.clone())).collect();
    assert_eq!(
        missing,
        [
            (Part::Vcard, Reason::TimedOut),
            (Part::Account, Reason::NoSuchAccount),
            (Part::Groups, Reason::NoGroups { before: None })
        ]
    );

    let slapd = stopped.start().await;
    pass(SOON).await;
    let entry = look_up(&directory, "tomas.novak", wanted, None).await;
    assert_eq!((entry.groups, entry.missing), (vec!["support".to_owned()], vec![]));
    assert_eq!((&*entry.account.name, &*entry.profile.full_name), ("Tomáš Novák", "Tomáš Novák"));
    let entry = look_up(&directory, "anna.berger", wanted, None).await;
    assert_eq!((entry.groups, entry.missing), (vec![], vec![]));
    drop(slapd);
}

#[tokio::test]
async fn a_directory_that_goes_down_later_leaves_what_was_read_before_and_then_nothing_known() {
    let slapd = Slapd::start().await;
    // As if Openfire's caches had been filled 15 minutes before.
    let options = OpenfireOptions::default().ldap(&slapd);
    let options = options.property("cache.groupMeta.maxLifetime", "1").property("cache.group.maxLifetime", "1");
    let openfire = Openfire::start(options).await;
    let directory = directory(openfire_component(&admin_component_name(), &openfire).await, "");
    directory.expect_groups(&named_groups(&["support"]));
    assert_eq!(look_up(&directory, "tomas.novak", GROUPS, None).await.groups, ["support"]);

    let stopped = slapd.stop().await;
    pass(TOO_OLD / 2).await;
    let entry = look_up(&directory, "tomas.novak", GROUPS, None).await;
    assert_eq!((entry.groups, entry.missing), (vec!["support".to_owned()], vec![]));
    pass(TOO_OLD).await;
    let entry = look_up(&directory, "tomas.novak", GROUPS, None).await;
    assert!(matches!(entry.missing[0].reason, Reason::NoGroups { before: Some((2, _)) }), "{entry:?}");

    let slapd = stopped.start().await;
    pass(SOON).await;
    let entry = look_up(&directory, "tomas.novak", GROUPS, None).await;
    assert_eq!((entry.groups, entry.missing), (vec!["support".to_owned()], vec![]));
    drop(slapd);
}
