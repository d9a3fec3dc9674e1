//! What Linux lets this process have.

use std::fs::read_to_string;
use std::path::{Path, PathBuf};

use rustix::process::{Resource, Rlimit, setrlimit};

/// The limits of a process, and what it has.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct ProcessLimits {
    /// Files that may be open: the soft limit, or what it can be raised to; none when there is no limit.
    pub(super) files: Option<u64>,
    /// Memory of its control group or of one above it, the least of them; none when there is no limit.
    pub(super) memory_kib: Option<u64>,
    /// Memory that is resident now.
    pub(super) resident_kib: u64,
}

impl ProcessLimits {
    /// Of this process, which may raise the soft limit on open files as far as it needs them. What cannot be read, as outside
    /// Linux, counts as no limit.
    pub(super) fn reachable(needed: u64) -> Self {
        let limits = Self::read();
        let reachable = open_files(&text("/proc/self/limits")).and_then(|files| files.reachable(needed));
        Self { files: reachable, ..limits }
    }

    /// The same, with the soft limit raised so far.
    pub(super) fn raised(needed: u64) -> Self {
        let files = open_files(&text("/proc/self/limits"));
        if let Some(OpenFiles { soft: Some(soft), hard }) = files
            && soft < needed
        {
            let current = files.and_then(|files| files.reachable(needed));
            // Where it is forbidden, as by a filter of system calls, the limit stays, and is read below.
            let _is_raised = setrlimit(Resource::Nofile, Rlimit { current, maximum: hard }).is_ok();
        }
        Self::read()
    }

    fn read() -> Self {
        Self {
            files: open_files(&text("/proc/self/limits")).and_then(|files| files.soft),
            memory_kib: memory_limit(&text("/proc/self/cgroup"), Path::new("/sys/fs/cgroup")),
            resident_kib: resident(&text("/proc/self/status")).unwrap_or_default(),
        }
    }
}

fn text(file: &str) -> String {
    read_to_string(file).unwrap_or_default()
}

/// The limits on open files; none where there is none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct OpenFiles {
    soft: Option<u64>,
    hard: Option<u64>,
}

impl OpenFiles {
    /// The soft limit, or where that is less than needed, what it can be raised to.
    fn reachable(self, needed: u64) -> Option<u64> {
        Some(self.soft?.max(needed.min(self.hard.unwrap_or(u64::MAX))))
    }
}

/// The limits on open files in the text of `/proc/self/limits` (proc(5)).
fn open_files(limits: &str) -> Option<OpenFiles> {
    let mut values = limits.lines().find_map(|line| line.strip_prefix("Max open files"))?.split_whitespace();
    Some(OpenFiles { soft: values.next()?.parse().ok(), hard: values.next()?.parse().ok() })
}

/// Resident memory in KiB, in the text of `/proc/self/status` (proc(5)).
fn resident(status: &str) -> Option<u64> {
    status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?.split_whitespace().next()?.parse().ok()
}

/// The least limit on memory, in KiB, of the groups in the text of `/proc/self/cgroup` (cgroups(7)) and of all above them, of
/// version 1 and 2. `mounted` is where the groups are mounted.
///
/// A container may see a path that its mount does not have; then the mount's root is its own group.
fn memory_limit(groups: &str, mounted: &Path) -> Option<u64> {
    let limits = groups.lines().flat_map(|line| {
        let mut fields = line.splitn(3, ':').skip(1);
        let (controllers, path) = (fields.next().unwrap_or_default(), fields.next().unwrap_or_default());
        let path = path.trim_start_matches('/');
        if controllers.is_empty() {
            // `unified` where version 1 is mounted too.
            [mounted.to_owned(), mounted.join("unified")].map(|root| least(&root, path, "memory.max")).to_vec()
        } else if controllers.split(',').any(|controller| controller == "memory") {
            vec![least(&mounted.join("memory"), path, "memory.limit_in_bytes")]
        } else {
            Vec::new()
        }
    });
    // Version 1 writes the largest number of pages for "no limit".
    limits.flatten().filter(|bytes| *bytes < 1 << 60).min().map(|bytes| bytes / 1024)
}

