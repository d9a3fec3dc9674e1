//! Rules about the client's accounts.
//!
//! An account is a node, `…impl.protocol.jabber.<id>=<id>`, and keys below it. The client finds accounts by their
//! nodes, only looks at ids that begin with `acc`, needs `USER_ID` to load one and `ACCOUNT_UID` to find its password.

use std::collections::BTreeMap;

use super::super::document::{Document, Entry};
use super::REMOVE;
use super::finding::Finding;

/// The trees that hold accounts.
pub(super) const TREES: [&str; 2] =
    ["net.java.sip.communicator.impl.protocol.jabber.", "net.java.sip.communicator.impl.protocol.sip."];

/// Keys that stand below an account and nowhere else, by which an account with a wrong id is known.
const MARKS: [&str; 4] = ["ACCOUNT_UID", "USER_ID", "PASSWORD", "PROTOCOL_NAME"];

/// Rules `account-id`, `account-id-prefix`, `account-node`, `account-without-node`, `account-uid`, `user-id` and
/// `empty-password`.
pub(super) fn check(document: &Document, findings: &mut Vec<Finding>) {
    let mut accounts: BTreeMap<(&str, &str), Account<'_>> = BTreeMap::new();
    for entry in document.entries().filter(|entry| !entry.is_bare()) {
        if entry.key().ends_with(".PASSWORD") && entry.value().is_empty() {
            findings.push(empty_password(entry));
        }
        let Some((tree, rest)) = in_tree(entry.key()) else { continue };
        let (id, attribute) = split(rest, entry.value());
        if id.starts_with("acc") && !id.contains('.') {
            accounts.entry((tree, id)).or_insert_with(|| Account::new(entry)).add(attribute, entry);
        } else if names_an_account(id, attribute, entry.value()) {
            findings.push(bad_id(entry));
        }
    }
    prefixes(&accounts, findings);
    for ((_, id), account) in &accounts {
        account.check(id, findings);
    }
}

/// What the text says about one account.
struct Account<'a> {
    first: Entry<'a>,
    node: Option<Entry<'a>>,
    has_uid: bool,
    has_user: bool,
    /// Something is set, not only removed.
    is_set: bool,
}

impl<'a> Account<'a> {
    fn new(first: Entry<'a>) -> Self {
        Self { first, node: None, has_uid: false, has_user: false, is_set: false }
    }

    fn add(&mut self, attribute: Option<&str>, entry: Entry<'a>) {
        let removed = entry.value() == REMOVE;
        let present = !removed && !entry.value().trim().is_empty();
        self.is_set |= !removed;
        match attribute {
            None => self.node = Some(entry).filter(|_| !removed),
            Some("ACCOUNT_UID") => self.has_uid = present,
            Some("USER_ID") => self.has_user = present,
            Some(_) => {}
        }
    }

    fn check(&self, id: &str, findings: &mut Vec<Finding>) {
        if !self.is_set {
            return;
        }
        let shown = id.escape_debug();
        match self.node {
            None => findings.push(Finding::error(
                "account-without-node",
                self.first,
                format!(
                    "account `{shown}` has settings but no line `….{shown}={shown}`, by which the client finds it; \
                     add that line"
                ),
            )),
            Some(node) if node.value() != id => findings.push(Finding::error(
                "account-node",
                node,
                format!(
                    "the value of an account's own line must be its id, else the client reads the settings of \
                     another account; write `….{shown}={shown}`"
                ),
            )),
            Some(_) => {}
        }
        let at = self.node.unwrap_or(self.first);
        if !self.has_uid {
            findings.push(Finding::error(
                "account-uid",
                at,
                format!(
                    "account `{shown}` has no `ACCOUNT_UID`, by which the client finds its password, so it asks for \
                     it at every start; add `….{shown}.ACCOUNT_UID=…`, a text that is unique and never changes"
                ),
            ));
        }
        if !self.has_user {
            findings.push(Finding::error(
                "user-id",
                at,
                format!(
                    "account `{shown}` has no `USER_ID`, without which the client fails to load it; add \
                     `….{shown}.USER_ID=…`"
                ),
            ));
        }
    }
}

/// The tree that a key stands in, and the rest of the key.
fn in_tree(key: &str) -> Option<(&'static str, &str)> {
    TREES.into_iter().find_map(|tree| key.strip_prefix(tree).map(|rest| (tree, rest)))
}

/// The account's id and the setting below it; no setting in the account's own line.
fn split<'a>(rest: &'a str, value: &str) -> (&'a str, Option<&'a str>) {
    match rest.split_once('.') {
        Some((id, attribute)) if rest != value => (id, Some(attribute)),
        _ => (rest, None),
    }
}

/// Whether an id that cannot be one was meant as one: many settings of a whole protocol stand in the same place.
fn names_an_account(id: &str, attribute: Option<&str>, value: &str) -> bool {
    match attribute {
        None => !id.is_empty() && id == value,
        Some(attribute) => MARKS.contains(&attribute),
    }
}

fn bad_id(entry: Entry<'_>) -> Finding {
    let message = "the client only looks for accounts whose id begins with `acc` and has no dot, so it never sees this \
        one; write an id such as `accwork`";
    Finding::error("account-id", entry, message)
}

