//! Lists of prefixes of keys, as `provisioning.ALLOW_PREFIX` and `provisioning.ENFORCE_PREFIX` have them.

/// Prefixes with `|` between them, split as the client does it.
pub(crate) struct PrefixList<'a> {
    /// Sorted, and none begins with another, so at most one of them begins a key.
    items: Vec<&'a str>,
    is_without_items: bool,
    has_blank: bool,
}

impl<'a> PrefixList<'a> {
    /// Splits as Java's `String.split("\\|")`: empty items at the end do not count, but an empty list is one empty item.
    pub(crate) fn new(list: &'a str) -> Self {
        let items = list.trim_end_matches('|');
        let is_without_items = items.is_empty() && !list.is_empty();
        let mut items: Vec<&str> = if is_without_items { Vec::new() } else { items.split('|').collect() };
        let has_blank = items.iter().any(|item| item.trim() != *item);
        items.sort_unstable();
        items.dedup_by(|item, shorter| item.starts_with(*shorter));
        Self { items, is_without_items, has_blank }
    }

    /// The items, without those that begin with another one.
    pub(crate) fn items(&self) -> &[&'a str] {
        &self.items
    }

    /// Whether there is no item, as in `|`. `ALLOW_PREFIX` then allows every key, `ENFORCE_PREFIX` keeps none.
    pub(crate) fn is_without_items(&self) -> bool {
        self.is_without_items
    }

    /// Whether an item is empty: every key begins with it.
    pub(crate) fn covers_all(&self) -> bool {
        self.items.first().is_some_and(|item| item.is_empty())
    }

    /// Whether an item begins or ends with a blank. No key begins with one.
    pub(crate) fn has_blank(&self) -> bool {
        self.has_blank
    }

    /// Whether a key begins with an item.
    pub(crate) fn covers(&self, key: &str) -> bool {
        let after = self.items.partition_point(|item| *item <= key);
        let before = after.checked_sub(1).and_then(|place| self.items.get(place));
        before.is_some_and(|item| key.starts_with(item))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// What `jshell` of JDK 17 prints for `"…".split("\\|")`.
    #[test]
    fn a_list_is_split_as_in_java() {
        for (list, covers, covers_all, is_without_items) in [
            ("a|b", true, false, false),
            ("b|a.||", true, false, false),
            ("|b", true, true, false),
            ("", true, true, false),
            ("|", false, false, true),
            ("||", false, false, true),
            ("b", false, false, false),
            (" a |b", false, false, false),
        ] {
            let split = PrefixList::new(list);
            let found = (split.covers("a.b"), split.covers_all(), split.is_without_items());
            assert_eq!(found, (covers, covers_all, is_without_items), "{list:?}");
        }
    }

    #[test]
    fn items_that_begin_with_another_are_left_out() {
        assert_eq!(PrefixList::new("b|a|a.b").items(), ["a", "b"]);
        assert_eq!(PrefixList::new("b||a").items(), [""]);
    }

    proptest! {
        #[test]
        fn a_key_is_covered_by_an_item_that_it_begins_with(list in "[ab.|]{0,12}", key in "[ab.]{0,6}") {
            let plain = list.trim_end_matches('|');
            let expected = list.is_empty() || !plain.is_empty() && plain.split('|').any(|item| key.starts_with(item));
            prop_assert_eq!(PrefixList::new(&list).covers(&key), expected);
        }
    }
}
