//! The code itself, as it is shown and typed.

use std::fmt;

use zeroize::Zeroizing;

use crate::model::bytes::sha256;
use crate::model::random::{NoRandomness, random_bytes};

/// Letters that are not taken for one another, nor for a digit, and make no words.
const ALPHABET: &[u8; 22] = b"ABCDEFGHJKMNPQRSTVWXYZ";

/// Letters of a code: 20 of 22 are 89 bits.
const LETTERS: usize = 20;

/// Letters between two hyphens.
const GROUP: usize = 4;

/// A one-time code, such as `BKQM-TZRA-HDWV-CXPN-JEYS`. `Debug` hides it, `Display` shows it.
pub struct LinkCode(Zeroizing<String>);

impl LinkCode {
    /// A new code.
    ///
    /// # Errors
    ///
    /// [`NoRandomness`], when the system gives no random numbers.
    pub fn random() -> Result<Self, NoRandomness> {
        // With room for all of it, so that no part of it stays behind where it was before it grew.
        let mut letters = Zeroizing::new(String::with_capacity(LETTERS));
        // Every letter is as likely as any other, since what is left over of a byte's 256 values is not used.
        let even = 256 / ALPHABET.len() * ALPHABET.len();
        while letters.len() < LETTERS {
            let [byte] = *random_bytes()?;
            let letter = ALPHABET.get(usize::from(byte) % ALPHABET.len()).filter(|_| usize::from(byte) < even);
            letters.extend(letter.map(|letter| char::from(*letter)));
        }
        Ok(Self(letters))
    }

    /// Reads what a person typed: upper or lower case, with or without hyphens and blanks. None when it cannot be a code.
    #[must_use]
    pub fn parse(typed: &str) -> Option<Self> {
        let mut letters = Zeroizing::new(String::with_capacity(LETTERS));
        for character in typed.chars().filter(|c| !c.is_whitespace() && *c != '-') {
            let letter = character.to_ascii_uppercase();
            let is_known = u8::try_from(letter).is_ok_and(|letter| ALPHABET.contains(&letter));
            if !is_known || letters.len() == LETTERS {
                return None;
            }
            letters.push(letter);
        }
        (letters.len() == LETTERS).then_some(Self(letters))
    }

    /// SHA-256 of it. It has so many random bits that no slower function is needed.
    pub(super) fn digest(&self) -> [u8; 32] {
        sha256(self.0.as_bytes())
    }
}

impl fmt::Display for LinkCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, letter) in self.0.chars().enumerate() {
            if at > 0 && at % GROUP == 0 {
                f.write_str("-")?;
            }
            write!(f, "{letter}")?;
        }
        Ok(())
    }
}

impl fmt::Debug for LinkCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("LinkCode([REDACTED])")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_has_five_groups_of_four_letters_and_is_read_as_people_type_it() {
        let code = LinkCode::random().unwrap();
        let shown = code.to_string();
        assert_eq!(shown.split('-').map(str::len).collect::<Vec<_>>(), [4; 5], "{shown}");
        let lower = shown.to_lowercase();
        for typed in [&shown, &lower, &shown.replace('-', ""), &shown.replace('-', " "), &format!(" {lower}\n")] {
            assert_eq!(LinkCode::parse(typed).unwrap().digest(), code.digest(), "{typed}");
        }
        assert_ne!(LinkCode::random().unwrap().digest(), code.digest());
        assert!(!format!("{code:?}").contains(&shown));
    }

    #[test]
    fn what_has_other_letters_or_another_length_is_no_code() {
        let code = LinkCode::random().unwrap().to_string();
        for typed in ["", "-", &code[1..], &format!("{code}A"), &code.replacen(|_| true, "O", 1), &"Ä".repeat(20)] {
            assert!(LinkCode::parse(typed).is_none(), "{typed}");
        }
    }

    #[test]
    fn every_letter_comes_up() {
        let codes: String = (0..200).map(|_| LinkCode::random().unwrap().to_string()).collect();
        for letter in ALPHABET {
            assert!(codes.contains(char::from(*letter)), "{}", char::from(*letter));
        }
    }
}
