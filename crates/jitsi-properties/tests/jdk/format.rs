//! What we read and write, the JDK reads the same way.

use std::cell::RefCell;

use jitsi_properties::{Client, Document, ParseErrorKind, encode, escape, lint, parse};
use proptest::prelude::*;
use proptest::test_runner::TestRunner;
use test_servers::jdk::{Jdk, Refusal};
use tokio::runtime::Runtime;

/// A JDK that a property test can ask from a plain function.
struct Oracle {
    runtime: Runtime,
    jdk: RefCell<Jdk>,
}

impl Oracle {
    fn start() -> Self {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let jdk = RefCell::new(runtime.block_on(Jdk::start()));
        Self { runtime, jdk }
    }

    fn load_text(&self, text: &str) -> Result<Vec<(String, String)>, Refusal> {
        self.runtime.block_on(self.jdk.borrow_mut().load_text(text))
    }

    /// The pairs that a client gets out of these bytes.
    #[track_caller]
    fn client_reads(&self, bytes: &[u8]) -> Vec<(String, String)> {
        self.runtime.block_on(self.jdk.borrow_mut().load_bytes(bytes)).expect("the JDK reads it")
    }
}

fn pairs(document: &Document) -> Vec<(String, String)> {
    document.entries().map(|entry| (entry.key().to_owned(), entry.value().to_owned())).collect()
}

/// What the JDK must say for our reading to be right.
fn agree(text: &str, loaded: Result<Vec<(String, String)>, Refusal>) -> Result<(), TestCaseError> {
    match parse(text) {
        Ok(document) => prop_assert_eq!(Ok(pairs(&document)), loaded),
        Err(error) => match loaded {
            Ok(_) => prop_assert!(false, "only we refuse it: {}", error),
            Err(Refusal::HalfCharacter) => prop_assert_eq!(error.kind, ParseErrorKind::LoneSurrogate),
            // We may have met half a character before the malformed escape.
            Err(Refusal::Exception(_)) => prop_assert_ne!(error.kind, ParseErrorKind::Nul),
        },
    }
    Ok(())
}

/// Texts made of what the grammar gives a meaning to.
fn nasty_text() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        4 => "[a-z]{1,3}",
        4 => proptest::sample::select(vec!["\\", "=", ":", " ", "\t", "\x0c", "\n", "\r", "\r\n"]).prop_map(str::to_owned),
        2 => proptest::sample::select(vec!["#", "!", "\\\n", "\\\r\n", "\\\r", "\\\\", "\\ ", "\\t", "\\n", "\\f", "\\r"])
            .prop_map(str::to_owned),
        2 => proptest::sample::select(vec!["\\u0041", "\\u000a", "\\u003D", "\\ud83d\\ude00", "\\uD83D\\\n \\uDE00", "\\u00\\\n41"])
            .prop_map(str::to_owned),
        1 => proptest::sample::select(vec!["\\ud83d", "\\ude00", "\\u", "\\u12", "\\uu0041", "\\u\u{ff11}234"]).prop_map(str::to_owned),
        1 => "[^\\x00]",
    ];
    prop::collection::vec(piece, 0..24).prop_map(|pieces| pieces.concat())
}

#[test]
fn we_read_what_the_jdk_reads() {
    let oracle = Oracle::start();
    TestRunner::new(ProptestConfig::with_cases(4096))
        .run(&nasty_text(), |text| agree(&text, oracle.load_text(&text)))
        .unwrap();
}

#[test]
fn the_jdk_reads_back_what_we_encode() {
    let oracle = Oracle::start();
    let entries = prop::collection::vec((any::<String>(), any::<String>()), 0..8);
    TestRunner::new(ProptestConfig::with_cases(1024))
        .run(&entries, |entries| {
            let mut text = String::new();
            for (key, value) in &entries {
                escape(key, &mut text);
                text.push('=');
                escape(value, &mut text);
                text.push('\n');
            }
            let bytes = encode(&parse(&text).unwrap());
            prop_assert!(bytes.is_ascii());
            prop_assert_eq!(oracle.client_reads(&bytes), entries);
            Ok(())
        })
        .unwrap();
}

