//! Rules about accounts.

pub(in crate::lint) mod defaults;
pub(in crate::lint) mod display_name;
pub(in crate::lint) mod identity;
pub(in crate::lint) mod ids;
pub(in crate::lint) mod login;
pub(in crate::lint) mod passwords;
pub(in crate::lint) mod switched_off;

use self::defaults::{ACCOUNT_KEY_AS_DEFAULT, UNREAD_DEFAULT};
use self::login::{ACCOUNT_PORT, BOSH_URL, CERTIFICATE_LOGIN, RESOURCE_IGNORED};
use self::passwords::{EMPTY_PASSWORD, ENCODED_PASSWORD, MASTER_PASSWORD_SET};
use self::switched_off::SWITCHED_OFF;
use crate::lint::level::Level;
use crate::lint::rule::{Family, Rule};

pub(super) static FAMILY: Family = Family {
    title: "Accounts",
    rules: &[
        &ACCOUNT_ID,
        &ACCOUNT_ID_PREFIX,
        &ACCOUNT_WITHOUT_NODE,
        &ACCOUNT_NODE,
        &ACCOUNT_UID,
        &ACCOUNT_UID_TWICE,
        &ACCOUNT_UID_PROTOCOL,
        &USER_ID,
        &USER_ID_JID,
        &USER_ID_RESOURCE,
        &PROTOCOL_NAME,
        &SERVER_OVERRIDE,
        &CERTIFICATE_LOGIN,
        &BOSH_URL,
        &ACCOUNT_PORT,
        &RESOURCE_IGNORED,
        &SWITCHED_OFF,
        &EMPTY_PASSWORD,
        &ENCODED_PASSWORD,
        &MASTER_PASSWORD_SET,
        &GLOBAL_DISPLAY_NAME,
        &ACCOUNT_KEY_AS_DEFAULT,
        &UNREAD_DEFAULT,
    ],
};

static ACCOUNT_ID: Rule = Rule {
    id: "account-id",
    levels: &[Level::Error],
    can_be_suppressed: true,
    is_about_value: false,
    what: "An account's id does not begin with `acc`, or contains a dot.",
    why: "The client only looks for accounts whose ids begin with `acc` and have no dot, so it never sees this one.",
    example: "net.java.sip.communicator.impl.protocol.jabber.work=work",
    instead: "\
        net.java.sip.communicator.impl.protocol.jabber.accwork=accwork\n\
        net.java.sip.communicator.impl.protocol.jabber.accwork.PROTOCOL_NAME=Jabber\n\
        net.java.sip.communicator.impl.protocol.jabber.accwork.ACCOUNT_UID=Jabber:anna@example.org@example.org\n\
        net.java.sip.communicator.impl.protocol.jabber.accwork.USER_ID=anna@example.org",
};

static ACCOUNT_ID_PREFIX: Rule = Rule {
    id: "account-id-prefix",
    levels: &[Level::Error, Level::Note],
    can_be_suppressed: true,
    is_about_value: false,
    what: "An account's id begins with another account's id.",
    why: "\
        The client removes by prefix, so removing the account with the shorter id removes both. The rule is a note \
        when the text only removes the shorter one, above all lines of the other.",
    example: "\
        net.java.sip.communicator.impl.protocol.jabber.accwork=accwork\n\
        net.java.sip.communicator.impl.protocol.jabber.accwork.PROTOCOL_NAME=Jabber\n\
        net.java.sip.communicator.impl.protocol.jabber.accwork.ACCOUNT_UID=Jabber:anna@example.org@example.org\n\
        net.java.sip.communicator.impl.protocol.jabber.accwork.USER_ID=anna@example.org\n\
        net.java.sip.communicator.impl.protocol.jabber.accwork2=accwork2\n\
        net.java.sip.communicator.impl.protocol.jabber.accwork2.PROTOCOL_NAME=Jabber\n\
        net.java.sip.communicator.impl.protocol.jabber.accwork2.ACCOUNT_UID=Jabber:bo@example.org@example.org\n\
        net.java.sip.communicator.impl.protocol.jabber.accwork2.USER_ID=bo@example.org",
    instead: "\
        net.java.sip.communicator.impl.protocol.jabber.accwork1=accwork1\n\
        net.java.sip.communicator.impl.protocol.jabber.accwork1.PROTOCOL_NAME=Jabber\n\
        net.java.sip.communicator.impl.protocol.jabber.accwork1.ACCOUNT_UID=Jabber:anna@example.org@example.org\n\
        net.java.sip.communicator.impl.protocol.jabber.accwork1.USER_ID=anna@example.org\n\
        net.java.sip.communicator.impl.protocol.jabber.accwork2=accwork2\n\
        net.java.sip.communicator.impl.protocol.jabber.accwork2.PROTOCOL_NAME=Jabber\n\
        net.java.sip.communicator.impl.protocol.jabber.accwork2.ACCOUNT_UID=Jabber:bo@example.org@example.org\n\
        net.java.sip.communicator.impl.protocol.jabber.accwork2.USER_ID=bo@example.org",
};

