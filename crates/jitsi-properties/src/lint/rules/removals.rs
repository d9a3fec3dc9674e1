//! Rules about `${null}`, by which the client removes every stored key that begins with the entry's key.

pub(in crate::lint) mod order;
pub(in crate::lint) mod reach;

use crate::lint::level::Level;
use crate::lint::rule::{Family, Rule};

pub(in crate::lint) static FAMILY: Family = Family {
    title: "Removals",
    rules: &[
        &NULL_WITH_BLANK,
        &NULL_MISSPELT,
        &NULL_FROM_DATA,
        &NULL_WIPES_ACCOUNTS,
        &NULL_WIPES_ACCOUNT_STATE,
        &NULL_WIPES_PROVISIONING,
        &NULL_ON_SAVED_USER,
        &NULL_ON_USER_ACCOUNTS,
        &NULL_ON_PASSWORD,
        &NULL_UNDOES_ACCOUNT,
        &NULL_UNDOES_LINE,
        &NULL_AND_VALUE,
        &NULL_ON_MASTER_PASSWORD,
    ],
};

static NULL_WITH_BLANK: Rule = Rule {
    id: "null-with-blank",
    levels: &[Level::Error],
    can_be_suppressed: true,
    is_about_value: false,
    what: "`${null}` has a blank next to it.",
    why: "The client stores the value as ordinary text instead of removing the key.",
    example: "net.java.sip.communicator.impl.protocol.jabber.accold=${null} ",
    instead: "net.java.sip.communicator.impl.protocol.jabber.accold=${null}",
};

static NULL_MISSPELT: Rule = Rule {
    id: "null-misspelt",
    levels: &[Level::Warning],
    can_be_suppressed: true,
    is_about_value: false,
    what: "A value looks like `${null}` but is spelt differently.",
    why: "The client stores the value as ordinary text instead of removing the key.",
    example: "\
        # …\n\
        net.java.sip.communicator.impl.protocol.jabber.accwork.DISPLAY_NAME=${NULL}",
    instead: "\
        # …\n\
        net.java.sip.communicator.impl.protocol.jabber.accwork.DISPLAY_NAME=${null}",
};

static NULL_FROM_DATA: Rule = Rule {
    id: "null-from-data",
    levels: &[Level::Error],
    can_be_suppressed: false,
    is_about_value: false,
    what: "A value that the template inserts is `${null}`.",
    why: "The client would remove a key that the template's author did not mean to remove.",
    example: "\
        # …\n\
        net.java.sip.communicator.impl.protocol.jabber.accwork.DISPLAY_NAME=\\u0024{null}",
    instead: "\
        # …\n\
        net.java.sip.communicator.impl.protocol.jabber.accwork.DISPLAY_NAME=Anna",
};

static NULL_WIPES_ACCOUNTS: Rule = Rule {
    id: "null-wipes-accounts",
    levels: &[Level::Error],
    can_be_suppressed: true,
    is_about_value: false,
    what: "`${null}` is set on the whole tree of a protocol.",
    why: "The client removes all accounts, including those that the user created.",
    example: "net.java.sip.communicator.impl.protocol.jabber=${null}",
    instead: "net.java.sip.communicator.impl.protocol.jabber.accold=${null}",
};

static NULL_WIPES_ACCOUNT_STATE: Rule = Rule {
    id: "null-wipes-account-state",
    levels: &[Level::Error],
    can_be_suppressed: true,
    is_about_value: false,
    what: "`${null}` is set on `…impl.gui.accounts`.",
    why: "The client removes the saved chat rooms, the last status and the order of all accounts.",
    example: "net.java.sip.communicator.impl.gui.accounts=${null}",
    instead: "net.java.sip.communicator.impl.gui.accounts.accwork.chatRooms.team=${null}",
};

static NULL_WIPES_PROVISIONING: Rule = Rule {
    id: "null-wipes-provisioning",
    levels: &[Level::Error],
    can_be_suppressed: false,
    is_about_value: false,
    what: "`${null}` is set on a key with which the client asks for its settings.",
    why: "The client does not ask at its next start, so no later reply reaches it.",
    example: "net.java.sip.communicator.plugin.provisioning.METHOD=${null}",
    instead: "net.java.sip.communicator.plugin.provisioning.MANDATORY=${null}",
};

static NULL_ON_SAVED_USER: Rule = Rule {
    id: "null-on-saved-user",
    levels: &[Level::Error],
    can_be_suppressed: true,
    is_about_value: false,
    what: "`${null}` is set on the user name that belongs to the saved provisioning password.",
    why: "The client fails at every start and never asks for the name.",
    example: "net.java.sip.communicator.plugin.provisioning.auth.USERNAME=${null}",
    instead: "net.java.sip.communicator.plugin.provisioning.auth=${null}",
};

