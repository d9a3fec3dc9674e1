//! The real binary as a child process: a command that runs to its end, or a service that runs until it is stopped.

use std::fs::Permissions;
use std::net::SocketAddr;
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};
use std::process::{ExitStatus, Stdio};
use std::time::Duration;

use tempfile::TempDir;
use test_servers::link::Host;
use tokio::io::{AsyncBufReadExt, AsyncRead, BufReader};
use tokio::process::{Child, Command};
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio::time::timeout;

const BINARY: &str = env!("CARGO_BIN_EXE_openfire-provisioner");

/// The variable that switches the streams off that are opened ahead of logins.
const IDLE_STREAMS: &str = "OPENFIRE_PROVISIONER__LIMITS__IDLE_STREAMS_MOST";

/// The user with this number has no rights of its own on any Linux.
const NOBODY: u32 = 65534;

/// Time for a line to come and for a process to end; long, since the machine may be busy.
const LIMIT: Duration = Duration::from_secs(30);

/// A command line with its files and variables, not started yet.
pub struct Program {
    command: Command,
    folder: TempDir,
}

impl Program {
    /// The binary with these arguments, in an empty folder of its own, with nothing of its settings in the environment.
    #[must_use]
    pub fn new(arguments: &[&str]) -> Self {
        Self::with_binary(Path::new(BINARY), tempfile::tempdir().unwrap(), arguments)
    }

    /// The same as a user who is not root, since root may read everything: as nobody where the tests run as root, else as
    /// the user that they run as. Gives that user's number too.
    #[must_use]
    pub fn not_as_root(arguments: &[&str]) -> (Self, u32) {
        let folder = tempfile::tempdir().unwrap();
        let user = folder.path().metadata().unwrap().uid();
        if user != 0 {
            return (Self::with_binary(Path::new(BINARY), folder, arguments), user);
        }
        // The folder of the build need not be open to others.
        let binary = folder.path().join("openfire-provisioner");
        std::fs::hard_link(BINARY, &binary).or_else(|_| std::fs::copy(BINARY, &binary).map(drop)).unwrap();
        std::fs::set_permissions(folder.path(), Permissions::from_mode(0o755)).unwrap();
        let mut program = Self::with_binary(&binary, folder, arguments);
        program.command.uid(NOBODY).gid(NOBODY);
        (program, NOBODY)
    }

    /// The binary on a host of a link.
    #[must_use]
    pub fn on(host: &Host, arguments: &[&str]) -> Self {
        Self::with_command(Command::from(host.command(BINARY)), tempfile::tempdir().unwrap(), arguments)
    }

    fn with_binary(binary: &Path, folder: TempDir, arguments: &[&str]) -> Self {
        Self::with_command(Command::new(binary), folder, arguments)
    }

    fn with_command(mut command: Command, folder: TempDir, arguments: &[&str]) -> Self {
        command.args(arguments).current_dir(folder.path()).stdin(Stdio::null()).kill_on_drop(true);
        command.stdout(Stdio::piped()).stderr(Stdio::piped()).env_remove("RUST_LOG").env_remove("NOTIFY_SOCKET");
        for (name, _) in std::env::vars_os() {
            if name.to_string_lossy().starts_with("OPENFIRE_PROVISIONER__") {
                command.env_remove(name);
            }
        }
        // Its tests would be about connections that they have not opened.
        command.env(IDLE_STREAMS, "0");
        Self { command, folder }
    }

    /// With a file in its folder, for example `config.toml`, where the binary looks by itself.
    #[must_use]
    pub fn file(self, name: &str, text: &str) -> Self {
        let path = self.folder.path().join(name);
        std::fs::write(&path, text).unwrap();
        // As docs/install.md has it; otherwise what `check` says would depend on the umask.
        std::fs::set_permissions(&path, Permissions::from_mode(0o600)).unwrap();
        self
    }

