//! Rules that the linter itself does not have: about templates, about text that is none, and about the defaults of an
//! installation.

use jitsi_properties::{Level, Rule};

/// The rules that are reported here, beside those of the linter.
pub static OWN_RULES: [&Rule; 5] = [&TEMPLATE, &MALFORMED, &REPLY_ONLY, &LOCKED_AND_NOT, &LOCKED_ADDRESS];

/// A template that cannot be used.
pub(super) static TEMPLATE: Rule = Rule {
    id: "template",
    levels: &[Level::Error],
    can_be_suppressed: false,
    is_about_value: false,
    what: "The template cannot be used.",
    why: "No client would get a text from it.",
    example: "{{ user.nmae }}",
    instead: "{{ user.name }}",
};

/// A text that is not a properties text.
pub(super) static MALFORMED: Rule = Rule {
    id: "malformed",
    levels: &[Level::Error],
    can_be_suppressed: false,
    is_about_value: false,
    what: "The text is not a properties text.",
    why: "\
        At `\\u` without four hexadecimal digits the client throws an exception and applies nothing of the whole text. Half of \
        a surrogate pair and a NUL byte are not text that a client can use.",
    example: "a=C:\\users",
    instead: "a=C:\\\\users",
};

/// A line that only means something in a reply.
pub(super) static REPLY_ONLY: Rule = Rule {
    id: "installation-reply-only",
    levels: &[Level::Warning],
    can_be_suppressed: false,
    is_about_value: false,
    what: "A line of an installation's defaults only means something in a reply.",
    why: "The client applies removals, lists of prefixes, system properties and passwords only from a reply. Here it takes the \
          line for a setting like any other, which nothing reads.",
    example: "net.java.sip.communicator.impl.gui.main.x=${null}",
    instead: "# In a reply: net.java.sip.communicator.impl.gui.main.x=${null}",
};

/// A key that is there with a lock and without.
pub(super) static LOCKED_AND_NOT: Rule = Rule {
    id: "installation-lock-twice",
    levels: &[Level::Warning],
    can_be_suppressed: false,
    is_about_value: false,
    what: "A key is in an installation's defaults both with and without a `*` before it.",
    why: "The client reads the lines of a file in no certain order, and the one that comes last decides whether the key is locked.",
    example: "*a.b=1\na.b=2",
    instead: "*a.b=1",
};

/// A lock on what the client has to change itself.
pub(super) static LOCKED_ADDRESS: Rule = Rule {
    id: "installation-locked-address",
    levels: &[Level::Note],
    can_be_suppressed: false,
    is_about_value: false,
    what: "The address for provisioning is locked in an installation's defaults.",
    why: "No reply can move such clients to another address: that takes a new file on each machine.",
    example: "*net.java.sip.communicator.plugin.provisioning.URL=https://provisioning.example.org/provision",
    instead: "net.java.sip.communicator.plugin.provisioning.URL=https://provisioning.example.org/provision",
};

#[cfg(test)]
mod tests {
    use std::path::Path;

    use jitsi_properties::Client;

    use super::super::in_force::load_templates;
    use super::super::installation::review_installation;
    use super::*;
    use crate::model::account::ExtraNames;
    use crate::model::config;

    /// What stands on the page before and behind these rules.
    const BEFORE: &str = "<!-- Up to the next comment: RENEW_DOCS=1 cargo test own_rules -->\n\n";
    const BEHIND: &str = "\n<!-- Below, ";

    /// The rules of them that a text breaks.
    fn broken(rule: &Rule, text: &str) -> Vec<&'static str> {
        if rule.id == TEMPLATE.id {
            let folder = tempfile::tempdir().unwrap();
            let file = folder.path().join("t.properties");
            std::fs::write(&file, text).unwrap();
            let settings = config::Template { file: Some(file), ..config::Template::default() };
            return load_templates(&settings, &ExtraNames::default()).err().map(|_| TEMPLATE.id).into_iter().collect();
        }
        let found = review_installation("d", text, &Client::default()).into_iter();
        found.map(|diagnostic| diagnostic.rule.id).filter(|id| OWN_RULES.iter().any(|rule| rule.id == *id)).collect()
    }

    #[test]
    fn each_example_breaks_its_rule_and_the_text_to_use_instead_breaks_none() {
        for rule in OWN_RULES {
            assert_eq!(broken(rule, rule.example), [rule.id], "{}", rule.example);
            assert_eq!(broken(rule, rule.instead), [""; 0], "{}", rule.instead);
        }
    }

    #[test]
    fn the_page_of_the_linter_has_them() {
        let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/lint.md");
        let page = std::fs::read_to_string(&file).unwrap();
        let rules: Vec<_> = OWN_RULES.iter().map(|rule| format!("### {}\n\n{}", rule.id, rule.as_markdown())).collect();
        let (before, rest) = page.split_once(BEFORE).unwrap();
        let (_, behind) = rest.split_once(BEHIND).unwrap();
        let expected = [before, BEFORE, &rules.join("\n"), BEHIND, behind].concat();
        if std::env::var_os("RENEW_DOCS").is_some() {
            std::fs::write(&file, &expected).unwrap();
        }
        let page = std::fs::read_to_string(&file).unwrap();
        assert!(page == expected, "docs/lint.md is not what the rules say; run `RENEW_DOCS=1 cargo test own_rules`");
    }
}
