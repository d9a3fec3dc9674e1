//! What earlier logins have taught about the server.

use std::num::NonZeroU32;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

/// What earlier logins have taught about the server. Nothing in it is about a user.
#[derive(Debug)]
pub(super) struct ServerTraits {
    iterations: AtomicU32,
    ticketless: AtomicU32,
    binding: AtomicBool,
    password_at_once: AtomicBool,
    starttls: AtomicBool,
    /// Streams in a row that the server closed without a byte, and accepted once nothing was sent ahead.
    closed_ahead: AtomicU32,
    /// Until when nothing is sent ahead.
    step_by_step: Mutex<Option<Instant>>,
    /// When a warning about connections that are closed at once was last due.
    warned: Mutex<Option<Instant>>,
}

/// What Openfire uses as it comes.
const USUAL_ITERATIONS: NonZeroU32 = NonZeroU32::MIN.saturating_add(4095);

/// Logins in a row that wait for tickets in vain.
const PATIENCE: u32 = 3;
/// From then on, each so many logins one waits again.
const RETRY: u32 = 16;
/// Time in which nothing is sent ahead to a server that may not have understood it.
const STEP_BY_STEP: Duration = Duration::from_mins(30);
/// From so many streams in a row on, a server that closes them was not merely full.
const CLOSED_AHEAD: u32 = 3;
/// Time between two warnings about connections that are closed at once.
const WARNING_PAUSE: Duration = Duration::from_mins(1);

impl ServerTraits {
    pub(super) fn new() -> Self {
        Self {
            iterations: AtomicU32::new(USUAL_ITERATIONS.get()),
            ticketless: AtomicU32::new(0),
            binding: AtomicBool::new(false),
            password_at_once: AtomicBool::new(false),
            starttls: AtomicBool::new(false),
            closed_ahead: AtomicU32::new(0),
            step_by_step: Mutex::new(None),
            warned: Mutex::new(None),
        }
    }

    /// The rounds of the last SCRAM challenge.
    pub(super) fn iterations(&self) -> NonZeroU32 {
        NonZeroU32::new(self.iterations.load(Ordering::Relaxed)).unwrap_or(USUAL_ITERATIONS)
    }

    pub(super) fn saw_iterations(&self, iterations: NonZeroU32) {
        self.iterations.store(iterations.get(), Ordering::Relaxed);
    }

    /// Whether to wait for the session tickets of a TLS 1.3 server. Not after it sent none a few times, but a server
    /// under load may have been late, so now and then again.
    pub(super) fn expects_tickets(&self) -> bool {
        let ticketless = self.ticketless.load(Ordering::Relaxed);
        let expected = ticketless < PATIENCE || ticketless.is_multiple_of(RETRY);
        if !expected {
            self.ticketless.fetch_add(1, Ordering::Relaxed);
        }
        expected
    }

    pub(super) fn saw_tickets(&self, sent: bool) {
        if sent {
            self.ticketless.store(0, Ordering::Relaxed);
        } else {
            self.ticketless.fetch_add(1, Ordering::Relaxed);
        }
    }

    /// Whether something may be sent before the server asks for it.
    pub(super) fn may_say_ahead(&self) -> bool {
        let until = *self.step_by_step.lock().unwrap_or_else(PoisonError::into_inner);
        until.is_none_or(|until| Instant::now() >= until)
    }

    /// The server may not understand what is sent ahead: with `true`, nothing is for a while; with `false`, it may be at once.
    pub(super) fn go_step_by_step(&self, slow: bool) {
        let until = slow.then(|| Instant::now() + STEP_BY_STEP);
        *self.step_by_step.lock().unwrap_or_else(PoisonError::into_inner) = until;
    }

    /// The server closed a stream without a byte, on which something was sent ahead, and accepted the next one without that. It
    /// may have been full for a moment, or it may never take what is sent ahead.
    pub(super) fn was_closed_when_ahead(&self) {
        if self.closed_ahead.fetch_add(1, Ordering::Relaxed) + 1 >= CLOSED_AHEAD {
            self.closed_ahead.store(0, Ordering::Relaxed);
            self.go_step_by_step(true);
        }
    }

    /// The server accepted a stream at the first attempt.
    pub(super) fn was_not_closed(&self) {
        self.closed_ahead.store(0, Ordering::Relaxed);
    }

    /// Whether STARTTLS may be asked for with the stream header: the last stream in the clear offered it.
    pub(super) fn expects_starttls(&self) -> bool {
        self.starttls.load(Ordering::Relaxed) && self.may_say_ahead()
    }

    pub(super) fn saw_starttls(&self, offered: bool) {
        self.starttls.store(offered, Ordering::Relaxed);
    }

    /// Whether a login with channel binding has ever succeeded.
    pub(super) fn binding_works(&self) -> bool {
        self.binding.load(Ordering::Relaxed)
    }

    /// Whether a connection that was closed at once is worth a warning: one a minute.
    pub(super) fn is_closing_worth_a_warning(&self) -> bool {
        let now = Instant::now();
        let mut warned = self.warned.lock().unwrap_or_else(PoisonError::into_inner);
        let due = warned.is_none_or(|last| now.duration_since(last) >= WARNING_PAUSE);
        if due {
            *warned = Some(now);
        }
        due
    }

    /// Whether the server accepts PLAIN only with the password in the first message, as Prosody does. A login on a stream that
    /// may be dead then cannot test first whether the server answers.
    pub(super) fn wants_password_at_once(&self) -> bool {
        self.password_at_once.load(Ordering::Relaxed)
    }

    pub(super) fn saw_password_wanted_at_once(&self) {
        self.password_at_once.store(true, Ordering::Relaxed);
    }

    pub(super) fn saw_binding_work(&self) {
        self.binding.store(true, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn three_streams_in_a_row_that_are_closed_when_something_is_sent_ahead_end_that_for_a_while() {
        let traits = ServerTraits::new();
        for _ in 0..2 {
            traits.was_closed_when_ahead();
            traits.was_closed_when_ahead();
            traits.was_not_closed();
        }
        assert!(traits.may_say_ahead());
        (0..3).for_each(|_| traits.was_closed_when_ahead());
        assert!(!traits.may_say_ahead());
    }

    #[test]
    fn a_server_without_tickets_is_waited_for_ever_more_seldom_until_it_sends_some() {
        let traits = ServerTraits::new();
        let waits = |logins: usize, sent: bool| {
            (0..logins).filter(|_| traits.expects_tickets().then(|| traits.saw_tickets(sent)).is_some()).count()
        };
        assert_eq!(waits(100, true), 100);
        assert_eq!(waits(100, false), 9);
        assert!((0..RETRY).any(|_| traits.expects_tickets()));
        traits.saw_tickets(true);
        assert_eq!(waits(100, true), 100);
    }
}
