//! The tree of the catalogue finds what the keys of the file, compared one by one, say.

use proptest::prelude::*;

use super::super::*;
use crate::jitsi_keys::ACCOUNT_DEFAULTS;

/// Whether a text is one of a pattern, letter by letter and with every length of each placeholder.
fn is_of(pattern: &str, text: &str) -> bool {
    let Some(first) = pattern.chars().next() else { return text.is_empty() };
    if first != '<' {
        return text.strip_prefix(first).is_some_and(|rest| is_of(&pattern[first.len_utf8()..], rest));
    }
    let (hole, behind) = pattern[1..].split_once('>').unwrap();
    let ends = text.char_indices().map(|(at, letter)| at + letter.len_utf8());
    ends.map(|end| text.split_at(end)).any(|(filled, rest)| fills(hole, filled) && is_of(behind, rest))
}

fn fills(hole: &str, text: &str) -> bool {
    let is_word = |text: &str| {
        !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-')
    };
    let is_number = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    match hole {
        "acc" => text.starts_with("acc") && !text.contains('.'),
        "n" | "hash" => is_number(text),
        "id" => is_word(text),
        "room" => !text.contains('.'),
        "codec" => text.split_once('/').is_some_and(|(name, rate)| is_word(name) && is_number(rate)),
        _ => true,
    }
}

fn patterns(key: &KeyDescription) -> Vec<String> {
    let mut patterns: Vec<_> = key.protocols.iter().map(|protocol| key.under(*protocol)).collect();
    if key.protocols.is_empty() {
        patterns.push(key.name.to_owned());
    } else if !key.local && !key.name.is_empty() {
        patterns.push(format!("{ACCOUNT_DEFAULTS}{}", key.name));
        let with_defaults = key.protocols.iter().filter(|one| Protocol::PROVISIONED.contains(one));
        patterns.extend(with_defaults.map(|one| format!("{ACCOUNT_DEFAULTS}{}{}", one.in_keys(), key.name)));
    }
    patterns
}

/// A key of the file, its placeholders filled with this, and perhaps a letter changed.
fn text() -> impl Strategy<Value = String> {
    let change =
        prop::option::of((any::<prop::sample::Index>(), prop::sample::select(vec!["", ".", "x", "0", "é", "/"])));
    (
        any::<prop::sample::Index>(),
        any::<prop::sample::Index>(),
        "acc[a-z.]{0,3}|[0-9]{1,2}|[a-z.é]{1,4}|opus/48000",
        change,
    )
        .prop_map(|(key, pattern, filling, change)| {
            let patterns = patterns(key.get(CATALOGUE.keys));
            let mut text = String::new();
            let mut rest = pattern.get(&patterns).as_str();
            while let Some((literal, behind)) = rest.split_once('<') {
                let (hole, behind) = behind.split_once('>').unwrap();
                text += literal;
                text += if fills(hole, &filling) { &filling } else { "accx" };
                rest = behind;
            }
            text += rest;
            if let Some((at, letter)) = change {
                let places: Vec<_> = text.char_indices().map(|(at, letter)| at..at + letter.len_utf8()).collect();
                text.replace_range(at.get(&places).clone(), letter);
            }
            text
        })
}

proptest! {
    #[test]
    fn neighbours_do_not_matter(texts in prop::collection::vec(text(), 1..8)) {
        let mut lookup = Lookup::default();
        for text in &texts {
            let name = |found: Option<&KeyDescription>| found.map(|key| (key.name, key.area));
            prop_assert_eq!(name(lookup.describe(text)), name(describe(text)), "{}", text);
        }
    }

    #[test]
    fn what_is_found_is_what_the_file_says(text in text()) {
        let is_known = |key: &KeyDescription| patterns(key).iter().any(|pattern| is_of(pattern, &text));
        match describe(&text) {
            Some(found) => prop_assert!(is_known(found), "{text} is no {}", found.name),
            None => prop_assert!(!keys().any(is_known), "{text}"),
        }
    }
}
