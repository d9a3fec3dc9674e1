//! Rules about the text as such: its keys, separators and blanks.

pub(in crate::lint) mod blanks;
pub(in crate::lint) mod keys;
pub(in crate::lint) mod slips;
pub(in crate::lint) mod values;

use crate::lint::level::Level;
use crate::lint::rule::{Family, Rule};

pub(in crate::lint) static FAMILY: Family = Family {
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
        &SWALLOWED_LINE,
        &KEY_OVER_LINES,
        &JOINED_WORDS,
        &LONE_BACKSLASH,
        &COMMENT_WITH_BACKSLASH,
        &BLANK_AFTER_BACKSLASH,
        &LOST_BACKSLASH,
        &LONE_CARRIAGE_RETURN,
        &SEPARATOR_IN_VALUE,
        &COMMENT_IN_VALUE,
        &QUOTED_VALUE,
        &INVISIBLE_CHARACTER,
        &MARK_IN_KEY,
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

pub(in crate::lint) static VALUE_WITH_BLANK: Rule = Rule {
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

static SWALLOWED_LINE: Rule = Rule {
    id: "swallowed-line",
    levels: &[Level::Error, Level::Warning],
    can_be_suppressed: true,
    is_about_value: false,
    what: "A backslash at the end of a line swallows a line that looks like a setting or a comment.",
    why: "\
        The client joins the two lines, so it gets a wrong value and never sees the setting. A path often ends in a backslash; \
        it has to be doubled. The rule is an error when the swallowed key is one of the client's.",
    example: "net.java.sip.communicator.impl.gui.chat.DEFAULT_FONT_FAMILY=Arial\\\nnet.java.sip.communicator.impl.gui.main.contactlist.CONTACT_ADD_DISABLED=true",
    instead: "net.java.sip.communicator.impl.gui.chat.DEFAULT_FONT_FAMILY=Arial\nnet.java.sip.communicator.impl.gui.main.contactlist.CONTACT_ADD_DISABLED=true",
};

static KEY_OVER_LINES: Rule = Rule {
    id: "key-over-lines",
    levels: &[Level::Warning],
    can_be_suppressed: true,
    is_about_value: false,
    what: "A backslash continues a key in the next line.",
    why: "\
        The client joins both lines without the leading blanks, but a reader sees two keys.",
    example: "net.java.sip.communicator.impl.gui.main.contactlist.\\\n  CONTACT_ADD_DISABLED=true",
    instead: "net.java.sip.communicator.impl.gui.main.contactlist.CONTACT_ADD_DISABLED=true",
};

static JOINED_WORDS: Rule = Rule {
    id: "joined-words",
    levels: &[Level::Note],
    can_be_suppressed: true,
    is_about_value: false,
    what: "A word ends at a backslash, and the next line begins with blanks and a word.",
    why: "\
        The client drops the leading blanks of a continued line, so both words become one.",
    example: "net.java.sip.communicator.impl.gui.chat.DEFAULT_FONT_FAMILY=Liberation\\\n  Sans",
    instead: "net.java.sip.communicator.impl.gui.chat.DEFAULT_FONT_FAMILY=Liberation Sans",
};

static LONE_BACKSLASH: Rule = Rule {
    id: "lone-backslash",
    levels: &[Level::Warning, Level::Note],
    can_be_suppressed: true,
    is_about_value: false,
    what: "A line consists of a backslash alone.",
    why: "\
        It continues nothing. The JDK takes a `#` in the next line for a comment, against its own documentation, and other \
        programs take it for a setting. The rule is a note when no comment follows.",
    example: "\\\n# a comment\nnet.java.sip.communicator.impl.gui.main.contactlist.CONTACT_ADD_DISABLED=true",
    instead: "# a comment\nnet.java.sip.communicator.impl.gui.main.contactlist.CONTACT_ADD_DISABLED=true",
};

static COMMENT_WITH_BACKSLASH: Rule = Rule {
    id: "comment-with-backslash",
    levels: &[Level::Warning, Level::Note],
    can_be_suppressed: true,
    is_about_value: false,
    what: "A comment ends with a backslash, and a line that is not a comment follows.",
    why: "\
        Comments never continue, so the next line counts. This happens when only the first line of a long value is \
        commented out. The rule is a note when the next line is not indented.",
    example: "# net.java.sip.communicator.impl.gui.chat.DEFAULT_FONT_FAMILY=Arial\\\n  net.java.sip.communicator.impl.gui.main.contactlist.CONTACT_ADD_DISABLED=true",
    instead: "# net.java.sip.communicator.impl.gui.chat.DEFAULT_FONT_FAMILY=Arial\nnet.java.sip.communicator.impl.gui.main.contactlist.CONTACT_ADD_DISABLED=true",
};

static BLANK_AFTER_BACKSLASH: Rule = Rule {
    id: "blank-after-backslash",
    levels: &[Level::Warning],
    can_be_suppressed: true,
    is_about_value: false,
    what: "A blank follows the backslash at the end of a line.",
    why: "\
        The backslash then protects the blank instead of the line end: the value ends there, with a blank, and the next line is \
        read on its own.",
    example: "net.java.sip.communicator.impl.gui.chat.DEFAULT_FONT_FAMILY=Liberation\\ \nnet.java.sip.communicator.impl.gui.main.contactlist.CONTACT_ADD_DISABLED=true",
    instead: "net.java.sip.communicator.impl.gui.chat.DEFAULT_FONT_FAMILY=Liberation\nnet.java.sip.communicator.impl.gui.main.contactlist.CONTACT_ADD_DISABLED=true",
};

static LOST_BACKSLASH: Rule = Rule {
    id: "lost-backslash",
    levels: &[Level::Warning],
    can_be_suppressed: true,
    is_about_value: false,
    what: "A backslash precedes a letter or a digit in a value or key, or ends a value.",
    why: "\
        Before `t`, `n`, `r` and `f` it makes a control character; before any other letter or digit, and where no line \
        follows that it could continue, it disappears. `C:\\temp` and `COMPANY\\anna` lose their backslashes.",
    example: "net.java.sip.communicator.impl.gui.chat.DEFAULT_FONT_FAMILY=COMPANY\\anna",
    instead: "net.java.sip.communicator.impl.gui.chat.DEFAULT_FONT_FAMILY=COMPANY\\\\anna",
};

static LONE_CARRIAGE_RETURN: Rule = Rule {
    id: "lone-carriage-return",
    levels: &[Level::Warning],
    can_be_suppressed: true,
    is_about_value: false,
    what: "A line ends with a CR that no LF follows.",
    why: "\
        The client reads two lines where many editors show one, and the line numbers in messages differ from the \
        editor's.",
    example: "net.java.sip.communicator.impl.gui.main.contactlist.CONTACT_ADD_DISABLED=true\rnet.java.sip.communicator.impl.gui.main.contactlist.CONTACT_REMOVE_DISABLED=true",
    instead: "net.java.sip.communicator.impl.gui.main.contactlist.CONTACT_ADD_DISABLED=true\nnet.java.sip.communicator.impl.gui.main.contactlist.CONTACT_REMOVE_DISABLED=true",
};

static SEPARATOR_IN_VALUE: Rule = Rule {
    id: "separator-in-value",
    levels: &[Level::Warning],
    can_be_suppressed: true,
    is_about_value: true,
    what: "A value begins with `=` or `:`.",
    why: "Only the first separator ends the key, so the second one is part of the value.",
    example: "net.java.sip.communicator.impl.gui.chat.DEFAULT_FONT_FAMILY==Arial",
    instead: "net.java.sip.communicator.impl.gui.chat.DEFAULT_FONT_FAMILY=Arial",
};

static COMMENT_IN_VALUE: Rule = Rule {
    id: "comment-in-value",
    levels: &[Level::Warning],
    can_be_suppressed: true,
    is_about_value: true,
    what: "A value contains ` # `.",
    why: "Comments begin only at the beginning of a line, so the client takes the comment as part of the value.",
    example: "net.java.sip.communicator.impl.gui.chat.DEFAULT_FONT_FAMILY=Arial # for all",
    instead: "# for all\nnet.java.sip.communicator.impl.gui.chat.DEFAULT_FONT_FAMILY=Arial",
};

static QUOTED_VALUE: Rule = Rule {
    id: "quoted-value",
    levels: &[Level::Warning],
    can_be_suppressed: true,
    is_about_value: true,
    what: "A value is in quotation marks.",
    why: "\
        The format has no quotation marks, so they are part of the value.",
    example: "net.java.sip.communicator.impl.gui.chat.DEFAULT_FONT_FAMILY=\"Arial\"",
    instead: "net.java.sip.communicator.impl.gui.chat.DEFAULT_FONT_FAMILY=Arial",
};

static INVISIBLE_CHARACTER: Rule = Rule {
    id: "invisible-character",
    levels: &[Level::Warning],
    can_be_suppressed: true,
    is_about_value: true,
    what: "A value contains a character that cannot be seen.",
    why: "\
        A no-break space is not a blank, U+2028 ends no line, and a zero-width space makes `true` another word, \
        although all look right.",
    example: "net.java.sip.communicator.impl.gui.chat.DEFAULT_FONT_FAMILY=Liberation\u{a0}Sans",
    instead: "net.java.sip.communicator.impl.gui.chat.DEFAULT_FONT_FAMILY=Liberation Sans",
};

static MARK_IN_KEY: Rule = Rule {
    id: "mark-in-key",
    levels: &[Level::Warning],
    can_be_suppressed: true,
    is_about_value: false,
    what: "A key contains `=` or `:`, or begins with `#` or `!`.",
    why: "\
        An escape (a backslash or `\\u`) makes the character part of the key, and no setting of the client has such a \
        name.",
    example: "\\#net.java.sip.communicator.impl.gui.main.contactlist.CONTACT_ADD_DISABLED=true",
    instead: "net.java.sip.communicator.impl.gui.main.contactlist.CONTACT_ADD_DISABLED=true",
};
