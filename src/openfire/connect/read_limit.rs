//! Limits how many bytes a peer may send.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use crate::openfire::server_text::Spoken;
use crate::openfire::stanza_limits::MAX_BYTES;

/// A view on what was read from a [`Tcp`](super::Tcp), shared with it. Cheap to clone.
///
/// The limit counts bytes on the wire, so inside TLS a stanza may be a little smaller than the limit.
#[derive(Debug, Clone)]
pub struct ReadLimit(Arc<State>);

#[derive(Debug)]
struct State {
    received: AtomicU64,
    limit: AtomicU64,
    oversized: AtomicBool,
    ended: AtomicBool,
    /// The first bytes, the very first in the lowest place.
    beginning: AtomicU64,
}

impl ReadLimit {
    /// Bytes that a peer may send in a TLS handshake, and before anything is allowed: 64 KiB, for certificate chains
    /// are long.
    pub const HANDSHAKE: u64 = 64 * 1024;
    /// Bytes that a peer may send per stanza before it is authenticated: 8 KiB. The features of Openfire 5.1 have 1.
    pub const BEFORE_LOGIN: u64 = 8 * 1024;
    /// Bytes that a peer may send per stanza after the login, and on the component stream: 10 MiB.
    pub const AFTER_LOGIN: u64 = MAX_BYTES as u64;

    pub(super) fn new() -> Self {
        Self(Arc::new(State {
            received: AtomicU64::new(0),
            limit: AtomicU64::new(Self::HANDSHAKE),
            oversized: AtomicBool::new(false),
            ended: AtomicBool::new(false),
            beginning: AtomicU64::new(0),
        }))
    }

    /// Allows `bytes` more from now on; to be called before each stanza is read.
    pub fn allow(&self, bytes: u64) {
        self.0.limit.store(self.received().saturating_add(bytes), Ordering::Relaxed);
    }

    /// Bytes that have been received.
    #[must_use]
    pub fn received(&self) -> u64 {
        self.0.received.load(Ordering::Relaxed)
    }

    /// Whether the peer sent more than it was allowed. Reading fails from then on.
    #[must_use]
    pub fn oversized(&self) -> bool {
        self.0.oversized.load(Ordering::Relaxed)
    }

    /// Whether the peer closed or reset the connection.
    #[must_use]
    pub fn ended(&self) -> bool {
        self.0.ended.load(Ordering::Relaxed)
    }

    /// The protocol that the connection began in; none when it is another one or nothing has come yet.
    #[must_use]
    pub fn spoken(&self) -> Option<Spoken> {
        let count = self.received().min(Spoken::BYTES as u64);
        let first = self.0.beginning.load(Ordering::Relaxed).to_le_bytes();
        Spoken::by_first_bytes(first.get(..usize::try_from(count).ok()?)?)
    }

    /// Counts bytes that were just read; false when they are too many.
    pub(super) fn count(&self, read: &[u8]) -> bool {
        let bytes = u64::try_from(read.len()).unwrap_or(u64::MAX);
        let before = self.received();
        if before < Spoken::BYTES as u64 {
            let beginning = (before..Spoken::BYTES as u64).zip(read);
            let beginning = beginning.fold(0, |word, (place, byte)| word | u64::from(*byte) << (8 * place));
            self.0.beginning.fetch_or(beginning, Ordering::Relaxed);
        }
        let received = self.0.received.fetch_add(bytes, Ordering::Relaxed).saturating_add(bytes);
        let fits = received <= self.0.limit.load(Ordering::Relaxed);
        if !fits {
            self.0.oversized.store(true, Ordering::Relaxed);
        }
        fits
    }

    pub(super) fn end(&self) {
        self.0.ended.store(true, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_limit_is_counted_from_the_last_allowance() {
        let read_limit = ReadLimit::new();
        read_limit.allow(10);
        assert!(read_limit.count(&[0; 8]));
        read_limit.allow(10);
        assert!(read_limit.count(&[0; 10]));
        assert!(!read_limit.oversized());
        assert!(!read_limit.count(&[0]));
        assert!(read_limit.oversized());
        assert_eq!(read_limit.received(), 19);
    }

    #[test]
    fn the_first_bytes_are_kept_however_they_come() {
        let text = b"<?xml version='1.0'?>";
        for size in [1, 3, 8, 100] {
            let read_limit = ReadLimit::new();
            assert_eq!(read_limit.spoken(), None);
            text.chunks(size).for_each(|piece| assert!(read_limit.count(piece)));
            assert_eq!(read_limit.spoken(), Some(Spoken::Xml), "{size}");
            read_limit.count(&[0x15, 3, 3]);
            assert_eq!(read_limit.spoken(), Some(Spoken::Xml), "{size}");
        }
        let read_limit = ReadLimit::new();
        read_limit.count(&[0x15, 3, 3, 0, 2, 2, 80]);
        assert_eq!(read_limit.spoken(), Some(Spoken::Tls));
    }
}
