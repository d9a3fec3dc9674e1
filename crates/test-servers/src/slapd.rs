//! A real OpenLDAP server (the Debian package `slapd`) with the people of the seeds, for an Openfire that keeps none.

mod ldif;

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use tempfile::TempDir;

use crate::process::{AtEnd, Process, free_port, loopback};
use crate::{asset, refuse_if_scripted};

/// Everything in the directory is below this name.
pub const BASE: &str = "dc=example,dc=test";
/// The name that may read and change everything.
pub const ADMIN: &str = "cn=admin,dc=example,dc=test";
/// The password of [`ADMIN`].
pub const ADMIN_PASSWORD: &str = "directory-secret";

/// A person whom [`FAILURES_TO_LOCK`] wrong passwords lock.
pub const LOCKS_SOON: &str = "locks-soon";
/// A person who must change the password.
pub const MUST_CHANGE: &str = "must-change";
/// A person whose password has expired.
pub const PASSWORD_EXPIRED: &str = "password-expired";
/// The password of these three, who are in no seed.
pub const GUARDED_PASSWORD: &str = "guarded-but-right";
/// Wrong passwords after which [`LOCKS_SOON`] is locked.
pub const FAILURES_TO_LOCK: usize = 3;

/// Where Debian keeps servers; only root has it in the path.
const SYSTEM_PROGRAMS: &str = "/usr/sbin:/sbin";

/// Time for the server to answer its first request.
const START_LIMIT: Duration = Duration::from_mins(1);
/// Time for one answer to that request.
const ANSWER_LIMIT: Duration = Duration::from_secs(1);

/// An anonymous bind (RFC 4511 section 4.2): message 1, version 3, no name, an empty password.
const BIND_REQUEST: [u8; 14] = *b"\x30\x0c\x02\x01\x01\x60\x07\x02\x01\x03\x04\x00\x80\x00";
/// How its answer begins: a message of seven bytes after its number, a bind response.
const BIND_RESPONSE: [u8; 6] = *b"\x30\x0c\x02\x01\x01\x61";

/// A running directory on a loopback address; it ends when it is dropped.
#[derive(Debug)]
pub struct Slapd {
    process: Process,
    port: u16,
    tls_port: u16,
    folder: TempDir,
}

impl Slapd {
    /// Starts a directory with all people of the seeds as `inetOrgPerson` below `ou=people`, and their groups as
    /// `groupOfNames` below `ou=groups`. Who is locked in the seeds is locked here (`ppolicy`).
    pub async fn start() -> Self {
        Self::start_with_numbered_people(0).await
    }

    /// The same with so many people more: `u01` with password `pw-u01` and so on, and `reference` with password
    /// `pw-reference`.
    pub async fn start_with_numbered_people(count: usize) -> Self {
        refuse_if_scripted("slapd");
        let started = tokio::task::spawn_blocking(move || {
            let folder = tempfile::tempdir().map_err(|error| error.to_string())?;
            fill(folder.path(), count)?;
            launch(folder, free_port(), free_port())
        });
        started.await.expect("starting a server does not panic").unwrap_or_else(|why| panic!("slapd: {why}"))
    }

    /// Where it listens.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        loopback(self.port)
    }

    /// Where it listens for TLS (`ldaps`), with a certificate of its own for `*.test`.
    #[must_use]
    pub fn tls_address(&self) -> SocketAddr {
        loopback(self.tls_port)
    }

    /// The file of that certificate (PEM).
    #[must_use]
    pub fn certificate(&self) -> PathBuf {
        self.folder.path().join("slapd.crt")
    }

    /// Lets the server answer nothing more: connections are accepted by the kernel, and stay open. A stalled server ends
    /// when it is dropped, too, ten seconds later.
    pub fn stall(&self) {
        self.signal("STOP");
    }

    /// Lets a stalled server go on, with all requests that came meanwhile.
    pub fn resume(&self) {
        self.signal("CONT");
    }

    /// Stops the server: its port is closed afterwards.
    pub async fn stop(self) -> StoppedSlapd {
        let Self { mut process, port, tls_port, folder } = self;
        tokio::task::spawn_blocking(move || process.stop()).await.expect("stopping does not panic");
        StoppedSlapd { port, tls_port, folder }
    }

    #[track_caller]
    fn signal(&self, name: &str) {
        let file = self.folder.path().join("slapd.pid");
        let pid = std::fs::read_to_string(file).expect("a running server has a file with its number");
        let sent = Command::new("sh").args(["-c", "kill -s \"$0\" \"$1\"", name, pid.trim()]).status();
        assert!(sent.expect("a shell").success(), "no slapd {pid} to send SIG{name} to");
    }
}

/// A directory that was stopped and can come back.
#[derive(Debug)]
pub struct StoppedSlapd {
    port: u16,
    tls_port: u16,
    folder: TempDir,
}

