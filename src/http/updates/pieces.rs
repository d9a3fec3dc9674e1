//! A file, or a part of it, sent piece by piece.

use std::fs::{File, Metadata};
use std::io;
use std::ops::Range;
use std::os::unix::fs::FileExt;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use futures::{Stream, stream};
use tokio::task::spawn_blocking;
use tracing::{Instrument as _, Span};

use super::slots::DownloadSlot;
use crate::http::write_deadline::WriteDeadline;

/// Bytes that are read, and lie in memory, at one time. Nothing is read ahead.
const PIECE: u64 = 64 * 1024;

/// What is sent, to whom, and what it holds while it is.
pub(super) struct Download {
    /// The open file.
    pub(super) file: File,
    /// What the file was when the head of the answer was made.
    pub(super) metadata: Metadata,
    /// Which bytes of it.
    pub(super) part: Range<u64>,
    /// Its name, for the log.
    pub(super) path: String,
    /// Time in which each piece must be taken.
    pub(super) stall: Duration,
    /// Keeps the connection's time limit.
    pub(super) deadline: WriteDeadline,
    /// One of the slots for downloads.
    pub(super) slot: DownloadSlot,
}

/// Sends it. A file that is changed meanwhile breaks the connection: no client may take two halves for one installer.
pub(super) fn pieces(download: Download) -> impl Stream<Item = io::Result<Bytes>> + Send + Sync + 'static {
    let Download { file, metadata, part, path, stall, deadline, slot } = download;
    deadline.next_piece(stall);
    let sending = Sending {
        file: Arc::new(file),
        metadata,
        path,
        left: part,
        stall,
        deadline,
        span: Span::current(),
        _slot: slot,
    };
    stream::try_unfold(sending, |mut sending| async move {
        if sending.left.is_empty() {
            return Ok(None);
        }
        let span = sending.span.clone();
        let piece = sending.next().instrument(span).await.inspect_err(|error| {
            let _entered = sending.span.enter();
            let path = &sending.path;
            tracing::warn!(updates.file = path, error = %error, "the download of {path} was cut off: {error}");
        })?;
        Ok(Some((piece, sending)))
    })
}

struct Sending {
    file: Arc<File>,
    metadata: Metadata,
    path: String,
    /// What was not read yet.
    left: Range<u64>,
    stall: Duration,
    deadline: WriteDeadline,
    /// That of the request, since the pieces are made after its answer has begun.
    span: Span,
    _slot: DownloadSlot,
}

impl Sending {
    /// The next piece, of one byte at least.
    async fn next(&mut self) -> io::Result<Bytes> {
        self.deadline.next_piece(self.stall);
        let (file, offset) = (Arc::clone(&self.file), self.left.start);
        let length = usize::try_from((self.left.end - offset).min(PIECE)).unwrap_or(usize::MAX);
        let read = spawn_blocking(move || {
            let mut piece = vec![0; length];
            file.read_exact_at(&mut piece, offset)?;
            Ok((piece, file.metadata()?))
        });
        let (piece, now) = read.await.unwrap_or_else(|error| Err(io::Error::other(error)))?;
        if now.len() != self.metadata.len() || now.modified()? != self.metadata.modified()? {
            return Err(io::Error::other("the file was changed meanwhile; copy it under another name, then rename it"));
        }
        self.left.start = offset.saturating_add(length as u64);
        Ok(Bytes::from(piece))
    }
}

impl Drop for Sending {
    fn drop(&mut self) {
        self.deadline.last_piece(self.stall);
        let _entered = self.span.enter();
        let (path, left) = (&self.path, self.left.end.saturating_sub(self.left.start));
        tracing::debug!(
            updates.file = path,
            updates.left = left,
            "the download of {path} ended, {left} bytes not sent"
        );
    }
}
