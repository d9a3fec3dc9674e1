//! The update channel: installers in a folder, offered to the clients whose platform they are for.
//!
//! The folder holds one folder for each [`Platform`], in it one for each version, in it one installer:
//!
//! ```text
//! windows-x64/2.11.5633/jitsi-2.11.5633-x64.exe
//! windows-x64/2.11.5633/changes.html              optional, shown by the client before it updates
//! macos/2.11.5633/jitsi-2.11.5633.dmg
//! macos/2.11.5633/jitsi-2.11.5633.dmg.dsa         optional, Sparkle's signature in base64
//! ```
//!
//! 1. [`Channel::scan`] reads the folder. What cannot be offered becomes a [`Defect`], and nothing else suffers.
//! 2. [`Channel::for_client`] gives a template the address for one client: that of the feed of its platform.
//! 3. [`Channel::feed`] is the text behind that address. A Windows client reads a properties file (`UpdateServiceImpl`),
//!    a macOS client an appcast (Sparkle).
//! 4. [`Channel::find`] gives what may be downloaded: only what the scan found, so no path is ever made from what a
//!    client sends, and [`Published::open`] follows no link on the way to it.
//!
//! `docs/updates.md` is the same from the view of an administrator.

mod defect;
mod feed;
mod live;
mod names;
mod open;
mod platform;
mod release;
mod scan;

use std::collections::BTreeMap;
use std::path::PathBuf;

pub use self::defect::{Defect, DefectKind};
pub use self::live::LiveChannel;
pub use self::open::Published;
pub use self::platform::Platform;
pub use self::release::{Installer, Release};
use crate::model::account::{ClientInfo, UpdateLink};

/// What is offered to whom, as the folder was when it was read.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Channel {
    folder: PathBuf,
    /// Where clients find the channel, `https://host/updates`.
    base: String,
    /// What can be offered for each platform, newest first; never an empty list.
    releases: BTreeMap<Platform, Vec<Release>>,
    defects: Vec<Defect>,
}

impl Channel {
    /// What each platform is offered.
    pub fn newest(&self) -> impl Iterator<Item = (Platform, &Release)> {
        self.releases.iter().filter_map(|(platform, releases)| Some((*platform, releases.first()?)))
    }

    /// What was found that is not offered, or not as it should be.
    #[must_use]
    pub fn defects(&self) -> &[Defect] {
        &self.defects
    }

    /// The address of a platform's feed, whether there is a release or not.
    #[must_use]
    pub fn link(&self, platform: Platform) -> String {
        format!("{}/{platform}/{}", self.base, platform.feed())
    }

    /// What a client gets; nothing when there is no release for its platform, or its platform is not known.
    #[must_use]
    pub fn for_client(&self, client: &ClientInfo) -> UpdateLink {
        let field = |name: &str| client.fields.get(name).map_or("", String::as_str);
        let mut platforms = Platform::of_client(field("os"), field("arch"));
        let offered = platforms.find_map(|platform| Some((platform, self.releases.get(&platform)?.first()?)));
        offered.map_or_else(UpdateLink::default, |(platform, release)| UpdateLink {
            link: self.link(platform),
            version: release.version.to_string(),
        })
    }

    /// The text that a platform's clients read to learn of the newest version; none when there is none for them.
    #[must_use]
    pub fn feed(&self, platform: Platform) -> Option<String> {
        let release = self.releases.get(&platform)?.first()?;
        Some(feed::text(&self.link(platform), platform, release))
    }

    /// A file that may be downloaded, by the names in its address. Older releases stay: a client may have read of one
    /// long before its user clicks.
    #[must_use]
    pub fn find(&self, platform: &str, version: &str, file: &str) -> Option<Published> {
        let platform = Platform::parse(platform)?;
        let release = self.releases.get(&platform)?.iter().find(|release| release.folder.as_str() == version)?;
        let file = release.file(file)?;
        Some(Published::new(self.folder.clone(), platform, release.folder.clone(), file.clone()))
    }
}

#[cfg(test)]
mod tests;
