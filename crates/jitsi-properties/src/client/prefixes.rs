//! The lists of `ALLOW_PREFIX` and `ENFORCE_PREFIX`.

/// Beginnings of keys, with `|` between.
pub(super) struct Prefixes<'a>(Vec<&'a str>);

impl<'a> Prefixes<'a> {
    /// Splits as `String.split("\\|")` does: empty items at the end do not count, but an empty text is one empty item.
    pub(super) fn split(list: &'a str) -> Self {
        let items = list.trim_end_matches('|');
        Self(if items.is_empty() && !list.is_empty() { Vec::new() } else { items.split('|').collect() })
    }

    /// Whether there is no item, as of `|`. `ALLOW_PREFIX` then allows everything, `ENFORCE_PREFIX` keeps nothing.
    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether an item is a beginning of `key`; an empty one is of every key.
    pub(super) fn begin(&self, key: &str) -> bool {
        self.0.iter().any(|item| key.starts_with(item))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What JDK 17's `jshell` prints for `"…".split("\\|")`; javadoc of `String.split(String)`.
    #[test]
    fn lists_split_as_in_java() {
        let split = |list| Prefixes::split(list).0;
        assert_eq!(split("a|b"), ["a", "b"]);
        assert_eq!(split("a|b||"), ["a", "b"]);
        assert_eq!(split("|a||b"), ["", "a", "", "b"]);
        assert_eq!(split(""), [""]);
        assert_eq!(split("|"), [""; 0]);
        assert_eq!(split("||"), [""; 0]);
        assert_eq!(split(" a | b"), [" a ", " b"]);
    }
}
