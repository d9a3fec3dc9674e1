//! What a connection waits for, and its time limit while an answer is sent in pieces.

use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use futures::Stream;
use tokio::sync::watch;
use tokio::time::Instant;

/// What a connection waits for.
#[derive(Debug, Clone, Copy)]
pub(super) enum Phase {
    /// The first head, until this moment.
    FirstHead(Instant),
    /// An answer; the request's own deadline counts.
    Answer,
    /// The rest of a body; the time limit of its reader counts.
    Body,
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
    /// The body of the request, with the connection in [`Phase::Body`] while the client keeps its reader waiting.
    pub(super) fn body<S: Stream>(&self, body: S) -> Body<S> {
        Body { parts: Box::pin(body), phase: self.phase.clone(), is_late: false }
    }

    /// What is there to be written, and the next piece too, must be taken within `stall`. Otherwise the connection is cut.
    pub(super) fn next_piece(&self, stall: Duration) {
        self.phase.send_replace(Phase::Piece(Instant::now() + stall));
    }

    /// Nothing more comes; the client has `stall` at least to take what is there and to ask again.
    pub(super) fn last_piece(&self, stall: Duration) {
        self.phase.send_replace(Phase::NextHead(Instant::now() + self.keep_alive.max(stall)));
    }
}

/// A body whose reader may have to wait for the client.
pub(super) struct Body<S> {
    parts: Pin<Box<S>>,
    phase: watch::Sender<Phase>,
    is_late: bool,
}

impl<S: Stream<Item = Result<T, E>>, T, E> Stream for Body<S> {
    type Item = S::Item;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<S::Item>> {
        let part = self.parts.as_mut().poll_next(cx);
        match &part {
            Poll::Pending if !self.is_late => {
                self.is_late = true;
                self.phase.send_replace(Phase::Body);
            }
            Poll::Ready(None | Some(Err(_))) if self.is_late => {
                self.is_late = false;
                self.phase.send_replace(Phase::Answer);
            }
            Poll::Pending | Poll::Ready(_) => {}
        }
        part
    }
}
