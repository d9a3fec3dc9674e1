//! Messages that are not in the usual words, and what their authors' texts become.

use super::ByHand;
use crate::lint::rule::Rule;

/// Rules, and the words of the message about their example that lead to what they say to write instead.
static INSTEAD: [(&str, &str); 74] = [
    ("web-page", "look at what was saved or is included there"),
    ("no-entry", "check the template's conditions"),
    ("duplicate-key", "keep one of the two"),
    ("missing-separator", "write `key=value`, or `key=` for an empty value"),
    ("byte-order-mark", "save the template without it"),
    ("control-in-key", "look at the value that the template puts into the key"),
    ("blank-in-key", "look at the value that the template puts into the key"),
    (
        "non-ascii-key",
        "no setting that the client knows has one, so look for a letter that only looks like a Latin one",
    ),
    ("odd-separator", "write `=` after the key, and `\\:` or `\\ ` for a colon or blank in it"),
    ("value-with-blank", "end the line where the value ends, or write `\\u0020` for a blank that belongs to it"),
    ("swallowed-line", "remove the backslash, or double it if it belongs to the value"),
    ("key-over-lines", "write the key in one line"),
    ("joined-words", "write the value in one line, or a blank before the backslash if you mean one"),
    ("comment-with-backslash", "remove the backslash, or begin that line with `#` too"),
    ("blank-after-backslash", "remove the blank to continue the line, or the backslash to end it"),
    ("lost-backslash", "write `\\\\` for each backslash that belongs to the value or key"),
    ("lone-carriage-return", "save the file with the line endings of Unix or Windows"),
    ("separator-in-value", "remove one of the two, or write `\\=` or `\\:` if it belongs to the value"),
    ("comment-in-value", "put it in a line of its own, or write `\\#` for a `#` that belongs to the value"),
    ("quoted-value", "remove them, or write `\\\"` for those that belong to it"),
    ("invisible-character", "replace or remove it, or write it as `\\uXXXX` if it belongs to the value"),
    ("mark-in-key", "write the character alone where it separates or begins a comment"),
    ("unknown-key", "look the key up in docs/keys.md"),
    ("password-in-clear", "write STUN<n>.PASSWORD, with the dot"),
    ("obsolete-key", "write ICE_ENABLED"),
    ("too-late-key", "put it into the installation's `jitsi-default-overrides.properties`, and remove the line"),
    ("too-new-key", "older ones store it, and it has no effect"),
    ("account-id", "write an id such as `accwork`"),
    ("account-id-prefix", "give them ids that do not begin with each other"),
    ("account-without-node", "add that line"),
    ("account-uid-twice", "give each its own"),
    ("account-uid-protocol", "write `Jabber:…`, unless clients already have it"),
    ("user-id-jid", "write the whole address, as `{{ user.jid }}`"),
    (
        "user-id-resource",
        "leave out the slash and what follows it, and if you need a resource add `….accwork.AUTO_GENERATE_RESOURCE=false` and `….accwork.RESOURCE=…`",
    ),
    ("cusax-account", "write the id of an XMPP account that the text sets, the last part of that account's own line"),
    ("encryption-order", "number them from 0 to 1 without a gap"),
    ("encryption-none", "turn a key exchange on"),
    ("codec-name", "write one of these"),
    ("ldap-node", "write `dir1679829923` in all keys of the directory, in a template `dir{{ name | java_hash }}`"),
    ("ldap-without-name", "add `….directories.dir1679829923=<name>`"),
    (
        "ldap-password-in-clear",
        "let clients read the directory without a login, write `….dir1679829923.auth=NONE` and remove `bindDN` and this line",
    ),
    ("ldap-port", "leave `port` out, or write the other `encryption`"),
    ("contact-list-two", "remove one of the two"),
    ("chat-account-uid", "write the same text as in `….ACCOUNT_UID=…`"),
    ("null-wipes-accounts", "remove the accounts one by one, as `….jabber.<id>=${null}`"),
    ("null-wipes-account-state", "remove single rooms, as `….accounts.<id>.chatRooms.<room>=${null}`"),
    ("null-on-saved-user", "remove `….plugin.provisioning.auth`, which includes both"),
    ("null-on-user-accounts", "give provisioned accounts ids with a letter after `acc`"),
    ("null-undoes-account", "give that account an id that does not begin with this one, or write a longer key"),
    ("null-undoes-line", "put the removal above, or write a longer key"),
    ("enforce-prefix", "add `net.java.sip.communicator.plugin.provisioning` and `net.java.sip.communicator.UUID`"),
    ("enforce-prefix-account", "write the item without that dot"),
    ("enforce-prefix-order", "put the list first, or add prefixes of these keys"),
    ("allow-prefix-late", "put the list first and add prefixes of these keys, or remove the lines"),
    ("allow-prefix-drops", "add prefixes of these keys, or remove the lines"),
    ("prefix-with-blank", "write the items without blanks"),
    ("system-without-name", "write the name of the system property"),
    ("system-prefix", "write `${system}.<name>=…` for a system property"),
    ("provisioning-login", "leave it to the service to complete names"),
    (
        "provisioning-in-clear",
        "write an address that begins with `https://`, and pin its certificate if clients do not trust it",
    ),
    ("provisioning-field", "write `&` instead of `&amp;`"),
    (
        "provisioning-path",
        "write the path too, as `https://prov.example.org/provision`, unless `http.paths` or a proxy says otherwise",
    ),
    ("pin-name", "write the name alone, as `….certservice.param.chat.example.org`"),
    ("stun-without-ice", "remove that line, or remove those of the servers"),
    ("update-link-in-clear", "write an address that begins with `https://`"),
    ("malformed-silence", "write `# lint: allow RULE -- reason`"),
    ("silence-without-reason", "write `# lint: allow RULE -- reason`"),
    ("unknown-rule", "did you mean"),
    ("certificate-login", "add `….service.cert.clientauth.<id>=<id>` with its settings"),
    ("account-key-as-default", "or remove the line"),
    ("unread-default", "write `net.java.sip.communicator.impl.protocol.sip.DEFAULT_TRANSPORT=…`"),
    ("null-and-value", "or write `….accwork.=${null}`, with a dot at the end"),
    ("bosh-url", "write `https://…`"),
    ("encoded-password", "write the password in plain text, unless it is one"),
];

/// Other messages: the rule, the words, a text that shows the message, and the text of an author who follows the words.
const OTHERS: &str = include_str!("by_hand.txt");

/// The rows of both tables.
pub(super) fn by_hand() -> impl Iterator<Item = ByHand> {
    let instead = INSTEAD.iter().map(|(id, says)| {
        let (text, then) = Rule::named(id).map_or(("", ""), |rule| (rule.example, rule.instead));
        ByHand { rule: id, says, text, then }
    });
    instead.chain(OTHERS.split("## ").skip(1).map(|row| {
        let (title, texts) = row.split_once('\n').unwrap();
        let (rule, says) = title.split_once(": ").unwrap();
        let (text, then) = texts.trim_end_matches('\n').split_once("\n->\n").unwrap();
        ByHand { rule, says, text, then }
    }))
}
