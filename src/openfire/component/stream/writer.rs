//! The bytes that wait to be written to a component stream.

use std::time::Duration;

use bytes::{Buf, BytesMut};
use tokio::io::{AsyncWrite, AsyncWriteExt};
use tokio::time::{Instant, sleep_until};

use crate::openfire::component::loss::Loss;

/// Writes one stream.
#[derive(Debug)]
pub(in crate::openfire::component) struct StreamWriter<W> {
    io: W,
    waiting: BytesMut,
    /// Bytes went into `io` that may still lie in a buffer of its own (TLS).
    unflushed: bool,
    /// When bytes last moved, or began to wait.
    moved: Instant,
    /// Time without a byte moving after which the connection counts as dead.
    patience: Duration,
}

impl<W: AsyncWrite + Unpin> StreamWriter<W> {
    /// Nothing waits yet.
    pub(in crate::openfire::component) fn new(io: W, patience: Duration) -> Self {
        Self { io, waiting: BytesMut::new(), unflushed: false, moved: Instant::now(), patience }
    }

    /// Puts bytes behind those that wait.
    pub(in crate::openfire::component) fn push(&mut self, bytes: &[u8]) {
        if self.is_idle() {
            self.moved = Instant::now();
        }
        self.waiting.extend_from_slice(bytes);
    }

    /// Bytes that wait.
    pub(in crate::openfire::component) fn backlog(&self) -> usize {
        self.waiting.len()
    }

    /// Whether there is nothing to do for [`Self::drain`].
    pub(in crate::openfire::component) fn is_idle(&self) -> bool {
        self.waiting.is_empty() && !self.unflushed
    }

    /// When bytes last moved.
    pub(in crate::openfire::component) fn moved(&self) -> Instant {
        self.moved
    }

    /// Writes all that waits. Dropping the future loses nothing: what is left is written by the next call.
    pub(in crate::openfire::component) async fn drain(&mut self) -> Result<(), Loss> {
        while !self.is_idle() {
            let limit = self.moved + self.patience;
            tokio::select! {
                biased;
                written = step(&mut self.io, &self.waiting) => match written? {
                    Some(0) => return Err(Loss::Closed),
                    Some(written) => {
                        self.waiting.advance(written);
                        self.unflushed = true;
                    }
                    None => self.unflushed = false,
                },
                () = sleep_until(limit) => return Err(Loss::Stuck(self.patience)),
            }
            self.moved = Instant::now();
        }
        Ok(())
    }

    /// The connection; what waits is lost.
    pub(in crate::openfire::component) fn into_inner(self) -> W {
        self.io
    }
}

/// Writes some bytes and gives their number, or flushes when there are none.
async fn step<W: AsyncWrite + Unpin>(io: &mut W, waiting: &[u8]) -> Result<Option<usize>, std::io::Error> {
    if waiting.is_empty() {
        io.flush().await?;
        return Ok(None);
    }
    io.write(waiting).await.map(Some)
}
