//! What a command says to the person who typed it.

use std::fmt::Display;
use std::io::Write as _;

/// Writes one line to the standard output. A closed output is nobody's fault.
pub(super) fn say(line: impl Display) {
    drop(writeln!(std::io::stdout().lock(), "{line}"));
}

/// Writes one line to the standard error stream.
pub(super) fn complain(line: impl Display) {
    drop(writeln!(std::io::stderr().lock(), "{line}"));
}

/// Writes bytes as they are to the standard output.
pub(super) fn write(bytes: &[u8]) {
    let mut output = std::io::stdout().lock();
    drop(output.write_all(bytes).and_then(|()| output.flush()));
}
