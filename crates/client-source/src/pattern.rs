//! Names with open places: `*` in those from the source, `<word>` in those of the catalogue.

use crate::evaluate::HOLE;

/// A catalogue's key with a hole for each placeholder.
pub(crate) fn with_holes(key: &str) -> String {
    let mut text = String::new();
    let mut rest = key;
    while let Some((literal, behind)) = rest.split_once('<') {
        text.push_str(literal);
        text.push_str(HOLE);
        rest = behind.split_once('>').map_or("", |(_, behind)| behind);
    }
    text + rest
}

/// Whether one text can be of both patterns.
pub(crate) fn overlap(one: &str, other: &str) -> bool {
    if !ends_agree(one.bytes(), other.bytes()) || !ends_agree(one.bytes().rev(), other.bytes().rev()) {
        return false;
    }
    let (one, other): (Vec<char>, Vec<char>) = (one.chars().collect(), other.chars().collect());
    // What can be reached: row by row of `one`, whether its beginning and that of `other` can be the same text.
    let mut row: Vec<bool> = (0..=other.len()).map(|end| other.iter().take(end).all(|letter| *letter == '*')).collect();
    for letter in &one {
        let mut next = vec![false; row.len()];
        for (place, reached) in row.iter().enumerate() {
            let before = place.checked_sub(1);
            let theirs = before.and_then(|before| other.get(before)).copied();
            let diagonal = before.and_then(|before| row.get(before)).copied().unwrap_or_default();
            let left = before.and_then(|before| next.get(before)).copied().unwrap_or_default();
            let is_open = *letter == '*' || theirs == Some('*');
            let meets = is_open && (*reached || left) || theirs == Some(*letter) && diagonal;
            if let Some(cell) = next.get_mut(place) {
                *cell = meets;
            }
        }
        row = next;
    }
    row.last().copied().unwrap_or_default()
}

/// Whether two texts are the same up to the first hole. Most that differ do so before it.
fn ends_agree(one: impl Iterator<Item = u8>, other: impl Iterator<Item = u8>) -> bool {
    let first = one.zip(other).find(|(one, other)| one != other || *one == b'*');
    first.is_none_or(|(one, other)| one == b'*' || other == b'*')
}

/// Whether a pattern from the source says enough to stand for a key of the catalogue: its end has a name, or its last
/// hole is where the key has a placeholder.
pub(crate) fn stands_for(pattern: &str, key: &str) -> bool {
    let Some((before, _)) = pattern.rsplit_once(HOLE) else { return overlap(pattern, &with_holes(key)) };
    let holes = with_holes(key);
    let is_aligned = holes
        .match_indices(HOLE)
        .any(|(place, _)| holes.get(..place).is_some_and(|literal| overlap(before, literal)) && !before.is_empty());
    (has_named_end(pattern) || is_aligned) && overlap(pattern, &holes)
}

/// Whether a name follows behind the last hole.
pub(crate) fn has_named_end(pattern: &str) -> bool {
    let end = pattern.rsplit_once(HOLE).map_or(pattern, |(_, end)| end);
    end.chars().filter(|letter| letter.is_alphanumeric()).count() >= 4
}

/// Whether a pattern says so little that no key can be looked up by it.
pub(crate) fn is_vague(pattern: &str) -> bool {
    pattern.starts_with(HOLE) || pattern.chars().filter(|letter| letter.is_alphanumeric()).count() < 5
}

/// Whether a text is of a pattern; the holes of the text are letters like others.
pub(crate) fn is_of(text: &str, pattern: &str) -> bool {
    overlap(&text.replace(HOLE, "#"), pattern)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_overlap_when_a_text_can_be_of_both() {
        for (one, other, is_so) in [
            ("a.b", "a.b", true),
            ("a.b", "a.c", false),
            ("a.*", "a.b.c", true),
            ("a.*.c", "a.b.*", true),
            ("*", "", true),
            ("a*", "b*", false),
            ("*.b", "a.*", true),
            ("a.*.c", "a.c", false),
        ] {
            assert_eq!(overlap(one, other), is_so, "{one} {other}");
            assert_eq!(overlap(other, one), is_so, "{other} {one}");
        }
    }

    #[test]
    fn a_pattern_stands_for_a_key_when_it_says_enough() {
        assert!(stands_for("dir*.port", "dir<hash>.port"));
        assert!(!stands_for("dir*.port", "dir<hash>.host"));
        assert!(stands_for("net.param.*", "net.param.<domain>"));
        assert!(!stands_for("net.*", "net.param.<domain>"));
        assert!(stands_for("net.param.example.org", "net.param.<domain>"));
        assert!(!stands_for("*", "net.param.<domain>"));
    }

    #[test]
    fn a_reason_is_for_texts_of_its_pattern() {
        assert!(is_of("a.*.c", "a.*.c"));
        assert!(is_of("a.x.c", "a.*"));
        assert!(!is_of("a.*", "a.x"));
    }
}
