//! The files: appended to, made smaller when they are full, read from their end.

use std::fs::{self, File};
use std::io::{self, ErrorKind, Read as _, Seek as _, SeekFrom, Write as _};
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};

use rustix::fs::{Mode, OFlags};

use super::entry::Recorded;
use crate::model::files::{own_file, process_user};

/// Largest file, in bytes.
const MOST_BYTES: u64 = 4 * 1024 * 1024;

/// Bytes that are read at one time.
const BLOCK: u64 = 64 * 1024;

/// Longest line that is an entry, in bytes.
const LONGEST_LINE: usize = 16 * 1024;

/// The files of one state directory.
#[derive(Debug)]
pub(super) struct AuditFiles {
    folder: PathBuf,
    most_bytes: u64,
}

impl AuditFiles {
    /// The files in `folder`.
    pub(super) fn new(folder: PathBuf) -> Self {
        Self { folder, most_bytes: MOST_BYTES }
    }

    /// The same with smaller files.
    #[cfg(test)]
    pub(super) fn with_most(folder: PathBuf, most_bytes: u64) -> Self {
        Self { folder, most_bytes }
    }

    /// The file that is written.
    pub(super) fn current(&self) -> PathBuf {
        self.folder.join("audit.jsonl")
    }

    /// The one with older entries.
    pub(super) fn older(&self) -> PathBuf {
        self.folder.join("audit.1.jsonl")
    }

    /// The one with older entries before it is renamed.
    fn new_older(&self) -> PathBuf {
        self.folder.join(".audit.1.jsonl.new")
    }

    /// Appends entries, all or none as far as the file system allows.
    pub(super) fn append(&self, entries: &[Recorded]) -> io::Result<()> {
        let mut file = self.open_to_append(&self.current())?;
        let mut size = file.metadata()?.len();
        if size >= self.most_bytes {
            match self.turn_over() {
                Ok(()) => {
                    file = self.open_to_append(&self.current())?;
                    size = 0;
                }
                // It takes room on the disk. Until there is some, the file grows.
                Err(error) if size >= self.most_bytes.saturating_mul(2) => return Err(error),
                Err(_) => {}
            }
        }
        let mut text = String::new();
        if size > 0 && !ends_in_line_feed(&file, size)? {
            // The rest of an entry that a crash has cut.
            text.push('\n');
        }
        text.extend(entries.iter().map(Recorded::line));
        if let Err(error) = file.write_all(text.as_bytes()) {
            // What a full disk took of it would be a broken entry.
            drop(file.set_len(size));
            return Err(error);
        }
        file.sync_data()
    }

    /// Moves the entries of the full file to the older ones, of which the oldest make room. Refused attempts go first: strangers
    /// could otherwise push out by them what administrators did. A crash in between leaves entries in both files, and none in
    /// none.
    fn turn_over(&self) -> io::Result<()> {
        let mut all = Vec::new();
        self.newest_first(|entry| {
            // One that is in both files comes once.
            if all.last().is_none_or(|last: &Recorded| entry.id < last.id) {
                all.push(entry);
            }
            true
        })?;
        let (mut kept, mut room) = (Vec::new(), self.most_bytes);
        for of_refusals in [false, true] {
            for entry in all.iter().filter(|entry| entry.entry.action.is_refusal() == of_refusals) {
                let line = entry.line();
                let Some(left) = room.checked_sub(line.len() as u64) else { break };
                room = left;
                kept.push((entry.id, line));
            }
        }
        kept.sort_unstable_by_key(|(id, _)| *id);
        let new = self.new_older();
        // Left by a program that was killed.
        match fs::remove_file(&new) {
            Err(error) if error.kind() != ErrorKind::NotFound => return Err(error),
            _ => {}
        }
        let text: String = kept.into_iter().map(|(_, line)| line).collect();
        let written = self.open_to_append(&new).and_then(|mut file| {
            file.write_all(text.as_bytes())?;
            file.sync_data()
        });
        if let Err(error) = written.and_then(|()| fs::rename(&new, self.older())) {
            drop(fs::remove_file(&new));
            return Err(error);
        }
        fs::remove_file(self.current())
    }

    fn open_to_append(&self, path: &Path) -> io::Result<File> {
        let flags =
            OFlags::RDWR | OFlags::APPEND | OFlags::CREATE | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::CLOEXEC;
        let file = File::from(rustix::fs::open(path, flags, Mode::RUSR | Mode::WUSR)?);
        let metadata = file.metadata()?;
        if !metadata.is_file() {
            return Err(io::Error::new(ErrorKind::InvalidInput, "it is a folder or a device, not a file"));
        }
        own_file::give_to(&self.folder.metadata()?, &file)?;
        if metadata.mode() & 0o077 != 0 {
            file.set_permissions(fs::Permissions::from_mode(0o600))?;
        }
        Ok(file)
    }

    /// The id of the newest entry; none when there is none.
    pub(super) fn newest(&self) -> io::Result<Option<u64>> {
        let mut newest = None;
        self.newest_first(|entry| {
            newest = Some(entry.id);
            false
        })?;
        Ok(newest)
    }

    /// Gives all entries to `take`, newest first, until it wants no more.
    pub(super) fn newest_first(&self, mut take: impl FnMut(Recorded) -> bool) -> io::Result<()> {
        for path in [self.current(), self.older()] {
            let Some(file) = open_to_read(&path)? else { continue };
            if !lines_from_the_end(file, &mut take)? {
                break;
            }
        }
        Ok(())
    }
}

/// None when there is no such file.
fn open_to_read(path: &Path) -> io::Result<Option<File>> {
    let flags = OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::CLOEXEC;
    match rustix::fs::open(path, flags, Mode::empty()) {
        Ok(file) => Ok(Some(File::from(file))),
        Err(rustix::io::Errno::NOENT) => Ok(None),
        Err(error) => Err(process_user::explained(path, error.into())),
    }
}

fn ends_in_line_feed(mut file: &File, size: u64) -> io::Result<bool> {
    let mut last = [0];
    file.seek(SeekFrom::Start(size.saturating_sub(1)))?;
    file.read_exact(&mut last)?;
    Ok(last == *b"\n")
}

/// Gives the lines of a file to `take`, last one first; gives whether it wants more. What is no entry is left out.
fn lines_from_the_end(mut file: File, take: &mut impl FnMut(Recorded) -> bool) -> io::Result<bool> {
    let mut end = file.metadata()?.len();
    // The beginning of the block that was read last: the end of a line of the next block.
    let mut rest: Vec<u8> = Vec::new();
    while end > 0 {
        let begin = end.saturating_sub(BLOCK);
        let mut block = vec![0; usize::try_from(end - begin).unwrap_or_default()];
        file.seek(SeekFrom::Start(begin))?;
        file.read_exact(&mut block)?;
        // A line so long is no entry; without a limit it would be copied at every block.
        if rest.len() <= LONGEST_LINE {
            block.append(&mut rest);
        }
        let mut lines = block.rsplit(|byte| *byte == b'\n').peekable();
        while let Some(line) = lines.next() {
            if lines.peek().is_none() && begin > 0 {
                rest = line.to_vec();
            } else if let Some(entry) = Recorded::parse(line)
                && !take(entry)
            {
                return Ok(false);
            }
        }
        end = begin;
    }
    Ok(true)
}
