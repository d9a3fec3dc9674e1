//! Opens a file of the channel, and nothing that lies elsewhere.

use std::fs::File;
use std::io;
use std::os::fd::OwnedFd;
use std::path::{Path, PathBuf};

use rustix::fs::{Mode, OFlags};

use super::Platform;
use super::names::Name;

/// A file that may be downloaded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Published {
    root: PathBuf,
    platform: Platform,
    version: Name,
    file: Name,
}

impl Published {
    pub(super) fn new(root: PathBuf, platform: Platform, version: Name, file: Name) -> Self {
        Self { root, platform, version, file }
    }

    /// The name of the file alone.
    #[must_use]
    pub fn file_name(&self) -> &str {
        self.file.as_str()
    }

    /// Where it lies below the folder of the channel, and below its address.
    #[must_use]
    pub fn path(&self) -> String {
        format!("{}/{}/{}", self.platform, self.version, self.file)
    }

    /// Opens it for reading. Blocks.
    ///
    /// [`io::ErrorKind::NotFound`] when there is no regular file of that name any more: a link, a pipe or a device that
    /// has taken its place is not opened, nor is anything behind a folder that has become a link.
    pub fn open(&self) -> io::Result<File> {
        beneath(&self.root, &self.platform.to_string(), &self.version, &self.file)
    }
}

/// Opens `root/platform/version/file`, folder by folder, each in the one before and none through a link (openat(2) with
/// `O_NOFOLLOW`). What another program swaps meanwhile cannot lead elsewhere. Only `root` may be a link itself.
pub(super) fn beneath(root: &Path, platform: &str, version: &Name, file: &Name) -> io::Result<File> {
    let folder = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC;
    let root = rustix::fs::open(root, folder, Mode::empty())?;
    let platform = inside(&root, platform, folder)?;
    let version = inside(&platform, version.as_str(), folder)?;
    // Without NONBLOCK, opening a pipe would wait for a writer.
    let file = File::from(inside(&version, file.as_str(), OFlags::RDONLY | OFlags::NONBLOCK | OFlags::CLOEXEC)?);
    if file.metadata()?.is_file() { Ok(file) } else { Err(io::ErrorKind::NotFound.into()) }
}

fn inside(folder: &OwnedFd, name: &str, flags: OFlags) -> io::Result<OwnedFd> {
    use rustix::io::Errno;
    rustix::fs::openat(folder, name, flags | OFlags::NOFOLLOW | OFlags::NOCTTY, Mode::empty()).map_err(|error| {
        match error {
            // A link, something else than a folder, a socket, a device without a driver.
            Errno::LOOP | Errno::NOTDIR | Errno::NXIO | Errno::NODEV => io::ErrorKind::NotFound.into(),
            error => error.into(),
        }
    })
}
