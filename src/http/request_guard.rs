//! Makes the record of a request, however the request ends.

use std::net::IpAddr;
use std::time::Duration;

use http::header::USER_AGENT;
use http::{HeaderMap, HeaderValue};
use tokio::time::Instant;

use super::arrival::Arrival;
use super::error_strings::{ERROR_STRINGS, UPDATE_ERROR_STRINGS};
use crate::model::account::ClientVersion;
use crate::model::request::{Asked, Chosen, RequestEnd, RequestRecord, Stages};
use crate::telemetry::Recorder;

/// Holds what is known of a request while it runs. A request that is dropped without an [`end`](Self::end) is recorded
/// too: it was abandoned, or met a panic.
pub(super) struct RequestGuard {
    recorder: Recorder,
    arrived: Instant,
    /// None once it is handed over.
    record: Option<RequestRecord>,
}

impl RequestGuard {
    /// Begins the record of a request. Its client is the other end of the connection until [`RequestGuard::client`] names
    /// one behind a proxy.
    pub(super) fn new(recorder: &Recorder, arrival: Arrival, headers: &HeaderMap, asked: Asked) -> Self {
        let agent = user_agent(headers);
        // The client went away, or the service stopped and could wait no longer.
        let end = RequestEnd { outcome: "abandoned", status: None, reason: None, needs_repair: false };
        let record = RequestRecord {
            id: arrival.id,
            user: None,
            address: arrival.peer.ip().to_canonical(),
            version: ClientVersion::parse(&agent),
            agent,
            asked,
            chosen: None,
            end,
            stages: Stages::default(),
            total: Duration::ZERO,
        };
        Self { recorder: recorder.clone(), arrived: arrival.at, record: Some(record) }
    }

    /// The client is behind a proxy.
    pub(super) fn client(&mut self, address: IpAddr) {
        if let Some(record) = &mut self.record {
            record.address = address;
        }
    }

    /// Whose account is asked for.
    pub(super) fn user(&mut self, user: &str) {
        if let Some(record) = &mut self.record {
            record.user = Some(user.to_owned());
        }
    }

    /// What the request turned out to ask for.
    pub(super) fn asked(&mut self, asked: Asked) {
        if let Some(record) = &mut self.record {
            record.asked = asked;
        }
    }

    /// Hands the record over: the request is answered.
    pub(super) fn end(mut self, end: RequestEnd, stages: Stages, chosen: Option<Chosen>) {
        if let Some(record) = self.record.take() {
            self.hand_over(RequestRecord { chosen, end, stages, ..record });
        }
    }

    fn hand_over(&self, record: RequestRecord) {
        self.recorder.record(RequestRecord { total: self.arrived.elapsed(), ..record });
    }
}

impl Drop for RequestGuard {
    fn drop(&mut self) {
        if let Some(mut record) = self.record.take() {
            if std::thread::panicking() {
                record.end.outcome = "panic";
            }
            self.hand_over(record);
        }
    }
}

/// Every word that `outcome` can be.
pub(super) fn outcomes() -> impl Iterator<Item = &'static str> {
    let own = ["provisioned", "update", "abandoned", "panic"];
    own.into_iter().chain(ERROR_STRINGS).chain(UPDATE_ERROR_STRINGS)
}

/// Longest user agent that is kept, in bytes.
const MAX_USER_AGENT: usize = 256;

/// The `User-Agent`, printable ASCII only, so that it can neither forge nor garble a line of the log.
pub(super) fn user_agent(headers: &HeaderMap) -> String {
    let bytes = headers.get(USER_AGENT).map_or(&[][..], HeaderValue::as_bytes);
    let printable = bytes.iter().filter(|byte| (b' '..=b'~').contains(byte)).take(MAX_USER_AGENT);
    printable.map(|byte| char::from(*byte)).collect::<String>().trim().to_owned()
}

#[cfg(test)]
mod tests {
    use std::net::Ipv4Addr;
    use std::panic::{AssertUnwindSafe, catch_unwind};
    use std::sync::Arc;

    use super::*;
    use crate::telemetry::{Live, Metrics};

    #[test]
    fn a_user_agent_is_printable_and_short() {
        let kept = |bytes: &[u8]| {
            let mut headers = HeaderMap::new();
            headers.insert(USER_AGENT, HeaderValue::from_bytes(bytes).unwrap());
            user_agent(&headers)
        };
        assert_eq!(kept(b"Jitsi/2.10.5550"), "Jitsi/2.10.5550");
        assert_eq!(kept(b"a\tb\xe9c "), "abc");
        assert_eq!(kept(&[b'x'; 300]).len(), 256);
        assert_eq!(user_agent(&HeaderMap::new()), "");
    }

    #[tokio::test]
    async fn every_request_is_recorded_once_however_it_ends() {
        let metrics = Arc::new(Metrics::new(Live::default));
        let recorder = Recorder::start(Arc::clone(&metrics), None);
        let begin = || {
            let arrival = Arrival::now((Ipv4Addr::LOCALHOST, 1).into());
            RequestGuard::new(&recorder, arrival, &HeaderMap::new(), Asked::Provisioning)
        };
        let end = RequestEnd { outcome: "provisioned", status: Some(200), reason: None, needs_repair: false };
        begin().end(end, Stages::default(), None);
        drop(begin());
        let guard = begin();
        catch_unwind(AssertUnwindSafe(move || {
            let _guard = guard;
            panic!("on purpose");
        }))
        .unwrap_err();
        recorder.catch_up(Duration::from_secs(10)).await;
        let text = metrics.text();
        for outcome in ["provisioned", "abandoned", "panic"] {
            assert!(text.contains(&format!("requests_total{{outcome=\"{outcome}\"}} 1\n")), "{outcome}: {text}");
        }
    }
}
