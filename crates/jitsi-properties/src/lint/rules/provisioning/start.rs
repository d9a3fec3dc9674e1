//! The rule about numbers on which the client does not start again.
//!
//! `ConfigurationUtils` reads them with `Integer.parseInt` and no `catch`: in `loadGuiConfigurations` when the client starts,
//! and in its `ConfigurationChangeListener` at once when a reply sets one of them. In master the first is a part of the start
//! of the configuration itself (`ConfigurationActivator`), in 2.10 of the windows (`GuiActivator`); the second ends
//! `ProvisioningServiceImpl.updateConfiguration`.

use crate::jitsi_keys::REMOVE;
use crate::lint::finding::Finding;
use crate::lint::level::Level;
use crate::lint::rule::Rule;
use crate::lint::settings::Settings;

pub(super) static NUMBER_AT_START: Rule = Rule {
    id: "number-at-start",
    levels: &[Level::Error],
    can_be_suppressed: false,
    is_about_value: true,
    what: "A setting of the windows that the client reads at its start is not a number.",
    why: "\
        The client throws an exception as soon as it applies the line, and loses all lines below it. Without a number it \
        also does not start again, so no later reply can repair it. A blank beside the number, or an empty value, is enough \
        to lose the lines.",
    example: "service.gui.MESSAGE_HISTORY_SIZE=ten",
    instead: "service.gui.MESSAGE_HISTORY_SIZE=10",
};

const NUMBERS: [&str; 3] = [
    "service.gui.MESSAGE_HISTORY_SIZE",
    "impl.gui.WINDOW_TRANSPARENCY",
    "net.java.sip.communicator.impl.gui.CHAT_WRITE_AREA_SIZE",
];

/// Rule `number-at-start`.
pub(super) fn check(settings: &Settings<'_>, findings: &mut Vec<Finding>) {
    let set = NUMBERS.into_iter().filter_map(|key| settings.entry(key));
    // `Integer.parseInt` takes a sign, and no blanks.
    let wrong = set.filter(|entry| entry.value() != REMOVE && entry.value().parse::<i32>().is_err());
    findings.extend(wrong.map(|entry| {
        let message = "the client throws an exception on anything but a number: it loses all lines below this one, and newer \
            clients do not even start again; write the digits without a blank, or remove the line";
        Finding::error(&NUMBER_AT_START, entry, message).on_value(entry)
    }));
}

#[cfg(test)]
mod tests {
    use super::NUMBERS;
    use crate::lint::broken;

    #[test]
    fn the_client_starts_again() {
        for key in NUMBERS {
            for number in ["10", "+10", "-1", "0", "${null}"] {
                assert_eq!(broken(&format!("{key}={number}")), [], "{key} {number}");
            }
            for wrong in ["ten", "10 ", "", "10px", "1.5", "4294967296", "true", "${null} "] {
                let found = broken(&format!("{key}={wrong}"));
                assert!(found.contains(&(1, "number-at-start")), "{key} {wrong:?}: {found:?}");
            }
        }
    }

    #[test]
    fn a_blank_is_one_mistake() {
        assert_eq!(broken("service.gui.MESSAGE_HISTORY_SIZE=10 "), [(1, "number-at-start")]);
    }
}
