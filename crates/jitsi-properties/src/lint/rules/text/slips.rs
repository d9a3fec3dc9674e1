//! Rules about what `Properties.load` reads differently than it looks, wherever in the text it is.
//!
//! Held to the JDK: after a line of nothing but a backslash it takes `#` for a comment, although its documentation says that
//! comments cannot be continued and that such a line is part of the next one.

use super::{
    BLANK_AFTER_BACKSLASH, COMMENT_WITH_BACKSLASH, JOINED_WORDS, KEY_OVER_LINES, LONE_BACKSLASH, LONE_CARRIAGE_RETURN,
    LOST_BACKSLASH, SWALLOWED_LINE,
};
use crate::document::{Document, Slip, SlipKind};
use crate::lint::finding::Finding;
use crate::lint::level::Level;
use crate::lint::rule::Rule;

/// Rules `swallowed-line`, `key-over-lines`, `joined-words`, `lone-backslash`, `comment-with-backslash`,
/// `blank-after-backslash`, `lost-backslash` and `lone-carriage-return`.
pub(in crate::lint) fn check(document: &Document, findings: &mut Vec<Finding>) {
    let mut last: Option<(&'static Rule, usize)> = None;
    for slip in document.slips() {
        let finding = finding(slip);
        // One slip of the pen often shows several times: all backslashes of a path, all line ends of a file.
        let everywhere = finding.rule == &LONE_CARRIAGE_RETURN;
        if last.is_some_and(|(rule, line)| rule == finding.rule && (everywhere || line == finding.line)) {
            continue;
        }
        last = Some((finding.rule, finding.line));
        findings.push(finding);
    }
}

fn finding(slip: &Slip) -> Finding {
    match slip.kind {
        SlipKind::SwallowedSetting { line, of_client } => {
            let level = if of_client { Level::Error } else { Level::Warning };
            swallowed(slip, level, line, "so the client never sees the setting in it")
        }
        SlipKind::SwallowedComment { line } => {
            swallowed(slip, Level::Warning, line, "although it looks like a comment")
        }
        SlipKind::CommentWithBackslash { line, indented } => {
            let message = format!(
                "a comment never continues, so line {line} is a setting although this comment ends with a backslash; remove \
                 the backslash, or begin that line with `#` too"
            );
            let level = if indented { Level::Warning } else { Level::Note };
            at(slip, level, &COMMENT_WITH_BACKSLASH, message).naming(line)
        }
        kind => {
            let (level, rule, message) = alone(kind);
            at(slip, level, rule, message)
        }
    }
}

fn at(slip: &Slip, level: Level, rule: &'static Rule, message: impl Into<String>) -> Finding {
    Finding::in_text(level, rule, (slip.line, slip.at.clone()), message)
}

fn swallowed(slip: &Slip, level: Level, line: usize, why: &str) -> Finding {
    let message = format!(
        "the backslash at the end makes line {line} part of this value, {why}; remove the backslash, or double it if it belongs \
         to the value"
    );
    at(slip, level, &SWALLOWED_LINE, message).naming(line)
}

/// What is said of a slip that is about no other line.
fn alone(kind: SlipKind) -> (Level, &'static Rule, &'static str) {
    match kind {
        SlipKind::KeyOverLines => (
            Level::Warning,
            &KEY_OVER_LINES,
            "the backslash at the end makes the next line part of this key, without its leading blanks; write the key in \
             one line",
        ),
        SlipKind::JoinedWords => (
            Level::Note,
            &JOINED_WORDS,
            "the client drops the blanks that begin the next line, so the words before and after become one; write the \
             value in one line, or a blank before the backslash if you mean one",
        ),
        SlipKind::LoneBackslash { before_comment: true } => (
            Level::Warning,
            &LONE_BACKSLASH,
            "a line of only a backslash continues nothing: the client takes the next line for a comment, and other programs \
             take it for a setting; remove this line",
        ),
        SlipKind::BlankAfterBackslash => (
            Level::Warning,
            &BLANK_AFTER_BACKSLASH,
            "a blank follows the backslash, so the line ends here and the next one is read on its own; remove the blank to \
             continue the line, or the backslash to end it",
        ),
        SlipKind::LostBackslash => (
            Level::Warning,
            &LOST_BACKSLASH,
            "a backslash does not become part of the value or key: before `t`, `n`, `r` and `f` it makes a control \
             character, and before any other letter or digit it disappears; write `\\\\` for each backslash that belongs to \
             the value or key",
        ),
        SlipKind::LastBackslash => (
            Level::Warning,
            &LOST_BACKSLASH,
            "the backslash at the end continues nothing and disappears; write `\\\\` for a backslash that belongs to the value, \
             or remove it",
        ),
        SlipKind::LoneCarriageReturn => (
            Level::Warning,
            &LONE_CARRIAGE_RETURN,
            "a CR without LF ends a line for the client, while editors show one line; save the file with the line \
             endings of Unix or Windows",
        ),
        _ => (Level::Note, &LONE_BACKSLASH, "a line of only a backslash sets and continues nothing; remove this line"),
    }
}

#[cfg(test)]
mod tests {
    use crate::lint::{Client, Level, broken_by, lint};
    use crate::{escape, parse};

    const RULES: [&str; 8] = [
        "swallowed-line",
        "key-over-lines",
        "joined-words",
        "lone-backslash",
        "comment-with-backslash",
        "blank-after-backslash",
        "lost-backslash",
        "lone-carriage-return",
    ];

    fn broken(text: &str) -> Vec<(usize, &'static str)> {
        broken_by(&RULES, text)
    }

    #[test]
    fn a_line_that_a_backslash_swallows_is_reported() {
        let swallowed = [(1, "swallowed-line")];
        for text in [
            "a=1\\\nb.c=2",
            "a=1\\\n  b.c = 2",
            "a=1\\\r\nb.c=2",
            "a=1\\\nb=2",
            "a=\\\nnet.java.sip.communicator.UUID=x",
            "a=C:\\\\dir\\\n${system}.x=1",
            "a=1\\\n# comment",
            "a=1\\\n\\\n!comment",
        ] {
            let found = broken(text);
            assert_eq!(found.first().map(|(_, rule)| *rule), Some("swallowed-line"), "{text:?}");
        }
        assert_eq!(broken("a=1\\\nb.c=2\\\nd.e=3"), [(1, "swallowed-line"), (2, "swallowed-line")]);
        assert_eq!(broken("a=1\\\\\nb.c=2"), [], "an escaped backslash");
        assert_eq!(broken("# lint: allow swallowed-line -- it is a list\na=1\\\nb.c=2"), []);
        assert_eq!(broken("# lint: allow swallowed-line -- a list\na=1,\\\n 2,\\\n b.c=2"), []);
        assert_eq!(broken("a=1,\\\n\nb.c=2"), []);
        assert_eq!(broken("a=1\\\n net.java.sip.communicator.UUID: 2"), swallowed);
        assert_eq!(broken("a=https://b/?x=1&\\\n  y=2"), []);
        assert_eq!(broken("a=https://b/?x=1&\\\ny=2"), []);
        assert_eq!(swallowed.len(), 1);
    }

    #[test]
    fn a_setting_of_the_client_that_is_swallowed_is_an_error() {
        let level = |text: &str| {
            let findings = lint(&parse(text).unwrap(), &Client::default()).into_iter();
            findings.filter(|found| found.rule.id == "swallowed-line").map(|found| found.level).next()
        };
        assert_eq!(level("a=1\\\nnet.java.sip.communicator.UUID=x"), Some(Level::Error));
        assert_eq!(level("a=1\\\nsite.x=x"), Some(Level::Warning));
        assert_eq!(level("a=1\\\n#x"), Some(Level::Warning));
    }

    #[test]
    fn keys_and_words_over_lines_are_reported() {
        assert_eq!(broken("a.b\\\n  .c=1"), [(1, "key-over-lines")]);
        assert_eq!(broken("a=Hello\\\n  World"), [(1, "joined-words")]);
        assert_eq!(broken("a=Hello \\\n  World\nb=1,\\\n  2\nc=1\\\n2"), []);
    }

    #[test]
    fn backslashes_that_continue_nothing_are_reported() {
        assert_eq!(broken("\\\n# a=1\nb=2"), [(1, "lone-backslash")]);
        assert_eq!(broken("a=1\n\\\nb=2"), [(2, "lone-backslash")]);
        assert_eq!(broken("#a=1\\\n  b=2"), [(1, "comment-with-backslash")]);
        assert_eq!(broken("#a=1\\\nb=2"), [(1, "comment-with-backslash")]);
        assert_eq!(broken("#a=1\\\n#  b=2\n#c\\\n\nd=1\n#e\\"), []);
        assert_eq!(broken("a=1\\ \nb=2\\\t \n"), [(1, "blank-after-backslash"), (2, "blank-after-backslash")]);
    }

    #[test]
    fn backslashes_that_disappear_are_reported() {
        for value in ["C:\\temp\\new", "COMPANY\\anna", "\\x", "a\\1"] {
            assert_eq!(broken(&format!("a={value}")), [(1, "lost-backslash")], "{value}");
        }
        assert_eq!(broken("a.COMPANY\\dora=1"), [(1, "lost-backslash")]);
        assert_eq!(broken("a.COMPANY\\nora=1"), [], "control-in-key");
        assert_eq!(broken("a\\:b\\ c\\u0041\\#=1"), []);
        for text in ["a=C:\\\\dir\\", "a=C:\\\\dir\\\n\nb=1", "a=C:\\\\dir\\\r\n  \r\n"] {
            assert_eq!(broken(text), [(1, "lost-backslash")], "{text:?}");
        }
        for text in ["a=1, \\", "a=\\", "a=1,\\\n", "a=C:\\\\dir\\\\", "a=C:\\\\dir\\\\\n\nb=1"] {
            assert_eq!(broken(text), [], "{text:?}");
        }
        for value in ["C:\\\\temp", "\\${null}x", "\\u0041", "a\\=b\\:c\\#\\!", "\\\"x\\\""] {
            assert_eq!(broken(&format!("a={value}")), [], "{value}");
        }
    }

    #[test]
    fn a_lone_cr_is_reported_once() {
        assert_eq!(broken("a=1\rb=2\rc=3\nd=4"), [(1, "lone-carriage-return")]);
        assert_eq!(broken("a=1\r\nb=2\r\n"), []);
    }

    #[test]
    fn no_value_of_a_user_is_reported() {
        for value in ["\\", "\\\n", "a\\tb", "x\\ ", "\r", "\\\nnet.java.sip.communicator.UUID=x", "a\n  b"] {
            let mut escaped = String::new();
            escape(value, &mut escaped);
            assert_eq!(broken(&format!("# {escaped}\na={escaped}\nb={escaped}")), [], "{value:?}");
        }
    }
}
