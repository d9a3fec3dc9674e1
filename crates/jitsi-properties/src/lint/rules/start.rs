//! The rule about what keeps a client from starting.
//!
//! `ConfigurationUtils.loadGuiConfigurations` reads these numbers without catching what is none: in Jitsi 2.10 when the
//! window opens (`GuiActivator.start`), in newer clients before there is a configuration at all (`ConfigurationActivator`).

use crate::lint::finding::Finding;
use crate::lint::level::Level;
use crate::lint::rule::{Family, Rule};
use crate::lint::settings::{Settings, value_of};

pub(in crate::lint) static FAMILY: Family = Family { title: "The client's start", rules: &[&START_NUMBER] };

static START_NUMBER: Rule = Rule {
    id: "start-number",
    levels: &[Level::Error],
    can_be_suppressed: false,
    is_about_value: true,
    what: "`MESSAGE_HISTORY_SIZE`, `CHAT_WRITE_AREA_SIZE` or `WINDOW_TRANSPARENCY` is no whole number.",
    why: "\
        Jitsi 2.10 then opens no window. A newer client does not start any more, so it never asks for its settings \
        again, and no later reply can repair it.",
    example: "service.gui.MESSAGE_HISTORY_SIZE=ten",
    instead: "service.gui.MESSAGE_HISTORY_SIZE=10",
};

/// The keys, with numbers that do no harm.
const NUMBERS: [(&str, u8); 3] = [
    ("service.gui.MESSAGE_HISTORY_SIZE", 10),
    ("net.java.sip.communicator.impl.gui.CHAT_WRITE_AREA_SIZE", 0),
    ("impl.gui.WINDOW_TRANSPARENCY", 180),
];

/// Rule `start-number`.
pub(in crate::lint) fn check(settings: &Settings<'_>, findings: &mut Vec<Finding>) {
    for (key, usual) in NUMBERS {
        let Some(entry) = settings.entry(key) else { continue };
        // `Integer.parseInt`; an empty value is skipped.
        if value_of(entry).is_none_or(|value| value.parse::<i32>().is_ok()) {
            continue;
        }
        let message = format!(
            "Jitsi 2.10 opens no window without a whole number here, and a newer client does not start any more, so no \
             later reply can repair it; write `{usual}`, or remove the line"
        );
        findings.push(Finding::error(&START_NUMBER, entry, message).on_value(entry));
    }
}

#[cfg(test)]
mod tests {
    use super::NUMBERS;
    use crate::lint::broken;

    #[test]
    fn a_number_that_each_start_needs_is_one() {
        for (key, _) in NUMBERS {
            for wrong in ["ten", "1.5", "4000000000", "0x10", "10px"] {
                assert_eq!(broken(&format!("{key}={wrong}")), [(1, "start-number")], "{wrong}");
            }
            for right in ["12", "-1", "+3", "${null}", ""] {
                assert_eq!(broken(&format!("{key}={right}")), [], "{right}");
            }
        }
    }
}
