//! The text that a template makes, up to a size.

use std::borrow::Cow;
use std::io;

/// How a value is written, so that the reader of the text has it back.
pub type Escape = fn(&str) -> Cow<'_, str>;

/// Largest text a template may make, in bytes: a photo of the largest size fits. What sites send has about 20 KiB.
pub(super) const MAX_OUTPUT: usize = 2 * 1024 * 1024;

/// Room for what sites send, in bytes.
const USUAL: usize = 32 * 1024;

/// Takes as much output as a template may make.
pub(super) struct Limited(Vec<u8>);

impl Limited {
    /// Nothing so far.
    pub(super) fn new() -> Self {
        Self(Vec::with_capacity(USUAL))
    }

    /// The whole text; none when it is not UTF-8.
    pub(super) fn into_text(self) -> Option<String> {
        String::from_utf8(self.0).ok()
    }
}

impl io::Write for Limited {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.0.len() + bytes.len() > MAX_OUTPUT {
            return Err(io::ErrorKind::FileTooLarge.into());
        }
        self.0.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
