//! Comments that silence rules.
//!
//! `# lint: allow RULE, RULE -- reason` speaks of the entry below it, `# lint: allow-file RULE -- reason` of the whole
//! text. A value of a template cannot make one: its `#`, `!`, colon and blanks are escaped.

use std::collections::{BTreeMap, HashSet};

use crate::document::{Comment, Document};
use crate::lint::Client;
use crate::lint::finding::Finding;
use crate::lint::level::Level;
use crate::lint::rule::Rule;
use crate::lint::rules::rules;
use crate::lint::rules::suppressions::{
    MALFORMED_SILENCE, SILENCE_REFUSED, SILENCE_WITHOUT_REASON, UNKNOWN_RULE, UNUSED_SILENCE,
};
use crate::suggestion::nearest;

/// Removes the findings that comments of the document suppress, and reports comments that are wrong or not needed:
/// rules `malformed-silence`, `silence-without-reason`, `unknown-rule`, `silence-refused` and `unused-silence`.
pub(super) fn apply(document: &Document, client: &Client, findings: &mut Vec<Finding>) {
    let mut wrong = Vec::new();
    let mut suppressions = BTreeMap::new();
    for comment in document.comments() {
        let Some(words) = comment.text().trim_start().strip_prefix("lint:") else { continue };
        match Directive::parse(words) {
            Ok(directive) => directive.add(document, comment, &mut suppressions, &mut wrong),
            Err(finding) => wrong.push(finding.at(comment)),
        }
    }
    if !suppressions.is_empty() {
        findings.retain(|finding| {
            let mut is_suppressed = false;
            // A finding can be about a later line of its entry.
            let places = [Some(finding.line), document.entry_of(finding.line), None];
            for place in places {
                if let Some(suppression) = suppressions.get_mut(&(place, finding.rule.id)) {
                    (suppression.is_used, is_suppressed) = (true, true);
                }
            }
            !is_suppressed
        });
    }
    let may_be_needed = |rule: &str| client.version.is_some() && OF_SOME_VERSIONS.contains(&rule);
    let is_needed = |rule: &str, suppression: &Suppression<'_>| suppression.is_used || may_be_needed(rule);
    let needed: HashSet<usize> = suppressions
        .iter()
        .filter(|((_, rule), suppression)| is_needed(rule, suppression))
        .map(|(_, suppression)| suppression.comment.line())
        .collect();
    let mut reported = HashSet::new();
    for ((_, rule), suppression) in suppressions.iter().filter(|((_, rule), one)| !is_needed(rule, one)) {
        let comment = suppression.comment;
        if needed.contains(&comment.line()) {
            let message = format!(
                "the rule `{rule}` finds nothing here; leave it out of the comment, which its other rules need"
            );
            wrong.push(Finding::in_comment(UNUSED.level, UNUSED.rule, comment, message));
        } else if reported.insert(comment.line()) {
            wrong.push(UNUSED.at(comment));
        }
    }
    findings.extend(wrong);
}

/// Rules that have nothing to say about some versions: for a client of one, a comment about them is not superfluous.
const OF_SOME_VERSIONS: [&str; 3] = ["obsolete-key", "too-new-key", "ldap-ssl"];

/// A rule that is silenced, and by what.
struct Suppression<'a> {
    comment: Comment<'a>,
    is_used: bool,
}

/// What a comment says.
struct Directive<'a> {
    is_for_file: bool,
    rules: &'a str,
}

/// What is wrong with a comment.
struct Wrong {
    level: Level,
    rule: &'static Rule,
    message: &'static str,
}

const UNUSED: Wrong = Wrong {
    level: Level::Note,
    rule: &UNUSED_SILENCE,
    message: "the rules of this comment find nothing here, so this comment suppresses nothing; remove it, or put it directly above the \
        entry that it is about",
};

impl<'a> Directive<'a> {
    fn parse(words: &'a str) -> Result<Self, Wrong> {
        let (action, rest) = words.trim_start().split_once([' ', '\t']).unwrap_or((words.trim(), ""));
        let is_for_file = match action {
            "allow" => false,
            "allow-file" => true,
            _ => {
                return Err(Wrong {
                    level: Level::Warning,
                    rule: &MALFORMED_SILENCE,
                    message: "a comment that begins with `lint:` must continue with `allow` or `allow-file`; write `# \
                        lint: allow RULE -- reason`",
                });
            }
        };
        match rest.split_once("--") {
            Some((rules, reason)) if !reason.trim().is_empty() => Ok(Self { is_for_file, rules }),
            _ => Err(Wrong {
                level: Level::Warning,
                rule: &SILENCE_WITHOUT_REASON,
                message: "without a reason this suppresses nothing; write `# lint: allow RULE -- reason`",
            }),
        }
    }

