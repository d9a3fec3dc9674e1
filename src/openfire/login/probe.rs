//! A look at the server without a login.

use std::time::SystemTime;

use tokio::time::Instant;

use super::Inner;
use super::error::LoginError;
use super::opening::Opened;
use super::stage::Clock;
use crate::model::config::Fingerprint;
use crate::openfire::connect::Turn;
use crate::openfire::tls::Secured;

/// What a server shows before a login.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Probe {
    /// Its certificate; none without TLS.
    pub certificate: Option<CertificateFacts>,
    /// The SASL mechanisms that it offers, in alphabetical order.
    pub mechanisms: Vec<String>,
}

/// A server's certificate and TLS version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CertificateFacts {
    /// SHA-1, 20 bytes: what a Jitsi client pins.
    pub sha1: [u8; 20],
    /// SHA-256: what `openfire.certificate_sha256` takes.
    pub sha256: Fingerprint,
    /// End of its validity; none when it cannot be read.
    pub not_after: Option<SystemTime>,
    /// TLS 1.3 was spoken; otherwise it was 1.2.
    pub tls13: bool,
}

impl CertificateFacts {
    pub(super) fn of(tls: &Secured) -> Self {
        Self { sha1: tls.sha1(), sha256: tls.sha256(), not_after: tls.not_after(), tls13: tls.is_tls13() }
    }
}

impl Inner {
    /// Opens a stream, and ends it once the server has shown what it offers.
    pub(super) async fn probe(&self, clock: &mut Clock, deadline: Instant) -> Result<Probe, LoginError> {
        let Opened { stream, offer } = self.open_own(clock, deadline, Turn::InOrder, |_| None).await?;
        let certificate = stream.link().tls().map(CertificateFacts::of);
        stream.close().await;
        Ok(Probe { certificate, mechanisms: offer.mechanisms })
    }
}
