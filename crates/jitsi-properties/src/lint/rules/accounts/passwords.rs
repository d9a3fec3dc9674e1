//! The rule about passwords, which the client encrypts and keeps when their keys end in `.PASSWORD`.

use super::EMPTY_PASSWORD;
use crate::document::Document;
use crate::jitsi_keys::PASSWORD;
use crate::lint::finding::Finding;

/// Rule `empty-password`.
pub(in crate::lint) fn check(document: &Document, findings: &mut Vec<Finding>) {
    let passwords = document.entries().filter(|entry| !entry.is_bare() && entry.key().ends_with(PASSWORD));
    findings.extend(passwords.filter(|entry| entry.value().is_empty()).map(|entry| {
        let message = "the client overwrites its stored password with the empty one and logs in with it; leave the \
            line out if there is no password";
        Finding::warning(&EMPTY_PASSWORD, entry, message)
    }));
}

#[cfg(test)]
mod tests {
    use crate::lint::broken_by;

    #[test]
    fn an_empty_password_is_reported() {
        let text = "x.PASSWORD=\ny.OPT_PASSWORD=\nz.PASSWORD\n";
        assert_eq!(broken_by(&["empty-password"], text), [(1, "empty-password")]);
    }
}