static ACCOUNT_WITHOUT_NODE: Rule = Rule {
    id: "account-without-node",
    levels: &[Level::Error],
    can_be_suppressed: true,
    is_about_value: false,
    what: "An account has settings but no line of its own, `….<id>=<id>`.",
    why: "The client finds accounts by that line, so it ignores the settings.",
    example: "\
        net.java.sip.communicator.impl.protocol.jabber.accwork.PROTOCOL_NAME=Jabber\n\
        net.java.sip.communicator.impl.protocol.jabber.accwork.ACCOUNT_UID=Jabber:anna@example.org@example.org\n\
        net.java.sip.communicator.impl.protocol.jabber.accwork.USER_ID=anna@example.org",
    instead: "\
        net.java.sip.communicator.impl.protocol.jabber.accwork=accwork\n\
        net.java.sip.communicator.impl.protocol.jabber.accwork.PROTOCOL_NAME=Jabber\n\
        net.java.sip.communicator.impl.protocol.jabber.accwork.ACCOUNT_UID=Jabber:anna@example.org@example.org\n\
        net.java.sip.communicator.impl.protocol.jabber.accwork.USER_ID=anna@example.org",
};

static ACCOUNT_NODE: Rule = Rule {
    id: "account-node",
    levels: &[Level::Error],
    can_be_suppressed: true,
    is_about_value: false,
    what: "The value of an account's own line differs from its id.",
    why: "The client then reads the settings of another account.",
    example: "\
        net.java.sip.communicator.impl.protocol.jabber.accwork=work\n\
        net.java.sip.communicator.impl.protocol.jabber.accwork.PROTOCOL_NAME=Jabber\n\
        net.java.sip.communicator.impl.protocol.jabber.accwork.ACCOUNT_UID=Jabber:anna@example.org@example.org\n\
        net.java.sip.communicator.impl.protocol.jabber.accwork.USER_ID=anna@example.org",
    instead: "\
        net.java.sip.communicator.impl.protocol.jabber.accwork=accwork\n\
        net.java.sip.communicator.impl.protocol.jabber.accwork.PROTOCOL_NAME=Jabber\n\
        net.java.sip.communicator.impl.protocol.jabber.accwork.ACCOUNT_UID=Jabber:anna@example.org@example.org\n\
        net.java.sip.communicator.impl.protocol.jabber.accwork.USER_ID=anna@example.org",
};

static ACCOUNT_UID: Rule = Rule {
    id: "account-uid",
    levels: &[Level::Error],
    can_be_suppressed: true,
    is_about_value: false,
    what: "An account has no `ACCOUNT_UID`.",
    why: "\
        The client finds the stored password by this value. Without it, the client asks the user for the password at \
        every start.",
    example: "\
        net.java.sip.communicator.impl.protocol.jabber.accwork=accwork\n\
        net.java.sip.communicator.impl.protocol.jabber.accwork.PROTOCOL_NAME=Jabber\n\
        net.java.sip.communicator.impl.protocol.jabber.accwork.USER_ID=anna@example.org",
    instead: "\
        net.java.sip.communicator.impl.protocol.jabber.accwork=accwork\n\
        net.java.sip.communicator.impl.protocol.jabber.accwork.PROTOCOL_NAME=Jabber\n\
        net.java.sip.communicator.impl.protocol.jabber.accwork.ACCOUNT_UID=Jabber:anna@example.org@example.org\n\
        net.java.sip.communicator.impl.protocol.jabber.accwork.USER_ID=anna@example.org",
};

