use super::*;

const PLACEHOLDER: &str = "********";

fn reported(earlier: &str, new: &str) -> Vec<Change> {
    compare(&document(earlier), &document(new), PLACEHOLDER)
}

fn key(text: &str) -> Key {
    Key::new(text.to_owned(), false)
}

fn text(text: &str) -> Shown {
    Shown::Text(text.to_owned())
}

fn null(line: usize, prefix: &str) -> Removal {
    Removal { line, cause: Cause::Null { key: key(prefix) } }
}

fn enforced(line: usize, through: &str) -> Removal {
    Removal { line, cause: Cause::Enforce { through: key(through) } }
}

#[test]
fn keys_come_changed_and_stay() {
    assert_eq!(
        reported("a=1\nb=1\nc=1\nd=1", "z=1\nb=2\na=1"),
        [
            Change::Added { key: key("z"), value: text("1") },
            Change::Changed { key: key("b"), from: text("1"), to: text("2") },
            Change::Same(1),
            Change::Stays(vec![key("c"), key("d")]),
        ]
    );
    assert_eq!(reported("", ""), []);
}

#[test]
fn a_blank_is_a_change() {
    assert_eq!(
        reported("a=true", "a=true "),
        [Change::Changed { key: key("a"), from: text("true"), to: text("true ") }]
    );
}

#[test]
fn removals_name_line_and_rule() {
    let stored = "acc1=1\nacc10=1\nb=1";
    assert_eq!(
        reported(stored, "b=1\nacc1=${null}"),
        [
            Change::Removed { key: key("acc1"), by: null(2, "acc1") },
            Change::Removed { key: key("acc10"), by: null(2, "acc1") },
            Change::Same(1),
        ]
    );
    assert_eq!(
        reported(stored, "provisioning.ENFORCE_PREFIX=net.java|b|acc10"),
        [
            Change::Sweeps {
                key: key("provisioning.ENFORCE_PREFIX"),
                line: 1,
                list: Some("net.java|b|acc10".to_owned())
            },
            Change::Removed { key: key("acc1"), by: enforced(1, "acc1") },
            Change::Removed { key: key("acc10"), by: enforced(1, "acc1") },
            Change::Stays(vec![key("b")]),
        ]
    );
}

#[test]
fn what_comes_again_after_a_removal_counts_by_its_last_value() {
    assert_eq!(
        reported("acc=1\nacc.X=1\nacc.Y=1", "acc=${null}\nacc.X=2\nacc.Y=1"),
        [
            Change::Removed { key: key("acc"), by: null(1, "acc") },
            Change::Changed { key: key("acc.X"), from: text("1"), to: text("2") },
            Change::Same(1),
        ]
    );
}

#[test]
fn what_a_later_line_takes_back_is_reported() {
    assert_eq!(reported("", "ab=1\na=${null}"), [Change::Undone { key: key("ab"), line: 1, by: null(2, "a") }]);
}

#[test]
fn a_removal_that_finds_nothing_is_reported_once() {
    assert_eq!(reported("", "a=${null}"), [Change::Sweeps { key: key("a"), line: 1, list: None }]);
    assert_eq!(reported("a=${null}", "b=1\na=${null}"), [Change::Added { key: key("b"), value: text("1") }]);
    let list = "provisioning.ENFORCE_PREFIX=net.java";
    assert_eq!(reported(list, list), []);
}

#[test]
fn what_is_not_allowed_and_not_reached_is_reported() {
    assert_eq!(
        reported("a=1", "provisioning.ALLOW_PREFIX=b\na=2"),
        [Change::NotAllowed { key: key("a"), line: 2, list: 1 }]
    );
    assert_eq!(
        reported("b.PASSWORD=1", "${system}.=1\nb.PASSWORD=2\nc=1"),
        [Change::Stopped { line: 1, lost: vec![key("b.PASSWORD"), key("c")] }]
    );
}

#[test]
fn java_properties_are_compared_run_by_run() {
    assert_eq!(
        reported("${system}.x=1\n${system}.y=1\n${system}.z=1", "${system}.z=1\n${system}.y=2"),
        [
            Change::RunEnded { key: key("${system}.x") },
            Change::Changed { key: key("${system}.y"), from: text("1"), to: text("2") },
            Change::Same(1),
        ]
    );
}

#[test]
fn the_loss_of_the_client_s_own_settings_is_reported_every_time() {
    let auth = "net.java.sip.communicator.plugin.provisioning.auth";
    let removal = format!("{auth}=${{null}}");
    let lost = [
        Change::Removed { key: key(&format!("{auth}.ENCRYPTED_PASSWORD")), by: null(1, auth) },
        Change::Removed { key: key(&format!("{auth}.USERNAME")), by: null(1, auth) },
    ];
    assert_eq!(reported("", &removal), lost);
    assert_eq!(reported(&removal, &removal), lost);
}

#[test]
fn a_client_that_was_reported_to_stop_does_not_ask() {
    let off = "net.java.sip.communicator.plugin.provisioning.METHOD=NONE";
    assert_eq!(reported(off, "a=1").first(), Some(&Change::NotAsked));
    assert_eq!(
        reported("", off),
        [Change::Changed {
            key: key("net.java.sip.communicator.plugin.provisioning.METHOD"),
            from: Shown::Own,
            to: text("NONE"),
        }]
    );
}

#[test]
fn a_placeholder_is_compared_with_nothing() {
    let stored = "acc.ENCRYPTED_PASSWORD";
    assert_eq!(reported("acc.PASSWORD=hunter2", "acc.PASSWORD=********"), [Change::NotCompared { key: key(stored) }]);
    assert_eq!(reported("acc.PASSWORD=********", "acc.PASSWORD=hunter2"), [Change::NotCompared { key: key(stored) }]);
    assert_eq!(
        reported("a=1\nacc.PASSWORD=********", "a=1\nacc.PASSWORD=********"),
        [Change::NotCompared { key: key(stored) }, Change::Same(1)],
        "two placeholders may replace two different secrets"
    );
    assert_eq!(reported("", "acc.PASSWORD=********"), [Change::Added { key: key(stored), value: Shown::Hidden }]);
    assert_eq!(reported("a=hunter2", "a=x********"), [Change::NotCompared { key: key("a") }]);
}

#[test]
fn secrets_are_compared_and_not_shown() {
    assert_eq!(
        reported("a.PASSWORD=x\nproxyPassword=x", "a.PASSWORD=y\nproxyPassword=x"),
        [Change::Changed { key: key("a.ENCRYPTED_PASSWORD"), from: Shown::Hidden, to: Shown::Hidden }, Change::Same(1),]
    );
    let elsewhere = reported("a.PASSWORD=hunter2\nb=hunter2\nd=is:hunter2", "b=0\nc=hunter2\nd=1");
    assert!(!format!("{elsewhere:?}").contains("hunter2"), "{elsewhere:?}");
}
