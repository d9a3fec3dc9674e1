//! Takes secrets out of what is shown, and leaves marks that show whether two of them are equal.
//!
//! 1. Secrets are collected: those that the site names, and the values under secret keys.
//! 2. A value under a secret key is hidden whole. In other texts each known secret is replaced, also inside a longer text
//!    or percent-encoded, except secrets shorter than [`SHORTEST_HIDDEN`] characters: they would be found everywhere.
//! 3. In its place comes a mark, `***1a2b3c4d***`. Equal secrets have equal marks. A mark does not show the length of the
//!    secret; with a keyed hash, a guess cannot be checked without the key.

mod forms;

use std::fmt;
use std::sync::Arc;

use self::forms::Forms;
use crate::document::{Document, Entry, EntrySpan};
use crate::secret_names::end_of_sign;
use crate::secrets::in_address;

/// Length of the shortest secret that is looked for in other texts, in characters.
pub const SHORTEST_HIDDEN: usize = 4;

/// Around the digits of a mark. Fewer in a row than the placeholder for a user's password has.
const STARS: &str = "***";

/// Shown for a user's password where there is none, as in a preview: eight asterisks.
pub const PASSWORD_PLACEHOLDER: &str = "********";

/// Hexadecimal digits of a mark.
const DIGITS: usize = 8;

/// Replaces a secret where there is no hash.
const HIDDEN: &str = "[hidden]";

/// Makes the digits of a mark out of a secret.
type Hash = Arc<dyn Fn(&str) -> [u8; DIGITS / 2] + Send + Sync>;

/// Hides the secrets that it knows. `Debug` shows none.
#[derive(Clone, Default)]
pub struct Hiding {
    hash: Option<Hash>,
    /// Secrets that are hidden first, also inside others, so that these get the same marks whether or not they hold one.
    named: Forms,
    /// Secrets that were found.
    found: Forms,
}

impl Hiding {
    /// Makes marks with `hash`, which should be keyed: otherwise a mark lets readers check guesses of a short secret.
    ///
    /// Without a hash ([`Hiding::default`]) every secret becomes `[hidden]`.
    #[must_use]
    pub fn new(hash: impl Fn(&str) -> [u8; DIGITS / 2] + Send + Sync + 'static) -> Self {
        Self { hash: Some(Arc::new(hash)), ..Self::default() }
    }

    /// The mark that replaces `secret`.
    #[must_use]
    pub fn mark(&self, secret: &str) -> String {
        let Some(hash) = &self.hash else { return HIDDEN.to_owned() };
        format!("{STARS}{:0DIGITS$x}{STARS}", u32::from_be_bytes(hash(secret)))
    }

    /// Learns a secret that the site names as one.
    pub fn learn_named(&mut self, secret: &str) {
        self.named.learn(secret);
    }

    /// Learns what was found to be a secret.
    pub fn learn(&mut self, secret: &str) {
        self.found.learn(secret);
    }

    /// Learns the secrets of a text: the values under its secret keys, and those in its addresses.
    pub fn learn_from(&mut self, document: &Document) {
        for entry in document.entries() {
            if entry.is_secret() {
                self.learn(entry.value());
            } else {
                in_address(entry.value())
                    .into_iter()
                    .filter_map(|at| entry.value().get(at))
                    .for_each(|part| self.learn(part));
            }
        }
    }

    /// Whether `text` contains a known secret.
    #[must_use]
    pub fn knows(&self, text: &str) -> bool {
        self.named.are_in(text) || self.found.are_in(text)
    }

    /// The text without the secrets that are known.
    #[must_use]
    pub fn text(&self, text: &str) -> String {
        let text = self.without(&self.named, text);
        self.without(&self.found, &text)
    }

    /// The text without its secrets and comments. The entries are where they were.
    #[must_use]
    pub fn document(&self, document: &Document) -> Document {
        let mut hidden = Document::default();
        for (entry, place) in document.entries().zip(&document.entries) {
            let key = hidden.push(&self.key_of(entry));
            let value = hidden.push(&self.value_of(entry));
            hidden.entries.push(EntrySpan { key, value, ..place.clone() });
        }
        hidden
    }

    fn key_of(&self, entry: Entry<'_>) -> String {
        let end = end_of_sign(entry.key()).filter(|_| entry.is_bare());
        match end.and_then(|end| entry.key().split_at_checked(end)) {
            Some((key, value)) if !value.is_empty() => format!("{key}{}", self.mark(value)),
            _ => self.text(entry.key()),
        }
    }

    fn value_of(&self, entry: Entry<'_>) -> String {
        if entry.is_secret() {
            return self.secret(entry.value());
        }
        let mut value = entry.value().to_owned();
        for at in in_address(entry.value()).into_iter().rev() {
            let secret = self.secret(value.get(at.clone()).unwrap_or_default());
            value.replace_range(at, &secret);
        }
        self.text(&value)
    }

