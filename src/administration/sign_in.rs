//! Who may sign in to the pages, and as what.
//!
//! 1. The password is proved by a login on Openfire, at a door of its own ([`Door::Pages`]) and with the same doubt in outages as
//!    for provisioning. It is dropped after that.
//! 2. An account of `admin.viewers` may look. With `admin.users`, no other account than those may sign in as an administrator.
//! 3. Whether the account is an administrator is Openfire's own answer: on the stream of that login it is asked which commands
//!    the account may run. An answer that does not come is unknown, not "no".
//! 4. The stream is closed, and nothing of the login is kept.

mod error;

use std::collections::HashSet;
use std::sync::Arc;

use tokio::time::Instant;

pub use self::error::{CannotChange, SignInError};
use super::role::{Person, Role};
use super::sessions::Session;
use crate::authentication::{AuthenticationError, Door, Origin};
use crate::model::account::{Credentials, Password, Username};
use crate::model::causes::with_causes;
use crate::model::config::{Admin, Openfire};
use crate::openfire::admin_commands::Offered;
use crate::openfire::login;
use crate::provision::Provisioner;

/// The target of these log lines, by which administrators filter.
const TARGET: &str = "openfire_provisioner::administration::sign_in";

/// Lets administrators and viewers in.
pub struct SignIn {
    provisioner: Arc<Provisioner>,
    listed: Listed,
}

/// An account that may sign in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Account {
    /// Its name on Openfire.
    pub username: Username,
    /// What it may do.
    pub role: Role,
}

/// The accounts that the configuration names.
#[derive(Debug, Default)]
struct Listed {
    /// `admin.users`; empty for every administrator of Openfire.
    users: HashSet<Username>,
    /// `admin.viewers`.
    viewers: HashSet<Username>,
}

impl SignIn {
    /// Takes the accounts from the configuration.
    #[must_use]
    pub fn new(provisioner: Arc<Provisioner>, admin: &Admin, openfire: &Openfire) -> Self {
        Self { provisioner, listed: Listed::new(admin, openfire) }
    }

    /// Proves the password of an account that was typed, and finds out what it may do.
    ///
    /// Names are read as for provisioning (`openfire.login_names`). Dropping the future closes the connection to Openfire; the
    /// attempt then counts as failed. What Openfire was asked about is one log line, with the address first.
    ///
    /// # Errors
    ///
    /// [`SignInError`], at the deadline at the latest.
    pub async fn sign_in(
        &self,
        name: &str,
        password: String,
        origin: Origin<'_>,
        deadline: Instant,
    ) -> Result<Account, SignInError> {
        let credentials = self.credentials(name, password)?;
        let role = Box::pin(self.role(&credentials, origin, deadline)).await;
        let outcome = role.map(|role| Account { username: credentials.username.clone(), role });
        log(credentials.username.as_str(), origin, &outcome);
        outcome
    }

    /// Proves again that the person of a session knows the account's password. It begins no session and changes no role.
    ///
    /// # Errors
    ///
    /// [`SignInError`], at the deadline at the latest; [`SignInError::NoPassword`] for a session of `admin-link`.
    pub async fn confirm(
        &self,
        session: &Session,
        password: String,
        origin: Origin<'_>,
        deadline: Instant,
    ) -> Result<(), SignInError> {
        let username = session.person.account().cloned().ok_or(SignInError::NoPassword)?;
        let credentials = Credentials { username, password: parsed(password)? };
        let outcome = Box::pin(self.log_in(&credentials, origin, deadline)).await;
        let account = Account { username: credentials.username.clone(), role: session.role };
        log(credentials.username.as_str(), origin, &outcome.as_ref().map(|_| account).map_err(Clone::clone));
        outcome?.close().await;
        Ok(())
    }

    /// Whether a session may change something now.
    ///
    /// While Openfire cannot be asked, an account's session may only look, since the account may have been locked or have lost
    /// its rights. A session of `admin-link` depends on no account. It asks nothing, and says at once what is known.
    ///
    /// # Errors
    ///
    /// Why not.
    pub fn may_change(&self, session: &Session) -> Result<(), CannotChange> {
        may_change(session, || self.trouble())
    }

    /// Why Openfire's answers cannot be had or believed now, if so. It asks nothing.
    fn trouble(&self) -> Option<String> {
        let provisioner = &self.provisioner;
        let is_apart = || "the component is not connected to Openfire".to_owned();
        provisioner
            .in_doubt()
            .or_else(|| provisioner.logins_are_decided().err())
            .or_else(|| (!provisioner.is_connected()).then(is_apart))
    }

