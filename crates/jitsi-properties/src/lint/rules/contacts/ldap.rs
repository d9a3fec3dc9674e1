//! Rules about LDAP directories.
//!
//! The client reads the names of its directories from the keys `…directories.dir<n>` and then looks for the settings of
//! a name under the hash of that name (`LdapServiceImpl.loadPersistentConfig`, `LdapDirectorySettingsImpl.persistentLoad`).
//! It loads all directories in one loop without a `catch`: what throws for one of them ends the client's LDAP part as a
//! whole, the directories that the user has set up included.

mod bind;
mod directories;
mod load;
mod rules;
mod search;

use self::directories::directories;
use self::rules::{
    LDAP_BASE, LDAP_BIND, LDAP_BIND_IGNORED, LDAP_HOSTNAME, LDAP_NODE, LDAP_PASSWORD_IN_CLEAR, LDAP_PHONE_PREFIX,
    LDAP_PORT, LDAP_QUERY, LDAP_SHARED, LDAP_SSL, LDAP_VALUE, LDAP_WITHOUT_NAME,
};
use crate::lint::Client;
use crate::lint::finding::Finding;
use crate::lint::rule::Family;
use crate::lint::settings::Settings;

pub(in crate::lint) static FAMILY: Family = Family {
    title: "LDAP directories",
    rules: &[
        &LDAP_NODE,
        &LDAP_WITHOUT_NAME,
        &LDAP_HOSTNAME,
        &LDAP_VALUE,
        &LDAP_BIND,
        &LDAP_BIND_IGNORED,
        &LDAP_PASSWORD_IN_CLEAR,
        &LDAP_SSL,
        &LDAP_PORT,
        &LDAP_BASE,
        &LDAP_QUERY,
        &LDAP_SHARED,
        &LDAP_PHONE_PREFIX,
    ],
};

/// What the keys of all directories begin with.
const DIRECTORIES: &str = "net.java.sip.communicator.impl.ldap.directories.";

/// All rules about directories.
pub(in crate::lint) fn check(settings: &Settings<'_>, client: &Client, findings: &mut Vec<Finding>) {
    let directories = directories(settings);
    let named =
        directories.iter().filter(|directory| directory.name.is_some()).map(|directory| directory.node).collect();
    for directory in &directories {
        load::check(directory, &named, findings);
        if directory.name.is_some() {
            bind::check(directory, client, findings);
            search::check(directory, findings);
        }
    }
    search::shared(&directories, findings);
}

#[cfg(test)]
mod tests;
