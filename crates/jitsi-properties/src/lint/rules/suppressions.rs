//! Rules about the comments that suppress rules.

use crate::lint::level::Level;
use crate::lint::rule::{Family, Rule};

pub(super) static FAMILY: Family = Family {
    title: "Suppressions",
    rules: &[&MALFORMED_SILENCE, &SILENCE_WITHOUT_REASON, &UNKNOWN_RULE, &SILENCE_REFUSED, &UNUSED_SILENCE],
};

pub(in crate::lint) static MALFORMED_SILENCE: Rule = Rule {
    id: "malformed-silence",
    levels: &[Level::Warning],
    can_be_suppressed: false,
    is_about_value: false,
    what: "A comment begins with `lint:` but says neither `allow` nor `allow-file`.",
    why: "The comment suppresses nothing.",
    example: "\
        # lint: ignore value-with-blank -- the font is called so\n\
        net.java.sip.communicator.impl.gui.main.contactlist.CONTACT_ADD_DISABLED=true",
    instead: "\
        # lint: allow value-with-blank -- the font is called so\n\
        net.java.sip.communicator.impl.gui.chat.DEFAULT_FONT_FAMILY=Arial ",
};

pub(in crate::lint) static SILENCE_WITHOUT_REASON: Rule = Rule {
    id: "silence-without-reason",
    levels: &[Level::Warning],
    can_be_suppressed: false,
    is_about_value: false,
    what: "A comment suppresses a rule without ` -- ` and a reason.",
    why: "The comment suppresses nothing: without a reason, the next reader cannot tell whether it still applies.",
    example: "\
        # lint: allow value-with-blank\n\
        net.java.sip.communicator.impl.gui.main.contactlist.CONTACT_ADD_DISABLED=true",
    instead: "\
        # lint: allow value-with-blank -- the font is called so\n\
        net.java.sip.communicator.impl.gui.chat.DEFAULT_FONT_FAMILY=Arial ",
};

pub(in crate::lint) static UNKNOWN_RULE: Rule = Rule {
    id: "unknown-rule",
    levels: &[Level::Warning],
    can_be_suppressed: false,
    is_about_value: false,
    what: "A comment suppresses a rule that does not exist.",
    why: "The comment suppresses nothing.",
    example: "\
        # lint: allow values-with-blank -- the font is called so\n\
        net.java.sip.communicator.impl.gui.main.contactlist.CONTACT_ADD_DISABLED=true",
    instead: "\
        # lint: allow value-with-blank -- the font is called so\n\
        net.java.sip.communicator.impl.gui.chat.DEFAULT_FONT_FAMILY=Arial ",
};

pub(in crate::lint) static SILENCE_REFUSED: Rule = Rule {
    id: "silence-refused",
    levels: &[Level::Warning],
    can_be_suppressed: false,
    is_about_value: false,
    what: "A comment suppresses a rule that cannot be suppressed.",
    why: "The finding remains.",
    example: "\
        # lint: allow web-page -- the proxy will be mended\n\
        net.java.sip.communicator.impl.gui.main.contactlist.CONTACT_ADD_DISABLED=true",
    instead: "net.java.sip.communicator.impl.gui.main.contactlist.CONTACT_ADD_DISABLED=true",
};

pub(in crate::lint) static UNUSED_SILENCE: Rule = Rule {
    id: "unused-silence",
    levels: &[Level::Note],
    can_be_suppressed: false,
    is_about_value: false,
    what: "A comment suppresses a rule that finds nothing there.",
    why: "The comment would hide the next finding of that rule.",
    example: "\
        # lint: allow value-with-blank -- the font is called so\n\
        net.java.sip.communicator.impl.gui.main.contactlist.CONTACT_ADD_DISABLED=true",
    instead: "net.java.sip.communicator.impl.gui.main.contactlist.CONTACT_ADD_DISABLED=true",
};
