//! Groups that the server does not have, and that were reported.

use std::collections::BTreeSet;

/// Most groups that are remembered. Those that find no room are not reported.
const MAX_REMEMBERED: usize = 1_000;

/// Groups that there were or that the site names, and that the server does not have, in lower case. Each is reported once
/// until it is back.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Gone(BTreeSet<String>);

impl Gone {
    /// Whether it is known that the server does not have this group.
    pub(super) fn has(&self, name: &str) -> bool {
        self.0.contains(&name.to_lowercase())
    }

    /// Remembers all that a reading found to be `gone`; gives those that were not known to be gone.
    pub(super) fn update(&mut self, gone: Vec<String>) -> Vec<String> {
        let before = std::mem::take(self);
        self.0 = gone.iter().take(MAX_REMEMBERED).map(|name| name.to_lowercase()).collect();
        gone.into_iter().filter(|name| self.has(name) && !before.has(name)).collect()
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
        assert_eq!(gone.update(names(&["support", "office"])), ["support", "office"]);
        // It was found by a list, and is named by a rule now.
        assert!(gone.update(names(&["Support", "office"])).is_empty());
        assert!(gone.update(names(&["office"])).is_empty());
        assert!(gone.has("Office") && !gone.has("support"));
        assert_eq!(gone.update(names(&["support", "office"])), ["support"]);
    }

    #[test]
    fn what_is_remembered_is_bounded() {
        let mut gone = Gone::default();
        let many: Vec<String> = (0..2 * MAX_REMEMBERED).map(|number| number.to_string()).collect();
        assert_eq!(gone.update(many.clone()).len(), MAX_REMEMBERED);
        assert!(gone.update(many).is_empty());
    }
}
