//! Rules about `provisioning.ALLOW_PREFIX` and `provisioning.ENFORCE_PREFIX`, lists of beginnings of keys.
//!
//! The client comes to them in their places (`ProvisioningServiceImpl.updateConfiguration`): the first makes it skip
//! lines below that begin with no item, the second removes at once what is stored and begins with no item.

use crate::catalogue::Protocol;
use crate::document::Entry;
use crate::jitsi_keys::{self, ALLOW_PREFIX, NEEDED_TO_ASK, REMOVE};
use crate::lint::finding::Finding;
use crate::lint::level::Level;
use crate::lint::rule::{Family, Rule};
use crate::lint::settings::Settings;
use crate::prefix_list::PrefixList;

pub(in crate::lint) static FAMILY: Family = Family {
    title: "Prefix lists",
    rules: &[
        &ENFORCE_PREFIX,
        &ENFORCE_PREFIX_ACCOUNT,
        &ENFORCE_PREFIX_ORDER,
        &ALLOW_PREFIX_ALL,
        &ALLOW_PREFIX_LATE,
        &ALLOW_PREFIX_DROPS,
        &PREFIX_WITH_BLANK,
    ],
};

static ENFORCE_PREFIX: Rule = Rule {
    id: "enforce-prefix",
    levels: &[Level::Error],
    can_be_suppressed: false,
    is_about_value: false,
    what: "`ENFORCE_PREFIX` does not cover a key with which the client asks for its settings.",
    why: "\
        The client loses its UUID, method, address or login. At its next start it does not ask for its settings, or \
        asks its user to log in.",
    example: "provisioning.ENFORCE_PREFIX=net.java.sip.communicator.impl|impl.gui",
    instead: "provisioning.ENFORCE_PREFIX=net.java.sip.communicator|impl.gui",
};

static ENFORCE_PREFIX_ACCOUNT: Rule = Rule {
    id: "enforce-prefix-account",
    levels: &[Level::Error],
    can_be_suppressed: true,
    is_about_value: false,
    what: "`ENFORCE_PREFIX` has an item of the form `….<id>.`.",
    why: "\
        The account's own line does not end with a dot, so the item does not cover it. The client removes that line \
        and every key below it.",
    example: "\
        provisioning.ENFORCE_PREFIX=net.java.sip.communicator.plugin.provisioning|net.java.sip.communicator.UUID|net.java.sip.communicator.impl.protocol.jabber.accwork.",
    instead: "\
        provisioning.ENFORCE_PREFIX=net.java.sip.communicator.plugin.provisioning|net.java.sip.communicator.UUID|net.java.sip.communicator.impl.protocol.jabber.accwork",
};

static ENFORCE_PREFIX_ORDER: Rule = Rule {
    id: "enforce-prefix-order",
    levels: &[Level::Warning],
    can_be_suppressed: true,
    is_about_value: false,
    what: "`ENFORCE_PREFIX` follows lines that it does not cover.",
    why: "The client applies the lines in order and removes what it has just set.",
    example: "\
        net.java.sip.communicator.impl.gui.main.contactlist.CONTACT_ADD_DISABLED=true\n\
        provisioning.ENFORCE_PREFIX=net.java.sip.communicator.plugin.provisioning|net.java.sip.communicator.UUID",
    instead: "\
        provisioning.ENFORCE_PREFIX=net.java.sip.communicator.plugin.provisioning|net.java.sip.communicator.UUID\n\
        net.java.sip.communicator.impl.gui.main.contactlist.CONTACT_ADD_DISABLED=true",
};

static ALLOW_PREFIX_ALL: Rule = Rule {
    id: "allow-prefix-all",
    levels: &[Level::Warning],
    can_be_suppressed: true,
    is_about_value: false,
    what: "`ALLOW_PREFIX` has an empty item, or no item.",
    why: "The list then allows every key.",
    example: "\
        provisioning.ALLOW_PREFIX=|net.java\n\
        net.java.sip.communicator.impl.gui.main.contactlist.CONTACT_ADD_DISABLED=true",
    instead: "\
        provisioning.ALLOW_PREFIX=net.java\n\
        net.java.sip.communicator.impl.gui.main.contactlist.CONTACT_ADD_DISABLED=true",
};

static ALLOW_PREFIX_LATE: Rule = Rule {
    id: "allow-prefix-late",
    levels: &[Level::Warning],
    can_be_suppressed: true,
    is_about_value: false,
    what: "`ALLOW_PREFIX` follows lines that it does not cover.",
    why: "The list only counts for the lines below it, so the client applies the lines above.",
    example: "\
        net.java.sip.communicator.impl.gui.main.contactlist.CONTACT_ADD_DISABLED=true\n\
        provisioning.ALLOW_PREFIX=net.java.sip.communicator.impl.protocol.jabber.\n\
        net.java.sip.communicator.impl.protocol.jabber.accold=${null}",
    instead: "\
        provisioning.ALLOW_PREFIX=net.java.sip.communicator.impl.protocol.jabber.\n\
        net.java.sip.communicator.impl.protocol.jabber.accold=${null}",
};

