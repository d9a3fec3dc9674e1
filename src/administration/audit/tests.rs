//! What is kept, what is found, and what happens when it cannot be written.

use std::fs;
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};

use jiff::{SignedDuration, Timestamp};

use super::*;

fn now() -> Timestamp {
    "2026-07-01T12:00:00Z".parse().unwrap()
}

fn entry(actor: &str, action: Action) -> Entry {
    Entry {
        at: now(),
        actor: actor.to_owned(),
        address: Some("10.0.0.7".parse().unwrap()),
        action,
        target: "http.allowed_networks".to_owned(),
        before: "all".to_owned(),
        after: "10.0.0.0/8".to_owned(),
    }
}

async fn actors(audit: &Audit, filter: Filter) -> Vec<String> {
    let page = audit.entries(filter, None, 1000).await.unwrap();
    page.entries.into_iter().map(|recorded| recorded.entry.actor).collect()
}

#[tokio::test]
async fn entries_outlive_a_restart_and_come_newest_first() {
    let folder = tempfile::tempdir().unwrap();
    for name in ["anna", "berta", "clara"] {
        let audit = Audit::open(Some(folder.path().to_owned()));
        audit.record(entry(name, Action::SettingChanged));
        assert_eq!(actors(&audit, Filter::default()).await[0], name);
        assert_eq!(audit.problem(), None);
    }
    let audit = Audit::open(Some(folder.path().to_owned()));
    assert_eq!(actors(&audit, Filter::default()).await, ["clara", "berta", "anna"]);
    let file = folder.path().join("audit.jsonl");
    assert_eq!(file.metadata().unwrap().mode() & 0o777, 0o600);
    let text = fs::read_to_string(file).unwrap();
    let first: serde_json::Value = serde_json::from_str(text.lines().next().unwrap()).unwrap();
    assert_eq!(first["action"], "setting-changed");
    assert_eq!((&first["at"], &first["address"]), (&"2026-07-01T12:00:00Z".into(), &"10.0.0.7".into()));
}

#[tokio::test]
async fn a_filter_finds_by_actor_action_day_and_text() {
    let audit = Audit::open(None);
    let later = now() + SignedDuration::from_hours(24);
    audit.record(entry("Anna", Action::SignIn));
    audit.record(Entry { at: later, after: "moving house".to_owned(), ..entry("berta", Action::SettingChanged) });
    let all = Filter::default();
    for (filter, found) in [
        (Filter { actor: "ANN".to_owned(), ..all.clone() }, vec!["Anna"]),
        (Filter { action: Some(Action::SettingChanged), ..all.clone() }, vec!["berta"]),
        (Filter { from: Some(later), ..all.clone() }, vec!["berta"]),
        (Filter { until: Some(later), ..all.clone() }, vec!["Anna"]),
        (Filter { text: "Moving".to_owned(), ..all.clone() }, vec!["berta"]),
        (Filter { text: "10.0.0.7".to_owned(), ..all.clone() }, vec!["berta", "Anna"]),
        (Filter { text: "nowhere".to_owned(), ..all.clone() }, vec![]),
        (all, vec!["berta", "Anna"]),
    ] {
        assert_eq!(actors(&audit, filter.clone()).await, found, "{filter:?}");
    }
}

#[tokio::test]
async fn pages_follow_each_other_without_a_gap_while_entries_are_added() {
    let folder = tempfile::tempdir().unwrap();
    let audit = Audit::open(Some(folder.path().to_owned()));
    (0..25).for_each(|number| audit.record(entry(&format!("a{number}"), Action::SignIn)));
    let (mut seen, mut before) = (Vec::new(), None);
    loop {
        let page = audit.entries(Filter::default(), before, 10).await.unwrap();
        assert!(page.entries.len() <= 10);
        seen.extend(page.entries.into_iter().map(|recorded| recorded.entry.actor));
        audit.record(entry("new", Action::SignOut));
        let Some(next) = page.next else { break };
        before = Some(next);
    }
    let expected: Vec<String> = (0..25).rev().map(|number| format!("a{number}")).collect();
    assert_eq!(seen, expected);
}

#[test]
fn a_full_file_becomes_the_older_one_and_nothing_is_lost_before_that() {
    let folder = tempfile::tempdir().unwrap();
    let files = AuditFiles::with_most(folder.path().to_owned(), 2000);
    let mut newest = 0;
    for number in 0..100 {
        let recorded = entry(&format!("a{number}"), Action::SignIn).recorded(newest);
        newest = recorded.id;
        files.append(&[recorded]).unwrap();
    }
    let mut seen = Vec::new();
    files
        .newest_first(|recorded| {
            seen.push(recorded.entry.actor);
            true
        })
        .unwrap();
    let expected: Vec<String> = (0..100).rev().take(seen.len()).map(|number| format!("a{number}")).collect();
    assert_eq!(seen, expected);
    assert!(seen.len() > 10, "{}", seen.len());
    let sizes = [files.current(), files.older()].map(|path| path.metadata().unwrap().len());
    assert!(sizes.iter().all(|size| *size < 2500), "{sizes:?}");
}

