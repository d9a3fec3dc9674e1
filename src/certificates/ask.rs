//! Asks a server for its certificate.

use std::io;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_rustls::TlsConnector;
use tokio_rustls::rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use tokio_rustls::rustls::crypto::ring::default_provider;
use tokio_rustls::rustls::crypto::{WebPkiSupportedAlgorithms, verify_tls12_signature, verify_tls13_signature};
use tokio_rustls::rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use tokio_rustls::rustls::{self, ClientConfig, DigitallySignedStruct, SignatureScheme};

use super::ServerAddress;
use crate::model::certificate;
use crate::model::files::name_service;

/// Time to look the name up, to connect and for the handshake, together.
const LIMIT: Duration = Duration::from_secs(10);

/// What a server shows in a handshake.
#[derive(Debug, Clone)]
pub struct Shown {
    /// Its own certificate in DER.
    pub certificate: Vec<u8>,
    /// Whether the certificate is for the host that was asked.
    pub is_for_host: bool,
    /// End of its validity; none when it cannot be read.
    pub not_after: Option<SystemTime>,
}

/// Why a server shows no certificate.
#[derive(Debug, thiserror::Error)]
pub enum AskError {
    /// Its name has no address, or it takes no connection.
    #[error("it cannot be reached")]
    Unreachable(#[source] io::Error),
    /// It took the connection and speaks no TLS there, or none that this program knows.
    #[error("it takes the connection, but TLS with it fails (is this its port for TLS?)")]
    NoTls(#[source] io::Error),
    /// It did not answer in time.
    #[error("it did not answer within {} seconds", LIMIT.as_secs())]
    Silent,
}

/// Connects to a server and does a TLS handshake. Nothing else is sent, and the certificate need not be trusted: it is for a
/// person to look at.
///
/// # Errors
///
/// [`AskError`]; dropping the future closes the connection.
pub async fn ask(server: &ServerAddress) -> Result<Shown, AskError> {
    timeout(LIMIT, handshake(server)).await.unwrap_or(Err(AskError::Silent))
}

async fn handshake(server: &ServerAddress) -> Result<Shown, AskError> {
    let name = ServerName::try_from(server.host().to_owned())
        .map_err(|error| AskError::Unreachable(io::Error::new(io::ErrorKind::InvalidInput, error)))?;
    let tcp = connect(server).await.map_err(AskError::Unreachable)?;
    let connector = connector().map_err(|error| AskError::NoTls(io::Error::other(error)))?;
    let tls = connector.connect(name, tcp).await.map_err(AskError::NoTls)?;
    let shown = tls.get_ref().1.peer_certificates().and_then(<[_]>::first);
    let first = shown.ok_or_else(|| AskError::NoTls(io::Error::other("no certificate was shown")))?;
    let is_for_host = certificate::is_for(first, server.host());
    Ok(Shown { certificate: first.to_vec(), is_for_host, not_after: certificate::not_after(first) })
}

/// Tries the addresses one after the other. Each gets its share of the time, so that one that is silent is not all.
async fn connect(server: &ServerAddress) -> io::Result<TcpStream> {
    let addresses = name_service::addresses(server.host(), server.port()).await?;
    let share = LIMIT / u32::try_from(addresses.len() + 1).unwrap_or(u32::MAX);
    let mut failed = io::Error::other("its host name has no address");
    for address in addresses {
        match timeout(share, TcpStream::connect(address)).await {
            Ok(Ok(stream)) => return Ok(stream),
            Ok(Err(error)) => failed = error,
            Err(_) => failed = io::Error::other(format!("{address} does not answer")),
        }
    }
    Err(failed)
}

fn connector() -> Result<TlsConnector, rustls::Error> {
    let provider = Arc::new(default_provider());
    let anyone = Anyone(provider.signature_verification_algorithms);
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()?
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(anyone))
        .with_no_client_auth();
    Ok(TlsConnector::from(Arc::new(config)))
}

/// Takes every certificate whose key the server has.
#[derive(Debug)]
struct Anyone(WebPkiSupportedAlgorithms);

impl ServerCertVerifier for Anyone {
    fn verify_server_cert(
        &self,
        _: &CertificateDer<'_>,
        _: &[CertificateDer<'_>],
        _: &ServerName<'_>,
        _: &[u8],
        _: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        verify_tls12_signature(message, certificate, signed, &self.0)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        verify_tls13_signature(message, certificate, signed, &self.0)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.0.supported_schemes()
    }
}
