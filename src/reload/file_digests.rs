//! Digests of files, to see whether they have changed.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use ring::digest::{Context, SHA256};

use crate::model::files::ordinary_file;

/// The most that is read of a file, in bytes; no file that is used here may be larger.
const MAX_BYTES: u64 = 256 * 1024 * 1024;

/// The SHA-256 digest of each file; `None` for a file that cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct FileDigests(BTreeMap<PathBuf, Option<[u8; 32]>>);

impl FileDigests {
    /// Reads these files.
    pub(super) fn read<'a>(files: impl IntoIterator<Item = &'a Path>) -> Self {
        Self(files.into_iter().map(|file| (file.to_owned(), digest(file).ok())).collect())
    }

    /// The files whose content is another one in `newer`, or that are in one of the two only.
    pub(super) fn changed(&self, newer: &Self) -> BTreeSet<PathBuf> {
        let files = self.0.keys().chain(newer.0.keys());
        files.filter(|file| self.0.get(*file) != newer.0.get(*file)).cloned().collect()
    }

    /// Time left until every changed file of `files` has been quiet for `pause`; `None` when that is so already. A file whose
    /// time lies more than `pause` in the future counts as quiet, since clocks differ.
    pub(super) fn time_to_settle(
        &self,
        files: &BTreeSet<PathBuf>,
        now: SystemTime,
        pause: Duration,
    ) -> Option<Duration> {
        let left = |file: &PathBuf| {
            let written = std::fs::metadata(file).ok()?.modified().ok()?;
            let left = written.checked_add(pause)?.duration_since(now).ok()?;
            let is_new = !left.is_zero() && left <= pause * 2;
            (is_new && self.0.get(file) != Some(&digest(file).ok())).then_some(left)
        };
        files.iter().filter_map(left).max()
    }

    /// The digests of these files.
    pub(super) fn only(&self, files: &BTreeSet<PathBuf>) -> Self {
        let kept = self.0.iter().filter(|(file, _)| files.contains(*file));
        Self(kept.map(|(file, digest)| (file.clone(), *digest)).collect())
    }

    pub(super) fn files(&self) -> impl Iterator<Item = &Path> + Clone {
        self.0.keys().map(PathBuf::as_path)
    }
}

fn digest(path: &Path) -> io::Result<[u8; 32]> {
    let mut file = ordinary_file::open(path)?.take(MAX_BYTES);
    let mut context = Context::new(&SHA256);
    let mut part = vec![0; 64 * 1024];
    loop {
        let read = file.read(&mut part)?;
        match part.get(..read) {
            Some([]) | None => break,
            Some(bytes) => context.update(bytes),
        }
    }
    let digest = context.finish();
    digest.as_ref().try_into().map_err(|_| io::ErrorKind::InvalidData.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_holds_something_else_has_changed_and_nothing_more() {
        let folder = tempfile::tempdir().unwrap();
        let [same, other, gone] = ["same", "other", "gone"].map(|name| folder.path().join(name));
        let all = || FileDigests::read([&same, &other, &gone].map(PathBuf::as_path));
        for file in [&same, &other, &gone] {
            std::fs::write(file, "a").unwrap();
        }
        let before = all();
        std::fs::write(&same, "a").unwrap();
        assert_eq!(before, all());
        std::fs::write(&other, "b").unwrap();
        std::fs::remove_file(&gone).unwrap();
        assert_eq!(before.changed(&all()), BTreeSet::from([gone, other]));
    }

    #[test]
    fn what_was_written_a_moment_ago_has_not_settled() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a");
        let file = std::fs::File::create(&path).unwrap();
        let (now, pause) = (SystemTime::now(), Duration::from_secs(10));
        let left = |seconds: u64, ahead: bool| {
            let seconds = Duration::from_secs(seconds);
            file.set_modified(if ahead { now + seconds } else { now - seconds }).unwrap();
            let files = BTreeSet::from([path.clone(), folder.path().join("gone")]);
            assert_eq!(
                FileDigests::read([path.as_path()]).time_to_settle(&files, now, pause),
                None,
                "it holds the same"
            );
            FileDigests::default().time_to_settle(&files, now, pause)
        };
        assert_eq!(left(4, false), Some(Duration::from_secs(6)));
        assert_eq!(left(4, true), Some(Duration::from_secs(14)));
        assert_eq!((left(10, false), left(11, false), left(11, true)), (None, None, None));
    }

    #[test]
    fn what_is_no_file_is_as_if_it_were_not_there() {
        let folder = tempfile::tempdir().unwrap();
        assert_eq!(FileDigests::read([folder.path()]).0.values().next(), Some(&None));
    }
}