    fn credentials(&self, name: &str, password: String) -> Result<Credentials, SignInError> {
        if name.trim().is_empty() || password.is_empty() {
            return Err(SignInError::Incomplete);
        }
        let resolved = self.provisioner.login_names().resolve(name, self.provisioner.domain());
        let resolved = resolved.map_err(|error| SignInError::Refused { reason: error.to_string() })?;
        Ok(Credentials { username: resolved.username, password: parsed(password)? })
    }

    /// What the account may do, once its password is proved.
    async fn role(
        &self,
        credentials: &Credentials,
        origin: Origin<'_>,
        deadline: Instant,
    ) -> Result<Role, SignInError> {
        let session = self.log_in(credentials, origin, deadline).await?;
        if let Some(role) = self.listed.decided(&credentials.username) {
            session.close().await;
            return role;
        }
        let offered = session.commands(deadline).await.map_err(|error| SignInError::CannotCheck {
            reason: format!(
                "the password is correct, but Openfire did not say whether {} is an administrator: {}",
                credentials.username,
                with_causes(&error)
            ),
        })?;
        let is_administrator = Offered::read(&offered).are_of_an_administrator();
        if is_administrator { Ok(Role::Administrator) } else { Err(SignInError::NotAdministrator) }
    }

    async fn log_in(
        &self,
        credentials: &Credentials,
        origin: Origin<'_>,
        deadline: Instant,
    ) -> Result<login::Session, SignInError> {
        let authenticator = self.provisioner.authenticator();
        let login = authenticator.authenticate(Door::Pages, credentials, origin, deadline).await;
        login.map_err(|error| match error {
            AuthenticationError::Refused { reason } => SignInError::Refused { reason },
            AuthenticationError::Reserved => SignInError::Reserved,
            AuthenticationError::Throttled { retry_after } => SignInError::TooMany { retry_after },
            AuthenticationError::CannotCheck { reason } | AuthenticationError::Unreachable { reason } => {
                match authenticator.in_doubt() {
                    Some(_) => SignInError::InDoubt { reason },
                    None => SignInError::CannotCheck { reason },
                }
            }
        })
    }
}

impl Listed {
    fn new(admin: &Admin, openfire: &Openfire) -> Self {
        // The configuration was refused if one of them can be no name.
        let accounts = |names: &[String]| {
            names.iter().filter_map(|name| openfire.login_name(name).ok()).map(|name| name.username).collect()
        };
        Self { users: accounts(&admin.users), viewers: accounts(&admin.viewers) }
    }

    /// What the lists alone say of an account; none where Openfire has to be asked.
    fn decided(&self, username: &Username) -> Option<Result<Role, SignInError>> {
        if self.viewers.contains(username) {
            Some(Ok(Role::Viewer))
        } else if !self.users.is_empty() && !self.users.contains(username) {
            Some(Err(SignInError::NotListed))
        } else {
            None
        }
    }
}

fn parsed(password: String) -> Result<Password, SignInError> {
    Password::parse(password).map_err(|error| SignInError::Refused { reason: error.to_string() })
}

fn may_change(session: &Session, trouble: impl FnOnce() -> Option<String>) -> Result<(), CannotChange> {
    match (session.role, &session.person) {
        (Role::Viewer, _) => Err(CannotChange::Viewer),
        (Role::Administrator, Person::Link { .. }) => Ok(()),
        (Role::Administrator, Person::Account(_)) => match trouble() {
            None => Ok(()),
            Some(reason) => Err(CannotChange::NotNow { reason }),
        },
    }
}

/// One line for each sign-in. The address comes before the name, which a stranger can choose: what reads these lines, as
/// fail2ban does, cannot be made to take another address for it.
fn log(user: &str, origin: Origin<'_>, outcome: &Result<Account, SignInError>) {
    let address = origin.address.to_canonical();
    match outcome {
        Ok(account) => tracing::info!(
            target: TARGET,
            { client.address = %address, user.name = user, outcome = "signed_in" },
            "sign-in from {address} succeeded: {user} is signed in as {}",
            account.role
        ),
        Err(error) if error.knows_the_password() => tracing::warn!(
            target: TARGET,
            { client.address = %address, user.name = user, outcome = error.outcome() },
            "sign-in from {address} refused: {error} (user {user}, whose password is correct)"
        ),
        Err(error) => tracing::info!(
            target: TARGET,
            { client.address = %address, user.name = user, outcome = error.outcome() },
            "sign-in from {address} refused: {error} (user {user})"
        ),
    }
}

#[cfg(test)]
mod tests;
