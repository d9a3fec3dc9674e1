//! Rules about `${null}`, by which the client removes every stored key that begins with the entry's key.

use super::{
    NULL_FROM_DATA, NULL_MISSPELT, NULL_ON_MASTER_PASSWORD, NULL_ON_PASSWORD, NULL_ON_SAVED_USER,
    NULL_ON_USER_ACCOUNTS, NULL_WIPES_ACCOUNT_STATE, NULL_WIPES_ACCOUNTS, NULL_WIPES_PROVISIONING, NULL_WITH_BLANK,
};
use crate::catalogue::Protocol;
use crate::document::Entry;
use crate::jitsi_keys::{
    ACCOUNT_STATE, MASTER_PASSWORD, METHOD, PASSWORD, PROVISIONING_PASSWORD, PROVISIONING_USER, REMOVE, URL, UUID,
};
use crate::lint::finding::Finding;
use crate::lint::settings::Settings;

/// Rules `null-with-blank`, `null-misspelt`, `null-from-data`, `null-wipes-accounts`, `null-wipes-account-state`,
/// `null-wipes-provisioning`, `null-on-saved-user`, `null-on-user-accounts`, `null-on-master-password` and `null-on-password`.
///
/// A removal that a later value of the same key takes away does nothing, which `null-and-value` reports.
pub(in crate::lint) fn check(settings: &Settings<'_>, findings: &mut Vec<Finding>) {
    let is_applied = |entry: &Entry<'_>| {
        entry.value() != REMOVE || settings.entry(entry.key()).is_none_or(|last| last.value() == REMOVE)
    };
    for entry in settings.removals.iter().copied().filter(is_applied) {
        if entry.value() == REMOVE {
            // Of a password that is lost this way, `null-and-value` says more.
            let says_less =
                |found: &Finding| *found.rule == NULL_ON_PASSWORD && settings.is_null_and_value(entry.key());
            findings.extend(reach(entry).filter(|found| !says_less(found)));
            findings.extend(data(entry));
        } else if !is_escaped(entry) {
            let message = "a blank next to `${null}` makes it ordinary text, which the client stores instead of \
                removing the key; end the line at the brace";
            findings.push(Finding::error(&NULL_WITH_BLANK, entry, message).on_value(entry));
        }
    }
    for entry in settings.entries().filter(|entry| is_misspelt(entry.value()) && !is_escaped(*entry)) {
        let message = "the client removes a key only by `${null}`, in lower case and with a dollar sign and braces, \
            and stores this as ordinary text; write `${null}`";
        findings.push(Finding::warning(&NULL_MISSPELT, entry, message).on_value(entry));
    }
}

/// Whether a value is the word `null` with something like the signs around it.
fn is_misspelt(value: &str) -> bool {
    const SIGNS: [char; 8] = ['$', '{', '}', '(', ')', '[', ']', ' '];
    // Most values begin with a letter or a digit.
    if value.starts_with(|first: char| first.is_ascii_alphanumeric()) {
        return false;
    }
    let value = value.trim();
    value.starts_with(['$', '{']) && value != REMOVE && value.trim_matches(SIGNS).eq_ignore_ascii_case("null")
}

/// [`escape`](crate::escape()) never writes a plain `${null}`, so a longer spelling comes from a value.
/// A password may be spelt so: the client looks for `${null}` before it looks at `.PASSWORD`, so it stores no such password
/// and removes nothing either, which `null-on-password` reports. The user still gets a reply.
fn data(entry: Entry<'_>) -> Option<Finding> {
    let from_value = entry.value_at().len() > REMOVE.len() && !entry.key().ends_with(PASSWORD);
    from_value.then(|| {
        Finding::error(
            &NULL_FROM_DATA,
            entry,
            "the value that the template puts here is `${null}`, by which the client removes keys; test the value in \
             the template, or write `${null}` itself if you mean it",
        )
        .on_value(entry)
    })
}