/// The least number in the files of this name, from `path` below `root` up to `root` itself.
fn least(root: &Path, path: &str, name: &str) -> Option<u64> {
    let lowest: PathBuf = root.join(path);
    let folders = lowest.ancestors().take_while(|folder| folder.starts_with(root));
    folders.filter_map(|folder| read_to_string(folder.join(name)).ok()?.trim().parse().ok()).min()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_limits_on_files_are_read_as_linux_writes_them() {
        let limits = "Limit                     Soft Limit           Hard Limit           Units     \n\
            Max processes             63403                63403                processes \n\
            Max open files            1024                 524288               files     \n";
        assert_eq!(open_files(limits), Some(OpenFiles { soft: Some(1024), hard: Some(524_288) }));
        let unlimited = limits.replace("1024  ", "unlimited  ").replace("524288", "unlimited");
        assert_eq!(open_files(&unlimited), Some(OpenFiles { soft: None, hard: None }));
        assert_eq!(open_files("Max open files"), None);
        assert_eq!(open_files(""), None);
    }

    #[test]
    fn the_soft_limit_goes_up_to_the_hard_one_and_no_further_than_needed() {
        let reach = |soft, hard, needed| OpenFiles { soft, hard }.reachable(needed);
        assert_eq!(reach(Some(1024), Some(524_288), 2240), Some(2240));
        assert_eq!(reach(Some(1024), None, 2240), Some(2240));
        assert_eq!(reach(Some(1024), Some(2000), 2240), Some(2000));
        assert_eq!(reach(Some(16384), Some(16384), 2240), Some(16384));
        assert_eq!(reach(None, None, 2240), None);
    }

    #[test]
    fn this_process_has_memory() {
        assert!(ProcessLimits::read().resident_kib > 1000);
        assert_eq!(resident("VmRSS:\t   1234 kB\n"), Some(1234));
    }

    fn write(root: &Path, file: &str, text: &str) {
        let file = root.join(file);
        std::fs::create_dir_all(file.parent().unwrap()).unwrap();
        std::fs::write(file, text).unwrap();
    }

    #[test]
    fn the_least_limit_of_all_groups_above_counts() {
        let root = tempfile::tempdir().unwrap();
        let limit = |groups: &str| memory_limit(groups, root.path());
        assert_eq!(limit("0::/system.slice/a.service\n"), None);
        write(root.path(), "system.slice/a.service/memory.max", "max\n");
        assert_eq!(limit("0::/system.slice/a.service\n"), None);
        write(root.path(), "system.slice/memory.max", "134217728\n");
        assert_eq!(limit("0::/system.slice/a.service\n"), Some(131_072));
        write(root.path(), "system.slice/a.service/memory.max", "67108864\n");
        assert_eq!(limit("0::/system.slice/a.service\n"), Some(65_536));
        assert_eq!(limit("0::/other\n"), None);
        assert_eq!(limit("0::/\n"), None);
    }

    #[test]
    fn version_1_and_paths_of_the_host_are_read_too() {
        let root = tempfile::tempdir().unwrap();
        let limit = |groups: &str| memory_limit(groups, root.path());
        let groups = "5:devices:/docker/abc\n4:memory,x:/docker/abc\n0::/\n";
        write(root.path(), "memory/memory.limit_in_bytes", "9223372036854771712\n");
        assert_eq!(limit(groups), None);
        write(root.path(), "memory/docker/abc/memory.limit_in_bytes", "67108864\n");
        assert_eq!(limit(groups), Some(65_536));
        // In the container only the mount's root is there.
        write(root.path(), "memory/memory.limit_in_bytes", "33554432\n");
        assert_eq!(limit(&groups.replace("abc", "elsewhere")), Some(32_768));
        write(root.path(), "unified/memory.max", "1048576\n");
        assert_eq!(limit(groups), Some(1024));
    }
}
