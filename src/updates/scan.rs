//! From the folder to what is offered.

use std::fs;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use jitsi_properties::Version;

use super::names::{Name, is_comparable, is_unfinished};
use super::open::beneath;
use super::{Channel, Defect, DefectKind, Installer, Platform, Release};
use crate::model::config;

/// Most entries of one folder.
const MAX_ENTRIES: usize = 1000;

/// Longest file that is taken for a signature, in bytes.
const MAX_SIGNATURE: u64 = 1024;

/// The page on what is new.
const CHANGES: &str = "changes.html";

impl Channel {
    /// Reads the folder that `settings` name; without one there is nothing to offer. Blocks.
    ///
    /// It never fails: what cannot be offered is listed by [`Channel::defects`].
    #[must_use]
    pub fn scan(settings: &config::Updates) -> Self {
        let (Some(folder), Some(url)) = (&settings.folder, &settings.url) else { return Self::default() };
        let mut channel = Self { folder: folder.clone(), base: format!("{}/updates", url.as_str()), ..Self::default() };
        match entries(folder) {
            Ok(entries) => entries.into_iter().for_each(|entry| channel.add_platform(entry)),
            Err(kind) => channel.tell(&folder.display().to_string(), kind),
        }
        channel
    }

    fn add_platform(&mut self, entry: FolderEntry) {
        let FolderEntry { name, path, kind } = entry;
        let platform = match (kind, Platform::parse(&name)) {
            // A note or a checksum that lies there needs no remark.
            (EntryKind::File, _) => return,
            (EntryKind::Other, _) => return self.tell(&name, DefectKind::Link),
            (EntryKind::Folder, None) => return self.tell(&name, DefectKind::NotAPlatform),
            (EntryKind::Folder, Some(platform)) => platform,
        };
        let versions = match entries(&path) {
            Ok(versions) => versions,
            Err(kind) => return self.tell(&name, kind),
        };
        let mut releases: Vec<Release> = Vec::new();
        for entry in versions {
            let place = format!("{name}/{}", entry.name);
            match self.release(platform, &entry) {
                Ok(None) => {}
                Ok(Some(release)) => match releases.iter().find(|other| other.version == release.version) {
                    Some(other) => self.tell(&place, DefectKind::SameVersion(other.version.to_string())),
                    None => releases.push(release),
                },
                Err((file, kind)) => self.tell(&format!("{place}{file}"), kind),
            }
        }
        releases.sort_by(|one, other| other.version.cmp(&one.version));
        if let Some(newest) = releases.first()
            && platform.reads_appcast()
            && newest.installer.signature.is_none()
        {
            let file = newest.file_name().to_owned();
            self.tell(&format!("{name}/{}/{file}", newest.folder), DefectKind::Unsigned(file));
        }
        if !releases.is_empty() {
            self.releases.insert(platform, releases);
        }
    }

    /// What one folder offers; nothing when it is no folder. A kind comes with the file in it that it concerns.
    fn release(&self, platform: Platform, entry: &FolderEntry) -> Result<Option<Release>, (String, DefectKind)> {
        let whole = |kind| (String::new(), kind);
        match entry.kind {
            EntryKind::File => return Ok(None),
            EntryKind::Other => return Err(whole(DefectKind::Link)),
            EntryKind::Folder => {}
        }
        let version = Version::parse(&entry.name).ok_or_else(|| whole(DefectKind::NotAVersion))?;
        let folder = Name::parse(&entry.name).ok_or_else(|| whole(DefectKind::Name))?;
        if platform.compares_numbers() && !is_comparable(folder.as_str()) {
            return Err(whole(DefectKind::NotComparable));
        }
        let files = entries(&entry.path).map_err(whole)?;
        let name = self.sole_installer(platform, &folder, &files)?;
        let of_file = |name: &Name, kind| (format!("/{name}"), kind);
        let installer = self.installer(platform, &folder, name, &files).map_err(|(name, kind)| of_file(&name, kind))?;
        let changes = files.iter().any(|file| file.name == CHANGES).then(|| Name::parse(CHANGES)).flatten();
        if let Some(changes) = &changes {
            self.open(platform, &folder, changes).map_err(|kind| of_file(changes, kind))?;
        }
        Ok(Some(Release { version, installer, folder, changes }))
    }

