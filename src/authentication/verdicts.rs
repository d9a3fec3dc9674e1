//! What became of refusals, counted.

use std::sync::atomic::{AtomicU64, Ordering};

/// How many refusals there were since the start, by what became of them.
#[derive(Debug, Default)]
pub struct Verdicts {
    believed: AtomicU64,
    doubted: AtomicU64,
    disproved: AtomicU64,
}

impl Verdicts {
    /// Each verdict with its number: `believed` (the client got 401), `doubted` (503), `disproved` (the same password passed
    /// a moment later).
    #[must_use]
    pub fn counts(&self) -> [(&'static str, u64); 3] {
        [("believed", &self.believed), ("doubted", &self.doubted), ("disproved", &self.disproved)]
            .map(|(name, count)| (name, count.load(Ordering::Relaxed)))
    }

    pub(super) fn believed(&self) {
        self.believed.fetch_add(1, Ordering::Relaxed);
    }

    pub(super) fn doubted(&self) {
        self.doubted.fetch_add(1, Ordering::Relaxed);
    }

    pub(super) fn disproved(&self) {
        self.disproved.fetch_add(1, Ordering::Relaxed);
    }
}
