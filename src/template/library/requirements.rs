//! `{# require: vcard, roster #}`: without what a user gets no text.

use jitsi_properties::suggestion::nearest;

use super::source::SourceFile;
use crate::model::account::{Part, PartSet};
use crate::template::error::LocatedError;
use crate::template::schema::listed;

/// Reads what the template's comments require.
pub(in crate::template) fn required(source: &SourceFile) -> (PartSet, Vec<LocatedError>) {
    let mut required = PartSet::NOTHING;
    let mut errors = Vec::new();
    for (line, comment) in comments(&source.text).filter(|(_, comment)| is_mark(comment)) {
        let Some(words) = comment.strip_prefix("require:") else {
            errors.push(LocatedError::at(&source.name, line, "write the comment as `{# require: vcard, roster #}`"));
            continue;
        };
        for word in words.split(',').map(str::trim) {
            match Part::ALL.into_iter().find(|part| part.as_str() == word) {
                Some(part) => required = required.with(part),
                None => errors.push(LocatedError::at(&source.name, line, unknown(word))),
            }
        }
    }
    (required, errors)
}

/// Whether a comment is meant as a mark, misspelt or not.
fn is_mark(comment: &str) -> bool {
    let word = comment.split(|c: char| !c.is_ascii_alphabetic()).next().unwrap_or_default();
    ["require", "requires", "required"].iter().any(|mark| mark.eq_ignore_ascii_case(word))
}

fn unknown(word: &str) -> String {
    let allowed = || Part::ALL.into_iter().map(Part::as_str);
    let meant = nearest(word, allowed()).map(|meant| format!("; did you mean `{meant}`?")).unwrap_or_default();
    format!("`{word}` cannot be required; what can be: {}{meant}", listed(allowed()))
}

/// The template's comments with the lines they start in. A `{#` inside a text literal counts as one too, which does
/// no harm here.
fn comments(text: &str) -> impl Iterator<Item = (usize, &str)> {
    text.match_indices("{#").filter_map(|(start, mark)| {
        let (before, rest) = text.split_at_checked(start + mark.len())?;
        let (comment, _) = rest.split_once("#}")?;
        Some((before.matches('\n').count() + 1, comment.trim_matches(['-', '+']).trim()))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> (PartSet, Vec<String>) {
        let (required, errors) = required(&SourceFile { name: "t".to_owned(), text: text.to_owned() });
        (required, errors.iter().map(LocatedError::to_string).collect())
    }

    #[test]
    fn parts_are_read_from_marks() {
        let (required, errors) = read("a=b\n{# require: vcard, roster #}\n{#- require: groups -#}\n{# roster #}");
        assert!(errors.is_empty(), "{errors:?}");
        assert_eq!(required, PartSet { vcard: true, roster: true, groups: true, ..PartSet::NOTHING });
    }

    #[test]
    fn an_unknown_part_is_reported_with_its_line() {
        let (_, errors) = read("a=b\n\n{# require: vcrad #}");
        assert_eq!(
            errors,
            [
                "t:3: `vcrad` cannot be required; what can be: vcard, photo, roster, account, groups; did you mean `vcard`?"
            ]
        );
    }

    #[test]
    fn a_mark_that_would_be_ignored_is_reported() {
        for mark in ["{# requires: vcard #}", "{# require vcard #}", "{# Require: vcard #}", "{# REQUIRED #}"] {
            assert_eq!(read(mark).1, ["t:1: write the comment as `{# require: vcard, roster #}`"], "{mark}");
        }
        assert_eq!(read("{# require: #}").1.len(), 1);
        assert!(read("{# requirements are in the handbook #}").1.is_empty());
    }
}