    /// The one installer of a version.
    fn sole_installer(
        &self,
        platform: Platform,
        folder: &Name,
        files: &[FolderEntry],
    ) -> Result<Name, (String, DefectKind)> {
        let whole = |kind| (String::new(), kind);
        let endings = platform.endings();
        let is_installer = |file: &&FolderEntry| {
            let name = file.name.to_ascii_lowercase();
            file.kind != EntryKind::Folder && endings.iter().any(|ending| name.ends_with(ending))
        };
        let mut installers = files.iter().filter(is_installer);
        let installer = installers.next().ok_or_else(|| whole(DefectKind::NoInstaller(endings.join(", "))))?;
        let in_place = |kind| (format!("/{}", installer.name), kind);
        let name = Name::parse(&installer.name).ok_or_else(|| in_place(DefectKind::Name))?;
        if let Some(other) = installers.next() {
            let kind = Name::parse(&other.name).map(|other| DefectKind::two_installers(&name, &other));
            return Err(whole(kind.unwrap_or(DefectKind::Name)));
        }
        let link = format!("{}/{platform}/{folder}/{name}", self.base);
        match platform.replaced_in_links().iter().find(|replaced| link.contains(**replaced)) {
            Some(replaced) => Err(in_place(DefectKind::Replaced(replaced, link))),
            None => Ok(name),
        }
    }

    fn installer(
        &self,
        platform: Platform,
        folder: &Name,
        name: Name,
        files: &[FolderEntry],
    ) -> Result<Installer, (Name, DefectKind)> {
        let unreadable = |error: io::Error| DefectKind::Unreadable(error.to_string());
        let metadata = self.open(platform, folder, &name).and_then(|file| file.metadata().map_err(unreadable));
        let (metadata, modified) =
            match metadata.and_then(|metadata| Ok((metadata.modified().map_err(unreadable)?, metadata))) {
                Ok((modified, metadata)) => (metadata, modified),
                Err(kind) => return Err((name, kind)),
            };
        if metadata.len() == 0 {
            return Err((name, DefectKind::Empty));
        }
        let beside = Name::parse(&format!("{name}.dsa"))
            .filter(|beside| platform.reads_appcast() && files.iter().any(|file| file.name == beside.as_str()));
        let signature = match beside {
            Some(beside) => match self.signature(platform, folder, &beside) {
                Ok(signature) => Some(signature),
                Err(kind) => return Err((beside, kind)),
            },
            None => None,
        };
        Ok(Installer { size: metadata.len(), modified, signature, name })
    }

    fn signature(&self, platform: Platform, folder: &Name, name: &Name) -> Result<String, DefectKind> {
        let mut text = String::new();
        let file = self.open(platform, folder, name)?;
        file.take(MAX_SIGNATURE).read_to_string(&mut text).map_err(|_| DefectKind::NotASignature)?;
        let line = text.lines().next().unwrap_or_default().trim();
        let is_base64 =
            !line.is_empty() && line.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"+/=".contains(&byte));
        if is_base64 { Ok(line.to_owned()) } else { Err(DefectKind::NotASignature) }
    }

    /// Opens a file as it will be opened for a client.
    fn open(&self, platform: Platform, folder: &Name, name: &Name) -> Result<fs::File, DefectKind> {
        beneath(&self.folder, &platform.to_string(), folder, name).map_err(|error| match error.kind() {
            io::ErrorKind::NotFound => DefectKind::Link,
            _ => DefectKind::Unreadable(error.to_string()),
        })
    }

    fn tell(&mut self, place: &str, kind: DefectKind) {
        // A name may hold anything, and goes to the log and to a terminal.
        let place = place.chars().flat_map(|character| {
            let escaped = character.is_control().then(|| character.escape_default());
            let plain = escaped.is_none().then_some(character);
            escaped.into_iter().flatten().chain(plain)
        });
        self.defects.push(Defect { place: place.collect(), kind });
    }
}

/// One entry of a folder.
struct FolderEntry {
    name: String,
    path: PathBuf,
    kind: EntryKind,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum EntryKind {
    File,
    Folder,
    Other,
}

/// The entries of a folder in the order of their names, without those that are unfinished or hidden.
fn entries(folder: &Path) -> Result<Vec<FolderEntry>, DefectKind> {
    let unreadable = |error: io::Error| DefectKind::Unreadable(error.to_string());
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).map_err(unreadable)? {
        let entry = entry.map_err(unreadable)?;
        let name = entry.file_name().to_string_lossy().into_owned();
        if is_unfinished(&name) {
            continue;
        }
        if found.len() == MAX_ENTRIES {
            return Err(DefectKind::TooMany(MAX_ENTRIES));
        }
        let kind = entry.file_type().map_err(unreadable)?;
        let kind = if kind.is_dir() {
            EntryKind::Folder
        } else if kind.is_file() {
            EntryKind::File
        } else {
            EntryKind::Other
        };
        found.push(FolderEntry { name, path: entry.path(), kind });
    }
    found.sort_by(|one, other| one.name.cmp(&other.name));
    Ok(found)
}
