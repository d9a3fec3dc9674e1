//! Rules about the address at which the client asks for its settings from its next start on.
//!
//! `ProvisioningServiceImpl.retrieveConfigurationFile` gives up on an address that Java does not take, and on one whose host it
//! cannot look up. It cuts the query off and sends it as a form. The client keeps the address until a reply replaces it, so
//! what keeps it from getting one lasts.

mod query;
mod usable;

use self::query::Login;
use crate::document::Entry;
use crate::jitsi_keys::{METHOD, REMOVE, URL};
use crate::lint::finding::Finding;
use crate::lint::level::Level;
use crate::lint::rule::{Family, Rule};
use crate::lint::rules::network::host_in_clear;
use crate::lint::settings::{Settings, value_of};
use crate::provisioning_url::{PASSWORD_FIELDS, USERNAME_FIELDS};

pub(in crate::lint) static FAMILY: Family = Family {
    title: "The provisioning URL",
    rules: &[
        &PROVISIONING_URL,
        &PROVISIONING_LOGIN,
        &PROVISIONING_IN_CLEAR,
        &PROVISIONING_FIELD,
        &PROVISIONING_PATH,
        &PROVISIONING_URL_UNUSED,
    ],
};

static PROVISIONING_URL: Rule = Rule {
    id: "provisioning-url",
    levels: &[Level::Error],
    can_be_suppressed: false,
    is_about_value: true,
    what: "The client cannot use the provisioning URL.",
    why: "It fails at every start, and no later reply can repair it.",
    example: "\
        net.java.sip.communicator.plugin.provisioning.METHOD=Manual\n\
        net.java.sip.communicator.plugin.provisioning.URL=prov.example.org/provision",
    instead: "\
        net.java.sip.communicator.plugin.provisioning.METHOD=Manual\n\
        net.java.sip.communicator.plugin.provisioning.URL=https://prov.example.org/provision?username=${username}&password=${password}",
};

static PROVISIONING_LOGIN: Rule = Rule {
    id: "provisioning-login",
    levels: &[Level::Error, Level::Warning],
    can_be_suppressed: true,
    is_about_value: true,
    what: "The provisioning URL does not make the client ask its user for a name and a password.",
    why: "\
        The client asks only if `${username}` and `${password}` are both there, each as the whole value of a field of its \
        own name. \
        Otherwise it asks no user and sends a form without a login, now and at every later start, and no later reply \
        can repair that. The rule is a warning when the URL has no sign of a login: a service can recognise its \
        clients in another way.",
    example: "\
        net.java.sip.communicator.plugin.provisioning.METHOD=Manual\n\
        net.java.sip.communicator.plugin.provisioning.URL=https://prov.example.org/provision?username=${username}@example.org&password=${password}",
    instead: "\
        net.java.sip.communicator.plugin.provisioning.METHOD=Manual\n\
        net.java.sip.communicator.plugin.provisioning.URL=https://prov.example.org/provision?username=${username}&password=${password}",
};

static PROVISIONING_IN_CLEAR: Rule = Rule {
    id: "provisioning-in-clear",
    levels: &[Level::Error, Level::Warning],
    can_be_suppressed: true,
    is_about_value: true,
    what: "The provisioning URL begins with `http://`.",
    why: "\
        The client sends its user's password unencrypted at every start, and takes settings, passwords of accounts among them, \
        from any server that answers. The rule is a warning when the client sends no password.",
    example: "\
        net.java.sip.communicator.plugin.provisioning.METHOD=Manual\n\
        net.java.sip.communicator.plugin.provisioning.URL=http://prov.example.org/provision?username=${username}&password=${password}",
    instead: "\
        net.java.sip.communicator.plugin.provisioning.METHOD=Manual\n\
        net.java.sip.communicator.plugin.provisioning.URL=https://prov.example.org/provision?username=${username}&password=${password}",
};

