//! The update channel, as clients would find it.

use super::Report;
use crate::model::config;
use crate::updates::Channel;

/// Reports each platform's version and address, and what is not offered and why.
pub(super) fn check(settings: &config::Updates, report: &mut Report) {
    let (Some(folder), Some(url)) = (&settings.folder, &settings.url) else { return };
    let channel = Channel::scan(settings);
    for (platform, release) in channel.newest() {
        report.fine("updates", format!("{platform}: {} at {}", release.version, channel.link(platform)));
    }
    for defect in channel.defects() {
        if defect.kind.prevents() {
            report.wrong("updates", defect);
        } else {
            report.note("updates", defect);
        }
    }
    if channel.newest().next().is_none() && channel.defects().is_empty() {
        report.note("updates", format!("{} contains nothing to offer yet", folder.display()));
    }
    if !url.is_https() {
        report.note(
            "updates",
            format!("{url} is not https: an attacker on the network can give clients another installer"),
        );
    }
}
