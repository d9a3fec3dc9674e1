//! Rules about the places of the client's accounts.
//!
//! An account is a node, `…impl.protocol.jabber.<id>=<id>`, and keys below it. The client finds accounts by their
//! nodes, and only looks at ids that begin with `acc` (`AccountManager.doLoadStoredAccounts`).

use super::{ACCOUNT_ID, ACCOUNT_ID_PREFIX, ACCOUNT_NODE, ACCOUNT_WITHOUT_NODE};
use crate::document::Entry;
use crate::lint::finding::Finding;
use crate::lint::settings::{Account, Settings};

/// Keys that only accounts have, by which an account with a wrong id is recognised.
const MARKS: [&str; 4] = ["ACCOUNT_UID", "USER_ID", "PASSWORD", "PROTOCOL_NAME"];

/// Rules `account-id`, `account-id-prefix`, `account-node` and `account-without-node`.
pub(in crate::lint) fn check(settings: &Settings<'_>, findings: &mut Vec<Finding>) {
    for (rest, entry) in settings.strays.iter().filter(|(rest, entry)| names_an_account(rest, entry.value())) {
        findings.push(bad_id(rest, *entry));
    }
    prefixes(settings, findings);
    for account in settings.accounts.iter().filter(|account| account.is_set()) {
        node(settings, account, findings);
    }
}

/// Whether an id that cannot be one was meant as one: many settings of a whole protocol have the same form.
fn names_an_account(rest: &str, value: &str) -> bool {
    match rest.split_once('.') {
        Some((_, attribute)) if rest != value => MARKS.contains(&attribute),
        _ => !rest.is_empty() && rest == value,
    }
}

fn bad_id(rest: &str, entry: Entry<'_>) -> Finding {
    let why = if rest.starts_with("acc") { "has no dot" } else { "begins with `acc`" };
    let message = format!(
        "the client only looks for accounts whose id {why}, so it never sees this one; write an id such as `accwork`"
    );
    Finding::error(&ACCOUNT_ID, entry, message)
}

/// Looks for ids that begin with another id: sorted they follow it, so a stack of the open ones is enough.
fn prefixes(settings: &Settings<'_>, findings: &mut Vec<Finding>) {
    if settings.accounts.len() < 2 {
        return;
    }
    let mut sorted: Vec<&Account<'_>> = settings.accounts.iter().collect();
    sorted.sort_by_key(|account| (account.protocol.tree(), account.id));
    let mut open: Vec<&Account<'_>> = Vec::new();
    for account in sorted {
        while open.last().is_some_and(|above| above.protocol != account.protocol || !account.id.starts_with(above.id)) {
            open.pop();
        }
        if account.is_set() {
            let reported = open.iter().rev().filter_map(|shorter| prefix(settings, account, shorter));
            findings.extend(reported.max_by_key(|finding| finding.level));
        }
        open.push(account);
    }
}

/// For an account that is set and whose id begins with that of `shorter`.
fn prefix(settings: &Settings<'_>, account: &Account<'_>, shorter: &Account<'_>) -> Option<Finding> {
    let (long, short) = (account.id.escape_debug(), shorter.id.escape_debug());
    if !shorter.is_set() {
        // A removal of single settings does not reach the other account, and `null-undoes-account` reports one of
        // the whole account below it.
        let removal = settings.entry(&format!("{}{}", shorter.protocol.tree(), shorter.id))?;
        if removal.line() > account.place().line() {
            return None;
        }
        if account.set_from().is_some_and(|line| removal.line() < line) {
            let line = removal.line();
            let message = format!(
                "account id `{long}` begins with the id `{short}`, whose removal in line {line} also removes, at every \
                 start, what the client itself has stored for `{long}`; delete that line once all clients have had it"
            );
            return Some(Finding::note(&ACCOUNT_ID_PREFIX, account.first, message).naming(line));
        }
    }
    let line = shorter.first.line();
    let message = format!(
        "account id `{long}` begins with the id `{short}` of line {line}, and the client removes by prefix: removing the \
         second removes both; give them ids that do not begin with each other"
    );
    Some(Finding::error(&ACCOUNT_ID_PREFIX, account.first, message).naming(line))
}

