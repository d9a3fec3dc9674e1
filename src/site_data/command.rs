//! A command of the site's own that prints JSON.
//!
//! 1. It is started in a process group of its own, with nothing to read and few variables in its environment.
//! 2. What it prints is read as it comes, up to a limit.
//! 3. When it has ended, so is whatever it left running in its group; and when it does not end in time, all of it is.

use std::fmt;
use std::io;
use std::pin::pin;
use std::process::{ExitStatus, Stdio};
use std::time::Duration;

use futures::future::{Either, select, try_join};
use jitsi_properties::secret_names::is_secret_name;
use rustix::process::{Pid, Signal, WaitId, WaitIdOptions, kill_process_group, waitid};
use std::os::unix::process::ExitStatusExt as _;
use tokio::io::{AsyncRead, AsyncReadExt as _};
use tokio::process::Child;
use tokio::signal::unix::{SignalKind, signal};
use tokio::time::timeout;
use zeroize::Zeroizing;

use super::wiped::{MAX_DELIVERED_BYTES, Wiped};

/// The variables that are handed on. Ours may hold secrets, and the others mean nothing to the command.
const VARIABLES: [&str; 5] = ["HOME", "LANG", "PATH", "TMPDIR", "TZ"];

/// How much of what it says to standard error is kept, in bytes.
const MAX_COMPLAINT_BYTES: usize = 1024;

/// Time to read what is still in the pipes of a command that has ended, when another process holds them open.
const REST: Duration = Duration::from_millis(500);

/// A command with its arguments.
pub(super) struct CommandLine {
    program: String,
    arguments: Vec<String>,
    timeout: Duration,
}

impl CommandLine {
    /// The command that `argv` is; none when it is empty.
    pub(super) fn new(argv: &[String], timeout: Duration) -> Option<Self> {
        let (program, arguments) = argv.split_first()?;
        Some(Self { program: program.clone(), arguments: arguments.to_vec(), timeout })
    }

    /// Runs it and gives what it printed. An error is the rest of a sentence about it.
    ///
    /// Dropping the future ends the command and all that it started in its group.
    pub(super) async fn output(&self) -> Result<Wiped, String> {
        let mut complaint = Vec::new();
        let result = match timeout(self.timeout, self.run(&mut complaint)).await {
            Ok(result) => result,
            Err(_) => Err(format!(
                "did not end within {} (`timeout`), so it was ended",
                humantime::format_duration(self.timeout)
            )),
        };
        result.map_err(|problem| problem + &self.quoted(&complaint))
    }

    /// The first line that it wrote to standard error, for the end of a sentence, without its secret arguments.
    fn quoted(&self, complaint: &[u8]) -> String {
        let text = String::from_utf8_lossy(complaint);
        let Some(line) = text.lines().map(str::trim).find(|line| !line.is_empty()) else { return String::new() };
        let line = secrets_of(&self.arguments)
            .into_iter()
            .fold(line.to_owned(), |line, secret| line.replace(secret, "[hidden]"));
        let line: String = line.chars().take(200).collect();
        format!("; it said: {}", line.escape_debug())
    }

    async fn run(&self, complaint: &mut Vec<u8>) -> Result<Wiped, String> {
        // Listened to from before it starts, so that its end is not missed.
        let mut ended = signal(SignalKind::child()).map_err(|error| format!("cannot be watched: {error}"))?;
        let mut group = self.start().map_err(|error| format!("cannot be started: {error}"))?;
        let (Some(stdout), Some(stderr)) = (group.child.stdout.take(), group.child.stderr.take()) else {
            return Err("has no pipes".to_owned());
        };
        let mut output = Wiped::default();
        {
            let reading = pin!(try_join(take(stdout, &mut output), skim(stderr, complaint)));
            let ending = pin!(async {
                while !group.has_ended()? {
                    ended.recv().await;
                }
                // What it left behind may hold the pipes open.
                group.kill();
                io::Result::Ok(())
            });
            let read = match select(reading, ending).await {
                Either::Left((read, ending)) => {
                    read?;
                    ending.await
                }
                Either::Right((ended, reading)) => {
                    timeout(REST, reading).await.unwrap_or(Ok(((), ())))?;
                    ended
                }
            };
            read.map_err(|error| format!("cannot be waited for: {error}"))?;
        }
        let status = group.child.wait().await.map_err(|error| format!("cannot be waited for: {error}"))?;
        if status.success() { Ok(output) } else { Err(in_words(status)) }
    }

