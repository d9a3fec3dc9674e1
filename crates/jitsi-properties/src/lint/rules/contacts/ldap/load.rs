//! Rules about what the client needs to load a directory at all.

use std::collections::HashSet;

use super::directories::Directory;
use super::rules::{LDAP_HOSTNAME, LDAP_NODE, LDAP_VALUE, LDAP_WITHOUT_NAME};
use crate::java_hash::java_hash;
use crate::lint::finding::Finding;
use crate::lint::settings::value_of;

/// Why a mistake in one directory is one of all.
const ALL_OF_LDAP: &str = "the client throws an exception and loads no directory at all, not even those of the user";

/// Settings that are constants of the client (`Encryption.valueOf`, `Auth.valueOf`, `Scope.valueOf`).
const CONSTANTS: [(&str, [&str; 2]); 3] =
    [("encryption", ["CLEAR", "SSL"]), ("auth", ["NONE", "SIMPLE"]), ("scope", ["SUB", "ONE"])];

/// Rules `ldap-node`, `ldap-without-name`, `ldap-hostname` and `ldap-value`.
pub(super) fn check(directory: &Directory<'_>, named: &HashSet<&str>, findings: &mut Vec<Finding>) {
    let Some(name) = directory.name else {
        findings.extend(without_name(directory));
        return;
    };
    // `persistentLoad` takes the settings from below the hash of the name, and `LdapDirectoryImpl` throws without a
    // name there. `Math.abs` leaves the smallest number negative.
    let expected = value_of(name).map(|name| format!("dir{}", java_hash(name).wrapping_abs())).unwrap_or_default();
    if directory.node != expected {
        if !named.contains(expected.as_str()) {
            let message = format!(
                "the client looks for a directory of this name under `{expected}` and finds none there, so {ALL_OF_LDAP}; \
                 write `{expected}` in all keys of the directory, in a template `dir{{{{ name | java_hash }}}}`"
            );
            findings.push(Finding::error(&LDAP_NODE, name, message));
        }
        return;
    }
    // `LdapDirectoryImpl`: "Hostname has no content".
    if directory.value("hostname").is_none() {
        let message = format!(
            "the directory has no `hostname`, so {ALL_OF_LDAP}; add `{}.hostname=…`, or remove the directory",
            directory.shown()
        );
        let place = directory.entry("hostname").unwrap_or(name);
        findings.push(Finding::error(&LDAP_HOSTNAME, place, message));
    }
    values(directory, findings);
}

fn without_name(directory: &Directory<'_>) -> Option<Finding> {
    let place = directory.first_setting()?;
    let message = format!(
        "the directory has no name, by which the client finds it; add `….directories.{}=<name>`",
        directory.node.escape_debug()
    );
    Some(Finding::warning(&LDAP_WITHOUT_NAME, place, message))
}

/// `persistentLoad` takes these values as they are: with their blanks, and empty ones too.
fn values(directory: &Directory<'_>, findings: &mut Vec<Finding>) {
    for (setting, words) in CONSTANTS {
        let Some(entry) = directory.entry(setting).filter(|entry| !words.contains(&entry.value())) else { continue };
        let [first, second] = words;
        let message = format!(
            "`{setting}` is neither `{first}` nor `{second}` in exactly this spelling, so {ALL_OF_LDAP}; \
             write one of the two, or leave the line out"
        );
        findings.push(Finding::error(&LDAP_VALUE, entry, message).on_value(entry));
    }
    // `Integer.parseInt`, then the range in `LdapDirectoryImpl`.
    if let Some(entry) = directory.entry("port").filter(|entry| !is_port(entry.value())) {
        let message = format!(
            "`port` is not a number from 0 to 65535, or has a blank, so {ALL_OF_LDAP}; write the number, or leave the \
             line out to use the usual port of the encryption"
        );
        findings.push(Finding::error(&LDAP_VALUE, entry, message).on_value(entry));
    }
}

fn is_port(value: &str) -> bool {
    value.parse::<u16>().is_ok()
}
