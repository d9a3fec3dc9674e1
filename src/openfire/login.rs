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
mod probe;
mod queue;
mod sasl;
mod server_traits;
mod session;
mod stage;
mod stream;
mod wrong_port;

use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;
use std::time::Duration;

use tokio::time::{Instant, timeout_at};

pub use self::error::{CannotCheck, LoginError, Refusal, Unreachable};
use self::exchange::{Exchange, FirstMessage};
use self::idle_streams::IdleStreams;
use self::last_seen::LastSeen;
use self::opening::{Opened, Opening};
pub use self::probe::{CertificateFacts, Probe};
pub use self::queue::LoginPermit;
use self::queue::LoginQueue;
use self::sasl::{ChannelBindings, Mechanism, Offer, is_escaped};
pub use self::sasl::{NothingAllowed, ScramError};
pub use self::session::{Session, SessionError};
use self::stage::Clock;
pub use self::stage::{Elapsed, Stage};
use self::stream::ClientStream;
pub use self::wrong_port::WrongPort;
use super::connect::Turn;
use super::tls::{Secured, TrustError};
use crate::model::account::Credentials;
use crate::model::config::{Limits, Openfire, SaslMechanism};

/// Logins of [`Login::authenticate_apart`] that run, and that wait.
const APART: (usize, usize) = (4, 64);
/// The address of logins that no client asked for.
const NO_CLIENT: IpAddr = IpAddr::V4(Ipv4Addr::UNSPECIFIED);

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
        self.log_in(permit, credentials, deadline, Turn::Ahead).await.1
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
        self.log_in(permit, credentials, deadline, Turn::InOrder).await.1
    }

    /// The same, and how long each part took, of a login that fails as well.
    pub async fn authenticate_timed(
        &self,
        permit: LoginPermit,
        credentials: &Credentials,
        deadline: Instant,
    ) -> (Elapsed, Result<Session, LoginError>) {
        self.log_in(permit, credentials, deadline, Turn::InOrder).await
    }

    async fn log_in(
        &self,
        permit: LoginPermit,
        credentials: &Credentials,
        deadline: Instant,
        turn: Turn,
    ) -> (Elapsed, Result<Session, LoginError>) {
        let user = credentials.username.as_str();
        tracing::debug!(user.name = user, "the login of {user} begins");
        let mut clock = Clock::start(permit.waited());
        let login = Box::pin(self.0.authenticate(permit, credentials, &mut clock, deadline, turn));
        let outcome = timeout_at(deadline, login).await;
        let outcome = outcome.unwrap_or_else(|_| Err(Unreachable::TimedOut { stage: clock.late() }.into()));
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
        match timeout_at(deadline, Box::pin(self.0.probe(&mut clock, deadline))).await {
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
        turn: Turn,
    ) -> Result<Session, LoginError> {
        let opened = if let Some(proved) = self.prove_on_idle(credentials, clock, deadline, turn).await {
            proved?
        } else {
            let (mut opened, mechanism, first) = self.begin(credentials, clock, deadline, turn).await?;
            self.prove_on(&mut opened, credentials, &mechanism, first).await?;
            opened
        };
        clock.enter(Stage::Session);
        Ok(Session::new(opened.stream, credentials.username.at(self.opening.domain()), permit, clock.elapsed()))
    }

    /// Logs in on a stream that waited; none when none did, and when it was dead. Nothing is tried again once the server has
    /// answered.
    async fn prove_on_idle(
        &self,
        credentials: &Credentials,
        clock: &mut Clock,
        deadline: Instant,
        turn: Turn,
    ) -> Option<Result<Opened, LoginError>> {
        let streams = self.idle_streams.as_ref().filter(|_| turn == Turn::InOrder)?;
        let (mut opened, taken) = streams.take(deadline)?;
        clock.enter(Stage::Sasl);
        let outcome = match self.choose(&opened.offer, opened.stream.link().tls(), credentials) {
            Ok(mechanism) => self.prove_on(&mut opened, credentials, &mechanism, None).await,
            Err(error) => Err(error.into()),
        };
        if self.opening.traits().wants_password_at_once() {
            streams.give_up();
        }
        match outcome {
            Err(LoginError::Unreachable(error)) if opened.stream.is_unanswered() => {
                tracing::debug!("a stream that was opened ahead was dead ({error}); the login opens one of its own");
                taken.was_dead();
                clock.lost();
                None
            }
            outcome => Some(outcome.map(|()| opened)),
        }
    }

    async fn prove_on(
        &self,
        Opened { stream, offer }: &mut Opened,
        credentials: &Credentials,
        mechanism: &Mechanism,
        first: Option<FirstMessage>,
    ) -> Result<(), LoginError> {
        let escaped = is_escaped(credentials.username.as_str());
        if let Err(error) = self.prove(stream, credentials, mechanism, first).await {
            if escaped && *mechanism != Mechanism::Plain && error.is_about_the_user() {
                return Err(CannotCheck::EscapedName.into());
            }
            // A site whose TLS ends before Openfire would see every password refused, and every client would forget
            // its own. Until channel binding has worked once, only a refusal without it is therefore believed.
            let doubtful = error.may_pass_otherwise() && !self.opening.traits().binding_works();
            let Some(unbound) = mechanism.unbound(offer).filter(|_| doubtful) else { return Err(error) };
            self.prove(stream, credentials, &unbound, None).await?;
            return Err(CannotCheck::ChannelBinding.into());
        }
        Ok(())
    }

    /// Opens a stream and chooses the mechanism. SCRAM's first message has gone out with the stream header where the last
    /// stream showed what the server offers: that saves a round trip.
    async fn begin(
        &self,
        credentials: &Credentials,
        clock: &mut Clock,
        deadline: Instant,
        turn: Turn,
    ) -> Result<(Opened, Mechanism, Option<FirstMessage>), LoginError> {
        let mut first = None;
        let ahead = |tls: Option<&Secured>| {
            let offer = self.last_seen.offer(tls)?;
            let mechanism = self.choose(&offer, tls, credentials).ok()?;
            first = FirstMessage::new(&mechanism, &credentials.username).ok()?;
            first.as_ref().map(FirstMessage::text)
        };
        let mut opened = self.open_own(clock, deadline, turn, ahead).await?;
        let mut mechanism = self.choose(&opened.offer, opened.stream.link().tls(), credentials)?;
        if first.as_ref().is_some_and(|first| *first.mechanism() != mechanism) {
            // It no longer offers what it did, so its answer to the message would be no answer to this login.
            first = None;
            opened = self.open_own(clock, deadline, turn, |_| None).await?;
            mechanism = self.choose(&opened.offer, opened.stream.link().tls(), credentials)?;
        }
        Ok((opened, mechanism, first))
    }

    /// Opens a stream for one login, or for a look at the server.
    async fn open_own(
        &self,
        clock: &mut Clock,
        deadline: Instant,
        turn: Turn,
        ahead: impl FnMut(Option<&Secured>) -> Option<String>,
    ) -> Result<Opened, LoginError> {
        let _own = self.idle_streams.as_ref().map(IdleStreams::own_opening);
        let opened = self.opening.open(clock, deadline, turn, ahead).await?;
        self.last_seen.saw(opened.stream.link().tls(), &opened.offer);
        if let Some(streams) = &self.idle_streams {
            streams.saw(&opened);
        }
        Ok(opened)
    }

    fn choose(
        &self,
        offer: &Offer,
        tls: Option<&Secured>,
        credentials: &Credentials,
    ) -> Result<Mechanism, CannotCheck> {
        let channel = tls.map(|tls| match offer.offers_channel_binding() {
            true => ChannelBindings { exporter: tls.exporter(), end_point: tls.end_point() },
            // Not worked out in vain: for one of them the certificate has to be taken apart.
            false => ChannelBindings::default(),
        });
        let escaped = is_escaped(credentials.username.as_str());
        Ok(Mechanism::choose(offer, &self.mechanisms, channel.as_ref(), escaped)?)
    }

    /// Tries the password as typed and, should SASLprep change it, as prepared. `first` has been sent already.
    ///
    /// Openfire stores and compares passwords as they were typed (measured with 4.2.0: a no-break space, full-width
    /// letters, a ligature or a combining accent only pass unprepared); other servers want them prepared (RFC 5802
    /// section 2.2).
    async fn prove(
        &self,
        stream: &mut ClientStream,
        credentials: &Credentials,
        mechanism: &Mechanism,
        first: Option<FirstMessage>,
    ) -> Result<(), LoginError> {
        let (typed, prepared) = (credentials.password.typed(), credentials.password.prepared());
        let mut exchange =
            Exchange { stream, username: &credentials.username, password: typed, traits: self.opening.traits() };
        let outcome = match first {
            Some(first) => exchange.go_on(first).await,
            None => exchange.run(mechanism).await,
        };
        let first = match outcome {
            Err(error) if typed != prepared && error.may_pass_otherwise() => error,
            outcome => return outcome,
        };
        exchange.password = prepared;
        match exchange.run(mechanism).await {
            // Openfire ends the stream after `xmpp.auth.retries` failures, which may be one. What it said still counts.
            Err(error) if error.is_end_of_stream() => Err(first),
            outcome => outcome,
        }
    }
}