    /// Its folder.
    #[must_use]
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// With streams that are opened ahead of logins, as its configuration says.
    #[must_use]
    pub fn with_idle_streams(mut self) -> Self {
        self.command.env_remove(IDLE_STREAMS);
        self
    }

    /// With a variable in its environment.
    #[must_use]
    pub fn variable(mut self, name: &str, value: &str) -> Self {
        self.command.env(name, value);
        self
    }

    /// With a text to read from its standard input, which is no terminal.
    #[must_use]
    pub fn stdin(mut self, text: &str) -> Self {
        let path = self.folder.path().join("stdin");
        std::fs::write(&path, text).unwrap();
        self.command.stdin(std::fs::File::open(path).unwrap());
        self
    }

    /// With a standard output that is not read here.
    #[must_use]
    pub fn stdout(mut self, target: impl Into<Stdio>) -> Self {
        self.command.stdout(target);
        self
    }

    /// With a standard error stream that is not read here.
    #[must_use]
    pub fn stderr(mut self, target: impl Into<Stdio>) -> Self {
        self.command.stderr(target);
        self
    }

    /// Starts it.
    #[must_use]
    pub fn start(mut self) -> Service {
        let mut child = self.command.spawn().unwrap();
        // It holds this process's copies of the targets, whose readers would otherwise never see an end.
        drop(self.command);
        let (stdout, stderr) = (child.stdout.take(), child.stderr.take());
        let (log, lines) = watch::channel(Vec::new());
        let readers = [read(stdout, watch::Sender::new(Vec::new())), read(stderr, log)];
        let pid = child.id().unwrap();
        Service { child, pid, lines, readers, folder: self.folder }
    }

    /// Starts it and waits for its end.
    pub async fn run(self) -> Ended {
        self.start().ended().await
    }
}

/// The running binary; it is killed when this is dropped.
pub struct Service {
    child: Child,
    pid: u32,
    lines: watch::Receiver<Vec<String>>,
    readers: [JoinHandle<Vec<String>>; 2],
    folder: TempDir,
}

impl Service {
    /// `serve` with this configuration.
    #[must_use]
    pub fn serve(config: &str) -> Self {
        Program::new(&["serve"]).file("config.toml", config).start()
    }

