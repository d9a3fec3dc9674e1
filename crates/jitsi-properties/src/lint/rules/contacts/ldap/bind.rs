//! Rules about how the client connects to a directory and logs in to it.

use super::directories::Directory;
use super::rules::{LDAP_BIND, LDAP_BIND_IGNORED, LDAP_PASSWORD_IN_CLEAR, LDAP_PORT, LDAP_SSL};
use crate::document::Entry;
use crate::lint::Client;
use crate::lint::finding::Finding;
use crate::version::Version;

/// The first version that comes with a Java in which a search by SSL finds nothing.
const NEW_JAVA: &str = "2.12";

/// Rules `ldap-bind`, `ldap-bind-ignored`, `ldap-password-in-clear`, `ldap-ssl` and `ldap-port`.
pub(super) fn check(directory: &Directory<'_>, client: &Client, findings: &mut Vec<Finding>) {
    if directory.is("auth", "SIMPLE") {
        login(directory, findings);
    } else if directory.is_or_default("auth", "NONE") {
        ignored(directory, findings);
    }
    let is_ssl = directory.is("encryption", "SSL");
    if let Some(entry) = directory.entry("encryption").filter(|_| is_ssl && !is_old(client)) {
        let message = "on clients with Java 17, which newer clients include, every search over SSL ends in a \
            ClassCastException and finds nothing; write `encryption=CLEAR` for them, without a login, or put this line \
            under a condition on the client's version";
        findings.push(Finding::warning(&LDAP_SSL, entry, message).on_value(entry));
    }
    let is_known = is_ssl || directory.is_or_default("encryption", "CLEAR");
    let Some(entry) = directory.entry("port").filter(|_| is_known) else { return };
    let of_the_other = if is_ssl { ["389", "3268"] } else { ["636", "3269"] };
    if of_the_other.contains(&entry.value()) {
        let (encryption, other) = if is_ssl { ("SSL", "CLEAR") } else { ("CLEAR", "SSL") };
        let message = format!(
            "the client connects with `encryption={encryption}` to the usual port of `{other}`, where the server does not \
             understand it, so searches find nothing; leave `port` out, or write the other `encryption`"
        );
        findings.push(Finding::warning(&LDAP_PORT, entry, message).on_value(entry));
    }
}

fn is_old(client: &Client) -> bool {
    let new = Version::parse(NEW_JAVA);
    client.version.as_ref().zip(new.as_ref()).is_some_and(|(version, new)| version < new)
}

/// With `auth=SIMPLE`: `LdapDirectoryImpl` throws without a name, and hands an empty password on to the server, which
/// takes that for an anonymous login (RFC 4513, 5.1.2) or refuses it.
fn login(directory: &Directory<'_>, findings: &mut Vec<Finding>) {
    let Some(auth) = directory.entry("auth") else { return };
    if directory.value("bindDN").is_none() {
        let message = format!(
            "`auth=SIMPLE` needs a `bindDN` and a `PASSWORD`: without the first the client throws an exception and \
             loads no directory at all, not even those of the user; write `{}.auth=NONE` and remove the rest of the \
             login, or complete it",
            directory.shown()
        );
        findings.push(Finding::error(&LDAP_BIND, auth, message));
        return;
    }
    let Some(password) = directory.entry("PASSWORD").filter(|password| !password.value().is_empty()) else {
        let message = format!(
            "`auth=SIMPLE` is set without a password, so the directory takes the login for an anonymous one or refuses it; \
             write `{}.auth=NONE` and remove the `bindDN`, or complete the login",
            directory.shown()
        );
        findings.push(Finding::warning(&LDAP_BIND, auth, message));
        return;
    };
    if directory.is_or_default("encryption", "CLEAR") {
        let message = format!(
            "the client sends this password unencrypted over the network at every search; let clients read the \
             directory without a login, write `{}.auth=NONE` and remove `bindDN` and this line, or use SSL for clients \
             that can search over it",
            directory.shown()
        );
        findings.push(Finding::error(&LDAP_PASSWORD_IN_CLEAR, password, message));
    }
}

fn ignored(directory: &Directory<'_>, findings: &mut Vec<Finding>) {
    let login = ["bindDN", "PASSWORD"].into_iter().filter_map(|setting| directory.entry(setting));
    let login: Vec<_> = login.filter(|entry| !entry.value().is_empty()).collect();
    if let Some(entry) = login.iter().copied().min_by_key(Entry::line) {
        let lines = if login.len() > 1 { "remove `bindDN` and `PASSWORD`" } else { "remove the line" };
        let message = format!(
            "the client logs in to the directory only with `auth=SIMPLE`, so it ignores this line and searches without a \
             login; {lines}, or complete the login"
        );
        findings.push(Finding::warning(&LDAP_BIND_IGNORED, entry, message));
    }
}