static ACCOUNT_UID_TWICE: Rule = Rule {
    id: "account-uid-twice",
    levels: &[Level::Error, Level::Warning],
    can_be_suppressed: true,
    is_about_value: false,
    what: "Two accounts have the same `ACCOUNT_UID`.",
    why: "\
        The client takes the first account's password for both and sends it to both servers. The rule is a warning \
        when the accounts have different protocols: then the client confuses their last status and order.",
    example: "\
        net.java.sip.communicator.impl.protocol.jabber.accwork=accwork\n\
        net.java.sip.communicator.impl.protocol.jabber.accwork.PROTOCOL_NAME=Jabber\n\
        net.java.sip.communicator.impl.protocol.jabber.accwork.ACCOUNT_UID=Jabber:anna@example.org@example.org\n\
        net.java.sip.communicator.impl.protocol.jabber.accwork.USER_ID=anna@example.org\n\
        net.java.sip.communicator.impl.protocol.jabber.acchome=acchome\n\
        net.java.sip.communicator.impl.protocol.jabber.acchome.PROTOCOL_NAME=Jabber\n\
        net.java.sip.communicator.impl.protocol.jabber.acchome.ACCOUNT_UID=Jabber:anna@example.org@example.org\n\
        net.java.sip.communicator.impl.protocol.jabber.acchome.USER_ID=bo@example.org",
    instead: "\
        net.java.sip.communicator.impl.protocol.jabber.accwork=accwork\n\
        net.java.sip.communicator.impl.protocol.jabber.accwork.PROTOCOL_NAME=Jabber\n\
        net.java.sip.communicator.impl.protocol.jabber.accwork.ACCOUNT_UID=Jabber:anna@example.org@example.org\n\
        net.java.sip.communicator.impl.protocol.jabber.accwork.USER_ID=anna@example.org\n\
        net.java.sip.communicator.impl.protocol.jabber.acchome=acchome\n\
        net.java.sip.communicator.impl.protocol.jabber.acchome.PROTOCOL_NAME=Jabber\n\
        net.java.sip.communicator.impl.protocol.jabber.acchome.ACCOUNT_UID=Jabber:bo@example.org@example.org\n\
        net.java.sip.communicator.impl.protocol.jabber.acchome.USER_ID=bo@example.org",
};

static ACCOUNT_UID_PROTOCOL: Rule = Rule {
    id: "account-uid-protocol",
    levels: &[Level::Note],
    can_be_suppressed: true,
    is_about_value: false,
    what: "An `ACCOUNT_UID` begins with the name of another protocol.",
    why: "The client accepts any text, but people and scripts that read it are misled.",
    example: "\
        net.java.sip.communicator.impl.protocol.jabber.accwork=accwork\n\
        net.java.sip.communicator.impl.protocol.jabber.accwork.PROTOCOL_NAME=Jabber\n\
        net.java.sip.communicator.impl.protocol.jabber.accwork.ACCOUNT_UID=SIP:anna@example.org\n\
        net.java.sip.communicator.impl.protocol.jabber.accwork.USER_ID=anna@example.org",
    instead: "\
        net.java.sip.communicator.impl.protocol.jabber.accwork=accwork\n\
        net.java.sip.communicator.impl.protocol.jabber.accwork.PROTOCOL_NAME=Jabber\n\
        net.java.sip.communicator.impl.protocol.jabber.accwork.ACCOUNT_UID=Jabber:anna@example.org@example.org\n\
        net.java.sip.communicator.impl.protocol.jabber.accwork.USER_ID=anna@example.org",
};

static USER_ID: Rule = Rule {
    id: "user-id",
    levels: &[Level::Error],
    can_be_suppressed: true,
    is_about_value: false,
    what: "An account has no `USER_ID`.",
    why: "The client fails to load the account.",
    example: "\
        net.java.sip.communicator.impl.protocol.jabber.accwork=accwork\n\
        net.java.sip.communicator.impl.protocol.jabber.accwork.PROTOCOL_NAME=Jabber\n\
        net.java.sip.communicator.impl.protocol.jabber.accwork.ACCOUNT_UID=Jabber:anna@example.org@example.org",
    instead: "\
        net.java.sip.communicator.impl.protocol.jabber.accwork=accwork\n\
        net.java.sip.communicator.impl.protocol.jabber.accwork.PROTOCOL_NAME=Jabber\n\
        net.java.sip.communicator.impl.protocol.jabber.accwork.ACCOUNT_UID=Jabber:anna@example.org@example.org\n\
        net.java.sip.communicator.impl.protocol.jabber.accwork.USER_ID=anna@example.org",
};

static USER_ID_JID: Rule = Rule {
    id: "user-id-jid",
    levels: &[Level::Error],
    can_be_suppressed: true,
    is_about_value: true,
    what: "The `USER_ID` of an XMPP account is not of the form `user@domain`.",
    why: "The client does not load the account.",
    example: "\
        net.java.sip.communicator.impl.protocol.jabber.accwork=accwork\n\
        net.java.sip.communicator.impl.protocol.jabber.accwork.PROTOCOL_NAME=Jabber\n\
        net.java.sip.communicator.impl.protocol.jabber.accwork.ACCOUNT_UID=Jabber:anna@example.org@example.org\n\
        net.java.sip.communicator.impl.protocol.jabber.accwork.USER_ID=anna",
    instead: "\
        net.java.sip.communicator.impl.protocol.jabber.accwork=accwork\n\
        net.java.sip.communicator.impl.protocol.jabber.accwork.PROTOCOL_NAME=Jabber\n\
        net.java.sip.communicator.impl.protocol.jabber.accwork.ACCOUNT_UID=Jabber:anna@example.org@example.org\n\
        net.java.sip.communicator.impl.protocol.jabber.accwork.USER_ID=anna@example.org",
};

