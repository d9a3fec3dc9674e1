//! The client's side of SCRAM (RFC 5802, RFC 7677), without any input or output.
//!
//! 1. [`ScramClient::first`] is sent.
//! 2. The server's first message is read by [`ScramClient::challenge`].
//! 3. [`derive()`] makes the salted password, the costly part.
//! 4. [`ScramClient::finish`] gives the final message and the [`Signature`] that the server must answer with.

#[cfg(test)]
mod tests;

use std::num::NonZeroU32;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use pbkdf2::pbkdf2_hmac;
use ring::pbkdf2::{PBKDF2_HMAC_SHA256, derive as ring_derive};
use ring::{digest, hmac};
use sha1::Sha1;
use sha2::Sha256;
use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

/// The hash function of a SCRAM mechanism.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::openfire::login) enum Hash {
    /// RFC 5802.
    Sha1,
    /// RFC 7677.
    Sha256,
}

/// What ties the exchange to the TLS connection (RFC 5802 section 6).
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::openfire::login) enum Binding {
    /// No channel binding: gs2 header `n,,`. Openfire 5.1 refuses `y,,`.
    None,
    /// `tls-exporter` (RFC 9266).
    Exporter([u8; 32]),
    /// `tls-server-end-point` (RFC 5929 section 4).
    EndPoint(Vec<u8>),
}

/// Why a server's side of SCRAM is not accepted.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ScramError {
    /// A message that is not of the form of RFC 5802 section 7.
    #[error("a message is malformed")]
    Malformed,
    /// A mandatory extension (`m=`) that we do not know.
    #[error("it demands an extension that is not known")]
    Extension,
    /// The server's nonce does not begin with ours, or adds nothing: a replay.
    #[error("its nonce does not extend ours")]
    Nonce,
    /// Fewer rounds than one, or so many that they would stall us.
    #[error("its iteration count is not between 1 and {MAX_ITERATIONS}")]
    Iterations,
    /// Success without a signature.
    #[error("it did not prove that it knows the password")]
    NoSignature,
    /// A signature made without the password.
    #[error("its signature is wrong, so it does not know the password")]
    WrongSignature,
    /// The error value of RFC 5802 section 7.
    #[error("it reports the error {0}")]
    Server(String),
}

/// More rounds are refused; a million take half a second.
pub(in crate::openfire::login) const MAX_ITERATIONS: u32 = 1_000_000;

/// One exchange.
pub(in crate::openfire::login) struct ScramClient {
    hash: Hash,
    gs2: String,
    binding: Vec<u8>,
    nonce: String,
    bare: String,
}

/// The server's first message.
#[derive(Debug, PartialEq, Eq)]
pub(in crate::openfire::login) struct Challenge {
    raw: String,
    nonce: String,
    pub(in crate::openfire::login) salt: Vec<u8>,
    /// The number of rounds.
    pub(in crate::openfire::login) iterations: NonZeroU32,
}

/// The signature that the server must send. It cannot be made without the password.
pub(in crate::openfire::login) struct Signature(hmac::Tag);

impl ScramClient {
    /// Begins an exchange. `name` is prepared already; `nonce` is printable ASCII without a comma.
    pub(in crate::openfire::login) fn new(hash: Hash, binding: Binding, name: &str, nonce: String) -> Self {
        let (gs2, binding) = match binding {
            Binding::None => ("n,,", Vec::new()),
            Binding::Exporter(data) => ("p=tls-exporter,,", data.to_vec()),
            Binding::EndPoint(data) => ("p=tls-server-end-point,,", data),
        };
        let bare = format!("n={},r={nonce}", escape(name));
        Self { hash, gs2: gs2.to_owned(), binding, nonce, bare }
    }

    /// The client's first message.
    pub(in crate::openfire::login) fn first(&self) -> Vec<u8> {
        format!("{}{}", self.gs2, self.bare).into_bytes()
    }

    /// Reads the server's first message.
    pub(in crate::openfire::login) fn challenge(&self, message: &[u8]) -> Result<Challenge, ScramError> {
        let raw = std::str::from_utf8(message).map_err(|_| ScramError::Malformed)?;
        if raw.starts_with("m=") {
            return Err(ScramError::Extension);
        }
        let mut fields = raw.split(',');
        let mut field = |name: &str| fields.next().and_then(|field| field.strip_prefix(name));
        let nonce = field("r=").ok_or(ScramError::Malformed)?;
        let salt = field("s=").ok_or(ScramError::Malformed)?;
        let iterations = field("i=").ok_or(ScramError::Malformed)?;
        if nonce.len() <= self.nonce.len() || !nonce.starts_with(&self.nonce) {
            return Err(ScramError::Nonce);
        }
        let iterations = iterations.parse().ok().filter(|rounds: &NonZeroU32| rounds.get() <= MAX_ITERATIONS);
        Ok(Challenge {
            raw: raw.to_owned(),
            nonce: nonce.to_owned(),
            salt: STANDARD.decode(salt).map_err(|_| ScramError::Malformed)?,
            iterations: iterations.ok_or(ScramError::Iterations)?,
        })
    }

