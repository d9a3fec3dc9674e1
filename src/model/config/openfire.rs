//! `[openfire]`: the chat server and how it is reached for logins.

use std::fmt;
use std::path::PathBuf;
use std::str::FromStr;
use std::time::Duration;

use secrecy::SecretString;
use serde::Deserialize;
use serde::de::{Deserializer, Error};
use xmpp_parsers::jid::DomainPart;

use super::value::duration;
use crate::model::account::{LoginName, LoginNames, UsernameError};
use crate::model::bytes::hex;

/// The chat server and how it is reached for logins.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Openfire {
    /// The XMPP domain, as in `user@domain`. Required.
    #[serde(deserialize_with = "domain")]
    pub domain: DomainPart,
    /// Host name or address of the client port. Default: what the SRV records of the domain say, else the domain.
    #[serde(default)]
    pub host: Option<String>,
    /// The client port. Only read together with `host`. Default: 5222, or 5223 with `tls = "direct"`.
    #[serde(default)]
    pub port: Option<u16>,
    /// How the stream is secured. Default: `"starttls"`. `"none"` is accepted for a loopback host only.
    #[serde(default)]
    pub tls: TlsMode,
    /// Newest TLS version that is spoken. Default: `"1.3"`.
    #[serde(default)]
    pub tls_max: TlsMax,
    /// PEM file with the certificates of the authorities that are trusted instead of the system's.
    #[serde(default)]
    pub ca_file: Option<PathBuf>,
    /// SHA-256 fingerprints of server certificates that are trusted as they are, whatever name and issuer they
    /// carry. With this list nothing else is trusted. Default: empty.
    #[serde(default)]
    pub certificate_sha256: Vec<Fingerprint>,
    /// The name that the server's certificate must carry. Default: the domain (RFC 6120 section 13.7.1.2).
    #[serde(default)]
    pub certificate_name: Option<String>,
    /// SASL mechanisms that are allowed, best first. Each SCRAM one stands for its `-PLUS` form too.
    /// Default: `["SCRAM-SHA-256", "SCRAM-SHA-1", "PLAIN"]`.
    #[serde(default = "default_mechanisms")]
    pub mechanisms: Vec<SaslMechanism>,
    /// Patterns for names as people type them, such as `CORP\*`: the first that matches says which account is meant.
    /// Default: none; our own domain after a name is cut off, and everything else is part of the name.
    #[serde(default)]
    pub login_names: LoginNames,
    /// Name of an account, as people type it, that only shows whether Openfire's user store works: when a user is refused,
    /// the service logs in with it. Refusals that come meanwhile share the next such login. If it is refused too, the user's
    /// refusal is not believed. Default: none.
    #[serde(default)]
    pub reference_user: Option<String>,
    /// The password of `reference_user`.
    #[serde(default)]
    pub reference_password: Option<SecretString>,
    /// File whose first line is the password of `reference_user`.
    #[serde(default)]
    pub reference_password_file: Option<PathBuf>,
    /// Time for one attempt to connect to one address. Default: 2 s.
    #[serde(default = "default_connect_timeout", deserialize_with = "duration::deserialize")]
    pub connect_timeout: Duration,
}

impl Openfire {
    /// The account that a name stands for, as people type it.
    ///
    /// # Errors
    ///
    /// [`UsernameError`] when no account can have such a name.
    pub fn login_name(&self, typed: &str) -> Result<LoginName<'_>, UsernameError> {
        self.login_names.resolve(typed, &self.domain)
    }
}

/// How a stream to the server is secured.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum TlsMode {
    /// In the clear first, then STARTTLS (RFC 6120 section 5); never goes on without it.
    #[default]
    Starttls,
    /// TLS from the first byte (XEP-0368).
    Direct,
    /// No TLS.
    None,
}

/// The newest TLS version that is spoken to the server.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
pub enum TlsMax {
    /// TLS 1.2 only.
    #[serde(rename = "1.2")]
    V12,
    /// TLS 1.2 and 1.3.
    #[default]
    #[serde(rename = "1.3")]
    V13,
}

/// A SASL mechanism that can prove a user's password.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Deserialize)]
pub enum SaslMechanism {
    /// RFC 7677.
    #[serde(rename = "SCRAM-SHA-256")]
    ScramSha256,
    /// RFC 5802.
    #[serde(rename = "SCRAM-SHA-1")]
    ScramSha1,
    /// RFC 4616; only inside TLS.
    #[serde(rename = "PLAIN")]
    Plain,
}

impl SaslMechanism {
    /// Its name, without `-PLUS`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::ScramSha256 => "SCRAM-SHA-256",
            Self::ScramSha1 => "SCRAM-SHA-1",
            Self::Plain => "PLAIN",
        }
    }
}

/// The SHA-256 fingerprint of a certificate.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Fingerprint([u8; 32]);

impl Fingerprint {
    /// The digest of the certificate in DER.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

impl From<[u8; 32]> for Fingerprint {
    fn from(digest: [u8; 32]) -> Self {
        Self(digest)
    }
}

impl FromStr for Fingerprint {
    type Err = String;

    /// Reads 64 hexadecimal digits, with or without colons between the bytes.
    fn from_str(text: &str) -> Result<Self, String> {
        let digits: Vec<u8> = text
            .chars()
            .filter(|c| *c != ':')
            .map_while(|c| c.to_digit(16))
            .filter_map(|d| u8::try_from(d).ok())
            .collect();
        let wanted = text.chars().filter(|c| *c != ':').count();
        let bytes: Vec<u8> =
            digits.chunks_exact(2).map(|pair| pair.iter().fold(0, |byte, digit| byte << 4 | digit)).collect();
        match <[u8; 32]>::try_from(bytes) {
            Ok(digest) if wanted == 64 => Ok(Self(digest)),
            _ => Err(format!("`{text}` is not a SHA-256 fingerprint: 64 hexadecimal digits, colons allowed")),
        }
    }
}

impl fmt::Display for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex(&self.0))
    }
}

impl fmt::Debug for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Fingerprint({self})")
    }
}

impl<'de> Deserialize<'de> for Fingerprint {
    fn deserialize<D: Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
        String::deserialize(input)?.parse().map_err(D::Error::custom)
    }
}

fn domain<'de, D: Deserializer<'de>>(input: D) -> Result<DomainPart, D::Error> {
    let text = String::deserialize(input)?;
    DomainPart::new(&text).map(std::borrow::Cow::into_owned).map_err(|error| {
        D::Error::custom(format!("`{text}` is not an XMPP domain ({error}); write for example \"example.org\""))
    })
}

fn default_mechanisms() -> Vec<SaslMechanism> {
    vec![SaslMechanism::ScramSha256, SaslMechanism::ScramSha1, SaslMechanism::Plain]
}

fn default_connect_timeout() -> Duration {
    Duration::from_secs(2)
}