fn node(settings: &Settings<'_>, account: &Account<'_>, findings: &mut Vec<Finding>) {
    let shown = account.id.escape_debug();
    match account.node {
        None if settings.is_null_and_value(&format!("{}{}", account.protocol.tree(), account.id)) => {}
        None => {
            let message = format!(
                "account `{shown}` has settings but no line `….{shown}={shown}`, by which the client finds it; add \
                 that line"
            );
            findings.push(Finding::error(&ACCOUNT_WITHOUT_NODE, account.first, message));
        }
        Some(node) if node.value() != account.id => {
            let message = format!(
                "the value of an account's own line must be its id, otherwise the client reads the settings of another \
                 account; write `….{shown}={shown}`"
            );
            findings.push(Finding::error(&ACCOUNT_NODE, node, message).on_value(node));
        }
        Some(_) => {}
    }
}

#[cfg(test)]
mod tests {
    use crate::lint::{Client, Level, broken_by, lint};
    use crate::parse;

    const JABBER: &str = "net.java.sip.communicator.impl.protocol.jabber.";
    const RULES: [&str; 4] = ["account-id", "account-id-prefix", "account-node", "account-without-node"];

    /// The rules of this file that are broken by lines below the XMPP tree.
    fn jabber(lines: &[&str]) -> Vec<(usize, &'static str)> {
        broken_by(&RULES, &format!("{JABBER}{}", lines.join(&format!("\n{JABBER}"))))
    }

    #[test]
    fn settings_need_the_account_s_own_line() {
        assert_eq!(jabber(&["accx.ACCOUNT_UID=u", "accx.USER_ID=u"]), [(1, "account-without-node")]);
        assert_eq!(jabber(&["accx=${null}", "accx.USER_ID=u"]), [(1, "account-without-node")]);
        assert_eq!(jabber(&["accx.USER_ID=u", "accx=accx"]), []);
        // `null-and-value` says that the line is lost.
        assert_eq!(jabber(&["accx=accx", "accx.USER_ID=u", "accx=${null}"]), []);
    }

    #[test]
    fn an_account_that_is_only_removed_needs_nothing() {
        assert_eq!(jabber(&["accx=${null}", "accx.IS_READ_ONLY=${null}"]), []);
    }

    #[test]
    fn the_own_line_says_the_id() {
        assert_eq!(jabber(&["accx=accy"]), [(1, "account-node")]);
        assert_eq!(jabber(&["accx=x", "accx.USER_ID=u"]), [(1, "account-node")]);
    }

    #[test]
    fn ids_begin_with_acc_and_have_no_dot() {
        assert_eq!(jabber(&["work=work", "work.USER_ID=u"]), [(1, "account-id"), (2, "account-id")]);
        assert_eq!(jabber(&["acc.a=acc.a"]), [(1, "account-id")]);
        assert_eq!(jabber(&["CALLING_DISABLED=true", "some.policy=x"]), []);
    }

    #[test]
    fn no_id_begins_with_another() {
        assert_eq!(jabber(&["acca1=acca1", "acca11=acca11", "acca2=acca2"]), [(2, "account-id-prefix")]);
        assert_eq!(
            jabber(&["acca10=acca10", "acca11=acca11", "acca1=acca1"]),
            [(1, "account-id-prefix"), (2, "account-id-prefix")]
        );
        assert_eq!(jabber(&["acca1=acca1", "acca=${null}"]), []);
        assert_eq!(jabber(&["acca=${null}", "acca1=${null}"]), []);
        assert_eq!(jabber(&["acca.X=${null}", "acca1=acca1"]), []);
    }

    #[test]
    fn an_id_that_is_only_removed_above_another_is_a_note() {
        let reported = |lines: &[&str]| {
            let text = format!("{JABBER}{}", lines.join(&format!("\n{JABBER}")));
            let findings = lint(&parse(&text).unwrap(), &Client::default()).into_iter();
            findings.filter(|found| found.rule.id == "account-id-prefix").map(|found| found.level).collect::<Vec<_>>()
        };
        assert_eq!(reported(&["accw=${null}", "accwork=accwork", "accwork.USER_ID=u"]), [Level::Note]);
        assert_eq!(reported(&["accwork=${null}", "accw=${null}", "accwork=accwork"]), [Level::Note]);
        assert_eq!(reported(&["accwork.USER_ID=u", "accw=${null}", "accwork=accwork"]), [Level::Error]);
        assert_eq!(reported(&["accw=${null}", "accw.USER_ID=u", "accwork=accwork"]), [Level::Error]);
        assert_eq!(reported(&["acc=acc", "accw=${null}", "accwork=accwork"]), [Level::Error]);
    }

    #[test]
    fn the_same_id_may_stand_under_two_protocols() {
        let text = format!("{JABBER}accx=accx\nnet.java.sip.communicator.impl.protocol.sip.accx=accx\n");
        assert_eq!(broken_by(&RULES, &text), []);
    }
}
