//! The SASL exchange on a stream (RFC 6120 section 6.4).

use std::num::NonZeroU32;

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use ring::rand::{SecureRandom, SystemRandom};
use tokio::task::spawn_blocking;
use xmpp_parsers::minidom::Element;
use xmpp_parsers::{ns, sasl};
use zeroize::Zeroizing;

use super::sasl::mechanism::Mechanism;
use super::sasl::scram::{self, Hash, ScramClient, ScramError, Signature};
use crate::model::account::Username;
use crate::openfire::connect::ReadLimit;
use crate::openfire::login::error::{CannotCheck, LoginError, Refusal};
use crate::openfire::login::server_traits::ServerTraits;
use crate::openfire::login::stage::Stage;
use crate::openfire::login::stream::{ClientStream, StreamFault, condition};
use crate::openfire::server_text::ServerText;

/// More rounds than this are derived on a thread of their own, so that other requests do not wait.
const ROUNDS_IN_PLACE: u32 = 10_000;

/// One login's SASL exchange. A server may be asked several times on one stream (RFC 6120 section 6.4.5).
pub(super) struct Exchange<'a> {
    pub(super) stream: &'a mut ClientStream,
    pub(super) username: &'a Username,
    pub(super) password: &'a str,
    pub(super) traits: &'a ServerTraits,
}

/// A SCRAM exchange of which only the first message exists. It holds no proof of the password.
pub(super) struct FirstMessage {
    mechanism: Mechanism,
    hash: Hash,
    client: ScramClient,
}

impl FirstMessage {
    /// Begins an exchange with `mechanism`; none for PLAIN, whose first message is the password.
    pub(super) fn new(mechanism: &Mechanism, username: &Username) -> Result<Option<Self>, LoginError> {
        let Mechanism::Scram(hash, binding) = mechanism else { return Ok(None) };
        let client = ScramClient::new(*hash, binding.clone(), username.as_str(), nonce()?);
        Ok(Some(Self { mechanism: mechanism.clone(), hash: *hash, client }))
    }

    /// What it was made for.
    pub(super) fn mechanism(&self) -> &Mechanism {
        &self.mechanism
    }

    /// The element that carries it, as text.
    pub(super) fn text(&self) -> String {
        let (name, message) = (self.mechanism.name(), STANDARD.encode(self.client.first()));
        format!("<auth xmlns='{}' mechanism='{name}'>{message}</auth>", ns::SASL)
    }
}

/// The server's answer to one of our messages.
enum SaslAnswer {
    Challenge(Vec<u8>),
    Success(Vec<u8>),
}

