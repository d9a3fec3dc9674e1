//! What is written, and where in the text the writing is.

/// Writes a template down again.
pub(super) struct Writer<'s> {
    pub(super) source: &'s str,
    pub(super) out: String,
    /// The line of the output that is being written.
    pub(super) line: usize,
}

impl Writer<'_> {
    pub(super) fn put(&mut self, text: &str) {
        self.line += text.matches('\n').count();
        self.out.push_str(text);
    }

    /// Goes on to `line`, inside a tag.
    pub(super) fn reach(&mut self, line: u16) {
        while self.line < usize::from(line) {
            self.put("\n");
        }
    }

    /// Goes on to `line`, outside of tags.
    pub(super) fn reach_outside(&mut self, line: usize) {
        if self.line < line {
            let breaks = "\n".repeat(line - self.line);
            self.put(&format!("{{#{breaks}#}}"));
        }
    }

    pub(super) fn open(&mut self, line: u16, tag: &str) {
        self.reach_outside(usize::from(line));
        self.put(tag);
    }
}
