//! The names of site data that templates mention, for when there are no data to ask.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use jitsi_properties::secret_names::is_secret_in_data;

use crate::model::account::{DatumType, ExtraNames, SecretItems};

/// Every `extra.NAME` in the files, so that a sample user has a value for it and no branch stays unseen. What is looped
/// over, joined or has an item with a number is a list; a secret is known by its name, as in data. There may be more names.
pub(super) fn mentioned<'f>(files: impl Iterator<Item = &'f Path>) -> ExtraNames {
    let mut kinds = BTreeMap::new();
    for file in files {
        // A file that was read a moment ago.
        for (name, kind) in names(&std::fs::read_to_string(file).unwrap_or_default()) {
            let known = kinds.entry(Arc::from(name)).or_insert_with(|| kind.clone());
            if kind.is_list() {
                *known = kind;
            }
        }
    }
    ExtraNames { kinds, open: true }
}

fn names(text: &str) -> impl Iterator<Item = (&str, DatumType)> {
    const MARK: &str = "extra.";
    text.match_indices(MARK).filter_map(|(at, mark)| {
        let (before, rest) = text.split_at_checked(at + mark.len())?;
        let before = before.strip_suffix(mark)?;
        let is_part = before.ends_with(|c: char| c.is_alphanumeric() || c == '_' || c == '.');
        let name = rest.split(|c: char| !c.is_ascii_alphanumeric() && c != '_').next().unwrap_or_default();
        let behind = rest.get(name.len()..).unwrap_or_default().trim_start();
        let is_indexed =
            behind.strip_prefix('[').is_some_and(|at| at.trim_start().starts_with(|c: char| c.is_ascii_digit()));
        let is_joined = behind.starts_with("| join") || behind.starts_with("|join");
        let is_list = before.trim_end().ends_with(" in") || is_joined || is_indexed;
        let kind = if is_list {
            DatumType::List(SecretItems::None)
        } else if is_secret_in_data(name) {
            DatumType::Secret
        } else {
            DatumType::Single
        };
        (!is_part && !name.is_empty()).then_some((name, kind))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_found_with_their_kinds() {
        let text = "{% if extra.room %}{{ extra.sip_password }}{% endif %}{% for q in extra.queues %}{{ myextra.no }}\
            {{ extra.lines | join(',') }}{{ extra.phones[1] }}";
        let found: Vec<_> = names(text).collect();
        assert_eq!(
            found,
            [
                ("room", DatumType::Single),
                ("sip_password", DatumType::Secret),
                ("queues", DatumType::List(SecretItems::None)),
                ("lines", DatumType::List(SecretItems::None)),
                ("phones", DatumType::List(SecretItems::None))
            ]
        );
    }
}
