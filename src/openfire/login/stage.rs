//! How far a login has come, and how long each part took.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use tokio::time::Instant;

/// A part of a login.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    /// Waiting for its turn, and for the pace of new connections.
    Queue,
    /// DNS and TCP.
    Connect,
    /// The stream header and features, in the clear under STARTTLS.
    Stream,
    /// The TLS handshake.
    Tls,
    /// The stream header and features that offer mechanisms, and the SASL exchange.
    Sasl,
    /// Resource binding, and the query for the roster or the commands.
    Session,
}

impl fmt::Display for Stage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Queue => "waiting for a turn",
            Self::Connect => "connecting",
            Self::Stream => "opening the stream",
            Self::Tls => "the TLS handshake",
            Self::Sasl => "the SASL exchange",
            Self::Session => "reading from the user's own stream",
        })
    }
}

/// How long each part of a login took. Parts that did not take place are zero.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Elapsed {
    /// [`Stage::Queue`].
    pub queue: Duration,
    /// [`Stage::Connect`].
    pub connect: Duration,
    /// [`Stage::Stream`].
    pub stream: Duration,
    /// [`Stage::Tls`].
    pub tls: Duration,
    /// [`Stage::Sasl`].
    pub sasl: Duration,
}

/// Measures the stages of one login, and knows whether it is ahead of the server.
#[derive(Debug)]
pub(super) struct Clock {
    stage: Stage,
    since: Instant,
    elapsed: Elapsed,
    ahead: Ahead,
}

/// Whether a login has sent something before the server asked for it, and has no answer to it yet. Clones share it.
#[derive(Debug, Clone, Default)]
pub(super) struct Ahead(Arc<AtomicBool>);

impl Ahead {
    pub(super) fn set(&self, ahead: bool) {
        self.0.store(ahead, Ordering::Relaxed);
    }

    fn get(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

impl Clock {
    /// Starts in [`Stage::Queue`], after a wait for the turn.
    pub(super) fn start(queue: Duration) -> Self {
        Self {
            stage: Stage::Queue,
            since: Instant::now(),
            elapsed: Elapsed { queue, ..Elapsed::default() },
            ahead: Ahead::default(),
        }
    }

    /// Ends the stage that runs and begins the next.
    pub(super) fn enter(&mut self, stage: Stage) {
        let now = Instant::now();
        let taken = now.duration_since(self.since);
        let part = match self.stage {
            Stage::Queue => &mut self.elapsed.queue,
            Stage::Connect => &mut self.elapsed.connect,
            Stage::Stream => &mut self.elapsed.stream,
            Stage::Tls => &mut self.elapsed.tls,
            Stage::Sasl | Stage::Session => &mut self.elapsed.sasl,
        };
        *part += taken;
        self.stage = stage;
        self.since = now;
    }

    /// The time of the current stage was lost on a dead stream. It counts as time for the connection, and the login begins
    /// again in [`Stage::Queue`].
    pub(super) fn lost(&mut self) {
        self.stage = Stage::Connect;
        self.enter(Stage::Queue);
    }

    /// The login has sent something before the server asked, or the server has answered it.
    pub(super) fn set_ahead(&self, ahead: bool) {
        self.ahead.set(ahead);
    }

    /// To be cleared when the server answers.
    pub(super) fn ahead(&self) -> Ahead {
        self.ahead.clone()
    }

    /// Whether the login has sent something ahead that the server has not answered.
    pub(super) fn is_ahead(&self) -> bool {
        self.ahead.get()
    }

    /// Where the time went when there was not enough of it: the stage that runs, or our own queue where that took more
    /// than all the rest.
    pub(super) fn late(&self) -> Stage {
        let (running, past) = (self.since.elapsed(), self.elapsed);
        let rest = past.connect + past.stream + past.tls + past.sasl;
        let (queue, rest) =
            if self.stage == Stage::Queue { (past.queue + running, rest) } else { (past.queue, rest + running) };
        if queue > rest { Stage::Queue } else { self.stage }
    }

    /// How long each part took up to now.
    pub(super) fn elapsed(&self) -> Elapsed {
        let ahead = Ahead::default();
        let mut now = Self { stage: self.stage, since: self.since, elapsed: self.elapsed, ahead };
        now.enter(self.stage);
        now.elapsed
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn time_that_was_lost_on_a_dead_stream_does_not_count_as_sasl() {
        let mut clock = Clock::start(Duration::ZERO);
        clock.enter(Stage::Sasl);
        tokio::time::advance(Duration::from_secs(2)).await;
        clock.lost();
        clock.enter(Stage::Connect);
        tokio::time::advance(Duration::from_secs(1)).await;
        clock.enter(Stage::Sasl);
        assert_eq!(clock.elapsed(), Elapsed { connect: Duration::from_secs(3), ..Elapsed::default() });
    }

    #[tokio::test(start_paused = true)]
    async fn who_waited_in_the_queue_for_most_of_the_time_was_late_there() {
        for (queue, connect, late) in [(0, 0, Stage::Queue), (2, 1, Stage::Queue), (1, 2, Stage::Connect)] {
            let mut clock = Clock::start(Duration::from_secs(queue));
            tokio::time::advance(Duration::from_millis(1)).await;
            if connect > 0 {
                clock.enter(Stage::Connect);
                tokio::time::advance(Duration::from_secs(connect)).await;
            }
            assert_eq!(clock.late(), late, "{queue} {connect}");
        }
    }
}
