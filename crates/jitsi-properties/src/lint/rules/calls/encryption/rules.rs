//! The rules about encryption, with their documentation.

use crate::lint::level::Level;
use crate::lint::rule::Rule;

pub(super) static ENCRYPTION_STATUS: Rule = Rule {
    id: "encryption-status",
    levels: &[Level::Error],
    can_be_suppressed: true,
    is_about_value: false,
    what: "\
        An account gives a key exchange a place in the order, `ENCRYPTION_PROTOCOL.<name>`, but does not say whether \
        it is on, `ENCRYPTION_PROTOCOL_STATUS.<name>`.",
    why: "\
        For each key exchange that has a place, the client reads the status from the account alone, and throws an \
        exception if it is missing. That ends every call, incoming and outgoing.",
    example: "\
        # …\n\
        net.java.sip.communicator.impl.protocol.sip.accdesk.SAVP_OPTION=2\n\
        net.java.sip.communicator.impl.protocol.sip.accdesk.ENCRYPTION_PROTOCOL.SDES=0",
    instead: "\
        # …\n\
        net.java.sip.communicator.impl.protocol.sip.accdesk.SAVP_OPTION=2\n\
        net.java.sip.communicator.impl.protocol.sip.accdesk.ENCRYPTION_PROTOCOL.SDES=0\n\
        net.java.sip.communicator.impl.protocol.sip.accdesk.ENCRYPTION_PROTOCOL_STATUS.SDES=true",
};

pub(super) static ENCRYPTION_ORDER: Rule = Rule {
    id: "encryption-order",
    levels: &[Level::Error, Level::Warning],
    can_be_suppressed: true,
    is_about_value: true,
    what: "The places of an account's key exchanges are not 0, 1, 2 and so on.",
    why: "\
        The client goes through them in the order of a hash table and inserts each at its number. If the numbers have \
        a gap or repeat, the order differs from what they say. The rule is an error for numbers below -1, on which the \
        client throws an exception at every call.",
    example: "\
        # …\n\
        net.java.sip.communicator.impl.protocol.sip.accdesk.SAVP_OPTION=2\n\
        net.java.sip.communicator.impl.protocol.sip.accdesk.ENCRYPTION_PROTOCOL.SDES=1\n\
        net.java.sip.communicator.impl.protocol.sip.accdesk.ENCRYPTION_PROTOCOL_STATUS.SDES=true\n\
        net.java.sip.communicator.impl.protocol.sip.accdesk.ENCRYPTION_PROTOCOL.ZRTP=2\n\
        net.java.sip.communicator.impl.protocol.sip.accdesk.ENCRYPTION_PROTOCOL_STATUS.ZRTP=true",
    instead: "\
        # …\n\
        net.java.sip.communicator.impl.protocol.sip.accdesk.SAVP_OPTION=2\n\
        net.java.sip.communicator.impl.protocol.sip.accdesk.ENCRYPTION_PROTOCOL.SDES=0\n\
        net.java.sip.communicator.impl.protocol.sip.accdesk.ENCRYPTION_PROTOCOL_STATUS.SDES=true\n\
        net.java.sip.communicator.impl.protocol.sip.accdesk.ENCRYPTION_PROTOCOL.ZRTP=1\n\
        net.java.sip.communicator.impl.protocol.sip.accdesk.ENCRYPTION_PROTOCOL_STATUS.ZRTP=true",
};

pub(super) static ENCRYPTION_WITHOUT_PLACE: Rule = Rule {
    id: "encryption-without-place",
    levels: &[Level::Warning],
    can_be_suppressed: true,
    is_about_value: false,
    what: "An account turns a key exchange on but gives it no place.",
    why: "The client only uses key exchanges that have a place in the account. If none has one, it uses ZRTP.",
    example: "\
        # …\n\
        net.java.sip.communicator.impl.protocol.sip.accdesk.SAVP_OPTION=2\n\
        net.java.sip.communicator.impl.protocol.sip.accdesk.ENCRYPTION_PROTOCOL_STATUS.SDES=true",
    instead: "\
        # …\n\
        net.java.sip.communicator.impl.protocol.sip.accdesk.SAVP_OPTION=2\n\
        net.java.sip.communicator.impl.protocol.sip.accdesk.ENCRYPTION_PROTOCOL.SDES=0\n\
        net.java.sip.communicator.impl.protocol.sip.accdesk.ENCRYPTION_PROTOCOL_STATUS.SDES=true",
};

pub(super) static ENCRYPTION_NONE: Rule = Rule {
    id: "encryption-none",
    levels: &[Level::Error, Level::Warning],
    can_be_suppressed: true,
    is_about_value: false,
    what: "An account's settings leave no key exchange for its calls.",
    why: "\
        Calls are not encrypted then. The rule is an error when the account also demands encryption, by \
        `MODE_PARANOIA=true` or `SAVP_OPTION=1`: then no call succeeds.",
    example: "\
        # …\n\
        net.java.sip.communicator.impl.protocol.sip.accdesk.SAVP_OPTION=2\n\
        net.java.sip.communicator.impl.protocol.sip.accdesk.ENCRYPTION_PROTOCOL.SDES=0\n\
        net.java.sip.communicator.impl.protocol.sip.accdesk.ENCRYPTION_PROTOCOL_STATUS.SDES=false",
    instead: "\
        # …\n\
        net.java.sip.communicator.impl.protocol.sip.accdesk.SAVP_OPTION=2\n\
        net.java.sip.communicator.impl.protocol.sip.accdesk.ENCRYPTION_PROTOCOL.SDES=0\n\
        net.java.sip.communicator.impl.protocol.sip.accdesk.ENCRYPTION_PROTOCOL_STATUS.SDES=true",
};

pub(super) static SDES_SUITE: Rule = Rule {
    id: "sdes-suite",
    levels: &[Level::Error],
    can_be_suppressed: true,
    is_about_value: true,
    what: "A list of cipher suites for SDES has one that the client does not know.",
    why: "\
        The client throws an exception at every call that begins with SDES. It compares the names exactly, so it does \
        not know a name with a blank before it. It knows `AES_CM_128_HMAC_SHA1_80`, `AES_CM_128_HMAC_SHA1_32`, \
        `AES_192_CM_HMAC_SHA1_80`, `AES_192_CM_HMAC_SHA1_32`, `AES_256_CM_HMAC_SHA1_80`, `AES_256_CM_HMAC_SHA1_32` and \
        `F8_128_HMAC_SHA1_80`.",
    example: "\
        # …\n\
        net.java.sip.communicator.impl.protocol.sip.accdesk.SDES_CIPHER_SUITES=AES_CM_128_HMAC_SHA1_80, AES_CM_128_HMAC_SHA1_32",
    instead: "\
        # …\n\
        net.java.sip.communicator.impl.protocol.sip.accdesk.SDES_CIPHER_SUITES=AES_CM_128_HMAC_SHA1_80,AES_CM_128_HMAC_SHA1_32",
};
