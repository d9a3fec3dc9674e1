//! A real fail2ban (the Debian package `fail2ban`): what a filter finds in a log, and a server that bans.

mod server;

use std::fs;
use std::path::Path;
use std::process::Command;

use tempfile::TempDir;

use crate::refuse_if_scripted;

pub use self::server::Fail2ban;

/// The folder in which Debian's package keeps its configuration.
const SHIPPED: &str = "/etc/fail2ban";

/// What a filter has found in one line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    /// The address that it would ban.
    pub address: String,
    /// The time of the line in seconds since 1970; none if it found no date.
    pub time: Option<i64>,
}

/// What `fail2ban-regex` finds in this log by this filter, in the order of the log.
#[must_use]
pub fn failures(filter: &Path, log: &str) -> Vec<Failure> {
    refuse_if_scripted("fail2ban");
    let folder = tempfile::tempdir().expect("a folder");
    let filter = install_filter(&folder, filter);
    let lines = folder.path().join("lines");
    fs::write(&lines, log).expect("a writable folder");
    let output = Command::new("fail2ban-regex").args(["--out", "row"]).arg(&lines).arg(filter).output();
    let output = output.expect("fail2ban-regex (Debian: fail2ban)");
    let [rows, complaints] = [output.stdout, output.stderr].map(|text| String::from_utf8(text).expect("UTF-8"));
    assert!(complaints.is_empty(), "fail2ban-regex: {complaints}");
    rows.lines().map(|row| failure(row).unwrap_or_else(|| panic!("fail2ban-regex: {row}"))).collect()
}

/// A row such as `['192.0.2.8', 1796068784.0, {…}],`; its columns are separated by tabs too.
fn failure(row: &str) -> Option<Failure> {
    let mut columns = row.strip_prefix("['")?.split(",\t");
    let address = columns.next()?.strip_suffix('\'')?.to_owned();
    let time = columns.next()?.split('.').next()?.parse().ok();
    Some(Failure { address, time })
}

/// Puts a filter beside the files that filters include, and gives its path. It has the name of the jail.
fn install_filter(folder: &TempDir, filter: &Path) -> std::path::PathBuf {
    let filters = folder.path().join("filter.d");
    fs::create_dir(&filters).expect("a writable folder");
    let common = Path::new(SHIPPED).join("filter.d/common.conf");
    fs::copy(common, filters.join("common.conf")).expect("fail2ban's filters (Debian: fail2ban)");
    let place = filters.join("openfire-provisioner.conf");
    fs::copy(filter, &place).expect("a filter");
    place
}
