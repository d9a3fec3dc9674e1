//! A real Openfire 4.2.0 (`crates/test-servers/openfire`).

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use anyhow::Context as _;
use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::process::{Child, ChildStdin, Command};
use tokio::time::timeout;

/// Its domain, and the name in its certificate.
pub(crate) const DOMAIN: &str = "example.test";
/// The secret with which any component may connect.
pub(crate) const COMPONENT_SECRET: &str = "component-secret";
/// Time for the server to start; the first run of all fetches its jars.
const START_LIMIT: Duration = Duration::from_mins(5);
/// Time for the server to end; `lifeline.sh` kills it after ten seconds.
const STOP_LIMIT: Duration = Duration::from_secs(15);

/// A running Openfire, which ends with this process however that ends.
#[derive(Debug)]
pub(crate) struct Openfire {
    lifeline: Child,
    _open: ChildStdin,
    /// Where clients connect.
    pub(crate) c2s: SocketAddr,
    /// Where components connect.
    pub(crate) component: SocketAddr,
    /// Certificate of the authority that signed the server's.
    pub(crate) ca_file: PathBuf,
}

impl Openfire {
    /// Starts a server with `users` made-up users and the given properties, each `NAME=VALUE`.
    pub(crate) async fn start(users: usize, properties: &[String]) -> anyhow::Result<Self> {
        let servers = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../crates/test-servers");
        let folder = tempfile::tempdir()?.keep();
        let mut lifeline = Command::new(servers.join("lifeline.sh"))
            .arg("--remove")
            .arg(&folder)
            .arg(servers.join("openfire/run.sh"))
            .arg("start")
            .arg(&folder)
            .arg(format!("USERS={users}"))
            .args(properties.iter().map(|property| format!("P:{property}")))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .context("lifeline.sh cannot be started")?;
        let open = lifeline.stdin.take().context("its standard input is not piped")?;
        let mut lines = BufReader::new(lifeline.stdout.take().context("its standard output is not piped")?).lines();
        let ready = timeout(START_LIMIT, async {
            while let Some(line) = lines.next_line().await? {
                if line.starts_with("ready ") {
                    return Ok(line);
                }
            }
            anyhow::bail!("Openfire ended before it was ready; its own words stand above")
        });
        let ready = ready.await.context("Openfire did not start in time")??;
        // What it says later must be read on, or it would wait for room in the pipe.
        tokio::spawn(async move { while let Ok(Some(_)) = lines.next_line().await {} });
        let word = |key: &str| {
            let value = ready.split(' ').find_map(|word| word.strip_prefix(key)?.strip_prefix('='));
            value.with_context(|| format!("no `{key}` in `{ready}`"))
        };
        Ok(Self {
            c2s: word("c2s")?.parse()?,
            component: word("component")?.parse()?,
            ca_file: word("ca")?.into(),
            lifeline,
            _open: open,
        })
    }

    /// Ends the server and waits until it is gone.
    pub(crate) async fn stop(self) {
        let Self { mut lifeline, _open: open, .. } = self;
        drop(open);
        if timeout(STOP_LIMIT, lifeline.wait()).await.is_err() {
            // Its death is the death of the server (setpriv in `lifeline.sh`).
            let _ = lifeline.kill().await;
        }
    }
}