#[test]
fn the_jdk_reads_back_what_we_escape_wherever_it_stands() {
    let oracle = Oracle::start();
    let case = (any::<String>(), "[a-z]{0,3}", "[a-z]{0,3}");
    TestRunner::new(ProptestConfig::with_cases(1024))
        .run(&case, |(value, head, tail)| {
            let mut escaped = String::new();
            escape(&value, &mut escaped);
            let text = format!("# {escaped}\n{head}{escaped}{tail}={head}{escaped}{tail}\nlast {escaped}");
            let whole = format!("{head}{value}{tail}");
            prop_assert_eq!(oracle.client_reads(text.as_bytes()), [(whole.clone(), whole), ("last".to_owned(), value)]);
            Ok(())
        })
        .unwrap();
}

/// Texts with a trap each, and what is in them.
const TRAPS: [(&str, &[(&str, &str)]); 27] = [
    ("", &[]),
    (" \t\x0c\r\n\r\n\n", &[]),
    ("a=1\r\nb=2\rc=3\nd=4", &[("a", "1"), ("b", "2"), ("c", "3"), ("d", "4")]),
    ("  # no\n\t! no\na#b=c#d", &[("a#b", "c#d")]),
    ("# joins \\\na=1", &[("a", "1")]),
    ("a = 1\nb:2\nc 3\nd\te\nf\x0cg", &[("a", "1"), ("b", "2"), ("c", "3"), ("d", "e"), ("f", "g")]),
    ("a \t=\x0c 1 \nb==2\nc:=3\nd = : 4", &[("a", "1 "), ("b", "=2"), ("c", "=3"), ("d", ": 4")]),
    ("a\nb=\n=c\n=", &[("a", ""), ("b", ""), ("", "c"), ("", "")]),
    ("a\\ b\\=\\:c=1", &[("a b=:c", "1")]),
    ("\\#a=1\n\\!b=2", &[("#a", "1"), ("!b", "2")]),
    ("a=\\s\\t\\q\\n\\f\\r\\b\\0", &[("a", "s\tq\n\x0c\rb0")]),
    ("a=C:\\\\users\\\\new", &[("a", "C:\\users\\new")]),
    ("a=1\\\n   2\\\r\n\t3\\\r4", &[("a", "1234")]),
    ("a=1\\\\\nb=2", &[("a", "1\\"), ("b", "2")]),
    ("a=1\\\\\\\nb=2", &[("a", "1\\b=2")]),
    ("a=1\\\n\nb=2", &[("a", "1"), ("b", "2")]),
    ("a=1\\\n# no comment", &[("a", "1# no comment")]),
    ("a\\\n b\\\n =\\\n c", &[("ab", "c")]),
    ("a \\\n = \\\n b", &[("a", "b")]),
    ("\\\n# comment\n\\\n\na=1", &[("a", "1")]),
    ("a=1\\", &[("a", "1")]),
    ("\\", &[("", "")]),
    ("\\\n", &[("", "")]),
    ("\\\r\n", &[]),
    ("a=\\ud83d\\ude00\\u00e9\\u00E9", &[("a", "😀éé")]),
    ("\u{feff}a=\u{a0}é😀\u{2028}\u{85}", &[("\u{feff}a", "\u{a0}é😀\u{2028}\u{85}")]),
    ("a=1\na=2\na=${null}", &[("a", "1"), ("a", "2"), ("a", "${null}")]),
];

#[test]
fn traps_of_the_format_are_read_as_the_jdk_reads_them() {
    let oracle = Oracle::start();
    for (text, expected) in TRAPS {
        let expected: Vec<_> = expected.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect();
        assert_eq!(pairs(&parse(text).unwrap()), expected, "{text:?}");
        assert_eq!(oracle.load_text(text), Ok(expected), "the JDK: {text:?}");
    }
}

