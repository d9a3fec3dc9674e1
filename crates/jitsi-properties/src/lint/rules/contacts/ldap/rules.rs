//! The rules about LDAP directories, with their documentation.

use crate::lint::level::Level;
use crate::lint::rule::Rule;

pub(super) static LDAP_NODE: Rule = Rule {
    id: "ldap-node",
    levels: &[Level::Error],
    can_be_suppressed: true,
    is_about_value: false,
    what: "The part `dir…` in the keys of an LDAP directory is not the hash of the directory's name.",
    why: "\
        The client looks the name up again under the hash. If there is none, it throws an exception while it loads the \
        directories, and then has none at all, not even those that the user has set up.",
    example: "\
        net.java.sip.communicator.impl.ldap.directories.dir1=Company\n\
        net.java.sip.communicator.impl.ldap.directories.dir1.hostname=ldap.example.org\n\
        net.java.sip.communicator.impl.ldap.directories.dir1.baseDN=ou=people,dc=example,dc=org",
    instead: "\
        net.java.sip.communicator.impl.ldap.directories.dir1679829923=Company\n\
        net.java.sip.communicator.impl.ldap.directories.dir1679829923.hostname=ldap.example.org\n\
        net.java.sip.communicator.impl.ldap.directories.dir1679829923.baseDN=ou=people,dc=example,dc=org",
};

pub(super) static LDAP_WITHOUT_NAME: Rule = Rule {
    id: "ldap-without-name",
    levels: &[Level::Warning],
    can_be_suppressed: true,
    is_about_value: false,
    what: "An LDAP directory has settings but no name.",
    why: "The client finds a directory by its name, so it ignores the settings.",
    example: "\
        net.java.sip.communicator.impl.ldap.directories.dir1679829923.hostname=ldap.example.org\n\
        net.java.sip.communicator.impl.ldap.directories.dir1679829923.baseDN=ou=people,dc=example,dc=org",
    instead: "\
        net.java.sip.communicator.impl.ldap.directories.dir1679829923=Company\n\
        net.java.sip.communicator.impl.ldap.directories.dir1679829923.hostname=ldap.example.org\n\
        net.java.sip.communicator.impl.ldap.directories.dir1679829923.baseDN=ou=people,dc=example,dc=org",
};

pub(super) static LDAP_HOSTNAME: Rule = Rule {
    id: "ldap-hostname",
    levels: &[Level::Error],
    can_be_suppressed: true,
    is_about_value: false,
    what: "An LDAP directory has no `hostname`.",
    why: "\
        The client throws an exception while it loads the directories, and then has none at all, not even those that \
        the user has set up.",
    example: "\
        net.java.sip.communicator.impl.ldap.directories.dir1679829923=Company\n\
        net.java.sip.communicator.impl.ldap.directories.dir1679829923.baseDN=ou=people,dc=example,dc=org",
    instead: "\
        net.java.sip.communicator.impl.ldap.directories.dir1679829923=Company\n\
        net.java.sip.communicator.impl.ldap.directories.dir1679829923.hostname=ldap.example.org\n\
        net.java.sip.communicator.impl.ldap.directories.dir1679829923.baseDN=ou=people,dc=example,dc=org",
};

pub(super) static LDAP_VALUE: Rule = Rule {
    id: "ldap-value",
    levels: &[Level::Error],
    can_be_suppressed: true,
    is_about_value: true,
    what: "`encryption`, `auth`, `scope` or `port` of an LDAP directory has a value that the client does not know.",
    why: "\
        The client compares these values exactly, with their capitals and blanks, and does not accept an empty one \
        either. It throws an exception while it loads the directories, and then has none at all, not even those that \
        the user has set up.",
    example: "\
        net.java.sip.communicator.impl.ldap.directories.dir1679829923=Company\n\
        net.java.sip.communicator.impl.ldap.directories.dir1679829923.hostname=ldap.example.org\n\
        net.java.sip.communicator.impl.ldap.directories.dir1679829923.baseDN=ou=people,dc=example,dc=org\n\
        net.java.sip.communicator.impl.ldap.directories.dir1679829923.encryption=ssl",
    instead: "\
        net.java.sip.communicator.impl.ldap.directories.dir1679829923=Company\n\
        net.java.sip.communicator.impl.ldap.directories.dir1679829923.hostname=ldap.example.org\n\
        net.java.sip.communicator.impl.ldap.directories.dir1679829923.baseDN=ou=people,dc=example,dc=org\n\
        net.java.sip.communicator.impl.ldap.directories.dir1679829923.encryption=CLEAR",
};

