//! `/metrics`: numbers for a monitoring system, for those who may read them.

use std::net::IpAddr;
use std::sync::Arc;

use ipnet::IpNet;
use warp::http::header::CONTENT_TYPE;
use warp::http::{HeaderMap, HeaderValue, StatusCode};
use warp::reply::Response;

use crate::http::answer;
use crate::http::client_address::{self, Proxies};
use crate::model::config;
use crate::telemetry::Metrics;

/// The numbers, and who may read them.
pub(in crate::http) struct MetricsEndpoint {
    metrics: Arc<Metrics>,
    networks: Vec<IpNet>,
    proxies: Arc<Proxies>,
}

impl MetricsEndpoint {
    /// Reads the settings.
    pub(in crate::http) fn new(settings: &config::Http, metrics: Arc<Metrics>, proxies: Arc<Proxies>) -> Self {
        Self { metrics, networks: settings.metrics_networks.clone(), proxies }
    }

    /// The numbers, for [local](client_address::is_local) clients and those in `http.metrics_networks`.
    pub(in crate::http) fn answer(&self, peer: IpAddr, headers: &HeaderMap) -> Response {
        if !self.may_read(peer, headers) {
            let sentence =
                "The metrics are for this machine as localhost, and for the networks in http.metrics_networks.";
            return answer::line(StatusCode::FORBIDDEN, sentence, true);
        }
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
