//! What the log says about the announcement on one interface: each thing once, when it changes.

use std::net::IpAddr;
use std::time::{Duration, Instant};

use super::rivals::{News, Rival};

/// The target of the log lines.
const TARGET: &str = "openfire_provisioner::discovery::mdns";

/// Lines about other hosts: so many at once, and one more for each pause. Every host of the link can cause them.
const MOST_LINES: u32 = 20;
const PAUSE: Duration = Duration::from_mins(1);

/// The lines about one interface.
#[derive(Debug)]
pub(super) struct Report {
    interface: String,
    /// Why the interface could not be used, as it was logged.
    unfit: Option<String>,
    is_heard_over_ipv4: bool,
    is_heard_over_ipv6: bool,
    lines: Lines,
}

/// How many lines about other hosts may still be written.
#[derive(Debug)]
struct Lines {
    left: u32,
    since: Instant,
}

impl Report {
    pub(super) fn new(interface: String) -> Self {
        let lines = Lines { left: MOST_LINES, since: Instant::now() };
        Self { interface, unfit: None, is_heard_over_ipv4: false, is_heard_over_ipv6: false, lines }
    }

    /// The interface cannot be used, or the responder does not run.
    pub(super) fn unfit(&mut self, why: &str) {
        if self.unfit.as_deref() == Some(why) {
            tracing::debug!(target: TARGET, "still nothing announced on `{}`: {why}", self.interface);
            return;
        }
        tracing::warn!(
            target: TARGET,
            "clients on `{}` cannot find the service by multicast DNS: {why}. The service tries again until they can",
            self.interface
        );
        self.unfit = Some(why.to_owned());
    }

    /// The announcement begins, so nothing has been heard.
    pub(super) fn begins(&mut self) {
        (self.is_heard_over_ipv4, self.is_heard_over_ipv6) = (false, false);
    }

    /// This host's own announcement was heard.
    pub(super) fn heard(&mut self, source: IpAddr) {
        let (is_heard, version) = match source {
            IpAddr::V4(_) => (&mut self.is_heard_over_ipv4, "IPv4"),
            IpAddr::V6(_) => (&mut self.is_heard_over_ipv6, "IPv6"),
        };
        self.unfit = None;
        if !std::mem::replace(is_heard, true) {
            tracing::info!(
                target: TARGET,
                "announced on `{}` over {version}: the announcement has been heard",
                self.interface
            );
        }
    }

    /// The responder starts again, to forget what others sent.
    pub(super) fn overfull(&self) {
        tracing::warn!(
            target: TARGET,
            "a host on `{}` floods the link with multicast DNS; the announcement starts again, to free memory. Find that \
             host and stop it",
            self.interface
        );
    }

    /// A rival came or went. `is_ours`: this host announces too.
    pub(super) fn rival(&mut self, news: &News, is_ours: bool) {
        if !self.lines.take(Instant::now()) {
            tracing::debug!(target: TARGET, "too many changes on `{}` to log them as usual: {news:?}", self.interface);
            return;
        }
        let interface = &self.interface;
        match news {
            News::Came(rival) if rival.is_same && is_ours => tracing::info!(
                target: TARGET,
                "{} announces the same URL on `{interface}`", name(rival)
            ),
            News::Came(rival) if rival.is_same => tracing::info!(
                target: TARGET,
                "{} announces the same URL on `{interface}` already; this host takes over when it stops", name(rival)
            ),
            News::Came(rival) if is_ours => tracing::warn!(
                target: TARGET,
                "{} announces `Provisioning URL` on `{interface}` too, with {}; clients get one URL or the other. Stop it \
                 there, or set `discovery.mdns = false` here",
                name(rival), url(rival)
            ),
            News::Came(rival) => tracing::warn!(
                target: TARGET,
                "{} announces `Provisioning URL` on `{interface}` already, with {}; clients get that URL, and only one host \
                 can have the name. Stop it there, so that this host announces, or set `discovery.mdns = false` here",
                name(rival), url(rival)
            ),
            News::Asked(rival) if rival.is_same => tracing::info!(
                target: TARGET,
                "{} tries to announce the same URL on `{interface}`", name(rival)
            ),
            News::Asked(rival) => tracing::warn!(
                target: TARGET,
                "{} tries to announce `Provisioning URL` on `{interface}` too, with {}; only one host can have the name, \
                 so it must take another, which no client asks for. Stop it there, or set `discovery.mdns = false` here",
                name(rival), url(rival)
            ),
            News::Gone(rival) => tracing::info!(
                target: TARGET,
                "{} no longer announces `Provisioning URL` on `{interface}`", name(rival)
            ),
        }
    }
}

fn name(rival: &Rival) -> String {
    format!("host `{}` ({})", rival.host.trim_end_matches('.'), rival.source)
}

fn url(rival: &Rival) -> String {
    rival.url.as_ref().map_or_else(|| "a URL that was not heard".to_owned(), |url| format!("the URL `{url}`"))
}

impl Lines {
    fn take(&mut self, now: Instant) -> bool {
        while self.left < MOST_LINES && now.duration_since(self.since) >= PAUSE {
            self.left += 1;
            self.since += PAUSE;
        }
        if self.left == MOST_LINES {
            self.since = now;
        }
        let may = self.left > 0;
        self.left = self.left.saturating_sub(1);
        may
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_full_of_news_does_not_fill_the_log() {
        let start = Instant::now();
        let mut lines = Lines { left: MOST_LINES, since: start };
        let count = |lines: &mut Lines, now| (0..1000).filter(|_| lines.take(now)).count();
        assert_eq!(count(&mut lines, start), 20);
        assert_eq!(count(&mut lines, start + PAUSE.mul_f64(0.9)), 0);
        assert_eq!(count(&mut lines, start + PAUSE * 3), 3);
        assert_eq!(count(&mut lines, start + PAUSE * 1000), 20);
    }
}
