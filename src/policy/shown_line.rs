//! A line of a template as it may be shown: without what may be a secret.
//!
//! What is secret, [`is_secret`] and [`is_secret_name`] decide. A line is not rendered, so that what stands in its tags is
//! looked at as well: texts behind the name of a secret are taken for one.

use std::ops::Range;

use jitsi_properties::secret_names::{end_of_sign, is_secret_name};
use jitsi_properties::{Hiding, in_address, is_secret};

use crate::template::continues;

/// Stands where something was left out.
const HIDDEN: &str = "[hidden]";

/// The line, and how many bytes of it are as they were.
///
/// What follows a name that says so is left out, except a single expression, which is a name, and `${null}`. A line that
/// `continues` the one before is left out whole: its key is on another line.
pub(super) fn shown_line(written: &str, continues: bool) -> (String, usize) {
    if continues {
        return (String::new(), 0);
    }
    match hidden_from(written).and_then(|at| written.get(..at)) {
        Some(kept) => (format!("{kept}{HIDDEN}"), kept.len()),
        None => (written.to_owned(), written.len()),
    }
}

/// A line of a template's file as it may be shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ShownLine {
    /// The text, without what may be a secret.
    pub text: String,
    /// How many bytes of it are as they were. The rest says that something was left out.
    pub kept: usize,
}

/// Shows files without the secrets that any of them says literally, as diagnostics do.
#[derive(Debug, Clone)]
pub struct ShownSources(Hiding);

impl ShownSources {
    /// Learns the secrets of all files with these texts.
    #[must_use]
    pub fn new<'t>(texts: impl IntoIterator<Item = &'t str>) -> Self {
        let mut hiding = Hiding::default();
        texts.into_iter().flat_map(str::lines).flat_map(secrets_of).for_each(|secret| hiding.learn(secret));
        Self(hiding)
    }

    /// The lines of a file.
    pub fn lines<'t>(&'t self, text: &'t str) -> impl Iterator<Item = ShownLine> + 't {
        let before = std::iter::once("").chain(text.lines());
        text.lines().zip(before).map(|(line, before)| {
            let (shown, kept) = shown_line(line, continues(before));
            let text = self.0.text(&shown);
            let same = text.bytes().zip(shown.bytes()).take_while(|(new, old)| new == old).count();
            let same = if text == shown { kept } else { kept.min(text.floor_char_boundary(same)) };
            ShownLine { text, kept: same }
        })
    }
}

/// What a line says literally where a secret is: texts in its tags, and what stands between these.
pub(crate) fn secrets_of(written: &str) -> Vec<&str> {
    let Some(from) = hidden_from(written) else { return Vec::new() };
    let mut ranges = Vec::new();
    let mut between = 0;
    for tag in tags(written) {
        ranges.push(between..tag.start);
        between = tag.end;
        ranges.extend(texts(written, &tag));
    }
    ranges.push(between..written.len());
    let hidden = ranges.into_iter().filter_map(|range| written.get(range.start.max(from)..range.end.max(from)));
    hidden.map(str::trim).filter(|piece| !piece.is_empty()).collect()
}

/// Where the part begins that must not be shown; it ends with the line.
fn hidden_from(written: &str) -> Option<usize> {
    let tags = tags(written);
    let (key, value_at) = split(written, &tags);
    let value = written.get(value_at..).unwrap_or_default();
    let found = [
        (is_secret(&key, value.trim_end()) && !is_name(value.trim_end())).then_some(value_at),
        lost_separator(written, value, &tags),
        tags.iter().filter_map(|tag| text_in_tag(written, tag)).min(),
        named_in_text(written, value_at, &tags),
        in_address(written).first().map(|range| range.start),
    ];
    found.into_iter().flatten().min()
}

/// The key, with an `x` for each expression in it, and where the value begins.
fn split(written: &str, tags: &[Range<usize>]) -> (String, usize) {
    let indent = written.len() - written.trim_start_matches([' ', '\t', '#', '!']).len();
    let mut key = String::new();
    let mut escaped = false;
    for (at, character) in written.char_indices().skip_while(|(at, _)| *at < indent) {
        if let Some(tag) = tags.iter().find(|tag| tag.contains(&at)) {
            let is_expression = tag.start == at && character == '{' && written.get(at..at + 2) == Some("{{");
            key.extend(is_expression.then_some('x'));
            continue;
        }
        if !escaped && matches!(character, '=' | ':' | ' ' | '\t') {
            let rest = written.get(at..).unwrap_or_default();
            return (key, written.len() - rest.trim_start_matches([' ', '\t', '=', ':']).len());
        }
        escaped = character == '\\' && !escaped;
        key.extend((!escaped).then_some(character));
    }
    (key, written.len())
}

