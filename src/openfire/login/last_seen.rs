//! What the server showed at the last login or probe: for the administrators' pages, and for the next login.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

use super::sasl::Offer;
use super::{CertificateFacts, Probe};
use crate::openfire::tls::Secured;

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
    /// When the offer was another one under the same certificate.
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
