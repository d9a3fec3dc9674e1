//! A server as a child process that cannot outlive the tests.
//!
//! The child is `lifeline.sh`, which ends its server when its standard input closes. This process holds the
//! other end, so the kernel closes it however the tests end: a static that is never dropped, a panic, SIGKILL.

use std::fs::File;
use std::io::{BufRead, BufReader};
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::atomic::{AtomicU16, Ordering};
use std::sync::{Mutex, mpsc};
use std::time::{Duration, Instant};

use crate::asset;

/// Time for a server to say that it is ready; the first run of all fetches jars.
const START_LIMIT: Duration = Duration::from_mins(5);
/// Time for a server to end; the lifeline kills it after ten seconds.
const STOP_LIMIT: Duration = Duration::from_secs(15);

/// A running server.
#[derive(Debug)]
pub struct Process {
    child: Child,
    /// Open as long as the server shall run.
    lifeline: Option<ChildStdin>,
    /// Ends when nobody is left who could write to the server's standard output.
    output: Mutex<mpsc::Receiver<String>>,
    error_file: PathBuf,
}

/// What becomes of a server's folder when the server ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AtEnd {
    /// The lifeline removes it: for servers in statics, which are never dropped. It stays when the server ended itself.
    Remove,
    /// It stays: for servers that start again, whose folder is a `TempDir`.
    Keep,
}

impl Process {
    /// Starts a program whose data lie in `folder`. Its standard error goes to a file there.
    pub fn start(folder: &Path, at_end: AtEnd, command: &[&str]) -> Result<Self, String> {
        let error_file = folder.join("stderr.log");
        let stderr = File::create(&error_file).map_err(|error| format!("{}: {error}", error_file.display()))?;
        let mut lifeline = Command::new(asset("lifeline.sh"));
        if at_end == AtEnd::Remove {
            lifeline.arg("--remove").arg(folder);
        }
        let mut child = lifeline
            .args(command)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(stderr)
            .spawn()
            .map_err(|error| format!("lifeline.sh: {error}"))?;
        let stdout = child.stdout.take().ok_or("no standard output")?;
        Ok(Self { lifeline: child.stdin.take(), output: Mutex::new(lines(stdout)), child, error_file })
    }

    /// Waits for the first line on standard output that starts with `prefix`.
    pub fn line(&self, prefix: &str) -> Result<String, String> {
        let deadline = Instant::now() + START_LIMIT;
        let output = self.output.lock().map_err(|error| error.to_string())?;
        loop {
            match output.recv_timeout(deadline.saturating_duration_since(Instant::now())) {
                Ok(line) if line.starts_with(prefix) => return Ok(line),
                Ok(_) => {}
                Err(why) => {
                    let error = self.error();
                    return Err(format!("the server never said `{prefix}` ({why}); its standard error:\n{error}"));
                }
            }
        }
    }

    /// What the server wrote to its standard error up to now.
    #[must_use]
    pub fn error(&self) -> String {
        std::fs::read_to_string(&self.error_file).unwrap_or_default()
    }

    /// Ends the server and waits until it is gone.
    pub fn stop(&mut self) {
        if self.lifeline.take().is_none() {
            return;
        }
        let deadline = Instant::now() + STOP_LIMIT;
        // The reader's end of the channel closes with the last process of the server.
        if let Ok(output) = self.output.get_mut() {
            while output.recv_timeout(deadline.saturating_duration_since(Instant::now())).is_ok() {}
        }
        if Instant::now() >= deadline {
            let _ = self.child.kill();
        }
        let _ = self.child.wait();
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        self.stop();
    }
}

/// A thread of its own, since servers are shared by tests that each have their own run time.
fn lines(stdout: ChildStdout) -> mpsc::Receiver<String> {
    let (sender, receiver) = mpsc::sync_channel(64);
    std::thread::spawn(move || {
        for line in BufReader::new(stdout).lines().map_while(Result::ok) {
            // A server must never block on a full pipe because nobody reads its words.
            let _ = sender.try_send(line);
        }
    });
    receiver
}

/// A port of the loopback address.
pub(crate) fn loopback(port: u16) -> SocketAddr {
    SocketAddr::from((Ipv4Addr::LOCALHOST, port))
}

/// A free port of the loopback address, below the kernel's ephemeral ports: no outgoing connection takes it while a
/// server restarts.
#[must_use]
pub fn free_port() -> u16 {
    const LOWEST: u16 = 20_000;
    const COUNT: u16 = 12_000;
    static NEXT: AtomicU16 = AtomicU16::new(0);
    // Two test runs at one time start at different places.
    let offset = u16::try_from(std::process::id() % u32::from(COUNT)).expect("below COUNT");
    loop {
        let step = NEXT.fetch_add(1, Ordering::Relaxed);
        assert!(step < COUNT, "no free port");
        let port = LOWEST + (offset + step) % COUNT;
        if TcpListener::bind(loopback(port)).is_ok() {
            return port;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A server that does not end on its own, and ignores SIGTERM unless its script handles it.
    fn sleeper(prologue: &str) -> Process {
        let folder = tempfile::tempdir().expect("a folder");
        let script = format!("{prologue}; echo ready; while :; do sleep 1; done");
        let process = Process::start(folder.path(), AtEnd::Keep, &["sh", "-c", &script]).expect("a child");
        process.line("ready").expect("its first words");
        process
    }

    fn is_gone(process: &Process) -> bool {
        let output = process.output.lock().expect("one thread");
        output.recv_timeout(STOP_LIMIT) == Err(mpsc::RecvTimeoutError::Disconnected)
    }

    #[test]
    fn a_server_ends_with_the_pipe_of_its_lifeline() {
        let mut process = sleeper("true");
        drop(process.lifeline.take());
        assert!(is_gone(&process));
    }

    #[test]
    fn a_server_ends_when_its_lifeline_is_killed() {
        let mut process = sleeper("trap '' TERM");
        process.child.kill().expect("a running lifeline");
        // What watches the pipe holds the server's output open too.
        drop(process.lifeline.take());
        assert!(is_gone(&process));
    }

    #[test]
    fn a_folder_is_removed_in_the_end_but_left_when_the_server_ended_by_itself() {
        for (script, stays) in [("echo ready; while :; do sleep 1; done", false), ("echo ready", true)] {
            let folder = tempfile::tempdir().expect("a folder");
            let mut process = Process::start(folder.path(), AtEnd::Remove, &["sh", "-c", script]).expect("a child");
            process.line("ready").expect("its first words");
            if stays {
                assert!(is_gone(&process));
            }
            process.stop();
            assert_eq!(folder.path().exists(), stays);
        }
    }
}