static ALLOW_PREFIX_DROPS: Rule = Rule {
    id: "allow-prefix-drops",
    levels: &[Level::Warning],
    can_be_suppressed: true,
    is_about_value: false,
    what: "`ALLOW_PREFIX` does not cover some of the lines below it.",
    why: "The client skips these lines silently.",
    example: "\
        provisioning.ALLOW_PREFIX=net.java.sip.communicator.impl.protocol.jabber.\n\
        net.java.sip.communicator.impl.protocol.jabber.accold=${null}\n\
        net.java.sip.communicator.impl.gui.main.contactlist.CONTACT_ADD_DISABLED=true",
    instead: "\
        provisioning.ALLOW_PREFIX=net.java.sip.communicator.impl.protocol.jabber.|net.java.sip.communicator.impl.gui\n\
        net.java.sip.communicator.impl.protocol.jabber.accold=${null}\n\
        net.java.sip.communicator.impl.gui.main.contactlist.CONTACT_ADD_DISABLED=true",
};

static PREFIX_WITH_BLANK: Rule = Rule {
    id: "prefix-with-blank",
    levels: &[Level::Warning],
    can_be_suppressed: true,
    is_about_value: false,
    what: "An item of `ALLOW_PREFIX` or `ENFORCE_PREFIX` contains a blank.",
    why: "The blank is part of the prefix, and no key contains one.",
    example: "\
        provisioning.ALLOW_PREFIX=net.java| impl.gui\n\
        net.java.sip.communicator.impl.gui.main.contactlist.CONTACT_ADD_DISABLED=true",
    instead: "\
        provisioning.ALLOW_PREFIX=net.java|impl.gui\n\
        net.java.sip.communicator.impl.gui.main.contactlist.CONTACT_ADD_DISABLED=true",
};

/// Rules `enforce-prefix`, `enforce-prefix-order`, `enforce-prefix-account`, `allow-prefix-all`, `allow-prefix-late`,
/// `allow-prefix-drops` and `prefix-with-blank`.
pub(in crate::lint) fn check(settings: &Settings<'_>, findings: &mut Vec<Finding>) {
    if let Some(entry) = settings.entry(jitsi_keys::ENFORCE_PREFIX) {
        let list = PrefixList::new(entry.value());
        blank(&list, entry, findings);
        enforce(settings, entry, &list, findings);
    }
    if let Some(entry) = settings.entry(ALLOW_PREFIX) {
        let list = PrefixList::new(entry.value());
        blank(&list, entry, findings);
        allow(settings, entry, &list, findings);
    }
}

fn blank(list: &PrefixList<'_>, entry: Entry<'_>, findings: &mut Vec<Finding>) {
    if list.has_blank() {
        let message = "a blank next to a `|`, or at the end, is part of the item, and no key contains a blank; write \
            the items without blanks";
        findings.push(Finding::warning(&PREFIX_WITH_BLANK, entry, message).on_value(entry));
    }
}

fn enforce(settings: &Settings<'_>, entry: Entry<'_>, list: &PrefixList<'_>, findings: &mut Vec<Finding>) {
    if let Some(lost) = NEEDED_TO_ASK.iter().find(|needed| !list.covers(needed)) {
        let message = format!(
            "the list does not keep `{lost}`, so the client forgets how to ask for its settings, and does not ask at \
             its next start; add `net.java.sip.communicator.plugin.provisioning` and `net.java.sip.communicator.UUID`"
        );
        findings.push(Finding::error(&ENFORCE_PREFIX, entry, message).on_value(entry));
    }
    let before = applied(settings).take_while(|other| other.line() < entry.line());
    if let Some((reported, first)) = lines(before.filter(|other| other.value() != REMOVE && !list.covers(other.key())))
    {
        let message = format!(
            "the client removes here what the lines above have set and no item covers: {reported}; put the list first, \
             or add prefixes of these keys"
        );
        findings.push(Finding::warning(&ENFORCE_PREFIX_ORDER, entry, message).naming(first).on_value(entry));
    }
    for node in list.items().iter().filter_map(|item| item.strip_suffix('.')) {
        let is_account = Protocol::of_key(node).is_some_and(|(_, id)| id.starts_with("acc") && !id.contains('.'));
        let set_below = settings.entry(node).is_some_and(|other| other.line() > entry.line());
        if is_account && !list.covers(node) && !set_below {
            let message = "an item ends with the dot after an account's id, so the list does not keep the account's \
                own line; the client removes by prefix, so it removes the whole account; write the item without that \
                dot";
            findings.push(Finding::error(&ENFORCE_PREFIX_ACCOUNT, entry, message).on_value(entry));
        }
    }
}

