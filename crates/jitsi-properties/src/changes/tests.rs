//! Each rule of the client, with the place in its source (master branch; Jitsi 2.10 does the same): PSI is
//! `ProvisioningServiceImpl.java`, JCS `JdbcConfigService.java`, CSS `CredentialsStorageServiceImpl.java`.

mod compare;
mod held;
mod laws;

use super::super::parse;
use super::*;

fn document(text: &str) -> Document {
    parse(text).unwrap()
}

/// The settings that replies leave behind, one after the other, without the client's own: `key=value` in their order.
fn left(replies: &[&str]) -> Vec<String> {
    let mut settings = ClientSettings::default();
    for reply in replies {
        settings.apply(&document(reply));
    }
    let known = settings.stored.iter().filter_map(|(key, setting)| Some((key, setting.text.as_ref()?)));
    known.map(|(key, text)| format!("{key}={}", text.as_str())).collect()
}

/// Which of the client's own settings a reply leaves, by the ends of their keys.
fn own(reply: &str) -> Vec<String> {
    let mut settings = ClientSettings::default();
    settings.apply(&document(reply));
    let own = settings.stored.iter().filter(|(_, setting)| setting.text.is_none());
    own.map(|(key, _)| key.trim_start_matches("net.java.sip.communicator.").to_owned()).collect()
}

/// PSI:591-597 with `OrderedProperties`, a `LinkedHashMap`.
#[test]
fn a_key_that_stands_twice_has_its_first_place_and_its_last_value() {
    let mut client = ClientSettings::default();
    let steps = client.apply(&document("a=1\nb=2\na=3"));
    let order: Vec<(String, usize)> = steps.iter().map(|step| (step.key.to_string(), step.line)).collect();
    assert_eq!(order, [("a".to_owned(), 3), ("b".to_owned(), 2)]);
    assert_eq!(left(&["a=1\nab=2\na=${null}"]), ["ab=2"], "the removal is in the place of the first line");
}

/// PSI:602-604.
#[test]
fn a_key_of_blanks_is_passed_over() {
    assert_eq!(left(&["=x\n\\ \\t=y\na=1"]), ["a=1"]);
}

/// PSI:606-624, 654-674.
#[test]
fn allow_prefix_counts_for_the_lines_after_it() {
    assert_eq!(left(&["x=1\nprovisioning.ALLOW_PREFIX=a|b.\na=1\nab=2\nb=3\nb.c=4"]), ["a=1", "ab=2", "b.c=4", "x=1"]);
    assert_eq!(left(&["provisioning.ALLOW_PREFIX=a\nx=1\nprovisioning.ALLOW_PREFIX=x\na=1"]), ["x=1"]);
    assert_eq!(left(&["provisioning.ALLOW_PREFIX=a", "x=1"]), ["x=1"], "it ends with its reply");
    for all in ["", "|", "|a", "a||b"] {
        assert_eq!(left(&[&format!("provisioning.ALLOW_PREFIX={all}\nx=1")]), ["x=1"], "{all:?}");
    }
}

/// PSI:621-626: removals and Java properties are asked for too, `ENFORCE_PREFIX` is not.
#[test]
fn allow_prefix_counts_for_every_kind_of_line_but_the_other_list() {
    assert_eq!(left(&["x=1", "provisioning.ALLOW_PREFIX=a\nx=${null}"]), ["x=1"]);
    assert_eq!(left(&["provisioning.ALLOW_PREFIX=a\n${system}.=x\na=1"]), ["a=1"]);
    assert_eq!(left(&["x=1", "provisioning.ALLOW_PREFIX=a\nprovisioning.ENFORCE_PREFIX=net"]), [""; 0]);
}

/// PSI:725-761, at its place in the order; JCS:380-389 for the keys that go with one.
#[test]
fn enforce_prefix_removes_what_is_stored_when_its_turn_comes() {
    assert_eq!(left(&["old=1", "a=1\nx=1\nprovisioning.ENFORCE_PREFIX=net|a\ny=1"]), ["a=1", "y=1"]);
    assert_eq!(left(&["a=1", "provisioning.ENFORCE_PREFIX=|"]), [""; 0]);
    assert_eq!(left(&["a=1", "provisioning.ENFORCE_PREFIX="]), ["a=1"]);
    assert_eq!(left(&["a=1", "provisioning.ENFORCE_PREFIX=|x"]), ["a=1"]);
    assert_eq!(left(&["acc1=1\nacc1.X=1", "provisioning.ENFORCE_PREFIX=acc1."]), [""; 0], "`acc1` takes both");
}

/// Facts 2.7: without its own keys the client loses how it asks for settings.
#[test]
fn enforce_prefix_takes_the_client_s_own_settings_too() {
    assert_eq!(own("provisioning.ENFORCE_PREFIX=a"), [""; 0]);
    assert_eq!(own("provisioning.ENFORCE_PREFIX=net.java.sip.communicator.UUID|impl"), ["UUID"]);
    assert_eq!(
        own("provisioning.ENFORCE_PREFIX=net.java.sip.communicator.plugin.provisioning.auth"),
        ["plugin.provisioning.auth.ENCRYPTED_PASSWORD", "plugin.provisioning.auth.USERNAME",]
    );
    assert_eq!(own("provisioning.ENFORCE_PREFIX=net.java").len(), 5);
    assert_eq!(own("net.java.sip.communicator.plugin.provisioning.auth=${null}").len(), 3);
}

