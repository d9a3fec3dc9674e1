//! The file between the command and the service: the digest of a code, until when it is valid, and who made it.

use std::fs;
use std::io::{self, ErrorKind};
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::administration::role::Role;
use crate::model::bytes::hex;
use crate::model::files::{ordinary_file, own_file, process_user};
use crate::model::timestamp::rfc3339;

/// The file's name in the state directory.
const NAME: &str = "admin-link";

/// The file before it is renamed.
const NEW_NAME: &str = ".admin-link.new";

/// Largest file.
const MOST_BYTES: usize = 4096;

/// Where a code is kept.
#[derive(Debug, Clone)]
pub struct CodeFile {
    folder: PathBuf,
}

/// What is kept of a code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Kept {
    pub(super) digest: [u8; 32],
    pub(super) until: Timestamp,
    pub(super) made_by: String,
    pub(super) role: Role,
}

/// The same as it is written.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    sha256: String,
    /// As RFC 3339 has it.
    until: String,
    made_by: String,
    role: Role,
}

/// Why the file cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum CodeFileError {
    /// It cannot be read, written or removed.
    #[error("{} cannot be {what}{}", path.display(), advice(source))]
    Io {
        /// Which file.
        path: PathBuf,
        /// `read`, `written` or `removed`.
        what: &'static str,
        /// Why.
        source: io::Error,
    },
    /// It belongs to a stranger, or others may write to it.
    #[error(
        "{} is not used, because a user other than root, the service or the owner of the folder may have written it; remove it",
        path.display()
    )]
    Foreign {
        /// Which file.
        path: PathBuf,
    },
}

impl CodeFile {
    /// The file in this state directory, which need not exist.
    #[must_use]
    pub fn new(state_directory: &Path) -> Self {
        Self { folder: state_directory.to_owned() }
    }

    /// Where it is.
    #[must_use]
    pub fn path(&self) -> PathBuf {
        self.folder.join(NAME)
    }

    /// What is in it; none where there is no file, or one that this program did not write.
    pub(super) fn read(&self) -> Result<Option<Kept>, CodeFileError> {
        let path = self.path();
        match path.symlink_metadata() {
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
            Err(source) => return Err(self.failed("read", source)),
            Ok(metadata) => {
                let owners =
                    [Some(0), Some(process_user::uid()), self.folder.metadata().ok().map(|folder| folder.uid())];
                if !owners.contains(&Some(metadata.uid())) || metadata.mode() & 0o022 != 0 || !metadata.is_file() {
                    return Err(CodeFileError::Foreign { path });
                }
            }
        }
        let bytes = ordinary_file::read(&path, MOST_BYTES).map_err(|source| self.failed("read", source))?;
        let written: Option<Written> = serde_json::from_slice(&bytes).ok();
        Ok(written.and_then(|written| {
            let Written { sha256, until, made_by, role } = written;
            Some(Kept { digest: from_hex(&sha256)?, until: until.parse().ok()?, made_by, role })
        }))
    }

    /// Replaces it. Only the owner of the folder, as which the service runs, may read it.
    pub(super) fn write(&self, kept: &Kept) -> Result<(), CodeFileError> {
        let Kept { digest, until, made_by, role } = kept.clone();
        let written = Written { sha256: hex(&digest), until: rfc3339(until), made_by, role };
        self.replace(&written).map_err(|source| self.failed("written", source))
    }

    fn replace(&self, written: &Written) -> io::Result<()> {
        let owner = self.folder.metadata()?;
        own_file::replace(&self.path(), NEW_NAME, &owner, serde_json::to_string(written)?.as_bytes())
    }

    /// Removes it, so that its code is used up.
    pub(super) fn remove(&self) -> Result<(), CodeFileError> {
        fs::remove_file(self.path()).map_err(|source| self.failed("removed", source))
    }

    fn failed(&self, what: &'static str, source: io::Error) -> CodeFileError {
        CodeFileError::Io { path: self.path(), what, source }
    }
}

/// What to change.
fn advice(error: &io::Error) -> String {
    match error.kind() {
        ErrorKind::NotFound => {
            "; make the folder and let the service write to it (systemd: `StateDirectory=openfire-provisioner`), or set \
             `admin.state_directory`"
                .to_owned()
        }
        ErrorKind::PermissionDenied => {
            format!("; this process runs as {}: run the command as root, or as the user of the service", process_user::of_process())
        }
        _ => String::new(),
    }
}

fn from_hex(text: &str) -> Option<[u8; 32]> {
    let mut bytes = [0; 32];
    if text.len() != 64 || !text.is_ascii() {
        return None;
    }
    for (at, byte) in bytes.iter_mut().enumerate() {
        *byte = u8::from_str_radix(text.get(2 * at..2 * at + 2)?, 16).ok()?;
    }
    Some(bytes)
}
