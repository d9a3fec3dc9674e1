//! Rules about the text as such: its keys, separators and blanks.

pub(in crate::lint) mod blanks;
pub(in crate::lint) mod keys;
