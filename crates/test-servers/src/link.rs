//! Two hosts on one Ethernet link: network namespaces of this machine, joined by a pair of virtual interfaces.
//!
//! What broadcasts, multicasts or needs a port of its own runs here, and reaches nothing else. Root can make namespaces;
//! another user can where the kernel allows user namespaces.

pub mod avahi;
pub mod dnsmasq;

use std::process::Command;

use tempfile::TempDir;

use crate::process::{AtEnd, Process};
use crate::refuse_if_scripted;

/// The interface of each host.
pub const INTERFACE: &str = "eth0";

/// Two hosts on one link. Everything that runs there ends when this is dropped, or when the tests end.
#[derive(Debug)]
pub struct Link {
    /// The host of the service: `10.99.0.1/24`, `fd99::1/64` and `fe80::1`.
    pub server: Host,
    /// The host of the client: `10.99.0.2/24`, `fd99::2/64` and `fe80::2`.
    pub client: Host,
}

/// A network namespace with a loopback interface, and [`INTERFACE`] on the link.
#[derive(Debug)]
pub struct Host {
    /// The process that holds the namespace open.
    holder: String,
    /// Its address on the link.
    pub ipv4: &'static str,
    // Dropped before the folder, to which it writes.
    _process: Option<Process>,
    _folder: Option<TempDir>,
}

impl Link {
    /// Makes the two hosts, with their addresses in use.
    #[must_use]
    pub fn new() -> Self {
        refuse_if_scripted("network namespace");
        Self::of(Host::new(None, "10.99.0.1"))
    }

    /// A link whose server is the network namespace of this process, which must have one of its own.
    #[must_use]
    pub fn from_here() -> Self {
        refuse_if_scripted("network namespace");
        Self::of(Host { holder: std::process::id().to_string(), ipv4: "10.99.0.1", _process: None, _folder: None })
    }

    fn of(server: Host) -> Self {
        let client = Host::new(Some(&server), "10.99.0.2");
        let add = ["link", "add", INTERFACE, "type", "veth", "peer", "name", INTERFACE, "netns"];
        server.ip(&[&add[..], &[&client.holder]].concat());
        for (host, number) in [(&server, "1"), (&client, "2")] {
            // Without waiting for an answer that the address is taken (RFC 4862 section 5.4).
            host.ip(&["link", "set", INTERFACE, "addrgenmode", "none"]);
            host.ip(&["link", "set", INTERFACE, "up"]);
            host.ip(&["address", "add", &format!("{}/24", host.ipv4), "broadcast", "10.99.0.255", "dev", INTERFACE]);
            for ipv6 in [format!("fd99::{number}/64"), format!("fe80::{number}/64")] {
                host.ip(&["address", "add", &ipv6, "dev", INTERFACE, "nodad"]);
            }
            // Broadcasts to 255.255.255.255 and multicasts go out there.
            host.ip(&["route", "add", "default", "dev", INTERFACE]);
        }
        Self { server, client }
    }

    /// Joins the hosts by a second link, with 10.98.0.1/24 and 10.98.0.2/24 on these interfaces.
    pub fn join_again(&self, interface: &str) {
        let add = ["link", "add", interface, "type", "veth", "peer", "name", interface, "netns"];
        self.server.ip(&[&add[..], &[&self.client.holder]].concat());
        for (host, address) in [(&self.server, "10.98.0.1/24"), (&self.client, "10.98.0.2/24")] {
            host.ip(&["link", "set", interface, "up"]);
            host.ip(&["address", "add", address, "dev", interface]);
        }
    }
}

impl Default for Link {
    fn default() -> Self {
        Self::new()
    }
}

impl Host {
    /// A host; the second one is a neighbour in the user namespace of the first, where they have one.
    fn new(neighbour: Option<&Self>, ipv4: &'static str) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let script = "ip link set lo up && echo holder $$ && exec sleep infinity";
        let within = neighbour.filter(|_| !is_root()).map(|neighbour| neighbour.entering(&["--user"]));
        let unshare: &[&str] = match neighbour {
            None if !is_root() => &["unshare", "--user", "--map-root-user", "--net", "--"],
            _ => &["unshare", "--net", "--"],
        };
        let within = within.unwrap_or_default();
        let within: Vec<&str> = within.iter().map(String::as_str).collect();
        let command = [&within[..], unshare, &["sh", "-c", script]].concat();
        let process = Process::start(folder.path(), AtEnd::Keep, &command).expect("a process");
        let line = process.line("holder ").unwrap_or_else(|why| {
            panic!("this user may not make network namespaces; run the tests as root, or allow user namespaces: {why}")
        });
        let holder = line.trim_start_matches("holder ").to_owned();
        Self { holder, ipv4, _process: Some(process), _folder: Some(folder) }
    }

    /// A command that runs on this host. The paths of Debian's servers are searched too.
    #[must_use]
    pub fn command(&self, program: &str) -> Command {
        let entering = self.entering(&["--net"]);
        let mut command = Command::new(&entering[0]);
        let path = format!("{}:/usr/sbin:/sbin", std::env::var("PATH").unwrap_or_default());
        command.args(&entering[1..]).arg(program).env("PATH", path);
        command
    }

    /// Starts a server on this host, whose data lie in `folder`.
    pub fn start(&self, folder: &std::path::Path, command: &[&str]) -> Result<Process, String> {
        let entering = self.entering(&["--net"]);
        let path = format!("PATH={}:/usr/sbin:/sbin", std::env::var("PATH").unwrap_or_default());
        let entering: Vec<&str> = entering.iter().map(String::as_str).collect();
        Process::start(folder, AtEnd::Keep, &[&entering[..], &["env", &path], command].concat())
    }

    /// Runs `ip` of iproute2 on this host.
    pub fn ip(&self, arguments: &[&str]) {
        let output = self.command("ip").args(arguments).output().expect("`ip` (Debian: iproute2)");
        assert!(output.status.success(), "ip {arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    }

    /// The words that enter namespaces of the holder.
    fn entering(&self, namespaces: &[&str]) -> Vec<String> {
        let user: &[&str] = if is_root() { &[] } else { &["--user", "--preserve-credentials"] };
        let words = [&["nsenter", "--target", &self.holder], user, namespaces, &["--"]].concat();
        words.into_iter().map(str::to_owned).collect()
    }
}

fn is_root() -> bool {
    std::fs::read_to_string("/proc/self/status").is_ok_and(|status| {
        status.lines().any(|line| line.starts_with("Uid:") && line.split_whitespace().nth(2) == Some("0"))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts_reach_each_other_and_nothing_else() {
        let link = Link::new();
        for address in ["10.99.0.2", "fd99::2", "fe80::2%eth0"] {
            let ping = link.server.command("ping").args(["-c", "1", "-W", "20", address]).output().expect("ping");
            assert!(ping.status.success(), "{address}: {}", String::from_utf8_lossy(&ping.stdout));
        }
        let interfaces = link.client.command("ip").args(["-br", "link"]).output().expect("ip");
        let interfaces = String::from_utf8_lossy(&interfaces.stdout).into_owned();
        assert_eq!(interfaces.lines().count(), 2, "{interfaces}");
    }
}
