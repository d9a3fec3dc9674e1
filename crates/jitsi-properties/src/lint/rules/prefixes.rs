//! Rules about `provisioning.ALLOW_PREFIX` and `provisioning.ENFORCE_PREFIX`, lists of beginnings of keys.
//!
//! The client comes to them in their places (`ProvisioningServiceImpl.updateConfiguration`): the first makes it skip
//! lines below that begin with no item, the second removes at once what is stored and begins with no item.

use crate::catalogue::Protocol;
use crate::document::Entry;
use crate::jitsi_keys::{ALLOW_PREFIX, ENFORCE_PREFIX, NEEDED_TO_ASK, REMOVE};
use crate::lint::finding::Finding;
use crate::lint::settings::Settings;
use crate::prefix_list::PrefixList;

/// Rules `enforce-prefix`, `enforce-prefix-order`, `enforce-prefix-account`, `allow-prefix-all`, `allow-prefix-late`,
/// `allow-prefix-drops` and `prefix-with-blank`.
pub(in crate::lint) fn check(settings: &Settings<'_>, findings: &mut Vec<Finding>) {
    if let Some(entry) = settings.entry(ENFORCE_PREFIX) {
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
        let message = "a blank beside a `|`, or at the end, belongs to the item, and no key begins or goes on with it; \
            write the items without blanks";
        findings.push(Finding::warning("prefix-with-blank", entry, message).on_value(entry));
    }
}

fn enforce(settings: &Settings<'_>, entry: Entry<'_>, list: &PrefixList<'_>, findings: &mut Vec<Finding>) {
    if let Some(lost) = NEEDED_TO_ASK.iter().find(|needed| !list.covers(needed)) {
        let message = format!(
            "the list does not keep `{lost}`, so the client loses how it asks for its settings, and its next start \
             does not ask; add `net.java.sip.communicator.plugin.provisioning` and `net.java.sip.communicator.UUID`"
        );
        findings.push(Finding::error("enforce-prefix", entry, message).on_value(entry));
    }
    let before = applied(settings).take_while(|other| other.line() < entry.line());
    if let Some((told, first)) = lines(before.filter(|other| other.value() != REMOVE && !list.covers(other.key()))) {
        let message = format!(
            "the client removes here what it has set above and what begins with no item: {told}; put the list first, \
             or add the beginnings of these keys"
        );
        findings.push(Finding::warning("enforce-prefix-order", entry, message).naming(first).on_value(entry));
    }
    for node in list.items().iter().filter_map(|item| item.strip_suffix('.')) {
        let is_account = Protocol::of_key(node).is_some_and(|(_, id)| id.starts_with("acc") && !id.contains('.'));
        let set_below = settings.entry(node).is_some_and(|other| other.line() > entry.line());
        if is_account && !list.covers(node) && !set_below {
            let message = "an item ends with the dot behind the id of an account, so the list does not keep the \
                account's own line, and the client removes by the beginning of a key: all of the account goes; write \
                the item without that dot";
            findings.push(Finding::error("enforce-prefix-account", entry, message).on_value(entry));
        }
    }
}

fn allow(settings: &Settings<'_>, entry: Entry<'_>, list: &PrefixList<'_>, findings: &mut Vec<Finding>) {
    if list.covers_all() || list.is_without_items() {
        let message = "an empty item, or a list without items, allows every key; write the beginnings that are \
            allowed, with one `|` between two of them, or remove the line";
        findings.push(Finding::warning("allow-prefix-all", entry, message).on_value(entry));
        return;
    }
    let outside = |other: &Entry<'_>| !list.covers(other.key());
    let before = applied(settings).take_while(|other| other.line() < entry.line());
    if let Some((told, first)) = lines(before.filter(outside)) {
        let message = format!(
            "the list only counts for the lines below it, so these are applied although they begin with no item: \
             {told}; put the list first"
        );
        findings.push(Finding::warning("allow-prefix-late", entry, message).naming(first));
    }
    let below = applied(settings).skip_while(|other| other.line() < entry.line());
    if let Some((told, first)) = lines(below.filter(outside)) {
        let message = format!(
            "the client skips what begins with no item, without a word: {told}; add the beginnings of these keys, or \
             remove the lines"
        );
        findings.push(Finding::warning("allow-prefix-drops", entry, message).on_value(entry).naming(first));
    }
}

/// The entries that are settings, not lists of beginnings.
fn applied<'a>(settings: &Settings<'a>) -> impl Iterator<Item = Entry<'a>> {
    settings.document().entries().filter(|entry| !entry.is_bare() && !is_list(entry.key()))
}

/// Whether the value of a key is a list of beginnings.
pub(in crate::lint) fn is_list(key: &str) -> bool {
    key == ALLOW_PREFIX || key == ENFORCE_PREFIX
}

/// Says which lines the entries are, and gives the first; none when there are none.
fn lines<'a>(mut entries: impl Iterator<Item = Entry<'a>>) -> Option<(String, usize)> {
    let first = entries.next()?.line();
    let told = match entries.count() {
        0 => format!("line {first}"),
        more => format!("line {first} and {more} more"),
    };
    Some((told, first))
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
