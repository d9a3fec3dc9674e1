//! A fail2ban server of a test's own: its files are in a folder, and its ban is a line of text.

use std::fs;
use std::path::Path;

use tempfile::TempDir;

use super::{SHIPPED, install_filter};
use crate::process::{AtEnd, Process};
use crate::refuse_if_scripted;

/// A running fail2ban with one jail; it ends when it is dropped.
#[derive(Debug)]
pub struct Fail2ban {
    // Dropped before the folder, to which it writes.
    process: Process,
    _folder: TempDir,
}

impl Fail2ban {
    /// Starts a server with this filter and jail. `local` is what an administrator writes into the file beside the jail's.
    pub async fn start(filter: &Path, jail: &Path, local: &str) -> Self {
        refuse_if_scripted("fail2ban");
        let (filter, jail, local) = (filter.to_owned(), jail.to_owned(), local.to_owned());
        let started = tokio::task::spawn_blocking(move || Self::launch(&filter, &jail, &local));
        started.await.expect("starting a server does not panic").unwrap_or_else(|why| panic!("fail2ban: {why}"))
    }

    fn launch(filter: &Path, jail: &Path, local: &str) -> Result<Self, String> {
        let folder = tempfile::tempdir().map_err(|error| error.to_string())?;
        write_files(&folder, filter, jail, local).map_err(|error| error.to_string())?;
        // The bans come as lines on its standard output. The reader of the file ends with the server, which has its number.
        let command = "cd \"$0\"; touch bans; tail -f -n +1 --pid=$$ bans & \
                       exec fail2ban-server -f -c . -s ./socket -p ./pid --logtarget STDERR start";
        let place = folder.path().display().to_string();
        let process = Process::start(folder.path(), AtEnd::Keep, &["sh", "-c", command, &place])?;
        Ok(Self { process, _folder: folder })
    }

    /// Waits for the next ban, and gives its address.
    #[must_use]
    pub fn banned(&self) -> String {
        let line = self.process.line("banned ").unwrap_or_else(|why| panic!("fail2ban: {why}"));
        line.trim_start_matches("banned ").to_owned()
    }
}

fn write_files(folder: &TempDir, filter: &Path, jail: &Path, local: &str) -> std::io::Result<()> {
    install_filter(folder, filter);
    let folder = folder.path();
    for file in ["jail.conf", "paths-common.conf", "paths-debian.conf"] {
        fs::copy(Path::new(SHIPPED).join(file), folder.join(file))?;
    }
    fs::write(folder.join("fail2ban.conf"), "[Definition]\nloglevel = INFO\nsyslogsocket = auto\ndbfile = None\n")?;
    fs::create_dir(folder.join("action.d"))?;
    let ban = format!("[Definition]\nactionban = echo banned \"<ip>\" >>{}\n", folder.join("bans").display());
    fs::write(folder.join("action.d/line.conf"), ban)?;
    fs::create_dir(folder.join("jail.d"))?;
    fs::copy(jail, folder.join("jail.d/openfire-provisioner.conf"))?;
    fs::write(folder.join("jail.d/openfire-provisioner.local"), format!("{local}\naction = line\n"))
}
