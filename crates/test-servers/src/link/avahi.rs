//! A real Avahi (the Debian package `avahi-daemon`) on a host of a link.

use tempfile::TempDir;

use crate::link::{Host, INTERFACE};
use crate::process::Process;

/// A running Avahi; it ends when it is dropped.
#[derive(Debug)]
pub struct Avahi {
    // Dropped before the folder, from which it reads.
    _process: Process,
    _folder: TempDir,
}

impl Avahi {
    /// Starts one with these static services, each with the name of its file, and waits until it has announced all.
    #[must_use]
    pub fn start(host: &Host, services: &[(&str, &str)]) -> Self {
        Self::launch(host, services).unwrap_or_else(|why| panic!("avahi-daemon: {why}"))
    }

    fn launch(host: &Host, services: &[(&str, &str)]) -> Result<Self, String> {
        let folder = tempfile::tempdir().map_err(|error| error.to_string())?;
        let etc = folder.path().join("etc");
        let write = || -> std::io::Result<()> {
            std::fs::create_dir_all(etc.join("services"))?;
            std::fs::write(etc.join("avahi-daemon.conf"), configuration())?;
            services.iter().try_for_each(|(name, text)| std::fs::write(etc.join("services").join(name), text))
        };
        write().map_err(|error| error.to_string())?;
        // It looks for services only there, and has its socket below /run: a mount namespace gives it its own copy of
        // both.
        let script = format!(
            "mount -t tmpfs tmpfs /run && mkdir /run/avahi-daemon && mount --bind {} /etc/avahi && \
             exec avahi-daemon --no-drop-root --no-chroot --no-rlimits --no-proc-title 2>&1",
            etc.display()
        );
        let process = host.start(folder.path(), &["unshare", "--mount", "--", "sh", "-c", &script])?;
        if services.is_empty() {
            process.line("Server startup complete.")?;
        }
        for _ in services {
            process.line("Service \"")?;
        }
        Ok(Self { _process: process, _folder: folder })
    }
}

/// A configuration without D-Bus, which a host of a link does not have.
fn configuration() -> String {
    format!(
        "[server]\nhost-name=announcer\nuse-ipv4=yes\nuse-ipv6=yes\nallow-interfaces={INTERFACE}\nenable-dbus=no\n[publish]\n\
         publish-workstation=no\n[rlimits]\n"
    )
}
