//! The forms that secrets have in texts, and where a text contains one.

use std::borrow::Borrow;
use std::cmp::Ordering;
use std::collections::BTreeMap;
use std::ops::Bound;

use zeroize::Zeroizing;

use super::{HIDDEN, PASSWORD_PLACEHOLDER, SHORTEST_HIDDEN, holds_mark};

/// The texts to look for, and for each the secret that it is a form of.
#[derive(Clone, Default)]
pub(super) struct Forms(BTreeMap<Wiped, Wiped>);

/// A text that is wiped when it is dropped.
#[derive(Clone)]
struct Wiped(Zeroizing<String>);

impl Forms {
    /// Adds the forms that a secret may have in another text.
    pub(super) fn learn(&mut self, secret: &str) {
        let is_common = ["true", "false", HIDDEN, PASSWORD_PLACEHOLDER].contains(&secret);
        let is_expression = secret.starts_with("${") || secret.starts_with("{{");
        if secret.chars().count() < SHORTEST_HIDDEN || is_common || is_expression || holds_mark(secret) {
            return;
        }
        let encoded = percent_encoded(secret);
        for form in [secret.to_owned(), encoded.replace("%20", "+"), encoded] {
            self.0.entry(Wiped(form.into())).or_insert_with(|| Wiped(secret.to_owned().into()));
        }
    }

    /// The longest form that `text` begins with, and its secret.
    ///
    /// Of the forms up to `text` in their order the last one is it, or shares a beginning with it in which to go on.
    pub(super) fn at_start_of(&self, mut text: &str) -> Option<(&str, &str)> {
        loop {
            let until = (Bound::Unbounded, Bound::Included(text));
            let (form, secret) = self.0.range::<str, _>(until).next_back()?;
            let (form, secret) = (form.0.as_str(), secret.0.as_str());
            if text.starts_with(form) {
                return Some((form, secret));
            }
            let shared = form.bytes().zip(text.bytes()).take_while(|(one, other)| one == other).count();
            text = text.get(..text.floor_char_boundary(shared)).filter(|shared| !shared.is_empty())?;
        }
    }

    pub(super) fn are_in(&self, text: &str) -> bool {
        !self.0.is_empty()
            && text.char_indices().any(|(at, _)| text.get(at..).and_then(|rest| self.at_start_of(rest)).is_some())
    }

    pub(super) fn has_secret(&self, secret: &str) -> bool {
        self.0.values().any(|known| known.0.as_str() == secret)
    }
}

impl Borrow<str> for Wiped {
    fn borrow(&self) -> &str {
        &self.0
    }
}

impl PartialEq for Wiped {
    fn eq(&self, other: &Self) -> bool {
        *self.0 == *other.0
    }
}

impl Eq for Wiped {}

impl PartialOrd for Wiped {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Wiped {
    fn cmp(&self, other: &Self) -> Ordering {
        self.0.as_str().cmp(other.0.as_str())
    }
}

/// As in an address (RFC 3986 section 2.3).
fn percent_encoded(text: &str) -> String {
    text.bytes().fold(String::with_capacity(text.len()), |encoded, byte| match byte {
        b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => {
            encoded + char::from(byte).encode_utf8(&mut [0; 4])
        }
        _ => encoded + &format!("%{byte:02X}"),
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_longest_form_is_found() {
        let mut forms = Forms::default();
        for secret in ["abcd", "abcdefgh", "abcdex", "zzzz"] {
            forms.learn(secret);
        }
        let found = |text: &str| forms.at_start_of(text).map(|(form, _)| form.to_owned());
        assert_eq!(found("abcdefghi").as_deref(), Some("abcdefgh"));
        assert_eq!(found("abcdefg").as_deref(), Some("abcd"));
        assert_eq!(found("abcdezz").as_deref(), Some("abcd"));
        assert_eq!(found("abc"), None);
        assert_eq!(found("bcde"), None);
    }

    proptest! {
        #[test]
        fn forms_are_found_where_a_plain_search_finds_them(
            secrets in prop::collection::vec("[abä]{4,7}", 0..6),
            text in "[abä]{0,12}",
        ) {
            let mut forms = Forms::default();
            for secret in &secrets {
                forms.learn(secret);
            }
            let expected = forms.0.keys().map(|form| form.0.as_str()).filter(|form| text.starts_with(form));
            let found = forms.at_start_of(&text).map(|(form, _)| form);
            prop_assert_eq!(found, expected.max_by_key(|form| form.len()));
        }
    }
}
