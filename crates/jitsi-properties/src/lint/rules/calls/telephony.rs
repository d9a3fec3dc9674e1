//! Rules about what a telephone does automatically: automatic answers, and watched lines (busy lamp field).
//!
//! `OperationSetAutoAnswerSipImpl` forwards a call before it thinks of an answer, and answers by a header only when both its
//! name and its value are set and match. `OperationSetTelephonyBLFSipImpl` asks for the state of each line when the account
//! has registered, and throws at one without an address.

use std::collections::BTreeMap;

use crate::catalogue::Protocol;
use crate::document::Entry;
use crate::lint::finding::Finding;
use crate::lint::level::Level;
use crate::lint::rule::{Family, Rule};
use crate::lint::settings::{Account, Settings, value_of};

pub(in crate::lint) static FAMILY: Family =
    Family { title: "Telephone functions", rules: &[&AUTO_ANSWER_CONDITION, &AUTO_ANSWER_UNUSED, &BLF_ADDRESS] };

static AUTO_ANSWER_CONDITION: Rule = Rule {
    id: "auto-answer-condition",
    levels: &[Level::Warning],
    can_be_suppressed: true,
    is_about_value: false,
    what: "`AUTO_ANSWER_CONDITIONAL_NAME` is set without `AUTO_ANSWER_CONDITIONAL_VALUE`, or the other way round.",
    why: "The client compares the header's value with the one that is set, and answers no call automatically when one of the two is missing.",
    example: "\
        # …\n\
        net.java.sip.communicator.impl.protocol.sip.accdesk.AUTO_ANSWER_CONDITIONAL_NAME=Alert-Info",
    instead: "\
        # …\n\
        net.java.sip.communicator.impl.protocol.sip.accdesk.AUTO_ANSWER_CONDITIONAL_NAME=Alert-Info\n\
        net.java.sip.communicator.impl.protocol.sip.accdesk.AUTO_ANSWER_CONDITIONAL_VALUE=Auto Answer",
};

static AUTO_ANSWER_UNUSED: Rule = Rule {
    id: "auto-answer-unused",
    levels: &[Level::Warning],
    can_be_suppressed: true,
    is_about_value: false,
    what: "An account handles calls automatically in two ways, and one of them never takes effect.",
    why: "\
        With `AUTO_ANSWER_FWD_NUM` the client forwards every call and answers none. With \
        `AUTO_ANSWER_UNCONDITIONAL=true` it answers every call without a look at its headers.",
    example: "\
        # …\n\
        net.java.sip.communicator.impl.protocol.sip.accdesk.AUTO_ANSWER_FWD_NUM=4712\n\
        net.java.sip.communicator.impl.protocol.sip.accdesk.AUTO_ANSWER_UNCONDITIONAL=true",
    instead: "\
        # …\n\
        net.java.sip.communicator.impl.protocol.sip.accdesk.AUTO_ANSWER_FWD_NUM=4712",
};

static BLF_ADDRESS: Rule = Rule {
    id: "blf-address",
    levels: &[Level::Error],
    can_be_suppressed: true,
    is_about_value: false,
    what: "A watched line has no `Address`.",
    why: "\
        The client throws an exception at this line when the account has registered, and does not go on to the lines \
        that come after it, in no certain order.",
    example: "\
        # …\n\
        net.java.sip.communicator.impl.protocol.sip.accdesk.BLF_ENABLED=true\n\
        net.java.sip.communicator.impl.protocol.sip.accdesk.BLF_LINE.1.Name=Reception",
    instead: "\
        # …\n\
        net.java.sip.communicator.impl.protocol.sip.accdesk.BLF_ENABLED=true\n\
        net.java.sip.communicator.impl.protocol.sip.accdesk.BLF_LINE.1.Name=Reception\n\
        net.java.sip.communicator.impl.protocol.sip.accdesk.BLF_LINE.1.Address=201@sip.example.org",
};

const NAME: &str = "AUTO_ANSWER_CONDITIONAL_NAME";
const VALUE: &str = "AUTO_ANSWER_CONDITIONAL_VALUE";
const ALL: &str = "AUTO_ANSWER_UNCONDITIONAL";
const FORWARD: &str = "AUTO_ANSWER_FWD_NUM";

/// What the settings of watched lines begin with.
const LINE: &str = "BLF_LINE.";

/// Rules `auto-answer-condition`, `auto-answer-unused` and `blf-address`.
pub(in crate::lint) fn check(settings: &Settings<'_>, findings: &mut Vec<Finding>) {
    for account in settings.accounts.iter().filter(|account| account.protocol == Protocol::Sip && account.is_set()) {
        match unused(settings, account) {
            Some(finding) => findings.push(finding),
            None => findings.extend(condition(settings, account)),
        }
        lines(account, findings);
    }
}

/// One of two that is set without the other.
fn condition(settings: &Settings<'_>, account: &Account<'_>) -> Option<Finding> {
    let id = account.id.escape_debug();
    let has = |name| settings.of_account(account, name).is_some();
    let (there, message) = match (has(NAME), has(VALUE)) {
        (true, false) => (
            NAME,
            format!(
                "the client answers a call automatically only if this header has a certain value, and none is set; add \
                 `….{id}.{VALUE}=…`, or remove the line"
            ),
        ),
        (false, true) => (
            VALUE,
            format!(
                "this is the value of a header that the client does not know, so it answers no call automatically; add \
                 `….{id}.{NAME}=…`, or remove the line"
            ),
        ),
        _ => return None,
    };
    let entry = account.entry(there).filter(|entry| value_of(*entry).is_some())?;
    Some(Finding::warning(&AUTO_ANSWER_CONDITION, entry, message))
}

