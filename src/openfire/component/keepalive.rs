//! When to ping, and when a silent link is dead.

use std::time::Duration;

use tokio::time::Instant;

/// Decides when a silent link is pinged, and when it is dead.
///
/// A ping (XEP-0199) goes out when either direction has been silent for `idle`: Openfire never pings a component, and
/// drops one that has sent nothing for 6 minutes. Anything that comes after the ping shows that the link is alive, an error too.
#[derive(Debug)]
pub(super) struct KeepAlive {
    idle: Duration,
    limit: Duration,
    /// When the ping went out that nothing has followed yet.
    pinged: Option<Instant>,
}

/// What is due now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Due {
    /// Nothing before this moment.
    Later(Instant),
    /// Send a ping.
    Ping,
    /// Give the link up.
    Dead,
}

impl KeepAlive {
    /// Pings after `idle`, gives up `limit` after a ping.
    pub(super) fn new(idle: Duration, limit: Duration) -> Self {
        Self { idle, limit, pinged: None }
    }

    /// What is due at `now`, when the last byte came in at `heard` and the last one went out at `sent`.
    pub(super) fn due(&mut self, now: Instant, heard: Instant, sent: Instant) -> Due {
        if self.pinged.is_some_and(|pinged| heard >= pinged) {
            self.pinged = None;
        }
        match self.pinged {
            Some(pinged) if now >= pinged + self.limit => Due::Dead,
            Some(pinged) => Due::Later(pinged + self.limit),
            None => {
                let at = heard.min(sent) + self.idle;
                if now < at {
                    return Due::Later(at);
                }
                self.pinged = Some(now);
                Due::Ping
            }
        }
    }

    /// How long an answer to a ping may take.
    pub(super) fn limit(&self) -> Duration {
        self.limit
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const S: Duration = Duration::from_secs(1);

    #[tokio::test]
    async fn a_ping_is_due_after_silence_in_either_direction() {
        let start = Instant::now();
        let mut keepalive = KeepAlive::new(60 * S, 3 * S);
        assert_eq!(keepalive.due(start, start, start), Due::Later(start + 60 * S));
        // The server talks all the time and hears nothing from us.
        assert_eq!(keepalive.due(start + 60 * S, start + 59 * S, start), Due::Ping);
        // Its next word answers the ping.
        assert_eq!(keepalive.due(start + 61 * S, start + 61 * S, start + 60 * S), Due::Later(start + 120 * S));
    }

    #[tokio::test]
    async fn a_ping_that_nothing_follows_is_the_end() {
        let start = Instant::now();
        let mut keepalive = KeepAlive::new(60 * S, 3 * S);
        assert_eq!(keepalive.due(start + 60 * S, start, start), Due::Ping);
        assert_eq!(keepalive.due(start + 61 * S, start, start + 60 * S), Due::Later(start + 63 * S));
        assert_eq!(keepalive.due(start + 63 * S, start, start + 60 * S), Due::Dead);
    }
}
