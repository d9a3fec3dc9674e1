//! The pages' languages. One file in `languages/` is one language, texts and forms of dates and numbers included.

mod moments;
mod words;

use std::sync::Arc;

use fluent_langneg::{NegotiationStrategy, accepted_languages, negotiate_languages};
use unic_langid::LanguageIdentifier;

pub(super) use self::moments::{Zone, iso};
pub(super) use self::words::{Argument, Words};

/// The languages, by the text of their files. The first one is for visitors who ask for none of them. To add one, add its
/// file here.
const FILES: [(&str, &str); 2] = [("en", include_str!("languages/en.ftl")), ("de", include_str!("languages/de.ftl"))];

/// All languages.
pub(super) struct Languages(Vec<Arc<Words>>);

impl Languages {
    /// Reads the embedded files. A test holds that all of them can be read.
    pub(super) fn load() -> Self {
        Self(FILES.iter().map(|(tag, text)| Arc::new(Words::read(tag, text))).collect())
    }

    /// The language that a visitor chose; otherwise the best one of the header `Accept-Language` (RFC 9110 section 12.5.4);
    /// otherwise English.
    pub(super) fn choose(&self, chosen: Option<&str>, accepted: Option<&str>) -> Arc<Words> {
        let by_choice = chosen.and_then(|chosen| self.0.iter().find(|words| words.tag() == chosen));
        let words = by_choice.or_else(|| self.negotiated(accepted?)).or_else(|| self.0.first());
        words.map_or_else(|| Arc::new(Words::read("en", "")), Arc::clone)
    }

    /// All of them, in the order in which pages name them.
    pub(super) fn iter(&self) -> impl Iterator<Item = &Words> {
        self.0.iter().map(Arc::as_ref)
    }

    fn negotiated(&self, accepted: &str) -> Option<&Arc<Words>> {
        let wanted = accepted_languages::parse(accepted);
        let available: Vec<LanguageIdentifier> = self.0.iter().map(|words| words.identifier().clone()).collect();
        let best = negotiate_languages(&wanted, &available, None, NegotiationStrategy::Lookup);
        self.0.iter().find(|words| best.first().is_some_and(|best| *best == words.identifier()))
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use fluent_bundle::FluentResource;

    use super::*;

    #[test]
    fn a_visitor_gets_the_language_that_fits_best() {
        let languages = Languages::load();
        let chosen = |chosen: Option<&str>, accepted: Option<&str>| languages.choose(chosen, accepted).tag();
        assert_eq!(chosen(None, None), "en");
        assert_eq!(chosen(None, Some("de-AT,de;q=0.8,en;q=0.5")), "de");
        assert_eq!(chosen(None, Some("fr, de;q=0.3")), "de");
        assert_eq!(chosen(None, Some("fr")), "en");
        assert_eq!(chosen(None, Some("\u{1}=;;q")), "en");
        assert_eq!(chosen(Some("en"), Some("de")), "en");
        assert_eq!(chosen(Some("xx"), Some("de")), "de");
    }

    /// The names of the messages in a file.
    fn names(tag: &str, text: &str) -> BTreeSet<String> {
        if let Err((_, errors)) = FluentResource::try_new(text.to_owned()) {
            panic!("{tag}.ftl: {errors:?}");
        }
        let is_name = |name: &str| name.chars().all(|char| char.is_ascii_alphanumeric() || char == '-');
        let starts = text.lines().filter_map(|line| Some(line.split_once(" =")?.0));
        let names: Vec<String> = starts.filter(|name| is_name(name)).map(str::to_owned).collect();
        let unique: BTreeSet<String> = names.iter().cloned().collect();
        assert_eq!(unique.len(), names.len(), "{tag}: a message is there twice");
        unique
    }

    #[test]
    fn every_language_has_the_same_messages() {
        let [(first, text), rest @ ..] = FILES;
        let expected = names(first, text);
        for (tag, text) in rest {
            let names = names(tag, text);
            let missing: Vec<_> = expected.difference(&names).collect();
            let unknown: Vec<_> = names.difference(&expected).collect();
            assert!(missing.is_empty() && unknown.is_empty(), "{tag}.ftl: missing {missing:?}, unknown {unknown:?}");
        }
    }
}
