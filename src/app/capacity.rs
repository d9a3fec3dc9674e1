//! How many connections the process can take: by the configuration, its limit on open files, and its limit on memory.

mod process_limits;

use std::fmt;

use self::process_limits::ProcessLimits;
use crate::http::{CONNECTIONS_IN_PASSING, DOWNLOADS_WAITING, PAGES_CONNECTIONS};
use crate::model::config::Config;

/// Files that are open beside connections, logins and downloads: the log, the listener, the component, streams that are being
/// opened a second way, templates, commands.
const OTHER_FILES: usize = 64 + CONNECTIONS_IN_PASSING;

/// Memory that one connection takes at most, in KiB, when its client is slow: with the buffers of TLS, a long head or body, and
/// an answer that is not taken. 100 KiB were seen with heads of 30 KB that are replaced all the time.
const KIB_OF_A_CONNECTION: u64 = 128;

/// Memory for requests in work beside what the process has when it starts, in KiB.
const KIB_OF_WORK: u64 = 12 * 1024;

/// How many connections the process can take, and why not more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Capacity {
    /// Connections at one time, one at least. Never more than `http.max_connections`.
    pub connections: usize,
    configured: usize,
    by_files: Option<Bound>,
    by_memory: Option<Bound>,
}

/// What a limit of the process allows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Bound {
    /// The limit: a number of files, or KiB.
    limit: u64,
    connections: usize,
}

impl Capacity {
    /// What a service can take that is started as this process was: within its limits, and with the memory that it takes.
    #[must_use]
    pub fn of_process(config: &Config) -> Self {
        Self::within(config, ProcessLimits::reachable(full_load(config)))
    }

    /// What this process can take. Raises the soft limit on open files as far as full load needs it and the hard limit allows:
    /// shells and systemd set a soft limit of 1024.
    pub(super) fn of_service(config: &Config) -> Self {
        Self::within(config, ProcessLimits::raised(full_load(config)))
    }

    fn within(config: &Config, limits: ProcessLimits) -> Self {
        let configured = config.http.max_connections;
        let by_files = limits.files.map(|limit| Bound { limit, connections: by_files(limit, config) });
        let by_memory = limits.memory_kib.map(|limit| {
            let left = limit.saturating_sub(limits.resident_kib).saturating_sub(KIB_OF_WORK);
            Bound { limit, connections: usize::try_from(left / KIB_OF_A_CONNECTION).unwrap_or(usize::MAX).max(1) }
        });
        let allowed = [by_files, by_memory].into_iter().flatten().map(|bound| bound.connections).min();
        Self {
            connections: allowed.map_or(configured, |allowed| allowed.min(configured)),
            configured,
            by_files,
            by_memory,
        }
    }

    /// Whether it is less than the configuration says.
    #[must_use]
    pub fn is_short(&self) -> bool {
        self.connections < self.configured
    }

    /// The configuration with no more connections and downloads than that.
    #[must_use]
    pub fn applied(&self, config: &Config) -> Config {
        let mut config = config.clone();
        config.http.max_connections = self.connections;
        config.updates.max_downloads = config.updates.max_downloads.min((self.connections / 2).max(1));
        config
    }
}

/// One sentence, which also says what to change where it is less than the configuration says.
impl fmt::Display for Capacity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { connections, configured, by_files, by_memory } = self;
        let files = by_files
            .map_or_else(|| "open files without limit".to_owned(), |bound| format!("{} open files", bound.limit));
        let memory = by_memory
            .map_or_else(|| "memory without limit".to_owned(), |bound| format!("{} MiB of memory", bound.limit / 1024));
        if !self.is_short() {
            return write!(f, "{connections} at one time ({files}, {memory})");
        }
        write!(f, "{connections} at one time instead of {configured}, because the process may have only ")?;
        let is_least = |bound: &Option<Bound>| bound.is_some_and(|bound| bound.connections <= *connections);
        match (is_least(by_files), is_least(by_memory)) {
            (true, true) => write!(f, "{files} and {memory}: raise both (systemd: LimitNOFILE and MemoryMax)")?,
            (true, false) => write!(f, "{files}: raise that limit (systemd: LimitNOFILE)")?,
            _ => write!(f, "{memory}: raise that limit (systemd: MemoryMax)")?,
        }
        write!(f, ", or set http.max_connections to {connections}")
    }
}

/// Files that are open when all connections, logins and downloads are.
fn full_load(config: &Config) -> u64 {
    let files = config.http.max_connections.saturating_add(inner_files(config)).saturating_add(OTHER_FILES);
    u64::try_from(files).unwrap_or(u64::MAX)
}

