//! The rule about the name above the contact list.
//!
//! The client takes it from its settings before it asks for new ones (`GlobalDisplayDetailsImpl`), and without a vCard for a
//! nickname in chat rooms (`MUCServiceImpl`). Without the key it takes the name of the user's own vCard in the same start.

use super::GLOBAL_DISPLAY_NAME;
use crate::lint::finding::Finding;
use crate::lint::settings::{Settings, value_of};

const GLOBAL: &str = "net.java.sip.communicator.impl.gui.main.presence.GLOBAL_DISPLAY_NAME";

/// Rule `global-display-name`.
pub(in crate::lint) fn check(settings: &Settings<'_>, findings: &mut Vec<Finding>) {
    let name = settings.entry(GLOBAL).filter(|entry| value_of(*entry).is_some());
    findings.extend(name.map(|entry| {
        let message = "the client reads this before it asks for its settings, so the name appears only at the next start, \
            perhaps for another user, also in chat rooms; write `${null}`: then the client uses the name in the user's own \
            vCard";
        Finding::warning(&GLOBAL_DISPLAY_NAME, entry, message).on_value(entry)
    }));
}

#[cfg(test)]
mod tests {
    use super::GLOBAL;
    use crate::lint::broken;

    #[test]
    fn a_name_that_comes_one_start_late_is_reported() {
        assert_eq!(broken(&format!("{GLOBAL}=Anna Berg")), [(1, "global-display-name")]);
        for none in ["${null}", "", " "] {
            assert!(!broken(&format!("{GLOBAL}={none}")).contains(&(1, "global-display-name")), "{none:?}");
        }
    }
}
