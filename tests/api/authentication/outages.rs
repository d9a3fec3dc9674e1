//! Short outages of the user store of a real Openfire; `scripts/outages.sh` runs longer ones.

use std::path::{Path, PathBuf};
use std::time::Duration;

use outages::crowd::Addresses;
use outages::kind::{Kind, Store};
use outages::plan::Plan;
use outages::trial::{Setup, Trial};

const PLAN: Plan = Plan {
    outages: 2,
    shortest: Duration::from_millis(300),
    longest: Duration::from_secs(2),
    gap: (Duration::from_millis(200), Duration::from_secs(1)),
    seed: 10,
};

/// Has outages of these kinds come and go on one site, and fails when too many right passwords were refused.
async fn assert_goals(store: Store, kinds: &[Kind], name: &str) {
    // It is kept, with the logs, to find the cause of a failure.
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("outages").join(name);
    let program = PathBuf::from(env!("CARGO_BIN_EXE_openfire-provisioner"));
    let setup = Setup { program, clients: 12, addresses: Addresses::One, folder: folder.clone() };
    let mut trial = Trial::start(store, &setup).await.unwrap_or_else(|error| panic!("{error:#}"));
    for kind in kinds {
        let ledger = trial.run(*kind, &PLAN, |_| {}).await.unwrap_or_else(|error| panic!("{error:#}"));
        let answers: usize = ledger.records.iter().flat_map(|record| &record.heard).map(|h| h.tally.right.reply).sum();
        assert!(answers > 0, "no client was let in between the outages, so nothing was tried");
        assert_eq!(ledger.harm(), Vec::<String>::new(), "{}\nlogs: {}", ledger.notes(), folder.display());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn outages_of_the_database_cost_no_right_password() {
    assert_goals(Store::Database, &[Kind::DatabaseGone], "database").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn outages_of_the_directory_cost_no_right_password() {
    let kinds = [Kind::LdapDown, Kind::LdapStalledAndCut, Kind::ServiceBindRefused, Kind::LdapResets];
    assert_goals(Store::Directory, &kinds, "directory").await;
}
