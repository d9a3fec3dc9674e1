//! Proves a password on one stream: one that waited for a login, or one that is opened for it.
//!
//! 1. The mechanism is the best one that is offered and allowed.
//! 2. On a stream of the login's own, SCRAM's first message goes out with the stream header where the last stream showed what
//!    the server offers (XEP-0305). It holds no proof of the password.
//! 3. What failed before the server answered is tried once more on another stream. After an answer, nothing is tried again.

use tokio::time::Instant;

use super::error::{CannotCheck, LoginError, Unreachable};
use super::exchange::{Exchange, FirstMessage};
use super::idle_streams::IdleStreams;
use super::last_seen::{CertificateFacts, Probe};
use super::opening::{Opened, SaidAhead};
use super::sasl::{ChannelBindings, Mechanism, Offer, is_escaped};
use super::stage::{Clock, Stage};
use super::stream::ClientStream;
use super::{Inner, Kind};
use crate::model::account::Credentials;
use crate::openfire::connect::Turn;
use crate::openfire::tls::Secured;

/// The target of the log lines, in whichever file they are.
const TARGET: &str = "openfire_provisioner::openfire::login";

impl Inner {
    /// Logs in on a stream that waited; none when none did, when it was dead, and when it offers nothing that is allowed, which
    /// a new one may. Nothing is tried again once the server has answered.
    pub(super) async fn prove_on_idle(
        &self,
        credentials: &Credentials,
        clock: &mut Clock,
        deadline: Instant,
        kind: Kind,
    ) -> Option<Result<Opened, LoginError>> {
        let streams = self.idle_streams.as_ref().filter(|_| kind == Kind::User)?;
        let (mut opened, taken) = streams.take(deadline)?;
        let Ok(mechanism) = self.choose(&opened.offer, opened.stream.link().tls(), credentials) else {
            streams.dismiss();
            return None;
        };
        clock.enter(Stage::Sasl);
        let outcome = self.prove_on(&mut opened, credentials, &mechanism, None).await;
        if self.opening.traits().wants_password_at_once() {
            streams.give_up();
        }
        match outcome {
            Err(LoginError::Unreachable(error)) if opened.stream.may_be_dead() => {
                tracing::debug!(target: TARGET, "a stream that was opened ahead was dead ({error}); the login opens one of its own");
                taken.was_dead();
                // Silence may also be a server whose user store is slow, which makes its refusals doubtful.
                if matches!(error, Unreachable::TimedOut { .. }) {
                    clock.enter(Stage::Queue);
                } else {
                    clock.lost();
                }
                None
            }
            outcome => Some(outcome.map(|()| opened)),
        }
    }

    /// Logs in on a stream that is opened for it. When the server ends this stream before it answers what was sent ahead, it
    /// may not have understood, and the login waits for each answer on another stream.
    pub(super) async fn prove_on_own(
        &self,
        credentials: &Credentials,
        clock: &mut Clock,
        deadline: Instant,
        turn: Turn,
    ) -> Result<Opened, LoginError> {
        let error = match self.prove_on_new(credentials, clock, deadline, turn).await {
            Err(LoginError::Unreachable(error)) if clock.is_ahead() && error.may_be_a_misunderstanding() => error,
            outcome => return outcome,
        };
        let traits = self.opening.traits();
        traits.go_step_by_step(true);
        clock.lost();
        let outcome = self.prove_on_new(credentials, clock, deadline, turn).await;
        if let Err(LoginError::Unreachable(_)) = outcome {
            traits.go_step_by_step(false);
        } else {
            tracing::info!(
                target: TARGET,
                "the server did not understand what was sent with the stream header ({error}); for half \
                 an hour logins wait for its answers"
            );
        }
        outcome
    }

    async fn prove_on_new(
        &self,
        credentials: &Credentials,
        clock: &mut Clock,
        deadline: Instant,
        turn: Turn,
    ) -> Result<Opened, LoginError> {
        let (mut opened, mechanism, first) = self.begin(credentials, clock, deadline, turn).await?;
        self.prove_on(&mut opened, credentials, &mechanism, first).await?;
        Ok(opened)
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
        let mut ahead = |tls: Option<&Secured>| {
            let offer = self.last_seen.offer(tls).filter(|_| self.opening.traits().may_say_ahead())?;
            let mechanism = self.choose(&offer, tls, credentials).ok()?;
            first = FirstMessage::new(&mechanism, &credentials.username).ok()?;
            first.as_ref().map(FirstMessage::text)
        };
        let mut opened = self.open_own(clock, deadline, turn, &mut ahead).await?;
        // At a second attempt nothing was said ahead.
        first = first.filter(|_| clock.is_ahead());
        let mut mechanism = self.choose(&opened.offer, opened.stream.link().tls(), credentials)?;
        if first.as_ref().is_some_and(|first| *first.mechanism() != mechanism) {
            // The offer has changed, so the answer to the message would not belong to this login's exchange.
            first = None;
            opened = self.open_own(clock, deadline, turn, &mut |_| None).await?;
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
        ahead: &mut SaidAhead<'_>,
    ) -> Result<Opened, LoginError> {
        let _own = self.idle_streams.as_ref().map(IdleStreams::own_opening);
        let opened = self.opening.open(clock, deadline, turn, ahead).await?;
        self.last_seen.saw(opened.stream.link().tls(), &opened.offer);
        if let Some(streams) = &self.idle_streams {
            streams.saw(&opened);
        }
        Ok(opened)
    }

    /// Opens a stream, and ends it once the server has shown what it offers.
    pub(super) async fn probe(&self, clock: &mut Clock, deadline: Instant) -> Result<Probe, LoginError> {
        let Opened { stream, offer } = self.open_own(clock, deadline, Turn::InOrder, &mut |_| None).await?;
        let certificate = stream.link().tls().map(CertificateFacts::of);
        stream.close().await;
        Ok(Probe { certificate, mechanisms: offer.mechanisms })
    }

    fn choose(
        &self,
        offer: &Offer,
        tls: Option<&Secured>,
        credentials: &Credentials,
    ) -> Result<Mechanism, CannotCheck> {
        let channel = tls.map(|tls| {
            if offer.offers_channel_binding() {
                ChannelBindings { exporter: tls.exporter(), end_point: tls.end_point() }
            } else {
                // Not computed in vain: one of them needs the certificate to be parsed.
                ChannelBindings::default()
            }
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
