//! The file in the state directory: read with suspicion, written as a whole or not at all, set aside when it is damaged.

use std::fs::{self, File, Metadata};
use std::io::{self, ErrorKind, Read as _};
use std::os::unix::fs::MetadataExt as _;
use std::path::PathBuf;

use jiff::Timestamp;
use rustix::fs::{Access, AtFlags, CWD, FlockOperation, Mode, OFlags, RenameFlags};
use rustix::io::Errno;
use zeroize::Zeroizing;

use super::FILE_NAME;
use super::stored::{MOST_BYTES, Stored};
use crate::model::files::{own_file, process_user};

/// The target of these lines of the log, by which administrators filter.
const TARGET: &str = "openfire_provisioner::settings";

/// The file before it is renamed.
const NEW_NAME: &str = ".settings.toml.new";

/// Most damaged files that are set aside in one second.
const MOST_OF_A_SECOND: usize = 100;

/// The file of one state directory.
#[derive(Debug, Clone)]
pub(super) struct SettingsFile {
    folder: PathBuf,
}

/// What is there.
#[derive(Debug, PartialEq)]
pub(super) enum Found {
    /// No file: the pages have changed nothing.
    Nothing,
    /// A file in order.
    Stored {
        stored: Box<Stored>,
        /// Whether users other than its owner may read the secret in it.
        is_open: bool,
    },
    /// A file that says nothing reliable; why.
    Damaged(String),
    /// A file that must not be read or cannot be; why, and what to change.
    Unusable(String),
}

/// The right to change the file. No other program changes it until this is dropped.
#[derive(Debug)]
pub(super) struct FolderLock {
    folder: File,
}

impl SettingsFile {
    /// The file in `folder`, which need not exist.
    pub(super) fn new(folder: PathBuf) -> Self {
        Self { folder }
    }

    /// Where it is.
    pub(super) fn path(&self) -> PathBuf {
        self.folder.join(FILE_NAME)
    }

    /// Reads it. Changes nothing.
    pub(super) fn read(&self) -> Found {
        let path = self.path();
        let flags = OFlags::RDONLY | OFlags::NONBLOCK | OFlags::NOCTTY | OFlags::NOFOLLOW | OFlags::CLOEXEC;
        let file = match rustix::fs::open(&path, flags, Mode::empty()) {
            Ok(file) => File::from(file),
            Err(Errno::NOENT) => return Found::Nothing,
            Err(Errno::LOOP) => {
                return Found::Unusable(format!("{} is a symbolic link; put the file itself there", path.display()));
            }
            Err(error) => {
                let error = process_user::explained(&path, error.into());
                return Found::Unusable(format!("{} cannot be read: {error}", path.display()));
            }
        };
        let metadata = match file.metadata() {
            Ok(metadata) => metadata,
            Err(error) => return Found::Unusable(format!("{} cannot be read: {error}", path.display())),
        };
        if let Some(problem) = self.distrusted(&metadata) {
            return Found::Unusable(format!("{} is not used: {problem}", path.display()));
        }
        let mut bytes = Zeroizing::new(Vec::with_capacity(MOST_BYTES + 1));
        if let Err(error) = file.take(MOST_BYTES as u64 + 1).read_to_end(&mut bytes) {
            return Found::Unusable(format!("{} cannot be read: {error}", path.display()));
        }
        if bytes.len() > MOST_BYTES {
            return Found::Damaged(format!("it is larger than {MOST_BYTES} bytes"));
        }
        let Ok(text) = str::from_utf8(&bytes) else { return Found::Damaged("it is not UTF-8".to_owned()) };
        match Stored::parse(text) {
            Ok(stored) => Found::Stored { stored: Box::new(stored), is_open: metadata.mode() & 0o044 != 0 },
            Err(problem) => Found::Damaged(problem),
        }
    }

    /// Why what the file says may be another user's word.
    fn distrusted(&self, metadata: &Metadata) -> Option<String> {
        if !metadata.is_file() {
            return Some("it is a folder or a device, not a file".to_owned());
        }
        let owner = metadata.uid();
        let owner_of_folder = self.folder.metadata().ok().map(|folder| folder.uid());
        if owner != 0 && owner != process_user::uid() && Some(owner) != owner_of_folder {
            let (owner, path) = (process_user::described(owner), self.path());
            return Some(format!(
                "it belongs to {owner}; check what it says, then run `chown --reference={} {}`",
                self.folder.display(),
                path.display()
            ));
        }
        if metadata.mode() & 0o022 != 0 {
            return Some(format!(
                "other users may write to it; check what it says, then run `chmod 600 {}`",
                self.path().display()
            ));
        }
        None
    }

