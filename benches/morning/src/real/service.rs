//! The service as a process of its own, with HTTPS.

use std::fs;
use std::net::SocketAddr;
use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use anyhow::Context as _;
use tempfile::TempDir;
use test_servers::openfire::{COMPONENT_SECRET, DOMAIN, Openfire, component_name};
use tokio::io::{AsyncBufReadExt as _, AsyncRead, BufReader, Lines};
use tokio::process::{Child, Command};
use tokio::time::timeout;
use tokio_rustls::rustls::pki_types::CertificateDer;

/// Time in which the service must listen and its component be connected.
const START_LIMIT: Duration = Duration::from_secs(30);

/// Account, vCard, and the roster from the user's own stream.
const TEMPLATE: &str = include_str!("../../template.properties");

/// A running service; it is killed when this is dropped.
#[derive(Debug)]
pub struct Service {
    child: Child,
    _folder: TempDir,
    /// Where it listens.
    pub address: SocketAddr,
    /// The certificate that it shows.
    pub certificate: CertificateDer<'static>,
}

impl Service {
    /// Starts `program` against `openfire`, with further settings in `[limits]`, and waits until its component is connected.
    pub async fn start(program: &Path, openfire: &Openfire, limits: &str) -> anyhow::Result<Self> {
        anyhow::ensure!(program.is_file(), "{} is not a file; build it first", program.display());
        let folder = tempfile::tempdir()?;
        let made = rcgen::generate_simple_self_signed(vec!["localhost".to_owned()])?;
        for (name, text) in [
            ("cert.pem", made.cert.pem()),
            ("key.pem", made.signing_key.serialize_pem()),
            ("provision.properties", TEMPLATE.to_owned()),
            ("config.toml", config(openfire, limits)),
        ] {
            fs::write(folder.path().join(name), text)?;
        }
        // `setpriv` becomes the service, which then dies with this process, even by SIGKILL.
        let mut child = Command::new("setpriv")
            .args(["--pdeathsig", "KILL", "--"])
            .arg(program)
            .args(["serve", "--config"])
            .arg(folder.path().join("config.toml"))
            .stdin(Stdio::null())
            .stderr(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .context("setpriv (Debian: util-linux) cannot be started")?;
        let mut lines = BufReader::new(child.stderr.take().context("the log is not piped")?).lines();
        let mut log = Vec::new();
        let ready = timeout(START_LIMIT, ready(&mut lines, &mut log)).await;
        let ready = ready.context("it did not become ready in time").and_then(|ready| ready);
        let address =
            ready.with_context(|| format!("{} does not start; its log:\n{}", program.display(), log.join("\n")))?;
        // The log must be read on, or the service would wait for room in the pipe.
        tokio::spawn(async move { while let Ok(Some(_)) = lines.next_line().await {} });
        Ok(Self { child, _folder: folder, address, certificate: made.cert.der().clone() })
    }

    /// The number of its process.
    pub fn pid(&self) -> anyhow::Result<u32> {
        self.child.id().context("the service has ended")
    }
}

async fn ready<R: AsyncRead + Unpin>(
    lines: &mut Lines<BufReader<R>>,
    log: &mut Vec<String>,
) -> anyhow::Result<SocketAddr> {
    let mut listening = None;
    while let Some(line) = lines.next_line().await? {
        if let Some((_, rest)) = line.split_once("listening on https://") {
            let address = rest.split_whitespace().next().context("no address behind `listening on`")?;
            listening = Some(address.parse()?);
        }
        let is_connected = line.contains("component") && line.contains("connected");
        log.push(line);
        if let Some(address) = listening
            && is_connected
        {
            return Ok(address);
        }
    }
    anyhow::bail!("it ended")
}

fn config(openfire: &Openfire, limits: &str) -> String {
    format!(
        "[openfire]\ndomain = \"{DOMAIN}\"\nhost = \"127.0.0.1\"\nport = {}\nca_file = \"{}\"\n\
         [component]\nname = \"{}\"\nsecret = \"{COMPONENT_SECRET}\"\nport = {}\n\
         [template]\nfile = \"provision.properties\"\n\
         [http]\nlisten = \"127.0.0.1:0\"\n[http.tls]\ncertificate = \"cert.pem\"\nkey = \"key.pem\"\n\
         [limits]\n{limits}\n",
        openfire.c2s().port(),
        openfire.ca_file().display(),
        component_name(),
        openfire.component().port(),
    )
}