    fn add(
        &self,
        document: &Document,
        comment: Comment<'a>,
        suppressions: &mut BTreeMap<(Option<usize>, &'static str), Suppression<'a>>,
        wrong: &mut Vec<Finding>,
    ) {
        // Below the last entry there is nothing to silence, and no finding in the comment's own line either.
        let below = document.entry_below(comment.line()).unwrap_or(comment.line());
        let place = if self.is_for_file { None } else { Some(below) };
        for name in self.rules.split(',').map(str::trim) {
            match Rule::named(name) {
                Some(rule) if rule.can_be_suppressed => {
                    suppressions.entry((place, rule.id)).or_insert(Suppression { comment, is_used: false });
                }
                Some(rule) => wrong.push(refused(rule, comment)),
                None => wrong.push(unknown(name, comment)),
            }
        }
    }
}

fn refused(rule: &Rule, comment: Comment<'_>) -> Finding {
    let message = format!("`{}` cannot be suppressed; remove it from the comment, and correct the line", rule.id);
    Finding::in_comment(Level::Warning, &SILENCE_REFUSED, comment, message)
}

/// Does not repeat the name: it is a part of a comment.
fn unknown(name: &str, comment: Comment<'_>) -> Finding {
    let message = match nearest(name, rules().map(|rule| rule.id)) {
        Some(meant) => format!("the comment names a rule that does not exist; did you mean `{meant}`?"),
        None => "the comment names a rule that does not exist; findings show the names of their rules; write one of \
            them, with commas between several"
            .to_owned(),
    };
    Finding::in_comment(Level::Warning, &UNKNOWN_RULE, comment, message)
}

impl Wrong {
    fn at(&self, comment: Comment<'_>) -> Finding {
        Finding::in_comment(self.level, self.rule, comment, self.message)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use crate::lint::broken;
    use crate::lint::rules::rules;
    use crate::{escape, parse};

    const TWICE: &str = "a=1\na=2";

    #[test]
    fn a_comment_silences_the_entry_below_it() {
        assert_eq!(broken("a=1\n# lint: allow duplicate-key -- both are wanted\n\n! more\na=2"), []);
        assert_eq!(broken("a=1\n#lint:allow duplicate-key--wanted\na=2"), []);
        assert_eq!(broken("a=1\n# lint: allow duplicate-key -- wanted\na=2\na=3\n"), [(4, "duplicate-key")]);
    }

    #[test]
    fn a_comment_silences_the_whole_text() {
        assert_eq!(broken(&format!("{TWICE}\na=3\n# lint: allow-file duplicate-key -- wanted")), []);
        assert_eq!(broken("# lint: allow-file no-entry -- nothing for guests"), []);
    }

    #[test]
    fn several_rules_are_silenced_at_once() {
        let text =
            "a b=1 \n# lint: allow odd-separator,duplicate-key , value-with-blank -- as the vendor has it\na c=2 \n";
        assert_eq!(broken(text), [(1, "odd-separator"), (1, "value-with-blank")]);
        assert_eq!(broken("#lint: allow odd-separator -- x\n#lint: allow value-with-blank -- y\na b "), []);
    }

    #[test]
    fn what_is_wrong_with_a_comment_is_reported() {
        for (comment, expected) in [
            ("# lint: allow duplicate-key", "silence-without-reason"),
            ("# lint: allow duplicate-key -- ", "silence-without-reason"),
            ("# lint: allow", "silence-without-reason"),
            ("# lint: allow -- why", "unknown-rule"),
            ("# lint: allow duplicat-key -- why", "unknown-rule"),
            ("# lint: allow duplicate-key odd-separator -- why", "unknown-rule"),
            ("# lint: ignore duplicate-key -- why", "malformed-silence"),
            ("# lint:", "malformed-silence"),
            ("# lint: allow web-page -- why", "silence-refused"),
            ("# lint: allow-file unused-silence -- why", "silence-refused"),
        ] {
            let mut rules: Vec<_> = broken(&format!("a=1\n{comment}\na=2")).into_iter().map(|(_, rule)| rule).collect();
            rules.sort_unstable();
            let mut expected = ["duplicate-key", expected];
            expected.sort_unstable();
            assert_eq!(rules, expected, "{comment}");
        }
    }

    #[test]
    fn what_loses_a_client_for_good_is_not_silenced() {
        const ASKING: &str = "net.java.sip.communicator.plugin.provisioning";
        for (rule, line) in [
            ("provisioning-url", format!("{ASKING}.URL=prov.example.org")),
            ("enforce-prefix", "provisioning.ENFORCE_PREFIX=impl.gui".to_owned()),
            ("null-wipes-provisioning", format!("{ASKING}.METHOD=${{null}}")),
            ("number-at-start", "impl.gui.WINDOW_TRANSPARENCY=half".to_owned()),
        ] {
            for action in ["allow", "allow-file"] {
                let reported = broken(&format!("# lint: {action} {rule} -- x\n{line}"));
                assert_eq!(reported, [(1, "silence-refused"), (2, rule)], "{action}");
            }
        }
    }

    #[test]
    fn a_comment_that_silences_nothing_is_reported() {
        assert_eq!(broken("# lint: allow duplicate-key -- why\na=1"), [(1, "unused-silence")]);
        assert_eq!(broken("a=1\n# lint: allow duplicate-key -- why"), [(2, "unused-silence")]);
        assert_eq!(broken("# lint: allow-file duplicate-key -- why\na=1"), [(1, "unused-silence")]);
        assert_eq!(broken("# lint is good\n# about lint: allow x\na=1"), []);
    }

    #[test]
    fn of_several_rules_only_those_that_find_nothing_are_reported() {
        let reported = |rules: &str| {
            let text = format!("a=1\n# lint: allow {rules} -- why\na=2");
            let found = crate::lint::lint(&parse(&text).unwrap(), &crate::lint::Client::default()).into_iter();
            found.filter(|found| found.rule.id == "unused-silence").map(|found| found.message).collect::<Vec<_>>()
        };
        let [message] = reported("duplicate-key, odd-separator").try_into().unwrap();
        assert!(message.starts_with("the rule `odd-separator` finds nothing here; leave it out"), "{message}");
        let [message] = reported("empty-key, odd-separator").try_into().unwrap();
        assert!(message.contains("this comment suppresses nothing"), "{message}");
    }

    #[test]
    fn a_comment_about_other_versions_is_no_mistake() {
        let text = "# lint: allow obsolete-key -- for old clients\n\
            net.java.sip.communicator.impl.protocol.jabber.FAILOVER_CHECK_INTERVAL=5\n";
        for version in [None, Some("2.10"), Some("2.14")] {
            let client = crate::lint::Client {
                version: version.map(|version| crate::version::Version::parse(version).unwrap()),
                ..crate::lint::Client::default()
            };
            assert_eq!(crate::lint::lint(&parse(text).unwrap(), &client), [], "{version:?}");
        }
    }

    #[test]
    fn an_unknown_rule_is_compared_but_not_repeated() {
        let reported = |name: &str| {
            let document = parse(&format!("# lint: allow {name} -- why\na=1")).unwrap();
            crate::lint::lint(&document, &crate::lint::Client::default()).remove(0).message
        };
        assert!(reported("duplicat-keys").ends_with("did you mean `duplicate-key`?"));
        assert!(!reported("hunter2").contains("hunter2"));
    }

    proptest! {
        #[test]
        fn no_value_silences_anything(
            value in prop_oneof![
                "\\PC{0,12}",
                prop::sample::select(rules().collect::<Vec<_>>()).prop_map(|rule| format!("lint: allow {} -- x", rule.id)),
                prop::sample::select(rules().collect::<Vec<_>>()).prop_map(|rule| format!("\n# lint: allow-file {} -- x\n", rule.id)),
            ]
        ) {
            let mut escaped = String::new();
            escape(&value, &mut escaped);
            for text in [
                format!("{escaped}\n{TWICE}"),
                format!("#{escaped}\n{TWICE}"),
                format!("# {escaped}\n{TWICE}"),
                format!("# {escaped} -- why\n{TWICE}"),
                format!("x={escaped}\n{TWICE}"),
            ] {
                let rules: Vec<_> = broken(&text).into_iter().map(|(_, rule)| rule).collect();
                prop_assert!(rules.contains(&"duplicate-key") || rules.contains(&"web-page"), "{:?} {:?}", text, rules);
                prop_assert!(!rules.contains(&"unused-silence"), "{:?}", text);
            }
        }
    }
}
