//! Files of the service's own: written as a whole or not at all, readable for their owner only.

use std::fs::{self, File, Metadata, Permissions};
use std::io::{self, ErrorKind, Write as _};
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};
use std::path::Path;

use rustix::fs::{Gid, Mode, OFlags, Uid};

use super::process_user;

/// Replaces `path` by a file with these bytes: at every moment there is the old file or the new one. It is written beside it as
/// `new_name`, and its owner is that of `owner`, which is the file before or the folder.
pub(crate) fn replace(path: &Path, new_name: &str, owner: &Metadata, bytes: &[u8]) -> io::Result<()> {
    let new = path.with_file_name(new_name);
    // Left by a program that was killed.
    remove(&new)?;
    let written = write_new(&new, owner, bytes).and_then(|()| fs::rename(&new, path));
    if written.is_err() {
        drop(fs::remove_file(&new));
    }
    written
}

/// Removes a file that may not be there.
pub(crate) fn remove(path: &Path) -> io::Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

/// Makes a file that root has made that of `owner`: root works beside a service that runs as another user, and would lock it out
/// of its own file.
pub(crate) fn give_to(owner: &Metadata, file: &File) -> io::Result<()> {
    if process_user::uid() == 0 && file.metadata()?.uid() == 0 && owner.uid() != 0 {
        rustix::fs::fchown(file, Some(Uid::from_raw(owner.uid())), Some(Gid::from_raw(owner.gid())))?;
    }
    Ok(())
}

fn write_new(path: &Path, owner: &Metadata, bytes: &[u8]) -> io::Result<()> {
    let flags = OFlags::WRONLY | OFlags::CREATE | OFlags::EXCL | OFlags::NOFOLLOW | OFlags::CLOEXEC;
    let mut file = File::from(rustix::fs::open(path, flags, Mode::RUSR | Mode::WUSR)?);
    give_to(owner, &file)?;
    file.set_permissions(Permissions::from_mode(0o600))?;
    file.write_all(bytes)?;
    file.sync_all()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_replaced_whole_and_nothing_stays_beside_it() {
        let folder = tempfile::tempdir().unwrap();
        let (path, owner) = (folder.path().join("own"), folder.path().metadata().unwrap());
        fs::write(folder.path().join(".new"), "left by a program that was killed").unwrap();
        for text in ["first", "second"] {
            replace(&path, ".new", &owner, text.as_bytes()).unwrap();
            assert_eq!(fs::read_to_string(&path).unwrap(), text);
            assert_eq!(path.metadata().unwrap().mode() & 0o777, 0o600);
        }
        fs::remove_file(&path).unwrap();
        fs::create_dir(&path).unwrap();
        replace(&path, ".new", &owner, b"third").unwrap_err();
        let names: Vec<_> = folder.path().read_dir().unwrap().map(|entry| entry.unwrap().file_name()).collect();
        assert_eq!(names, ["own"]);
    }

    /// As in a container whose volume belongs to root and is open to the service by its group.
    #[test]
    fn a_user_who_is_not_the_owner_of_the_folder_keeps_what_that_user_writes() {
        let folder = tempfile::tempdir().unwrap();
        let (path, root) = (folder.path().join("own"), Path::new("/").metadata().unwrap());
        replace(&path, ".new", &root, b"text").unwrap();
        assert_eq!(path.metadata().unwrap().uid(), process_user::uid());
    }
}
