//! The rule about where the client looks for its updates.
//!
//! `UpdateServiceImpl.isLatestVersion` reads an empty address as none, as `getString` does with every empty value, and
//! then takes the one of its installation (`update-location.properties`).

use crate::jitsi_keys::REMOVE;
use crate::lint::finding::Finding;
use crate::lint::settings::{Settings, value_of};

const LINK: &str = "net.java.sip.communicator.UPDATE_LINK";

/// Rule `empty-update-link`.
pub(in crate::lint) fn check(settings: &Settings<'_>, findings: &mut Vec<Finding>) {
    let link = settings.entry(LINK).filter(|entry| entry.value() != REMOVE && value_of(*entry).is_none());
    findings.extend(link.map(|entry| {
        let message = "there is no address for this client, which then asks at the one that is built into it; put the \
            line under `{% if updates.link %}`, or write `${null}` if that is meant";
        Finding::warning("empty-update-link", entry, message)
    }));
}

#[cfg(test)]
mod tests {
    use super::LINK;
    use crate::lint::broken;

    #[test]
    fn an_address_that_is_empty_is_told() {
        for empty in ["", " \t"] {
            assert_eq!(broken(&format!("{LINK}={empty}\na=b")).first(), Some(&(1, "empty-update-link")), "{empty:?}");
        }
        assert_eq!(broken(&format!("{LINK}=https://a.test/updates/x/versionupdate.properties")), []);
        assert_eq!(broken(&format!("{LINK}=${{null}}")), []);
    }
}
