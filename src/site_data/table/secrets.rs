//! Texts that are wiped when they are dropped.

use std::ops::Range;

use zeroize::Zeroizing;

/// Secret texts, one behind the other. The memory that held them is overwritten before it is given back.
#[derive(Default, PartialEq)]
pub(super) struct Secrets(Zeroizing<String>);

impl Secrets {
    /// How many bytes there are.
    pub(super) fn len(&self) -> usize {
        self.0.len()
    }

    /// Adds a text. A `String` that grows by itself would leave its old memory as it was.
    pub(super) fn push(&mut self, text: &str) {
        let needed = self.0.len() + text.len();
        if needed > self.0.capacity() {
            self.resize(needed.max(2 * self.0.capacity()));
        }
        self.0.push_str(text);
    }

    /// Gives back what is not used.
    pub(super) fn shrink(&mut self) {
        if self.0.len() < self.0.capacity() {
            self.resize(self.0.len());
        }
    }

    /// The text in `range`.
    pub(super) fn get(&self, range: Range<usize>) -> Option<&str> {
        self.0.get(range)
    }

    fn resize(&mut self, capacity: usize) {
        let mut other = Zeroizing::new(String::with_capacity(capacity));
        other.push_str(&self.0);
        self.0 = other;
    }
}
