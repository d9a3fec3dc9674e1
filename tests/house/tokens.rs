//! The words and signs of Rust source, without comments, and strings as one token.

/// A word, a sign or a string, with its line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Token {
    /// A word, `::`, one other sign, or a string's content after a `"`.
    pub(crate) text: String,
    /// From 1.
    pub(crate) line: usize,
}

impl Token {
    /// Whether it is a word: a name, a keyword or a number.
    pub(crate) fn is_word(&self) -> bool {
        self.text.starts_with(|c: char| c.is_alphanumeric() || c == '_')
    }
}

/// The tokens of a file.
pub(crate) fn tokens(source: &str) -> Vec<Token> {
    let text: Vec<char> = source.chars().collect();
    let (mut tokens, mut at, mut line) = (Vec::new(), 0, 1);
    while let Some(&first) = text.get(at) {
        let rest = &text[at..];
        let (kept, length) = match first {
            '/' if rest.starts_with(&['/', '/']) => (None, until(rest, |c| c == '\n')),
            '/' if rest.starts_with(&['/', '*']) => (None, block_comment(rest)),
            '"' => (Some(string(rest, 0)), string_length(rest)),
            '\'' => (None, quote_length(rest)),
            _ if raw_string(rest).is_some() => {
                let (start, length) = raw_string(rest).unwrap();
                (Some(string(&rest[..length], start)), length)
            }
            _ if first.is_alphanumeric() || first == '_' => {
                let length = until(rest, |c| !(c.is_alphanumeric() || c == '_'));
                (Some(rest[..length].iter().collect()), length)
            }
            ':' if rest.starts_with(&[':', ':']) => (Some("::".to_owned()), 2),
            _ if first.is_whitespace() => (None, 1),
            _ => (Some(first.to_string()), 1),
        };
        tokens.extend(kept.map(|text| Token { text, line }));
        let length = length.clamp(1, rest.len());
        line += rest[..length].iter().filter(|c| **c == '\n').count();
        at += length;
    }
    tokens
}

fn until(text: &[char], is_end: impl Fn(char) -> bool) -> usize {
    text.iter().position(|c| is_end(*c)).unwrap_or(text.len())
}

/// Comments in `/*` can hold others.
fn block_comment(text: &[char]) -> usize {
    let (mut depth, mut at) = (0, 0);
    while at < text.len() {
        if text[at..].starts_with(&['/', '*']) {
            (depth, at) = (depth + 1, at + 2);
        } else if text[at..].starts_with(&['*', '/']) {
            (depth, at) = (depth - 1, at + 2);
            if depth == 0 {
                break;
            }
        } else {
            at += 1;
        }
    }
    at
}

/// A string's content, as written, after one `"`.
fn string(text: &[char], start: usize) -> String {
    let content = text.get(start..).unwrap_or_default().iter().collect::<String>();
    format!("\"{}", content.trim_matches(['"', '#']).split('"').next().unwrap_or_default())
}

fn string_length(text: &[char]) -> usize {
    let mut at = 1;
    while let Some(c) = text.get(at) {
        match c {
            '\\' => at += 2,
            '"' => return at + 1,
            _ => at += 1,
        }
    }
    at
}

/// Where the content of `r"…"`, `br#"…"#` or `b"…"` starts, and the length of the whole.
fn raw_string(text: &[char]) -> Option<(usize, usize)> {
    let prefix = until(text, |c| !matches!(c, 'r' | 'b' | 'c'));
    let marks = until(text.get(prefix..)?, |c| c != '#');
    let start = prefix + marks;
    if prefix == 0 || prefix > 2 || text.get(start) != Some(&'"') {
        return None;
    }
    if !text[..prefix].contains(&'r') {
        return Some((start, start + string_length(&text[start..])));
    }
    let end: Vec<char> = std::iter::once('"').chain(std::iter::repeat_n('#', marks)).collect();
    let content = &text[start + 1..];
    let length = (0..content.len()).find(|at| content[*at..].starts_with(&end))?;
    Some((start, start + 1 + length + end.len()))
}

/// A character in quotes, or the quote of a lifetime.
fn quote_length(text: &[char]) -> usize {
    match text {
        [_, '\\', rest @ ..] => 3 + until(rest.get(1..).unwrap_or_default(), |c| c == '\'') + 1,
        [_, _, '\'', ..] => 3,
        _ => 1,
    }
}

#[test]
fn comments_strings_and_characters_hold_no_paths() {
    let source =
        "a::b /* crate::x /* y */ z */ \"crate::\\\"q\" '\"' '\\'' 'a r#\"crate::z\"# b\"\\\"\" // crate::c\nd";
    let found: Vec<_> = tokens(source).into_iter().map(|token| (token.text, token.line)).collect();
    let texts: Vec<&str> = found.iter().map(|(text, _)| &**text).filter(|text| !text.starts_with('"')).collect();
    assert_eq!(texts, ["a", "::", "b", "a", "d"]);
    assert_eq!(found.last().unwrap().1, 2);
}
