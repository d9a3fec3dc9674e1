//! The service as a process of its own.

use std::fs;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::{Duration, Instant};

use anyhow::Context as _;
use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, Command};
use tokio::time::timeout;

use super::openfire::{COMPONENT_SECRET, DOMAIN, Openfire};

/// Time in which the service must listen and its component be connected.
const START_LIMIT: Duration = Duration::from_secs(20);

/// A running service.
#[derive(Debug)]
pub struct Service {
    child: Child,
    config_file: PathBuf,
    _folder: TempDir,
    address: SocketAddr,
    started_in: Duration,
}

impl Service {
    /// Starts `program` against `openfire` and waits until the component is connected.
    pub async fn start(program: &Path, openfire: &Openfire) -> anyhow::Result<Self> {
        let folder = tempfile::tempdir()?;
        fs::write(folder.path().join("provision.properties"), include_str!("provision.properties"))?;
        let config_file = folder.path().join("config.toml");
        fs::write(&config_file, config(openfire))?;
        let begun = Instant::now();
        let mut child = Command::new(program)
            .args(["serve", "--config"])
            .arg(&config_file)
            .stderr(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .with_context(|| format!("{} cannot be started; build it first", program.display()))?;
        let stderr = child.stderr.take().context("the log is not piped")?;
        let mut lines = BufReader::new(stderr).lines();
        let (mut address, mut started_in) = (None, Duration::ZERO);
        let address = timeout(START_LIMIT, async {
            while let Some(line) = lines.next_line().await? {
                if let Some((_, rest)) = line.split_once("listening on http://") {
                    started_in = begun.elapsed();
                    address = rest.split_whitespace().next().and_then(|text| text.parse().ok());
                }
                if line.contains("component") && line.contains("connected") {
                    break;
                }
            }
            address.context("the service ended before it listened")
        })
        .await
        .context("the service did not become ready")??;
        // The log must be read on, or the service would wait for room in the pipe.
        tokio::spawn(async move { while let Ok(Some(_)) = lines.next_line().await {} });
        Ok(Self { child, config_file, _folder: folder, address, started_in })
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Its configuration.
    pub fn config_file(&self) -> &Path {
        &self.config_file
    }

    /// Time from its start until it listened.
    pub fn started_in(&self) -> Duration {
        self.started_in
    }

    /// Resident memory now, in KiB.
    pub fn resident_kib(&self) -> anyhow::Result<u64> {
        self.status("VmRSS:")
    }

    /// Most resident memory up to now, in KiB.
    pub fn peak_resident_kib(&self) -> anyhow::Result<u64> {
        self.status("VmHWM:")
    }

    /// Processor time used up to now, all threads together (proc(5), fields 14 and 15, in hundredths of a second).
    pub fn processor_time(&self) -> anyhow::Result<Duration> {
        let pid = self.child.id().context("the service has ended")?;
        let stat = fs::read_to_string(format!("/proc/{pid}/stat"))?;
        let fields: Vec<&str> = stat.rsplit(") ").next().context("no fields")?.split(' ').collect();
        let ticks = fields.get(11).context("no user time")?.parse::<u64>()?
            + fields.get(12).context("no system time")?.parse::<u64>()?;
        Ok(Duration::from_millis(ticks * 10))
    }

    fn status(&self, field: &str) -> anyhow::Result<u64> {
        let pid = self.child.id().context("the service has ended")?;
        let status = fs::read_to_string(format!("/proc/{pid}/status"))?;
        let line = status.lines().find_map(|line| line.strip_prefix(field)).context("no such field")?;
        Ok(line.trim().trim_end_matches(" kB").parse()?)
    }
}

fn config(openfire: &Openfire) -> String {
    format!(
        "[openfire]\ndomain = \"{DOMAIN}\"\nhost = \"127.0.0.1\"\nport = {}\nca_file = \"{}\"\n\
         [component]\nname = \"load.{DOMAIN}\"\nsecret = \"{COMPONENT_SECRET}\"\nport = {}\n\
         [template]\nfile = \"provision.properties\"\n[http]\nlisten = \"127.0.0.1:0\"\n",
        openfire.c2s().port(),
        openfire.ca_file().display(),
        openfire.component().port(),
    )
}
