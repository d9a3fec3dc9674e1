//! The comparison of two replies never panics, leads from the keys of the one to those of the other, and shows no password.

#![no_main]

use std::collections::BTreeSet;

use jitsi_properties::changes::{Change, ClientSettings, Key, compare};
use jitsi_properties::{Document, PASSWORD_PLACEHOLDER, parse};
use libfuzzer_sys::fuzz_target;

/// A password that is in no key by chance.
const PASSWORD: &str = "q9Zk2vXw7";

fn keys(replies: &[&Document]) -> BTreeSet<Key> {
    let mut settings = ClientSettings::default();
    for reply in replies {
        settings.apply(reply);
    }
    settings.keys().collect()
}

fuzz_target!(|input: (&str, &str, bool)| {
    let (earlier, new, has_password) = input;
    let with_password = |text: &str| match has_password {
        true => format!("q.PASSWORD={PASSWORD}\nq.DISPLAY_NAME={PASSWORD}\n{text}"),
        false => text.to_owned(),
    };
    let (Ok(earlier), Ok(new)) = (parse(&with_password(earlier)), parse(new)) else { return };
    // The key of a line without `=` may hold a value, so it is not shown: it cannot be compared with the same key elsewhere.
    // Other keys are shown, whatever they are.
    if earlier.entries().chain(new.entries()).any(|entry| entry.is_bare() || entry.key().contains(PASSWORD)) {
        return;
    }
    let (mut led, after) = (keys(&[&earlier]), keys(&[&earlier, &new]));
    // What a client needs to ask again, its next start sets.
    led.extend(keys(&[]));
    let changes = compare(&earlier, &new, PASSWORD_PLACEHOLDER);
    assert!(!has_password || !format!("{changes:?}").contains(PASSWORD), "a password is shown");
    for change in changes {
        match change {
            // Java properties that are set for one run are not stored.
            Change::Added { key, .. } if after.contains(&key) => assert!(led.insert(key), "added twice"),
            Change::Removed { key, .. } => assert!(led.remove(&key), "removed, but not there"),
            _ => {}
        }
    }
    assert_eq!(led, after);
});
