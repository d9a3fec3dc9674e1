//! Rules about what the client searches for, and what it makes of the answers.

use super::directories::Directory;
use super::rules::{LDAP_BASE, LDAP_PHONE_PREFIX, LDAP_QUERY, LDAP_SHARED};
use crate::lint::finding::Finding;

/// Settings that `persistentLoad` only touches when they are there. The client loads all directories into one object, so
/// what one directory sets stays for those after it.
const KEPT: [&str; 10] = [
    "overridemail",
    "overridemailsuffix",
    "overrideworkphone",
    "overridemobilephone",
    "overridehomephone",
    "globalPhonePrefix",
    "querymode",
    "customquery",
    "mangle",
    "inlinephoto",
];

/// Rules `ldap-base`, `ldap-query` and `ldap-phone-prefix`.
pub(super) fn check(directory: &Directory<'_>, findings: &mut Vec<Finding>) {
    if let Some(name) = directory.name.filter(|_| directory.value("baseDN").is_none()) {
        let message = format!(
            "the directory has no `baseDN`, so the client searches from the root, where most servers find nothing; add \
             `{}.baseDN=…`",
            directory.shown()
        );
        findings.push(Finding::note(&LDAP_BASE, name, message));
    }
    query(directory, findings);
    // `SourceUIContact` and `UIContactDetail` put it before every address of a contact, whatever it begins with.
    let Some(entry) = directory.entry("globalPhonePrefix") else { return };
    let prefix = entry.value().trim();
    let is_for_a_line =
        prefix.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'*' | b'#')) && !prefix.starts_with("00");
    if !is_for_a_line {
        let message = "the client puts this before every number as the directory has it: `+49` makes `+49+49431…` of an \
            international number and `+490431…` of a national one; leave the line out, or write only the digits for an \
            outside line, such as `0`";
        findings.push(Finding::warning(&LDAP_PHONE_PREFIX, entry, message).on_value(entry));
    }
}

/// `LdapDirectoryImpl.buildSearchFilter`: the own filter counts with the word `custom` only, and an empty one is no
/// filter, on which the search throws.
fn query(directory: &Directory<'_>, findings: &mut Vec<Finding>) {
    let is_custom = directory.is("querymode", "custom");
    let query = directory.entry("customquery").filter(|entry| !entry.value().trim().is_empty());
    let shown = directory.shown();
    match (directory.entry("querymode").filter(|_| is_custom), query) {
        (Some(mode), None) => {
            let message = format!(
                "`querymode=custom` needs a filter: without one every search of the directory fails; add \
                 `{shown}.customquery=…`, or remove this line"
            );
            findings.push(Finding::warning(&LDAP_QUERY, mode, message));
        }
        (None, Some(query)) => {
            let message = format!(
                "the client uses a filter of yours only with `querymode=custom`, so it ignores this one; add \
                 `{shown}.querymode=custom`, or remove this line"
            );
            findings.push(Finding::warning(&LDAP_QUERY, query, message));
        }
        (Some(_), Some(query)) if !query.value().contains("<query>") => {
            let message = "the filter does not contain `<query>`, where the client puts what the user searches for, so \
                every search finds the same entries; write for example `(cn=<query>)`";
            findings.push(Finding::warning(&LDAP_QUERY, query, message).on_value(query));
        }
        _ => {}
    }
}

/// Rule `ldap-shared`.
pub(super) fn shared(directories: &[Directory<'_>], findings: &mut Vec<Finding>) {
    let named: Vec<&Directory<'_>> = directories.iter().filter(|directory| directory.name.is_some()).collect();
    if named.len() < 2 {
        return;
    }
    for setting in KEPT {
        let Some(entry) = named.iter().find_map(|directory| directory.entry(setting)) else { continue };
        let Some(without) = named.iter().find(|directory| directory.entry(setting).is_none()) else { continue };
        let message = format!(
            "the client keeps this value for the directories that it loads after this one, in an order of its own, so \
             it may count for `{shown}` too; add `{shown}.{setting}=…` with the value that is right there",
            shown = without.shown()
        );
        findings.push(Finding::warning(&LDAP_SHARED, entry, message));
    }
}