#[test]
fn malformed_escapes_are_refused_by_both() {
    let oracle = Oracle::start();
    for text in ["a=\\u", "a=\\u12", "a=\\u12\nb", "a=\\uu0041", "\\u00=41", "a=\\u00g0", "a=\\u00\\", "a=\\u+123"] {
        assert_eq!(parse(text).unwrap_err().kind, ParseErrorKind::MalformedUnicode, "{text:?}");
        assert!(matches!(oracle.load_text(text), Err(Refusal::Exception(_))), "the JDK: {text:?}");
    }
}

/// What reads differently than it looks: the text, the rule that notices it, and what the JDK reads.
const SLIPS: [(&str, &str, &str); 20] = [
    ("a.b=C:\\\\x\\\nc.d=1", "swallowed-line", "a.b => C:\\xc.d=1"),
    ("a.b=1\\\n  c.d = 2", "swallowed-line", "a.b => 1c.d = 2"),
    ("a.b=1\\\r# no comment", "swallowed-line", "a.b => 1# no comment"),
    ("a.b=1\\\n\\\n!c", "swallowed-line", "a.b => 1!c"),
    ("a.b\\\n  .c=1", "key-over-lines", "a.b.c => 1"),
    ("a.b=one\\\n  two", "joined-words", "a.b => onetwo"),
    ("\\\n#a.b=1\nc.d=2", "lone-backslash", "c.d => 2"),
    ("\\\n!a.b=1\nc.d=2", "lone-backslash", "c.d => 2"),
    ("#a.b=1\\\n  c.d=2", "comment-with-backslash", "c.d => 2"),
    ("!a.b=1\\\nc.d=2", "comment-with-backslash", "c.d => 2"),
    ("a.b=1\\ \nc.d=2", "blank-after-backslash", "a.b => 1  | c.d => 2"),
    ("a.b=C:\\temp\\x1", "lost-backslash", "a.b => C:\tempx1"),
    ("a.b=1\rc.d=2\nx=y", "lone-carriage-return", "a.b => 1 | c.d => 2 | x => y"),
    ("a.b==1", "separator-in-value", "a.b => =1"),
    ("a.b = : 1", "separator-in-value", "a.b => : 1"),
    ("a.b=1 # c", "comment-in-value", "a.b => 1 # c"),
    ("a.b=\"1\"", "quoted-value", "a.b => \"1\""),
    ("a.b=\u{a0}1", "invisible-character", "a.b => \u{a0}1"),
    ("a.b\\u003dc=1", "mark-in-key", "a.b=c => 1"),
    ("\\u0023a.b=1", "mark-in-key", "#a.b => 1"),
];

#[test]
fn what_reads_differently_than_it_looks_is_noticed() {
    let oracle = Oracle::start();
    for (text, rule, expected) in SLIPS {
        let loaded = oracle.load_text(text).unwrap();
        let loaded: Vec<_> = loaded.iter().map(|(key, value)| format!("{key} => {value}")).collect();
        assert_eq!(loaded.join(" | "), expected, "the JDK: {text:?}");
        let findings = lint(&parse(text).unwrap(), &Client::default());
        assert!(findings.iter().any(|finding| finding.rule.id == rule), "{rule}: {text:?}");
    }
}

/// The reasons of docs/lint.md: only a malformed escape ends the load.
#[test]
fn half_a_character_and_nul_are_refused_although_the_jdk_loads_them() {
    let oracle = Oracle::start();
    assert_eq!(parse("a=\\ud83dx\nb=1").unwrap_err().kind, ParseErrorKind::LoneSurrogate);
    assert_eq!(oracle.load_text("a=\\ud83dx\nb=1"), Err(Refusal::HalfCharacter));
    assert_eq!(parse("a=\0x\nb=1").unwrap_err().kind, ParseErrorKind::Nul);
    let loaded = [("a".to_owned(), "\0x".to_owned()), ("b".to_owned(), "1".to_owned())];
    assert_eq!(oracle.load_text("a=\0x\nb=1"), Ok(loaded.to_vec()));
}
