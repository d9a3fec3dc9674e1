//! A real coturn (the Debian package `coturn`), and its own client.

use std::net::{Ipv4Addr, SocketAddr, UdpSocket};
use std::process::Stdio;
use std::time::{Duration, Instant};

use tempfile::TempDir;
use tokio::process::Command;
use tokio::time::timeout;

use crate::process::{AtEnd, Process, free_port};
use crate::refuse_if_scripted;

/// Time for the server to answer its first request.
const START_LIMIT: Duration = Duration::from_mins(1);

/// The client takes two seconds for a relay of its own.
const ALLOCATION_LIMIT: Duration = Duration::from_mins(1);

/// How often a request is repeated, since UDP may lose it (RFC 8489 section 6.2.1).
const RETRANSMISSION: Duration = Duration::from_millis(500);

/// A STUN Binding request (RFC 8489 section 5): type, no attributes, magic cookie, a transaction id.
const BINDING_REQUEST: [u8; 20] = *b"\x00\x01\x00\x00\x21\x12\xa4\x42provisioner!";

/// The type of its answer.
const BINDING_RESPONSE: [u8; 2] = [0x01, 0x01];

/// A TURN server on the loopback address that shares a secret; it ends when this is dropped.
#[derive(Debug)]
pub struct Coturn {
    port: u16,
    // Before the folder, which it writes to.
    _process: Process,
    _folder: TempDir,
}

impl Coturn {
    /// Starts the server with `use-auth-secret` and waits until it answers.
    pub async fn start(secret: &str) -> Self {
        refuse_if_scripted("coturn");
        let secret = secret.to_owned();
        let started = tokio::task::spawn_blocking(move || Self::launch(&secret));
        started.await.expect("starting a server does not panic").unwrap_or_else(|why| panic!("coturn: {why}"))
    }

    fn launch(secret: &str) -> Result<Self, String> {
        let folder = tempfile::tempdir().map_err(|error| error.to_string())?;
        let port = free_port();
        let file = |name: &str| folder.path().join(name).display().to_string();
        let options = [
            "-n".to_owned(), // No configuration file.
            "--listening-ip=127.0.0.1".to_owned(),
            "--relay-ip=127.0.0.1".to_owned(),
            "--allow-loopback-peers".to_owned(),
            format!("--listening-port={port}"),
            "--realm=turn.example.org".to_owned(),
            "--use-auth-secret".to_owned(),
            format!("--static-auth-secret={secret}"),
            "--no-tls".to_owned(),
            "--no-dtls".to_owned(),
            "--no-tcp".to_owned(),
            "--no-cli".to_owned(),
            "--log-file=stdout".to_owned(),
            format!("--pidfile={}", file("turnserver.pid")),
            format!("--userdb={}", file("turndb")),
        ];
        let mut command = vec!["turnserver"];
        command.extend(options.iter().map(String::as_str));
        let process = Process::start(folder.path(), AtEnd::Keep, &command)?;
        answers(port).map_err(|why| format!("{why}; is the Debian package `coturn` installed?"))?;
        Ok(Self { port, _process: process, _folder: folder })
    }

    /// Whether coturn's own client gets a relay with these credentials.
    pub async fn allocates(&self, username: &str, password: &str) -> bool {
        let client = Command::new("turnutils_uclient")
            // No packets, no port for RTCP, a peer that nothing is sent to.
            .args(["-n", "0", "-c", "-e", "127.0.0.1", "-p", &self.port.to_string()])
            .args(["-u", username, "-w", password, "127.0.0.1"])
            .stdin(Stdio::null())
            .kill_on_drop(true)
            .output();
        let output = timeout(ALLOCATION_LIMIT, client).await.expect("the client ends in time").expect("it runs");
        let text = String::from_utf8_lossy(&output.stdout);
        // So that no other failure is taken for a refusal.
        let refused = text.contains("Cannot complete Allocation") || text.contains("error 400");
        assert!(output.status.success() != refused, "turnutils_uclient: {text}");
        output.status.success()
    }
}

fn answers(port: u16) -> Result<(), String> {
    let server = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
    let deadline = Instant::now() + START_LIMIT;
    // Not connected: that would report the closed port at once, again and again.
    let socket = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).map_err(|error| error.to_string())?;
    socket.set_read_timeout(Some(RETRANSMISSION)).map_err(|error| error.to_string())?;
    while Instant::now() < deadline {
        socket.send_to(&BINDING_REQUEST, server).map_err(|error| error.to_string())?;
        let mut answer = [0; 512];
        if socket.recv_from(&mut answer).is_ok_and(|(_, from)| from == server) && answer.starts_with(&BINDING_RESPONSE)
        {
            return Ok(());
        }
    }
    Err("it does not answer".to_owned())
}