/// Whether the value may contain a dollar sign as `\uXXXX`, as [`escape`](crate::escape()) writes it. A user who is called
/// `${null}` and a blank is no mistake of the template, and must not go without a text for it.
fn is_escaped(entry: Entry<'_>) -> bool {
    const GROWTH: usize = "\\u0024".len() - "$".len();
    entry.value_at().len() >= entry.value().len() + GROWTH
}

/// What a removal takes away that it should not.
fn reach(entry: Entry<'_>) -> Option<Finding> {
    let key = entry.key();
    if Protocol::ALL.iter().any(|protocol| reaches_ids(key, protocol.tree())) {
        return Some(Finding::error(
            &NULL_WIPES_ACCOUNTS,
            entry,
            "this removes every key that begins with this one, and so all accounts, including those that the user \
             created; remove the accounts one by one, as `….jabber.<id>=${null}`",
        ));
    }
    if reaches_ids(key, ACCOUNT_STATE) {
        return Some(Finding::error(
            &NULL_WIPES_ACCOUNT_STATE,
            entry,
            "this removes the saved chat rooms, the last status and the order of all accounts at every start; remove \
             single rooms, as `….accounts.<id>.chatRooms.<room>=${null}`",
        ));
    }
    if [METHOD, URL, UUID].iter().any(|kept| kept.starts_with(key)) {
        return Some(Finding::error(
            &NULL_WIPES_PROVISIONING,
            entry,
            "this removes where and how the client asks for its settings, so it does not ask at its next start; remove \
             the line, or write a longer key",
        ));
    }
    if key.len() > PROVISIONING_PASSWORD.len() && PROVISIONING_USER.starts_with(key) {
        return Some(Finding::error(
            &NULL_ON_SAVED_USER,
            entry,
            "a saved password without its user name locks the client out: it fails at every start and never asks; \
             remove `….plugin.provisioning.auth`, which includes both",
        ));
    }
    if MASTER_PASSWORD.starts_with(key) {
        return Some(Finding::error(
            &NULL_ON_MASTER_PASSWORD,
            entry,
            "a client whose user has set a master password cannot decrypt any of its passwords without this value; remove the \
             line",
        ));
    }
    if key.ends_with(PASSWORD) {
        return Some(Finding::warning(
            &NULL_ON_PASSWORD,
            entry,
            "this removes nothing, because the client keeps the password under another key; write \
             `….ENCRYPTED_PASSWORD=${null}`",
        ));
    }
    on_user_accounts(entry)
}

/// Whether a removal of `key` takes every account below `tree`.
fn reaches_ids(key: &str, tree: &str) -> bool {
    tree.starts_with(key) || key.strip_prefix(tree).is_some_and(|rest| "acc".starts_with(rest))
}

/// The id of an account that a user makes is `acc` and the time in milliseconds, since 2001 thirteen digits that
/// begin with 1.
fn on_user_accounts(entry: Entry<'_>) -> Option<Finding> {
    const DIGITS: usize = 13;
    let (_, rest) = Protocol::of_key(entry.key())?;
    let digits = rest.strip_prefix("acc")?;
    let matches = digits.starts_with('1') && digits.len() < DIGITS && digits.bytes().all(|byte| byte.is_ascii_digit());
    matches.then(|| {
        Finding::warning(
            &NULL_ON_USER_ACCOUNTS,
            entry,
            "this also removes accounts that the user created: their ids are `acc` and the time in milliseconds, so \
             they begin with this key; give provisioned accounts ids with a letter after `acc`",
        )
    })
}

#[cfg(test)]
mod tests {
    use crate::escape;
    use crate::lint::broken;

