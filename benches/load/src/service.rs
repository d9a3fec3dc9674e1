//! The service as a process of its own.

pub(crate) mod at_rest;
mod config;

use std::fs;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::Context as _;
use tempfile::TempDir;
use test_servers::openfire::Openfire;
use tokio::io::{AsyncBufReadExt as _, AsyncRead, BufReader, Lines};
use tokio::process::{Child, Command};
use tokio::time::timeout;
use tokio_rustls::TlsConnector;
use tokio_rustls::rustls::client::Resumption;
use tokio_rustls::rustls::pki_types::CertificateDer;
use tokio_rustls::rustls::{ClientConfig, RootCertStore};

use self::config::config;
pub(crate) use self::config::{NO_POOL, POOL, Template};
use crate::USERS;
use crate::users::Users;

/// Time in which the service must listen and its component be connected.
const START_LIMIT: Duration = Duration::from_secs(20);
/// Enters a control group, and becomes the program.
const ENTER: &str = r#"echo $$ >"$1" && shift && exec "$@""#;
/// Lines of its log that are shown when it does not start.
const SHOWN_LINES: usize = 20;

/// A running service.
#[derive(Debug)]
pub(crate) struct Service {
    child: Child,
    _folder: TempDir,
    template: Template,
    users: Users,
    address: SocketAddr,
    certificate: Option<CertificateDer<'static>>,
    started_in: Duration,
}

/// How the service is started.
#[derive(Debug, Default)]
pub(crate) struct Launch {
    /// It serves HTTPS.
    pub(crate) secured: bool,
    /// The file that takes the process into a control group.
    pub(crate) group: Option<PathBuf>,
    /// More lines of its configuration, in `[http]` and after it.
    pub(crate) config: String,
    /// Where it reaches the client port, if not at Openfire itself.
    pub(crate) c2s: Option<SocketAddr>,
    /// The users of the server, if others than [`USERS`].
    pub(crate) users: Option<Users>,
}

impl Service {
    /// Starts `program` against `openfire` as the component `component`, and waits until that is connected.
    pub(crate) async fn start(
        program: &Path,
        openfire: &Openfire,
        component: &str,
        template: Template,
    ) -> anyhow::Result<Self> {
        Self::launch(program, openfire, component, template, Launch::default()).await
    }