/// What another setting of the account keeps from taking effect.
fn unused(settings: &Settings<'_>, account: &Account<'_>) -> Option<Finding> {
    let answers_all = settings.of_account(account, ALL).is_some_and(|value| value.eq_ignore_ascii_case("true"));
    let set = |name: &&str| account.value(name).is_some() && (*name != ALL || answers_all);
    let (name, message) = if settings.of_account(account, FORWARD).is_some() {
        let name = [ALL, NAME].into_iter().find(|name| set(name))?;
        (name, format!("with `{FORWARD}` the client forwards every call and answers none; remove the line"))
    } else {
        let name = [NAME, VALUE].into_iter().find(|name| answers_all && set(name))?;
        (name, format!("with `{ALL}` the client answers every call and looks at no header; remove the line"))
    };
    Some(Finding::warning(&AUTO_ANSWER_UNUSED, account.entry(name)?, message))
}

/// The lines that have something, but no address.
fn lines(account: &Account<'_>, findings: &mut Vec<Finding>) {
    let mut lines: BTreeMap<&str, (Entry<'_>, bool)> = BTreeMap::new();
    for (setting, entry) in &account.settings {
        let Some((line, part)) = setting.strip_prefix(LINE).and_then(|rest| rest.rsplit_once('.')) else { continue };
        if value_of(*entry).is_some() {
            let (_, has_address) = lines.entry(line).or_insert((*entry, false));
            *has_address |= part == "Address";
        }
    }
    findings.extend(lines.into_iter().filter(|(_, (_, has_address))| !has_address).map(|(line, (entry, _))| {
        let message = format!(
            "the client throws an exception at a watched line without an address, and does not go on to the others; add \
             `….{LINE}{}.Address=…`, or remove what is set of this line",
            line.escape_debug()
        );
        Finding::error(&BLF_ADDRESS, entry, message)
    }));
}

#[cfg(test)]
mod tests {
    use crate::lint::{below, broken_by};

    fn sip(settings: &[&str]) -> Vec<(usize, &'static str)> {
        const NODE: &str = "net.java.sip.communicator.impl.protocol.sip.accx.";
        broken_by(&["auto-answer-condition", "auto-answer-unused", "blf-address"], &below(NODE, settings))
    }

    #[test]
    fn a_header_is_compared_by_name_and_value() {
        const NAME: &str = "AUTO_ANSWER_CONDITIONAL_NAME=Alert-Info";
        const VALUE: &str = "AUTO_ANSWER_CONDITIONAL_VALUE=Auto Answer";
        assert_eq!(sip(&[NAME, VALUE]), []);
        assert_eq!(sip(&[NAME]), [(1, "auto-answer-condition")]);
        assert_eq!(sip(&["AUTO_ANSWER_CONDITIONAL_NAME=", VALUE]), [(2, "auto-answer-condition")]);
        assert_eq!(sip(&["AUTO_ANSWER_CONDITIONAL_NAME=${null}"]), []);
        let default = "\nnet.java.sip.communicator.service.protocol.sip.AUTO_ANSWER_CONDITIONAL_VALUE=x";
        let text = below("net.java.sip.communicator.impl.protocol.sip.accx.", &[NAME]) + default;
        assert_eq!(broken_by(&["auto-answer-condition"], &text), []);
    }

    #[test]
    fn of_two_ways_to_treat_calls_one_counts() {
        const ALL: &str = "AUTO_ANSWER_UNCONDITIONAL=true";
        const NAME: &str = "AUTO_ANSWER_CONDITIONAL_NAME=Alert-Info";
        const FORWARD: &str = "AUTO_ANSWER_FWD_NUM=4712";
        assert_eq!(sip(&[FORWARD, ALL]), [(2, "auto-answer-unused")]);
        assert_eq!(sip(&[NAME, FORWARD]), [(1, "auto-answer-unused")]);
        assert_eq!(sip(&[ALL, NAME]), [(2, "auto-answer-unused")]);
        assert_eq!(sip(&[FORWARD, "AUTO_ANSWER_UNCONDITIONAL=false"]), []);
        assert_eq!(sip(&[FORWARD]), []);
        assert_eq!(sip(&[ALL, "AUTO_ANSWER_WITH_VIDEO=true"]), []);
    }

    #[test]
    fn a_watched_line_has_an_address() {
        const ADDRESS: &str = "BLF_LINE.1.Address=201@sip.example.org";
        let on = |settings: &[&str]| sip(&[&["BLF_ENABLED=true"], settings].concat());
        assert_eq!(on(&["BLF_LINE.1.Name=Reception", ADDRESS]), []);
        assert_eq!(on(&["BLF_LINE.1.Name=Reception"]), [(2, "blf-address")]);
        assert_eq!(on(&[ADDRESS, "BLF_LINE.2.Group=Sales", "BLF_LINE.2.Pickup=*8"]), [(3, "blf-address")]);
        assert_eq!(on(&["BLF_LINE.1.Name=Reception", "BLF_LINE.1.Address="]), [(2, "blf-address")]);
        assert_eq!(on(&["BLF_LINE.1.Name=${null}"]), []);
    }
}
