//! From nothing to a secured stream whose features are known.

use std::io;
use std::ops::Range;
use std::time::Duration;

use tokio::time::{Instant, sleep_until, timeout};
use xmpp_parsers::jid::DomainPart;
use xmpp_parsers::minidom::Element;
use xmpp_parsers::ns;

use super::error::{CannotCheck, LoginError, Unreachable, WrongPort};
use super::sasl::Offer;
use super::server_traits::ServerTraits;
use super::stage::{Clock, Stage};
use super::stream::{ClientStream, INVALID_NAMESPACE, StreamFault};
use crate::model::config::{Limits, Openfire, TlsMode};
use crate::openfire::connect::{ConnectError, Dialer, Pace, ReadLimit, Target, Tcp, Turn};
use crate::openfire::link::Link;
use crate::openfire::server_text::Spoken;
use crate::openfire::tls::{Secured, Trust, TrustError};

/// Time that the server gets to show, by its session tickets, that it has read the end of a TLS 1.3 handshake.
const TICKETS: Duration = Duration::from_millis(200);
/// Silence after the stream header inside TLS 1.3 after which a first keep-alive wakes the server.
const SILENCE: Duration = Duration::from_millis(20);
/// Pause, between these two, before the one further attempt when the server closes a connection without a byte.
const PAUSE: Range<Duration> = Duration::from_millis(200)..Duration::from_millis(800);
/// Time for a stream that is opened ahead of a login.
const AHEAD: Duration = Duration::from_secs(10);
/// Time for one second look at a port.
const LOOK: Duration = Duration::from_secs(2);

/// Opens streams to the server.
pub(super) struct Opening {
    dialer: Dialer,
    target: Target,
    security: Security,
    domain: DomainPart,
    traits: ServerTraits,
    pace: Pace,
}

enum Security {
    Clear,
    Direct(Trust),
    Starttls(Trust),
}

/// A stream that is ready for SASL.
pub(super) struct Opened {
    pub(super) stream: ClientStream,
    pub(super) offer: Offer,
}

/// Gives what is said with a stream header, before the server has shown what it offers; the connection shows its certificate.
pub(super) type SaidAhead<'a> = dyn FnMut(Option<&Secured>) -> Option<String> + Send + 'a;

impl Opening {
    pub(super) fn new(settings: &Openfire, limits: &Limits) -> Result<Self, TrustError> {
        let direct_tls = settings.tls == TlsMode::Direct;
        let target = match &settings.host {
            Some(host) => {
                let port = settings.port.unwrap_or(if direct_tls { 5223 } else { 5222 });
                Target::Host { host: host.clone(), port }
            }
            None => Target::Srv { domain: settings.domain.clone(), direct_tls },
        };
        let security = match settings.tls {
            TlsMode::None => Security::Clear,
            TlsMode::Direct => Security::Direct(Trust::load(settings)?),
            TlsMode::Starttls => Security::Starttls(Trust::load(settings)?),
        };
        Ok(Self {
            dialer: Dialer::new(settings.connect_timeout),
            target,
            security,
            domain: settings.domain.clone(),
            traits: ServerTraits::new(),
            pace: Pace::new(limits.new_connections_per_second),
        })
    }

    pub(super) fn domain(&self) -> &DomainPart {
        &self.domain
    }

    pub(super) fn traits(&self) -> &ServerTraits {
        &self.traits
    }

    /// Connects, secures, and reads what the server offers. Ends in [`Stage::Sasl`].
    ///
    /// A connection that the server closes without a byte is tried once more, step by step, when `deadline` leaves time for it.
    /// `turn` is its turn among the connections that wait for the pace. What `ahead` gives goes out with the stream header that
    /// asks for the mechanisms; it is asked once TLS is up. The clock then says whether it went out on the stream that is given.
    pub(super) async fn open(
        &self,
        clock: &mut Clock,
        deadline: Instant,
        turn: Turn,
        ahead: &mut SaidAhead<'_>,
    ) -> Result<Opened, LoginError> {
        let closed = match self.attempt(clock, turn, Some(ahead)).await {
            Err(LoginError::Unreachable(closed @ Unreachable::ClosedAtOnce { .. })) => closed,
            outcome => {
                if outcome.is_ok() {
                    self.traits.was_not_closed();
                }
                return outcome;
            }
        };
        let was_ahead = clock.is_ahead();
        clock.set_ahead(false);
        let again = Instant::now() + rand::random_range(PAUSE);
        if again >= deadline {
            return Err(closed.into());
        }
        if self.traits.is_closing_worth_a_warning() {
            tracing::warn!("{closed}; trying once more (this is logged once a minute at most)");
        }
        clock.enter(Stage::Queue);
        sleep_until(again).await;
        let outcome = self.attempt(clock, turn, None).await;
        if was_ahead && outcome.is_ok() {
            self.traits.was_closed_when_ahead();
        }
        outcome
    }