    /// The same in another way.
    pub(crate) async fn launch(
        program: &Path,
        openfire: &Openfire,
        component: &str,
        template: Template,
        launch: Launch,
    ) -> anyhow::Result<Self> {
        let folder = tempfile::tempdir()?;
        fs::write(folder.path().join("provision.properties"), template.text())?;
        let config_file = folder.path().join("config.toml");
        let mut text = config(openfire, launch.c2s.unwrap_or_else(|| openfire.c2s()), component) + &launch.config;
        let mut certificate = None;
        if launch.secured {
            let made = rcgen::generate_simple_self_signed(vec!["localhost".to_owned()])?;
            fs::write(folder.path().join("cert.pem"), made.cert.pem())?;
            fs::write(folder.path().join("key.pem"), made.signing_key.serialize_pem())?;
            text += "[http.tls]\ncertificate = \"cert.pem\"\nkey = \"key.pem\"\n";
            certificate = Some(made.cert.der().clone());
        }
        fs::write(&config_file, text)?;
        anyhow::ensure!(program.is_file(), "{} is no file; build it first", program.display());
        let begun = Instant::now();
        // `setpriv` becomes the service, which then dies with this process, even by SIGKILL.
        let mut child = Command::new("setpriv")
            .args(["--pdeathsig", "KILL", "--", "sh", "-c", ENTER, "sh"])
            .arg(launch.group.unwrap_or_else(|| "/dev/null".into()))
            .arg(program)
            .args(["serve", "--config"])
            .arg(&config_file)
            .stderr(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .context("setpriv (Debian: util-linux) cannot be started")?;
        let stderr = child.stderr.take().context("the log is not piped")?;
        let mut lines = BufReader::new(stderr).lines();
        let mut log = Vec::new();
        let ready = timeout(START_LIMIT, ready(&mut lines, &mut log, begun)).await;
        let ready = ready.context("it did not become ready in time").and_then(|ready| ready);
        let (address, started_in) = ready.with_context(|| {
            let shown = log.get(log.len().saturating_sub(SHOWN_LINES)..).unwrap_or_default();
            format!("{} does not start; its log:\n{}", program.display(), shown.join("\n"))
        })?;
        // The log must be read on, or the service would wait for room in the pipe.
        tokio::spawn(async move { while let Ok(Some(_)) = lines.next_line().await {} });
        let users = launch.users.unwrap_or(USERS);
        Ok(Self { child, _folder: folder, template, users, address, certificate, started_in })
    }

    /// The number of its process.
    pub(crate) fn pid(&self) -> anyhow::Result<u32> {
        self.child.id().context("the service has ended")
    }

    /// What its replies hold.
    pub(crate) fn template(&self) -> Template {
        self.template
    }

    /// The users of its server.
    pub(crate) fn users(&self) -> Users {
        self.users
    }

    /// Where it listens.
    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    /// What secures connections to it; none where it serves plain HTTP.
    pub(crate) fn connector(&self) -> anyhow::Result<Option<TlsConnector>> {
        let Some(certificate) = &self.certificate else { return Ok(None) };
        let mut roots = RootCertStore::empty();
        roots.add(certificate.clone())?;
        let mut config = ClientConfig::builder().with_root_certificates(roots).with_no_client_auth();
        config.resumption = Resumption::disabled();
        Ok(Some(TlsConnector::from(Arc::new(config))))
    }

    /// Time from its start until it listened.
    pub(crate) fn started_in(&self) -> Duration {
        self.started_in
    }

    /// Resident memory now, in KiB.
    pub(crate) fn resident_kib(&self) -> anyhow::Result<u64> {
        self.status("VmRSS:")
    }

    /// Most resident memory up to now, in KiB.
    pub(crate) fn peak_resident_kib(&self) -> anyhow::Result<u64> {
        self.status("VmHWM:")
    }

    /// Processor time used up to now, all threads together (proc(5), fields 14 and 15, in hundredths of a second).
    pub(crate) fn processor_time(&self) -> anyhow::Result<Duration> {
        let pid = self.pid()?;
        let stat = fs::read_to_string(format!("/proc/{pid}/stat")).context("the service has ended")?;
        let fields: Vec<&str> = stat.rsplit(") ").next().context("no fields")?.split(' ').collect();
        let ticks = fields.get(11).context("no user time")?.parse::<u64>()?
            + fields.get(12).context("no system time")?.parse::<u64>()?;
        Ok(Duration::from_millis(ticks * 10))
    }

    fn status(&self, field: &str) -> anyhow::Result<u64> {
        let pid = self.pid()?;
        let status = fs::read_to_string(format!("/proc/{pid}/status")).context("the service has ended")?;
        let line = status.lines().find_map(|line| line.strip_prefix(field)).context("no such field")?;
        Ok(line.trim().trim_end_matches(" kB").parse()?)
    }
}

/// Waits until the service listens and its component is connected. Its log goes to `log`.
async fn ready<R: AsyncRead + Unpin>(
    lines: &mut Lines<BufReader<R>>,
    log: &mut Vec<String>,
    begun: Instant,
) -> anyhow::Result<(SocketAddr, Duration)> {
    let mut listening = None;
    while let Some(line) = lines.next_line().await? {
        if let Some((_, rest)) =
            line.replace("listening on https://", "listening on http://").split_once("listening on http://")
        {
            let address = rest.split_whitespace().next().context("no address behind `listening on`")?;
            listening = Some((address.parse()?, begun.elapsed()));
        }
        let connected = line.contains("component") && line.contains("connected");
        log.push(line);
        if let Some(listening) = listening
            && connected
        {
            return Ok(listening);
        }
    }
    anyhow::bail!("it ended")
}
