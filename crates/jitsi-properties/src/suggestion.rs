//! "Did you mean": which of the known words an unknown one was probably meant to be.
//!
//! The measure is the number of slips: letters that are missing, added, wrong, or swapped with their neighbour (the
//! optimal string alignment distance), with upper and lower case of ASCII taken as equal. A third of the word's letters
//! may be slips, rounded to the nearest number, but at most three. So a comparison ends at the fourth slip.

use std::str::Chars;

/// Most slips in any word.
const MAX_SLIPS: usize = 3;

/// Longest word that is compared, in bytes.
const LONGEST: usize = 256;

/// The one of `known` that `word` was probably meant to be; the first of several that are equally close.
///
/// ```
/// use jitsi_properties::suggestion::nearest;
///
/// assert_eq!(nearest("passwrod", ["username", "password"]), Some("password"));
/// assert_eq!(nearest("colour", ["username", "password"]), None);
/// ```
#[must_use]
pub fn nearest<'a>(word: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    if word.len() > LONGEST {
        return None;
    }
    let letters = word.chars().count();
    let mut most = ((letters + 1) / 3).min(MAX_SLIPS);
    let mut nearest = None;
    for known in known {
        // A letter has up to four bytes.
        if known.len().abs_diff(word.len()) > 4 * most || known.chars().count().abs_diff(letters) > most {
            continue;
        }
        if let Some(slips) = slips(word.chars(), known.chars(), most) {
            nearest = Some(known);
            if slips == 0 {
                break;
            }
            most = slips - 1;
        }
    }
    nearest
}

/// The number of slips between two words; none when there are more than `most`.
///
/// Tries every slip at the first letter that differs, so `most` has to be small.
fn slips(mut one: Chars<'_>, mut other: Chars<'_>, most: usize) -> Option<usize> {
    loop {
        let (one_left, other_left) = (one.clone(), other.clone());
        let (a, b) = (one.next(), other.next());
        if a.is_none() && b.is_none() {
            return Some(0);
        }
        if alike(a, b) {
            continue;
        }
        let most = most.checked_sub(1)?;
        let added = a.and_then(|_| slips(one.clone(), other_left, most));
        let missing = b.and_then(|_| slips(one_left, other.clone(), most));
        let both = a.zip(b);
        let wrong = both.and_then(|_| slips(one.clone(), other.clone(), most));
        let is_swapped = alike(one.next(), b) && alike(other.next(), a);
        let swapped = both.filter(|_| is_swapped).and_then(|_| slips(one, other, most));
        return [added, missing, wrong, swapped].into_iter().flatten().min().map(|slips| slips + 1);
    }
}

fn alike(a: Option<char>, b: Option<char>) -> bool {
    a.zip(b).is_some_and(|(a, b)| a.eq_ignore_ascii_case(&b))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn each_kind_of_slip_counts_once() {
        for (word, meant) in [
            ("passwrd", "password"),
            ("passsword", "password"),
            ("passvord", "password"),
            ("passwrod", "password"),
            ("PASSWORD", "password"),
            ("größe", "grösse"),
        ] {
            assert!(slips(word.chars(), meant.chars(), 2).is_some_and(|slips| slips <= 2), "{word}");
            assert_eq!(nearest(word, ["user", meant, "host"]), Some(meant), "{word}");
        }
    }

    #[test]
    fn a_third_of_the_letters_may_be_slips_but_at_most_three() {
        assert_eq!(nearest("hosd", ["host"]), Some("host"));
        assert_eq!(nearest("port", ["host"]), None);
        assert_eq!(nearest("hxxts", ["hosts"]), Some("hosts"));
        assert_eq!(nearest("x", ["y", ""]), None);
        assert_eq!(nearest("", ["y"]), None);
        assert_eq!(nearest("configuration-xxx", ["configuration-abc"]), Some("configuration-abc"));
        assert_eq!(nearest("configuration-xxxx", ["configuration-abcd"]), None);
    }

    #[test]
    fn the_fewest_slips_win_and_then_the_first() {
        assert_eq!(nearest("hoss", ["hogs", "host", "boss"]), Some("hogs"));
        assert_eq!(nearest("hostt", ["hose", "host", "hosts"]), Some("host"));
    }

    #[test]
    fn a_long_word_is_not_compared() {
        let long = "x".repeat(LONGEST + 1);
        assert_eq!(nearest(&long, [long.as_str()]), None);
    }

    proptest! {
        #[test]
        fn slips_are_the_optimal_string_alignment_distance(one in "[abcé]{0,8}", other in "[abcé]{0,8}") {
            let expected = strsim::osa_distance(&one, &other);
            prop_assert_eq!(slips(one.chars(), other.chars(), MAX_SLIPS), Some(expected).filter(|slips| *slips <= MAX_SLIPS));
        }
    }
}