pub(super) static LDAP_BIND: Rule = Rule {
    id: "ldap-bind",
    levels: &[Level::Error, Level::Warning],
    can_be_suppressed: true,
    is_about_value: false,
    what: "`auth=SIMPLE` is set without `bindDN` or without a password.",
    why: "\
        Without `bindDN` the client throws an exception while it loads the directories, and then has none at all, not \
        even those that the user has set up. The rule is a warning when only the password is missing: the server then \
        takes the login for an anonymous one, or refuses it.",
    example: "\
        net.java.sip.communicator.impl.ldap.directories.dir1679829923=Company\n\
        net.java.sip.communicator.impl.ldap.directories.dir1679829923.hostname=ldap.example.org\n\
        net.java.sip.communicator.impl.ldap.directories.dir1679829923.baseDN=ou=people,dc=example,dc=org\n\
        net.java.sip.communicator.impl.ldap.directories.dir1679829923.auth=SIMPLE",
    instead: "\
        net.java.sip.communicator.impl.ldap.directories.dir1679829923=Company\n\
        net.java.sip.communicator.impl.ldap.directories.dir1679829923.hostname=ldap.example.org\n\
        net.java.sip.communicator.impl.ldap.directories.dir1679829923.baseDN=ou=people,dc=example,dc=org\n\
        net.java.sip.communicator.impl.ldap.directories.dir1679829923.auth=NONE",
};

pub(super) static LDAP_BIND_IGNORED: Rule = Rule {
    id: "ldap-bind-ignored",
    levels: &[Level::Warning],
    can_be_suppressed: true,
    is_about_value: false,
    what: "`bindDN` or the password of an LDAP directory is set without `auth=SIMPLE`.",
    why: "The client ignores both and searches without a login.",
    example: "\
        net.java.sip.communicator.impl.ldap.directories.dir1679829923=Company\n\
        net.java.sip.communicator.impl.ldap.directories.dir1679829923.hostname=ldap.example.org\n\
        net.java.sip.communicator.impl.ldap.directories.dir1679829923.baseDN=ou=people,dc=example,dc=org\n\
        net.java.sip.communicator.impl.ldap.directories.dir1679829923.bindDN=cn=reader,dc=example,dc=org",
    instead: "\
        net.java.sip.communicator.impl.ldap.directories.dir1679829923=Company\n\
        net.java.sip.communicator.impl.ldap.directories.dir1679829923.hostname=ldap.example.org\n\
        net.java.sip.communicator.impl.ldap.directories.dir1679829923.baseDN=ou=people,dc=example,dc=org",
};

pub(super) static LDAP_PASSWORD_IN_CLEAR: Rule = Rule {
    id: "ldap-password-in-clear",
    levels: &[Level::Error],
    can_be_suppressed: true,
    is_about_value: false,
    what: "The client logs in to an LDAP directory without encryption.",
    why: "\
        Anyone on the network between client and directory can read the password at every search. Clients with Java 17 \
        cannot search over SSL (`ldap-ssl`); a directory that clients can read without a login needs no password.",
    example: "\
        net.java.sip.communicator.impl.ldap.directories.dir1679829923=Company\n\
        net.java.sip.communicator.impl.ldap.directories.dir1679829923.hostname=ldap.example.org\n\
        net.java.sip.communicator.impl.ldap.directories.dir1679829923.baseDN=ou=people,dc=example,dc=org\n\
        net.java.sip.communicator.impl.ldap.directories.dir1679829923.auth=SIMPLE\n\
        net.java.sip.communicator.impl.ldap.directories.dir1679829923.bindDN=cn=reader,dc=example,dc=org\n\
        net.java.sip.communicator.impl.ldap.directories.dir1679829923.PASSWORD=secret",
    instead: "\
        net.java.sip.communicator.impl.ldap.directories.dir1679829923=Company\n\
        net.java.sip.communicator.impl.ldap.directories.dir1679829923.hostname=ldap.example.org\n\
        net.java.sip.communicator.impl.ldap.directories.dir1679829923.baseDN=ou=people,dc=example,dc=org\n\
        net.java.sip.communicator.impl.ldap.directories.dir1679829923.auth=NONE",
};

