//! The reference account: whether Openfire's user store works.

use std::fmt;
use std::time::Duration;

use secrecy::ExposeSecret;
use tokio::sync::Mutex;
use tokio::time::{Instant, timeout_at};

use crate::account::{Credentials, Password, Username};
use crate::config::Openfire;
use crate::openfire::login::Login;

/// How long an answer about the reference account holds.
const FRESH: Duration = Duration::from_secs(1);

/// An account whose name and password are known to be right, so that a refusal of it is Openfire's trouble.
///
/// Openfire says "not authorized" for every user while its database or LDAP is down (seen on 4.2), and a client that is
/// told so deletes the password it saved.
pub struct Reference {
    credentials: Credentials,
    known: Mutex<Option<(Instant, Result<(), String>)>>,
}

impl Reference {
    /// The account that the settings name; none when they name none, or one that cannot exist.
    #[must_use]
    pub fn new(settings: &Openfire) -> Option<Self> {
        let username = Username::parse(settings.reference_user.as_deref()?, &settings.domain).ok()?;
        let password = Password::parse(settings.reference_password.as_ref()?.expose_secret().to_owned()).ok()?;
        Some(Self { credentials: Credentials { username, password }, known: Mutex::new(None) })
    }

    /// Whether the account can log in now; else why not. One login a second at most, shared by all who ask.
    pub async fn check(&self, login: &Login, deadline: Instant) -> Result<(), String> {
        let Ok(mut known) = timeout_at(deadline, self.known.lock()).await else {
            return Err(format!("the reference account {} was not checked in time", self.credentials.username));
        };
        if let Some((asked, answer)) = known.as_ref()
            && asked.elapsed() < FRESH
        {
            return answer.clone();
        }
        let answer = match login.authenticate(&self.credentials, deadline).await {
            Ok(session) => {
                session.close().await;
                Ok(())
            }
            Err(error) => Err(format!(
                "the reference account {} cannot log in either ({error}): is Openfire's database or LDAP down? Or correct \
                 openfire.reference_user and openfire.reference_password",
                self.credentials.username
            )),
        };
        *known = Some((Instant::now(), answer.clone()));
        answer
    }
}

impl fmt::Debug for Reference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Reference({})", self.credentials.username)
    }
}
