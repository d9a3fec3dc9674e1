//! Rules about `${system}.` lines, which set a property of the Java machine for this run of the client.
//!
//! `ProvisioningServiceImpl.processProperty` looks for `${null}` first, then for `.PASSWORD`, and only then for
//! `${system}.`; `System.setProperty` throws on an empty name, and nothing catches that.

use crate::document::Entry;
use crate::jitsi_keys::{REMOVE, SYSTEM, is_password};
use crate::lint::finding::Finding;
use crate::lint::level::Level;
use crate::lint::rule::{Family, Rule};
use crate::lint::settings::Settings;

pub(in crate::lint) static FAMILY: Family =
    Family { title: "Java properties", rules: &[&SYSTEM_WITHOUT_NAME, &SYSTEM_NOT_SET, &SYSTEM_PREFIX] };

static SYSTEM_WITHOUT_NAME: Rule = Rule {
    id: "system-without-name",
    levels: &[Level::Error],
    can_be_suppressed: false,
    is_about_value: false,
    what: "A key is `${system}.` without a name.",
    why: "The client throws an exception there: it keeps what the lines above set and loses all lines below.",
    example: "${system}.=true",
    instead: "${system}.java.net.useSystemProxies=true",
};

static SYSTEM_NOT_SET: Rule = Rule {
    id: "system-not-set",
    levels: &[Level::Warning],
    can_be_suppressed: true,
    is_about_value: false,
    what: "A key that begins with `${system}.` has the value `${null}`, or ends in `.PASSWORD`.",
    why: "The client neither sets nor removes a system property in these cases.",
    example: "${system}.java.net.useSystemProxies=${null}",
    instead: "${system}.java.net.useSystemProxies=false",
};

static SYSTEM_PREFIX: Rule = Rule {
    id: "system-prefix",
    levels: &[Level::Warning],
    can_be_suppressed: true,
    is_about_value: false,
    what: "A key begins with `${` but not with `${system}.`.",
    why: "The client does not fill in placeholders in keys; it stores the key exactly as written.",
    example: "${sys}.java.net.useSystemProxies=true",
    instead: "${system}.java.net.useSystemProxies=true",
};

/// Rules `system-without-name`, `system-not-set` and `system-prefix`.
pub(in crate::lint) fn check(settings: &Settings<'_>, findings: &mut Vec<Finding>) {
    let placeholders = settings.below("$");
    findings.extend(placeholders.filter_map(system));
}

fn system(entry: Entry<'_>) -> Option<Finding> {
    let Some(name) = entry.key().strip_prefix(SYSTEM) else {
        return entry.key().starts_with("${").then(|| {
            let message = "the client knows no key that begins with `${` except `${system}.`, and stores this one \
                unchanged; write `${system}.<name>=…` for a system property";
            Finding::warning(&SYSTEM_PREFIX, entry, message)
        });
    };
    if entry.value() == REMOVE || is_password(name) {
        let message = "this neither sets nor removes a system property: the client treats `${null}` and keys that end \
            in `.PASSWORD` as its own settings; remove the line";
        return Some(Finding::warning(&SYSTEM_NOT_SET, entry, message));
    }
    name.is_empty().then(|| {
        let message = "no name follows `${system}.`, so the client fails here: it keeps the lines above and loses all \
            lines below; write the name of the system property";
        Finding::error(&SYSTEM_WITHOUT_NAME, entry, message)
    })
}

#[cfg(test)]
mod tests {
    use crate::lint::broken_by;

    fn broken(line: &str) -> Vec<&'static str> {
        const RULES: [&str; 3] = ["system-without-name", "system-not-set", "system-prefix"];
        broken_by(&RULES, line).into_iter().map(|(_, rule)| rule).collect()
    }

    #[test]
    fn a_system_property_has_a_name_and_a_value() {
        assert_eq!(broken("${system}.=x"), ["system-without-name"]);
        assert_eq!(broken("${system}.="), ["system-without-name"]);
        assert_eq!(broken("${system}.=${null}"), ["system-not-set"]);
        assert_eq!(broken("${system}.java.net.useSystemProxies=true"), [""; 0]);
        assert_eq!(broken("${system}.x=${null}"), ["system-not-set"]);
        assert_eq!(broken("${system}.x.PASSWORD=y"), ["system-not-set"]);
        assert_eq!(broken("${system}.PASSWORD=y"), ["system-not-set"]);
        assert_eq!(broken("${sys}.x=y"), ["system-prefix"]);
        assert_eq!(broken("${system}x=y"), ["system-prefix"]);
        assert_eq!(broken("$x=y"), [""; 0]);
    }
}
