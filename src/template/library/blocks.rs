//! Blocks, tags and comments that are not closed, for which the engine has no words that help.

use super::source::SourceFile;
use crate::template::error::LocatedError;

/// The statements that need an end. `set` needs one when it sets nothing itself.
const OPENERS: [&str; 9] = ["for", "if", "with", "set", "block", "macro", "call", "filter", "autoescape"];

/// What is open or closed wrongly, where the engine has met the end of the text or an end that it did not expect; none
/// when that is not clear. `detail` is what the engine says.
pub(in crate::template) fn unbalanced(source: &SourceFile, detail: &str) -> Option<LocatedError> {
    const OURS: [&str; 4] =
        ["unknown statement end", "unexpected end of input", "unexpected end of comment", "unexpected end of raw"];
    if !OURS.iter().any(|ours| detail.starts_with(ours)) {
        return None;
    }
    let (at, message) = first(&source.text)?;
    Some(LocatedError::at(&source.name, line_at(&source.text, at), message))
}

/// The first thing that is wrong, and where in the text it stands.
fn first(text: &str) -> Option<(usize, String)> {
    let never = |at: usize, what: &str, end: &str| {
        Some((at, format!("{what} of line {} is never closed; write `{end}`", line_at(text, at))))
    };
    let mut open: Vec<(usize, &str)> = Vec::new();
    let mut from = 0;
    while let Some((at, kind)) = next(text, from) {
        let inside = text.get(at + kind.len()..)?;
        if kind == "{#" {
            let Some(length) = inside.find("#}") else {
                let message =
                    format!("the comment that begins in line {} is never closed; write `#}}`", line_at(text, at));
                return Some((at, message));
            };
            from = at + kind.len() + length;
            continue;
        }
        let end = if kind == "{{" { "}}" } else { "%}" };
        let Some(tag) = Tag::read(inside, end) else { return never(at, &format!("`{kind}`"), end) };
        from = at + kind.len() + tag.length;
        let word = if kind == "{%" { tag.word } else { "" };
        if word == "raw" {
            let Some(length) = end_of_raw(text.get(from..)?) else { return never(at, "`{% raw %}`", "{% endraw %}") };
            from += length;
        } else if OPENERS.contains(&word) && !(word == "set" && tag.assigns) {
            open.push((at, word));
        } else if let Some(closed) = word.strip_prefix("end") {
            match open.pop() {
                Some((_, opened)) if opened == closed => {}
                Some((start, opened)) => {
                    let line = line_at(text, start);
                    return Some((
                        at,
                        format!("`{{% {word} %}}` here, but `{{% {opened} %}}` of line {line} is still open"),
                    ));
                }
                None => return Some((at, format!("`{{% {word} %}}` here, but nothing is open that it could close"))),
            }
        }
    }
    let (at, word) = open.pop()?;
    never(at, &format!("`{{% {word} %}}`"), &format!("{{% end{word} %}}"))
}

/// Where the next tag or comment begins, and with what.
fn next(text: &str, from: usize) -> Option<(usize, &'static str)> {
    text.get(from..)?.match_indices('{').find_map(|(at, _)| {
        let rest = text.get(from + at..)?;
        let kind = ["{{", "{%", "{#"].into_iter().find(|kind| rest.starts_with(kind))?;
        Some((from + at, kind))
    })
}

/// The inside of a tag.
struct Tag<'t> {
    /// Its length in bytes, with the end of the tag.
    length: usize,
    /// The first word.
    word: &'t str,
    /// Whether there is a `=` outside of brackets and texts.
    assigns: bool,
}

impl<'t> Tag<'t> {
    /// Reads up to `end`, which counts neither in a text literal nor in brackets; none when it does not come.
    fn read(text: &'t str, end: &str) -> Option<Self> {
        let (mut depth, mut assigns) = (0_usize, false);
        let mut letters = text.char_indices();
        while let Some((at, letter)) = letters.next() {
            if depth == 0 && text.get(at..)?.starts_with(end) {
                let inside = text.get(..at)?.trim_start_matches(['-', '+']).trim_start();
                let word = inside.split(|letter: char| !letter.is_ascii_alphanumeric() && letter != '_').next()?;
                return Some(Self { length: at + end.len(), word, assigns });
            }
            match letter {
                '"' | '\'' => loop {
                    match letters.next()?.1 {
                        '\\' => drop(letters.next()),
                        quote if quote == letter => break,
                        _ => {}
                    }
                },
                '(' | '[' | '{' => depth += 1,
                ')' | ']' | '}' => depth = depth.saturating_sub(1),
                '=' if depth == 0 => assigns = true,
                _ => {}
            }
        }
        None
    }
}