fn allow(settings: &Settings<'_>, entry: Entry<'_>, list: &PrefixList<'_>, findings: &mut Vec<Finding>) {
    if list.covers_all() || list.is_without_items() {
        let message = "an empty item, or a list without items, allows every key; write the prefixes that are allowed, \
            separated by `|`, or remove the line";
        findings.push(Finding::warning(&ALLOW_PREFIX_ALL, entry, message).on_value(entry));
        return;
    }
    let outside = |other: &Entry<'_>| !list.covers(other.key());
    let before = applied(settings).take_while(|other| other.line() < entry.line());
    if let Some((reported, first)) = lines(before.filter(outside)) {
        let message = format!(
            "the list applies only to the lines below it, so these are applied although no item covers them: \
             {reported}; put the list first and add prefixes of these keys, or remove the lines"
        );
        findings.push(Finding::warning(&ALLOW_PREFIX_LATE, entry, message).naming(first));
    }
    let below = applied(settings).skip_while(|other| other.line() < entry.line());
    if let Some((reported, first)) = lines(below.filter(outside)) {
        let message = format!(
            "the client silently skips keys that no item covers: {reported}; add prefixes of these keys, or remove the \
             lines"
        );
        findings.push(Finding::warning(&ALLOW_PREFIX_DROPS, entry, message).on_value(entry).naming(first));
    }
}

/// The entries that are settings, not lists of beginnings.
fn applied<'a>(settings: &Settings<'a>) -> impl Iterator<Item = Entry<'a>> {
    settings.entries().filter(|entry| !entry.is_bare() && !is_list(entry.key()))
}

/// Whether the value of a key is a list of beginnings.
pub(in crate::lint) fn is_list(key: &str) -> bool {
    key == ALLOW_PREFIX || key == jitsi_keys::ENFORCE_PREFIX
}

/// Says which lines the entries are, and gives the first; none when there are none.
fn lines<'a>(mut entries: impl Iterator<Item = Entry<'a>>) -> Option<(String, usize)> {
    let first = entries.next()?.line();
    let reported = match entries.count() {
        0 => format!("line {first}"),
        more => format!("line {first} and {more} more"),
    };
    Some((reported, first))
}

#[cfg(test)]
mod tests {
    use crate::lint::broken_by;

    const RULES: [&str; 7] = [
        "enforce-prefix",
        "enforce-prefix-order",
        "enforce-prefix-account",
        "allow-prefix-all",
        "allow-prefix-late",
        "allow-prefix-drops",
        "prefix-with-blank",
    ];
    const ACCOUNT: &str = "net.java.sip.communicator.impl.protocol.jabber.accx";
    const KEPT: &str = "net.java.sip.communicator.plugin.provisioning|net.java.sip.communicator.UUID";

    fn broken(text: &str) -> Vec<(usize, &'static str)> {
        broken_by(&RULES, text)
    }

    fn enforce(list: &str) -> Vec<(usize, &'static str)> {
        broken(&format!("provisioning.ENFORCE_PREFIX={list}"))
    }

    #[test]
    fn a_list_keeps_the_client_s_own_provisioning() {
        const LOST: [(usize, &str); 1] = [(1, "enforce-prefix")];
        assert_eq!(enforce("net.java|impl.gui"), []);
        assert_eq!(enforce(KEPT), []);
        assert_eq!(enforce("net.java.sip.communicator.plugin.provisioning"), LOST);
        assert_eq!(enforce("net.java.sip.communicator.plugin.provisioning.auth|net.java.sip.communicator.UUID"), LOST);
        for list in ["impl.gui", "|", "${null}"] {
            assert_eq!(enforce(list), LOST, "{list}");
        }
        assert_eq!(enforce(""), []);
        assert_eq!(enforce("|impl.gui"), []);
    }

    #[test]
    fn a_list_keeps_what_was_set_above_it() {
        assert_eq!(broken(&format!("a.b=1\nprovisioning.ENFORCE_PREFIX={KEPT}\nc.d=2")), [(2, "enforce-prefix-order")]);
        assert_eq!(broken(&format!("a.b=1\nx=${{null}}\nprovisioning.ENFORCE_PREFIX={KEPT}|a")), []);
    }

    #[test]
    fn a_list_keeps_the_account_s_own_line() {
        let list = format!("provisioning.ENFORCE_PREFIX={KEPT}|{ACCOUNT}.");
        assert_eq!(broken(&list), [(1, "enforce-prefix-account")]);
        assert_eq!(broken(&format!("{list}\n{ACCOUNT}=accx")), []);
        assert_eq!(broken(&format!("{list}|{ACCOUNT}")), []);
    }

    #[test]
    fn allowed_are_the_lines_below() {
        assert_eq!(broken("provisioning.ALLOW_PREFIX=a|b\na.x=1\nb.x=1"), []);
        assert_eq!(broken("c.x=1\nprovisioning.ALLOW_PREFIX=a\na.x=1"), [(2, "allow-prefix-late")]);
        assert_eq!(broken("provisioning.ALLOW_PREFIX=a\n${system}.x=1\na.x=1"), [(1, "allow-prefix-drops")]);
        for list in ["", "|", "|a"] {
            assert_eq!(broken(&format!("b=1\nprovisioning.ALLOW_PREFIX={list}")), [(2, "allow-prefix-all")]);
        }
    }

    #[test]
    fn blanks_belong_to_an_item() {
        assert_eq!(broken("provisioning.ALLOW_PREFIX=a | b"), [(1, "prefix-with-blank")]);
        assert_eq!(enforce("net.java "), [(1, "prefix-with-blank"), (1, "enforce-prefix")]);
    }
}
