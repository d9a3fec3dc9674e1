//! Samples of a process, taken by `perf`.

use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use anyhow::{Context as _, ensure};
use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::process::{Child, Command};

use super::stage::Frame;

/// Samples in a second of processor time: a prime, so that nothing which repeats is always or never met.
const FREQUENCY: &str = "1999";

/// Begins to sample a process for so long.
pub(super) fn record(pid: u32, length: Duration, file: &Path) -> anyhow::Result<Child> {
    // The clock of the kernel: virtual machines often have no counters.
    let mut command = Command::new("perf");
    command.args(["record", "--quiet", "--event", "cpu-clock", "--freq", FREQUENCY, "--call-graph", "fp"]);
    command.args(["--pid", &pid.to_string(), "--output"]).arg(file);
    command.args(["--", "sleep", &length.as_secs().to_string()]);
    command.stdin(Stdio::null()).kill_on_drop(true).spawn().context("perf (Debian: linux-perf) cannot be started")
}

/// Gives each stack of a recording to `count`, the innermost function first.
pub(super) async fn stacks(file: &Path, mut count: impl FnMut(&[Frame])) -> anyhow::Result<()> {
    let mut command = Command::new("perf");
    command.args(["script", "--fields", "ip,sym,dso", "--no-inline", "--input"]).arg(file);
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::null()).kill_on_drop(true).spawn()?;
    let mut lines = BufReader::new(child.stdout.take().context("no output")?).lines();
    let mut stack = Vec::new();
    while let Some(line) = lines.next_line().await? {
        match frame(&line) {
            Some(frame) => stack.push(frame),
            None if !stack.is_empty() => {
                count(&stack);
                stack.clear();
            }
            None => {}
        }
    }
    if !stack.is_empty() {
        count(&stack);
    }
    ensure!(child.wait().await?.success(), "perf script failed");
    Ok(())
}

/// A line of a stack: address, function, and the file that it is in; nothing for the line between two stacks.
fn frame(line: &str) -> Option<Frame> {
    let (_, rest) = line.trim().split_once(' ')?;
    let (symbol, file) = rest.rsplit_once(" (")?;
    let in_kernel = file.starts_with("[kernel") || file.starts_with("[guest.kernel");
    Some(Frame { symbol: symbol.to_owned(), in_kernel })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_frame_is_a_function_and_whose_it_is() {
        let kernel = frame("\tffffffff81a2b3c4 tcp_sendmsg_locked ([kernel.kallsyms])");
        assert_eq!(kernel, Some(Frame { symbol: "tcp_sendmsg_locked".to_owned(), in_kernel: true }));
        let own = frame("     55d0c9e5b1c0 <&mut hyper::A<B (C)> as D>::e (/opt/openfire-provisioner)");
        assert_eq!(own, Some(Frame { symbol: "<&mut hyper::A<B (C)> as D>::e".to_owned(), in_kernel: false }));
        assert_eq!(frame(""), None);
    }
}
