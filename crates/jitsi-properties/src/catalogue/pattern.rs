//! Keys with placeholders.

/// What patterns have in common: a piece, and what may follow it.
#[derive(Debug)]
pub(super) struct Node {
    pub(super) piece: Piece,
    /// The place of the key whose pattern ends here.
    pub(super) key: Option<usize>,
    pub(super) next: &'static [Node],
}

/// A part of a pattern.
#[derive(Debug)]
pub(super) enum Piece {
    Literal(&'static str),
    Hole(Hole),
}

/// A placeholder, by what it matches: as many characters as it can.
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
    /// `<domain>`, `<name>`, `<uid>`: anything, dots too, up to what the pattern ends with.
    Dotted,
}

/// The place of the first key, in the order of the file, whose pattern a text is of.
pub(super) fn matching(patterns: &[Node], text: &str) -> Option<usize> {
    let mut found: Option<usize> = None;
    for node in patterns {
        let of_node = node.matching(text);
        found = match (found, of_node) {
            (Some(one), Some(other)) => Some(one.min(other)),
            (one, other) => one.or(other),
        };
    }
    found
}

impl Node {
    fn matching(&self, text: &str) -> Option<usize> {
        let rest = match self.piece {
            // Most differ in the first letter already.
            Piece::Literal(literal) if text.as_bytes().first() != literal.as_bytes().first() => return None,
            Piece::Literal(literal) => text.strip_prefix(literal)?,
            Piece::Hole(Hole::Dotted) => return self.matching_dotted(text),
            Piece::Hole(hole) => hole.take(text)?,
        };
        if rest.is_empty() { self.key } else { matching(self.next, rest) }
    }

    /// Nothing but an end may follow such a placeholder, which the build script sees to.
    fn matching_dotted(&self, text: &str) -> Option<usize> {
        let with_end = self.next.iter().filter_map(|next| match next.piece {
            Piece::Literal(end) => next.key.filter(|_| text.len() > end.len() && text.ends_with(end)),
            Piece::Hole(_) => None,
        });
        self.key.filter(|_| !text.is_empty()).into_iter().chain(with_end).min()
    }
}

impl Hole {
    /// The rest of a text after this placeholder; none when it does not match.
    fn take(self, text: &str) -> Option<&str> {
        let is_word = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-';
        match self {
            Self::Account => text.starts_with("acc").then(|| run(text, |byte| byte != b'.')).flatten(),
            Self::Digits => run(text, |byte| byte.is_ascii_digit()),
            Self::Word => run(text, is_word),
            Self::Segment => run(text, |byte| byte != b'.'),
            Self::Codec => {
                run(text, is_word)?.strip_prefix('/').and_then(|rate| run(rate, |byte| byte.is_ascii_digit()))
            }
            Self::Dotted => None,
        }
    }
}

/// What is left behind the bytes that are allowed; none when there is none of these. The first that is not allowed must
/// begin a character.
fn run(text: &str, is_allowed: impl Fn(u8) -> bool) -> Option<&str> {
    let end = text.bytes().position(|byte| !is_allowed(byte)).unwrap_or(text.len());
    if end == 0 { None } else { text.get(end..) }
}

#[cfg(test)]
mod tests {
    use super::Hole::{Account, Codec, Digits, Dotted, Segment};
    use super::Piece::{Hole, Literal};
    use super::*;

    const fn end(piece: Piece, key: usize) -> Node {
        Node { piece, key: Some(key), next: &[] }
    }

    const fn then(piece: Piece, next: &'static [Node]) -> Node {
        Node { piece, key: None, next }
    }

    #[test]
    fn each_placeholder_has_its_letters() {
        const PATTERNS: &[Node] = &[
            then(Literal("STUN"), &[then(Hole(Digits), &[end(Literal("ADDRESS"), 0), end(Literal("PORT"), 1)])]),
            then(Literal("Encodings."), &[end(Hole(Codec), 2)]),
            Node {
                piece: Hole(Account),
                key: Some(3),
                next: &[then(
                    Literal(".chatRooms."),
                    &[Node { piece: Hole(Segment), key: Some(5), next: &[end(Literal(".autoJoin"), 4)] }],
                )],
            },
            then(Literal("param."), &[end(Hole(Dotted), 6)]),
            then(Literal("x"), &[then(Hole(Dotted), &[end(Literal(".xcap.PASSWORD"), 7)])]),
        ];
        for (text, key) in [
            ("STUN0ADDRESS", Some(0)),
            ("STUN10PORT", Some(1)),
            ("STUNADDRESS", None),
            ("STUNxADDRESS", None),
            ("STUN0ADDRESSx", None),
            ("STUN0", None),
            ("Encodings.H264/90000", Some(2)),
            ("Encodings.telephone-event/8000", Some(2)),
            ("Encodings.H264", None),
            ("Encodings.H264/90000x", None),
            ("Encodings.é/90000", None),
            ("accx", Some(3)),
            ("accé", Some(3)),
            ("accx.y", None),
            ("other", None),
            ("accx.chatRooms.room1", Some(5)),
            ("accx.chatRooms.räum", Some(5)),
            ("accx.chatRooms.room1.autoJoin", Some(4)),
            ("x.chatRooms.room1.autoJoin", None),
            ("param._xmpp-client.example.org", Some(6)),
            ("param.", None),
            ("xSIP:1001@pbx.example.org.xcap.PASSWORD", Some(7)),
            ("x.xcap.PASSWORD", None),
            ("xSIP:1001@pbx.example.org.xcap.PASSWORD.x", None),
        ] {
            assert_eq!(matching(PATTERNS, text), key, "{text}");
        }
    }

    #[test]
    fn of_two_patterns_the_first_of_the_file_counts() {
        const PATTERNS: &[Node] = &[end(Hole(Segment), 2), end(Hole(Digits), 1)];
        assert_eq!(matching(PATTERNS, "12"), Some(1));
        assert_eq!(matching(PATTERNS, "1x"), Some(2));
    }
}
