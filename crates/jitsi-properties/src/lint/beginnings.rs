//! Lists of beginnings of keys, as `provisioning.ALLOW_PREFIX` and `provisioning.ENFORCE_PREFIX` have them.

/// What the client makes of a list `a|b`.
pub(super) struct Beginnings<'a> {
    /// Sorted, and none begins with another, so that at most one of them begins a key.
    items: Vec<&'a str>,
    /// An item is empty, and every key begins with it.
    pub(super) all: bool,
    /// The list has no item: `|`.
    pub(super) none: bool,
    /// Blanks stand around an item, and no key begins with a blank.
    pub(super) blank: bool,
}

impl<'a> Beginnings<'a> {
    /// Splits as `String.split` of Java does: empty items at the end do not count, but an empty list is one item.
    pub(super) fn new(list: &'a str) -> Self {
        let items = list.trim_end_matches('|');
        let none = items.is_empty() && !list.is_empty();
        let mut items: Vec<&str> = if none { Vec::new() } else { items.split('|').collect() };
        let all = items.contains(&"");
        let blank = items.iter().any(|item| item.trim() != *item);
        items.sort_unstable();
        items.dedup_by(|item, shorter| item.starts_with(*shorter));
        Self { items, all, none, blank }
    }

    /// The items, without those that begin with another.
    pub(super) fn items(&self) -> &[&'a str] {
        &self.items
    }

    /// Whether a key begins with an item.
    pub(super) fn cover(&self, key: &str) -> bool {
        let after = self.items.partition_point(|item| *item <= key);
        let before = after.checked_sub(1).and_then(|place| self.items.get(place));
        before.is_some_and(|item| key.starts_with(item))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_list_is_split_as_java_does() {
        let kept = |list: &str| {
            let list = Beginnings::new(list);
            (list.cover("a.b"), list.all, list.none)
        };
        assert_eq!(kept("a|b"), (true, false, false));
        assert_eq!(kept("b|a.||"), (true, false, false));
        assert_eq!(kept(""), (true, true, false));
        assert_eq!(kept("|b"), (true, true, false));
        assert_eq!(kept("|"), (false, false, true));
        assert_eq!(kept("b"), (false, false, false));
    }

    proptest! {
        #[test]
        fn a_key_is_covered_by_an_item_that_it_begins_with(list in "[ab.|]{0,12}", key in "[ab.]{0,6}") {
            let plain = list.trim_end_matches('|');
            let expected = list.is_empty() || !plain.is_empty() && plain.split('|').any(|item| key.starts_with(item));
            prop_assert_eq!(Beginnings::new(&list).cover(&key), expected);
        }
    }
}
