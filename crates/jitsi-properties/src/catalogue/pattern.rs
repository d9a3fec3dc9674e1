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

/// How far literals led with the last key: the next one mostly begins alike, and need not be followed so far again.
#[derive(Debug, Default)]
pub(super) struct Trail<'a> {
    beginning: &'a [u8],
    branch: Option<&'static Branch>,
}

impl Branch {
    /// The place of the key that a text is of. Where a literal and a placeholder match, the literal counts.
    pub(super) fn find<'a>(&'static self, text: &'a str, trail: &mut Trail<'a>) -> Option<usize> {
        let text = text.as_bytes();
        let known = trail.branch.and_then(|branch| Some((branch, text.strip_prefix(trail.beginning)?)));
        let (mut branch, mut rest) = known.unwrap_or((self, text));
        while let Some((next, behind)) = branch.step(rest) {
            (branch, rest) = (next, behind);
            let beginning = text.get(..text.len() - rest.len()).unwrap_or_default();
            if beginning.ends_with(b".") || !branch.holes.is_empty() {
                *trail = Trail { beginning, branch: Some(branch) };
            }
        }
        // The literals may have led past a placeholder.
        branch.walk(rest).or_else(|| self.walk(text)).map(usize::from)
    }

    fn walk(&'static self, mut text: &[u8]) -> Option<u16> {
        let mut branch = self;
        while !text.is_empty() {
            let step = branch.step(text);
            match step {
                Some(behind) if branch.holes.is_empty() => (branch, text) = behind,
                _ => return step.and_then(|(next, rest)| next.walk(rest)).or_else(|| branch.fill(text)),
            }
        }
        branch.key
    }

    /// Behind the literal that a text begins with.
    fn step<'a>(&'static self, text: &'a [u8]) -> Option<(&'static Self, &'a [u8])> {
        let first = text.first()?;
        let place = self.firsts.iter().position(|one| one == first)?;
        let (literal, next) = self.literals.get(place)?;
        Some((next, text.strip_prefix(*literal)?))
    }

    /// Of several placeholders that match, the key counts that comes first in the file.
    fn fill(&'static self, text: &[u8]) -> Option<u16> {
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