/// How far the `{% endraw %}` is, with itself.
fn end_of_raw(text: &str) -> Option<usize> {
    const SIGNS: [char; 2] = ['-', '+'];
    text.match_indices("{%").find_map(|(at, start)| {
        let inside = text.get(at + start.len()..)?;
        let behind = inside.trim_start_matches(SIGNS).trim_start().strip_prefix("endraw")?;
        let behind = behind.trim_start().trim_start_matches(SIGNS).strip_prefix("%}")?;
        Some(text.len() - behind.len())
    })
}

/// The line that holds a byte, from 1.
fn line_at(text: &str, at: usize) -> usize {
    text.bytes().take(at).filter(|byte| *byte == b'\n').count() + 1
}

#[cfg(test)]
mod tests {
    use minijinja::machinery;
    use proptest::prelude::*;

    use super::*;
    use crate::template::language::environment::syntax;

    /// The error for a text that the engine refuses.
    #[track_caller]
    fn reported(text: &str) -> String {
        let error = machinery::parse(text, "t", syntax()).expect_err(text);
        let source = SourceFile { name: "t".to_owned(), text: text.to_owned() };
        let found = unbalanced(&source, error.detail().unwrap_or_default());
        found.map_or_else(|| format!("the engine: {error}"), |error| error.to_string())
    }

    #[test]
    fn what_is_never_closed_is_reported_with_its_first_line() {
        let reported_in = |text: &str| reported(&format!("a=b\n{text}\nc=d\n"));
        insta::assert_snapshot!(reported_in("{% if true %}"), @"t:2: `{% if %}` of line 2 is never closed; write `{% endif %}`");
        insta::assert_snapshot!(reported_in("{%- for x in [1] -%}\n{% if x %}{% endif %}"), @"t:2: `{% for %}` of line 2 is never closed; write `{% endfor %}`");
        insta::assert_snapshot!(reported_in("{% set x %}{% set y = 1 %}"), @"t:2: `{% set %}` of line 2 is never closed; write `{% endset %}`");
        insta::assert_snapshot!(reported_in("{# open"), @"t:2: the comment that begins in line 2 is never closed; write `#}`");
        insta::assert_snapshot!(reported_in("{% raw %}{% if %}"), @"t:2: `{% raw %}` of line 2 is never closed; write `{% endraw %}`");
        insta::assert_snapshot!(reported("a=b\n{{ user.name"), @"t:2: `{{` of line 2 is never closed; write `}}`");
        insta::assert_snapshot!(reported("a=b\n{% if true"), @"t:2: `{%` of line 2 is never closed; write `%}`");
    }

    #[test]
    fn an_end_that_closes_something_else_is_reported_with_what_is_open() {
        insta::assert_snapshot!(reported("\n{% for x in [] %}\n{% endif %}{% endfor %}"), @"t:3: `{% endif %}` here, but `{% for %}` of line 2 is still open");
        insta::assert_snapshot!(reported("{% if true %}\n{% endfi %}"), @"t:2: `{% endfi %}` here, but `{% if %}` of line 1 is still open");
        insta::assert_snapshot!(reported("a=b\n{% endif %}"), @"t:2: `{% endif %}` here, but nothing is open that it could close");
    }

    #[test]
    fn texts_and_comments_are_no_tags() {
        let before = "{{ '{% if %}' }}{# {% for %} #}{% raw %}{% with %}{{{% endraw %}{{ {'a': {'b': 1}} }}\
                      {{ 'it\\'s %} {#' }}{% set x = {'%}': 1} %}{% set y | replace('=', b='=') %}{% endset %}\n";
        assert_eq!(first(before), None);
        insta::assert_snapshot!(reported(&format!("{before}{{% block x %}}")), @"t:2: `{% block %}` of line 2 is never closed; write `{% endblock %}`");
    }

    #[test]
    fn other_mistakes_are_left_to_the_engine() {
        for text in ["{% if %}\n{% endif %}", "{% iff x %}{% endif %}", "{{ 'a }}", "{{ a b }}"] {
            assert!(reported(text).starts_with("the engine: "), "{text}: {}", reported(text));
        }
    }

    proptest! {
        #[test]
        fn no_text_is_too_odd(text in "([{}%#'\"\\\\\n =-]|if|end|raw|set|ü){0,40}") {
            let source = SourceFile { name: "t".to_owned(), text };
            drop(unbalanced(&source, "unexpected end of input"));
        }
    }

    proptest! {
        #[test]
        fn what_the_engine_takes_is_closed(text in "(\\{% (if x|for x in y|set x|set x = 1|endif|endfor|endset) %\\}|\\{\\{ x \\}\\}|\\{# x #\\}|'|a\n){0,6}") {
            if machinery::parse(&text, "t", syntax()).is_ok() {
                prop_assert_eq!(first(&text), None);
            }
        }
    }
}
