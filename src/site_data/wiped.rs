//! Memory that is wiped before it is given back.

use std::ops::Range;

use zeroize::Zeroizing;

/// Most that a command or endpoint may deliver, in bytes.
pub(super) const MAX_DELIVERED_BYTES: usize = 16 * 1024 * 1024;

/// Bytes, secrets among them, one behind the other. The memory that held them is overwritten before it is given back, also
/// when there get more of them: a plain `Vec` that grows leaves its old memory as it was.
#[derive(Default, PartialEq)]
pub(super) struct Wiped(Zeroizing<Vec<u8>>);

impl Wiped {
    /// Nothing yet, with room for `capacity` bytes.
    pub(super) fn with_capacity(capacity: usize) -> Self {
        Self(Zeroizing::new(Vec::with_capacity(capacity)))
    }

    /// All bytes.
    pub(super) fn bytes(&self) -> &[u8] {
        &self.0
    }

    /// How many bytes there are.
    pub(super) fn len(&self) -> usize {
        self.0.len()
    }

    /// Adds `bytes`.
    pub(super) fn push(&mut self, bytes: &[u8]) {
        let needed = self.0.len() + bytes.len();
        if needed > self.0.capacity() {
            self.resize(needed.max(2 * self.0.capacity()));
        }
        self.0.extend_from_slice(bytes);
    }

    /// Gives back what is not used.
    pub(super) fn shrink(&mut self) {
        if self.0.len() < self.0.capacity() {
            self.resize(self.0.len());
        }
    }

    /// The text in `range`; none when there is no text.
    pub(super) fn text(&self, range: Range<usize>) -> Option<&str> {
        std::str::from_utf8(self.0.get(range)?).ok()
    }

    fn resize(&mut self, capacity: usize) {
        let mut other = Zeroizing::new(Vec::with_capacity(capacity));
        other.extend_from_slice(&self.0);
        self.0 = other;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_stay_what_they_are_while_others_come() {
        let mut wiped = Wiped::with_capacity(1);
        for round in 0..100 {
            wiped.push("käse".as_bytes());
            assert_eq!(wiped.len(), 5 * (round + 1));
        }
        wiped.shrink();
        assert_eq!(wiped.text(495..500), Some("käse"));
        assert_eq!(wiped.text(495..501), None);
        assert_eq!(wiped.text(0..2), None);
        assert_eq!(wiped.bytes().len(), 500);
    }
}
