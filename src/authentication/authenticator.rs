//! Authenticates a user, and finds out what a refusal means.

mod admission;

use std::net::IpAddr;
use std::time::Duration;

use tokio::time::Instant;

use super::door::{Door, Doors};
use super::doubt::{Doubt, Refused};
use super::error::AuthenticationError;
use super::familiar::{Familiar, Familiarity};
use super::pause::Pause;
use super::recent_logins::RecentLogins;
use super::reference::{CheckFailed, Reference};
use super::throttle::{Lock, LockedOutList, LoginAttempt, Who};
use super::verdicts::Verdicts;
use crate::model::account::{Credentials, Username};
use crate::model::backoff::Backoff;
use crate::model::causes::with_causes;
use crate::model::config::{Limits, Openfire};
use crate::model::network::network;
use crate::openfire::login::{CannotCheck, Login, LoginError, LoginPermit, Refusal, Session, Stage};

/// Least time between two checks whether the doubt has ended, for users who have no attempt left.
const BETWEEN_LOOKS: Backoff = Backoff::constant(Duration::from_secs(1), Duration::from_secs(8));

/// Least time between two times that refusals are given back after a successful login, or while the doubt goes on. Otherwise
/// an attacker with an account, or at the address of a familiar user, could guess passwords without a limit.
const BETWEEN_GIFTS: Backoff = Backoff::constant(Duration::from_secs(30), Duration::from_secs(30));

/// Authenticates users by a login on Openfire.
pub struct Authenticator {
    login: Login,
    doors: Doors,
    doubt: Doubt,
    familiar: Familiar,
    reference: Option<Reference>,
    recent: RecentLogins,
    verdicts: Verdicts,
    /// `limits.confirm_refusals`.
    confirms: bool,
    looks: Pause,
    gifts: Pause,
}

/// Where a login comes from.
#[derive(Debug, Clone, Copy)]
pub struct Origin<'a> {
    /// The client's address.
    pub address: IpAddr,
    /// What the client calls itself.
    pub client: &'a str,
}

/// What is known of one login.
#[derive(Clone, Copy)]
struct Asked<'a> {
    credentials: &'a Credentials,
    network: IpAddr,
    /// Whether the user was let in before, from there and with that client.
    is_familiar: bool,
    deadline: Instant,
}

impl Authenticator {
    /// Takes the limits and the reference account from the settings.
    #[must_use]
    pub fn new(login: Login, limits: &Limits, openfire: &Openfire) -> Self {
        let reference = Reference::new(openfire, limits);
        Self {
            login,
            doors: Doors::new(limits),
            doubt: Doubt::new(limits, reference.is_some()),
            familiar: Familiar::default(),
            reference,
            recent: RecentLogins::default(),
            verdicts: Verdicts::default(),
            confirms: limits.confirm_refusals,
            looks: Pause::new(BETWEEN_LOOKS),
            gifts: Pause::new(BETWEEN_GIFTS),
        }
    }

    /// The login on Openfire, for what needs no user.
    #[must_use]
    pub fn login(&self) -> &Login {
        &self.login
    }

    /// Whether `user` is the reference account, which is never provisioned.
    #[must_use]
    pub fn is_reserved(&self, user: &Username) -> bool {
        self.reference.as_ref().is_some_and(|reference| reference.username() == user)
    }

    /// The user's own session on Openfire, at one of the doors.
    ///
    /// Dropping the future closes the connection to Openfire. The attempt then counts as a failure of the user.
    ///
    /// # Errors
    ///
    /// [`AuthenticationError`], at the deadline at the latest. Only [`AuthenticationError::Refused`] says that the password is
    /// wrong.
    pub async fn authenticate(
        &self,
        door: Door,
        credentials: &Credentials,
        origin: Origin<'_>,
        deadline: Instant,
    ) -> Result<Session, AuthenticationError> {
        let outcome = self.log_in(door, credentials, origin, deadline).await;
        self.recent.ended(&outcome, Instant::now());
        outcome
    }

    /// Whether users' logins are decided: fails with the last reason when logins of the last 30 s ended, and all of them with
    /// neither a session nor a refusal, or when all users seem to be refused. It asks no server.
    ///
    /// # Errors
    ///
    /// The reason, for the log and `/readyz`.
    pub fn decides(&self) -> Result<(), String> {
        let now = Instant::now();
        self.doubt.refuses_all(now).map_or(Ok(()), Err)?;
        self.recent.are_decided(now)
    }

    /// Why refused logins are answered with 503 instead of 401 now, if they are. It asks no server.
    #[must_use]
    pub fn in_doubt(&self) -> Option<String> {
        self.doubt.in_doubt(Instant::now())
    }