impl Exchange<'_> {
    /// Logs in. `Ok` means that the server accepted the login and, under SCRAM, proved that it knows the password.
    pub(super) async fn run(&mut self, mechanism: &Mechanism) -> Result<(), LoginError> {
        let Some(first) = FirstMessage::new(mechanism, self.username)? else { return self.plain().await };
        self.auth(mechanism, first.client.first()).await?;
        self.go_on(first).await
    }

    /// RFC 4616: one message, with an empty authorization identity.
    async fn plain(&mut self) -> Result<(), LoginError> {
        if self.stream.may_be_dead() && self.is_asked_for_password().await? {
            self.respond(self.plain_message()).await?;
        } else {
            self.auth(&Mechanism::Plain, self.plain_message()).await?;
        }
        match self.answer().await? {
            SaslAnswer::Success(_) => Ok(()),
            SaslAnswer::Challenge(_) => Err(garbage()),
        }
    }

    fn plain_message(&self) -> Vec<u8> {
        format!("\0{}\0{}", self.username.as_str(), self.password).into_bytes()
    }

    /// Sends no initial response (RFC 6120 section 6.4.2), so that no password is lost on a dead stream: the login could not
    /// know whether the server has tried it. False when the server wants the password at once.
    async fn is_asked_for_password(&mut self) -> Result<bool, LoginError> {
        self.auth(&Mechanism::Plain, Vec::new()).await?;
        match self.answer().await {
            Ok(SaslAnswer::Challenge(_)) => Ok(true),
            Ok(SaslAnswer::Success(_)) => Err(garbage()),
            // It passes, and says nothing about what the server wants.
            Err(LoginError::CannotCheck(CannotCheck::Condition { condition, text }))
                if condition == "temporary-auth-failure" =>
            {
                Err(CannotCheck::Condition { condition, text }.into())
            }
            // Not about the user: the name has not been sent yet.
            Err(LoginError::Refused(..) | LoginError::CannotCheck(_)) => {
                self.traits.saw_password_wanted_at_once();
                Ok(false)
            }
            Err(error) => Err(error),
        }
    }

    /// The rest of an exchange whose first message has been sent.
    pub(super) async fn go_on(&mut self, first: FirstMessage) -> Result<(), LoginError> {
        let FirstMessage { mechanism, hash, client } = first;
        let challenge = match self.answer().await {
            Ok(SaslAnswer::Challenge(message)) => client.challenge(&message)?,
            Ok(SaslAnswer::Success(_)) => return Err(ScramError::NoSignature.into()),
            Err(error @ LoginError::Refused(..)) => {
                // Some servers refuse an unknown user before the challenge. Our part takes the same time nevertheless.
                derive(hash, self.password, b"no such user".to_vec(), self.traits.iterations()).await;
                return Err(error);
            }
            Err(error) => return Err(error),
        };
        self.traits.saw_iterations(challenge.iterations);
        let salted = derive(hash, self.password, challenge.salt.clone(), challenge.iterations).await;
        let (message, signature) = client.finish(&challenge, &salted);
        self.respond(message).await?;
        self.proof(&signature).await?;
        if mechanism.is_bound() {
            self.traits.saw_binding_work();
        }
        Ok(())
    }

    /// Reads the server's signature: with the success, or in a challenge before it (RFC 6120 section 6.3.10).
    async fn proof(&mut self, signature: &Signature) -> Result<(), LoginError> {
        match self.answer().await? {
            SaslAnswer::Success(message) => Ok(checked(signature, &message)?),
            SaslAnswer::Challenge(message) => {
                checked(signature, &message)?;
                self.respond(Vec::new()).await?;
                match self.answer().await? {
                    SaslAnswer::Success(_) => Ok(()),
                    SaslAnswer::Challenge(_) => Err(garbage()),
                }
            }
        }
    }

    async fn auth(&mut self, mechanism: &Mechanism, data: Vec<u8>) -> Result<(), LoginError> {
        let mut auth = sasl::Auth { mechanism: mechanism.wire(), data };
        let outcome = self.stream.send(&auth).await;
        zeroize::Zeroize::zeroize(&mut auth.data);
        outcome.map_err(lost)
    }

    async fn respond(&mut self, data: Vec<u8>) -> Result<(), LoginError> {
        let mut response = sasl::Response { data };
        let outcome = self.stream.send(&response).await;
        zeroize::Zeroize::zeroize(&mut response.data);
        outcome.map_err(lost)
    }

    async fn answer(&mut self) -> Result<SaslAnswer, LoginError> {
        let element = self.stream.next(ReadLimit::BEFORE_LOGIN).await.map_err(lost)?;
        match element.name() {
            _ if !element.has_ns(ns::SASL) => Err(garbage()),
            "challenge" => Ok(SaslAnswer::Challenge(data(&element)?)),
            "success" => Ok(SaslAnswer::Success(data(&element)?)),
            "failure" => Err(failure(&condition(&element, ns::SASL), self.said(&element))),
            _ => Err(garbage()),
        }
    }

    /// The server's own text in a failure, unless it repeats the password.
    fn said(&self, failure: &Element) -> Option<ServerText> {
        let repeated = failure.children().any(|child| child.texts().any(|text| text.contains(self.password)));
        if repeated { None } else { ServerText::in_error(failure, ns::SASL) }
    }
}

