//! Placeholders that a Jitsi client fills in, as `${username}`, where they arrive as they were written.
//!
//! The client fills `${username}` and `${password}` only where they are the whole value of a field (its
//! `ProvisioningServiceImpl`), and leaves what it cannot find, such as an `${env.…}` that is not set.

/// Names that a client knows.
const NAMES: [&str; 14] = [
    "username",
    "password",
    "osname",
    "arch",
    "resx",
    "resy",
    "hwaddr",
    "uuid",
    "hostname",
    "ipaddr",
    "locale",
    "build",
    "home.location",
    "home.name",
];

/// Beginnings of names behind which anything may follow.
const FAMILIES: [&str; 2] = ["env.", "system."];

/// Names that are filled only where they are the whole value, so that a text beside them is always a mistake.
const WHOLE_VALUES: [&str; 2] = ["username", "password"];

/// Whether the value is one placeholder and nothing else, whatever its name: such a field is as good as absent.
pub(super) fn is_bare(value: &str) -> bool {
    let name = value.strip_prefix("${").and_then(|rest| rest.strip_suffix('}'));
    name.is_some_and(|name| !name.contains('}') && !name.contains("${"))
}

/// Whether a placeholder that the client knows is in the value, beside other text.
pub(super) fn is_beside_text(value: &str) -> bool {
    let is_known = |name: &str| NAMES.contains(&name) || FAMILIES.iter().any(|family| name.starts_with(family));
    !is_bare(value) && names(value).any(is_known)
}

/// Whether a placeholder is in the value, beside other text, that the client never fills there.
pub(super) fn is_never_filled(value: &str) -> bool {
    !is_bare(value) && names(value).any(|name| WHOLE_VALUES.contains(&name))
}

fn names(value: &str) -> impl Iterator<Item = &str> {
    value.split("${").skip(1).filter_map(|rest| rest.split_once('}')).map(|(name, _)| name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bare_placeholder_is_one_and_nothing_else() {
        for bare in ["${username}", "${hwaddr}", "${env.X}", "${anything else}", "${}"] {
            assert!(is_bare(bare) && !is_beside_text(bare), "{bare}");
        }
        for other in ["", "a", "$username", "${username", "username}", "${username}x", "${a}${b}", "${a${b}}"] {
            assert!(!is_bare(other), "{other}");
        }
    }

    #[test]
    fn a_known_placeholder_beside_text_is_seen() {
        for mistake in [
            "${username}@example.test",
            "DOM\\${username}",
            " ${username}",
            "${username}${hostname}",
            "${username}@${system.user.domain}",
            "x-${env.USER}",
            "${${username}}",
        ] {
            assert!(is_beside_text(mistake), "{mistake}");
        }
        for other in ["${price}x", "a${", "a}${b", "$${}{username}", "{username}@x", "${USERNAME}x", "${environment}x"]
        {
            assert!(!is_beside_text(other), "{other}");
        }
        assert!(is_never_filled("${username}@example.test") && !is_never_filled("pc-${hostname}"));
    }
}
