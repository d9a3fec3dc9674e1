//! What the server shows before a login: at a probe, and last seen, for the administrators' pages and for the next login.

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, SystemTime};

use tokio::time::Instant;

use super::sasl::Offer;
use crate::model::config::Fingerprint;
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

/// What was seen last.
#[derive(Debug, Default)]
pub(super) struct LastSeen(Mutex<Option<Seen>>);

#[derive(Debug)]
struct Seen {
    /// The certificate as it was sent; empty without TLS.
    certificate: Box<[u8]>,
    facts: Option<CertificateFacts>,
    offer: Offer,
    at: Instant,
    /// When the offer last changed under the same certificate.
    changed: Option<Instant>,
}

/// Time after a change in which no offer counts as known: the nodes of a cluster may differ.
const UNSETTLED: Duration = Duration::from_mins(10);

impl LastSeen {
    /// The server showed this now. What has not changed costs a comparison.
    pub(super) fn saw(&self, tls: Option<&Secured>, offer: &Offer) {
        let certificate = tls.map_or(&[][..], Secured::certificate);
        let (at, mut last) = (Instant::now(), self.0.lock().unwrap_or_else(PoisonError::into_inner));
        match &mut *last {
            Some(seen) if *seen.certificate == *certificate && seen.offer == *offer => seen.at = at,
            last => {
                let changed = last.as_ref().filter(|seen| *seen.certificate == *certificate).map(|_| at);
                let facts = tls.map(CertificateFacts::of);
                *last = Some(Seen { certificate: certificate.into(), facts, offer: offer.clone(), at, changed });
            }
        }
    }

    /// What the server showed, and when.
    pub(super) fn get(&self) -> Option<(Probe, Instant)> {
        let last = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        last.as_ref().map(|seen| {
            let probe = Probe { certificate: seen.facts.clone(), mechanisms: seen.offer.mechanisms.clone() };
            (probe, seen.at)
        })
    }

    /// What the server with the same certificate offered; none when another one, or none, was seen last, or when what it
    /// offers has changed lately.
    pub(super) fn offer(&self, tls: Option<&Secured>) -> Option<Offer> {
        let certificate = tls.map_or(&[][..], Secured::certificate);
        let last = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let seen = last.as_ref().filter(|seen| *seen.certificate == *certificate)?;
        let settled = seen.changed.is_none_or(|changed| changed.elapsed() > UNSETTLED);
        settled.then(|| seen.offer.clone())
    }
}
