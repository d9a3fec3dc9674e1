//! The provisioning endpoint: from a request to its answer.

use std::sync::Arc;
use std::time::Duration;

use bytes::{Buf, Bytes};
use futures::Stream;
use tokio::time::timeout_at;
use warp::http::{HeaderMap, HeaderValue, Method, StatusCode};
use warp::reply::Response;

use super::basic;
use super::body;
use super::fields::FieldNames;
use super::form::Form;
use super::gzip;
use super::illegal_argument::IllegalArgument;
use super::placeholder;
use crate::http::access::Access;
use crate::http::answer;
use crate::http::arrival::Arrival;
use crate::http::client_address::Proxies;
use crate::http::provisioning::failure::Failure;
use crate::http::request_guard::{End, RequestLog, user_agent};
use crate::http::services::Handlers;
use crate::model::account::{ClientInfo, ClientVersion};
use crate::model::config::{self, ErrorStatus};
use crate::provision::{Reply, Request};

/// Answers requests for provisioning texts.
pub(in crate::http) struct ProvisioningEndpoint {
    handlers: Handlers,
    access: Access,
    names: FieldNames,
    proxies: Arc<Proxies>,
    allow_get: bool,
    error_status: ErrorStatus,
    challenge: HeaderValue,
    gzip: bool,
    read_timeout: Duration,
    request_deadline: Duration,
}

/// A request without its body.
pub(in crate::http) struct Head {
    /// Where and when it came in.
    pub(in crate::http) arrival: Arrival,
    /// Its method.
    pub(in crate::http) method: Method,
    /// Its headers.
    pub(in crate::http) headers: HeaderMap,
    /// Its query, without the question mark; empty when there is none.
    pub(in crate::http) query: String,
}

impl ProvisioningEndpoint {
    /// Reads the settings.
    pub(in crate::http) fn new(
        settings: &config::Http,
        limits: &config::Limits,
        proxies: Arc<Proxies>,
        handlers: Handlers,
    ) -> Self {
        Self {
            access: Access::new(settings),
            names: FieldNames::new(settings),
            proxies,
            allow_get: settings.allow_get,
            error_status: settings.error_status,
            challenge: basic::challenge(handlers.domain().as_str()),
            gzip: settings.gzip,
            read_timeout: settings.read_timeout,
            request_deadline: limits.request_deadline,
            handlers,
        }
    }

    /// Answers one request and logs it.
    pub(in crate::http) async fn answer<B: Buf, E>(
        &self,
        head: Head,
        body: impl Stream<Item = Result<B, E>>,
    ) -> Response {
        let arrival = head.arrival;
        let mut log = RequestLog::new(self.handlers.metrics(), arrival, &head.headers);
        match self.provision(&head, body, &mut log).await {
            Ok(reply) => {
                let (outcome, reason) = ("provisioned", String::new());
                log.end(End { outcome, status: StatusCode::OK, reason, is_ours: false });
                self.provisioned(&head.headers, reply.body)
            }
            Err(failure) => {
                if let Some(mistake) = failure.mistake() {
                    self.handlers.metrics().mistake(mistake);
                }
                let (outcome, reason) = (failure.name(), failure.reason().into_owned());
                let (status, is_ours) = (failure.status(self.error_status), failure.is_ours());
                log.end(End { outcome, status, reason, is_ours });
                failure.answer(self.error_status, &self.challenge)
            }
        }
    }

    /// Everything between a request and its text. The order of the checks is part of the contract: who may not ask
    /// learns nothing about names and passwords.
    async fn provision<B: Buf, E>(
        &self,
        head: &Head,
        body: impl Stream<Item = Result<B, E>>,
        log: &mut RequestLog,
    ) -> Result<Reply, Failure> {
        let deadline = head.arrival.at + self.request_deadline;
        let by_query = self.check_method(&head.method)?;
        let address = self.proxies.client(head.arrival.peer.ip(), &head.headers)?;
        log.client(address);
        self.access.check_network(address)?;
        let form = if by_query {
            Form::parse(head.query.as_bytes())?
        } else {
            let by = deadline.min(head.arrival.at + self.read_timeout);
            Form::parse(&body::read(&head.headers, body, by).await?)?
        };
        self.check_secret(form.first_of(&self.names.secret))?;

        let given = self.names.given(&form, &head.headers)?;
        let by_basic = given.by_basic;
        let credentials = given.credentials(self.handlers.domain())?;
        log.user(credentials.username.as_str());
        let user_agent = user_agent(&head.headers);
        let version = ClientVersion::parse(&user_agent);
        let fields = form.without(&[&self.names.username, &self.names.password, &self.names.secret])?;
        let request = Request { credentials, client: ClientInfo { address, user_agent, version, fields } };
        match timeout_at(deadline, self.handlers.provision(request, deadline)).await {
            Ok(outcome) => {
                log.stages(outcome.stages);
                log.chosen(outcome.chosen);
                outcome.result.map_err(|error| Failure::of(&error, by_basic))
            }
            Err(_) => Err(Failure::Connection {
                reason: format!(
                    "no answer within {} ms, see `limits.request_deadline`",
                    self.request_deadline.as_millis()
                ),
            }),
        }
    }

    fn check_secret(&self, given: Option<&str>) -> Result<(), Failure> {
        self.access.check_secret(given).map_err(|denial| match given {
            Some(given) if placeholder::is_beside_text(given) => {
                IllegalArgument::Placeholder("the secret".to_owned()).into()
            }
            _ => denial.into(),
        })
    }

    /// Whether the fields are in the query, for a method that is served.
    fn check_method(&self, method: &Method) -> Result<bool, Failure> {
        match *method {
            Method::POST => Ok(false),
            Method::GET if self.allow_get => Ok(true),
            _ => Err(Failure::Method(if self.allow_get { "GET, POST" } else { "POST" })),
        }
    }

    fn provisioned(&self, headers: &HeaderMap, text: Bytes) -> Response {
        let compressed = (self.gzip && gzip::is_accepted(headers)).then(|| gzip::compress(&text)).flatten();
        match compressed {
            Some(compressed) => answer::provisioned(compressed.into(), true),
            None => answer::provisioned(text, false),
        }
    }
}
