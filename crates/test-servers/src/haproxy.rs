//! A real HAProxy (the Debian package `haproxy`) in front of the service.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::os::unix::net::UnixStream;
use std::time::{Duration, Instant};

use tempfile::TempDir;

use crate::process::{AtEnd, Process, loopback};
use crate::refuse_if_scripted;

/// Time for the server to take its first connection.
const START_LIMIT: Duration = Duration::from_mins(1);

/// A running HAProxy; it ends when it is dropped.
#[derive(Debug)]
pub struct Haproxy {
    // Dropped before the folder, in which it has a socket.
    _process: Process,
    folder: TempDir,
}

impl Haproxy {
    /// Starts one with this configuration, which must cause no warning, and waits until it takes connections on `port`.
    pub async fn start(port: u16, configuration: &str) -> Self {
        refuse_if_scripted("HAProxy");
        let configuration = configuration.to_owned();
        let started = tokio::task::spawn_blocking(move || Self::launch(port, &configuration));
        started.await.expect("starting a server does not panic").unwrap_or_else(|why| panic!("haproxy: {why}"))
    }

    /// How its last check of a server ended: status and code, for example `L7OK 200`. None before the first one has ended.
    #[must_use]
    pub fn last_check(&self, backend: &str, server: &str) -> Option<String> {
        Some(format!(
            "{} {}",
            self.statistic(backend, server, "check_status")?,
            self.statistic(backend, server, "check_code")?
        ))
    }

    /// What it says of a server in a column of its statistics, for example `status` or `stot` (sessions up to now).
    #[must_use]
    pub fn statistic(&self, backend: &str, server: &str, column: &str) -> Option<String> {
        let mut socket = UnixStream::connect(self.folder.path().join("socket")).ok()?;
        socket.write_all(b"show stat\n").ok()?;
        let mut text = String::new();
        socket.read_to_string(&mut text).ok()?;
        let mut lines = text.lines().map(|line| line.split(',').collect::<Vec<_>>());
        let names = lines.next()?;
        let row = lines.find(|row| row.starts_with(&[backend, server]))?;
        row.get(names.iter().position(|known| *known == column)?).map(|text| (*text).to_owned())
    }

    fn launch(port: u16, configuration: &str) -> Result<Self, String> {
        let folder = tempfile::tempdir().map_err(|error| error.to_string())?;
        let socket = format!("global\n    stats socket {}\n", folder.path().join("socket").display());
        let files = [("socket.cfg", socket.as_str()), ("site.cfg", configuration)].map(|(name, text)| {
            let file = folder.path().join(name);
            std::fs::write(&file, text).map(|()| file.display().to_string())
        });
        let [global, site] = files.map(|file| file.map_err(|error| error.to_string()));
        let path = format!("PATH={}:/usr/sbin:/sbin", std::env::var("PATH").unwrap_or_default());
        // In the foreground; warnings are errors.
        let command = ["env", &path, "haproxy", "-db", "-dW", "-f", &global?, "-f", &site?];
        let process = Process::start(folder.path(), AtEnd::Keep, &command)?;
        let deadline = Instant::now() + START_LIMIT;
        while TcpStream::connect(loopback(port)).is_err() {
            if Instant::now() > deadline {
                return Err(format!(
                    "it takes no connections (Debian: haproxy); its standard error: {}",
                    process.error()
                ));
            }
            std::thread::yield_now();
        }
        Ok(Self { _process: process, folder })
    }
}
