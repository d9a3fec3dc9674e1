//! A reply that was saved to a file, and what it changes.

pub(super) mod change;

use std::fs::File;
use std::io::Read as _;
use std::path::Path;

use anyhow::{Context as _, bail};
use zeroize::Zeroizing;

use crate::model::files::process_user;

/// More than any reply may have, in bytes; see the limits of templates.
pub(super) const MAX_BYTES: usize = 4 * 1024 * 1024;

/// What a text begins with that was not saved as it came: UTF-8, and UTF-16 in both orders.
const BYTE_ORDER_MARKS: [&[u8]; 3] = [b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff"];

/// Reads a file as a client reads a body: every byte is a character of ISO 8859-1. The text may hold a password.
pub(super) fn read(file: &Path) -> anyhow::Result<Zeroizing<String>> {
    let shown = file.display();
    // A pipe would block at the opening, and a device may have no end.
    if file.metadata().is_ok_and(|found| !found.is_file() && !found.is_dir()) {
        bail!("{shown}: it is a device or a pipe, not a file");
    }
    let bytes = bytes(file).with_context(|| format!("{shown}: cannot read the reply"))?;
    if bytes.len() > MAX_BYTES {
        bail!("{shown}: larger than {MAX_BYTES} bytes, so it is not a reply of this service");
    }
    if BYTE_ORDER_MARKS.iter().any(|mark| bytes.starts_with(mark)) {
        bail!(
            "{shown}:1: begins with a byte order mark, so it is not the unchanged reply: PowerShell's `>` adds one; \
             save the reply with `curl -o`"
        );
    }
    let mut text = Zeroizing::new(String::with_capacity(2 * bytes.len()));
    text.extend(bytes.iter().copied().map(char::from));
    Ok(text)
}

/// At most one byte more than may be, in one buffer that never moves and is wiped.
fn bytes(file: &Path) -> std::io::Result<Zeroizing<Vec<u8>>> {
    let limit = MAX_BYTES + 1;
    let mut bytes = Zeroizing::new(Vec::with_capacity(limit));
    let opened = File::open(file).map_err(|error| process_user::explained(file, error))?;
    opened.take(limit.try_into().unwrap_or(u64::MAX)).read_to_end(&mut bytes)?;
    Ok(bytes)
}
