//! The password for `check --user NAME --password`, which is never an argument.

use std::io::{self, BufRead as _, IsTerminal as _, Read as _};

use zeroize::Zeroizing;

use crate::model::account::Password;

/// Most bytes that are read of a line: more than any password has.
const MAX_LINE: usize = 4 * Password::MAX_BYTES;

/// Asks for the password of `user` at the terminal, without showing it; where the standard input is no terminal, its first
/// line is the password.
pub(super) fn read(user: &str) -> io::Result<String> {
    let input = io::stdin();
    if input.is_terminal() {
        return rpassword::prompt_password(format!("Password of {user}: "));
    }
    let mut line = Zeroizing::new(Vec::with_capacity(MAX_LINE));
    input.lock().take(MAX_LINE.try_into().unwrap_or(u64::MAX)).read_until(b'\n', &mut line)?;
    let end = line.strip_suffix(b"\n").unwrap_or(&line);
    let text = end.strip_suffix(b"\r").unwrap_or(end);
    let text = std::str::from_utf8(text).map_err(|_| io::Error::new(io::ErrorKind::InvalidData, "it is not UTF-8"))?;
    Ok(text.to_owned())
}
