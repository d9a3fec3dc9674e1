//! A real dnsmasq (the Debian package `dnsmasq-base`) on a host of a link.

use tempfile::TempDir;

use crate::link::Host;
use crate::process::Process;

/// A running dnsmasq; it ends when it is dropped.
#[derive(Debug)]
pub struct Dnsmasq {
    // Dropped before the folder, to which it writes.
    _process: Process,
    _folder: TempDir,
}

impl Dnsmasq {
    /// Starts one with this configuration. Only its files lie elsewhere than the configuration says.
    #[must_use]
    pub fn start(host: &Host, configuration: &str) -> Self {
        Self::launch(host, configuration).unwrap_or_else(|why| panic!("dnsmasq: {why}"))
    }

    fn launch(host: &Host, configuration: &str) -> Result<Self, String> {
        let folder = tempfile::tempdir().map_err(|error| error.to_string())?;
        let own = |line: &&str| !line.starts_with("dhcp-leasefile=");
        let configuration: Vec<&str> = configuration.lines().filter(own).collect();
        let file = folder.path().join("dnsmasq.conf");
        std::fs::write(&file, configuration.join("\n") + "\n").map_err(|error| error.to_string())?;
        let script = format!(
            "exec dnsmasq --keep-in-foreground --log-facility=- --user=root --conf-file={} --pid-file={place}/pid \
             --dhcp-leasefile={place}/leases 2>&1",
            file.display(),
            place = folder.path().display()
        );
        let process = host.start(folder.path(), &["sh", "-c", &script])?;
        // Its first line says that it has started. A line about a mistake in the configuration has no process number.
        process.line("dnsmasq[")?;
        Ok(Self { _process: process, _folder: folder })
    }
}