/// PSI:687-690, JCS:380-389, 430-466: `LIKE 'key%'`, then `startsWith`, so `_` matches only itself.
#[test]
fn a_removal_takes_every_key_that_begins_so() {
    let stored = "acc1=1\nacc1.X=1\nacc10=1\nac=1";
    assert_eq!(left(&[stored, "acc1=${null}"]), ["ac=1"]);
    assert_eq!(left(&[stored, "acc1.=${null}"]), ["ac=1", "acc1=1", "acc10=1"]);
    assert_eq!(left(&["a_b=1\naxb=1", "a_b=${null}"]), ["axb=1"]);
    assert_eq!(left(&["A=1\na=1", "a=${null}"]), ["A=1"]);
}

/// PSI:687 compares the whole value; facts 2.7.
#[test]
fn a_removal_is_spelt_exactly() {
    assert_eq!(left(&["a=1", "a=${null} "]), ["a=${null} "]);
    assert_eq!(left(&["a=1", "a=${NULL}"]), ["a=${NULL}"]);
    assert_eq!(left(&["a=1", "a=\\${null}"]), [""; 0]);
}

/// PSI:691-702, CSS:124-146, 530-535.
#[test]
fn a_password_is_kept_under_another_key() {
    assert_eq!(left(&["acc.PASSWORD= \\ x "]), ["acc.ENCRYPTED_PASSWORD= x "]);
    assert_eq!(left(&["acc.PASSWORD="]), ["acc.ENCRYPTED_PASSWORD="]);
    assert_eq!(left(&["PASSWORD=x\nacc.password=y\naccPASSWORD=z"]), ["PASSWORD=x", "acc.password=y", "accPASSWORD=z"]);
}

/// PSI:687 comes before 691, and the key that it removes is not the one of CSS:533.
#[test]
fn a_password_is_not_removed_by_its_own_key() {
    assert_eq!(left(&["acc.PASSWORD=x", "acc.PASSWORD=${null}"]), ["acc.ENCRYPTED_PASSWORD=x"]);
    assert_eq!(left(&["acc.PASSWORD=x", "acc.ENCRYPTED_PASSWORD=${null}"]), [""; 0]);
    assert_eq!(left(&["acc.PASSWORD=x", "acc=${null}"]), [""; 0]);
}

/// PSI:703-708; JCS:250-264 for a key that is the name of a Java property.
#[test]
fn java_properties_are_not_stored() {
    assert_eq!(left(&["${system}.x=1\na=1"]), ["a=1"]);
    assert_eq!(left(&["x=1\n${system}.x=2\nx=3"]), ["x=3"], "a key that is set twice keeps the first position");
    assert_eq!(left(&["${system}.x=1\nx=2"]), [""; 0]);
    assert_eq!(left(&["${system}.x=1", "x=2"]), ["x=2"], "a new run does not have it");
    assert_eq!(left(&["user.home=/home/x"]), [""; 0]);
    assert_eq!(left(&["x=1\nxy=1", "${system}.xy=1\nx=${null}"]), ["xy=1"], "the Java property goes in its stead");
    assert_eq!(left(&["x=1", "${system}.x=1\nx=${null}"]), [""; 0], "JCS:388 removes once more");
}

/// PSI:705-707: `System.setProperty("", …)` throws what PSI:642 does not catch; facts 2.11.
#[test]
fn a_java_property_without_name_stops_the_client() {
    assert_eq!(left(&["b=0", "a=1\n${system}.=x\nb=2\nprovisioning.ENFORCE_PREFIX=|"]), ["a=1", "b=0"]);
    assert_eq!(left(&["a=1\n${system}.=${null}\nb=2"]), ["a=1", "b=2"]);
}

/// PSI:122-135, 159-160; PA:137-144 (`ProvisioningActivator.java`).
#[test]
fn a_client_asks_as_long_as_it_has_a_method() {
    let asks = |reply: &str| {
        let mut settings = ClientSettings::default();
        settings.apply(&document(reply));
        settings.asks()
    };
    let method = "net.java.sip.communicator.plugin.provisioning.METHOD";
    assert!(asks("a=1"));
    assert!(asks(&format!("{method}=Manual")));
    for off in ["NONE", " NONE ", "", "${null}"] {
        assert!(!asks(&format!("{method}={off}")), "{off:?}");
    }
    assert!(!asks("provisioning.ENFORCE_PREFIX=a"));
}

#[test]
fn debug_shows_neither_values_nor_keys_that_may_hold_one() {
    let mut settings = ClientSettings::default();
    let steps = settings.apply(&document("a=hunter1\nb.PASSWORD=hunter2\nc.PASSWORDhunter3\nd=${null}\n"));
    let shown = format!("{settings:?} {steps:?}");
    assert!(shown.contains("b.ENCRYPTED_PASSWORD") && !shown.contains("hunter"), "{shown}");
}
