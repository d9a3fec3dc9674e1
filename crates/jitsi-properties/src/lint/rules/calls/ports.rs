//! The rule about the ports on this machine that calls use.
//!
//! `TransportManager.initializePortNumbers` asks for the last port only when there is a first one, and `PortTracker.setRange`
//! refuses a range whose ends are the wrong way round or, in Jitsi 2.10, 1024 or 65535 and beyond
//! (`NetworkUtils.isValidPortNumber`). The caller then goes on with the ports that it had.

use std::ops::RangeInclusive;

use crate::document::Entry;
use crate::lint::finding::Finding;
use crate::lint::level::Level;
use crate::lint::rule::{Family, Rule};
use crate::lint::settings::{Settings, value_of};

pub(in crate::lint) static FAMILY: Family = Family { title: "Ports for calls", rules: &[&PORT_RANGE] };

static PORT_RANGE: Rule = Rule {
    id: "port-range",
    levels: &[Level::Warning],
    can_be_suppressed: true,
    is_about_value: false,
    what: "A range of ports for media has one end only, or two ends that do not make a range within 1025 to 65534.",
    why: "The client ignores the range and uses ports 5000 to 6000, or those for all media. A firewall may block these.",
    example: "net.java.sip.communicator.service.protocol.MIN_MEDIA_PORT_NUMBER=20000",
    instead: "\
        net.java.sip.communicator.service.protocol.MIN_MEDIA_PORT_NUMBER=20000\n\
        net.java.sip.communicator.service.protocol.MAX_MEDIA_PORT_NUMBER=20999",
};

/// What both keys of a range begin with.
const BEGINNING: &str = "net.java.sip.communicator.service.protocol.";

/// What they end with.
const END: &str = "_PORT_NUMBER";

/// What the ranges are for.
const MEDIA: [&str; 4] = ["MEDIA", "AUDIO", "VIDEO", "DATA_CHANNEL"];

/// The ports that all clients take.
const PORTS: RangeInclusive<u16> = 1025..=65534;

/// The length of the ranges in messages.
const MANY: u16 = 999;

/// Rule `port-range`.
pub(in crate::lint) fn check(settings: &Settings<'_>, findings: &mut Vec<Finding>) {
    if !settings.below(BEGINNING).any(|entry| entry.key().ends_with(END)) {
        return;
    }
    for media in MEDIA {
        let name = |end: &str| format!("{end}_{media}{END}");
        let entry = |end: &str| {
            let entry = settings.entry(&format!("{BEGINNING}{}", name(end)))?;
            Some((entry, value_of(entry)?.parse::<u16>().ok()))
        };
        let found = match (entry("MIN"), entry("MAX")) {
            (Some((first, Some(port))), None) => Some(one_end(first, &name("MAX"), port.saturating_add(MANY))),
            (None, Some((last, Some(port)))) => Some(one_end(last, &name("MIN"), port.saturating_sub(MANY))),
            (Some((first, Some(from))), Some((_, Some(to)))) => {
                let is_range = PORTS.contains(&from) && PORTS.contains(&to) && from <= to;
                (!is_range).then(|| no_range(first, &name("MIN"), &name("MAX")))
            }
            // `wrong-value` reports what is not a port at all.
            _ => None,
        };
        findings.extend(found);
    }
}

fn one_end(entry: Entry<'_>, missing: &str, port: u16) -> Finding {
    let port = port.clamp(*PORTS.start(), *PORTS.end());
    let message = format!(
        "the client takes a range of ports only with both ends, so it ignores this one; add \
         `….service.protocol.{missing}={port}`, or remove the line"
    );
    Finding::warning(&PORT_RANGE, entry, message)
}

fn no_range(entry: Entry<'_>, first: &str, last: &str) -> Finding {
    let message = format!(
        "the client ignores a range of ports that does not go upwards within 1025 to 65534; write \
         `….service.protocol.{first}=5000` and `….service.protocol.{last}=5999`, or your own in that order"
    );
    Finding::warning(&PORT_RANGE, entry, message)
}

#[cfg(test)]
mod tests {
    use crate::lint::{below, broken};

    fn ports(lines: &[&str]) -> Vec<(usize, &'static str)> {
        broken(&below(super::BEGINNING, lines))
    }

    #[test]
    fn a_range_has_two_ends() {
        assert_eq!(ports(&["MIN_MEDIA_PORT_NUMBER=20000", "MAX_MEDIA_PORT_NUMBER=20999"]), []);
        assert_eq!(ports(&["MIN_AUDIO_PORT_NUMBER=65000"]), [(1, "port-range")]);
        assert_eq!(ports(&["MAX_VIDEO_PORT_NUMBER=1100"]), [(1, "port-range")]);
        let of_two = ["MIN_AUDIO_PORT_NUMBER=20000", "MAX_VIDEO_PORT_NUMBER=20999"];
        assert_eq!(ports(&of_two), [(1, "port-range"), (2, "port-range")]);
        assert_eq!(ports(&["MIN_MEDIA_PORT_NUMBER=${null}"]), []);
    }

    #[test]
    fn a_range_goes_upwards_between_the_ports_that_a_user_may_take() {
        for (first, last, is_right) in [
            ("20000", "20000", true),
            ("1025", "65534", true),
            ("20999", "20000", false),
            ("1024", "2000", false),
            ("60000", "65535", false),
        ] {
            let first = format!("MIN_DATA_CHANNEL_PORT_NUMBER={first}");
            let last = format!("MAX_DATA_CHANNEL_PORT_NUMBER={last}");
            assert_eq!(ports(&[&first, &last]).is_empty(), is_right, "{first} {last}");
        }
    }
}
