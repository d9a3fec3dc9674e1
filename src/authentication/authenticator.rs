//! Authenticates a user, and finds out what a refusal means.

use std::net::IpAddr;

use tokio::time::Instant;

use super::error::AuthenticationError;
use super::outage::OutageDetector;
use super::recent_logins::RecentLogins;
use super::reference::Reference;
use super::throttle::{LoginAttempt, Throttle};
use crate::model::account::{Credentials, Username};
use crate::model::causes::with_causes;
use crate::model::config::{Limits, Openfire};
use crate::openfire::login::{CannotCheck, Login, LoginError, Refusal, Session, Stage};
use crate::openfire::server_text::ServerText;

/// Authenticates users by a login on Openfire.
pub struct Authenticator {
    login: Login,
    throttle: Throttle,
    outage: OutageDetector,
    reference: Option<Reference>,
    recent: RecentLogins,
}

impl Authenticator {
    /// Takes the limits and the reference account from the settings.
    #[must_use]
    pub fn new(login: Login, limits: &Limits, openfire: &Openfire) -> Self {
        Self {
            login,
            throttle: Throttle::new(limits),
            outage: OutageDetector::new(limits),
            reference: Reference::new(openfire),
            recent: RecentLogins::default(),
        }
    }

    /// The login on Openfire, for what needs no user.
    #[must_use]
    pub fn login(&self) -> &Login {
        &self.login
    }

    /// The user's own session on Openfire. `address` is where the attempt comes from.
    ///
    /// Dropping the future closes the connection to Openfire. The attempt then counts as a failure of the user.
    ///
    /// # Errors
    ///
    /// [`AuthenticationError`], at the deadline at the latest. Only [`AuthenticationError::Refused`] says that the password is
    /// wrong.
    pub async fn authenticate(
        &self,
        credentials: &Credentials,
        address: IpAddr,
        deadline: Instant,
    ) -> Result<Session, AuthenticationError> {
        let outcome = self.log_in(credentials, address, deadline).await;
        self.recent.ended(&outcome, Instant::now());
        outcome
    }

    /// Whether users' logins are decided: fails with the last reason when logins of the last 30 s ended, and all of them with
    /// neither a session nor a refusal. It asks no server.
    ///
    /// # Errors
    ///
    /// The reason, for the log and `/readyz`.
    pub fn decides(&self) -> Result<(), String> {
        self.recent.are_decided(Instant::now())
    }

    /// Whether a login could be checked now. What it finds is never taken as proof for or against a user.
    ///
    /// When only our own queue is in the way, the users' logins show that they are checked.
    ///
    /// # Errors
    ///
    /// Why it could not, for the log and `/readyz`.
    pub async fn works(&self, deadline: Instant) -> Result<(), String> {
        let outcome = match &self.reference {
            Some(reference) => reference.log_in(&self.login, deadline).await,
            None => self.login.probe(deadline).await.map(drop),
        };
        match (outcome, &self.reference) {
            (Ok(()), _) => Ok(()),
            (Err(error), _) if error.stage() == Stage::Queue && self.recent.is_one_decided(Instant::now()) => Ok(()),
            (Err(error), Some(reference)) => Err(reference.reason(&error)),
            (Err(error), None) => Err(with_causes(&error)),
        }
    }

    async fn log_in(
        &self,
        credentials: &Credentials,
        address: IpAddr,
        deadline: Instant,
    ) -> Result<Session, AuthenticationError> {
        let user = &credentials.username;
        // The permit first: of many that wait, only those that run at the same time pass the throttle undecided.
        let permit = self.login.permit(address, deadline).await?;
        let attempt = self
            .throttle
            .admit(address, user, Instant::now())
            .map_err(|retry_after| AuthenticationError::Throttled { retry_after })?;
        match self.login.authenticate_with(permit, credentials, deadline).await {
            Ok(session) => {
                attempt.succeeded();
                self.outage.accepted();
                Ok(session)
            }
            Err(LoginError::Refused(refusal, text)) => {
                Err(self.refused(user, attempt, (refusal, text), deadline).await)
            }
            // Not believed, but counted: otherwise the password could be guessed without a limit where the server reads the
            // name rightly.
            Err(error @ LoginError::CannotCheck(CannotCheck::EscapedName)) => {
                attempt.failed(Instant::now());
                // Any client can cause it, and Openfire works as before.
                self.recent.refused(Instant::now());
                Err(error.into())
            }
            Err(error) => {
                attempt.undecided();
                Err(error.into())
            }
        }
    }

    /// What a refusal means: the user's mistake, or that the server cannot check any login.
    async fn refused(
        &self,
        user: &Username,
        attempt: LoginAttempt<'_>,
        (refusal, text): (Refusal, Option<ServerText>),
        deadline: Instant,
    ) -> AuthenticationError {
        let refused = AuthenticationError::from(LoginError::Refused(refusal, text));
        // The server gives any other reason only to a user who knows the password, so it is true.
        if refusal != Refusal::NotAuthorized {
            attempt.failed(Instant::now());
            return refused;
        }
        if let Some(reference) = &self.reference {
            if let Err(reason) = reference.judge(&self.login, deadline).await {
                attempt.undecided();
                return AuthenticationError::CannotCheck { reason };
            }
            attempt.failed(Instant::now());
            return refused;
        }
        attempt.failed(Instant::now());
        if self.outage.believes_refusal(user, Instant::now()) {
            return refused;
        }
        AuthenticationError::CannotCheck {
            reason: "many different users were refused in a row, without a successful login in between: is Openfire's \
                database or LDAP down? The first login that succeeds ends this (limits.refusals_in_a_row); set \
                openfire.reference_user to be sure"
                .to_owned(),
        }
    }
}
