//! What a command says to the person who typed it.
//!
//! A reader that wants no more (`check | head -1`) changes nothing: the exit code is still that of the command. Output that
//! cannot be written for another reason, such as a full disk, is a failure of the command: see [`failure`].

use std::fmt::Display;
use std::io::{self, ErrorKind, Write};
use std::sync::{Mutex, PoisonError};

use jitsi_properties::Level;

/// Why the standard output could not be written, if so. It is one for the process, as the standard output is.
static FAILURE: Mutex<Option<io::Error>> = Mutex::new(None);

/// Writes one line to the standard output.
pub(super) fn say(line: impl Display) {
    keep(writeln!(io::stdout().lock(), "{line}"));
}

/// Writes one line to the standard error stream. Where that cannot be written, there is no other place to say so.
pub(super) fn complain(line: impl Display) {
    drop(writeln!(io::stderr().lock(), "{line}"));
}

/// Writes bytes as they are to the standard output.
pub(super) fn write(bytes: &[u8]) {
    keep(io::stdout().lock().write_all(bytes));
}

/// Why not all of the output could be written; none when it could, or when its reader has left.
pub(super) fn failure() -> Option<io::Error> {
    keep(io::stdout().lock().flush());
    FAILURE.lock().unwrap_or_else(PoisonError::into_inner).take()
}

fn keep(written: io::Result<()>) {
    match written {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => {
            FAILURE.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert(error);
        }
        _ => {}
    }
}

/// `1 error`, `2 errors`.
pub(super) fn counted(number: usize, word: &str) -> String {
    if number == 1 { format!("1 {word}") } else { format!("{number} {word}s") }
}

/// `error`, `warning` or `note`.
pub(super) fn word(level: Level) -> &'static str {
    match level {
        Level::Error => "error",
        Level::Warning => "warning",
        Level::Note => "note",
    }
}
