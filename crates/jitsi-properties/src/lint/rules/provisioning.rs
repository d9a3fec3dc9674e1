//! Rules about how the client asks for its settings, which one answer can end for good.
//!
//! `ProvisioningActivator` does not ask without a method or with `NONE`; with a method that it does not know it takes
//! the stored URL, as for `Manual`. `retrieveConfigurationFile` gives up on an URL that Java does not take, and on one
//! whose host it cannot look up, which it does before it fills in placeholders.

use crate::document::Entry;
use crate::jitsi_keys::{METHOD, REMOVE, URL};
use crate::lint::finding::Finding;
use crate::lint::level::Level;
use crate::lint::rule::{Family, Rule};
use crate::lint::settings::{Settings, value_of};

pub(super) static FAMILY: Family =
    Family { title: "Provisioning", rules: &[&PROVISIONING_METHOD, &PROVISIONING_OFF, &PROVISIONING_URL, &MANDATORY] };

static PROVISIONING_METHOD: Rule = Rule {
    id: "provisioning-method",
    levels: &[Level::Error, Level::Warning],
    can_be_suppressed: true,
    is_about_value: true,
    what: "The provisioning method is empty or unknown.",
    why: "\
        Without a method the client never asks again. It treats an unknown one like `Manual`; there the rule is a \
        warning.",
    example: "net.java.sip.communicator.plugin.provisioning.METHOD=",
    instead: "net.java.sip.communicator.plugin.provisioning.METHOD=Manual",
};

static PROVISIONING_OFF: Rule = Rule {
    id: "provisioning-off",
    levels: &[Level::Warning],
    can_be_suppressed: true,
    is_about_value: false,
    what: "The provisioning method is `NONE`.",
    why: "The client never asks for its settings again.",
    example: "net.java.sip.communicator.plugin.provisioning.METHOD=NONE",
    instead: "net.java.sip.communicator.plugin.provisioning.METHOD=Manual",
};

static PROVISIONING_URL: Rule = Rule {
    id: "provisioning-url",
    levels: &[Level::Error],
    can_be_suppressed: false,
    is_about_value: true,
    what: "The client cannot use the provisioning URL.",
    why: "It fails at every start, and no later reply can repair it.",
    example: "net.java.sip.communicator.plugin.provisioning.URL=prov.example.org/provision",
    instead: "\
        net.java.sip.communicator.plugin.provisioning.URL=https://prov.example.org/provision?username=${username}&password=${password}",
};

static MANDATORY: Rule = Rule {
    id: "mandatory",
    levels: &[Level::Warning],
    can_be_suppressed: true,
    is_about_value: false,
    what: "`MANDATORY` is `true`.",
    why: "A client that gets no reply shuts down, so users cannot work while the service, the XMPP server or the \
        network is down.",
    example: "net.java.sip.communicator.plugin.provisioning.MANDATORY=true",
    instead: "net.java.sip.communicator.plugin.provisioning.MANDATORY=false",
};

const MANDATORY_KEY: &str = "net.java.sip.communicator.plugin.provisioning.MANDATORY";

/// Rules `provisioning-method`, `provisioning-off`, `provisioning-url` and `mandatory`.
pub(in crate::lint) fn check(settings: &Settings<'_>, findings: &mut Vec<Finding>) {
    // `null-wipes-provisioning` reports a removal.
    let set = |key| settings.entry(key).filter(|entry| entry.value() != REMOVE);
    if let Some(entry) = set(METHOD) {
        findings.extend(method(entry));
    }
    if let Some(entry) = set(URL)
        && !value_of(entry).is_some_and(is_sound)
    {
        let message = "the client cannot ask at this address, at its next start or ever again: the address must begin \
            with `https://` or `http://`, a host without a placeholder and optionally a port from 1 to 65535, and have \
            no blanks and, before `?`, no braces or similar characters; write the whole address, as \
            `https://prov.example.org/provision?username=${username}`, or remove the line";
        findings.push(Finding::error(&PROVISIONING_URL, entry, message).on_value(entry));
    }
    // Exactly this: with a blank behind it the client takes it for false.
    if let Some(entry) = set(MANDATORY_KEY).filter(|entry| entry.value().eq_ignore_ascii_case("true")) {
        let message = "a client that gets no answer, because this service, Openfire or the network is down, then shows \
            an error and stops, so its user cannot work; remove the line unless you want that";
        findings.push(Finding::warning(&MANDATORY, entry, message));
    }
}

fn method(entry: Entry<'_>) -> Option<Finding> {
    match value_of(entry) {
        None => {
            let message = "without a method the client never asks again; write `Manual`, `DHCP` or `Bonjour`, or \
                `NONE` to end provisioning on purpose";
            Some(Finding::error(&PROVISIONING_METHOD, entry, message))
        }
        Some("NONE") => {
            let message = "the client never asks again after this answer, and only its user can change that; remove \
                the line unless the client should leave provisioning";
            Some(Finding::warning(&PROVISIONING_OFF, entry, message).on_value(entry))
        }
        Some("Manual" | "DHCP" | "Bonjour") => None,
        Some(_) => {
            let message = "the client does not know this method and uses the address that it has stored, as for \
                `Manual`; write `Manual`, `DHCP`, `Bonjour` or `NONE`, spelt exactly like this";
            Some(Finding::warning(&PROVISIONING_METHOD, entry, message).on_value(entry))
        }
    }
}

