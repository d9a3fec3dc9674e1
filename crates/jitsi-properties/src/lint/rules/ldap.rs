//! Rules about LDAP directories.
//!
//! The client reads the names of its directories from the keys `…directories.dir<n>` and then looks for the settings of
//! a name under the hash of that name (`LdapServiceImpl.loadPersistentConfig`, `LdapDirectorySettingsImpl`).

use std::collections::BTreeSet;

use crate::java_hash::java_hash;
use crate::lint::finding::Finding;
use crate::lint::level::Level;
use crate::lint::rule::{Family, Rule};
use crate::lint::settings::{Settings, value_of};

pub(super) static FAMILY: Family = Family { title: "LDAP directories", rules: &[&LDAP_NODE, &LDAP_WITHOUT_NAME] };

static LDAP_NODE: Rule = Rule {
    id: "ldap-node",
    levels: &[Level::Warning],
    can_be_suppressed: true,
    is_about_value: false,
    what: "The node of an LDAP directory is not the hash of the directory's name.",
    why: "The client looks for the directory's settings under the hash and finds none.",
    example: "\
        net.java.sip.communicator.impl.ldap.directories.dir1=Company\n\
        net.java.sip.communicator.impl.ldap.directories.dir1.hostname=ldap.example.org",
    instead: "\
        net.java.sip.communicator.impl.ldap.directories.dir1679829923=Company\n\
        net.java.sip.communicator.impl.ldap.directories.dir1679829923.hostname=ldap.example.org",
};

static LDAP_WITHOUT_NAME: Rule = Rule {
    id: "ldap-without-name",
    levels: &[Level::Warning],
    can_be_suppressed: true,
    is_about_value: false,
    what: "An LDAP directory has settings but no name.",
    why: "The client finds a directory by its name, so it ignores the settings.",
    example: "net.java.sip.communicator.impl.ldap.directories.dir1679829923.hostname=ldap.example.org",
    instead: "\
        net.java.sip.communicator.impl.ldap.directories.dir1679829923=Company\n\
        net.java.sip.communicator.impl.ldap.directories.dir1679829923.hostname=ldap.example.org",
};

const DIRECTORIES: &str = "net.java.sip.communicator.impl.ldap.directories.";

/// Rules `ldap-node` and `ldap-without-name`.
pub(in crate::lint) fn check(settings: &Settings<'_>, findings: &mut Vec<Finding>) {
    let mut reported = BTreeSet::new();
    // What was looked up last: the lines of a directory are mostly consecutive.
    let mut known = None;
    for entry in settings.document().entries().filter(|entry| !entry.is_bare()) {
        let Some(rest) = entry.key().strip_prefix(DIRECTORIES) else { continue };
        let Some(value) = value_of(entry) else { continue };
        if let Some((node, _)) = rest.split_once('.') {
            if known == Some(node) {
                continue;
            }
            known = Some(node);
            if settings.value(&format!("{DIRECTORIES}{node}")).is_none() && reported.insert(node) {
                let message = format!(
                    "the directory has no name, by which the client finds it; add `….directories.{}=<name>`",
                    node.escape_debug()
                );
                findings.push(Finding::warning(&LDAP_WITHOUT_NAME, entry, message));
            }
            continue;
        }
        // `Math.abs` leaves the smallest number negative.
        let expected = format!("dir{}", java_hash(value).wrapping_abs());
        if rest != expected {
            let message = format!(
                "the client looks for the settings of a directory of this name under `{expected}`, so it finds none; \
                 write `{expected}` in all keys of the directory, in a template `dir{{{{ name | java_hash }}}}`"
            );
            findings.push(Finding::warning(&LDAP_NODE, entry, message));
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::lint::{below, broken_by};

    fn broken(lines: &[&str]) -> Vec<(usize, &'static str)> {
        broken_by(&["ldap-node", "ldap-without-name"], &below(super::DIRECTORIES, lines))
    }

    #[test]
    fn a_directory_stands_under_the_hash_of_its_name() {
        assert_eq!(broken(&["dir746838454=Company Directory", "dir746838454.enabled=true"]), []);
        assert_eq!(broken(&["dir1878615380=Firma Größe"]), []);
        assert_eq!(broken(&["dir-2147483648=polygenelubricants"]), []);
        assert_eq!(broken(&["dir1=Company", "dir1.enabled=true"]), [(1, "ldap-node")]);
        assert_eq!(broken(&["dir746838454=${null}"]), []);
    }

    #[test]
    fn a_directory_has_a_name() {
        assert_eq!(
            broken(&["dir1.enabled=true", "dir1.hostname=a", "dir2.port=1"]),
            [(1, "ldap-without-name"), (3, "ldap-without-name")]
        );
        assert_eq!(broken(&["dir1=", "dir1.hostname=${null}"]), []);
    }
}
