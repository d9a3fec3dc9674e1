//! From fields to credentials.

use http::HeaderMap;
use xmpp_parsers::jid::DomainRef;

use super::basic;
use super::failure::ProvisioningFailure;
use super::form::Form;
use super::illegal_argument::IllegalArgument;
use super::placeholder;
use crate::model::account::{Credentials, ForeignName, LoginNames, Password, PasswordError, UsernameError};
use crate::model::config;

/// Under which names the fields come that the service itself reads.
pub(super) struct FieldNames {
    /// Of the user name.
    pub(super) username: Vec<String>,
    /// Of the password.
    pub(super) password: Vec<String>,
    /// Of the shared secret.
    pub(super) secret: Vec<String>,
}

/// User name and password as they came.
pub(super) struct Given {
    username: String,
    password: String,
    /// Whether they came by HTTP Basic.
    pub(super) by_basic: bool,
}

impl FieldNames {
    /// The names of the settings.
    pub(super) fn new(settings: &config::Http) -> Self {
        Self {
            username: settings.username_fields.clone(),
            password: settings.password_fields.clone(),
            secret: settings.secret_fields.clone(),
        }
    }

    /// User name and password out of the form; by HTTP Basic only when the form has neither.
    pub(super) fn given(&self, form: &Form, headers: &HeaderMap) -> Result<Given, ProvisioningFailure> {
        let missing = |names: &[String]| IllegalArgument::Missing(names.first().cloned().unwrap_or_default()).into();
        match (form.first_of(&self.username), form.first_of(&self.password)) {
            (Some(username), Some(password)) => {
                Ok(Given { username: username.to_owned(), password: password.to_owned(), by_basic: false })
            }
            (Some(_), None) => Err(missing(&self.password)),
            (None, Some(_)) => Err(missing(&self.username)),
            (None, None) => match basic::credentials(headers)? {
                Some((username, password)) => {
                    if placeholder::is_bare(&username) || placeholder::is_bare(&password) {
                        return Err(IllegalArgument::PlaceholderInBasic.into());
                    }
                    Ok(Given { username, password, by_basic: true })
                }
                None => Err(ProvisioningFailure::NoCredentials),
            },
        }
    }
}

impl Given {
    /// Checks both. What no account can have is refused as a wrong password is, so that the client asks its user
    /// again, and Openfire is not asked.
    ///
    /// Gives also whether the name has a form that Openfire may not know, for the log.
    pub(super) fn credentials(
        self,
        names: &LoginNames,
        domain: &DomainRef,
    ) -> Result<(Credentials, Option<ForeignName>), ProvisioningFailure> {
        let challenge = self.by_basic;
        let wrong = |reason: String| ProvisioningFailure::Unauthorized { reason, challenge };
        // Never a wrong password, for which the client would ask again and again, and forget the one it saved.
        if placeholder::is_beside_text(&self.username) {
            return Err(IllegalArgument::Placeholder("the user name".to_owned()).into());
        }
        let name = names.resolve(&self.username, domain).map_err(|error| match error {
            UsernameError::Empty => IllegalArgument::EmptyUsername.into(),
            UsernameError::TooLong => IllegalArgument::LongUsername.into(),
            UsernameError::Prohibited => wrong(error.to_string()),
        })?;
        if self.username.trim_start().starts_with('@') {
            return Err(IllegalArgument::NothingBeforeAt.into());
        }
        let password = Password::parse(self.password).map_err(|error| match error {
            PasswordError::Empty => wrong(error.to_string()),
            PasswordError::TooLong | PasswordError::Prohibited => IllegalArgument::Password(error).into(),
        })?;
        let foreign = name.foreign();
        Ok((Credentials { username: name.username, password }, foreign))
    }
}
