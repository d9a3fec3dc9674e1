//! A control group with a limit on memory, where this user may make one.

use std::fs;
use std::path::{Path, PathBuf};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::Context as _;

/// A group below that of this process. It is removed when it is dropped, after the processes in it have ended.
pub(crate) struct MemoryGroup(PathBuf);

impl MemoryGroup {
    /// Version 2 where memory is controlled by it, otherwise version 1 (cgroups(7)).
    pub(crate) fn new(mib: u64) -> anyhow::Result<Self> {
        let groups = fs::read_to_string("/proc/self/cgroup")?;
        let path = |controller: &str| {
            let mut fields = groups.lines().map(|line| line.splitn(3, ':').skip(1));
            fields.find_map(|mut fields| (fields.next()? == controller).then(|| fields.next())?)
        };
        let (root, file, path) = match path("memory") {
            Some(path) => ("/sys/fs/cgroup/memory", "memory.limit_in_bytes", path),
            None => ("/sys/fs/cgroup", "memory.max", path("").context("no control group")?),
        };
        let name = format!("openfire-provisioner-flood-{}", std::process::id());
        let folder = Path::new(root).join(path.trim_start_matches('/')).join(name);
        fs::create_dir(&folder).with_context(|| format!("cannot make {}", folder.display()))?;
        let group = Self(folder);
        fs::write(group.0.join(file), (mib * 1024 * 1024).to_string()).context("memory cannot be limited")?;
        Ok(group)
    }

    /// The file that takes the processes of the group.
    pub(crate) fn procs(&self) -> PathBuf {
        self.0.join("cgroup.procs")
    }
}

impl Drop for MemoryGroup {
    fn drop(&mut self) {
        // The kernel needs a moment after the last process has ended, and announces nothing that could be awaited.
        let until = Instant::now() + Duration::from_secs(2);
        while Instant::now() < until {
            if fs::remove_dir(&self.0).is_ok() {
                return;
            }
            thread::yield_now();
        }
        eprintln!("{} is left", self.0.display());
    }
}