pub(super) static LDAP_SSL: Rule = Rule {
    id: "ldap-ssl",
    levels: &[Level::Warning],
    can_be_suppressed: true,
    is_about_value: false,
    what: "An LDAP directory has `encryption=SSL`, and the client's version is 2.12 or newer, or unknown.",
    why: "\
        The client's socket factory does not work with Java 17 and newer, which new clients include: each search ends \
        in a ClassCastException before anything is sent, and only the client's log shows it. Jitsi 2.10 and 2.11 have \
        an older Java.",
    example: "\
        net.java.sip.communicator.impl.ldap.directories.dir1679829923=Company\n\
        net.java.sip.communicator.impl.ldap.directories.dir1679829923.hostname=ldap.example.org\n\
        net.java.sip.communicator.impl.ldap.directories.dir1679829923.baseDN=ou=people,dc=example,dc=org\n\
        net.java.sip.communicator.impl.ldap.directories.dir1679829923.encryption=SSL",
    instead: "\
        net.java.sip.communicator.impl.ldap.directories.dir1679829923=Company\n\
        net.java.sip.communicator.impl.ldap.directories.dir1679829923.hostname=ldap.example.org\n\
        net.java.sip.communicator.impl.ldap.directories.dir1679829923.baseDN=ou=people,dc=example,dc=org\n\
        net.java.sip.communicator.impl.ldap.directories.dir1679829923.encryption=CLEAR",
};

pub(super) static LDAP_PORT: Rule = Rule {
    id: "ldap-port",
    levels: &[Level::Warning],
    can_be_suppressed: true,
    is_about_value: true,
    what: "The port of an LDAP directory is the usual one of the other encryption.",
    why: "The server does not understand the client, so searches find nothing.",
    example: "\
        net.java.sip.communicator.impl.ldap.directories.dir1679829923=Company\n\
        net.java.sip.communicator.impl.ldap.directories.dir1679829923.hostname=ldap.example.org\n\
        net.java.sip.communicator.impl.ldap.directories.dir1679829923.baseDN=ou=people,dc=example,dc=org\n\
        net.java.sip.communicator.impl.ldap.directories.dir1679829923.port=636",
    instead: "\
        net.java.sip.communicator.impl.ldap.directories.dir1679829923=Company\n\
        net.java.sip.communicator.impl.ldap.directories.dir1679829923.hostname=ldap.example.org\n\
        net.java.sip.communicator.impl.ldap.directories.dir1679829923.baseDN=ou=people,dc=example,dc=org\n\
        net.java.sip.communicator.impl.ldap.directories.dir1679829923.port=389",
};

pub(super) static LDAP_BASE: Rule = Rule {
    id: "ldap-base",
    levels: &[Level::Note],
    can_be_suppressed: true,
    is_about_value: false,
    what: "An LDAP directory has no `baseDN`.",
    why: "\
        The client searches from the root. Most servers find nothing there; a global catalogue of Active Directory \
        does.",
    example: "\
        net.java.sip.communicator.impl.ldap.directories.dir1679829923=Company\n\
        net.java.sip.communicator.impl.ldap.directories.dir1679829923.hostname=ldap.example.org",
    instead: "\
        net.java.sip.communicator.impl.ldap.directories.dir1679829923=Company\n\
        net.java.sip.communicator.impl.ldap.directories.dir1679829923.hostname=ldap.example.org\n\
        net.java.sip.communicator.impl.ldap.directories.dir1679829923.baseDN=ou=people,dc=example,dc=org",
};

