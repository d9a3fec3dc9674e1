//! Which names in the folder count.

use std::fmt;

/// Longest name, in bytes.
const MAX_LEN: usize = 128;

/// The name of one file or folder that can stand in an address as it is: ASCII letters and digits, `.`, `-`, `_`, `+`.
///
/// It is never a path, and does not begin with a dot.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Name(String);

impl Name {
    /// Takes a name that is one.
    pub(super) fn parse(name: &str) -> Option<Self> {
        let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b".-_+".contains(&byte);
        let is_name = !name.is_empty() && name.len() <= MAX_LEN && !name.starts_with('.') && name.bytes().all(is_plain);
        is_name.then(|| Self(name.to_owned()))
    }

    pub(super) fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Whether a name is one that programs give to what is not complete yet, or to what they hide or keep as a copy.
pub(super) fn is_unfinished(name: &str) -> bool {
    const ENDINGS: [&str; 8] = ["~", ".part", ".partial", ".tmp", ".temp", ".filepart", ".crdownload", ".download"];
    let name = name.to_ascii_lowercase();
    name.starts_with('.') || ENDINGS.iter().any(|ending| name.ends_with(ending))
}

/// Whether a version is one that a Windows client compares number by number: `\d+\.\d+\.[\d.]+` with numbers that fit
/// an `int` of Java. Any other it compares as text, and may offer its user an older one over and over.
pub(super) fn is_comparable(version: &str) -> bool {
    let mut count = 0;
    let are_numbers = version.split('.').all(|part| {
        count += 1;
        part.bytes().all(|byte| byte.is_ascii_digit()) && part.parse::<i32>().is_ok()
    });
    are_numbers && count >= 3
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_name_needs_no_quoting_anywhere() {
        for name in ["jitsi-2.11.5633-x64.exe", "2.14-SNAPSHOT.0+1", "a", "a..b"] {
            assert!(Name::parse(name).is_some(), "{name}");
        }
        let long = "a".repeat(129);
        for name in
            ["", ".", "..", ".hidden", "a/b", "/", "a b", "a%2fb", "a\\b", "a\0", "é", "a\n", "a&b", long.as_str()]
        {
            assert!(Name::parse(name).is_none(), "{name:?}");
        }
    }

    #[test]
    fn what_is_being_copied_is_not_looked_at() {
        for name in [".jitsi.exe.Xy12", "jitsi.exe.part", "jitsi.exe.PART", "2.11.5633.tmp", "jitsi.exe~", "a.filepart"]
        {
            assert!(is_unfinished(name), "{name}");
        }
        for name in ["jitsi.exe", "2.11.5633", "part", "tmp.exe"] {
            assert!(!is_unfinished(name), "{name}");
        }
    }

    #[test]
    fn a_windows_client_compares_three_numbers() {
        for version in ["2.10.5550", "2.11.5633.1", "2.11.0"] {
            assert!(is_comparable(version), "{version}");
        }
        for version in ["2.10", "2", "2.14-SNAPSHOT.0", "2.11.x", "2..1", "2.11.", "2.11.3000000000", "+1.2.3"] {
            assert!(!is_comparable(version), "{version}");
        }
    }

    proptest! {
        #[test]
        fn no_name_is_a_path(text in "[a-z./\\\\%\0~-]{0,12}") {
            if let Some(name) = Name::parse(&text) {
                let mut components = std::path::Path::new(name.as_str()).components();
                prop_assert!(matches!(components.next(), Some(std::path::Component::Normal(_))));
                prop_assert!(components.next().is_none());
            }
        }
    }
}
