//! Rules about where the client looks for its updates.
//!
//! `UpdateServiceImpl.isLatestVersion` reads an empty address as none, as `getString` does with every empty value, and
//! then takes the one of its installation (`update-location.properties`). It asks by a plain GET, and checks neither the
//! version's file nor the installer that this names for a signature; macOS checks that of the installer (`SparkleActivator`).

use super::host_in_clear;
use crate::jitsi_keys::REMOVE;
use crate::lint::Client;
use crate::lint::finding::Finding;
use crate::lint::level::Level;
use crate::lint::rule::{Family, Rule};
use crate::lint::settings::{Settings, value_of};

pub(in crate::lint) static FAMILY: Family =
    Family { title: "Updates", rules: &[&EMPTY_UPDATE_LINK, &UPDATE_LINK_IN_CLEAR] };

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

static UPDATE_LINK_IN_CLEAR: Rule = Rule {
    id: "update-link-in-clear",
    levels: &[Level::Warning],
    can_be_suppressed: true,
    is_about_value: false,
    what: "`UPDATE_LINK` begins with `http://`.",
    why: "\
        An attacker on the network can name another installer, which the client downloads and starts once its user agrees.",
    example: "net.java.sip.communicator.UPDATE_LINK=http://prov.example.org/updates/windows-x64/versionupdate.properties",
    instead: "net.java.sip.communicator.UPDATE_LINK=https://prov.example.org/updates/windows-x64/versionupdate.properties",
};

const LINK: &str = "net.java.sip.communicator.UPDATE_LINK";

/// Rules `empty-update-link` and `update-link-in-clear`.
pub(super) fn check(settings: &Settings<'_>, client: &Client, findings: &mut Vec<Finding>) {
    let link = settings.entry(LINK).filter(|entry| entry.value() != REMOVE && value_of(*entry).is_none());
    findings.extend(link.map(|entry| {
        let message = if client.is_installation {
            "without an address the client asks at its built-in one; remove the line"
        } else {
            "there is no address for this client, which then asks at its built-in address; put the line under \
             `{% if updates.link %}`, or write `${null}` if you mean that"
        };
        Finding::warning(&EMPTY_UPDATE_LINK, entry, message)
    }));
    let in_clear = settings.entry(LINK).filter(|entry| value_of(*entry).is_some_and(|it| host_in_clear(it).is_some()));
    findings.extend(in_clear.map(|entry| {
        let message = "the client gets the name of the installer unencrypted, so an attacker on the network can offer another \
            program in its place; write an address that begins with `https://`";
        Finding::warning(&UPDATE_LINK_IN_CLEAR, entry, message).on_value(entry)
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

    #[test]
    fn an_address_in_the_clear_is_reported() {
        let link = |address: &str| broken(&format!("{LINK}={address}/versionupdate.properties"));
        assert_eq!(link("http://a.test/updates/x"), [(1, "update-link-in-clear")]);
        assert_eq!(link("http://localhost:8080/updates/x"), []);
    }
}
