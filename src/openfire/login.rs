//! Proves a user's password by a real login on a client stream.
//!
//! 1. Wait for a permit, in turn with other addresses; connect (RFC 6120 section 3), unless a stream waits ([`IdleStreams`]).
//! 2. Secure the stream: STARTTLS (section 5) or TLS from the first byte (XEP-0368). Nothing that was sent in the clear
//!    outlives the change.
//! 3. Read the features, take the best mechanism that is offered and allowed, and run SASL (section 6).
//! 4. Hand out the [`Session`], from which the roster can be read.
//!
//! Every step ends at the caller's deadline. Dropping the future closes the socket.

mod error;
pub(super) mod exchange;
mod idle_streams;
mod last_seen;
mod opening;
mod proof;
mod queue;
mod sasl;
mod server_traits;
mod session;
mod stage;
mod stream;

use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;
use std::time::Duration;

use futures::FutureExt as _;
use tokio::time::{Instant, timeout_at};

pub use self::error::{CannotCheck, LoginError, Refusal, Unreachable, WrongPort};
use self::idle_streams::IdleStreams;
use self::last_seen::LastSeen;
pub use self::last_seen::{CertificateFacts, Probe};
use self::opening::Opening;
pub use self::queue::LoginPermit;
use self::queue::LoginQueue;
pub use self::sasl::{NothingAllowed, ScramError};
pub use self::session::{Session, SessionError};
use self::stage::Clock;
pub use self::stage::{Elapsed, Stage};
use super::connect::Turn;
use super::tls::TrustError;
use crate::model::account::Credentials;
use crate::model::config::{Limits, Openfire, SaslMechanism};

/// Logins of [`Login::authenticate_apart`] that run, and that wait.
const APART: (usize, usize) = (4, 64);
/// The address of logins that no client asked for.
const NO_CLIENT: IpAddr = IpAddr::V4(Ipv4Addr::UNSPECIFIED);

/// For whom a login is, and on what streams it may run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// A user's, on a stream that waited where one does.
    User,
    /// A user's, on a stream of its own.
    Anew,
    /// The service's own, ahead of users, on a stream of its own.
    Apart,
}

impl Kind {
    /// Its turn among the connections that wait for the pace.
    fn turn(self) -> Turn {
        match self {
            Self::User | Self::Anew => Turn::InOrder,
            Self::Apart => Turn::Ahead,
        }
    }
}

/// Logs users in. Cheap to clone; clones share the limits.
#[derive(Clone)]
pub struct Login(Arc<Inner>);

struct Inner {
    opening: Opening,
    mechanisms: Vec<SaslMechanism>,
    queue: LoginQueue,
    apart: LoginQueue,
    last_seen: LastSeen,
    idle_streams: Option<IdleStreams>,
}

impl Login {
    /// Loads whom to trust and reads the name servers of the system.
    ///
    /// # Errors
    ///
    /// [`TrustError`] when the certificates that the settings name cannot be loaded.
    pub fn new(settings: &Openfire, limits: &Limits) -> Result<Self, TrustError> {
        Ok(Self(Arc::new(Inner {
            opening: Opening::new(settings, limits)?,
            mechanisms: settings.mechanisms.clone(),
            queue: LoginQueue::new(limits.concurrent_logins, limits.queued_logins),
            apart: LoginQueue::new(APART.0, APART.1),
            last_seen: LastSeen::default(),
            idle_streams: IdleStreams::new(limits),
        })))
    }

    /// Waits for the permit to run a login.
    ///
    /// A free place goes to the addresses that wait in turn, and for each in the order of arrival. When `limits.queued_logins`
    /// wait, a login whose `address` has fewer waiting than another takes the place of the newest of the address with the most.
    /// An IPv6 network of 64 bits counts as one address. Dropping the future leaves nothing behind.
    ///
    /// # Errors
    ///
    /// [`Unreachable::Busy`] when there is no room to wait, at once or when another address needs it;
    /// [`Unreachable::TimedOut`] at the deadline.
    pub async fn permit(&self, address: IpAddr, deadline: Instant) -> Result<LoginPermit, LoginError> {
        entered(&self.0.queue, address, deadline).await
    }

    /// Waits for a permit and logs a user in, as [`Login::authenticate_with`] does, on behalf of no client: all these logins
    /// wait as one address of their own, `0.0.0.0`.
    ///
    /// # Errors
    ///
    /// [`LoginError`], at the deadline at the latest.
    pub async fn authenticate(&self, credentials: &Credentials, deadline: Instant) -> Result<Session, LoginError> {
        let permit = self.permit(NO_CLIENT, deadline).await?;
        self.authenticate_with(permit, credentials, deadline).await
    }

