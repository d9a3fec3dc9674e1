//! Proves a user, and finds out what a refusal means.

use std::net::IpAddr;

use tokio::time::Instant;

use super::outage::Doubt;
use super::recent_logins::RecentLogins;
use super::reference::Reference;
use super::throttle::Throttle;
use crate::model::account::Credentials;
use crate::model::causes::with_causes;
use crate::model::config::Config;
use crate::openfire::login::{CannotCheck, Login, LoginError, Refusal, Session, Stage};
use crate::openfire::server_text::ServerText;
use crate::provision::ProvisionError;

/// Proves users by a login.
pub(crate) struct Proof {
    login: Login,
    throttle: Throttle,
    doubt: Doubt,
    reference: Option<Reference>,
    recent: RecentLogins,
}

impl Proof {
    /// Takes the limits and the reference account from the configuration.
    pub(crate) fn new(login: Login, config: &Config) -> Self {
        Self {
            login,
            throttle: Throttle::new(&config.limits),
            doubt: Doubt::new(&config.limits),
            reference: Reference::new(&config.openfire),
            recent: RecentLogins::default(),
        }
    }

    /// The login that it proves with.
    pub(crate) fn login(&self) -> &Login {
        &self.login
    }

    /// The user's own session, or why there is none.
    pub(crate) async fn prove(
        &self,
        credentials: &Credentials,
        address: IpAddr,
        deadline: Instant,
    ) -> Result<Session, ProvisionError> {
        let outcome = self.decide(credentials, address, deadline).await;
        self.recent.ended(&outcome, Instant::now());
        outcome
    }

    /// Whether the users' logins of the last 30 s came to a decision, if there were any; else why not.
    pub(crate) fn decides(&self) -> Result<(), String> {
        self.recent.are_decided(Instant::now())
    }

    async fn decide(
        &self,
        credentials: &Credentials,
        address: IpAddr,
        deadline: Instant,
    ) -> Result<Session, ProvisionError> {
        let user = &credentials.username;
        // The turn first: of many that wait, only those that run at the same time are let past the throttle undecided.
        let turn = self.login.turn(deadline).await?;
        self.throttle
            .admit(address, user, Instant::now())
            .map_err(|retry_after| ProvisionError::Throttled { retry_after })?;
        match self.login.authenticate_with(turn, credentials, deadline).await {
            Ok(session) => {
                self.throttle.succeeded(address, user);
                self.doubt.accepted();
                Ok(session)
            }
            Err(LoginError::Refused(refusal, text)) => {
                Err(self.refused(credentials, (refusal, text), address, deadline).await)
            }
            // Not believed, but counted: what a server reads rightly would else be guessed at without a limit.
            Err(error @ LoginError::CannotCheck(CannotCheck::EscapedName)) => {
                self.throttle.failed(address, Instant::now());
                // Anybody can bring it about, and Openfire is as well as before.
                self.recent.refused(Instant::now());
                Err(error.into())
            }
            Err(error) => {
                self.throttle.undecided(address, user);
                Err(error.into())
            }
        }
    }

    /// Whether a login could be checked now; else why not. What it finds is never taken as proof for or against a user.
    ///
    /// Where only our own queue is in the way, the users' logins show that they are checked.
    pub(crate) async fn works(&self, deadline: Instant) -> Result<(), String> {
        let looked = match &self.reference {
            Some(reference) => reference.log_in(&self.login, deadline).await,
            None => self.login.probe(deadline).await.map(drop),
        };
        match (looked, &self.reference) {
            (Ok(()), _) => Ok(()),
            (Err(error), _) if error.stage() == Stage::Queue && self.recent.is_one_decided(Instant::now()) => Ok(()),
            (Err(error), Some(reference)) => Err(reference.reason(&error)),
            (Err(error), None) => Err(with_causes(&error)),
        }
    }

    /// What a refusal means: the user's fault, or that the server cannot tell.
    async fn refused(
        &self,
        credentials: &Credentials,
        (refusal, text): (Refusal, Option<ServerText>),
        address: IpAddr,
        deadline: Instant,
    ) -> ProvisionError {
        let user = &credentials.username;
        let refused = ProvisionError::from(LoginError::Refused(refusal, text));
        // What is told only to who knows the password is true.
        if refusal != Refusal::NotAuthorized {
            self.throttle.failed(address, Instant::now());
            return refused;
        }
        if let Some(reference) = &self.reference {
            if let Err(reason) = reference.judge(&self.login, deadline).await {
                self.throttle.undecided(address, user);
                return ProvisionError::CannotCheck { reason };
            }
            self.throttle.failed(address, Instant::now());
            return refused;
        }
        self.throttle.failed(address, Instant::now());
        if self.doubt.believes_refusal(user, Instant::now()) {
            return refused;
        }
        ProvisionError::CannotCheck {
            reason: "many different users were refused one after the other and none was let in: is Openfire's database or \
                     LDAP down? The first login that succeeds ends this (limits.refusals_in_a_row); set openfire.reference_user \
                     to be sure"
                .to_owned(),
        }
    }
}
