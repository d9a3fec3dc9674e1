//! Java's hash of a text.

/// `String.hashCode` of Java: over the UTF-16 units of `text`, in 32 bits that wrap around.
///
/// A client keeps an LDAP directory under `dir` and the absolute value of the hash of its name.
#[must_use]
pub fn java_hash(text: &str) -> i32 {
    text.encode_utf16().fold(0_i32, |hash, unit| hash.wrapping_mul(31).wrapping_add(i32::from(unit)))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Made with JDK 17.
    #[test]
    fn hashes_are_those_of_java() {
        assert_eq!(java_hash(""), 0);
        assert_eq!(java_hash("Company").unsigned_abs(), 1_679_829_923);
        assert_eq!(java_hash("Company Directory").unsigned_abs(), 746_838_454);
        assert_eq!(java_hash("Firma Größe").unsigned_abs(), 1_878_615_380);
        assert_eq!(java_hash("polygenelubricants"), i32::MIN);
    }
}