    /// Opens a stream for no login yet, once none waits for the pace.
    pub(super) async fn open_ahead(&self) -> Result<Opened, LoginError> {
        self.pace.wait(Turn::Spare).await;
        let mut clock = Clock::start(Duration::ZERO);
        let opened = timeout(AHEAD, self.connect(&mut clock, Some(&mut |_| None))).await;
        opened.unwrap_or_else(|_| Err(Unreachable::TimedOut { stage: clock.late() }.into()))
    }

    async fn attempt(
        &self,
        clock: &mut Clock,
        turn: Turn,
        ahead: Option<&mut SaidAhead<'_>>,
    ) -> Result<Opened, LoginError> {
        self.pace.wait(turn).await;
        self.connect(clock, ahead).await
    }

    /// Without `ahead` nothing is said before the server asks, not even `<starttls/>`.
    async fn connect(&self, clock: &mut Clock, ahead: Option<&mut SaidAhead<'_>>) -> Result<Opened, LoginError> {
        clock.enter(Stage::Connect);
        clock.set_ahead(false);
        let tcp = self.dialer.dial(&self.target).await.map_err(of_dialing)?;
        let read_limit = tcp.read_limit().clone();
        self.negotiate(tcp, clock, ahead).await.map_err(|error| self.explain(error, &read_limit))
    }

    /// What the first bytes that came, or that none came, say about a failure.
    fn explain(&self, error: LoginError, read_limit: &ReadLimit) -> LoginError {
        let direct = matches!(self.security, Security::Direct(_));
        match error {
            LoginError::Unreachable(Unreachable::Cut { stage }) if read_limit.received() == 0 => {
                Unreachable::ClosedAtOnce { stage }.into()
            }
            LoginError::Unreachable(Unreachable::StreamError { condition, text, .. })
                if condition == INVALID_NAMESPACE =>
            {
                CannotCheck::from(WrongPort::NotForClients(text)).into()
            }
            error @ LoginError::Unreachable(
                Unreachable::Cut { .. } | Unreachable::Garbage { .. } | Unreachable::Oversized { .. },
            ) => {
                WrongPort::by_protocol(read_limit.spoken(), direct).map_or(error, |port| CannotCheck::from(port).into())
            }
            error => error,
        }
    }

    /// Finds out by another connection whether the port speaks TLS where a stream was opened in the clear, or the reverse,
    /// when a server that stayed silent or hung up has left it open.
    pub(super) async fn look_again(&self, error: &LoginError) -> Option<WrongPort> {
        let undecided = matches!(
            error,
            LoginError::Unreachable(
                Unreachable::TimedOut { .. }
                    | Unreachable::Cut { .. }
                    | Unreachable::ClosedAtOnce { .. }
                    | Unreachable::Garbage { .. }
            ) | LoginError::CannotCheck(CannotCheck::Handshake(_))
        );
        if !undecided || !matches!(error.stage(), Stage::Stream | Stage::Tls) {
            return None;
        }
        let tcp = self.dialer.dial(&self.target).await.ok()?;
        let read_limit = tcp.read_limit().clone();
        match (&self.security, error.stage()) {
            (Security::Starttls(trust), Stage::Stream) => {
                // Whether the server is trusted makes no difference: an answer in TLS is all that counts.
                let _ = timeout(LOOK, Link::clear(tcp).secure(trust)).await;
                (read_limit.spoken() == Some(Spoken::Tls)).then_some(WrongPort::Tls)
            }
            (Security::Direct(_), Stage::Tls) => {
                let opened = ClientStream::open(Link::clear(tcp), &self.domain, ReadLimit::BEFORE_LOGIN);
                let opened = timeout(LOOK, opened).await;
                matches!(opened, Ok(Ok(_))).then_some(WrongPort::Clear)
            }
            _ => None,
        }
    }

