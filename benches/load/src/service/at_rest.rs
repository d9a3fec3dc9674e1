//! The cost of a process that gets no requests.

use std::fs;
use std::time::Duration;

use anyhow::Context as _;
use tokio::time::sleep;

/// What it costs.
#[derive(Debug, Clone, Copy)]
pub(crate) struct AtRest {
    /// Its memory, with its proportional share of what it shares with others.
    pub(crate) pss_kib: u64,
    /// Memory that is only its own.
    pub(crate) private_kib: u64,
    /// Processor time during the watch, all threads together.
    pub(crate) processor: Duration,
}

/// Watches the process for so long.
pub(crate) async fn watch(pid: u32, length: Duration) -> anyhow::Result<AtRest> {
    // Wait for the work that follows a start.
    sleep(Duration::from_secs(3)).await;
    let before = processor_time(pid)?;
    sleep(length).await;
    let processor = processor_time(pid)?.saturating_sub(before);
    let rollup = fs::read_to_string(format!("/proc/{pid}/smaps_rollup")).context("the process has ended")?;
    let field = |name: &str| -> anyhow::Result<u64> {
        let line = rollup.lines().find_map(|line| line.strip_prefix(name)).context("no such field")?;
        Ok(line.trim().trim_end_matches(" kB").parse()?)
    };
    let private_kib = field("Private_Clean:")? + field("Private_Dirty:")?;
    Ok(AtRest { pss_kib: field("Pss:")?, private_kib, processor })
}

/// By the scheduler's own count, in nanoseconds (the first field of `schedstat`); `stat` has only hundredths of a second.
fn processor_time(pid: u32) -> anyhow::Result<Duration> {
    let mut nanoseconds = 0;
    for task in fs::read_dir(format!("/proc/{pid}/task")).context("the process has ended")? {
        let text = fs::read_to_string(task?.path().join("schedstat"))?;
        nanoseconds += text.split(' ').next().context("no field")?.parse::<u64>()?;
    }
    Ok(Duration::from_nanos(nanoseconds))
}