#[tokio::test]
async fn a_file_of_many_blocks_is_read_whole_whatever_else_is_in_it() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("audit.jsonl");
    let mut newest = 0;
    let mut text = String::new();
    for number in 0..2000 {
        let recorded = entry(&format!("a{number}"), Action::SignIn).recorded(newest);
        newest = recorded.id;
        text.push_str(&recorded.line());
        if number % 500 == 0 {
            text.push_str("no entry\n{}\n");
            text.push_str(&"x".repeat(200_000));
            text.push('\n');
        }
    }
    // The last one was cut off by a crash.
    text.push_str("{\"id\":");
    fs::write(&file, text).unwrap();
    let audit = Audit::open(Some(folder.path().to_owned()));
    audit.record(entry("new", Action::SignOut));
    let page = audit.entries(Filter::default(), None, 5000).await.unwrap();
    assert_eq!(page.entries.len(), 2001);
    assert_eq!(page.entries[0].entry.actor, "new");
    assert_eq!(page.entries[2000].entry.actor, "a0");
}

#[tokio::test]
async fn what_cannot_be_written_is_kept_and_written_later() {
    let folder = tempfile::tempdir().unwrap();
    let state = folder.path().join("state");
    let audit = Audit::open(Some(state.clone()));
    audit.record(entry("anna", Action::SettingChanged));
    assert_eq!(actors(&audit, Filter::default()).await, ["anna"]);
    assert!(audit.problem().unwrap().contains("kept in memory"));
    fs::create_dir(&state).unwrap();
    audit.record(entry("berta", Action::SettingChanged));
    assert_eq!(actors(&audit, Filter::default()).await, ["berta", "anna"]);
    assert_eq!(audit.problem(), None);
    assert_eq!(fs::read_to_string(state.join("audit.jsonl")).unwrap().lines().count(), 2);
}

#[tokio::test]
async fn without_a_state_directory_the_last_thousand_are_kept() {
    let audit = Audit::open(None);
    for number in 0..1200 {
        audit.record(entry(&format!("a{number}"), Action::SignIn));
        audit.catch_up(LIMIT).await;
    }
    let actors = actors(&audit, Filter::default()).await;
    assert_eq!((actors.len(), &*actors[0], &*actors[999]), (1000, "a1199", "a200"));
    assert!(!audit.is_kept() && audit.problem().is_none());
}

#[tokio::test]
async fn a_flood_of_refused_attempts_does_not_push_out_the_rest() {
    let audit = Audit::open(None);
    audit.record(entry("anna", Action::SettingChanged));
    for _ in 0..500 {
        audit.record(entry("mallory", Action::SignInRefused));
        audit.catch_up(LIMIT).await;
    }
    let page = audit.entries(Filter::default(), None, 1000).await.unwrap();
    assert_eq!(page.entries.len(), 61);
    assert_eq!(page.entries[0].entry.after, "more refused attempts in this minute are only in the service's log");
    audit.record(Entry { at: now() + SignedDuration::from_mins(1), ..entry("mallory", Action::SignInRefused) });
    assert_eq!(actors(&audit, Filter::default()).await.len(), 62);
}

#[test]
fn however_many_attempts_are_refused_what_administrators_did_stays_in_the_files() {
    let folder = tempfile::tempdir().unwrap();
    let files = AuditFiles::with_most(folder.path().to_owned(), 4000);
    let mut newest = 0;
    let mut append = |actor: &str, action| {
        let recorded = entry(actor, action).recorded(newest);
        newest = recorded.id;
        files.append(&[recorded]).unwrap();
    };
    append("anna", Action::SettingChanged);
    for number in 0..500 {
        append(&format!("stranger-{number}"), Action::SignInRefused);
        if number == 250 {
            append("berta", Action::SettingGivenBack);
        }
    }
    let mut seen = Vec::new();
    files
        .newest_first(|recorded| {
            seen.push(recorded.entry.actor);
            true
        })
        .unwrap();
    assert_eq!(seen[0], "stranger-499");
    assert_eq!(seen[seen.len() - 2..], ["berta", "anna"]);
    // The newest of them are kept, as far as there is room.
    let expected: Vec<String> =
        (0..500).rev().map(|number| format!("stranger-{number}")).take(seen.len() - 2).collect();
    assert_eq!(seen[..seen.len() - 2], expected);
    assert!(seen.len() > 15, "{}", seen.len());
    let sizes = [files.current(), files.older()].map(|path| path.metadata().unwrap().len());
    assert!(sizes.iter().all(|size| *size < 4500), "{sizes:?}");
    assert!(!folder.path().join(".audit.1.jsonl.new").exists());
}

