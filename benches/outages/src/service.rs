//! The service as a process of its own, with its log in a file.

use std::fs::{self, File};
use std::io::Write as _;
use std::net::SocketAddr;
use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use anyhow::Context as _;
use test_servers::openfire::{COMPONENT_SECRET, DOMAIN, Openfire, component_name};
use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::process::{Child, ChildStderr, Command};
use tokio::sync::watch;
use tokio::time::timeout;

use crate::site::Account;

/// Time in which the service must listen and its component be connected.
const START_LIMIT: Duration = Duration::from_secs(30);

/// A running service; it is killed when this is dropped.
#[derive(Debug)]
pub struct Service {
    _child: Child,
    address: SocketAddr,
}

impl Service {
    /// Starts `program` against `openfire` with default settings, and waits until its component is connected. Configuration
    /// and log go to `folder`.
    pub async fn start(
        program: &Path,
        openfire: &Openfire,
        reference: Option<&Account>,
        folder: &Path,
    ) -> anyhow::Result<Self> {
        fs::create_dir_all(folder).with_context(|| folder.display().to_string())?;
        let config = folder.join("config.toml");
        fs::write(&config, config_text(openfire, reference))?;
        let log = folder.join("service.log");
        // `setpriv` becomes the service, which then dies with this process, even by SIGKILL.
        let mut child = Command::new("setpriv")
            .args(["--pdeathsig", "KILL", "--"])
            .arg(program)
            .args(["serve", "--config"])
            .arg(&config)
            .stdin(Stdio::null())
            .stderr(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .context("setpriv (Debian: util-linux) cannot be started")?;
        let stderr = child.stderr.take().context("the log is not piped")?;
        let (seen, mut state) = watch::channel((None, false));
        tokio::spawn(copy_log(stderr, File::create(&log)?, seen));
        let ready = timeout(START_LIMIT, state.wait_for(|(address, connected)| address.is_some() && *connected)).await;
        let address = ready.ok().and_then(|ready| ready.ok().and_then(|state| state.0));
        let address = address
            .with_context(|| format!("{} does not become ready; its log is {}", program.display(), log.display()))?;
        Ok(Self { _child: child, address })
    }

    /// Where it listens.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }
}

/// Copies the log to a file to its end, and shows where the service listens and whether its component is connected.
async fn copy_log(stderr: ChildStderr, mut file: File, seen: watch::Sender<(Option<SocketAddr>, bool)>) {
    let mut lines = BufReader::new(stderr).lines();
    while let Ok(Some(line)) = lines.next_line().await {
        if let Some((_, rest)) = line.split_once("listening on http://") {
            let address = rest.split_whitespace().next().and_then(|address| address.parse().ok());
            seen.send_modify(|seen| seen.0 = address);
        }
        if line.contains("component") && line.contains("connected to") {
            seen.send_modify(|seen| seen.1 = true);
        }
        // A full disk loses the log, not the answers.
        let _ = writeln!(file, "{line}");
    }
}

fn config_text(openfire: &Openfire, reference: Option<&Account>) -> String {
    let reference = reference.map_or_else(String::new, |Account { name, password }| {
        format!("reference_user = \"{name}\"\nreference_password = \"{password}\"\n")
    });
    format!(
        "[openfire]\ndomain = \"{DOMAIN}\"\nhost = \"127.0.0.1\"\nport = {}\nca_file = \"{}\"\n{reference}\
         [component]\nname = \"{}\"\nsecret = \"{COMPONENT_SECRET}\"\nport = {}\n\
         [directory]\nroster = \"off\"\nadmin_commands = \"off\"\n[http]\nlisten = \"127.0.0.1:0\"\n",
        openfire.c2s().port(),
        openfire.ca_file().display(),
        component_name(),
        openfire.component().port(),
    )
}
