//! `/readyz`: whether a request would be served.

use std::net::IpAddr;
use std::time::Duration;

use tokio::sync::Mutex;
use tokio::time::{Instant, timeout_at};
use warp::http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use warp::reply::Response;

use crate::http::Handlers;
use crate::http::answer;
use crate::http::client_address;
use crate::policy::PolicyState;
use crate::provision::Readiness;

/// How long a finding is repeated before it is looked for again, so that asking often costs Openfire nothing.
const FRESH: Duration = Duration::from_secs(1);

/// Time for one look.
const LOOK: Duration = Duration::from_secs(2);

/// The header of `/readyz` that names the component to local clients: `check` tells by it whether the service that runs is
/// the one of its configuration.
pub(crate) const COMPONENT_HEADER: HeaderName = HeaderName::from_static("openfire-provisioner-component");

/// How the line of `/readyz` about the component begins.
pub(crate) const COMPONENT_LINE: &str = "component: ";

/// The last finding; those who ask at the same time wait for the same look.
pub(in crate::http) struct CachedReadiness {
    handlers: Handlers,
    last: Mutex<Option<(Instant, Readiness)>>,
}

impl CachedReadiness {
    /// Nothing is looked for until somebody asks.
    pub(in crate::http) fn new(handlers: Handlers) -> Self {
        Self { handlers, last: Mutex::new(None) }
    }

    /// One line for each check, 200 when all pass and 503 otherwise.
    ///
    /// What is wrong is told to [local](client_address::is_local) clients only: it names hosts and settings.
    pub(in crate::http) async fn answer(&self, peer: IpAddr, headers: &HeaderMap) -> Response {
        let readiness = self.look().await;
        let local = client_address::is_local(peer, headers);
        // Not kept like the rest: the first login that is decided ends it.
        let openfire = readiness.openfire.and_then(|()| self.handlers.logins());
        let checks = [("component", &readiness.component), ("openfire", &openfire)];
        let mut lines: String = checks.iter().map(|(name, check)| check_line(name, check, local)).collect();
        // Requests are served by the policy in force, whatever became of a newer one.
        lines.extend(self.handlers.policy().map(|policy| policy_line(&policy, local)));
        let is_ready = checks.iter().all(|(_, check)| check.is_ok());
        let status = if is_ready { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
        let mut response = answer::text(status, lines.into());
        let component = self.handlers.component().filter(|_| local);
        if let Some(Ok(name)) = component.map(|name| HeaderValue::from_bytes(name.as_str().as_bytes())) {
            response.headers_mut().insert(COMPONENT_HEADER, name);
        }
        response
    }

    async fn look(&self) -> Readiness {
        let mut last = self.last.lock().await;
        if let Some((at, readiness)) = &*last
            && at.elapsed() < FRESH
        {
            return readiness.clone();
        }
        let deadline = Instant::now() + LOOK;
        let readiness = timeout_at(deadline, self.handlers.readiness(deadline)).await.unwrap_or_else(|_| {
            let silent = || Err(format!("no answer within {} s", LOOK.as_secs()));
            Readiness { component: silent(), openfire: silent() }
        });
        *last = Some((Instant::now(), readiness.clone()));
        readiness
    }
}

fn check_line(name: &str, check: &Result<(), String>, local: bool) -> String {
    match check {
        Ok(()) => format!("{name}: ok\n"),
        Err(reason) if local => told(name, reason),
        Err(_) => format!("{name}: not ready; asked on the service's own machine as localhost, this line says why\n"),
    }
}

/// Who is not local learns no times: when a site changes its policy is nobody else's business.
fn policy_line(policy: &PolicyState, local: bool) -> String {
    match policy.is_current() {
        _ if local => told("policy", &policy.to_string()),
        true => "policy: ok\n".to_owned(),
        false => {
            "policy: not current; asked on the service's own machine as localhost, this line says why\n".to_owned()
        }
    }
}

/// One line, whatever is in the reason.
fn told(name: &str, reason: &str) -> String {
    format!("{name}: {}\n", reason.replace(char::is_control, " "))
}