    /// Whether a reference account shows if Openfire can check passwords (`openfire.reference_user`).
    #[must_use]
    pub fn has_reference(&self) -> bool {
        self.reference.is_some()
    }

    /// Users and addresses that get no attempt at a door now, since too many of their logins were refused.
    #[must_use]
    pub fn locked_out(&self, door: Door) -> LockedOutList {
        self.doors.throttle(door).locked_out()
    }

    /// Gives a user or an address all attempts again. False when it is not locked out any more.
    pub fn release(&self, door: Door, lock: &Lock) -> bool {
        self.doors.throttle(door).release(lock)
    }

    /// How many refusals were believed, doubted and disproved.
    #[must_use]
    pub fn verdicts(&self) -> &Verdicts {
        &self.verdicts
    }

    /// Whether a login could be checked now. What it finds is never taken as proof for or against a user; it only ends what
    /// [`Authenticator::decides`] says.
    ///
    /// When only our own queue is in the way, the users' logins show that they are checked.
    ///
    /// # Errors
    ///
    /// Why it could not, for the log and `/readyz`.
    pub async fn works(&self, deadline: Instant) -> Result<(), String> {
        let began = Instant::now();
        let outcome = match &self.reference {
            Some(reference) => reference.log_in(&self.login, deadline).await,
            None => self.login.probe(deadline).await.map(drop),
        };
        match (outcome, &self.reference) {
            (Ok(()), reference) => {
                if reference.is_some() {
                    self.doubt.reference_worked(began, Instant::now());
                    self.recent.decided(Instant::now());
                }
                Ok(())
            }
            (Err(error), _) if error.stage() == Stage::Queue && self.recent.is_one_decided(Instant::now()) => Ok(()),
            (Err(error), Some(reference)) => Err(reference.reason(&error)),
            (Err(error), None) => Err(with_causes(&error)),
        }
    }

    async fn log_in(
        &self,
        door: Door,
        credentials: &Credentials,
        origin: Origin<'_>,
        deadline: Instant,
    ) -> Result<Session, AuthenticationError> {
        let user = &credentials.username;
        if self.is_reserved(user) {
            return Err(AuthenticationError::Reserved);
        }
        let (network, now) = (network(origin.address), Instant::now());
        let familiarity = self.familiar.how_far(user, network, origin.client, now);
        // Before the queue: an address that has had too many failures takes no place in it.
        let who = Who { user, network, is_familiar: familiarity >= Familiarity::Place };
        let mut attempt = self.admit(door, who, deadline).await?;
        if door == Door::Pages && !who.is_familiar {
            self.take_turn(user, origin.address, deadline).await?;
        }
        let permit = self.login.permit(origin.address, deadline).await?;
        let asked = Asked { credentials, network, is_familiar: familiarity == Familiarity::Client, deadline };
        let began = Instant::now();
        attempt.runs(began);
        if self.in_doubt().is_some() {
            attempt.begins_in_doubt();
        }
        // Boxed only now that it has a permit: a thousand logins may wait for theirs.
        let session = Box::pin(self.ask(permit, asked, attempt, began)).await?;
        self.familiar.let_in(user, network, origin.client, Instant::now());
        self.doors.lanes.succeeded(user, origin.address);
        Ok(session)
    }

    /// Logs the user in, whose attempt has its place.
    async fn ask(
        &self,
        permit: LoginPermit,
        asked: Asked<'_>,
        attempt: LoginAttempt<'_>,
        began: Instant,
    ) -> Result<Session, AuthenticationError> {
        let (elapsed, outcome) = self.login.authenticate_timed(permit.clone(), asked.credentials, asked.deadline).await;
        let now = Instant::now();
        match outcome {
            Ok(session) => {
                attempt.succeeded(now);
                self.let_in(began, now);
                Ok(session)
            }
            // The server gives any other reason only to a user who knows the password, so it is true.
            Err(error @ LoginError::Refused(Refusal::AccountDisabled | Refusal::CredentialsExpired, _)) => {
                attempt.failed(now);
                Err(error.into())
            }
            Err(error @ LoginError::Refused(Refusal::NotAuthorized, _)) => {
                let refused = Refused { began, at: now, network: asked.network, is_familiar: asked.is_familiar };
                self.refused(permit, asked, attempt, (refused, elapsed.sasl, error)).await
            }
            // Not believed, but counted: otherwise the password could be guessed without a limit where the server reads the
            // name rightly.
            Err(error @ LoginError::CannotCheck(CannotCheck::EscapedName)) => {
                attempt.failed(now);
                // Any client can cause it, and Openfire works as before.
                self.recent.decided(now);
                Err(error.into())
            }
            Err(error) => {
                attempt.undecided(now);
                if error.stage() == Stage::Sasl {
                    self.doubt.undecided(now);
                }
                Err(error.into())
            }
        }
    }