    /// Waits for a line of the log that has all these words in it.
    #[track_caller]
    pub fn line<'a>(&mut self, words: &'a [&str]) -> impl Future<Output = String> + use<'a, '_> {
        let caller = std::panic::Location::caller();
        let found = |line: &&String| words.iter().all(|word| line.contains(word));
        let lines = &mut self.lines;
        async move {
            let come = timeout(LIMIT, lines.wait_for(|lines| lines.iter().any(|line| found(&line)))).await;
            let line = come.ok().and_then(|come| come.ok().and_then(|lines| lines.iter().find(found).cloned()));
            line.unwrap_or_else(|| panic!("{caller}: no line with {words:?} in:\n{}", lines.borrow().join("\n")))
        }
    }

    /// Waits until so many lines of the log have all these words in them.
    #[track_caller]
    pub fn lines<'a>(&mut self, words: &'a [&str], count: usize) -> impl Future<Output = ()> + use<'a, '_> {
        let caller = std::panic::Location::caller();
        let found = move |lines: &Vec<String>| {
            lines.iter().filter(|line| words.iter().all(|word| line.contains(word))).count() >= count
        };
        let lines = &mut self.lines;
        async move {
            let come = timeout(LIMIT, lines.wait_for(found)).await.is_ok_and(|come| come.is_ok());
            assert!(come, "{caller}: no {count} lines with {words:?} in:\n{}", lines.borrow().join("\n"));
        }
    }

    /// All lines of the log so far.
    #[must_use]
    pub fn log(&self) -> String {
        self.lines.borrow().join("\n")
    }

    /// A file in its folder.
    #[must_use]
    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Writes a file in its folder, in place.
    pub fn write(&self, name: &str, text: &str) {
        std::fs::write(self.path(name), text).unwrap();
    }

    /// Puts another file in the place of one in its folder, as editors and careful scripts do.
    pub fn replace(&self, name: &str, text: &str) {
        let new = self.path(&format!(".{name}.new"));
        std::fs::write(&new, text).unwrap();
        std::fs::rename(new, self.path(name)).unwrap();
    }

    /// The number of its process.
    #[must_use]
    pub fn pid(&self) -> u32 {
        self.pid
    }

    /// Waits until it listens; gives the address.
    pub async fn listening(&mut self) -> SocketAddr {
        let line = self.line(&["listening on http"]).await;
        let (_, rest) = line.split_once("://").unwrap();
        rest.split(' ').next().unwrap().parse().unwrap()
    }

    /// Waits until its component is connected as well; gives the address.
    pub async fn ready(&mut self) -> SocketAddr {
        let address = self.listening().await;
        self.line(&["component", "connected to"]).await;
        address
    }

    /// Sends a signal, for example `TERM`.
    pub async fn signal(&self, name: &str) {
        let pid = self.pid.to_string();
        let sent = Command::new("sh").args(["-c", "kill -s \"$0\" \"$1\"", name, &pid]).status().await.unwrap();
        assert!(sent.success(), "no process {pid} to send SIG{name} to");
    }

    /// Waits for its end.
    #[track_caller]
    pub fn ended(mut self) -> impl Future<Output = Ended> {
        let caller = std::panic::Location::caller();
        async move {
            let status = timeout(LIMIT, self.child.wait()).await;
            let status =
                status.unwrap_or_else(|_| panic!("{caller}: still running:\n{}", self.lines.borrow().join("\n")));
            let [stdout, stderr] = self.readers;
            let folder = self.folder.path().display().to_string();
            let text = |lines: Vec<String>| lines.join("\n").replace(&folder, "FOLDER");
            Ended { status: status.unwrap(), stdout: text(stdout.await.unwrap()), stderr: text(stderr.await.unwrap()) }
        }
    }

    /// Stops it as systemd does, and waits for its end.
    #[track_caller]
    pub fn stop(self) -> impl Future<Output = Ended> {
        let caller = std::panic::Location::caller();
        async move {
            self.signal("TERM").await;
            let ended = self.ended().await;
            assert_eq!(ended.code(), 0, "{caller}: {}", ended.stderr);
            ended
        }
    }
}

/// What is left of a process; in its texts the name of its folder is `FOLDER`.
#[derive(Debug)]
pub struct Ended {
    status: ExitStatus,
    pub stdout: String,
    pub stderr: String,
}

impl Ended {
    /// Its exit code.
    #[must_use]
    #[track_caller]
    pub fn code(&self) -> i32 {
        self.status.code().unwrap_or_else(|| panic!("{}: {}", self.status, self.stderr))
    }

    /// Everything it wrote, with its exit code, and with these words in place of what differs from run to run.
    #[must_use]
    #[track_caller]
    pub fn shown(&self, masks: &[(&str, &str)]) -> String {
        let mut text = format!("{}\n{}", self.stdout, self.stderr);
        for (word, mask) in masks {
            assert!(text.contains(word), "no `{word}` in {text}");
            text = text.replace(word, mask);
        }
        format!("{}\nexit code {}", text.trim(), self.code())
    }
}

/// Reads to the end, and shows the lines meanwhile.
fn read(
    stream: Option<impl AsyncRead + Unpin + Send + 'static>,
    shown: watch::Sender<Vec<String>>,
) -> JoinHandle<Vec<String>> {
    tokio::spawn(async move {
        let Some(stream) = stream else { return Vec::new() };
        let mut lines = BufReader::new(stream).lines();
        while let Some(line) = lines.next_line().await.unwrap() {
            shown.send_modify(|lines| lines.push(line));
        }
        shown.borrow().clone()
    })
}
