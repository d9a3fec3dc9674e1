//! The rule about where the client looks for its updates.
//!
//! `UpdateServiceImpl.isLatestVersion` reads an empty address as none, as `getString` does with every empty value, and
//! then takes the one of its installation (`update-location.properties`).

use crate::jitsi_keys::REMOVE;
use crate::lint::finding::Finding;
use crate::lint::level::Level;
use crate::lint::rule::{Family, Rule};
use crate::lint::settings::{Settings, value_of};

pub(super) static FAMILY: Family = Family { title: "Updates", rules: &[&EMPTY_UPDATE_LINK] };

static EMPTY_UPDATE_LINK: Rule = Rule {
    id: "empty-update-link",
    levels: &[Level::Warning],
    can_be_suppressed: true,
    is_about_value: false,
    what: "`UPDATE_LINK` is empty.",
    why: "\
        The client then asks for updates at the address built into its installation. In a template, put the line \
        under `{% if updates.link %}`, since `updates.link` is empty for a client without a release; or choose the \
        built-in address explicitly with `${null}`.",
    example: "net.java.sip.communicator.UPDATE_LINK=",
    instead: "net.java.sip.communicator.UPDATE_LINK=${null}",
};

const LINK: &str = "net.java.sip.communicator.UPDATE_LINK";

/// Rule `empty-update-link`.
pub(in crate::lint) fn check(settings: &Settings<'_>, findings: &mut Vec<Finding>) {
    let link = settings.entry(LINK).filter(|entry| entry.value() != REMOVE && value_of(*entry).is_none());
    findings.extend(link.map(|entry| {
        let message = "there is no address for this client, which then asks at its built-in address; put the line \
            under `{% if updates.link %}`, or write `${null}` if you mean that";
        Finding::warning(&EMPTY_UPDATE_LINK, entry, message)
    }));
}

#[cfg(test)]
mod tests {
    use super::LINK;
    use crate::lint::broken;

    #[test]
    fn an_address_that_is_empty_is_reported() {
        for empty in ["", " \t"] {
            assert_eq!(broken(&format!("{LINK}={empty}\na=b")).first(), Some(&(1, "empty-update-link")), "{empty:?}");
        }
        assert_eq!(broken(&format!("{LINK}=https://a.test/updates/x/versionupdate.properties")), []);
        assert_eq!(broken(&format!("{LINK}=${{null}}")), []);
    }
}