static PROVISIONING_FIELD: Rule = Rule {
    id: "provisioning-field",
    levels: &[Level::Error, Level::Warning],
    can_be_suppressed: true,
    is_about_value: true,
    what: "\
        A field of the provisioning URL has a name that the service does not read, or a placeholder that the client does not fill in.",
    why: "\
        The service then misses the login, or gets the placeholder as it is written. The rule is an error for `&amp;`, \
        which belongs in HTML only.",
    example: "\
        net.java.sip.communicator.plugin.provisioning.METHOD=Manual\n\
        net.java.sip.communicator.plugin.provisioning.URL=https://prov.example.org/provision?username=${username}&amp;password=${password}",
    instead: "\
        net.java.sip.communicator.plugin.provisioning.METHOD=Manual\n\
        net.java.sip.communicator.plugin.provisioning.URL=https://prov.example.org/provision?username=${username}&password=${password}",
};

static PROVISIONING_PATH: Rule = Rule {
    id: "provisioning-path",
    levels: &[Level::Warning],
    can_be_suppressed: true,
    is_about_value: true,
    what: "The provisioning URL has no path.",
    why: "\
        The client then posts to `/`, and this service does not answer there. A client that gets no reply keeps the URL, so no later \
        reply can repair it.",
    example: "\
        net.java.sip.communicator.plugin.provisioning.METHOD=Manual\n\
        net.java.sip.communicator.plugin.provisioning.URL=https://prov.example.org?username=${username}&password=${password}",
    instead: "\
        net.java.sip.communicator.plugin.provisioning.METHOD=Manual\n\
        net.java.sip.communicator.plugin.provisioning.URL=https://prov.example.org/provision?username=${username}&password=${password}",
};

static PROVISIONING_URL_UNUSED: Rule = Rule {
    id: "provisioning-url-unused",
    levels: &[Level::Note],
    can_be_suppressed: true,
    is_about_value: true,
    what: "A provisioning URL is set without the method `Manual`.",
    why: "\
        A client with the method `DHCP` or `Bonjour` asks at the address that it finds in its network, and at this one only when it \
        finds none. The reverse, a method without a URL, is no mistake: the client has the URL at which it got the reply.",
    example: "\
        net.java.sip.communicator.plugin.provisioning.URL=https://prov.example.org/provision?username=${username}&password=${password}",
    instead: "\
        net.java.sip.communicator.plugin.provisioning.METHOD=Manual\n\
        net.java.sip.communicator.plugin.provisioning.URL=https://prov.example.org/provision?username=${username}&password=${password}",
};

/// Rules `provisioning-url`, `provisioning-login`, `provisioning-in-clear`, `provisioning-field`, `provisioning-path` and
/// `provisioning-url-unused`.
pub(super) fn check(settings: &Settings<'_>, findings: &mut Vec<Finding>) {
    // Rules about removals report `${null}`, also with a blank.
    let Some(entry) = settings.entry(URL).filter(|entry| entry.value().trim() != REMOVE) else { return };
    let why = value_of(entry).map_or(Some("it is empty"), usable::why_unusable);
    let (Some(url), None) = (value_of(entry), why) else {
        let why = why.unwrap_or_default();
        let message = format!(
            "the client cannot ask at this address, at its next start or ever again: {why}; write the whole address, as \
             `https://prov.example.org/provision?username=${{username}}&password=${{password}}`, or remove the line"
        );
        findings.push(Finding::error(&PROVISIONING_URL, entry, message).on_value(entry));
        return;
    };
    let login = query::login(url);
    let found = [in_clear(entry, url, &login), path(entry, url), unused(settings, entry)].into_iter().flatten();
    findings.extend(found.chain(no_login(entry, &login)).chain(field(entry, url, &login)));
}