/// A line of one word in which what follows the name of a secret may be its value: `x.PASSWORDhunter2`.
fn lost_separator(written: &str, value: &str, tags: &[Range<usize>]) -> Option<usize> {
    let end = end_of_sign(written).filter(|_| value.is_empty())?;
    let word = written.trim_end();
    let is_one_word = !word.trim_start().contains([' ', '\t', '=', ':']);
    (is_one_word && end < word.len() && !tags.iter().any(|tag| tag.contains(&end))).then_some(end)
}

/// A text, or a number that is set, behind the name of a secret in a tag.
fn text_in_tag(written: &str, tag: &Range<usize>) -> Option<usize> {
    let texts = texts(written, tag);
    names(written).filter(|name| tag.contains(&name.start)).find_map(|name| {
        // The name may stand in quotation marks itself.
        let own = texts.iter().find(|text| text.start == name.start && text.end == name.end);
        let from = own.map_or(name.end, |text| text.end + 1);
        let behind = written.get(from..tag.end).unwrap_or_default();
        let value = behind.trim_start().strip_prefix(['=', ':']).map(str::trim_start);
        let number = value.filter(|value| value.starts_with(|first: char| first.is_ascii_digit()));
        let number = number.map(|value| tag.end - value.len());
        let text = texts.iter().find(|text| text.start > from && !text.is_empty()).map(|text| text.start - 1);
        number.into_iter().chain(text).min()
    })
}

/// A value after the name of a secret in the line's text: `pin: 1234`, `?password=hunter2`.
fn named_in_text(written: &str, from: usize, tags: &[Range<usize>]) -> Option<usize> {
    let in_text = |name: &Range<usize>| name.start >= from && !tags.iter().any(|tag| tag.contains(&name.start));
    names(written).filter(in_text).find_map(|name| {
        let behind = written.get(name.end..)?.trim_start_matches(['"', '\'', ' ', '\t']);
        let value = behind.strip_prefix(['=', ':'])?.trim_start_matches([' ', '\t']);
        let at = written.len() - value.len();
        let is_tag = tags.iter().any(|tag| tag.start == at && texts(written, tag).is_empty());
        let is_harmless = value.is_empty() || value.starts_with("${") || value.starts_with("//") || is_tag;
        let is_truth = ["true", "false"].contains(&value.trim_end());
        (!is_harmless && !is_truth).then_some(at)
    })
}

/// Where names of secrets stand, wherever that is.
fn names(written: &str) -> impl Iterator<Item = Range<usize>> {
    let is_part = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-' | '.');
    let words = written.split(move |c: char| !is_part(c)).filter(|word| is_secret_name(word));
    words.map(|word| {
        let start = word.as_ptr() as usize - written.as_ptr() as usize;
        start..start + word.len()
    })
}

/// Where expressions and statements stand, with their braces; one that is not closed reaches to the end.
fn tags(written: &str) -> Vec<Range<usize>> {
    let mut tags = Vec::new();
    let mut from = 0;
    while let Some(rest) = written.get(from..) {
        let begin = ["{{", "{%"].into_iter().filter_map(|mark| rest.find(mark)).min();
        let Some(begin) = begin else { break };
        let closing = if rest.get(begin..).is_some_and(|tag| tag.starts_with("{{")) { "}}" } else { "%}" };
        let end =
            rest.get(begin..).and_then(|tag| tag.find(closing)).map_or(written.len(), |end| from + begin + end + 2);
        tags.push(from + begin..end);
        from = end;
    }
    tags
}

/// The places of the quoted texts in a tag, without the quotation marks.
fn texts(written: &str, tag: &Range<usize>) -> Vec<Range<usize>> {
    let mut texts = Vec::new();
    let mut open: Option<(char, usize)> = None;
    for (at, character) in written.char_indices().filter(|(at, _)| tag.contains(at)) {
        match open {
            Some((quote, start)) if quote == character => {
                texts.push(start..at);
                open = None;
            }
            None if matches!(character, '\'' | '"') => open = Some((character, at + 1)),
            _ => {}
        }
    }
    texts.extend(open.map(|(_, start)| start..tag.end.max(start)));
    texts
}

