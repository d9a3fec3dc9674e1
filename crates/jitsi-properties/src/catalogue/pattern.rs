//! Keys, placeholders and all, as trees of what they have in common.

/// What may follow a beginning.
#[derive(Debug)]
pub(super) struct Branch {
    /// The place of the key that is over here.
    pub(super) key: Option<u16>,
    /// The first bytes of the literals, each another one.
    pub(super) firsts: &'static [u8],
    pub(super) literals: &'static [(&'static [u8], Branch)],
    pub(super) holes: &'static [(Hole, Branch)],
}

/// A placeholder, by what it matches: as many bytes as it can.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Hole {
    /// `<acc>`: an account's id.
    Account,
    /// `<n>`, `<hash>`: digits.
    Digits,
    /// `<id>`: ASCII letters, digits, `_` and `-`.
    Word,
    /// `<room>`: anything without a dot.
    Segment,
    /// `<codec>`: a word, `/` and digits.
    Codec,
    /// `<domain>`, `<name>`, `<uid>`: anything, dots too, up to what the key ends with.
    Dotted,
}

impl Branch {
    /// The place of the key that a text is of. Where a literal and a placeholder match, the literal counts.
    pub(super) fn find(&self, text: &str) -> Option<usize> {
        self.walk(text.as_bytes()).map(usize::from)
    }

    fn walk(&self, mut text: &[u8]) -> Option<u16> {
        let mut branch = self;
        loop {
            let Some(first) = text.first() else { return branch.key };
            let place = branch.firsts.iter().position(|one| one == first);
            let literal = place.and_then(|place| branch.literals.get(place));
            let literal = literal.and_then(|(literal, next)| Some((next, text.strip_prefix(*literal)?)));
            match literal {
                Some(behind) if branch.holes.is_empty() => (branch, text) = behind,
                _ => {
                    let by_literal = literal.and_then(|(next, rest)| next.walk(rest));
                    return by_literal.or_else(|| branch.fill(text));
                }
            }
        }
    }

    /// Of several placeholders that match, the key counts that comes first in the file.
    fn fill(&self, text: &[u8]) -> Option<u16> {
        let found = self.holes.iter().filter_map(|(hole, next)| match hole {
            Hole::Dotted => next.ending(text),
            hole => hole.take(text).and_then(|rest| next.walk(rest)),
        });
        found.min()
    }

    /// Nothing but an end may follow a placeholder for names with dots, which the build script sees to.
    fn ending(&self, text: &[u8]) -> Option<u16> {
        let ending = self.literals.iter().filter(|(end, _)| text.len() > end.len() && text.ends_with(end));
        self.key.into_iter().chain(ending.filter_map(|(_, end)| end.key)).min()
    }
}

impl Hole {
    /// The rest of a text after this placeholder; none when it does not match.
    fn take(self, text: &[u8]) -> Option<&[u8]> {
        let is_word = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-';
        match self {
            Self::Account => text.starts_with(b"acc").then(|| segment(text)),
            Self::Digits => run(text, |byte| byte.is_ascii_digit()),
            Self::Word => run(text, is_word),
            Self::Segment => Some(segment(text)).filter(|rest| rest.len() < text.len()),
            Self::Codec => {
                run(text, is_word)?.strip_prefix(b"/").and_then(|rate| run(rate, |byte| byte.is_ascii_digit()))
            }
            Self::Dotted => None,
        }
    }
}

/// What is left behind the bytes that are allowed; none when there is none of these.
fn run(text: &[u8], is_allowed: impl Fn(u8) -> bool) -> Option<&[u8]> {
    let end = text.iter().position(|byte| !is_allowed(*byte)).unwrap_or(text.len());
    if end == 0 { None } else { text.get(end..) }
}

/// What is left from the first dot on.
fn segment(text: &[u8]) -> &[u8] {
    text.iter().position(|byte| *byte == b'.').and_then(|end| text.get(end..)).unwrap_or_default()
}