    /// Why it cannot be written; none when it can.
    pub(super) fn why_not_writable(&self) -> Option<String> {
        let rights = Access::WRITE_OK | Access::EXEC_OK;
        let error = rustix::fs::accessat(CWD, &self.folder, rights, AtFlags::EACCESS).err()?;
        Some(self.explained(&error.into()))
    }

    /// Takes the right to change it.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::WouldBlock`] while another program has it; otherwise what the system says of the folder.
    pub(super) fn lock(&self) -> io::Result<FolderLock> {
        let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC;
        let folder = File::from(rustix::fs::open(&self.folder, flags, Mode::empty())?);
        rustix::fs::flock(&folder, FlockOperation::NonBlockingLockExclusive)?;
        Ok(FolderLock { folder })
    }

    /// Replaces it: at every moment, also after a power failure, there is the old file or the new one. Its owner stays, and
    /// is that of the folder for the first one. Only its owner may read it.
    pub(super) fn write(&self, lock: &FolderLock, stored: &Stored) -> io::Result<()> {
        let path = self.path();
        let owner = fs::symlink_metadata(&path).or_else(|_| lock.folder.metadata())?;
        own_file::replace(&path, NEW_NAME, &owner, stored.text().as_bytes())?;
        // The new file is in its place; a folder that cannot be synchronised would only lose it at a power failure.
        if let Err(error) = lock.folder.sync_all() {
            tracing::warn!(target: TARGET, %error, "{} may be lost at a power failure: {error}", path.display());
        }
        Ok(())
    }

    /// Removes it: nothing is changed in the pages any more.
    pub(super) fn remove(&self, lock: &FolderLock) -> io::Result<()> {
        own_file::remove(&self.path())?;
        lock.folder.sync_all()
    }

    /// Moves a damaged file out of the way. It overwrites no other, and gives the new name.
    pub(super) fn set_aside(&self, now: Timestamp) -> io::Result<PathBuf> {
        let time = now.strftime("%Y-%m-%dT%H-%M-%SZ");
        for number in 1..=MOST_OF_A_SECOND {
            let ending = if number == 1 { String::new() } else { format!("-{number}") };
            let aside = self.folder.join(format!("{FILE_NAME}.damaged-{time}{ending}"));
            match rustix::fs::renameat_with(CWD, self.path(), CWD, &aside, RenameFlags::NOREPLACE) {
                Ok(()) => return Ok(aside),
                // A file system that cannot refuse to replace. No other program makes such names.
                Err(Errno::INVAL | Errno::NOSYS) if !aside.exists() => {
                    return fs::rename(self.path(), &aside).map(|()| aside);
                }
                Err(Errno::EXIST | Errno::INVAL | Errno::NOSYS) => {}
                Err(error) => return Err(error.into()),
            }
        }
        Err(ErrorKind::AlreadyExists.into())
    }

    /// What the system says of the folder, and what to change.
    pub(super) fn explained(&self, error: &io::Error) -> String {
        let (folder, user) = (self.folder.display(), process_user::of_process());
        match error.kind() {
            ErrorKind::NotFound => format!(
                "the state directory {folder} does not exist; create it for the user that the service runs as. With systemd, set \
                 `StateDirectory=openfire-provisioner` in the unit. For {user}, run `install -d -m 700 -o {} {folder}`",
                process_user::uid()
            ),
            ErrorKind::NotADirectory => {
                format!("the state directory {folder} is not a folder; correct `admin.state_directory`")
            }
            ErrorKind::PermissionDenied => format!(
                "{user} may not write to the state directory {folder}; change its owner with `chown`, or set `StateDirectory=` \
                 in the unit"
            ),
            ErrorKind::ReadOnlyFilesystem => format!(
                "the state directory {folder} is read-only; with systemd, set `StateDirectory=`; in a container, mount a \
                 volume there"
            ),
            ErrorKind::StorageFull | ErrorKind::QuotaExceeded => {
                format!("the disk of the state directory {folder} is full; make room there")
            }
            ErrorKind::WouldBlock => {
                format!("another program is changing {} at the moment; try again", self.path().display())
            }
            _ => format!("{} cannot be written: {error}", self.path().display()),
        }
    }
}