pub(super) static LDAP_QUERY: Rule = Rule {
    id: "ldap-query",
    levels: &[Level::Warning],
    can_be_suppressed: true,
    is_about_value: false,
    what: "`querymode=custom` and `customquery` of an LDAP directory do not fit together.",
    why: "\
        The client uses a filter of yours only with `querymode=custom`, and replaces `<query>` in it with what the \
        user searches for. With `querymode=custom` and no filter every search fails.",
    example: "\
        net.java.sip.communicator.impl.ldap.directories.dir1679829923=Company\n\
        net.java.sip.communicator.impl.ldap.directories.dir1679829923.hostname=ldap.example.org\n\
        net.java.sip.communicator.impl.ldap.directories.dir1679829923.baseDN=ou=people,dc=example,dc=org\n\
        net.java.sip.communicator.impl.ldap.directories.dir1679829923.customquery=(cn=<query>)",
    instead: "\
        net.java.sip.communicator.impl.ldap.directories.dir1679829923=Company\n\
        net.java.sip.communicator.impl.ldap.directories.dir1679829923.hostname=ldap.example.org\n\
        net.java.sip.communicator.impl.ldap.directories.dir1679829923.baseDN=ou=people,dc=example,dc=org\n\
        net.java.sip.communicator.impl.ldap.directories.dir1679829923.querymode=custom\n\
        net.java.sip.communicator.impl.ldap.directories.dir1679829923.customquery=(cn=<query>)",
};

pub(super) static LDAP_SHARED: Rule = Rule {
    id: "ldap-shared",
    levels: &[Level::Warning],
    can_be_suppressed: true,
    is_about_value: false,
    what: "One of several LDAP directories has a setting that another one lacks.",
    why: "\
        The client loads all directories into one object and does not reset attributes, filter, prefix and photos in \
        between: what one directory sets counts for those after it too, and the order is the client's own.",
    example: "\
        net.java.sip.communicator.impl.ldap.directories.dir1679829923=Company\n\
        net.java.sip.communicator.impl.ldap.directories.dir1679829923.hostname=ldap.example.org\n\
        net.java.sip.communicator.impl.ldap.directories.dir1679829923.baseDN=ou=people,dc=example,dc=org\n\
        net.java.sip.communicator.impl.ldap.directories.dir1679829923.globalPhonePrefix=0\n\
        net.java.sip.communicator.impl.ldap.directories.dir746838454=Company Directory\n\
        net.java.sip.communicator.impl.ldap.directories.dir746838454.hostname=ldap2.example.org\n\
        net.java.sip.communicator.impl.ldap.directories.dir746838454.baseDN=ou=people,dc=example,dc=net",
    instead: "\
        net.java.sip.communicator.impl.ldap.directories.dir1679829923=Company\n\
        net.java.sip.communicator.impl.ldap.directories.dir1679829923.hostname=ldap.example.org\n\
        net.java.sip.communicator.impl.ldap.directories.dir1679829923.baseDN=ou=people,dc=example,dc=org\n\
        net.java.sip.communicator.impl.ldap.directories.dir1679829923.globalPhonePrefix=0\n\
        net.java.sip.communicator.impl.ldap.directories.dir746838454=Company Directory\n\
        net.java.sip.communicator.impl.ldap.directories.dir746838454.hostname=ldap2.example.org\n\
        net.java.sip.communicator.impl.ldap.directories.dir746838454.baseDN=ou=people,dc=example,dc=net\n\
        net.java.sip.communicator.impl.ldap.directories.dir746838454.globalPhonePrefix=",
};

pub(super) static LDAP_PHONE_PREFIX: Rule = Rule {
    id: "ldap-phone-prefix",
    levels: &[Level::Warning],
    can_be_suppressed: true,
    is_about_value: true,
    what: "`globalPhonePrefix` is not just the digits for an outside line.",
    why: "\
        The client puts the text before every number as the directory has it, and before mail addresses too: `+49` \
        makes `+49+49431…` of an international number, `+490431…` of a national one and `+49**600` of a code.",
    example: "\
        net.java.sip.communicator.impl.ldap.directories.dir1679829923=Company\n\
        net.java.sip.communicator.impl.ldap.directories.dir1679829923.hostname=ldap.example.org\n\
        net.java.sip.communicator.impl.ldap.directories.dir1679829923.baseDN=ou=people,dc=example,dc=org\n\
        net.java.sip.communicator.impl.ldap.directories.dir1679829923.globalPhonePrefix=+49",
    instead: "\
        net.java.sip.communicator.impl.ldap.directories.dir1679829923=Company\n\
        net.java.sip.communicator.impl.ldap.directories.dir1679829923.hostname=ldap.example.org\n\
        net.java.sip.communicator.impl.ldap.directories.dir1679829923.baseDN=ou=people,dc=example,dc=org\n\
        net.java.sip.communicator.impl.ldap.directories.dir1679829923.globalPhonePrefix=0",
};
