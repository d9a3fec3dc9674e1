//! `migrate`: a configuration from the settings of other provisioning software.

use std::fs::{File, OpenOptions};
use std::io::{Read as _, Write as _};
use std::os::fd::AsFd as _;
use std::os::unix::fs::{OpenOptionsExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};

use anyhow::{Context as _, ensure};
use clap::{Args, Subcommand};
use secrecy::{ExposeSecret as _, SecretString};
use zeroize::Zeroizing;

use super::Verdict;
use super::output::{complain, counted, write};
use crate::migration::Migration;
use crate::model::causes::with_causes;

/// Arguments of `migrate`.
#[derive(Debug, Args)]
pub(super) struct Migrate {
    #[command(subcommand)]
    from: From,
}

#[derive(Debug, Subcommand)]
enum From {
    /// The Openfire plugin `jitsiprovisioning`. Prints a configuration with the same secret, addresses and paths; says
    /// on standard error what differs.
    OldPlugin {
        /// The plugin's settings: rows of the table `ofProperty` from a dump or query, the list of the console's page System
        /// Properties, or lines `name = value`. `-` is the standard input.
        #[arg(value_name = "FILE")]
        file: PathBuf,
        /// Write the secret into this new file, which only you can read, and only its name into the configuration.
        #[arg(long, value_name = "FILE")]
        secret_file: Option<PathBuf>,
    },
}

/// Largest export that is read, in bytes.
const LARGEST: u64 = 512 * 1024 * 1024;

impl Migrate {
    /// Prints the configuration to the standard output, all messages to the standard error stream.
    pub(super) fn run(&self) -> Verdict {
        let From::OldPlugin { file, secret_file } = &self.from;
        match migrate(file, secret_file.as_deref()) {
            Ok(verdict) => verdict,
            Err(error) => {
                complain(format!("openfire-provisioner: {}", with_causes(&*error)));
                Verdict::CannotRun
            }
        }
    }
}

fn migrate(file: &Path, secret_file: Option<&Path>) -> anyhow::Result<Verdict> {
    let text = read(file).with_context(|| format!("{} cannot be read", file.display()))?;
    // The service runs in another folder than this command.
    let named = secret_file.map(std::path::absolute).transpose()?;
    let migration = Migration::from_old_plugin(&text, named.as_deref())?;
    if let (Some(file), Some(secret)) = (secret_file, &migration.secret) {
        keep(file, secret).with_context(|| format!("the secret cannot be written into {}", file.display()))?;
    }
    for finding in &migration.findings {
        complain(format!("WRONG  {finding}"));
    }
    for note in &migration.notes {
        complain(format!("note   {note}"));
    }
    if secret_file.is_none() && migration.secret.is_some() && is_readable_file() {
        complain(
            "note   other users of this machine can read the file with this configuration and its secret: run `chmod 600` on it",
        );
    }
    if let (Some(file), Some(_)) = (&named, &migration.secret) {
        complain(format!(
            "note   the service must be able to read {file}: chgrp openfire-provisioner {file} && chmod 640 {file}",
            file = file.display()
        ));
    }
    complain(format!("{}, {}", counted(migration.findings.len(), "error"), counted(migration.notes.len(), "note")));
    write(migration.configuration.expose_secret().as_bytes());
    Ok(if migration.findings.is_empty() { Verdict::Fine } else { Verdict::Finding })
}

/// The text of the export. Bytes that are not UTF-8 become replacement characters, which no setting may have.
fn read(file: &Path) -> anyhow::Result<Zeroizing<String>> {
    let mut bytes = Zeroizing::new(Vec::new());
    if file == Path::new("-") {
        std::io::stdin().lock().take(LARGEST + 1).read_to_end(&mut bytes)?;
    } else {
        File::open(file)?.take(LARGEST + 1).read_to_end(&mut bytes)?;
    }
    let is_whole = u64::try_from(bytes.len()).is_ok_and(|length| length <= LARGEST);
    ensure!(is_whole, "it has more than {} MiB; use only the rows of the table ofProperty", LARGEST / 1024 / 1024);
    Ok(Zeroizing::new(text(std::mem::take(&mut *bytes))))
}

/// UTF-8, or UTF-16 with a byte order mark, as PowerShell's `>` writes it.
fn text(bytes: Vec<u8>) -> String {
    let units = |bytes: &[u8], unit: fn([u8; 2]) -> u16| {
        let units: Zeroizing<Vec<u16>> = Zeroizing::new(bytes.as_chunks().0.iter().map(|pair| unit(*pair)).collect());
        String::from_utf16_lossy(&units)
    };
    match bytes.as_slice() {
        [0xff, 0xfe, rest @ ..] => units(rest, u16::from_le_bytes),
        [0xfe, 0xff, rest @ ..] => units(rest, u16::from_be_bytes),
        _ => String::from_utf8(bytes)
            .unwrap_or_else(|error| String::from_utf8_lossy(&Zeroizing::new(error.into_bytes())).into_owned()),
    }
}

/// Writes a secret into a new file.
fn keep(file: &Path, secret: &SecretString) -> anyhow::Result<()> {
    let secret = secret.expose_secret();
    ensure!(
        !secret.contains(['\n', '\r']),
        "it has a line break, and the service reads only the first line of such a file"
    );
    let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(file)?;
    writeln!(file, "{secret}")?;
    Ok(file.sync_all()?)
}

/// Whether the standard output goes into a file that others may read.
fn is_readable_file() -> bool {
    let output = std::io::stdout().as_fd().try_clone_to_owned().map(File::from);
    let metadata = output.and_then(|output| output.metadata());
    metadata.is_ok_and(|metadata| metadata.is_file() && metadata.permissions().mode() & 0o044 != 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn utf_16_is_read_by_its_byte_order_mark_and_other_bytes_are_not_taken_for_text() {
        let export = "name = \u{fc}\n";
        let units = |order: fn(u16) -> [u8; 2]| {
            "\u{feff}".encode_utf16().chain(export.encode_utf16()).flat_map(order).collect()
        };
        assert_eq!(text(units(u16::to_le_bytes)), export);
        assert_eq!(text(units(u16::to_be_bytes)), export);
        assert_eq!(text(export.into()), export);
        assert_eq!(text(b"name = \xfc\n".to_vec()), "name = \u{fffd}\n");
    }
}