/// Looks for ids that begin with another id: they follow it in the map, so a stack of the open ones is enough.
fn prefixes(accounts: &BTreeMap<(&str, &str), Account<'_>>, findings: &mut Vec<Finding>) {
    let mut open: Vec<(&str, &str)> = Vec::new();
    for ((tree, id), account) in accounts {
        while open.last().is_some_and(|(above, shorter)| above != tree || !id.starts_with(shorter)) {
            open.pop();
        }
        if let Some((_, shorter)) = open.last().filter(|_| account.is_set) {
            let message = format!(
                "account id `{}` begins with the id `{}`, and the client removes by the beginning of a key: whoever \
                 removes the second loses both; give them different beginnings",
                id.escape_debug(),
                shorter.escape_debug()
            );
            findings.push(Finding::error("account-id-prefix", account.first, message));
        }
        open.push((tree, id));
    }
}

fn empty_password(entry: Entry<'_>) -> Finding {
    let message = "the client stores the empty password over the one it has and logs in with it; leave the line out \
        when there is no password";
    Finding::warning("empty-password", entry, message)
}

#[cfg(test)]
mod tests {
    use super::super::broken;

    const JABBER: &str = "net.java.sip.communicator.impl.protocol.jabber.";

    /// The rules broken by lines below the XMPP tree.
    fn jabber(lines: &[&str]) -> Vec<(usize, &'static str)> {
        broken(&format!("{JABBER}{}", lines.join(&format!("\n{JABBER}"))))
    }

    #[test]
    fn an_account_needs_uid_and_user() {
        assert_eq!(jabber(&["accx=accx"]), [(1, "account-uid"), (1, "user-id")]);
        assert_eq!(jabber(&["accx=accx", "accx.ACCOUNT_UID=", "accx.USER_ID= "]), [(1, "account-uid"), (1, "user-id")]);
        assert_eq!(jabber(&["accx=accx", "accx.ACCOUNT_UID=u", "accx.USER_ID=${null}"]), [(1, "user-id")]);
        assert_eq!(jabber(&["accx.ACCOUNT_UID=u", "accx.USER_ID=u", "accx=accx"]), []);
    }

    #[test]
    fn settings_need_the_account_s_own_line() {
        assert_eq!(jabber(&["accx.ACCOUNT_UID=u", "accx.USER_ID=u"]), [(1, "account-without-node")]);
        let removed = ["accx=${null}", "accx.ACCOUNT_UID=u", "accx.USER_ID=u"];
        assert_eq!(jabber(&removed), [(1, "account-without-node")]);
    }

    #[test]
    fn an_account_that_is_only_removed_needs_nothing() {
        assert_eq!(jabber(&["accx=${null}"]), []);
        assert_eq!(jabber(&["accx.IS_READ_ONLY=${null}"]), []);
    }

    #[test]
    fn the_own_line_says_the_id() {
        let other = ["accx=accy", "accx.ACCOUNT_UID=u", "accx.USER_ID=u"];
        assert_eq!(jabber(&other), [(1, "account-node")]);
        let part = ["accx=x", "accx.ACCOUNT_UID=u", "accx.USER_ID=u"];
        assert_eq!(jabber(&part), [(1, "account-node")]);
    }

    #[test]
    fn ids_begin_with_acc_and_have_no_dot() {
        assert_eq!(jabber(&["work=work", "work.USER_ID=u"]), [(1, "account-id"), (2, "account-id")]);
        assert_eq!(jabber(&["acc.a=acc.a"]), [(1, "account-id")]);
        assert_eq!(jabber(&["CALLING_DISABLED=true", "some.policy=x"]), []);
    }

    #[test]
    fn no_id_begins_with_another() {
        let set = |id: &str| format!("{JABBER}{id}={id}\n{JABBER}{id}.ACCOUNT_UID={id}\n{JABBER}{id}.USER_ID=u\n");
        assert_eq!(broken(&(set("acca1") + &set("acca11") + &set("acca2"))), [(4, "account-id-prefix")]);
        assert_eq!(
            broken(&(set("acca10") + &set("acca11") + &set("acca1"))),
            [(1, "account-id-prefix"), (4, "account-id-prefix")]
        );
        assert_eq!(broken(&format!("{}{JABBER}acca=${{null}}", set("acca1"))), [(1, "account-id-prefix")]);
        assert_eq!(broken(&format!("{JABBER}acca=${{null}}\n{JABBER}acca1=${{null}}")), []);
    }

    #[test]
    fn the_same_id_may_stand_under_two_protocols() {
        let set = |tree: &str| {
            let node = format!("net.java.sip.communicator.impl.protocol.{tree}.accx");
            format!("{node}=accx\n{node}.ACCOUNT_UID={tree}\n{node}.USER_ID=u\n")
        };
        assert_eq!(broken(&(set("jabber") + &set("sip"))), []);
    }

    #[test]
    fn an_empty_password_is_told() {
        assert_eq!(broken("x.PASSWORD=\ny.OPT_PASSWORD=\n"), [(1, "empty-password")]);
    }
}