fn no_login(entry: Entry<'_>, login: &Login<'_>) -> Option<Finding> {
    const WRITE: &str = "write both, each as the whole value of a field: `username=${username}&password=${password}`";
    let message = match login {
        Login::Asked { .. } => return None,
        Login::None => {
            let message = "the client sends no login with its form; end the address with \
                `?username=${username}&password=${password}`, unless the service recognises its clients in another way";
            return Some(Finding::warning(&PROVISIONING_LOGIN, entry, message).on_value(entry));
        }
        Login::Inside(placeholder) => format!(
            "`{placeholder}` is not the whole value of a field, so the client removes it, asks its user nothing, and \
             sends what is left with an empty password from now on; {WRITE}; leave it to the service to complete names"
        ),
        Login::Half { has, lacks } => format!(
            "the address has `{has}` and no `{lacks}`, so the client asks its user nothing and sends an empty field from now on; \
             {WRITE}"
        ),
        Login::Twice => "a field of the login has the name of another one: newer clients send only the last of the two, and ask \
            their user nothing if it has a value of its own, older ones send both; give each field a name of its own, as in \
            `username=${username}&password=${password}`"
            .to_owned(),
        Login::Misspelt => format!(
            "the client does not know the placeholder in this address, asks its user nothing, and sends it as it is written from \
             now on; {WRITE}"
        ),
    };
    Some(Finding::error(&PROVISIONING_LOGIN, entry, message).on_value(entry))
}

fn in_clear(entry: Entry<'_>, url: &str, login: &Login<'_>) -> Option<Finding> {
    host_in_clear(url)?;
    let finding = if matches!(login, Login::Asked { .. }) {
        let message = "every client sends its user's password unencrypted from its next start on; write an address that begins \
            with `https://`, and pin its certificate if clients do not trust it";
        Finding::error(&PROVISIONING_IN_CLEAR, entry, message)
    } else {
        let message = "the reply, with the passwords in it, crosses the network unencrypted, and an attacker can replace it; \
            write an address that begins with `https://`";
        Finding::warning(&PROVISIONING_IN_CLEAR, entry, message)
    };
    Some(finding.on_value(entry))
}

fn field(entry: Entry<'_>, url: &str, login: &Login<'_>) -> Option<Finding> {
    if crate::provisioning_url::fields_of(url).any(|(name, _)| name.starts_with("amp;")) {
        let message = "the client takes `amp;` for the beginning of the next field's name, so the service misses that field; write \
            `&` instead of `&amp;`";
        return Some(Finding::error(&PROVISIONING_FIELD, entry, message).on_value(entry));
    }
    // Without a login that is the cause to repair.
    let Login::Asked { username, password } = login else { return None };
    let unread = [("username", *username, USERNAME_FIELDS), ("password", *password, PASSWORD_FIELDS)];
    let message = if let Some((kind, _, names)) = unread.into_iter().find(|(_, name, names)| !names.contains(name)) {
        let [first, second] = names;
        format!(
            "the service does not read the field of `${{{kind}}}` by this name; write `{first}` or `{second}`, or name it in \
             `http.{kind}_fields`"
        )
    } else {
        query::unknown_placeholder(url)?;
        "the client does not fill in a placeholder of this address and sends it as it is written; correct its name, or remove the \
         field"
            .to_owned()
    };
    Some(Finding::warning(&PROVISIONING_FIELD, entry, message).on_value(entry))
}

fn path(entry: Entry<'_>, url: &str) -> Option<Finding> {
    let (_, rest) = url.split_once("://")?;
    let before_query = rest.split(['?', '#']).next().unwrap_or_default();
    before_query.split_once('/').is_none_or(|(_, path)| path.trim_matches('/').is_empty()).then(|| {
        let message = "the client posts to `/`, where this service does not answer; write the path too, as \
            `https://prov.example.org/provision`, unless `http.paths` or a proxy says otherwise";
        Finding::warning(&PROVISIONING_PATH, entry, message).on_value(entry)
    })
}

fn unused(settings: &Settings<'_>, entry: Entry<'_>) -> Option<Finding> {
    let message = match settings.value(METHOD) {
        Some("DHCP" | "Bonjour") => {
            "the client uses this address only when it finds none in its network; write `Manual` for \
             `net.java.sip.communicator.plugin.provisioning.METHOD` if it should always ask here"
        }
        // What it is set to ends provisioning, or a rule of its own reports it.
        Some(_) => return None,
        None if settings.entry(METHOD).is_some() => return None,
        None => {
            "clients that found this service by DHCP or multicast DNS go on asking there; add \
             `net.java.sip.communicator.plugin.provisioning.METHOD=Manual` if they should ask here"
        }
    };
    Some(Finding::note(&PROVISIONING_URL_UNUSED, entry, message))
}

#[cfg(test)]
mod tests;