static NULL_ON_USER_ACCOUNTS: Rule = Rule {
    id: "null-on-user-accounts",
    levels: &[Level::Warning],
    can_be_suppressed: true,
    is_about_value: false,
    what: "`${null}` is set on ids that the client itself gives to accounts.",
    why: "The client also removes accounts that the user created.",
    example: "net.java.sip.communicator.impl.protocol.jabber.acc1=${null}",
    instead: "net.java.sip.communicator.impl.protocol.jabber.accold=${null}",
};

static NULL_ON_PASSWORD: Rule = Rule {
    id: "null-on-password",
    levels: &[Level::Warning],
    can_be_suppressed: true,
    is_about_value: false,
    what: "`${null}` is set on a key that ends in `.PASSWORD`.",
    why: "The client stores the password under `….ENCRYPTED_PASSWORD`, so nothing is removed.",
    example: "net.java.sip.communicator.impl.protocol.jabber.accwork.PASSWORD=${null}",
    instead: "net.java.sip.communicator.impl.protocol.jabber.accwork.ENCRYPTED_PASSWORD=${null}",
};

static NULL_UNDOES_ACCOUNT: Rule = Rule {
    id: "null-undoes-account",
    levels: &[Level::Error],
    can_be_suppressed: true,
    is_about_value: false,
    what: "`${null}` follows an account that it removes.",
    why: "The client applies the lines in order, so the account that the text has just set is removed again.",
    example: "\
        # …\n\
        net.java.sip.communicator.impl.protocol.jabber.accw=${null}",
    instead: "\
        # …\n\
        net.java.sip.communicator.impl.protocol.jabber.accold=${null}",
};

static NULL_UNDOES_LINE: Rule = Rule {
    id: "null-undoes-line",
    levels: &[Level::Warning],
    can_be_suppressed: true,
    is_about_value: false,
    what: "`${null}` follows a line that it undoes.",
    why: "The client applies the lines in order, so the setting is removed again.",
    example: "\
        # …\n\
        net.java.sip.communicator.impl.protocol.jabber.accwork.STUN0ADDRESS=turn.example.org\n\
        net.java.sip.communicator.impl.protocol.jabber.accwork.STUN0PORT=3478\n\
        net.java.sip.communicator.impl.protocol.jabber.accwork.STUN=${null}",
    instead: "\
        # …\n\
        net.java.sip.communicator.impl.protocol.jabber.accwork.STUN=${null}\n\
        net.java.sip.communicator.impl.protocol.jabber.accwork.STUN0ADDRESS=turn.example.org\n\
        net.java.sip.communicator.impl.protocol.jabber.accwork.STUN0PORT=3478",
};

static NULL_AND_VALUE: Rule = Rule {
    id: "null-and-value",
    levels: &[Level::Error, Level::Warning],
    can_be_suppressed: true,
    is_about_value: false,
    what: "A key is set to a value and to `${null}`.",
    why: "\
        The client keeps one value for each key, the last, at the place of the first line. So a `${null}` above \
        the value removes nothing, and one below it takes the value's place. The rule is an error when the value \
        is lost.",
    example: "\
        net.java.sip.communicator.impl.protocol.jabber.accwork=${null}\n\
        net.java.sip.communicator.impl.protocol.jabber.accwork=accwork\n\
        net.java.sip.communicator.impl.protocol.jabber.accwork.PROTOCOL_NAME=Jabber\n\
        net.java.sip.communicator.impl.protocol.jabber.accwork.ACCOUNT_UID=Jabber:anna@example.org@example.org\n\
        net.java.sip.communicator.impl.protocol.jabber.accwork.USER_ID=anna@example.org",
    instead: "\
        net.java.sip.communicator.impl.protocol.jabber.accwork.=${null}\n\
        net.java.sip.communicator.impl.protocol.jabber.accwork=accwork\n\
        net.java.sip.communicator.impl.protocol.jabber.accwork.PROTOCOL_NAME=Jabber\n\
        net.java.sip.communicator.impl.protocol.jabber.accwork.ACCOUNT_UID=Jabber:anna@example.org@example.org\n\
        net.java.sip.communicator.impl.protocol.jabber.accwork.USER_ID=anna@example.org",
};

static NULL_ON_MASTER_PASSWORD: Rule = Rule {
    id: "null-on-master-password",
    levels: &[Level::Error],
    can_be_suppressed: true,
    is_about_value: false,
    what: "`${null}` removes the check value of the master password.",
    why: "\
        A client whose user has set a master password can no longer decrypt any password that it keeps, including \
        those of the user's own accounts, and asks for each of them.",
    example: "net.java.sip.communicator.impl.credentialsstorage.MASTER=${null}",
    instead: "net.java.sip.communicator.impl.gui.main.SHOW_MASTER_PASSWORD_WARNING=false",
};
