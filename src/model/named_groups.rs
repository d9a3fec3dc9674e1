//! The groups that a site's rules and data name.

use std::collections::HashSet;

use super::config::Pattern;

/// Most groups of each kind that are looked for: no more groups are read from Openfire.
const MAX_NAMED: usize = 2_000;

/// The Openfire groups that rules and site data name. A server that has none of them is suspect.
#[derive(Debug, Clone, Default)]
pub struct NamedGroups {
    /// As a rule writes it, and in lower case. Patterns with `*` and `?` name no one group.
    by_rules: Vec<(String, String)>,
    by_data: Vec<Box<str>>,
    /// Whether there is a rule or a row of data for a group at all.
    any: bool,
}

impl NamedGroups {
    /// The groups that `rules` ask for, and those of `data`, at most 2,000 of each.
    #[must_use]
    pub fn new<'a>(rules: impl IntoIterator<Item = &'a Pattern>, data: impl IntoIterator<Item = &'a str>) -> Self {
        let mut rules = rules.into_iter().peekable();
        let has_rules = rules.peek().is_some();
        let named = |pattern: &Pattern| Some((pattern.to_string(), pattern.literal()?));
        let by_rules = rules.filter_map(named).take(MAX_NAMED).collect();
        let by_data: Vec<_> = data.into_iter().take(MAX_NAMED).map(Box::from).collect();
        Self { any: has_rules || !by_data.is_empty(), by_rules, by_data }
    }

    /// Whether neither a rule nor the site data ask for any group.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        !self.any
    }

    /// The names that are not among those `listed`. Rules compare without upper and lower case, site data exactly.
    pub fn absent_from<'a>(&'a self, listed: &HashSet<&str>) -> impl Iterator<Item = &'a str> {
        let folded: HashSet<String> = match self.by_rules.as_slice() {
            [] => HashSet::new(),
            _ => listed.iter().map(|name| name.chars().flat_map(char::to_lowercase).collect()).collect(),
        };
        let by_rules = self.by_rules.iter().filter(|(_, literal)| !folded.contains(literal)).map(|(name, _)| &**name);
        let by_rules: Vec<&str> = by_rules.collect();
        let by_data = self.by_data.iter().map(|name| &**name).filter(|name| !listed.contains(name));
        let by_data: Vec<&str> = by_data.collect();
        by_rules.into_iter().chain(by_data)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn patterns(texts: &[&str]) -> Vec<Pattern> {
        texts.iter().map(|text| Pattern::parse(text).unwrap()).collect()
    }

    #[test]
    fn rules_fold_case_and_site_data_do_not() {
        let rules = patterns(&["Support", "Ärzte", "dept-*", "gone"]);
        let named = NamedGroups::new(&rules, ["office", "Office"]);
        let listed = HashSet::from(["support", "ärzte", "office"]);
        assert_eq!(named.absent_from(&listed).collect::<Vec<_>>(), ["gone", "Office"]);
    }

    #[test]
    fn a_pattern_for_many_groups_names_none_but_asks_for_some() {
        let named = NamedGroups::new(&patterns(&["dept-*", "team?"]), []);
        assert!(!named.is_empty());
        assert_eq!(named.absent_from(&HashSet::new()).count(), 0);
        assert!(NamedGroups::new([], []).is_empty());
    }
}