/// Files of logins, of streams that wait for one, of downloads, and of the pages where they have a listener of their own.
fn inner_files(config: &Config) -> usize {
    let updates = &config.updates;
    // For each download that runs, one may be in the opening, and several wait for their turn.
    let downloads = updates.folder.as_ref().map_or(0, |_| updates.max_downloads.saturating_mul(DOWNLOADS_WAITING + 2));
    let pages = config.admin.listen.map_or(0, |_| PAGES_CONNECTIONS + CONNECTIONS_IN_PASSING);
    let streams = config.limits.concurrent_logins.saturating_add(config.limits.idle_streams_most);
    streams.saturating_add(downloads).saturating_add(pages)
}

/// Each connection takes one file, and while it is answered one or more for its login or download: when there are few, as
/// many are left for these as for connections.
fn by_files(limit: u64, config: &Config) -> usize {
    let limit = usize::try_from(limit).unwrap_or(usize::MAX);
    let left = limit - OTHER_FILES.min(limit / 2);
    left.saturating_sub(inner_files(config)).max(left / 2).max(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn config(more: &str) -> Config {
        let text = format!("[openfire]\ndomain = \"a.test\"\n[component]\nname = \"b.a.test\"\nsecret = \"x\"\n{more}");
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("config.toml");
        std::fs::write(&file, text).unwrap();
        Config::load(Some(&file)).unwrap()
    }

    fn capacity(more: &str, files: Option<u64>, mebibytes: Option<u64>) -> Capacity {
        let memory_kib = mebibytes.map(|number| number * 1024);
        Capacity::within(&config(more), ProcessLimits { files, memory_kib, resident_kib: 16 * 1024 })
    }

    #[test]
    fn without_limits_the_configuration_counts() {
        let capacity = capacity("", None, None);
        assert_eq!((capacity.connections, capacity.is_short()), (2048, false));
        insta::assert_snapshot!(capacity, @"2048 at one time (open files without limit, memory without limit)");
    }

    #[test]
    fn what_the_unit_sets_is_enough() {
        let unit = include_str!("../../packaging/systemd/openfire-provisioner.service");
        let of = |key: &str| unit.lines().find_map(|line| line.strip_prefix(key)).unwrap();
        let files = of("LimitNOFILE=").parse().unwrap();
        let memory = of("MemoryMax=").strip_suffix('M').unwrap().parse().unwrap();
        let found = capacity("[updates]\nfolder = \"/tmp\"\nurl = \"https://a.test\"\n", Some(files), Some(memory));
        assert!(!found.is_short(), "{found}");
    }

    #[test]
    fn the_lowest_limit_counts_and_is_named() {
        insta::assert_snapshot!(capacity("", Some(1024), None), @"800 at one time instead of 2048, because the process may have only 1024 open files: raise that limit (systemd: LimitNOFILE), or set http.max_connections to 800");
        insta::assert_snapshot!(capacity("", Some(16384), Some(64)), @"288 at one time instead of 2048, because the process may have only 64 MiB of memory: raise that limit (systemd: MemoryMax), or set http.max_connections to 288");
        insta::assert_snapshot!(capacity("[http]\nmax_connections = 100\n", Some(16384), Some(64)), @"100 at one time (16384 open files, 64 MiB of memory)");
    }

    #[test]
    fn what_full_load_needs_is_enough() {
        let config = config("");
        assert_eq!(by_files(full_load(&config), &config), 2048);
        assert_eq!(by_files(full_load(&config) - 1, &config), 2047);
    }

    #[test]
    fn few_files_are_shared_with_logins_and_downloads() {
        let by_files = |limit, more: &str| by_files(limit, &config(more));
        for limit in [2, 16, 64, 100, 128, 200, 256, 1024, 4096] {
            let (connections, limit) = (by_files(limit, ""), usize::try_from(limit).unwrap());
            let logins = connections.min(64);
            assert!(connections >= 1 && (limit < 16 || connections + logins < limit), "{limit}: {connections}");
        }
        let updates = "[updates]\nfolder = \"/tmp\"\nurl = \"https://a.test\"\n";
        assert_eq!(by_files(4096, "") - by_files(4096, updates), 64 * (DOWNLOADS_WAITING + 2));
        assert_eq!(by_files(64, updates), by_files(64, ""));
    }

    #[test]
    fn downloads_never_have_more_than_half() {
        let applied = capacity("", Some(64), None).applied(&config(""));
        assert_eq!((applied.http.max_connections, applied.updates.max_downloads), (16, 8));
        assert_eq!(capacity("", None, Some(1)).connections, 1);
    }
}
