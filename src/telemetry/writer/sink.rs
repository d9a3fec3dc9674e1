//! Where the lines go, which may not take them.

use std::io::{ErrorKind, Write};
use std::thread;
use std::time::Duration;

/// Pause before a target that takes nothing now is tried again; no event says when it does.
const PAUSE: Duration = Duration::from_millis(50);

/// Writes lines to a target that may fail, and keeps each on a line of its own.
pub(super) struct Sink<W> {
    target: W,
    /// What was written last is the beginning of a line.
    is_broken: bool,
}

impl<W: Write> Sink<W> {
    pub(super) fn new(target: W) -> Self {
        Self { target, is_broken: false }
    }

    /// Writes whole lines, and gives how many of them are not there or not whole. It waits as long as the target does.
    pub(super) fn write(&mut self, lines: &[u8]) -> u64 {
        if self.is_broken && !self.pieces(b"\n").is_empty() {
            return count(lines);
        }
        count(self.pieces(lines))
    }

    /// Writes as much as the target takes, and gives the rest.
    fn pieces<'a>(&mut self, mut rest: &'a [u8]) -> &'a [u8] {
        while !rest.is_empty() {
            match self.target.write(rest) {
                Ok(0) => break,
                Ok(written) => {
                    let (done, left) = rest.split_at_checked(written).unwrap_or((rest, &[]));
                    self.is_broken = done.last() != Some(&b'\n');
                    rest = left;
                }
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                // Another process that shares the pipe or terminal made it non-blocking.
                Err(error) if error.kind() == ErrorKind::WouldBlock => thread::park_timeout(PAUSE),
                Err(_) => break,
            }
        }
        rest
    }
}

/// The number of lines.
pub(super) fn count(lines: &[u8]) -> u64 {
    lines.iter().map(|byte| u64::from(*byte == b'\n')).sum()
}
