use proptest::prelude::*;

use super::*;

/// Few keys that begin alike, so that the rules meet.
fn line() -> impl Strategy<Value = String> {
    let key = prop_oneof![
        "[ab]{1,3}",
        "[ab]{1,2}\\.PASSWORD",
        "\\$\\{system\\}\\.[ab]{0,2}",
        Just("net.java.sip.communicator.plugin.provisioning".to_owned()),
        Just("net.java.sip.communicator.UUID".to_owned()),
        Just("provisioning.ALLOW_PREFIX".to_owned()),
        Just("provisioning.ENFORCE_PREFIX".to_owned()),
        "\\PC{0,3}",
    ];
    let value = prop_oneof![Just("${null}".to_owned()), Just("********".to_owned()), "[abn|]{0,4}", "\\PC{0,4}",];
    (key, value).prop_map(|(key, value)| {
        let mut line = String::new();
        super::super::super::escape(&key, &mut line);
        line + "=" + &value.replace('\\', "")
    })
}

fn reply() -> impl Strategy<Value = Document> {
    prop::collection::vec(line(), 0..12).prop_map(|lines| document(&lines.join("\n")))
}

fn has(reply: &Document, key: &str) -> bool {
    reply.entries().any(|entry| entry.key() == key)
}

proptest! {
    #[test]
    fn what_is_removed_begins_with_what_removes_it(earlier in reply(), new in reply()) {
        let mut settings = ClientSettings::default();
        settings.apply(&earlier);
        for step in settings.apply(&new) {
            if let Effect::Removed(Removal { cause: Cause::Null { key } | Cause::Enforce { through: key }, .. }) = &step.effect {
                prop_assert!(step.key.text().starts_with(key.text()), "{:?}", step);
            }
        }
    }

    /// `ENFORCE_PREFIX` may take with a key that the first time came after it.
    #[test]
    fn a_reply_changes_nothing_the_second_time(reply in reply()) {
        prop_assume!(!has(&reply, ENFORCE_PREFIX));
        let own = |key: &Key| NEEDED_TO_ASK.contains(&key.text());
        for change in compare(&reply, &reply, "********") {
            let unchanged = match &change {
                Change::Removed { key, .. } => own(key),
                Change::Added { .. } | Change::Changed { .. } | Change::RunEnded { .. } | Change::Stays(_) => false,
                Change::NotCompared { .. } => reply.entries().any(|entry| entry.value().contains("********")),
                _ => true,
            };
            prop_assert!(unchanged, "{:?}", change);
        }
    }

    #[test]
    fn changes_lead_from_the_one_reply_to_the_other(earlier in reply(), new in reply()) {
        let mut settings = ClientSettings::default();
        settings.apply(&earlier);
        settings.start();
        let mut keys: std::collections::BTreeSet<Key> = settings.keys().collect();
        settings.apply(&new);
        for change in compare(&earlier, &new, "********") {
            match change {
                Change::Added { key, .. } if !key.text().starts_with(SYSTEM) => prop_assert!(keys.insert(key)),
                Change::Removed { key, .. } => prop_assert!(keys.remove(&key)),
                Change::Stays(stay) => prop_assert!(stay.iter().all(|key| keys.contains(key))),
                _ => {}
            }
        }
        prop_assert_eq!(keys, settings.keys().collect());
    }

    #[test]
    fn a_password_is_never_reported(password in "[x-z]{8}", reply in reply()) {
        let secret = document(&format!("q.PASSWORD={password}\nq={password}\nb=is {password}!\na.PASSWORD={password}"));
        let shown = format!("{:?} {:?}", compare(&secret, &reply, "********"), compare(&reply, &secret, "********"));
        prop_assert!(!shown.contains(&password), "{}", shown);
    }
}
