//! The list of the rules, by family.

use super::super::finding::Level::{Error, Note, Warning};
use super::Rule;

/// All rules of the linter, in the order of `docs/lint.md`.
pub static RULES: &[Rule] = &[
    // The text
    Rule::error(
        "web-page",
        "the text begins with `<`",
        "it is a web page or XML, and the client would store each of its lines as a setting",
    )
    .never_silenced(),
    Rule::warning("no-entry", "the text sets nothing", "the client takes it for a success and changes nothing"),
    Rule::error(
        "duplicate-key",
        "a key is set twice",
        "the client takes the last value but the first place; it is a warning where both values are the same",
    )
    .with_levels(&[Error, Warning]),
    Rule::error("missing-separator", "a line without `=`", "the client stores the whole line as a key without a value"),
    Rule::warning("empty-key", "there is nothing before the `=`", "the client skips the line"),
    Rule::error(
        "byte-order-mark",
        "the text begins with a byte order mark",
        "the mark becomes part of the first key, which no setting has then",
    ),
    Rule::error("control-in-key", "a key has a control character", "no setting of the client has such a name"),
    Rule::error("blank-in-key", "a key has a blank", "no setting of the client has such a name"),
    Rule::warning(
        "non-ascii-key",
        "a key has a letter that is not ASCII",
        "no setting that the client knows has one; some letters only look like Latin ones",
    ),
    Rule::warning(
        "odd-separator",
        "a colon or a blank ends the key",
        "a key that has one in its name ends there, and the rest becomes a part of the value",
    ),
    Rule::warning(
        "boolean-with-blank",
        "`true` or `false` with a blank behind it",
        "the client does not take the blank away from its own settings, and reads `true ` as false",
    ),
    Rule::note(
        "value-with-blank",
        "a blank at the end of a value",
        "some parts of the client take it away and some do not; of a password it becomes a part",
    )
    .with_levels(&[Warning, Note]),
    // What the client knows
    Rule::warning(
        "unknown-key",
        "a key that no client reads",
        "the line has no effect; it is a note where the key may be meant for others",
    )
    .with_levels(&[Warning, Note]),
    Rule::error(
        "wrong-value",
        "a value that the key does not take",
        "the client does not take it as it is meant, or throws and breaks off",
    )
    .with_levels(&[Error, Warning]),
    Rule::warning(
        "presence-boolean",
        "`false` for a key that counts by being there",
        "the client takes it for true whatever its value",
    ),
    Rule::warning(
        "password-in-clear",
        "a secret under a key that does not end in `.PASSWORD`",
        "the client stores it in clear and writes it to its log",
    ),
    Rule::warning(
        "obsolete-key",
        "a key that newer clients no longer know",
        "the line has no effect there; it is a note while the client's version is not known",
    )
    .with_levels(&[Warning, Note]),
    Rule::warning(
        "too-new-key",
        "a key that older clients do not know yet",
        "the line has no effect there; it is a note while the client's version is not known",
    )
    .with_levels(&[Warning, Note]),
    // Accounts
    Rule::error(
        "account-id",
        "an account whose id does not begin with `acc`, or has a dot",
        "the client only looks for ids that do, and never sees the account",
    ),
    Rule::error(
        "account-id-prefix",
        "the id of an account begins with that of another",
        "the client removes by the beginning of a key, so both go when the shorter one is removed; it is a note \
         where the shorter one is only removed, above all lines of the other",
    )
    .with_levels(&[Error, Note]),
    Rule::error(
        "account-without-node",
        "settings of an account without its own line `….<id>=<id>`",
        "by that line the client finds the account",
    ),
    Rule::error(
        "account-node",
        "an account's own line has another value than its id",
        "the client reads the settings of another account then",
    ),
    Rule::error(
        "account-uid",
        "an account without `ACCOUNT_UID`",
        "by it the client finds the stored password, and without it asks its user at every start",
    ),
    Rule::error(
        "account-uid-twice",
        "two accounts with one `ACCOUNT_UID`",
        "the client takes the password of the first one for both, and sends it to both servers",
    )
    .with_levels(&[Error, Warning]),
    Rule::note(
        "account-uid-protocol",
        "an `ACCOUNT_UID` that begins with the name of another protocol",
        "the client takes any text, people and scripts are misled",
    ),
    Rule::error("user-id", "an account without `USER_ID`", "the client fails to load the account"),
    Rule::error(
        "user-id-jid",
        "the `USER_ID` of an XMPP account is no address `user@domain`",
        "the client does not load the account",
    ),
    Rule::warning(
        "user-id-resource",
        "the `USER_ID` of an XMPP account has a resource",
        "the client does not take its resource from there",
    ),
    Rule::note(
        "protocol-name",
        "an account without `PROTOCOL_NAME`",
        "the client takes the name of the tree that the account is in, so nothing is lost",
    ),
    Rule::warning(
        "server-override",
        "`IS_SERVER_OVERRIDDEN=true` without `SERVER_ADDRESS`",
        "the client does not ask DNS for the server then, and knows no address either",
    ),
    Rule::warning(
        "empty-password",
        "a password that is empty",
        "the client stores it over the one it has and logs in with it",
    ),
    Rule::warning(
        "global-display-name",
        "a name under `GLOBAL_DISPLAY_NAME`",
        "the client reads it before it asks for its settings, so it shows the name from the previous start, perhaps \
         another user's, also in chat rooms",
    ),
    // SIP
    Rule::warning(
        "cusax-account",
        "a SIP account that is linked to an XMPP account the text does not set",
        "the client links nothing",
    ),
    Rule::error(
        "sip-proxy-transport",
        "`PROXY_AUTO_CONFIG=false` without a `PREFERRED_TRANSPORT` of UDP, TCP or TLS",
        "the client throws and does not load the account",
    ),
    Rule::warning(
        "sip-proxy-address",
        "`PROXY_AUTO_CONFIG=false` without `PROXY_ADDRESS`",
        "the client knows no proxy and cannot register",
    ),
    Rule::note(
        "sip-proxy-port",
        "a proxy by TLS without `PROXY_PORT`",
        "the client takes 5060 for TLS too, where 5061 is usual",
    ),
    Rule::warning(
        "sip-proxy-ignored",
        "`PROXY_ADDRESS` without `PROXY_AUTO_CONFIG=false`",
        "the client asks DNS and does not connect to that address",
    ),
    Rule::note(
        "sip-server-address",
        "a SIP account without `SERVER_ADDRESS`",
        "the client registers nowhere and cannot be called",
    ),
    // Media
    Rule::warning(
        "numbered-gap",
        "a gap in the numbers of STUN servers or Jingle Nodes",
        "the client counts from 0 and stops at the first number without an address",
    ),
    Rule::error(
        "stun-port",
        "a STUN server without a port from 0 to 65535",
        "the client fails at every call of the account",
    ),
    Rule::warning(
        "encodings-without-override",
        "codecs of an account without `OVERRIDE_ENCODINGS=true`",
        "the client does not look at them",
    ),
    // Directories and rooms
    Rule::warning(
        "ldap-node",
        "an LDAP directory whose node is not the hash of its name",
        "the client looks for its settings under the hash and finds none",
    ),
    Rule::warning(
        "ldap-without-name",
        "settings of an LDAP directory without its name",
        "by the name the client finds the directory",
    ),
    Rule::warning(
        "chat-account-uid",
        "a node of chat rooms whose value is the `ACCOUNT_UID` of no account of the text",
        "the client joins none of the rooms",
    ),
    Rule::warning(
        "chat-without-account",
        "chat rooms without the line that names their account",
        "by that line the client finds the rooms",
    ),
    Rule::warning(
        "chat-without-room",
        "settings of a chat room without the room's own line",
        "the client only sees a room by that line, and does not join it",
    ),
    // Removals
    Rule::error(
        "null-with-blank",
        "a blank beside `${null}`",
        "the client stores it as a text instead of removing the key",
    ),
    Rule::error(
        "null-from-data",
        "a value of the template that spells `${null}`",
        "the client would remove a key that the template did not mean to remove",
    )
    .never_silenced(),
    Rule::error(
        "null-wipes-accounts",
        "`${null}` on the tree of a protocol",
        "it removes all accounts, those too that the user has made",
    ),
    Rule::error(
        "null-wipes-account-state",
        "`${null}` on `…impl.gui.accounts`",
        "it removes the saved chat rooms, the last status and the order of all accounts",
    ),
    Rule::error(
        "null-wipes-provisioning",
        "`${null}` on how the client asks for its settings",
        "its next start does not ask",
    )
    .never_silenced(),
    Rule::error(
        "null-on-saved-user",
        "`${null}` on the name that goes with the saved password",
        "the client fails at every start and never asks for the name",
    ),
    Rule::warning(
        "null-on-user-accounts",
        "`${null}` on ids that the client itself gives to accounts",
        "accounts that the user has made go as well",
    ),
    Rule::warning(
        "null-on-password",
        "`${null}` on a `.PASSWORD`",
        "the client keeps the password under another key, so nothing is removed",
    ),
    Rule::error(
        "null-undoes-account",
        "`${null}` below an account that it removes",
        "the client goes from line to line, and the account that the text has set is gone",
    ),
    Rule::warning(
        "null-undoes-line",
        "`${null}` below a line that it undoes",
        "the client goes from line to line, and what the text has set is gone",
    ),
    // Lists of beginnings
    Rule::error(
        "enforce-prefix",
        "an `ENFORCE_PREFIX` that does not keep what the client asks with",
        "it loses its number, method, address or password, and its next start does not ask or asks its user",
    )
    .never_silenced(),
    Rule::error(
        "enforce-prefix-account",
        "an `ENFORCE_PREFIX` with an item `….<id>.`",
        "the account's own line has no dot at its end, so it goes, and all below it",
    ),
    Rule::warning(
        "enforce-prefix-order",
        "an `ENFORCE_PREFIX` below lines that it does not keep",
        "the client removes what it has just set",
    ),
    Rule::warning("allow-prefix-all", "an `ALLOW_PREFIX` with an empty item, or none", "it allows every key"),
    Rule::warning(
        "allow-prefix-late",
        "an `ALLOW_PREFIX` below lines that it does not allow",
        "it only counts for the lines below it",
    ),
    Rule::warning(
        "allow-prefix-drops",
        "lines that the `ALLOW_PREFIX` above them does not allow",
        "the client skips them without a word",
    ),
    Rule::warning(
        "prefix-with-blank",
        "an item of a list of beginnings with a blank",
        "the blank belongs to the item, and no key begins or goes on with it",
    ),
    // The client itself
    Rule::error(
        "system-without-name",
        "a line `${system}.=…`",
        "the client fails there: the lines above stay, all below are lost",
    )
    .never_silenced(),
    Rule::warning(
        "system-not-set",
        "a line `${system}.…` with `${null}` or a `.PASSWORD`",
        "no system property is set or removed by it",
    ),
    Rule::warning(
        "system-prefix",
        "a key that begins with `${` but not with `${system}.`",
        "the client stores the key as it stands",
    ),
    Rule::error(
        "provisioning-method",
        "a `METHOD` that is empty or not known",
        "without one the client never asks again; with one that it does not know it does as for `Manual`",
    )
    .with_levels(&[Error, Warning]),
    Rule::warning("provisioning-off", "`METHOD=NONE`", "the client never asks again"),
    Rule::error(
        "provisioning-url",
        "a `URL` at which the client cannot ask",
        "it fails at every start, and no answer can mend that any more",
    )
    .never_silenced(),
    Rule::warning(
        "mandatory",
        "`MANDATORY=true`",
        "a client that gets no answer stops, so no user can work while anything on the way is down",
    ),
    Rule::warning(
        "empty-update-link",
        "an empty `UPDATE_LINK`",
        "the client asks at the address that is built into it",
    ),
    // Silencing
    Rule::warning(
        "malformed-silence",
        "a comment that begins with `lint:` and is no `allow` or `allow-file`",
        "it silences nothing",
    )
    .never_silenced(),
    Rule::warning(
        "silence-without-reason",
        "a silencing comment without `-- ` and a reason",
        "it silences nothing, since the next reader could not tell whether it still holds",
    )
    .never_silenced(),
    Rule::warning("unknown-rule", "a silencing comment that names no rule", "it silences nothing").never_silenced(),
    Rule::warning("silence-refused", "a silencing comment for a rule that cannot be silenced", "the finding stays")
        .never_silenced(),
    Rule::note("unused-silence", "a silencing comment without a finding", "it would hide the next one that comes up")
        .never_silenced(),
];