/// Whether the client can ask at an address, as far as that can be seen: it encodes the part after `?` itself.
fn is_sound(url: &str) -> bool {
    const NEVER: [char; 9] = ['{', '}', '|', '\\', '^', '"', '<', '>', '`'];
    let Some((scheme, rest)) = url.split_once("://") else { return false };
    let before_query = url.split('?').next().unwrap_or_default();
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    ["https", "http"].iter().any(|known| scheme.eq_ignore_ascii_case(known))
        && !url.contains(|letter: char| letter.is_whitespace() || letter.is_control())
        && !without_placeholders(before_query).contains(NEVER)
        && !authority.contains('$')
        && names_a_host(authority)
}

/// A path without what the client fills in there, which is all that it knows but `${username}` and `${password}`.
fn without_placeholders(path: &str) -> String {
    const FILLED: [&str; 12] = [
        "arch",
        "build",
        "home.location",
        "home.name",
        "hostname",
        "hwaddr",
        "ipaddr",
        "locale",
        "osname",
        "resx",
        "resy",
        "uuid",
    ];
    let is_filled = |name: &str| {
        let of_the_machine = ["env.", "system."].iter().any(|start| name.starts_with(start));
        FILLED.contains(&name) || (of_the_machine && !name.contains('{'))
    };
    let mut pieces = path.split("${");
    let mut left = pieces.next().unwrap_or_default().to_owned();
    for piece in pieces {
        match piece.split_once('}') {
            Some((name, rest)) if is_filled(name) => left.push_str(rest),
            _ => left.extend(["{", piece]),
        }
    }
    left
}

/// Whether `user@host:port` has a host, and a port that is one if there is any.
fn names_a_host(authority: &str) -> bool {
    let place = authority.rsplit_once('@').map_or(authority, |(_, place)| place);
    let (host, port) = match place.strip_prefix('[') {
        Some(rest) => match rest.split_once(']') {
            Some((address, behind)) => (address, behind),
            None => return false,
        },
        None => place.split_at(place.find(':').unwrap_or(place.len())),
    };
    let is_port =
        |port: &str| port.bytes().all(|byte| byte.is_ascii_digit()) && port.parse().is_ok_and(|port: u16| port > 0);
    !host.is_empty() && (port.is_empty() || port.strip_prefix(':').is_some_and(is_port))
}

#[cfg(test)]
mod tests {
    use crate::lint::broken_by;

    fn broken(name: &str, value: &str) -> Vec<&'static str> {
        const RULES: [&str; 4] = ["provisioning-method", "provisioning-off", "provisioning-url", "mandatory"];
        let text = format!("net.java.sip.communicator.plugin.provisioning.{name}={value}");
        broken_by(&RULES, &text).into_iter().map(|(_, rule)| rule).collect()
    }

    #[test]
    fn the_client_goes_on_asking() {
        for method in ["Manual", "DHCP", "Bonjour", "Manual "] {
            assert_eq!(broken("METHOD", method), [""; 0], "{method}");
        }
        assert_eq!(broken("METHOD", "NONE"), ["provisioning-off"]);
        for method in ["", "manual", "DNS"] {
            assert_eq!(broken("METHOD", method), ["provisioning-method"], "{method:?}");
        }
    }

    #[test]
    fn the_client_can_ask_at_the_address() {
        for url in [
            "https://a",
            "http://a:1/b?u=${username}",
            "HTTPS://[::1]/",
            "https://[::1]:8443/p",
            "https://user:x@a:65535/p?u={x}|y",
            "https://prov.example.org/a%20b/~c;d=1",
            "https://prov.example.org/${uuid}/${env.SITE}/p?x=${username}",
        ] {
            assert_eq!(broken("URL", url), [""; 0], "{url}");
        }
        for url in [
            "",
            "a.example.org/b",
            "ftp://a/b",
            "https:///b",
            "https://${hostname}/b",
            "https://a:${x}/",
            "https://a/ b",
            "https://prov.example.org:x/p",
            "https://prov.example.org:/p",
            "https://prov.example.org:+1/p",
            "https://prov.example.org:0/p",
            "https://prov.example.org:65536/p",
            "https://:8443/p",
            "https://user@/p",
            "https://user@:1/p",
            "https://[::1/p",
            "https://[]/p",
            "https://[::1]8443/p",
            "https://prov.example.org/p{x}",
            "https://prov.example.org/${username}",
            "https://prov.example.org/${uuid",
            "https://prov.example.org/${nothing}",
            "https://prov.example.org/a|b",
            "https://prov.example.org/a\\\\b",
            "https://prov.example.org/a\\u0001b",
            "https://prov.example.org/a^b",
            "https://prov.example.org/\"b\"",
            "https://prov.example.org/<b>",
        ] {
            assert_eq!(broken("URL", url), ["provisioning-url"], "{url:?}");
        }
    }

    #[test]
    fn mandatory_provisioning_stops_clients() {
        assert_eq!(broken("MANDATORY", "true"), ["mandatory"]);
        assert_eq!(broken("MANDATORY", "false"), [""; 0]);
        assert_eq!(broken("MANDATORY", "true "), [""; 0]);
    }
}
