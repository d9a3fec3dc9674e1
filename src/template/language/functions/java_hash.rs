//! `java_hash`: the number by which a client finds an LDAP directory again.

use minijinja::Value;

use super::argument_error::ArgumentError;
use super::arguments::{Arguments, text};
use super::description::Description;

pub(super) const DESCRIPTION: Description = Description {
    name: "java_hash",
    example: "java_hash(name)",
    takes: 1..=1,
    steps: 1,
    check: |_, value| text(value).map(drop),
};

/// `Math.abs(name.hashCode())` of Java, of the name as the client reads it.
///
/// The client's settings give a text back without blanks and control characters at its ends (`String.trim`), and its
/// `LdapDirectorySettingsImpl.persistentLoad` hashes that.
pub(super) fn java_hash(arguments: &Arguments<'_>) -> Result<Value, ArgumentError> {
    let name = arguments.text(0)?;
    // The smallest number has no positive counterpart in 32 bits, so Java leaves it negative.
    Ok(Value::from(jitsi_properties::java_hash(name.trim_matches(|letter| letter <= ' ')).wrapping_abs()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hash(name: &str) -> String {
        java_hash(&Arguments::new(&[Value::from(name)])).unwrap().to_string()
    }

    /// Computed by JDK 17; the last one is a text whose hash is `Integer.MIN_VALUE`.
    #[test]
    fn hashes_are_those_of_the_jdk() {
        assert_eq!(hash(""), "0");
        assert_eq!(hash("Company"), "1679829923");
        assert_eq!(hash("Company Directory"), "746838454");
        assert_eq!(hash("Firma Größe"), "1878615380");
        assert_eq!(hash("polygenelubricants"), "-2147483648");
    }

    #[test]
    fn blanks_at_the_ends_do_not_count() {
        assert_eq!(hash(" \tCompany\r\n\u{2}"), hash("Company"));
        // Java's `trim` takes no other blanks.
        assert_ne!(hash("Company\u{a0}"), hash("Company"));
    }
}
