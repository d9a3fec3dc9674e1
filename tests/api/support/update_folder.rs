//! A folder of installers, and a service that serves it.

use std::fs;
use std::path::{Path, PathBuf};

use tempfile::TempDir;

use super::app::TestApp;

/// What the installer of the everyday folder holds.
pub const INSTALLER: &str = "MZ the installer, of 44 bytes, more or less.";

/// The address of that installer.
pub const INSTALLER_PATH: &str = "/updates/windows-x64/2.11.5633/jitsi-2.11.5633-x64.exe";

/// A folder of installers with something beside it that nobody may read.
pub struct UpdateFolder(TempDir);

impl UpdateFolder {
    /// With one release for Windows and one for macOS.
    pub fn everyday() -> Self {
        let folder = Self(tempfile::tempdir().unwrap());
        folder.write("windows-x64/2.11.5633/jitsi-2.11.5633-x64.exe", INSTALLER);
        folder.write("windows-x64/2.11.5633/changes.html", "<p>Fewer mistakes, \u{e9}");
        folder.write("windows-x64/2.11.5633/notes.txt", "SECRET");
        folder.write("macos/2.11.5633/jitsi.dmg", "dmg");
        folder.write("macos/2.11.5633/jitsi.dmg.dsa", "MCwCFHq+/w==");
        folder.write("../SECRET", "SECRET");
        folder
    }

    /// Where it lies.
    #[must_use]
    pub fn path(&self) -> PathBuf {
        self.0.path().join("updates")
    }

    /// Writes a file in it.
    pub fn write(&self, path: &str, text: &str) {
        let path = self.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::create_dir_all(self.path()).unwrap();
        fs::write(path, text).unwrap();
    }

    /// Makes a file of zeros in it, far larger than what sockets hold.
    pub fn write_large(&self, path: &str) -> u64 {
        let size = 64 * 1024 * 1024;
        self.write(path, "");
        let file = fs::File::options().write(true).open(self.path().join(path)).unwrap();
        file.set_len(size).unwrap();
        size
    }

    /// A service of it, whose Openfire is never there: updates need none. `more` is added to `[updates]`, and may begin
    /// further sections.
    pub fn serve(&self, more: &str) -> TestApp {
        TestApp::unready(&self.config(more), None)
    }

    /// The configuration of that service.
    #[must_use]
    pub fn config(&self, more: &str) -> String {
        let http = if more.contains("[http]") { "" } else { "[http]\nlisten = \"127.0.0.1:0\"\n" };
        format!(
            "[openfire]\ndomain = \"example.test\"\nhost = \"127.0.0.1\"\nport = 1\n\
             [component]\nname = \"a.example.test\"\nsecret = \"hush\"\nport = 1\n{http}{}{more}\n",
            self.section(),
        )
    }

    /// The section `[updates]` alone.
    #[must_use]
    pub fn section(&self) -> String {
        format!("[updates]\nfolder = {:?}\nurl = \"https://prov.example.test\"\n", Path::new(&self.path()))
    }
}
