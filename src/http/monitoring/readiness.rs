//! `/readyz`: whether a request would be served.

use std::net::IpAddr;
use std::time::Duration;

use http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use tokio::sync::Mutex;
use tokio::time::{Instant, timeout_at};

use crate::http::answer::{self, Response};
use crate::http::client_address;
use crate::http::services::Services;
use crate::policy::PolicyState;
use crate::provision::Readiness;
use crate::settings::Settings;

/// How long an answer is repeated before the next check, so that frequent requests cost Openfire nothing.
const FRESH: Duration = Duration::from_secs(1);

/// Time for one check.
const LIMIT: Duration = Duration::from_secs(2);

/// The header of `/readyz` that names the component to local clients, by which `check` knows whether the running service
/// is the one of its configuration.
pub(crate) const COMPONENT_HEADER: HeaderName = HeaderName::from_static("openfire-provisioner-component");

/// How the line of `/readyz` about the component begins.
pub(crate) const COMPONENT_LINE: &str = "component: ";

/// Says whether a request would be served. Requests that come at the same time share one check.
pub(in crate::http) struct ReadinessEndpoint {
    services: Services,
    last: Mutex<Option<(Instant, Readiness)>>,
}

impl ReadinessEndpoint {
    /// Nothing is checked before the first request.
    pub(in crate::http) fn new(services: Services) -> Self {
        Self { services, last: Mutex::new(None) }
    }

    /// One line for each check, 200 when all pass and 503 otherwise.
    ///
    /// Only [local](client_address::is_local) clients read what is wrong: it names hosts and settings.
    pub(in crate::http) async fn answer(&self, peer: IpAddr, headers: &HeaderMap) -> Response {
        let readiness = self.check().await;
        let local = client_address::is_local(peer, headers);
        // Not repeated like the rest: the first login that is decided ends it.
        let openfire = readiness.openfire.and_then(|()| self.services.provisioner.logins_are_decided());
        let in_doubt = self.services.provisioner.in_doubt();
        let checks = [("component", &readiness.component), ("openfire", &openfire)];
        let mut lines: String = checks.iter().map(|(name, check)| check_line(name, check, local)).collect();
        lines.push_str(&passwords_line(in_doubt.as_deref(), local));
        // Requests are served by the policy in force, whatever became of a newer one.
        lines.push_str(&policy_line(&self.services.policy.borrow(), local));
        lines.push_str(&settings_line(&self.services.settings, local));
        let is_ready = checks.iter().all(|(_, check)| check.is_ok());
        let status = if is_ready { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
        let mut response = answer::text(status, lines.into());
        let component = self.services.provisioner.component_name();
        if local && let Ok(name) = HeaderValue::from_bytes(component.as_str().as_bytes()) {
            response.headers_mut().insert(COMPONENT_HEADER, name);
        }
        response
    }

    async fn check(&self) -> Readiness {
        let mut last = self.last.lock().await;
        if let Some((at, readiness)) = &*last
            && at.elapsed() < FRESH
        {
            return readiness.clone();
        }
        let deadline = Instant::now() + LIMIT;
        let readiness =
            timeout_at(deadline, self.services.provisioner.readiness(deadline)).await.unwrap_or_else(|_| {
                let silent = || Err(format!("no answer within {} s", LIMIT.as_secs()));
                Readiness { component: silent(), openfire: silent() }
            });
        *last = Some((Instant::now(), readiness.clone()));
        readiness
    }
}

fn check_line(name: &str, check: &Result<(), String>, local: bool) -> String {
    match check {
        Ok(()) => format!("{name}: ok\n"),
        Err(reason) if local => line(name, reason),
        Err(_) => format!("{name}: not ready; asked on the service's own machine as localhost, this line says why\n"),
    }
}

/// Whether a refused login is reported to a client as a wrong password.
fn passwords_line(doubt: Option<&str>, local: bool) -> String {
    match doubt {
        None => "passwords: ok\n".to_owned(),
        Some(reason) if local => line("passwords", &format!("in doubt: {reason}")),
        Some(_) => {
            "passwords: in doubt; asked on the service's own machine as localhost, this line says why\n".to_owned()
        }
    }
}

/// Only local clients read times: other clients need not know when a site changes its policy.
fn policy_line(policy: &PolicyState, local: bool) -> String {
    if local {
        return line("policy", &policy.to_string());
    }
    if policy.is_current() {
        return "policy: ok\n".to_owned();
    }
    "policy: not current; asked on the service's own machine as localhost, this line says why\n".to_owned()
}

/// Whether administrators have paused provisioning, and whether what they have changed counts. It never changes the status: a
/// pause is wanted, and no other instance would help.
fn settings_line(settings: &Settings, local: bool) -> String {
    let in_force = settings.in_force();
    let problem = settings.problem();
    match (&in_force.paused, problem) {
        (None, None) => "settings: ok\n".to_owned(),
        (Some(paused), None) => line("settings", &if local { paused.to_string() } else { "paused".to_owned() }),
        (_, Some(problem)) if local => line("settings", &problem),
        (_, Some(_)) => {
            "settings: not as set in the pages; asked on the service's own machine as localhost, this line says why\n"
                .to_owned()
        }
    }
}

/// One line, whatever is in the reason.
fn line(name: &str, reason: &str) -> String {
    format!("{name}: {}\n", reason.replace(char::is_control, " "))
}