    /// Logs an account of the service's own in, without waiting for users.
    ///
    /// It takes no place in the users' queue: 4 of these logins run at one time, and 64 wait. With
    /// `limits.new_connections_per_second` its connection is the next one, ahead of all users that wait for theirs. It always opens
    /// a stream of its own: the streams that wait are for users, and wrong passwords must not use them up.
    ///
    /// # Errors
    ///
    /// [`LoginError`], at the deadline at the latest; [`Unreachable::Busy`] when 64 of these logins wait already.
    pub async fn authenticate_apart(
        &self,
        credentials: &Credentials,
        deadline: Instant,
    ) -> Result<Session, LoginError> {
        let permit = entered(&self.0.apart, NO_CLIENT, deadline).await?;
        self.log_in(permit, credentials, deadline, Kind::Apart).await.1
    }

    /// Logs a user in. The session keeps the permit; a failure returns it. With a clone of the permit the same place serves
    /// for another login.
    ///
    /// `Ok` means that the server accepted the login and, under SCRAM, proved that it knows the password itself. It does not mean
    /// that the stream is still open when it is used.
    ///
    /// # Errors
    ///
    /// [`LoginError`], at the deadline at the latest.
    pub async fn authenticate_with(
        &self,
        permit: LoginPermit,
        credentials: &Credentials,
        deadline: Instant,
    ) -> Result<Session, LoginError> {
        self.log_in(permit, credentials, deadline, Kind::User).await.1
    }

    /// The same, and how long each part took, of a login that fails as well.
    pub async fn authenticate_timed(
        &self,
        permit: LoginPermit,
        credentials: &Credentials,
        deadline: Instant,
    ) -> (Elapsed, Result<Session, LoginError>) {
        self.log_in(permit, credentials, deadline, Kind::User).await
    }

    /// The same on a new stream, for a user whose refusal is in doubt: streams that waited may lead to the server, of several
    /// behind one name, that refused.
    pub async fn authenticate_anew(
        &self,
        permit: LoginPermit,
        credentials: &Credentials,
        deadline: Instant,
    ) -> (Elapsed, Result<Session, LoginError>) {
        self.log_in(permit, credentials, deadline, Kind::Anew).await
    }

    async fn log_in(
        &self,
        permit: LoginPermit,
        credentials: &Credentials,
        deadline: Instant,
        kind: Kind,
    ) -> (Elapsed, Result<Session, LoginError>) {
        let user = credentials.username.as_str();
        tracing::debug!(user.name = user, "the login of {user} begins");
        let mut clock = Clock::start(permit.waited());
        // Without its type, whose depth the compiler would follow through all callers.
        let login = self.0.authenticate(permit, credentials, &mut clock, deadline, kind).boxed();
        let outcome = timeout_at(deadline, login).await;
        let outcome = outcome.unwrap_or_else(|_| {
            if clock.is_ahead() {
                self.0.opening.traits().go_step_by_step(true);
            }
            Err(Unreachable::TimedOut { stage: clock.late() }.into())
        });
        let ended = if outcome.is_ok() { "succeeded" } else { "failed" };
        tracing::debug!(user.name = user, "the login of {user} {ended}");
        (clock.elapsed(), outcome)
    }

    /// Why [`Login::probe`] failed, found out by a second look when the first one leaves it open: whether the port expects
    /// TLS from the first byte, or does not expect it, as far as a server that stays silent shows it.
    pub async fn diagnose(&self, error: LoginError, deadline: Instant) -> LoginError {
        let found = timeout_at(deadline, Box::pin(self.0.opening.look_again(&error))).await;
        found.ok().flatten().map_or(error, |port| CannotCheck::from(port).into())
    }

    /// What the server showed at the last login or [probe](Login::probe), and when; none before the first. It asks nothing.
    #[must_use]
    pub fn last_seen(&self) -> Option<(Probe, Instant)> {
        self.0.last_seen.get()
    }

    /// Looks at the server without logging in: whether it answers, its certificate, its mechanisms.
    ///
    /// # Errors
    ///
    /// [`LoginError`], never [`LoginError::Refused`], at the deadline at the latest.
    pub async fn probe(&self, deadline: Instant) -> Result<Probe, LoginError> {
        let mut clock = Clock::start(Duration::ZERO);
        match timeout_at(deadline, self.0.probe(&mut clock, deadline).boxed()).await {
            Ok(outcome) => outcome,
            Err(_) => Err(Unreachable::TimedOut { stage: clock.late() }.into()),
        }
    }
}

async fn entered(queue: &LoginQueue, address: IpAddr, deadline: Instant) -> Result<LoginPermit, LoginError> {
    match timeout_at(deadline, queue.enter(address)).await {
        Ok(permit) => Ok(permit.ok_or(Unreachable::Busy)?),
        Err(_) => Err(Unreachable::TimedOut { stage: Stage::Queue }.into()),
    }
}

impl Inner {
    async fn authenticate(
        &self,
        permit: LoginPermit,
        credentials: &Credentials,
        clock: &mut Clock,
        deadline: Instant,
        kind: Kind,
    ) -> Result<Session, LoginError> {
        let opened = if let Some(proved) = self.prove_on_idle(credentials, clock, deadline, kind).await {
            proved?
        } else {
            self.prove_on_own(credentials, clock, deadline, kind.turn()).await?
        };
        clock.enter(Stage::Session);
        Ok(Session::new(opened.stream, credentials.username.at(self.opening.domain()), permit, clock.elapsed()))
    }
}
