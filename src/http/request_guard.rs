//! The one line that is logged for each request, and what is counted of it.

use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use tokio::time::Instant;
use warp::http::header::USER_AGENT;
use warp::http::{HeaderMap, HeaderValue, StatusCode};

use super::arrival::Arrival;
use super::provisioning::failure::ERROR_STRINGS;
use super::updates::UPDATE_ERROR_STRINGS;
use crate::model::account::ClientVersion;
use crate::provision::{Chosen, Stages};
use crate::telemetry::Metrics;

/// Where this file logged before it had its present place; administrators filter by it.
const TARGET: &str = "openfire_provisioner::http::request_log";

/// Collects what the line says, and writes and counts it when it is dropped: a request that was abandoned, or that met a
/// panic, is logged too. It never holds the query, the body, a header but for the user agent, or a password.
pub(super) struct RequestLog {
    metrics: Arc<Metrics>,
    arrived: Instant,
    client: IpAddr,
    user_agent: String,
    version: ClientVersion,
    user: Option<String>,
    update: Option<String>,
    chosen: Option<Chosen>,
    stages: Stages,
    end: Option<End>,
}

/// How a request ended.
pub(super) struct End {
    /// `provisioned`, or the error string.
    pub(super) outcome: &'static str,
    /// The status of the answer.
    pub(super) status: StatusCode,
    /// Why it failed; empty when it did not.
    pub(super) reason: String,
    /// Whether it is the service or Openfire that has to be mended.
    pub(super) is_ours: bool,
}

impl RequestLog {
    /// A line for a request that arrived there and then; its client is the other end until [`RequestLog::client`] says else.
    pub(super) fn new(metrics: &Arc<Metrics>, arrival: Arrival, headers: &HeaderMap) -> Self {
        let user_agent = user_agent(headers);
        let (arrived, client) = (arrival.at, arrival.peer.ip().to_canonical());
        let version = ClientVersion::parse(&user_agent);
        Self {
            metrics: Arc::clone(metrics),
            arrived,
            client,
            user_agent,
            version,
            user: None,
            update: None,
            chosen: None,
            stages: Stages::default(),
            end: None,
        }
    }

    /// The client is behind a proxy.
    pub(super) fn client(&mut self, client: IpAddr) {
        self.client = client;
    }

    /// Whose account is asked for.
    pub(super) fn user(&mut self, user: impl Into<String>) {
        self.user = Some(user.into());
    }

    /// What of the update channel is asked for. Only what there is: a path as it was sent may hold anything.
    pub(super) fn update(&mut self, path: String) {
        self.update = Some(path);
    }

    /// The template that was chosen, and the rule that chose it.
    pub(super) fn chosen(&mut self, chosen: Option<Chosen>) {
        self.chosen = chosen;
    }

    /// Where the time went.
    pub(super) fn stages(&mut self, stages: Stages) {
        self.stages = stages;
    }

    /// What the client got.
    pub(super) fn end(&mut self, end: End) {
        self.end = Some(end);
    }

    fn count(&self, outcome: &'static str) {
        let Stages { login, directory, render } = self.stages;
        self.metrics.request(outcome);
        for (stage, took) in [("login", login), ("directory", directory), ("render", render)] {
            if let Some(took) = took {
                self.metrics.stage(stage, took);
            }
        }
    }
}

impl Drop for RequestLog {
    fn drop(&mut self) {
        let (end, client) = (self.end.take(), self.client);
        let outcome = match &end {
            Some(end) => end.outcome,
            None if std::thread::panicking() => "panic",
            // The client went away, or the service stopped and could wait no longer.
            None => "abandoned",
        };
        self.count(outcome);
        let reason = end.as_ref().map(|end| end.reason.as_str()).filter(|reason| !reason.is_empty());
        let is_ours = end.as_ref().is_some_and(|end| end.is_ours);
        let user = self.user.as_deref().unwrap_or("-");
        let chosen = self.chosen.as_ref();
        tracing::info!(
        target: TARGET,
        {
            user.name = self.user.as_deref(),
            client.address = %client,
            client.agent = given(&self.user_agent),
            client.version = given(&self.version.version),
            updates.file = self.update,
            outcome,
            http.status = end.as_ref().map(|end| end.status.as_u16()),
            reason = reason.filter(|_| !is_ours),
            template.rule = chosen.and_then(|chosen| chosen.rule.as_deref()),
            template.file = chosen.map(|chosen| chosen.template.as_str()),
            ms.login = self.stages.login.map(milliseconds),
            ms.directory = self.stages.directory.map(milliseconds),
            ms.render = self.stages.render.map(milliseconds),
            ms.total = milliseconds(self.arrived.elapsed()),
        },
        "request of {user} from {client}: {outcome}",
           );
        if let Some(reason) = reason.filter(|_| is_ours) {
            tracing::warn!(
            target: TARGET,
            {
                user.name = self.user.as_deref(),
                client.address = %client,
                outcome,
                reason,
                template.rule = chosen.and_then(|chosen| chosen.rule.as_deref()),
                template.file = chosen.map(|chosen| chosen.template.as_str()),
            },
            "the request of {user} from {client} could not be served: {reason}",
                   );
        }
    }
}

/// Every word that `outcome` can be.
pub(super) fn outcomes() -> impl Iterator<Item = &'static str> {
    let own = ["provisioned", "update", "abandoned", "panic"];
    own.into_iter().chain(ERROR_STRINGS).chain(UPDATE_ERROR_STRINGS)
}

/// The value of a field of the log; none when it says nothing, so that the field is left out.
pub(super) fn given(value: &str) -> Option<&str> {
    (!value.is_empty()).then_some(value)
}

/// Longest user agent that is kept, in bytes.
const MAX_USER_AGENT: usize = 256;

/// The `User-Agent`, printable ASCII only, so that it can neither forge nor garble a line of the log.
pub(super) fn user_agent(headers: &HeaderMap) -> String {
    let bytes = headers.get(USER_AGENT).map_or(&[][..], HeaderValue::as_bytes);
    let printable = bytes.iter().filter(|byte| (b' '..=b'~').contains(byte)).take(MAX_USER_AGENT);
    printable.map(|byte| char::from(*byte)).collect::<String>().trim().to_owned()
}

/// Milliseconds with one decimal.
pub(super) fn milliseconds(time: Duration) -> f64 {
    (time.as_secs_f64() * 10_000.0).round() / 10.0
}

#[cfg(test)]
mod tests {
    use super::*;

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
}