    async fn negotiate(
        &self,
        tcp: Tcp,
        clock: &mut Clock,
        ahead: Option<&mut SaidAhead<'_>>,
    ) -> Result<Opened, LoginError> {
        let link = match &self.security {
            Security::Clear => Link::clear(tcp),
            Security::Direct(trust) => {
                clock.enter(Stage::Tls);
                tcp.read_limit().allow(ReadLimit::HANDSHAKE);
                Link::clear(tcp).secure(trust).await?
            }
            Security::Starttls(trust) => self.starttls(tcp, trust, clock, ahead.is_some()).await?,
        };
        clock.enter(Stage::Sasl);
        let mut link = self.settle(link).await;
        let words = ahead.and_then(|ahead| ahead(link.tls()));
        clock.set_ahead(words.is_some());
        if let Some(words) = words {
            link.append_to_next_flush(words.as_bytes());
        }
        let opened = ClientStream::open(link, &self.domain, ReadLimit::BEFORE_LOGIN).await;
        let mut stream = opened.map_err(at(Stage::Sasl))?;
        stream.clear_when_answered(clock.ahead());
        let offer = features(&mut stream).await.map_err(at(Stage::Sasl))?;
        Ok(Opened { stream, offer })
    }

    /// RFC 6120 section 5.4.
    async fn starttls(
        &self,
        tcp: Tcp,
        trust: &Trust,
        clock: &mut Clock,
        may_be_ahead: bool,
    ) -> Result<Link, LoginError> {
        clock.enter(Stage::Stream);
        let mut link = Link::clear(tcp);
        let ahead = may_be_ahead && self.traits.expects_starttls();
        clock.set_ahead(ahead);
        if ahead {
            link.append_to_next_flush(format!("<starttls xmlns='{}'/>", ns::TLS).as_bytes());
        }
        let opened = ClientStream::open(link, &self.domain, ReadLimit::BEFORE_LOGIN).await;
        let mut stream = opened.map_err(at(Stage::Stream))?;
        let offered = features(&mut stream).await.map_err(at(Stage::Stream))?.starttls;
        self.traits.saw_starttls(offered);
        if !offered {
            stream.close().await;
            return Err(CannotCheck::NoStarttls.into());
        }
        if !ahead {
            stream.send(&Element::bare("starttls", ns::TLS)).await.map_err(at(Stage::Stream))?;
        }
        let answer = stream.next(ReadLimit::BEFORE_LOGIN).await.map_err(at(Stage::Stream))?;
        if answer.is("failure", ns::TLS) {
            return Err(CannotCheck::NoStarttls.into());
        }
        if !answer.is("proceed", ns::TLS) {
            return Err(StreamFault::Garbage.at(Stage::Stream).into());
        }
        clock.enter(Stage::Tls);
        clock.set_ahead(false);
        let link = stream.into_link();
        link.read_limit().allow(ReadLimit::HANDSHAKE);
        Ok(link.secure(trust).await?)
    }

    /// Makes sure that the stream header does not reach the server together with the end of a TLS 1.3 handshake, which
    /// Openfire 4.2 would not answer.
    async fn settle(&self, mut link: Link) -> Link {
        if link.tls().is_some_and(Secured::is_tls13) {
            link.read_limit().allow(ReadLimit::BEFORE_LOGIN);
            if self.traits.expects_tickets() {
                self.traits.saw_tickets(link.peer_finished(TICKETS).await);
            }
            link.keep_alive(SILENCE);
        }
        link
    }
}

async fn features(stream: &mut ClientStream) -> Result<Offer, StreamFault> {
    let element = stream.next(ReadLimit::BEFORE_LOGIN).await?;
    Offer::parse(&element).ok_or(StreamFault::Garbage)
}

/// A port on which nothing listens refuses the connection. A reset comes from a server that has accepted the connection and
/// closed it, before we saw it established.
fn of_dialing(error: ConnectError) -> LoginError {
    match error {
        ConnectError::Failed { source, .. } if source.kind() == io::ErrorKind::ConnectionReset => {
            Unreachable::ClosedAtOnce { stage: Stage::Connect }.into()
        }
        error => error.into(),
    }
}

fn at(stage: Stage) -> impl Fn(StreamFault) -> LoginError {
    move |fault| fault.at(stage).into()
}
