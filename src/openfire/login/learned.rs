//! What earlier logins have taught about the server.

use std::num::NonZeroU32;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};

/// What earlier logins have taught about the server. Nothing in it is about a user.
#[derive(Debug)]
pub(super) struct Learned {
    iterations: AtomicU32,
    tickets: AtomicBool,
    binding: AtomicBool,
}

/// What Openfire uses as it comes.
const USUAL_ITERATIONS: NonZeroU32 = NonZeroU32::new(4096).unwrap();

impl Learned {
    pub(super) fn new() -> Self {
        Self {
            iterations: AtomicU32::new(USUAL_ITERATIONS.get()),
            tickets: AtomicBool::new(true),
            binding: AtomicBool::new(false),
        }
    }

    /// The rounds of the last SCRAM challenge.
    pub(super) fn iterations(&self) -> NonZeroU32 {
        NonZeroU32::new(self.iterations.load(Ordering::Relaxed)).unwrap_or(USUAL_ITERATIONS)
    }

    pub(super) fn saw_iterations(&self, iterations: NonZeroU32) {
        self.iterations.store(iterations.get(), Ordering::Relaxed);
    }

    /// Whether the server sends something by itself after a TLS 1.3 handshake. Assumed until it did not.
    pub(super) fn sends_tickets(&self) -> bool {
        self.tickets.load(Ordering::Relaxed)
    }

    pub(super) fn saw_tickets(&self, sent: bool) {
        self.tickets.store(sent, Ordering::Relaxed);
    }

    /// Whether a login with channel binding has ever succeeded.
    pub(super) fn binding_works(&self) -> bool {
        self.binding.load(Ordering::Relaxed)
    }

    pub(super) fn saw_binding_work(&self) {
        self.binding.store(true, Ordering::Relaxed);
    }
}