    fn start(&self) -> io::Result<Group> {
        let mut command = tokio::process::Command::new(&self.program);
        command.args(&self.arguments).env_clear();
        command.envs(VARIABLES.iter().filter_map(|name| Some((name, std::env::var_os(name)?))));
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let child = command.process_group(0).kill_on_drop(true).spawn()?;
        let leader = child.id().and_then(|id| Pid::from_raw(i32::try_from(id).ok()?));
        Ok(Group { child, leader: leader.ok_or_else(|| io::Error::other("it has no process id"))? })
    }
}

/// A command that runs, and all that it started and did not move to another group. Dropping it ends them.
struct Group {
    child: Child,
    leader: Pid,
}

impl Group {
    /// Whether the command itself has ended. It is not reaped by this, so that its id stays its own.
    fn has_ended(&self) -> io::Result<bool> {
        let how = WaitIdOptions::EXITED | WaitIdOptions::NOWAIT | WaitIdOptions::NOHANG;
        Ok(waitid(WaitId::Pid(self.leader), how)?.is_some())
    }

    /// Ends all of the group. Only while the command is not reaped: later its id may belong to another process.
    fn kill(&self) {
        if self.child.id().is_some() {
            // It fails when no process is left, which is fine.
            kill_process_group(self.leader, Signal::KILL).ok();
        }
    }
}

impl Drop for Group {
    fn drop(&mut self) {
        self.kill();
    }
}

/// Reads all of a pipe, up to the limit.
async fn take(mut pipe: impl AsyncRead + Unpin, output: &mut Wiped) -> Result<(), String> {
    let mut chunk = Zeroizing::new(vec![0; 64 * 1024]);
    loop {
        let count = pipe.read(&mut chunk).await.map_err(|error| format!("cannot be read from: {error}"))?;
        if count == 0 {
            return Ok(());
        }
        if output.len() + count > MAX_DELIVERED_BYTES {
            return Err(format!("prints more than {} MiB, so it was ended", MAX_DELIVERED_BYTES >> 20));
        }
        output.push(chunk.get(..count).unwrap_or_default());
    }
}

/// Reads all of a pipe and keeps the beginning.
async fn skim(mut pipe: impl AsyncRead + Unpin, complaint: &mut Vec<u8>) -> Result<(), String> {
    let mut chunk = [0; 4096];
    loop {
        let count = pipe.read(&mut chunk).await.map_err(|error| format!("cannot be read from: {error}"))?;
        if count == 0 {
            return Ok(());
        }
        let room = MAX_COMPLAINT_BYTES - complaint.len();
        complaint.extend_from_slice(chunk.get(..count.min(room)).unwrap_or_default());
    }
}

/// The parts of the arguments that are secrets by the names before them: `--token hunter2`, `password=hunter2`,
/// `Authorization: Bearer hunter2`, `https://crm/?key=1&token=hunter2`.
fn secrets_of(arguments: &[String]) -> Vec<&str> {
    let mut secrets = Vec::new();
    let mut is_next = false;
    for argument in arguments {
        let is_flag = argument.starts_with('-') && !argument.contains('=');
        if is_next && !is_flag {
            secrets.push(argument.as_str());
        }
        is_next = is_flag && is_secret_name(argument);
        let fields = argument.split(['?', '&', '#']).filter_map(|part| part.split_once(['=', ':']));
        for (_, value) in fields.filter(|(name, _)| is_secret_name(name)) {
            secrets.extend([value.trim(), value.rsplit(' ').next().unwrap_or_default()]);
        }
    }
    secrets.retain(|secret| !secret.is_empty());
    secrets.sort_by_key(|secret| std::cmp::Reverse(secret.len()));
    secrets
}

fn in_words(status: ExitStatus) -> String {
    match (status.code(), status.signal()) {
        (Some(code), _) => format!("ended with exit code {code}"),
        (None, Some(signal)) => format!("was ended by signal {signal}"),
        (None, None) => "did not end normally".to_owned(),
    }
}

/// Leaves out the arguments.
impl fmt::Debug for CommandLine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "CommandLine({}, {} arguments, {:?})", self.program, self.arguments.len(), self.timeout)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_command_says_is_quoted_without_its_secret_arguments() {
        let argv =
            ["crm", "--token", "hunter2", "--password=hunter3", "-H", "Authorization: Bearer hunter4", "--all", "x"];
        let argv: Vec<String> =
            argv.into_iter().chain(["https://crm/?a=1&secret=hunter5"]).map(str::to_owned).collect();
        let command = CommandLine::new(&argv, Duration::from_secs(1)).unwrap();
        let said = command.quoted(b"\ncrm: x: hunter2 hunter3 Bearer hunter4 https://crm/?a=1&secret=hunter5\n");
        assert_eq!(said, "; it said: crm: x: [hidden] [hidden] [hidden] https://crm/?a=1&secret=[hidden]");
        assert!(!format!("{command:?}").contains("hunter"));
    }
}
