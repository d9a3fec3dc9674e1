//! Groups that the server does not have, and that were reported.

use std::collections::{BTreeSet, HashSet};

/// Most groups that are remembered. Those that find no room are not reported.
const MAX_REMEMBERED: usize = 1_000;

/// Groups that there were or that the site names, and that the server does not have. Each is reported once until it is back.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Gone(BTreeSet<String>);

impl Gone {
    /// Whether it is known that the server does not have this group.
    pub(super) fn has(&self, name: &str) -> bool {
        self.0.contains(name)
    }

    /// Takes in what a reading found to be `gone` while it `listed` others; gives those that were not known to be gone.
    pub(super) fn update(&mut self, gone: Vec<String>, listed: &[String]) -> Vec<String> {
        if !self.0.is_empty() {
            let listed: HashSet<&str> = listed.iter().map(String::as_str).collect();
            let folded: HashSet<String> = listed.iter().map(|name| name.to_lowercase()).collect();
            // A rule names a group in upper or lower case.
            self.0.retain(|name| !listed.contains(&**name) && !folded.contains(&name.to_lowercase()));
        }
        let room = MAX_REMEMBERED.saturating_sub(self.0.len());
        let news: Vec<String> = gone.into_iter().filter(|name| !self.has(name)).take(room).collect();
        self.0.extend(news.iter().cloned());
        news
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(names: &[&str]) -> Vec<String> {
        names.iter().map(|name| (*name).to_owned()).collect()
    }

    #[test]
    fn a_group_is_reported_once_until_it_is_back() {
        let mut gone = Gone::default();
        assert_eq!(gone.update(names(&["Support", "office"]), &names(&["sales"])), ["Support", "office"]);
        assert!(gone.update(names(&["Support"]), &names(&["sales"])).is_empty());
        assert!(gone.update(vec![], &names(&["sales", "support"])).is_empty());
        assert!(gone.has("office") && !gone.has("Support"));
        assert_eq!(gone.update(names(&["Support", "office"]), &names(&["sales"])), ["Support"]);
    }

    #[test]
    fn what_is_remembered_is_bounded() {
        let mut gone = Gone::default();
        let many: Vec<String> = (0..2 * MAX_REMEMBERED).map(|number| number.to_string()).collect();
        assert_eq!(gone.update(many.clone(), &[]).len(), MAX_REMEMBERED);
        assert!(gone.update(many, &[]).is_empty());
    }
}
