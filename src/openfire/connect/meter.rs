//! Counts what a peer sends and sets a limit to it.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

/// A view on what was read from a [`Tcp`](super::Tcp), shared with it. Cheap to clone.
///
/// The limit counts bytes on the wire, so inside TLS a stanza may be a little smaller than the limit.
#[derive(Debug, Clone)]
pub struct Meter(Arc<State>);

#[derive(Debug)]
struct State {
    received: AtomicU64,
    limit: AtomicU64,
    oversized: AtomicBool,
    ended: AtomicBool,
}

impl Meter {
    /// Bytes that a peer may send in a TLS handshake, and before anything is allowed: 64 KiB, for certificate chains
    /// are long.
    pub const HANDSHAKE: u64 = 64 * 1024;
    /// Bytes that a peer may send per stanza before it is authenticated: 8 KiB. The features of Openfire 5.1 have 1.
    pub const BEFORE_LOGIN: u64 = 8 * 1024;
    /// Bytes that a peer may send per stanza after the login, and on the component stream: 10 MiB.
    pub const AFTER_LOGIN: u64 = 10 * 1024 * 1024;

    pub(super) fn new() -> Self {
        Self(Arc::new(State {
            received: AtomicU64::new(0),
            limit: AtomicU64::new(Self::HANDSHAKE),
            oversized: AtomicBool::new(false),
            ended: AtomicBool::new(false),
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

    /// Counts bytes that were just read; false when they are too many.
    pub(super) fn count(&self, bytes: u64) -> bool {
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
        let meter = Meter::new();
        meter.allow(10);
        assert!(meter.count(8));
        meter.allow(10);
        assert!(meter.count(10));
        assert!(!meter.oversized());
        assert!(!meter.count(1));
        assert!(meter.oversized());
        assert_eq!(meter.received(), 19);
    }
}