#[test]
fn entries_that_a_crash_left_in_both_files_are_there_once() {
    let folder = tempfile::tempdir().unwrap();
    let files = AuditFiles::with_most(folder.path().to_owned(), 800);
    let mut newest = 0;
    for number in 0..6 {
        let recorded = entry(&format!("a{number}"), Action::SignIn).recorded(newest);
        newest = recorded.id;
        files.append(&[recorded]).unwrap();
        if number == 4 {
            fs::copy(files.current(), files.older()).unwrap();
        }
    }
    assert_eq!(fs::read_to_string(files.current()).unwrap().lines().count(), 1);
    let mut seen = Vec::new();
    files
        .newest_first(|recorded| {
            seen.push(recorded.entry.actor);
            true
        })
        .unwrap();
    seen.dedup();
    assert_eq!(fs::read_to_string(files.older()).unwrap().matches("\"a4\"").count(), 1);
    assert_eq!(seen[..2], ["a5", "a4"]);
}

#[tokio::test]
async fn in_memory_too_refused_attempts_make_room_first() {
    let audit = Audit::open(None);
    audit.record(entry("anna", Action::SettingChanged));
    for minute in 0..20 {
        let at = now() + SignedDuration::from_mins(minute);
        (0..60).for_each(|_| audit.record(Entry { at, ..entry("mallory", Action::LinkRefused) }));
        audit.catch_up(LIMIT).await;
    }
    let actors = actors(&audit, Filter::default()).await;
    assert_eq!((actors.len(), actors.last().map(String::as_str)), (1000, Some("anna")));
}

#[tokio::test]
async fn exports_hold_what_the_filter_lets_through_and_no_formula() {
    let audit = Audit::open(None);
    let hostile = "=HYPERLINK(\"http://x\")";
    audit.record(Entry { after: hostile.to_owned(), ..entry(" @SUM(1)", Action::SignInRefused) });
    audit.record(entry("anna\r\nberta\u{202e}", Action::SettingChanged));
    let csv = audit.export(Filter::default(), Format::Csv).await.unwrap();
    let csv = String::from_utf8(csv).unwrap();
    let lines: Vec<&str> = csv.split("\r\n").collect();
    assert_eq!(lines[0], "\u{feff}id,time,actor,address,action,target,before,after");
    assert!(lines[1].contains("\"'@SUM(1)\",\"10.0.0.7\",\"sign-in-refused\""), "{csv}");
    assert!(lines[1].ends_with("\"all\",\"'=HYPERLINK(\"\"http://x\"\")\""), "{csv}");
    assert!(lines[2].contains("\"anna  berta\""), "{csv}");
    assert_eq!(lines.len(), 4);
    let filter = Filter { action: Some(Action::SettingChanged), ..Filter::default() };
    let json = String::from_utf8(audit.export(filter, Format::JsonLines).await.unwrap()).unwrap();
    let lines: Vec<serde_json::Value> = json.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(lines.len(), 1);
    assert_eq!(lines[0]["actor"], "anna  berta");
}

#[tokio::test]
async fn a_command_appends_beside_a_service_that_runs() {
    let folder = tempfile::tempdir().unwrap();
    let audit = Audit::open(Some(folder.path().to_owned()));
    audit.record(entry("anna", Action::SignIn));
    audit.catch_up(LIMIT).await;
    append_once(folder.path(), &entry("root", Action::SettingGivenBack)).unwrap();
    assert_eq!(actors(&audit, Filter::default()).await, ["root", "anna"]);
}

#[tokio::test]
async fn a_link_in_place_of_the_file_is_not_followed() {
    let folder = tempfile::tempdir().unwrap();
    let other = folder.path().join("other");
    fs::write(&other, "").unwrap();
    std::os::unix::fs::symlink(&other, folder.path().join("audit.jsonl")).unwrap();
    let audit = Audit::open(Some(folder.path().to_owned()));
    audit.record(entry("anna", Action::SignIn));
    audit.catch_up(LIMIT).await;
    assert!(audit.problem().is_some());
    assert_eq!(fs::read_to_string(other).unwrap(), "");
}

#[tokio::test]
async fn a_file_that_was_open_to_others_is_closed() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("audit.jsonl");
    fs::write(&file, "").unwrap();
    fs::set_permissions(&file, fs::Permissions::from_mode(0o644)).unwrap();
    append_once(folder.path(), &entry("root", Action::LinkMade)).unwrap();
    assert_eq!(file.metadata().unwrap().mode() & 0o777, 0o600);
}

#[test]
fn every_action_has_its_word() {
    for action in Action::ALL {
        assert_eq!(Action::named(action.name()), Some(action));
        assert_eq!(serde_json::to_value(action).unwrap(), action.name());
    }
}