    /// What a refusal means: the user's mistake, or that the server cannot check any login.
    ///
    /// It is believed only when the reference account can log in afterwards, and, after a sign of trouble, when a second attempt
    /// of the same user is refused too.
    async fn refused(
        &self,
        permit: LoginPermit,
        asked: Asked<'_>,
        mut attempt: LoginAttempt<'_>,
        (refused, mut took, error): (Refused, Duration, LoginError),
    ) -> Result<Session, AuthenticationError> {
        let user = &asked.credentials.username;
        attempt.refused();
        self.doubt.refused(user, refused);
        if let Err(reason) = self.judge(asked.deadline).await {
            attempt.doubted(Instant::now());
            return Err(self.doubted(reason));
        }
        if self.confirms && self.doubt.has_sign(user, took, Instant::now()) {
            if !attempt.asks_again(Instant::now()) {
                // Counted as believed, since nothing would end that doubt.
                attempt.failed(Instant::now());
                return Err(self.doubted(
                    "Openfire refused the user once, and limits.attempts_per_user leaves no second attempt".to_owned(),
                ));
            }
            let began = Instant::now();
            let (elapsed, outcome) = self.login.authenticate_anew(permit, asked.credentials, asked.deadline).await;
            let now = Instant::now();
            match outcome {
                Ok(session) => {
                    tracing::warn!(
                        user.name = %user,
                        "Openfire refused {user}, and a moment later accepted the same password: is its connection to its \
                         database or LDAP reliable?"
                    );
                    self.verdicts.disproved();
                    self.doubt.disproved(refused, now);
                    attempt.succeeded(now);
                    self.let_in(began, now);
                    return Ok(session);
                }
                Err(LoginError::Refused(Refusal::NotAuthorized, _)) => took = elapsed.sasl,
                Err(error @ LoginError::Refused(..)) => {
                    attempt.failed(now);
                    return Err(error.into());
                }
                Err(error) => {
                    self.doubt.undecided(now);
                    attempt.doubted(now);
                    return Err(error.into());
                }
            }
            // The store may have failed again since the last check.
            if let Err(reason) = self.judge(asked.deadline).await {
                attempt.doubted(Instant::now());
                return Err(self.doubted(reason));
            }
        }
        let now = Instant::now();
        match self.doubt.believes(took, now) {
            Ok(()) => {
                attempt.failed(now);
                self.verdicts.believed();
                Err(error.into())
            }
            Err(reason) => {
                attempt.doubted(now);
                Err(self.doubted(reason))
            }
        }
    }

    /// Whether a refusal that has just come may be true: the reference account can log in, or, without one, nothing speaks
    /// against it.
    async fn judge(&self, deadline: Instant) -> Result<(), String> {
        let Some(reference) = &self.reference else {
            return self.doubt.is_down(Instant::now()).map_or(Ok(()), Err);
        };
        match reference.judge(&self.login, deadline).await {
            Ok(checked) => {
                self.doubt.reference_worked(checked.began, checked.ended);
                self.give_back(checked.began);
                Ok(())
            }
            Err(CheckFailed { began, reason }) => {
                let now = Instant::now();
                match began {
                    Some(began) => self.doubt.reference_failed(began, now, &reason),
                    None => self.doubt.undecided(now),
                }
                Err(reason)
            }
        }
    }

    /// A user was let in by a login that began at `began`.
    fn let_in(&self, began: Instant, now: Instant) {
        self.doubt.succeeded(began, now);
        self.looks.reset();
        // With a reference account, only its login gives refusals back.
        if self.reference.is_none() {
            self.give_back(began);
        }
    }

    /// Gives back the refusals that were counted before `before` and are not believed, since the store works; while it fails
    /// every now and then, only those of familiar users, because strangers may be guessing.
    fn give_back(&self, before: Instant) {
        let now = Instant::now();
        if self.doubt.is_down(now).is_some() {
            return;
        }
        let has_ended = self.doubt.in_doubt(now).is_none();
        // The end that the reference account shows cannot be brought about by an attacker.
        if has_ended && self.reference.is_some() {
            self.doors.give_back(true, before);
        } else if self.gifts.is_over(now) && self.doors.give_back(has_ended, before) {
            self.gifts.begin(now);
        }
    }

    fn doubted(&self, reason: String) -> AuthenticationError {
        self.verdicts.doubted();
        AuthenticationError::CannotCheck { reason }
    }
}
