//! Checks a server's certificate against authorities or pinned fingerprints.

use std::sync::Arc;

use ring::digest::{SHA256, digest};
use tokio_rustls::rustls::client::WebPkiServerVerifier;
use tokio_rustls::rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use tokio_rustls::rustls::crypto::{
    CryptoProvider, WebPkiSupportedAlgorithms, verify_tls12_signature, verify_tls13_signature,
};
use tokio_rustls::rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use tokio_rustls::rustls::{
    CertificateError, DigitallySignedStruct, Error, OtherError, RootCertStore, SignatureScheme,
};

use super::{Distrust, TrustError};
use crate::model::config::Fingerprint;

/// Trusts authorities, or certificates by fingerprint. What it refuses carries a [`Distrust`] that says why.
#[derive(Debug)]
pub(super) struct Verifier {
    trusted: Trusted,
    algorithms: WebPkiSupportedAlgorithms,
}

#[derive(Debug)]
enum Trusted {
    Authorities(Arc<WebPkiServerVerifier>),
    Pins(Vec<Fingerprint>),
}

impl Verifier {
    pub(super) fn authorities(roots: RootCertStore, provider: &Arc<CryptoProvider>) -> Result<Self, TrustError> {
        let verifier = WebPkiServerVerifier::builder_with_provider(Arc::new(roots), Arc::clone(provider))
            .build()
            .map_err(|error| Error::General(error.to_string()))?;
        Ok(Self { trusted: Trusted::Authorities(verifier), algorithms: provider.signature_verification_algorithms })
    }

    pub(super) fn pins(pins: Vec<Fingerprint>, provider: &CryptoProvider) -> Self {
        Self { trusted: Trusted::Pins(pins), algorithms: provider.signature_verification_algorithms }
    }
}

impl ServerCertVerifier for Verifier {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        let outcome = match &self.trusted {
            Trusted::Authorities(verifier) => {
                match verifier.verify_server_cert(end_entity, intermediates, server_name, ocsp_response, now) {
                    Err(Error::InvalidCertificate(error)) => Err(Distrust::rejected(fingerprint(end_entity), error)),
                    other => return other,
                }
            }
            Trusted::Pins(pins) => {
                let seen = fingerprint(end_entity);
                if pins.contains(&seen) { Ok(ServerCertVerified::assertion()) } else { Err(Distrust::not_pinned(seen)) }
            }
        };
        outcome.map_err(|distrust| Error::InvalidCertificate(CertificateError::Other(OtherError(Arc::new(distrust)))))
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls12_signature(message, certificate, signed, &self.algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls13_signature(message, certificate, signed, &self.algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.algorithms.supported_schemes()
    }
}

/// SHA-256 of a certificate in DER.
pub(super) fn fingerprint(certificate: &[u8]) -> Fingerprint {
    let mut bytes = [0; 32];
    for (byte, hashed) in bytes.iter_mut().zip(digest(&SHA256, certificate).as_ref()) {
        *byte = *hashed;
    }
    Fingerprint::from(bytes)
}