static USER_ID_RESOURCE: Rule = Rule {
    id: "user-id-resource",
    levels: &[Level::Warning],
    can_be_suppressed: true,
    is_about_value: true,
    what: "The `USER_ID` of an XMPP account contains a resource.",
    why: "The client ignores a resource there; the setting for it is `RESOURCE`.",
    example: "\
        net.java.sip.communicator.impl.protocol.jabber.accwork=accwork\n\
        net.java.sip.communicator.impl.protocol.jabber.accwork.PROTOCOL_NAME=Jabber\n\
        net.java.sip.communicator.impl.protocol.jabber.accwork.ACCOUNT_UID=Jabber:anna@example.org@example.org\n\
        net.java.sip.communicator.impl.protocol.jabber.accwork.USER_ID=anna@example.org/desk",
    instead: "\
        net.java.sip.communicator.impl.protocol.jabber.accwork=accwork\n\
        net.java.sip.communicator.impl.protocol.jabber.accwork.PROTOCOL_NAME=Jabber\n\
        net.java.sip.communicator.impl.protocol.jabber.accwork.ACCOUNT_UID=Jabber:anna@example.org@example.org\n\
        net.java.sip.communicator.impl.protocol.jabber.accwork.USER_ID=anna@example.org\n\
        net.java.sip.communicator.impl.protocol.jabber.accwork.AUTO_GENERATE_RESOURCE=false\n\
        net.java.sip.communicator.impl.protocol.jabber.accwork.RESOURCE=desk",
};

static PROTOCOL_NAME: Rule = Rule {
    id: "protocol-name",
    levels: &[Level::Note],
    can_be_suppressed: true,
    is_about_value: false,
    what: "An account has no `PROTOCOL_NAME`.",
    why: "\
        The client falls back to the protocol of the key, so nothing breaks, but the text does not show everything \
        that is stored.",
    example: "\
        net.java.sip.communicator.impl.protocol.jabber.accwork=accwork\n\
        net.java.sip.communicator.impl.protocol.jabber.accwork.ACCOUNT_UID=Jabber:anna@example.org@example.org\n\
        net.java.sip.communicator.impl.protocol.jabber.accwork.USER_ID=anna@example.org",
    instead: "\
        net.java.sip.communicator.impl.protocol.jabber.accwork=accwork\n\
        net.java.sip.communicator.impl.protocol.jabber.accwork.PROTOCOL_NAME=Jabber\n\
        net.java.sip.communicator.impl.protocol.jabber.accwork.ACCOUNT_UID=Jabber:anna@example.org@example.org\n\
        net.java.sip.communicator.impl.protocol.jabber.accwork.USER_ID=anna@example.org",
};

static SERVER_OVERRIDE: Rule = Rule {
    id: "server-override",
    levels: &[Level::Warning],
    can_be_suppressed: true,
    is_about_value: false,
    what: "`IS_SERVER_OVERRIDDEN=true` is set without `SERVER_ADDRESS`.",
    why: "The client no longer asks DNS for the server and has no address to use in its place, so it cannot connect.",
    example: "\
        # …\n\
        net.java.sip.communicator.impl.protocol.jabber.accwork.IS_SERVER_OVERRIDDEN=true",
    instead: "\
        # …\n\
        net.java.sip.communicator.impl.protocol.jabber.accwork.IS_SERVER_OVERRIDDEN=true\n\
        net.java.sip.communicator.impl.protocol.jabber.accwork.SERVER_ADDRESS=xmpp.example.org",
};

static GLOBAL_DISPLAY_NAME: Rule = Rule {
    id: "global-display-name",
    levels: &[Level::Warning],
    can_be_suppressed: true,
    is_about_value: false,
    what: "`GLOBAL_DISPLAY_NAME` is set to a name.",
    why: "\
        The client reads this key before it asks for its settings. It therefore shows the name from the previous \
        start, perhaps another user's, also in chat rooms.",
    example: "net.java.sip.communicator.impl.gui.main.presence.GLOBAL_DISPLAY_NAME=Anna",
    instead: "net.java.sip.communicator.impl.gui.main.presence.GLOBAL_DISPLAY_NAME=${null}",
};
