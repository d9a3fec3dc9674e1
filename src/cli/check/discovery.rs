//! `check`: how clients find the service on their network.

mod url;

use super::Report;
use crate::discovery::{self, Problem};
use crate::model::config::{Discovery, Http};

/// Says which clients get which URL, what may keep clients from using it, and what an interface lacks. Says nothing without a
/// URL.
///
/// The check of the configuration has shown that the URL is short enough, uses https, and is not for this machine alone.
/// `http` is that of the service, where the configuration has one.
pub(super) fn check(settings: &Discovery, http: Option<&Http>, report: &mut Report) {
    let Some(url) = &settings.url else { return };
    let by = if settings.in_serve { "`serve`" } else { "`discover`" };
    report.fine("discovery", format!("clients that look for their provisioning server get {url} by {by}"));
    note_doubts(url::doubts(url, http), report);
    if let Some(tls) = http.and_then(|http| http.tls.as_ref()).filter(|_| settings.in_serve) {
        note_doubts(url::doubt_of_certificate(url, tls), report);
    }
    for entry in &settings.network {
        let networks = entry.networks.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
        report.fine("discovery", format!("clients of {networks} get {}, by DHCP", entry.url));
        let is_here = entry.url.host().eq_ignore_ascii_case(url.host());
        note_doubts(url::doubts(&entry.url, http.filter(|_| is_here)), report);
    }
    if settings.dhcp {
        for name in &settings.interfaces {
            check_dhcp(name, report);
        }
        for network in discovery::uncovered_networks(settings) {
            report.note(
                "discovery",
                format!("no interface in `discovery.interfaces` has an address in {network}, so its clients get no answer here"),
            );
        }
    }
    if settings.mdns {
        if let Err(problem) = discovery::look_at_url(url) {
            report.wrong("discovery", problem);
        }
        for name in &settings.interfaces {
            match discovery::look_for_mdns(name) {
                Ok(()) => report.fine("discovery", format!("multicast DNS on `{name}`")),
                Err(problem) => report.wrong("discovery", format!("multicast DNS on `{name}`: {problem}")),
            }
        }
    }
}

fn note_doubts(doubts: impl IntoIterator<Item = String>, report: &mut Report) {
    doubts.into_iter().for_each(|doubt| report.note("discovery", doubt));
}

fn check_dhcp(name: &str, report: &mut Report) {
    match discovery::look_for_dhcp(name) {
        Ok(networks) => {
            let networks = networks.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
            report.fine("discovery", format!("DHCP on `{name}` ({networks})"));
        }
        // Usually our own responder is running already.
        Err(problem @ (Problem::PortTaken | Problem::Forbidden)) => {
            report.note("discovery", format!("DHCP on `{name}` was not tried: {problem}"));
        }
        Err(problem) => report.wrong("discovery", format!("DHCP on `{name}`: {problem}")),
    }
}
