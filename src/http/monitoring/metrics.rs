//! `/metrics`: numbers for a monitoring system, for those who may read them.

use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use http::header::CONTENT_TYPE;
use http::{HeaderMap, HeaderValue, StatusCode};
use ipnet::IpNet;

use crate::http::answer::{self, Response};
use crate::http::client_address::{self, Proxies};
use crate::model::config;
use crate::telemetry::{Metrics, Recorder};

/// Time that the numbers of requests which are answered already get to be counted.
const CATCH_UP: Duration = Duration::from_millis(100);

/// The numbers, and who may read them.
pub(in crate::http) struct MetricsEndpoint {
    metrics: Arc<Metrics>,
    recorder: Recorder,
    networks: Vec<IpNet>,
    proxies: Arc<Proxies>,
}

impl MetricsEndpoint {
    /// An endpoint with these settings.
    pub(in crate::http) fn new(
        settings: &config::Http,
        metrics: Arc<Metrics>,
        recorder: Recorder,
        proxies: Arc<Proxies>,
    ) -> Self {
        Self { metrics, recorder, networks: settings.metrics_networks.clone(), proxies }
    }

    /// The numbers, every request counted whose answer was sent before: for [local](client_address::is_local) clients and those in `http.metrics_networks`.
    pub(in crate::http) async fn answer(&self, peer: IpAddr, headers: &HeaderMap) -> Response {
        if !self.may_read(peer, headers) {
            let sentence = "Metrics are available on localhost and to the networks in http.metrics_networks.";
            return answer::line(StatusCode::FORBIDDEN, sentence, true);
        }
        self.recorder.catch_up(CATCH_UP).await;
        let mut response = answer::text(StatusCode::OK, self.metrics.text().into());
        response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(Metrics::CONTENT_TYPE));
        response
    }

    fn may_read(&self, peer: IpAddr, headers: &HeaderMap) -> bool {
        let is_named = |client: IpAddr| self.networks.iter().any(|network| network.contains(&client));
        client_address::is_local(peer, headers)
            || !self.networks.is_empty() && self.proxies.client(peer, headers).is_ok_and(is_named)
    }
}
