//! What needs attention, and that it does not come and go.

use super::*;
use crate::administration::overview::SettingsState;
use crate::settings::Paused;

const DAY: i64 = 24 * 60 * 60;

/// A time, in seconds after a beginning.
fn at(second: i64) -> Timestamp {
    Timestamp::from_second(1_776_000_000 + second).unwrap()
}

fn ids(notices: &[Notice]) -> Vec<&'static str> {
    notices.iter().map(|notice| notice.concern.id()).collect()
}

/// What needs attention first.
fn once(change: impl FnOnce(&mut Snapshot)) -> Vec<&'static str> {
    let mut snapshot = Snapshot::calm(at(0));
    change(&mut snapshot);
    ids(&Attention::default().observe(&snapshot))
}

fn lately(provisioned: u32, refused: u32, failed: u32) -> Snapshot {
    let mut snapshot = Snapshot::calm(at(0));
    snapshot.requests.lately = Counts { provisioned, refused, failed };
    snapshot
}

#[test]
fn a_calm_service_needs_nothing() {
    assert_eq!(once(|_| {}), [""; 0]);
    assert_eq!(once(|snapshot| snapshot.component.link = LinkState::Connecting), [""; 0]);
}

#[test]
fn everything_that_is_wrong_is_named_the_gravest_first() {
    let all = once(|snapshot| {
        snapshot.settings = SettingsState { problem: Some("damaged".to_owned()), ..SettingsState::default() };
        snapshot.policy.failure = Some("a mistake".to_owned());
        snapshot.policy.certificate = Some("no key".to_owned());
        snapshot.policy.unread = vec!["crm".to_owned()];
        snapshot.policy.stale = vec!["old".to_owned()];
        snapshot.component.link = LinkState::Down { since: at(-9), reason: "gone".to_owned(), attempts: 2 };
        snapshot.requests.lost = 1;
    });
    assert_eq!(
        all,
        [
            "component-down",
            "reload-failed",
            "certificate-not-reloaded",
            "data-unread",
            "data-stale",
            "settings-damaged",
            "records-lost",
            "settings-fixed"
        ]
    );
}

#[test]
fn a_doubt_stands_for_the_logins_without_a_decision_and_asks_for_a_reference_account() {
    let down = || Some("all refused".to_owned());
    assert_eq!(once(|snapshot| snapshot.undecided = down()), ["undecided"]);
    assert_eq!(once(|snapshot| (snapshot.undecided, snapshot.doubt) = (down(), down())), ["in-doubt"]);
    let alone = once(|snapshot| (snapshot.doubt, snapshot.has_reference) = (down(), false));
    assert_eq!(alone, ["in-doubt", "no-reference"]);
    assert_eq!(once(|snapshot| snapshot.has_reference = false), [""; 0]);
}

#[test]
fn a_notice_stands_since_it_was_seen_or_since_it_is_known_to_stand() {
    let attention = Attention::default();
    let look = |second, failure: bool| {
        let mut snapshot = Snapshot::calm(at(second));
        snapshot.policy.failure = failure.then(|| format!("mistake {second}"));
        let paused = Paused { since: at(-100), by: "ben".to_owned(), reason: String::new() };
        snapshot.settings.paused = Some(paused);
        attention.observe(&snapshot).into_iter().map(|notice| (notice.concern.id(), notice.since)).collect::<Vec<_>>()
    };
    assert_eq!(look(0, true), [("reload-failed", at(0)), ("paused", at(-100))]);
    assert_eq!(look(5, true), [("reload-failed", at(0)), ("paused", at(-100))]);
    assert_eq!(look(10, false), [("paused", at(-100))]);
    assert_eq!(look(15, true), [("reload-failed", at(15)), ("paused", at(-100))]);
}

