//! Whether the process may open as many files as the configuration can make it open.

use crate::http::DOWNLOADS_WAITING;
use crate::model::config::Config;

/// What else is open: the log, the listener, the component, streams that are being opened a second way, templates.
const OTHERS: u64 = 64;

/// One sentence when the soft limit on open files is lower than what full load takes. Nothing where the limit cannot be
/// read, as outside Linux.
pub(super) fn shortage(config: &Config) -> Option<String> {
    shortage_at(soft_limit(&std::fs::read_to_string("/proc/self/limits").ok()?)?, config)
}

fn shortage_at(limit: u64, config: &Config) -> Option<String> {
    let (connections, logins) = (config.http.max_connections, config.limits.concurrent_logins);
    let updates = &config.updates;
    // For each that runs, one may be in the opening, and several wait for its place.
    let files = DOWNLOADS_WAITING + 2;
    let downloads = updates.folder.as_ref().map_or(0, |_| updates.max_downloads.saturating_mul(files));
    let full_load = connections.saturating_add(logins).saturating_add(downloads);
    let full_load = u64::try_from(full_load).ok()?.saturating_add(OTHERS);
    (limit < full_load).then(|| {
        format!(
            "the process may open {limit} files, and full load needs {full_load}: raise the limit (systemd: \
             LimitNOFILE) or lower http.max_connections, now {connections}"
        )
    })
}

/// The soft limit on open files in the text of `/proc/self/limits` (proc(5)); none when there is no limit.
fn soft_limit(limits: &str) -> Option<u64> {
    let values = limits.lines().find_map(|line| line.strip_prefix("Max open files"))?;
    values.split_whitespace().next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIMITS: &str = "Limit                     Soft Limit           Hard Limit           Units     \n\
        Max processes             63403                63403                processes \n\
        Max open files            1024                 524288               files     \n";

    fn config() -> Config {
        let text = "[openfire]\ndomain = \"a.test\"\n[component]\nname = \"b.a.test\"\nsecret = \"x\"\n";
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("config.toml");
        std::fs::write(&file, text).unwrap();
        Config::load(Some(&file)).unwrap()
    }

    #[test]
    fn the_soft_limit_is_read_as_linux_writes_it() {
        assert_eq!(soft_limit(LIMITS), Some(1024));
        assert_eq!(soft_limit(&LIMITS.replace("1024  ", "unlimited  ")), None);
        assert_eq!(soft_limit("Max open files"), None);
        assert_eq!(soft_limit(""), None);
    }

    #[test]
    fn a_limit_below_full_load_is_reported_with_both_ways_out() {
        insta::assert_snapshot!(shortage_at(1024, &config()).unwrap(), @"the process may open 1024 files, and full load needs 2176: raise the limit (systemd: LimitNOFILE) or lower http.max_connections, now 2048");
        assert!(shortage_at(2175, &config()).is_some());
        assert_eq!(shortage_at(2176, &config()), None);
    }
}
