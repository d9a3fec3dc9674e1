//! The rule about `provisioning.ENFORCE_PREFIX`, a list of beginnings: the client removes every other key.

use super::super::document::Document;
use super::finding::Finding;

const ENFORCE: &str = "provisioning.ENFORCE_PREFIX";

/// What the client needs to ask again and to be known again; a list must keep all of them.
const NEEDED: [&str; 5] = [
    "net.java.sip.communicator.UUID",
    "net.java.sip.communicator.plugin.provisioning.METHOD",
    "net.java.sip.communicator.plugin.provisioning.URL",
    "net.java.sip.communicator.plugin.provisioning.auth",
    "net.java.sip.communicator.plugin.provisioning.auth.USERNAME",
];

/// Rule `enforce-prefix`.
pub(super) fn check(document: &Document, findings: &mut Vec<Finding>) {
    for entry in document.entries().filter(|entry| entry.key() == ENFORCE) {
        if let Some(lost) = NEEDED.iter().find(|needed| !keeps(entry.value(), needed)) {
            let message = format!(
                "the list does not keep `{lost}`, so the client loses how it asks for its settings, and its next \
                 start does not ask; add `net.java.sip.communicator.plugin.provisioning` and \
                 `net.java.sip.communicator.UUID`"
            );
            findings.push(Finding::error("enforce-prefix", entry, message).on_value(entry));
        }
    }
}

/// Splits as Java does, where empty items at the end do not count: `|` keeps nothing, while an empty list or an empty
/// item before another keeps everything.
fn keeps(list: &str, key: &str) -> bool {
    let items = list.trim_end_matches('|');
    list.is_empty() || !items.is_empty() && items.split('|').any(|item| key.starts_with(item))
}

#[cfg(test)]
mod tests {
    use super::super::broken;

    fn enforce(list: &str) -> Vec<(usize, &'static str)> {
        broken(&format!("provisioning.ENFORCE_PREFIX={list}"))
    }

    #[test]
    fn a_list_keeps_the_client_s_own_provisioning() {
        const LOST: [(usize, &str); 1] = [(1, "enforce-prefix")];
        assert_eq!(enforce("net.java|impl.gui"), []);
        assert_eq!(enforce("net.java.sip.communicator.plugin.provisioning|net.java.sip.communicator.UUID"), []);
        assert_eq!(enforce("net.java.sip.communicator.plugin.provisioning"), LOST);
        assert_eq!(enforce("net.java.sip.communicator.plugin.provisioning.auth|net.java.sip.communicator.UUID"), LOST);
        assert_eq!(enforce("impl.gui"), LOST);
        assert_eq!(enforce("|"), LOST);
        assert_eq!(enforce(""), []);
        assert_eq!(enforce("|impl.gui"), []);
    }
}
