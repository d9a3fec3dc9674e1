//! TLS to the server: whom to trust, and what a secured connection shows about its peer.
//!
//! 1. [`Trust`] is loaded once: the system's authorities, those of a file, or pinned certificates.
//! 2. [`Trust::secure`] does the handshake over a [`Tcp`] and checks the certificate.
//! 3. [`Secured`] carries the stream, the certificate and the data for channel binding.

mod distrust;
mod end_point;
mod secured;
mod verifier;

use std::io;
use std::path::PathBuf;
use std::sync::Arc;

use tokio_rustls::TlsConnector;
use tokio_rustls::rustls::crypto::ring::default_provider;
use tokio_rustls::rustls::pki_types::ServerName;
use tokio_rustls::rustls::version::{TLS12, TLS13};
use tokio_rustls::rustls::{self, CertificateError, ClientConfig, SupportedProtocolVersion};

use self::verifier::Verifier;
use super::connect::Tcp;
use crate::model::config::{Openfire, TlsMax};
use crate::model::files::authorities::{self, AuthoritiesError};

pub use self::distrust::Distrust;
pub use self::secured::Secured;

/// Whom to trust, and by which name. Cheap to clone.
#[derive(Clone)]
pub struct Trust {
    connector: TlsConnector,
    name: ServerName<'static>,
}

/// Why the configured trust cannot be set up.
#[derive(Debug, thiserror::Error)]
pub enum TrustError {
    /// `openfire.ca_file` cannot be read.
    #[error("cannot read openfire.ca_file {path}")]
    Unreadable {
        /// The value of `openfire.ca_file`.
        path: PathBuf,
        /// What the system or the PEM reader said.
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// `openfire.ca_file` holds no certificate that can be an authority.
    #[error("openfire.ca_file {path} holds no usable PEM certificate")]
    NoCertificate {
        /// The value of `openfire.ca_file`.
        path: PathBuf,
    },
    /// The system has no authorities.
    #[error(
        "this system has no certificate authorities; install ca-certificates, or set openfire.ca_file or openfire.certificate_sha256"
    )]
    NoAuthorities,
    /// The name that the certificate must carry is no name that a certificate can carry.
    #[error("`{name}` cannot be a name in a certificate; set openfire.certificate_name")]
    Name {
        /// `openfire.certificate_name`, or the domain.
        name: String,
    },
    /// The TLS library refuses the settings.
    #[error("cannot set up TLS")]
    Library(#[from] rustls::Error),
}

/// Why a connection could not be secured.
#[derive(Debug, thiserror::Error)]
pub enum TlsError {
    /// The server's certificate is not trusted. The message says what to change.
    #[error(transparent)]
    Distrusted(#[from] Distrust),
    /// The two sides have no TLS version, cipher or signature in common, or the peer speaks no TLS.
    #[error("no TLS handshake is possible with the server")]
    Handshake(#[source] rustls::Error),
    /// The connection was lost in the handshake.
    #[error("the connection was lost during the TLS handshake")]
    Lost(#[source] io::Error),
}

impl Trust {
    /// Loads what the settings name: pinned fingerprints, or the CA file, or the system's authorities.
    ///
    /// # Errors
    ///
    /// [`TrustError`]; its message names the setting to change.
    pub fn load(settings: &Openfire) -> Result<Self, TrustError> {
        let provider = Arc::new(default_provider());
        let verifier = if settings.certificate_sha256.is_empty() {
            let roots = match &settings.ca_file {
                Some(path) => authorities::of_file(path)?,
                None => authorities::of_system()?,
            };
            Verifier::authorities(roots, &provider)?
        } else {
            Verifier::pins(settings.certificate_sha256.clone(), &provider)
        };
        let versions: &[&SupportedProtocolVersion] = match settings.tls_max {
            TlsMax::V12 => &[&TLS12],
            TlsMax::V13 => &[&TLS13, &TLS12],
        };
        let config = ClientConfig::builder_with_provider(provider)
            .with_protocol_versions(versions)?
            .dangerous()
            .with_custom_certificate_verifier(Arc::new(verifier))
            .with_no_client_auth();
        let name = settings.certificate_name.as_deref().unwrap_or(settings.domain.as_str());
        Ok(Self { connector: TlsConnector::from(Arc::new(config)), name: server_name(name)? })
    }

    /// Does the handshake. Dropping the future closes the connection.
    ///
    /// It sets no time limit of its own. Nothing that the peer sent before may be waiting in a buffer above `tcp`.
    ///
    /// # Errors
    ///
    /// [`TlsError`]; the certificate is checked here, so `Ok` means that the server is the one that was asked for.
    pub async fn secure(&self, tcp: Tcp) -> Result<Secured, TlsError> {
        let stream = self.connector.connect(self.name.clone(), tcp).await.map_err(TlsError::from_io)?;
        Secured::new(stream)
    }
}

impl From<AuthoritiesError> for TrustError {
    fn from(error: AuthoritiesError) -> Self {
        match error {
            AuthoritiesError::Unreadable { path, source } => Self::Unreadable { path, source },
            AuthoritiesError::NoCertificate { path } => Self::NoCertificate { path },
            AuthoritiesError::NoneOfSystem => Self::NoAuthorities,
        }
    }
}

impl TlsError {
    fn from_io(error: io::Error) -> Self {
        match error.downcast::<rustls::Error>() {
            Ok(rustls::Error::InvalidCertificate(CertificateError::Other(other))) => {
                match other.0.downcast_ref::<Distrust>() {
                    Some(distrust) => Self::Distrusted(distrust.clone()),
                    None => Self::Handshake(rustls::Error::InvalidCertificate(
                        CertificateError::ApplicationVerificationFailure,
                    )),
                }
            }
            Ok(error) => Self::Handshake(error),
            Err(error) => Self::Lost(error),
        }
    }
}

/// The name in the form that certificates carry: an address, or a DNS name in ASCII (RFC 5890 A-labels).
fn server_name(name: &str) -> Result<ServerName<'static>, TrustError> {
    let unusable = || TrustError::Name { name: name.to_owned() };
    let bare = name.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).unwrap_or(name);
    if let Ok(name) = ServerName::try_from(bare.to_owned()) {
        return Ok(name);
    }
    let ascii = hickory_resolver::proto::rr::Name::from_utf8(bare).map_err(|_| unusable())?.to_ascii();
    ServerName::try_from(ascii).map_err(|_| unusable())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_every_kind_become_server_names() {
        assert_eq!(server_name("example.test").unwrap().to_str(), "example.test");
        assert_eq!(server_name("münchen.test").unwrap().to_str(), "xn--mnchen-3ya.test");
        assert!(matches!(server_name("[::1]").unwrap(), ServerName::IpAddress(_)));
        assert!(matches!(server_name("no name"), Err(TrustError::Name { .. })));
    }
}
