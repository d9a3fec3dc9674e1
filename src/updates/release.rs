//! One version for one platform.

use std::time::SystemTime;

use jitsi_properties::Version;

use super::names::Name;

/// One version for one platform.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Release {
    /// The version, as its folder is called.
    pub version: Version,
    /// What a client installs.
    pub installer: Installer,
    pub(super) folder: Name,
    /// The page on what is new.
    pub(super) changes: Option<Name>,
}

/// The one file that a client installs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Installer {
    /// Its size in bytes, when the folder was read.
    pub size: u64,
    /// When it was last changed.
    pub modified: SystemTime,
    /// Sparkle's DSA signature in base64.
    pub signature: Option<String>,
    pub(super) name: Name,
}

impl Release {
    /// The name of the installer's file.
    #[must_use]
    pub fn file_name(&self) -> &str {
        self.installer.name.as_str()
    }

    /// One of its files that may be downloaded.
    pub(super) fn file(&self, name: &str) -> Option<&Name> {
        [Some(&self.installer.name), self.changes.as_ref()].into_iter().flatten().find(|file| file.as_str() == name)
    }
}