    /// The mark for a secret value. The placeholder and marks stay unchanged.
    fn secret(&self, value: &str) -> String {
        if value.contains(PASSWORD_PLACEHOLDER) {
            return PASSWORD_PLACEHOLDER.to_owned();
        }
        let value = self.without(&self.named, value);
        if is_mark(&value) { value } else { self.mark(&value) }
    }

    fn without(&self, forms: &Forms, text: &str) -> String {
        let mut out = String::with_capacity(text.len());
        let mut rest = text;
        while let Some(first) = rest.chars().next() {
            let (step, replaced) = match forms.at_start_of(rest) {
                Some((form, secret)) => (form.len(), Some(self.mark(&self.inner(secret)))),
                None => (first.len_utf8(), None),
            };
            let (begin, behind) = rest.split_at_checked(step).unwrap_or((rest, ""));
            out.push_str(replaced.as_deref().unwrap_or(begin));
            rest = behind;
        }
        out
    }

    /// A secret as its mark is made of: without the named ones that are a part of it.
    fn inner(&self, secret: &str) -> String {
        if self.named.has_secret(secret) { secret.to_owned() } else { self.without(&self.named, secret) }
    }
}

/// Whether the text contains a mark.
#[must_use]
pub fn holds_mark(text: &str) -> bool {
    let ends = text.match_indices(STARS).filter_map(|(at, _)| text.get(at..at + DIGITS + 2 * STARS.len()));
    ends.into_iter().any(is_mark)
}

fn is_mark(text: &str) -> bool {
    let digits = text.strip_prefix(STARS).and_then(|rest| rest.strip_suffix(STARS));
    digits.is_some_and(|digits| digits.len() == DIGITS && digits.bytes().all(|byte| byte.is_ascii_hexdigit()))
}

impl fmt::Debug for Hiding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Hiding")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{encode, parse};

    fn hiding_with(key: &'static str) -> Hiding {
        Hiding::new(move |secret| crate::java_hash(&format!("{key}: {secret}")).to_be_bytes())
    }

    /// What is shown of `text`, with `M` for each mark.
    fn shown(hiding: &mut Hiding, text: &str) -> String {
        let document = parse(text).unwrap();
        hiding.learn_from(&document);
        String::from_utf8(encode(&hiding.document(&document))).unwrap()
    }

    fn without_marks(text: &str) -> String {
        let mut text = text.to_owned();
        while let Some(at) =
            text.match_indices(STARS).map(|(at, _)| at).find(|at| text.get(*at..at + 14).is_some_and(is_mark))
        {
            text.replace_range(at..at + 14, "M");
        }
        text
    }

    #[test]
    fn a_secret_is_hidden_under_its_key_and_elsewhere() {
        let mut hiding = hiding_with("component, anna");
        let text = shown(
            &mut hiding,
            "a.PASSWORD=p@ss word\na.note=with p@ss word in it\na.url=https://x/?x=p%40ss%20word&y=p%40ss+word\n\
             a.pin=42\na.port=42\nb.USER_ID=anna\nc.PASSWORDhunter2\np@ss\\ word=1\nd.token=********\n",
        );
        assert_eq!(
            without_marks(&text),
            "a.PASSWORD=M\na.note=with M in it\na.url=https://x/?x=M&y=M\na.pin=M\na.port=42\nb.USER_ID=anna\n\
             c.PASSWORDM=\nM=1\nd.token=********\n"
        );
    }

    #[test]
    fn a_mark_tells_equal_from_different_and_no_more() {
        let hiding = hiding_with("component, anna");
        assert_eq!(hiding.mark("hunter2"), hiding.mark("hunter2"));
        assert_ne!(hiding.mark("hunter2"), hiding.mark("hunter3"));
        assert_ne!(hiding.mark("hunter2"), hiding_with("component, bo").mark("hunter2"));
        assert_ne!(hiding.mark("hunter2"), hiding_with("other, anna").mark("hunter2"));
        assert_eq!(hiding.mark("").len(), hiding.mark(&"x".repeat(100)).len());
        assert!(is_mark(&hiding.mark("x")) && !hiding.mark("x").contains(PASSWORD_PLACEHOLDER));
    }

    #[test]
    fn what_is_hidden_stays_what_it_is() {
        let mut hiding = hiding_with("component, anna");
        hiding.learn_named("hunter2");
        let once = shown(&mut hiding, "a.PASSWORD=hunter2\nb.PASSWORD=to-hunter2\nc=hunter2\nd.pin=1\n");
        assert_eq!(shown(&mut hiding, &once), once);
        assert!(once.contains(&format!("c={}\n", hiding.mark("hunter2"))), "{once}");
        // The site's secret alone is in its place before the text is made.
        let made = format!("b.PASSWORD=to-{}\n", hiding.mark("hunter2"));
        assert!(once.contains(&shown(&mut hiding, &made)), "{once}");
    }

    #[test]
    fn nothing_prints_a_secret() {
        let mut hiding = Hiding::default();
        hiding.learn("hunter2");
        assert_eq!(hiding.text("x hunter2"), "x [hidden]");
        assert!(hiding.knows("hunter2") && !format!("{hiding:?}").contains("hunter"));
    }
}
