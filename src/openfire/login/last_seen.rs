//! What the server showed at the last login or probe, kept for the administrators' pages.

use std::sync::{Mutex, PoisonError};

use tokio::time::Instant;

use super::{CertificateFacts, Probe};
use crate::openfire::tls::Secured;

/// What was seen last.
#[derive(Debug, Default)]
pub(super) struct LastSeen(Mutex<Option<Seen>>);

#[derive(Debug)]
struct Seen {
    /// The certificate as it was sent; empty without TLS.
    certificate: Box<[u8]>,
    probe: Probe,
    at: Instant,
}

impl LastSeen {
    /// The server showed this now. What has not changed costs a comparison.
    pub(super) fn saw(&self, tls: Option<&Secured>, mechanisms: &[String]) {
        let certificate = tls.map_or(&[][..], Secured::certificate);
        let (at, mut last) = (Instant::now(), self.0.lock().unwrap_or_else(PoisonError::into_inner));
        match &mut *last {
            Some(seen) if *seen.certificate == *certificate && seen.probe.mechanisms == mechanisms => seen.at = at,
            last => {
                let probe = Probe { certificate: tls.map(CertificateFacts::of), mechanisms: mechanisms.to_vec() };
                *last = Some(Seen { certificate: certificate.into(), probe, at });
            }
        }
    }

    /// What the server showed, and when.
    pub(super) fn get(&self) -> Option<(Probe, Instant)> {
        let last = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        last.as_ref().map(|seen| (seen.probe.clone(), seen.at))
    }
}