#[test]
fn a_certificate_needs_attention_14_days_before_its_end_and_until_it_is_renewed() {
    let attention = Attention::default();
    let look = |own: i64, of_openfire: i64| {
        let mut snapshot = Snapshot::calm(at(0));
        snapshot.policy.certificate_ends = Some(at(own));
        snapshot.openfire.certificate_ends = Some(at(of_openfire));
        let notices = attention.observe(&snapshot);
        notices.iter().map(|notice| (notice.concern.id(), notice.concern.severity())).collect::<Vec<_>>()
    };
    assert_eq!(look(15 * DAY, 90 * DAY), []);
    assert_eq!(look(15 * DAY - 1, 90 * DAY), [("own-certificate", Severity::Warning)]);
    assert_eq!(look(16 * DAY - 1, 90 * DAY), [("own-certificate", Severity::Warning)], "no coming and going");
    assert_eq!(look(16 * DAY, 0), [("openfire-certificate", Severity::Warning)], "a last second");
    assert_eq!(
        look(14 * DAY, -1),
        [("openfire-certificate", Severity::Problem), ("own-certificate", Severity::Warning)]
    );
    assert_eq!(look(90 * DAY, 90 * DAY), []);
}

#[test]
fn many_refusals_are_twenty_and_a_half_and_end_below_ten_or_a_quarter() {
    let attention = Attention::default();
    let look = |provisioned, refused| ids(&attention.observe(&lately(provisioned, refused, 0)));
    assert_eq!(look(0, 19), [""; 0]);
    assert_eq!(look(21, 20), [""; 0], "of a busy morning");
    assert_eq!(look(20, 20), ["many-refused"]);
    assert_eq!(look(0, 10), ["many-refused"]);
    assert_eq!(look(0, 9), [""; 0]);
    assert_eq!(look(0, 19), [""; 0]);
    assert_eq!(look(0, 20), ["many-refused"]);
    assert_eq!(look(60, 20), ["many-refused"]);
    assert_eq!(look(61, 20), [""; 0]);
}

#[test]
fn what_a_pause_refuses_is_not_many_refusals_even_shortly_afterwards() {
    let attention = Attention::default();
    let look = |second, is_paused: bool| {
        let mut snapshot = Snapshot { at: at(second), ..lately(0, 50, 0) };
        let paused = Paused { since: at(0), by: "ben".to_owned(), reason: String::new() };
        snapshot.settings.paused = is_paused.then_some(paused);
        ids(&attention.observe(&snapshot))
    };
    assert_eq!(look(0, true), ["paused"]);
    assert_eq!(look(600, false), [""; 0]);
    assert_eq!(look(601, false), ["many-refused"]);
}

#[test]
fn many_failures_are_five_and_a_tenth_and_end_below_two() {
    let attention = Attention::default();
    let look = |provisioned, failed| ids(&attention.observe(&lately(provisioned, 0, failed)));
    assert_eq!(look(0, 4), [""; 0]);
    assert_eq!(look(46, 5), [""; 0]);
    assert_eq!(look(45, 5), ["many-failed"]);
    assert_eq!(look(1000, 2), ["many-failed"]);
    assert_eq!(look(0, 1), [""; 0]);
}

#[test]
fn lost_records_need_attention_for_an_hour() {
    let attention = Attention::default();
    let look = |second, lost| {
        let mut snapshot = Snapshot::calm(at(second));
        snapshot.requests.lost = lost;
        ids(&attention.observe(&snapshot))
    };
    assert_eq!(look(0, 3), ["records-lost"]);
    assert_eq!(look(3599, 3), ["records-lost"]);
    assert_eq!(look(3600, 3), [""; 0]);
    assert_eq!(look(3700, 4), ["records-lost"]);
}

#[test]
fn every_concern_has_an_id_of_its_own_and_samples_of_each() {
    let samples = Concern::samples();
    let mut ids: Vec<_> = samples.iter().map(Concern::id).collect();
    ids.dedup();
    let all: std::collections::BTreeSet<_> = ids.iter().copied().collect();
    assert_eq!((all.len(), ids.len()), (16, 16));
    assert!(samples.iter().filter_map(Concern::page).all(|page| page.starts_with("/admin/")));
}