    /// The client's final message, and what the server must answer.
    pub(in crate::openfire::login) fn finish(&self, challenge: &Challenge, salted: &[u8]) -> (Vec<u8>, Signature) {
        let mut channel = self.gs2.clone().into_bytes();
        channel.extend_from_slice(&self.binding);
        let without_proof = format!("c={},r={}", STANDARD.encode(channel), challenge.nonce);
        let signed = format!("{},{},{without_proof}", self.bare, challenge.raw);

        let salted = hmac::Key::new(self.hash.hmac(), salted);
        let client_key = hmac::sign(&salted, b"Client Key");
        let stored_key = digest::digest(self.hash.digest(), client_key.as_ref());
        let client_signature = hmac::sign(&hmac::Key::new(self.hash.hmac(), stored_key.as_ref()), signed.as_bytes());
        let proof: Vec<u8> =
            client_key.as_ref().iter().zip(client_signature.as_ref()).map(|(key, signature)| key ^ signature).collect();
        let server_key = hmac::sign(&salted, b"Server Key");
        let signature = hmac::sign(&hmac::Key::new(self.hash.hmac(), server_key.as_ref()), signed.as_bytes());

        (format!("{without_proof},p={}", STANDARD.encode(proof)).into_bytes(), Signature(signature))
    }
}

impl Signature {
    /// Checks the server's final message, in constant time.
    pub(in crate::openfire::login) fn check(&self, message: &[u8]) -> Result<(), ScramError> {
        let text = std::str::from_utf8(message).map_err(|_| ScramError::Malformed)?;
        let first = text.split(',').next().unwrap_or_default();
        if let Some(error) = first.strip_prefix("e=") {
            return Err(ScramError::Server(printable(error)));
        }
        let sent = first.strip_prefix("v=").ok_or(ScramError::NoSignature)?;
        let sent = STANDARD.decode(sent).map_err(|_| ScramError::Malformed)?;
        if bool::from(self.0.as_ref().ct_eq(&sent)) { Ok(()) } else { Err(ScramError::WrongSignature) }
    }
}

/// The salted password (RFC 5802 section 2.2, `Hi`). A round takes a tenth of a microsecond where the processor has
/// instructions for SHA, and a fifth elsewhere.
pub(in crate::openfire::login) fn derive(
    hash: Hash,
    password: &str,
    salt: &[u8],
    iterations: NonZeroU32,
) -> Zeroizing<Vec<u8>> {
    let mut salted = Zeroizing::new(vec![0; hash.digest().output_len()]);
    let (password, rounds) = (password.as_bytes(), iterations.get());
    match hash {
        // ring's SHA-1 is slower on every processor: with it, these rounds took half of a reply's processor time.
        Hash::Sha1 => pbkdf2_hmac::<Sha1>(password, salt, rounds, &mut salted),
        Hash::Sha256 if has_instructions() => pbkdf2_hmac::<Sha256>(password, salt, rounds, &mut salted),
        Hash::Sha256 => ring_derive(PBKDF2_HMAC_SHA256, iterations, salt, password, &mut salted),
    }
    salted
}

/// Whether the processor has instructions for SHA-256, which ring does not use. Without them ring is more than twice as fast.
fn has_instructions() -> bool {
    #[cfg(any(target_arch = "x86", target_arch = "x86_64"))]
    let has = std::arch::is_x86_feature_detected!("sha");
    #[cfg(not(any(target_arch = "x86", target_arch = "x86_64")))]
    let has = false;
    has
}

impl Hash {
    fn hmac(self) -> hmac::Algorithm {
        match self {
            Self::Sha1 => hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY,
            Self::Sha256 => hmac::HMAC_SHA256,
        }
    }

    fn digest(self) -> &'static digest::Algorithm {
        match self {
            Self::Sha1 => &digest::SHA1_FOR_LEGACY_USE_ONLY,
            Self::Sha256 => &digest::SHA256,
        }
    }
}

/// Whether SCRAM cannot carry a name as it is (RFC 5802 section 5.1). Openfire 5.2 does not undo the escaping, so that no such
/// user can log in there by SCRAM (measured; 5.1 has the same code).
pub(in crate::openfire::login) fn is_escaped(name: &str) -> bool {
    name.contains([',', '='])
}

/// `saslname` of RFC 5802 section 5.1.
fn escape(name: &str) -> String {
    name.replace('=', "=3D").replace(',', "=2C")
}

/// A value of the peer, cut to what a log may contain.
fn printable(text: &str) -> String {
    text.chars().filter(char::is_ascii_graphic).take(40).collect()
}
