//! The provisioning endpoint: from a request to its answer.

use std::sync::Arc;
use std::time::Duration;

use bytes::{Buf, Bytes};
use futures::Stream;
use http::{HeaderMap, HeaderValue, Method};
use tokio::time::{Instant, timeout_at};

use super::basic;
use super::body;
use super::failure::ProvisioningFailure;
use super::fields::FieldNames;
use super::form::Form;
use super::illegal_argument::IllegalArgument;
use super::placeholder;
use crate::http::access;
use crate::http::answer::{self, Answered, Response};
use crate::http::arrival::Arrival;
use crate::http::client_address::Proxies;
use crate::http::gzip;
use crate::http::request_guard::{RequestGuard, user_agent};
use crate::http::services::Services;
use crate::model::account::{ClientInfo, ClientVersion, Credentials, ForeignName};
use crate::model::config::{self, ErrorStatus};
use crate::model::request::{Asked, Chosen, Stages};
use crate::provision::{Outcome, Reply, Request};
use crate::settings::InForce;

/// Answers requests for provisioning texts.
pub(in crate::http) struct ProvisioningEndpoint {
    services: Services,
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
    pub(in crate::http) method: Method,
    pub(in crate::http) headers: HeaderMap,
    /// Its query, without the question mark; empty when there is none.
    pub(in crate::http) query: String,
}

/// A login, and how name and password came.
struct PresentedLogin {
    request: Request,
    by_basic: bool,
    /// A form of the name that Openfire may not know.
    foreign: Option<ForeignName>,
}

/// How a request ended.
struct EndedRequest {
    result: Result<Reply, ProvisioningFailure>,
    stages: Stages,
    chosen: Option<Chosen>,
}

impl From<ProvisioningFailure> for EndedRequest {
    fn from(failure: ProvisioningFailure) -> Self {
        Self { result: Err(failure), stages: Stages::default(), chosen: None }
    }
}

impl ProvisioningEndpoint {
    /// An endpoint with these settings.
    pub(in crate::http) fn new(
        settings: &config::Http,
        limits: &config::Limits,
        proxies: Arc<Proxies>,
        services: Services,
    ) -> Self {
        Self {
            names: FieldNames::new(settings),
            proxies,
            allow_get: settings.allow_get,
            error_status: settings.error_status,
            challenge: basic::challenge(services.provisioner.domain().as_str()),
            gzip: settings.gzip,
            read_timeout: settings.read_timeout,
            request_deadline: limits.request_deadline,
            services,
        }
    }

    /// Answers one request and records it.
    ///
    /// The order of the checks is part of the contract: a client that may not ask learns nothing about names and passwords.
    pub(in crate::http) async fn answer<B: Buf, E>(
        &self,
        head: Head,
        body: impl Stream<Item = Result<B, E>>,
    ) -> Response {
        let mut guard = RequestGuard::new(&self.services.recorder, head.arrival, &head.headers, Asked::Provisioning);
        let deadline = head.arrival.at + self.request_deadline;
        let in_force = self.services.settings.in_force();
        // Boxed, since what is needed to read the form is not needed while the login waits.
        let login = Box::pin(async {
            let by_query = self.check_method(&head.method)?;
            let address = self.proxies.client(head.arrival.peer.ip(), &head.headers)?;
            guard.client(address);
            access::check_network(&in_force, address)?;
            let form = if by_query {
                Form::parse(head.query.as_bytes())?
            } else {
                let by = deadline.min(head.arrival.at + self.read_timeout);
                Form::parse(&body::read(&head.headers, body, by).await?)?
            };
            check_secret(&in_force, form.first_of(&self.names.secret))?;
            let credentials = self.credentials(&form, &head.headers);
            if let Ok((credentials, ..)) = &credentials {
                guard.user(credentials.username.as_str());
            }
            // Before the credentials, since a client that is asked for them would ask its user.
            if let Some(paused) = &in_force.paused {
                return Err(ProvisioningFailure::paused(paused));
            }
            let (credentials, foreign, by_basic) = credentials?;
            let user_agent = user_agent(&head.headers);
            let version = ClientVersion::parse(&user_agent);
            let fields = form.without(&[&self.names.username, &self.names.password, &self.names.secret])?;
            let client = ClientInfo { address, user_agent, version, fields };
            Ok::<_, ProvisioningFailure>(PresentedLogin { request: Request { credentials, client }, by_basic, foreign })
        })
        .await;
        let accepts_gzip = gzip::is_accepted(&head.headers);
        // Not kept while the login runs: a thousand may wait.
        drop(head);
        let ended = match login {
            Ok(login) => self.provision(login, deadline).await,
            Err(failure) => failure.into(),
        };
        let Answered { response, end } = match ended.result {
            Ok(reply) => self.provisioned(accepts_gzip, reply.body),
            Err(failure) => self.failed(&failure),
        };
        guard.end(end, ended.stages, ended.chosen);
        response
    }

    async fn provision(&self, login: PresentedLogin, deadline: Instant) -> EndedRequest {
        let PresentedLogin { request, by_basic, foreign } = login;
        // Boxed on its own: it is large, and would be copied into every future around it.
        let outcome = Box::pin(self.services.provisioner.provision(request, deadline));
        match timeout_at(deadline, outcome).await {
            Ok(Outcome { result, stages, chosen }) => {
                let failure = |error| ProvisioningFailure::from_error(&error, by_basic).with_hint(foreign.as_ref());
                let result = result.map_err(failure);
                EndedRequest { result, stages, chosen }
            }
            Err(_) => EndedRequest::from(ProvisioningFailure::Connection {
                reason: format!(
                    "no answer within {} ms, see `limits.request_deadline`",
                    self.request_deadline.as_millis()
                ),
            }),
        }
    }

    /// The login of a form or of HTTP Basic, a form of the name that Openfire may not know, and whether it came by Basic.
    fn credentials(
        &self,
        form: &Form,
        headers: &HeaderMap,
    ) -> Result<(Credentials, Option<ForeignName>, bool), ProvisioningFailure> {
        let given = self.names.given(form, headers)?;
        let by_basic = given.by_basic;
        let provisioner = &self.services.provisioner;
        let (credentials, foreign) = given.credentials(provisioner.login_names(), provisioner.domain())?;
        Ok((credentials, foreign, by_basic))
    }

    /// Whether the fields are in the query, for a method that is served.
    fn check_method(&self, method: &Method) -> Result<bool, ProvisioningFailure> {
        match *method {
            Method::POST => Ok(false),
            Method::GET if self.allow_get => Ok(true),
            _ => Err(ProvisioningFailure::Method(if self.allow_get { "GET, POST" } else { "POST" })),
        }
    }

    fn provisioned(&self, accepts_gzip: bool, text: Bytes) -> Answered {
        let compressed = (self.gzip && accepts_gzip).then(|| gzip::compress(&text)).flatten();
        let response = match compressed {
            Some(compressed) => answer::provisioned(compressed.into(), true),
            None => answer::provisioned(text, false),
        };
        Answered::served("provisioned", response)
    }

    fn failed(&self, failure: &ProvisioningFailure) -> Answered {
        if let Some(mistake) = failure.mistake() {
            self.services.metrics.mistake(mistake);
        }
        failure.answered(self.error_status, &self.challenge)
    }
}

fn check_secret(in_force: &InForce, given: Option<&str>) -> Result<(), ProvisioningFailure> {
    access::check_secret(in_force, given).map_err(|denial| match given {
        Some(given) if placeholder::is_beside_text(given) => {
            IllegalArgument::Placeholder("the secret".to_owned()).into()
        }
        _ => denial.into(),
    })
}