/// Whether it is one expression without a text of its own in it.
fn is_name(value: &str) -> bool {
    let inner = value.strip_prefix("{{").and_then(|rest| rest.strip_suffix("}}"));
    let inner = inner.map(|inner| inner.replace("''", "").replace("\"\"", ""));
    inner.is_some_and(|inner| !inner.contains(['\'', '"', '{', '}']))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_shown_without_a_secret() {
        for (written, shown) in [
            ("D.PASSWORD=hunter2", "D.PASSWORD=[hidden]"),
            ("D.PASSWORDhunter2", "D.PASSWORD[hidden]"),
            ("a.clientSecret : hunter2", "a.clientSecret : [hidden]"),
            ("plugin.foo.passphrase=hunter2", "plugin.foo.passphrase=[hidden]"),
            ("a.userPasswd=hunter2", "a.userPasswd=[hidden]"),
            ("a\\:b.PASSWORD=hunter2", "a\\:b.PASSWORD=[hidden]"),
            ("acc{{ user.name[:3] }}.PASSWORD=hunter2 ", "acc{{ user.name[:3] }}.PASSWORD=[hidden]"),
            ("x.PASSWORD hun=ter2", "x.PASSWORD [hidden]"),
            ("x.PASSWORD={{ user.name }}hunter2{{ user.name }}", "x.PASSWORD=[hidden]"),
            ("x.PASSWORD={{ turn_credentials('hunter2', '1h').password }}", "x.PASSWORD=[hidden]"),
            ("{% set turn = turn_credentials('hunter2', '1h') %}", "{% set turn = turn_credentials([hidden]"),
            ("S.VOICEMAIL_PIN=1234", "S.VOICEMAIL_PIN=[hidden]"),
            ("a.sip_pass: hunter2", "a.sip_pass: [hidden]"),
            ("a.accessToken=hunter2", "a.accessToken=[hidden]"),
            ("# a.pin=1234", "# a.pin=[hidden]"),
            ("{% if user.name %}a.PASSWORD=hunter2{% endif %}", "{% if user.name %}a.PASSWORD=[hidden]"),
            ("{% set pin = 1234 %}", "{% set pin = [hidden]"),
            ("{% set sip = {'pass': 'hunter2'} %}", "{% set sip = {'pass': [hidden]"),
            ("{{ line('4711', pwd=\"hunter2\") }}", "{{ line('4711', pwd=[hidden]"),
            ("a.PIN={{ extra.pin | default('1234') }}", "a.PIN=[hidden]"),
            ("a.note=the pin: 1234", "a.note=the pin: [hidden]"),
            (
                "a.URL=https://p/?user=${username}&password=hunter2",
                "a.URL=https://p/?user=${username}&password=[hidden]",
            ),
            ("a.URL=https\\://anna:hunter2@p/", "a.URL=https\\://anna:[hidden]"),
            ("a.URL=https://p/?key=hunter2", "a.URL=https://p/?key=[hidden]"),
        ] {
            assert_eq!(shown_line(written, false).0, shown, "{written}");
        }
    }

    #[test]
    fn a_secret_of_one_file_is_shown_in_no_other() {
        let texts = ["a.PASSWORD=hunter2\nb=\\\nhunter3\n", "# \u{e9}hunter2, the one of a\nc=1\n"];
        let sources = ShownSources::new(texts);
        let lines: Vec<ShownLine> = texts.iter().flat_map(|text| sources.lines(text)).collect();
        let shown: Vec<_> = lines.iter().map(|line| (line.text.as_str(), line.kept)).collect();
        let second = ("# \u{e9}[hidden], the one of a", 4);
        assert_eq!(shown, [("a.PASSWORD=[hidden]", 11), ("b=\\", 3), ("", 0), second, ("c=1", 3)]);
    }

    #[test]
    fn names_and_removals_are_shown() {
        for written in [
            "x.PASSWORD={{ password }}",
            "x.PASSWORD={{ extra.pin | default('') }}",
            "x.PASSWORD=${null}",
            "x.PASSWORD=",
            "x.USER_ID=anna",
            "x.SAVE_PASSWORD=false",
            "x.PASSWORD_LENGTH=8",
            "x.USER_ID={{ extra.pin }}",
            "{% if extra['pin'] %}",
            "{% if password %}",
            "x.URL=https://p/?user=${username}&password=${password}&pin={{ extra.pin }}",
            "net.java.sip.communicator.impl.protocol.sip.acc1.FORCE_PROXY_BYPASS=true",
            "net.java.sip.communicator.util.dns.pin.example.org=x",
        ] {
            assert_eq!(shown_line(written, false), (written.to_owned(), written.len()));
        }
    }

    #[test]
    fn a_line_that_continues_another_is_not_shown() {
        assert_eq!(shown_line("  hunter2", true).0, "");
    }

    #[test]
    fn secrets_are_shown_as_they_are_written() {
        for (written, secrets) in [
            ("D.PASSWORD=hunter2", &["hunter2"][..]),
            ("x.PASSWORD={{ user.name }}hunter2{{ user.name }}", &["hunter2"]),
            ("{% set turn = turn_credentials('hunter2', '1h') %}", &["hunter2", "1h"]),
            ("x.PIN={{ extra.pin | default('1234') }}", &["1234"]),
            ("x.PASSWORD={{ password }}", &[]),
            ("x.USER_ID=anna", &[]),
        ] {
            assert_eq!(secrets_of(written), secrets, "{written}");
        }
    }

    proptest::proptest! {
        #[test]
        fn no_line_makes_it_panic(written in "[a.=:{}%'\"\\\\ #?&/@pinPASSWORD\u{e9}]{0,30}") {
            let (shown, kept) = shown_line(&written, false);
            proptest::prop_assert!(written.get(..kept) == shown.get(..kept));
            secrets_of(&written);
        }
    }
}
