//! The names of all files below a folder.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// The most folders that are read. Templates take a handful; a folder with far more has another purpose.
const MAX_FOLDERS: usize = 64;

/// The most files that are listed.
const MAX_FILES: usize = 4096;

/// The folders and files below a folder.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct FolderListing {
    folders: Vec<PathBuf>,
    files: BTreeSet<PathBuf>,
}

impl FolderListing {
    /// The files and folders in `folder` now. What cannot be read is left out; links to folders are not followed.
    pub(super) fn read(folder: &Path) -> Self {
        let mut listing = Self { folders: vec![folder.to_owned()], files: BTreeSet::new() };
        let mut read = 0;
        while let Some(folder) = listing.folders.get(read).cloned() {
            read += 1;
            for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
                let is_folder = entry.file_type().is_ok_and(|kind| kind.is_dir());
                if is_folder && listing.folders.len() < MAX_FOLDERS {
                    listing.folders.push(entry.path());
                } else if listing.files.len() < MAX_FILES {
                    listing.files.insert(entry.path());
                }
            }
        }
        listing.folders.sort();
        listing
    }

    /// The folders, the outermost one included.
    pub(super) fn folders(&self) -> Vec<&Path> {
        self.folders.iter().map(PathBuf::as_path).collect()
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::symlink;

    use super::*;

    #[test]
    fn folders_below_are_looked_into_and_links_are_not() {
        let folder = tempfile::tempdir().unwrap();
        let path = |name: &str| folder.path().join(name);
        std::fs::create_dir_all(path("a/b")).unwrap();
        symlink("/", path("root")).unwrap();
        let before = FolderListing::read(folder.path());
        assert_eq!(before.folders(), [folder.path(), &path("a"), &path("a/b")]);
        assert_eq!(before, FolderListing::read(folder.path()));
        std::fs::write(path("a/b/c"), "").unwrap();
        assert_ne!(before, FolderListing::read(folder.path()));
    }

    #[test]
    fn a_folder_that_is_not_there_is_empty() {
        assert_eq!(FolderListing::read(Path::new("/no/such/folder")).files.len(), 0);
    }

    #[test]
    fn the_number_of_folders_has_an_end() {
        let folder = tempfile::tempdir().unwrap();
        for number in 0..2 * MAX_FOLDERS {
            std::fs::create_dir(folder.path().join(number.to_string())).unwrap();
        }
        assert_eq!(FolderListing::read(folder.path()).folders.len(), MAX_FOLDERS);
    }
}
