//! Rules about blanks around values.
//!
//! The client takes them away from most settings, but not from passwords, nor where it reads `true` or `false` of its
//! own settings (those of accounts it does trim). A blank that comes from a value of the template is not reported: it is
//! spelt `\u0020`, and not a slip of who wrote the text.

use super::{BOOLEAN_WITH_BLANK, VALUE_WITH_BLANK};
use crate::catalogue::Protocol;
use crate::document::Entry;
use crate::jitsi_keys::{PASSWORD, REMOVE};
use crate::lint::finding::Finding;
use crate::lint::rules::provisioning::prefixes::is_list;
use crate::lint::settings::Settings;

/// Rules `boolean-with-blank` and `value-with-blank`.
pub(in crate::lint) fn check(settings: &Settings<'_>, findings: &mut Vec<Finding>) {
    let written = |entry: &Entry<'_>| entry.value().ends_with(BLANKS) && entry.value_at().len() == entry.value().len();
    findings.extend(settings.entries().filter(written).filter_map(blank));
}

const BLANKS: [char; 3] = [' ', '\t', '\x0c'];

fn blank(entry: Entry<'_>) -> Option<Finding> {
    let value = entry.value().trim();
    // `null-with-blank` and `prefix-with-blank` say more.
    if value == REMOVE || is_list(entry.key()) {
        return None;
    }
    let is_boolean = ["true", "false"].iter().any(|word| word.eq_ignore_ascii_case(value));
    let finding = if is_boolean && Protocol::of_key(entry.key()).is_none() {
        let message = "because of the blank the client reads even `true` as false here; end the line at the word";
        Finding::warning(&BOOLEAN_WITH_BLANK, entry, message)
    } else if entry.key().ends_with(PASSWORD) {
        let message = "the blank at the end becomes part of the password; end the line where the password ends, or \
            write `\\u0020` for a blank that belongs to it";
        Finding::warning(&VALUE_WITH_BLANK, entry, message)
    } else {
        let message = "the value ends with a blank, which some parts of the client remove and others do not; end the \
            line where the value ends, or write `\\u0020` for a blank that belongs to it";
        Finding::note(&VALUE_WITH_BLANK, entry, message)
    };
    Some(finding.on_value(entry))
}

#[cfg(test)]
mod tests {
    use crate::escape;
    use crate::lint::broken_by;

    fn broken(text: &str) -> Vec<(usize, &'static str)> {
        broken_by(&["boolean-with-blank", "value-with-blank"], text)
    }

    #[test]
    fn blanks_at_the_end_are_reported() {
        assert_eq!(broken("a=true \nb=False\t\nc= true"), [(1, "boolean-with-blank"), (2, "boolean-with-blank")]);
        assert_eq!(broken("a=b \nc.PASSWORD=d \n"), [(1, "value-with-blank"), (2, "value-with-blank")]);
        assert_eq!(broken("net.java.sip.communicator.impl.protocol.sip.accx.X=true "), [(1, "value-with-blank")]);
        assert_eq!(broken("a=${null} \nprovisioning.ALLOW_PREFIX=a \nb= "), []);
    }

    #[test]
    fn blanks_from_data_are_not() {
        let mut name = String::new();
        escape("Anna ", &mut name);
        assert_eq!(broken(&format!("a={name}\nb=c\\u0020")), []);
    }
}
