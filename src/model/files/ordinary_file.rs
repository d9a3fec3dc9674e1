//! Reads a file that may turn out to be something else, or without an end.

use std::fs::File;
use std::io::{self, Read as _};
use std::path::Path;

use rustix::fs::{Mode, OFlags};
use zeroize::Zeroizing;

use crate::model::files::process_user;

/// Opens `path` for reading. [`io::ErrorKind::InvalidInput`] when it is a folder, a pipe or a device.
pub(crate) fn open(path: &Path) -> io::Result<File> {
    // Without NONBLOCK, opening a pipe would wait for somebody to write to it. It changes nothing for a file.
    let flags = OFlags::RDONLY | OFlags::NONBLOCK | OFlags::NOCTTY | OFlags::CLOEXEC;
    let opened = rustix::fs::open(path, flags, Mode::empty());
    let file = File::from(opened.map_err(|error| process_user::explained(path, error.into()))?);
    // What was opened is asked, not the path, which may lead elsewhere by now.
    if file.metadata()?.is_file() {
        Ok(file)
    } else {
        Err(io::Error::new(io::ErrorKind::InvalidInput, "it is a folder or a device, not a file"))
    }
}

/// The bytes of `path`, which may be secret. [`io::ErrorKind::FileTooLarge`] when there are more than `limit`.
pub(crate) fn read(path: &Path, limit: usize) -> io::Result<Zeroizing<Vec<u8>>> {
    let file = open(path)?;
    // All at once: a `Vec` that grows leaves its old memory as it was.
    let mut bytes = Zeroizing::new(Vec::with_capacity(limit.saturating_add(1)));
    // One byte more than may be, to notice that there is one more.
    file.take((limit as u64).saturating_add(1)).read_to_end(&mut bytes)?;
    if bytes.len() > limit {
        let problem = format!("it is larger than {limit} bytes; is this the right file?");
        return Err(io::Error::new(io::ErrorKind::FileTooLarge, problem));
    }
    Ok(bytes)
}

/// The text of `path`, as [`read`] does; [`io::ErrorKind::InvalidData`] when it is not UTF-8.
pub(in crate::model) fn read_text(path: &Path, limit: usize) -> io::Result<Zeroizing<String>> {
    let mut bytes = read(path, limit)?;
    match String::from_utf8(std::mem::take(&mut *bytes)) {
        Ok(text) => Ok(Zeroizing::new(text)),
        Err(error) => {
            drop(Zeroizing::new(error.into_bytes()));
            Err(io::Error::new(io::ErrorKind::InvalidData, "it is not UTF-8"))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_file_is_refused_at_once() {
        let folder = tempfile::tempdir().unwrap();
        let pipe = folder.path().join("pipe");
        rustix::fs::mknodat(rustix::fs::CWD, &pipe, rustix::fs::FileType::Fifo, Mode::RUSR | Mode::WUSR, 0).unwrap();
        for path in [folder.path(), &pipe, Path::new("/dev/zero")] {
            let error = read(path, 10).unwrap_err();
            assert_eq!(error.to_string(), "it is a folder or a device, not a file", "{}", path.display());
        }
    }

    #[test]
    fn as_many_bytes_as_allowed_are_read_and_no_more() {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), "käse").unwrap();
        assert_eq!(*read_text(file.path(), 5).unwrap(), "käse");
        let error = read(file.path(), 4).unwrap_err();
        assert_eq!(error.to_string(), "it is larger than 4 bytes; is this the right file?");
        std::fs::write(file.path(), b"k\xe4se").unwrap();
        assert_eq!(read_text(file.path(), 5).unwrap_err().to_string(), "it is not UTF-8");
    }
}
