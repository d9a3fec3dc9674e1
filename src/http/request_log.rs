//! The one line that is logged for each request.

use std::net::IpAddr;
use std::time::Duration;

use tokio::time::Instant;
use warp::http::StatusCode;

use super::error;
use crate::account::ClientVersion;
use crate::provision::Stages;

/// Collects what the line says, and writes it when it is dropped: a request whose client went away, or that met a
/// panic, is logged too. It never holds the query, the body, a header but for the user agent, or a password.
pub(super) struct RequestLog {
    arrived: Instant,
    client: IpAddr,
    user_agent: String,
    version: ClientVersion,
    user: Option<String>,
    stages: Option<Stages>,
    end: Option<(&'static str, StatusCode, Option<String>)>,
}

impl RequestLog {
    /// A line for a request that arrived at that moment.
    pub(super) fn new(arrived: Instant, client: IpAddr, user_agent: String) -> Self {
        let version = ClientVersion::parse(&user_agent);
        Self { arrived, client, user_agent, version, user: None, stages: None, end: None }
    }

    /// The client is behind a proxy.
    pub(super) fn client(&mut self, client: IpAddr) {
        self.client = client;
    }

    /// Whose account is asked for.
    pub(super) fn user(&mut self, user: impl Into<String>) {
        self.user = Some(user.into());
    }

    /// Where the time went.
    pub(super) fn stages(&mut self, stages: Stages) {
        self.stages = Some(stages);
    }

    /// What the client got, and for a failure why.
    pub(super) fn end(&mut self, outcome: &'static str, status: StatusCode, reason: Option<String>) {
        self.end = Some((outcome, status, reason));
    }
}

impl Drop for RequestLog {
    fn drop(&mut self) {
        let (outcome, status, reason) = match self.end.take() {
            Some((outcome, status, reason)) => (outcome, Some(status.as_u16()), reason),
            None if std::thread::panicking() => (error::INTERNAL, Some(500), Some("a panic".to_owned())),
            None => ("client-gone", None, None),
        };
        let user = self.user.as_deref().unwrap_or("-");
        tracing::info!(
            user.name = self.user.as_deref(),
            client.address = %self.client,
            client.agent = self.user_agent,
            client.version = self.version.version,
            outcome,
            http.status = status,
            reason,
            login.ms = self.stages.map(|stages| milliseconds(stages.login)),
            directory.ms = self.stages.map(|stages| milliseconds(stages.directory)),
            render.ms = self.stages.map(|stages| milliseconds(stages.render)),
            total.ms = milliseconds(self.arrived.elapsed()),
            "request of {user} from {}: {outcome}",
            self.client,
        );
    }
}

/// Milliseconds with one decimal.
fn milliseconds(time: Duration) -> f64 {
    (time.as_secs_f64() * 10_000.0).round() / 10.0
}
