//! A folder with all that lies in it, by names only.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// The most folders that are looked into, and the most entries that are kept in mind. Templates take a handful; a folder
/// with far more is one that was meant for something else.
const MOST: (usize, usize) = (64, 4096);

/// The folders and files below a folder.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Tree {
    folders: Vec<PathBuf>,
    files: BTreeSet<PathBuf>,
}

impl Tree {
    /// What lies in `folder` now. What cannot be read is left out; links to folders are not followed.
    pub(super) fn of(folder: &Path) -> Self {
        let mut tree = Self { folders: vec![folder.to_owned()], files: BTreeSet::new() };
        let mut looked_at = 0;
        while let Some(folder) = tree.folders.get(looked_at).cloned() {
            looked_at += 1;
            for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
                let is_folder = entry.file_type().is_ok_and(|kind| kind.is_dir());
                if is_folder && tree.folders.len() < MOST.0 {
                    tree.folders.push(entry.path());
                } else if tree.files.len() < MOST.1 {
                    tree.files.insert(entry.path());
                }
            }
        }
        tree.folders.sort();
        tree
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
        let before = Tree::of(folder.path());
        assert_eq!(before.folders(), [folder.path(), &path("a"), &path("a/b")]);
        assert_eq!(before, Tree::of(folder.path()));
        std::fs::write(path("a/b/c"), "").unwrap();
        assert_ne!(before, Tree::of(folder.path()));
    }

    #[test]
    fn a_folder_that_is_not_there_is_empty() {
        assert_eq!(Tree::of(Path::new("/no/such/folder")).files.len(), 0);
    }

    #[test]
    fn the_number_of_folders_has_an_end() {
        let folder = tempfile::tempdir().unwrap();
        for number in 0..2 * MOST.0 {
            std::fs::create_dir(folder.path().join(number.to_string())).unwrap();
        }
        assert_eq!(Tree::of(folder.path()).folders.len(), MOST.0);
    }
}
