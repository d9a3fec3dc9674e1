//! Processor time of processes, from proc(5).

use std::fs;
use std::time::Duration;

use anyhow::Context as _;

/// Processor time that a process has used up to now, all its threads together; a step of the clock is 10 ms.
pub fn processor_time(pid: u32) -> anyhow::Result<Duration> {
    let fields = fields(pid)?;
    let ticks = |index: usize| anyhow::Ok(fields.get(index).context("a short line")?.parse::<u64>()?);
    // Fields 14 and 15; the first two, number and name, are cut off.
    Ok(Duration::from_millis(10 * (ticks(11)? + ticks(12)?)))
}

/// The process with this name among the descendants of this one.
pub fn descendant(name: &str) -> anyhow::Result<u32> {
    let mut processes = Vec::new();
    for entry in fs::read_dir("/proc")? {
        let Some(pid) = entry?.file_name().to_str().and_then(|name| name.parse::<u32>().ok()) else { continue };
        // A process can end at any time.
        if let Ok(parent) = parent(pid) {
            processes.push((pid, parent));
        }
    }
    let mut family = vec![std::process::id()];
    let mut next = 0;
    while let Some(member) = family.get(next).copied() {
        family.extend(processes.iter().filter(|(_, parent)| *parent == member).map(|(pid, _)| *pid));
        next += 1;
    }
    let is_it = |pid: &u32| fs::read_to_string(format!("/proc/{pid}/comm")).is_ok_and(|comm| comm.trim() == name);
    family.into_iter().find(is_it).with_context(|| format!("there is no process `{name}` below this one"))
}

/// Processor time of the whole machine that was used up to now.
pub fn machine_time() -> anyhow::Result<Duration> {
    let stat = fs::read_to_string("/proc/stat")?;
    let line = stat.lines().next().context("an empty /proc/stat")?;
    let fields: Vec<u64> = line.split_whitespace().skip(1).filter_map(|field| field.parse().ok()).collect();
    // user, nice, system, idle, iowait, irq, softirq, steal
    let used = fields.iter().take(8).enumerate().filter(|(index, _)| ![3, 4].contains(index));
    Ok(Duration::from_millis(10 * used.map(|(_, ticks)| ticks).sum::<u64>()))
}

fn parent(pid: u32) -> anyhow::Result<u32> {
    Ok(fields(pid)?.get(1).context("a short line")?.parse()?)
}

/// The fields of its `stat` behind the name, which can have blanks and brackets.
fn fields(pid: u32) -> anyhow::Result<Vec<String>> {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat"))?;
    let (_, fields) = stat.rsplit_once(") ").context("no name")?;
    Ok(fields.split_whitespace().map(str::to_owned).collect())
}