impl StoppedSlapd {
    /// Starts the server again: same port, same people.
    pub async fn start(self) -> Slapd {
        let Self { port, tls_port, folder } = self;
        let started = tokio::task::spawn_blocking(move || launch(folder, port, tls_port));
        started.await.expect("starting a server does not panic").unwrap_or_else(|why| panic!("slapd: {why}"))
    }
}

/// Writes the configuration and the data into `folder`, with so many people besides those of the seeds.
fn fill(folder: &Path, numbered_people: usize) -> Result<(), String> {
    let template = std::fs::read_to_string(asset("slapd/slapd.conf")).map_err(|error| error.to_string())?;
    let place = folder.to_str().ok_or("the temporary folder is not UTF-8")?;
    let config = template
        .replace("@FOLDER@", place)
        .replace("@BASE@", BASE)
        .replace("@ADMIN@", ADMIN)
        .replace("@PASSWORD@", ADMIN_PASSWORD);
    let certificate = rcgen::generate_simple_self_signed(["*.test".to_owned()]).map_err(|error| error.to_string())?;
    let write = || {
        std::fs::write(folder.join("slapd.crt"), certificate.cert.pem())?;
        std::fs::write(folder.join("slapd.key"), certificate.signing_key.serialize_pem())?;
        std::fs::create_dir(folder.join("data"))?;
        std::fs::write(folder.join("slapd.conf"), config)?;
        std::fs::write(folder.join("people.ldif"), ldif::of_all_people() + &ldif::of_numbered_people(numbered_people))
    };
    write().map_err(|error| format!("{place}: {error}"))?;
    let loaded = Command::new("slapadd")
        .env("PATH", path())
        .args(["-q", "-f"])
        .arg(folder.join("slapd.conf"))
        .arg("-l")
        .arg(folder.join("people.ldif"))
        .output()
        .map_err(|error| format!("slapadd: {error}; is the Debian package `slapd` installed?"))?;
    if loaded.status.success() { Ok(()) } else { Err(format!("slapadd: {}", String::from_utf8_lossy(&loaded.stderr))) }
}

fn launch(folder: TempDir, port: u16, tls_port: u16) -> Result<Slapd, String> {
    let (path, url) =
        (format!("PATH={}", path()), format!("ldap://{}/ ldaps://{}/", loopback(port), loopback(tls_port)));
    let config = folder.path().join("slapd.conf").display().to_string();
    // With `-d` it stays in the foreground.
    let command = ["env", &path, "slapd", "-d", "0", "-h", &url, "-f", &config];
    let process = Process::start(folder.path(), AtEnd::Keep, &command)?;
    answers(loopback(port)).map_err(|why| format!("{why}; its standard error: {}", process.error()))?;
    Ok(Slapd { process, port, tls_port, folder })
}

fn path() -> String {
    let path = std::env::var("PATH").unwrap_or_default();
    format!("{path}:{SYSTEM_PROGRAMS}")
}

/// Waits until a bind is answered; a server says nowhere that it listens.
fn answers(server: SocketAddr) -> Result<(), String> {
    let deadline = Instant::now() + START_LIMIT;
    while Instant::now() < deadline {
        if bind(server).is_ok_and(|answer| answer == BIND_RESPONSE) {
            return Ok(());
        }
        std::thread::yield_now();
    }
    Err("it does not answer".to_owned())
}

fn bind(server: SocketAddr) -> std::io::Result<[u8; 6]> {
    let mut stream = TcpStream::connect_timeout(&server, ANSWER_LIMIT)?;
    stream.set_read_timeout(Some(ANSWER_LIMIT))?;
    stream.write_all(&BIND_REQUEST)?;
    let mut answer = [0; 6];
    stream.read_exact(&mut answer)?;
    Ok(answer)
}

#[cfg(test)]
mod tests {
    use std::io::ErrorKind;

    use super::*;

    /// The letter of the process's state (proc(5)).
    fn state(slapd: &Slapd) -> String {
        let pid = std::fs::read_to_string(slapd.folder.path().join("slapd.pid")).expect("its number");
        let stat = std::fs::read_to_string(format!("/proc/{}/stat", pid.trim())).expect("a process");
        stat.rsplit(") ").next().and_then(|rest| rest.split(' ').next()).unwrap_or_default().to_owned()
    }

    #[tokio::test]
    async fn a_stalled_directory_answers_when_it_goes_on() {
        let slapd = Slapd::start().await;
        slapd.stall();
        while state(&slapd) != "T" {
            tokio::task::yield_now().await;
        }
        let mut stream = TcpStream::connect(slapd.address()).expect("the kernel accepts it");
        stream.write_all(&BIND_REQUEST).expect("the kernel takes it");
        stream.set_read_timeout(Some(Duration::from_millis(1))).expect("a time limit");
        assert_eq!(stream.read(&mut [0]).map_err(|error| error.kind()), Err(ErrorKind::WouldBlock));
        slapd.resume();
        stream.set_read_timeout(Some(START_LIMIT)).expect("a time limit");
        let mut answer = [0; BIND_RESPONSE.len()];
        stream.read_exact(&mut answer).expect("an answer");
        assert_eq!(answer, BIND_RESPONSE);
    }
}