    fn removes(key: &str) -> Vec<&'static str> {
        broken(&format!("{key}=${{null}}")).into_iter().map(|(_, rule)| rule).collect()
    }

    #[test]
    fn whole_trees_stay() {
        for key in ["net", "net.java.sip.communicator.impl.protocol"] {
            assert_eq!(removes(key), ["null-wipes-accounts"], "{key}");
        }
        for end in ["jabber", "jabber.", "jabber.acc", "sip", "sip.ac"] {
            let key = format!("net.java.sip.communicator.impl.protocol.{end}");
            assert_eq!(removes(&key), ["null-wipes-accounts"], "{key}");
        }
        for end in ["", ".", ".acc"] {
            let key = format!("net.java.sip.communicator.impl.gui.accounts{end}");
            assert_eq!(removes(&key), ["null-wipes-account-state"], "{key}");
        }
        assert_eq!(removes("net.java.sip.communicator.impl.gui.accounts.accx.chatRooms.room1"), [""; 0]);
        assert_eq!(removes("net.java.sip.communicator.impl.protocol.jabber.CALLING_DISABLED"), [""; 0]);
    }

    #[test]
    fn the_way_back_to_us_stays() {
        assert_eq!(removes("net.java.sip.communicator.plugin.provisioning"), ["null-wipes-provisioning"]);
        assert_eq!(removes("net.java.sip.communicator.UUID"), ["null-wipes-provisioning"]);
        assert_eq!(removes("net.java.sip.communicator.plugin.provisioning.auth.USERNAME"), ["null-on-saved-user"]);
        assert_eq!(removes("net.java.sip.communicator.plugin.provisioning.auth"), [""; 0]);
        assert_eq!(removes("net.java.sip.communicator.plugin.provisioning.MANDATORY"), [""; 0]);
    }

    #[test]
    fn accounts_of_the_user_s_own_are_reported() {
        assert_eq!(removes("net.java.sip.communicator.impl.protocol.sip.acc1"), ["null-on-user-accounts"]);
        assert_eq!(removes("net.java.sip.communicator.impl.protocol.sip.acc2"), [""; 0]);
        assert_eq!(removes("net.java.sip.communicator.impl.protocol.sip.acc1732490000000"), [""; 0]);
    }

    #[test]
    fn a_removal_that_a_value_takes_away_is_not_judged() {
        let key = "net.java.sip.communicator.plugin.provisioning.METHOD";
        assert_eq!(broken(&format!("{key}=${{null}}\n{key}=Manual")), [(1, "null-and-value")]);
        assert_eq!(broken("x.PASSWORD=s\nx.PASSWORD=${null}"), [(2, "null-and-value")]);
    }

    #[test]
    fn the_master_password_stays() {
        for end in [".MASTER", "", ".M"] {
            let key = format!("net.java.sip.communicator.impl.credentialsstorage{end}");
            assert_eq!(removes(&key), ["null-on-master-password"], "{key}");
        }
    }

    #[test]
    fn a_password_is_not_removed_by_its_own_key() {
        assert_eq!(removes("net.java.sip.communicator.impl.protocol.sip.accx.PASSWORD"), ["null-on-password"]);
        assert_eq!(removes("net.java.sip.communicator.impl.protocol.sip.accx.ENCRYPTED_PASSWORD"), [""; 0]);
    }

    #[test]
    fn a_blank_makes_it_a_text() {
        assert_eq!(
            broken("a=${null} \nb=\\ ${null}\nc = ${null}\nd=${null}"),
            [(1, "null-with-blank"), (2, "null-with-blank")]
        );
    }

    #[test]
    fn other_spellings_are_texts() {
        for wrong in ["${NULL}", "${ null }", "$null", "{null}", "${null", "$(null)", "${{null}}"] {
            assert_eq!(broken(&format!("a={wrong}")), [(1, "null-misspelt")], "{wrong}");
        }
        for text in ["null", "Null", "$", "${env.null}", "nullify"] {
            assert_eq!(broken(&format!("a={text}")), [], "{text}");
        }
    }

    #[test]
    fn a_blank_of_the_user_s_is_no_mistake() {
        for value in ["${null} ", " ${null}", "\n${null}", "\u{2003}${null}"] {
            let mut name = String::new();
            escape(value, &mut name);
            assert_eq!(broken(&format!("a={name}")), [], "{value:?}");
        }
    }

    #[test]
    fn a_value_of_the_user_s_that_spells_it_is_reported() {
        let mut name = String::new();
        escape("${null}", &mut name);
        assert_eq!(broken(&format!("a={name}\nb=${{null}}")), [(1, "null-from-data")]);
        assert_eq!(broken(&format!("a.PASSWORD={name}")), [(1, "null-on-password")]);
    }
}
