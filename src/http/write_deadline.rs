//! The time limit of a connection while an answer is sent in pieces.

use std::time::Duration;

use tokio::sync::watch;
use tokio::time::Instant;

/// What a connection waits for.
#[derive(Debug, Clone, Copy)]
pub(super) enum Phase {
    /// The first head, until this moment.
    FirstHead(Instant),
    /// An answer; the request's own deadline counts.
    Answer,
    /// A piece of an answer to be taken, until this moment.
    Piece(Instant),
    /// The answer to be written and the next head to arrive, until this moment.
    NextHead(Instant),
    /// What is being written to be gone, until this moment.
    Close(Instant),
}

/// Keeps the time limit of a connection while an answer is sent in pieces; travels in the request's extensions.
///
/// The maker of the pieces announces each, and marks the response as [`Streamed`].
#[derive(Debug, Clone)]
pub(super) struct WriteDeadline {
    pub(super) phase: watch::Sender<Phase>,
    pub(super) keep_alive: Duration,
}

/// Marks a response whose body keeps the time limit by its [`WriteDeadline`].
#[derive(Debug, Clone, Copy)]
pub(super) struct Streamed;

impl WriteDeadline {
    /// What is there to be written, and the next piece too, must be taken within `stall`. Otherwise the connection is cut.
    pub(super) fn next_piece(&self, stall: Duration) {
        self.phase.send_replace(Phase::Piece(Instant::now() + stall));
    }

    /// Nothing more comes; the client has `stall` at least to take what is there and to ask again.
    pub(super) fn last_piece(&self, stall: Duration) {
        self.phase.send_replace(Phase::NextHead(Instant::now() + self.keep_alive.max(stall)));
    }
}
