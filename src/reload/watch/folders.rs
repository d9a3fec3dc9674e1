//! The folder entries whose change can concern a file: its own, and those of all folders and links on the way to it.
//!
//! Watching the file itself would not do. Editors put a new file in its place, Kubernetes swaps a link to the folder
//! (`file -> ..data/file`, `..data -> ..2026_07_01`), and a folder may go and come back.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::ffi::OsString;
use std::path::{Component, Path, PathBuf};

/// The most links that are followed on the way to one file, as many as Linux follows.
const MAX_LINKS: usize = 40;

/// Folders, with the entries that are watched in each.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct WatchedFolders(pub(super) BTreeMap<PathBuf, Entries>);

/// The entries of a folder that are watched.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Entries {
    /// Files: writing to them counts as well.
    pub(super) files: BTreeSet<OsString>,
    /// Folders and links on the way to files: only their replacement counts.
    pub(super) ways: BTreeSet<OsString>,
    /// Whether everything in the folder counts.
    pub(super) all: bool,
}

impl WatchedFolders {
    /// The folders to watch for these files, whether they exist or not, and for everything in these folders.
    pub(super) fn around(files: &[&Path], folders: &[&Path]) -> Self {
        let mut watched = Self::default();
        for file in files {
            watched.trace(file);
        }
        for folder in folders {
            watched.trace(folder);
            let folder = std::path::absolute(folder).unwrap_or_default();
            watched.0.entry(folder).or_default().all = true;
        }
        watched
    }

    fn trace(&mut self, file: &Path) {
        let mut folder = PathBuf::from("/");
        // It fails for an empty path only, which names no file.
        let file = std::path::absolute(file).unwrap_or_default();
        let mut rest: VecDeque<OsString> = names(&file).collect();
        let mut links = 0;
        while let Some(name) = rest.pop_front() {
            if name == ".." {
                folder.pop();
                continue;
            }
            let next = folder.join(&name);
            let entries = self.0.entry(folder.clone()).or_default();
            match std::fs::read_link(&next) {
                Ok(target) if links < MAX_LINKS => {
                    links += 1;
                    entries.ways.insert(name);
                    for name in names(&target).collect::<Vec<_>>().into_iter().rev() {
                        rest.push_front(name);
                    }
                    if target.is_absolute() {
                        folder = PathBuf::from("/");
                    }
                }
                // No link: a folder, a file, or nothing.
                _ if rest.is_empty() => drop(entries.files.insert(name)),
                _ => {
                    entries.ways.insert(name);
                    folder = next;
                }
            }
        }
    }
}

impl Entries {
    /// Whether a change of `name` concerns a file.
    pub(super) fn concerns(&self, name: &std::ffi::OsStr) -> bool {
        self.all || self.files.contains(name) || self.ways.contains(name)
    }

    /// Adds the entries that are watched in the same folder under another name.
    pub(super) fn add(&mut self, other: &Self) {
        self.files.extend(other.files.iter().cloned());
        self.ways.extend(other.ways.iter().cloned());
        self.all |= other.all;
    }
}

fn names(path: &Path) -> impl Iterator<Item = OsString> {
    path.components().filter_map(|component| match component {
        Component::Normal(name) => Some(name.to_owned()),
        Component::ParentDir => Some("..".into()),
        Component::RootDir | Component::CurDir | Component::Prefix(_) => None,
    })
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::symlink;

    use super::*;

    /// The entries below `folder`, as `folder/: files | ways`.
    fn below(folder: &Path, files: &[&str]) -> Vec<String> {
        let files: Vec<PathBuf> = files.iter().map(|file| folder.join(file)).collect();
        let files: Vec<&Path> = files.iter().map(PathBuf::as_path).collect();
        let watched = WatchedFolders::around(&files, &[]);
        let list = |names: &BTreeSet<OsString>| {
            names.iter().map(|name| name.to_string_lossy().into_owned()).collect::<Vec<_>>().join(" ")
        };
        let inside = watched.0.iter().filter_map(|(place, entries)| Some((place.strip_prefix(folder).ok()?, entries)));
        inside
            .map(|(place, entries)| format!("{}/: {} | {}", place.display(), list(&entries.files), list(&entries.ways)))
            .collect()
    }

    #[test]
    fn a_file_that_is_missing_is_watched_too() {
        let folder = tempfile::tempdir().unwrap();
        assert_eq!(below(folder.path(), &["a/b.csv", "c"]), ["/: c | a", "a/: b.csv | "]);
    }

    #[test]
    fn every_folder_above_is_watched() {
        let watched = WatchedFolders::around(&[Path::new("/no/such/file")], &[]);
        let folders: Vec<_> = watched.0.keys().map(|place| place.to_str().unwrap()).collect();
        assert_eq!(folders, ["/", "/no", "/no/such"]);
    }

    #[test]
    fn links_are_followed_as_kubernetes_makes_them() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir(folder.path().join("..2026")).unwrap();
        std::fs::write(folder.path().join("..2026/a"), "").unwrap();
        symlink("..2026", folder.path().join("..data")).unwrap();
        symlink("..data/a", folder.path().join("a")).unwrap();
        assert_eq!(below(folder.path(), &["a"]), ["/:  | ..2026 ..data a", "..2026/: a | "]);
    }

    #[test]
    fn in_a_folder_of_templates_everything_counts() {
        let watched = WatchedFolders::around(&[], &[Path::new("/no/such")]);
        assert!(watched.0[Path::new("/no/such")].concerns("any".as_ref()));
        assert!(!watched.0[Path::new("/no")].concerns("any".as_ref()));
    }

    #[test]
    fn links_in_a_circle_and_paths_that_climb_have_an_end() {
        let folder = tempfile::tempdir().unwrap();
        symlink("b", folder.path().join("a")).unwrap();
        symlink("a", folder.path().join("b")).unwrap();
        assert_eq!(below(folder.path(), &["a"]).len(), 1);
        assert_eq!(below(folder.path(), &["x/../c"]), ["/: c | x"]);
        let here = std::env::current_dir().unwrap();
        assert_eq!(
            WatchedFolders::around(&[Path::new("relative")], &[]),
            WatchedFolders::around(&[here.join("relative").as_path()], &[])
        );
        assert_eq!(WatchedFolders::around(&[Path::new("")], &[]), WatchedFolders::default());
    }
}