/// The salted password. Many rounds are derived outside the async threads.
async fn derive(hash: Hash, password: &str, salt: Vec<u8>, iterations: NonZeroU32) -> Zeroizing<Vec<u8>> {
    if iterations.get() <= ROUNDS_IN_PLACE {
        return scram::derive(hash, password, &salt, iterations);
    }
    let password = Zeroizing::new(password.to_owned());
    // It only fails when the runtime shuts down; an empty key then fails the login. When the login is dropped
    // the thread runs on for half a second at most (`MAX_ITERATIONS`).
    spawn_blocking(move || scram::derive(hash, &password, &salt, iterations)).await.unwrap_or_default()
}

/// 144 random bits in printable ASCII without a comma.
fn nonce() -> Result<String, LoginError> {
    let mut bytes = [0; 18];
    SystemRandom::new().fill(&mut bytes).map_err(|_| CannotCheck::NoRandomness)?;
    Ok(URL_SAFE_NO_PAD.encode(bytes))
}

/// What a message carries; `=` stands for nothing (RFC 6120 section 6.4.2).
fn data(element: &Element) -> Result<Vec<u8>, LoginError> {
    match element.text().trim() {
        "" | "=" => Ok(Vec::new()),
        text => STANDARD.decode(text).map_err(|_| garbage()),
    }
}

fn checked(signature: &Signature, message: &[u8]) -> Result<(), LoginError> {
    match signature.check(message) {
        Ok(()) => Ok(()),
        // RFC 5802 section 7: these two are about the user.
        Err(ScramError::Server(error)) if error == "invalid-proof" || error == "unknown-user" => {
            Err(LoginError::Refused(Refusal::NotAuthorized, None))
        }
        Err(error) => Err(error.into()),
    }
}

/// What the conditions of RFC 6120 section 6.5 mean.
fn failure(condition: &str, text: Option<ServerText>) -> LoginError {
    match condition {
        "not-authorized" => LoginError::Refused(Refusal::NotAuthorized, text),
        "account-disabled" => LoginError::Refused(Refusal::AccountDisabled, text),
        "credentials-expired" => LoginError::Refused(Refusal::CredentialsExpired, text),
        other => CannotCheck::Condition { condition: other.to_owned(), text }.into(),
    }
}

fn lost(fault: StreamFault) -> LoginError {
    fault.at(Stage::Sasl).into()
}

fn garbage() -> LoginError {
    lost(StreamFault::Garbage)
}

#[cfg(test)]
mod tests {
    use futures::FutureExt as _;

    use super::*;

    #[tokio::test]
    async fn more_than_ten_thousand_rounds_never_run_on_an_async_thread() {
        for hash in [Hash::Sha1, Hash::Sha256] {
            let derived = |rounds| derive(hash, "pencil", b"salt".to_vec(), NonZeroU32::new(rounds).unwrap());
            assert!(derived(10_000).now_or_never().is_some());
            let mut many = Box::pin(derived(10_001));
            assert!(many.as_mut().now_or_never().is_none());
            let expected = scram::derive(hash, "pencil", b"salt", NonZeroU32::new(10_001).unwrap());
            assert_eq!(many.await, expected);
        }
    }

    #[test]
    fn only_conditions_about_the_user_are_refusals() {
        for condition in ["not-authorized", "account-disabled", "credentials-expired"] {
            assert!(matches!(failure(condition, None), LoginError::Refused(..)), "{condition}");
        }
        for condition in [
            "aborted",
            "encryption-required",
            "incorrect-encoding",
            "invalid-authzid",
            "invalid-mechanism",
            "malformed-request",
            "mechanism-too-weak",
            "temporary-auth-failure",
            "undefined-condition",
        ] {
            assert!(matches!(failure(condition, None), LoginError::CannotCheck(_)), "{condition}");
        }
    }

    #[test]
    fn nonces_are_new_each_time_and_without_commas() {
        let (one, other) = (nonce().unwrap(), nonce().unwrap());
        assert_ne!(one, other);
        assert!(one.len() == 24 && one.bytes().all(|byte| byte.is_ascii_graphic() && byte != b','));
    }
}
