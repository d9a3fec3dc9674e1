//! Rules about the text as such: its keys, separators and blanks.

pub(in crate::lint) mod blanks;
pub(in crate::lint) mod keys;

use crate::lint::level::Level;
use crate::lint::rule::{Family, Rule};

pub(super) static FAMILY: Family = Family {
    title: "The text",
    rules: &[
        &WEB_PAGE,
        &NO_ENTRY,
        &DUPLICATE_KEY,
        &MISSING_SEPARATOR,
        &EMPTY_KEY,
        &BYTE_ORDER_MARK,
        &CONTROL_IN_KEY,
        &BLANK_IN_KEY,
        &NON_ASCII_KEY,
        &ODD_SEPARATOR,
        &BOOLEAN_WITH_BLANK,
        &VALUE_WITH_BLANK,
    ],
};

static WEB_PAGE: Rule = Rule {
    id: "web-page",
    levels: &[Level::Error],
    can_be_suppressed: false,
    is_about_value: false,
    what: "The text begins with `<`.",
    why: "\
        It is a web page or XML, such as a proxy's error page, not properties. The client would store each of its \
        lines as a setting.",
    example: "<html><body>Moved</body></html>",
    instead: "net.java.sip.communicator.impl.gui.main.contactlist.CONTACT_ADD_DISABLED=true",
};

static NO_ENTRY: Rule = Rule {
    id: "no-entry",
    levels: &[Level::Warning],
    can_be_suppressed: true,
    is_about_value: false,
    what: "The text sets nothing.",
    why: "\
        The client treats an empty reply as a success and changes nothing, so a template whose conditions never match \
        goes unnoticed.",
    example: "# for guests",
    instead: "net.java.sip.communicator.impl.gui.main.contactlist.CONTACT_ADD_DISABLED=true",
};

static DUPLICATE_KEY: Rule = Rule {
    id: "duplicate-key",
    levels: &[Level::Error, Level::Warning],
    can_be_suppressed: true,
    is_about_value: false,
    what: "A key is set twice.",
    why: "\
        The client keeps the last value but the position of the first line, which is rarely what the author expects. \
        The rule is a warning when both values are equal.",
    example: "\
        net.java.sip.communicator.impl.gui.main.contactlist.CONTACT_ADD_DISABLED=true\n\
        net.java.sip.communicator.impl.gui.main.contactlist.CONTACT_ADD_DISABLED=false",
    instead: "net.java.sip.communicator.impl.gui.main.contactlist.CONTACT_ADD_DISABLED=false",
};

static MISSING_SEPARATOR: Rule = Rule {
    id: "missing-separator",
    levels: &[Level::Error],
    can_be_suppressed: true,
    is_about_value: false,
    what: "A line has no `=`.",
    why: "The client stores the whole line as a key with an empty value.",
    example: "net.java.sip.communicator.impl.gui.main.contactlist.CONTACT_ADD_DISABLED",
    instead: "net.java.sip.communicator.impl.gui.main.contactlist.CONTACT_ADD_DISABLED=true",
};

static EMPTY_KEY: Rule = Rule {
    id: "empty-key",
    levels: &[Level::Warning],
    can_be_suppressed: true,
    is_about_value: false,
    what: "A line has nothing before its `=`.",
    why: "The client skips the line.",
    example: "=true",
    instead: "net.java.sip.communicator.impl.gui.main.contactlist.CONTACT_ADD_DISABLED=true",
};

static BYTE_ORDER_MARK: Rule = Rule {
    id: "byte-order-mark",
    levels: &[Level::Error],
    can_be_suppressed: true,
    is_about_value: false,
    what: "The text begins with a byte order mark.",
    why: "The mark becomes part of the first key, and no setting of the client has such a name.",
    example: "\\uFEFFnet.java.sip.communicator.impl.gui.main.contactlist.CONTACT_ADD_DISABLED=true",
    instead: "net.java.sip.communicator.impl.gui.main.contactlist.CONTACT_ADD_DISABLED=true",
};

static CONTROL_IN_KEY: Rule = Rule {
    id: "control-in-key",
    levels: &[Level::Error],
    can_be_suppressed: true,
    is_about_value: false,
    what: "A key contains a control character.",
    why: "\
        No setting of the client has such a name. The character usually comes from a value that the template puts \
        into the key.",
    example: "net.java.sip.communicator.impl.certservice.param.example.org\\n=0123",
    instead: "net.java.sip.communicator.impl.certservice.param.example.org=0123456789abcdef0123456789abcdef01234567",
};

static BLANK_IN_KEY: Rule = Rule {
    id: "blank-in-key",
    levels: &[Level::Error],
    can_be_suppressed: true,
    is_about_value: false,
    what: "A key contains a blank.",
    why: "\
        No setting of the client has such a name. The blank usually comes from a value that the template puts into \
        the key.",
    example: "net.java.sip.communicator.impl.certservice.param.example\\ org=0123",
    instead: "net.java.sip.communicator.impl.certservice.param.example.org=0123456789abcdef0123456789abcdef01234567",
};

static NON_ASCII_KEY: Rule = Rule {
    id: "non-ascii-key",
    levels: &[Level::Warning],
    can_be_suppressed: true,
    is_about_value: false,
    what: "A key contains a letter outside ASCII.",
    why: "No setting that the client knows has one. Some letters only look like Latin ones, such as the Cyrillic `А`.",
    example: "net.java.sip.communicator.impl.gui.main.contactlist.CONTACT_АDD_DISABLED=true",
    instead: "net.java.sip.communicator.impl.gui.main.contactlist.CONTACT_ADD_DISABLED=true",
};

static ODD_SEPARATOR: Rule = Rule {
    id: "odd-separator",
    levels: &[Level::Warning],
    can_be_suppressed: true,
    is_about_value: false,
    what: "A colon or a blank ends the key instead of `=`.",
    why: "A key that contains a colon or a blank ends there, and the rest of the key becomes part of the value.",
    example: "net.java.sip.communicator.impl.gui.main.contactlist.CONTACT_ADD_DISABLED: true",
    instead: "net.java.sip.communicator.impl.gui.main.contactlist.CONTACT_ADD_DISABLED=true",
};

static BOOLEAN_WITH_BLANK: Rule = Rule {
    id: "boolean-with-blank",
    levels: &[Level::Warning],
    can_be_suppressed: true,
    is_about_value: true,
    what: "A blank follows `true` or `false`.",
    why: "The client does not trim its own settings, so it reads `true ` as false.",
    example: "net.java.sip.communicator.impl.gui.main.contactlist.CONTACT_ADD_DISABLED=true ",
    instead: "net.java.sip.communicator.impl.gui.main.contactlist.CONTACT_ADD_DISABLED=true",
};

static VALUE_WITH_BLANK: Rule = Rule {
    id: "value-with-blank",
    levels: &[Level::Warning, Level::Note],
    can_be_suppressed: true,
    is_about_value: true,
    what: "A value ends with a blank.",
    why: "\
        Some parts of the client trim the value and others do not. A password that ends with a blank is a different \
        password; there the rule is a warning.",
    example: "net.java.sip.communicator.impl.gui.chat.DEFAULT_FONT_FAMILY=Arial ",
    instead: "net.java.sip.communicator.impl.gui.chat.DEFAULT_FONT_FAMILY=Arial",
};
