//! Keys with placeholders.

/// A key, or the end of one, with placeholders.
#[derive(Debug, Clone)]
pub(super) struct Pattern {
    pieces: Vec<Piece>,
}

#[derive(Debug, Clone)]
enum Piece {
    Literal(String),
    Hole(Hole),
}

/// A placeholder, by what it matches.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Hole {
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

impl Pattern {
    /// Takes a pattern apart; none when it has a placeholder that is not known.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let mut pieces = Vec::new();
        let mut rest = text;
        while let Some((literal, behind)) = rest.split_once('<') {
            let (name, behind) = behind.split_once('>')?;
            if !literal.is_empty() {
                pieces.push(Piece::Literal(literal.to_owned()));
            }
            pieces.push(Piece::Hole(Hole::named(name)?));
            rest = behind;
        }
        if !rest.is_empty() {
            pieces.push(Piece::Literal(rest.to_owned()));
        }
        Some(Self { pieces })
    }

    /// Whether a text is of this pattern.
    pub(super) fn matches(&self, text: &str) -> bool {
        let mut rest = text;
        let mut pieces = self.pieces.iter().peekable();
        while let Some(piece) = pieces.next() {
            let behind = match piece {
                Piece::Literal(literal) => rest.strip_prefix(literal.as_str()),
                Piece::Hole(Hole::Dotted) => {
                    let end = match pieces.peek() {
                        Some(Piece::Literal(literal)) => literal,
                        Some(Piece::Hole(_)) | None => "",
                    };
                    rest.strip_suffix(end).and_then(|taken| rest.get(taken.len()..).filter(|_| !taken.is_empty()))
                }
                Piece::Hole(hole) => hole.take(rest),
            };
            match behind {
                Some(behind) => rest = behind,
                None => return false,
            }
        }
        rest.is_empty()
    }
}

impl Hole {
    fn named(name: &str) -> Option<Self> {
        Some(match name {
            "acc" => Self::Account,
            "n" | "hash" => Self::Digits,
            "id" => Self::Word,
            "room" => Self::Segment,
            "codec" => Self::Codec,
            "domain" | "name" | "uid" => Self::Dotted,
            _ => return None,
        })
    }

    /// The rest of a text after this placeholder; none when it does not match.
    fn take(self, text: &str) -> Option<&str> {
        let is_word = |letter: char| letter.is_ascii_alphanumeric() || letter == '_' || letter == '-';
        match self {
            Self::Account => text.starts_with("acc").then(|| run(text, |letter| letter != '.')).flatten(),
            Self::Digits => run(text, |letter| letter.is_ascii_digit()),
            Self::Word => run(text, is_word),
            Self::Segment => run(text, |letter| letter != '.'),
            Self::Codec => run(text, is_word)?.strip_prefix('/').and_then(|rate| run(rate, |one| one.is_ascii_digit())),
            Self::Dotted => (!text.is_empty()).then_some(""),
        }
    }
}

/// What is left behind the letters that are allowed; none when there is none of these.
fn run(text: &str, is_allowed: impl Fn(char) -> bool) -> Option<&str> {
    let rest = text.trim_start_matches(is_allowed);
    (rest.len() < text.len()).then_some(rest)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn matches(pattern: &str, text: &str) -> bool {
        Pattern::parse(pattern).unwrap().matches(text)
    }

    #[test]
    fn each_placeholder_has_its_letters() {
        assert!(matches("STUN<n>ADDRESS", "STUN0ADDRESS"));
        assert!(!matches("STUN<n>ADDRESS", "STUNADDRESS"));
        assert!(!matches("STUN<n>ADDRESS", "STUNxADDRESS"));
        assert!(matches("Encodings.<codec>", "Encodings.H264/90000"));
        assert!(matches("Encodings.<codec>", "Encodings.telephone-event/8000"));
        assert!(!matches("Encodings.<codec>", "Encodings.H264"));
        assert!(!matches("Encodings.<codec>", "Encodings.H264/90000x"));
        assert!(matches("dir<hash>.port", "dir1679829923.port"));
        assert!(matches("<acc>.chatRooms.<room>.autoJoin", "accx.chatRooms.room1.autoJoin"));
        assert!(!matches("<acc>.chatRooms.<room>", "accx.chatRooms.room1.autoJoin"));
        assert!(!matches("<acc>", "other"));
        assert!(matches("param.<domain>", "param._xmpp-client.example.org"));
        assert!(!matches("param.<domain>", "param."));
        assert!(matches("<uid>.xcap.PASSWORD", "SIP:1001@pbx.example.org.xcap.PASSWORD"));
        assert!(!matches("<uid>.xcap.PASSWORD", ".xcap.PASSWORD"));
        assert!(!matches("<uid>.xcap.PASSWORD", "SIP:1001@pbx.example.org.xcap.PASSWORD.x"));
    }

    #[test]
    fn a_placeholder_must_be_one_of_those() {
        assert!(Pattern::parse("a.<b>").is_none());
        assert!(Pattern::parse("a.<n").is_none());
    }
}
