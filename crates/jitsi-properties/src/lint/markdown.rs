//! The documentation of the rules as Markdown.

use std::fmt::Write as _;

use super::level::Level;
use super::rule::{Family, Rule};
use super::rules::FAMILIES;

/// What the first line `# …` of an example stands for.
pub(super) const ACCOUNTS: &str = "\
    net.java.sip.communicator.impl.protocol.jabber.accwork=accwork\n\
    net.java.sip.communicator.impl.protocol.jabber.accwork.PROTOCOL_NAME=Jabber\n\
    net.java.sip.communicator.impl.protocol.jabber.accwork.ACCOUNT_UID=Jabber:anna@example.org@example.org\n\
    net.java.sip.communicator.impl.protocol.jabber.accwork.USER_ID=anna@example.org\n\
    net.java.sip.communicator.impl.protocol.sip.accdesk=accdesk\n\
    net.java.sip.communicator.impl.protocol.sip.accdesk.PROTOCOL_NAME=SIP\n\
    net.java.sip.communicator.impl.protocol.sip.accdesk.ACCOUNT_UID=SIP:4711@sip.example.org\n\
    net.java.sip.communicator.impl.protocol.sip.accdesk.USER_ID=4711\n\
    net.java.sip.communicator.impl.protocol.sip.accdesk.SERVER_ADDRESS=sip.example.org\n";

/// The documentation of all rules, in Markdown: a heading of level 2 for each family, of level 3 for each rule.
#[must_use]
pub fn rules_as_markdown() -> String {
    let mut page = format!(
        "## The examples\n\n\
         Each example breaks its rule and no other; the text after \"Use instead\" breaks none. A first line `# …` stands\n\
         for these lines, and `<CR>` and `<U+00A0>` for characters that cannot be seen:\n\n{}",
        block(ACCOUNTS)
    );
    for family in FAMILIES {
        page += &section(family);
    }
    page
}

fn section(family: &Family) -> String {
    let rules = family.rules.iter().map(|rule| entry(rule));
    rules.fold(format!("\n## {}\n", family.title), |section, entry| section + &entry)
}

fn entry(rule: &Rule) -> String {
    format!("\n### {}\n\n{}", rule.id, rule.as_markdown())
}

impl Rule {
    /// The documentation of the rule in Markdown, without a heading: what it finds, why that matters, a text that breaks it
    /// and what to write instead.
    #[must_use]
    pub fn as_markdown(&self) -> String {
        describe(self)
    }
}

fn describe(rule: &Rule) -> String {
    let mut text = String::new();
    let levels: Vec<_> = rule.levels.iter().map(|level| word(*level)).collect();
    let suppression = if rule.can_be_suppressed { "" } else { ", cannot be suppressed" };
    // Writing to a text never fails.
    _ = write!(text, "**{}{suppression}.** {}\n\n", levels.join(" or "), rule.what);
    _ = write!(text, "**Why is this bad?** {}\n\n", rule.why);
    _ = write!(text, "**Example**\n\n{}\n", block(rule.example));
    _ = write!(text, "**Use instead**\n\n{}", block(rule.instead));
    text
}

fn block(lines: &str) -> String {
    let visible = lines.trim_end_matches('\n').replace('\r', "<CR>").replace('\u{a0}', "<U+00A0>");
    format!("```properties\n{visible}\n```\n")
}

fn word(level: Level) -> &'static str {
    match level {
        Level::Error => "Error",
        Level::Warning => "Warning",
        Level::Note => "Note",
    }
}
