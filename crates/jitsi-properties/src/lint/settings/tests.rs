//! What the maps say is what a walk through the text says.

use proptest::prelude::*;

use super::*;
use crate::jitsi_keys::{ACCOUNT_STATE, SYSTEM};
use crate::parse;

/// Keys that begin alike in many ways, of accounts, of parts of the client and of none.
fn key() -> impl Strategy<Value = String> {
    let beginning = prop::sample::select(vec![
        "",
        CLIENT,
        PROTOCOLS,
        ACCOUNT_DEFAULTS,
        ACCOUNT_STATE,
        SYSTEM,
        "net.java.sip.communicator.impl.protocol.jabber.",
        "net.java.sip.communicator.impl.protocol.sip.",
        "net.java.sip.communicator.impl.gui.",
        "net.java.sip.communicator.impl.",
        "net.java.",
    ]);
    (beginning, "(acc[ab]?|impl|gui|x)?(\\.|\\.a|\\.acca|\\.gui|\\.x){0,3}")
        .prop_map(|(beginning, rest)| beginning.to_owned() + &rest)
}

fn text() -> impl Strategy<Value = String> {
    let line = (key(), "=|=1|=acca|=acca\\.x|= \\$\\{null\\}|").prop_map(|(key, value)| key + &value + "\n");
    prop::collection::vec(line, 0..12).prop_map(|lines| lines.concat())
}

fn lines<'a>(entries: impl Iterator<Item = Entry<'a>>) -> Vec<usize> {
    entries.map(|entry| entry.line()).collect()
}

proptest! {
    #[test]
    fn entries_below_are_those_that_begin_so(text in text(), beginning in key()) {
        let document = parse(&text).unwrap();
        let settings = Settings::new(&document);
        let expected = document.entries().filter(|entry| !entry.is_bare() && entry.key().starts_with(&*beginning));
        prop_assert_eq!(lines(settings.below(&beginning)), lines(expected), "{}", beginning);
    }

    #[test]
    fn of_a_key_the_last_line_counts(text in text(), key in key()) {
        let document = parse(&text).unwrap();
        let last = document.entries().filter(|entry| !entry.is_bare() && entry.key() == key).last();
        let found = Settings::new(&document).entry(&key).map(|entry| entry.line());
        prop_assert_eq!(found, last.map(|entry| entry.line()));
    }

    #[test]
    fn an_account_has_the_lines_below_it(text in text()) {
        let document = parse(&text).unwrap();
        let settings = Settings::new(&document);
        for account in &settings.accounts {
            let node = format!("{}{}", account.protocol.tree(), account.id);
            let is_below = |entry: &Entry<'_>| {
                let rest = entry.key().strip_prefix(account.protocol.tree());
                !entry.is_bare() && entry.key().starts_with(&format!("{node}.")) && rest != Some(entry.value())
            };
            let expected = document.entries().filter(is_below);
            prop_assert_eq!(lines(account.settings.iter().map(|(_, entry)| *entry)), lines(expected), "{}", node);
            for (name, _) in &account.settings {
                let last = account.settings.iter().rfind(|(other, _)| other == name).map(|(_, entry)| entry.line());
                prop_assert_eq!(account.entry(name).map(|entry| entry.line()), last);
            }
        }
    }
}
