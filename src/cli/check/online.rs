//! `check --online`: the same ways to Openfire that the service takes.

use std::time::{Duration, SystemTime};

use tokio::time::Instant;

use super::Report;
use crate::account::Wanted;
use crate::app::FAREWELL;
use crate::causes::with_causes;
use crate::config::{self, Config, TlsMode};
use crate::openfire::admin_commands::Command;
use crate::openfire::component::{Component, ComponentError, ComponentState};
use crate::openfire::directory::Directory;
use crate::openfire::login::{CertificateFacts, Login, LoginError, Probe};
use crate::provision::Reference;

/// A certificate that ends sooner than this is worth a word.
const SOON: Duration = Duration::from_hours(14 * 24);

/// Dials Openfire as the service would and tells what it finds. Templates and rules want to know the one, and the other is
/// what of it the rules want.
pub(super) async fn check(config: &Config, wanted: (Wanted, Wanted), report: &mut Report) {
    match Login::new(&config.openfire, &config.limits) {
        Ok(login) => match probe(&login, config).await {
            Ok(probe) => {
                tell_server(&probe, config, report);
                check_reference(&login, config, report).await;
            }
            Err(error) => report.wrong("client port", with_causes(&error)),
        },
        Err(error) => report.wrong("certificates", with_causes(&error)),
    }
    match Component::start(&config.component, &config.openfire) {
        Ok(component) => {
            check_component(&component, config, wanted, report).await;
            component.shutdown(Instant::now() + FAREWELL).await;
        }
        Err(error) => report.wrong("component", error),
    }
}

/// Looks at the client port, and a second time where what it shows leaves the cause open.
async fn probe(login: &Login, config: &Config) -> Result<Probe, LoginError> {
    let deadline = || Instant::now() + config.limits.request_deadline;
    match login.probe(deadline()).await {
        Ok(probe) => Ok(probe),
        Err(error) => Err(login.diagnose(error, deadline()).await),
    }
}

async fn check_reference(login: &Login, config: &Config, report: &mut Report) {
    let Some(reference) = Reference::new(&config.openfire) else {
        report.note(
            "reference account",
            "none; with openfire.reference_user clients keep their saved passwords while Openfire's database or LDAP is down",
        );
        return;
    };
    match reference.check(login, Instant::now() + config.limits.request_deadline).await {
        Ok(()) => report.fine("reference account", "logged in"),
        Err(reason) => report.wrong("reference account", reason),
    }
}

fn tell_server(probe: &Probe, config: &Config, report: &mut Report) {
    match &probe.certificate {
        Some(certificate) => tell_certificate(certificate, report),
        None => report.note("client port", "reached without TLS"),
    }
    let offered = probe.mechanisms.join(", ");
    let allowed: Vec<&str> = config.openfire.mechanisms.iter().map(|mechanism| mechanism.as_str()).collect();
    let is_offered = |name: &&str| probe.mechanisms.iter().any(|offer| offer.trim_end_matches("-PLUS") == *name);
    match allowed.iter().copied().find(is_offered) {
        Some(name) => report.fine("SASL mechanisms", format!("{name} will be used (offered: {offered})")),
        None => report.wrong(
            "SASL mechanisms",
            format!(
                "{offered} are offered, but openfire.mechanisms allows only {}; add one that is offered",
                allowed.join(", ")
            ),
        ),
    }
    let scram = probe.mechanisms.iter().any(|name| name.starts_with("SCRAM-"));
    if !scram {
        report.note(
            "SASL mechanisms",
            "no SCRAM is offered, so passwords go to Openfire as they are (inside TLS), and a disabled account looks like a wrong \
             password; that is how an Openfire with LDAP works",
        );
    }
}

fn tell_certificate(certificate: &CertificateFacts, report: &mut Report) {
    let version = if certificate.tls13 { "1.3" } else { "1.2" };
    report.fine("client port", format!("TLS {version}, certificate trusted, SHA-256 {}", certificate.sha256));
    let Some(left) = certificate.not_after.map(|end| end.duration_since(SystemTime::now()).unwrap_or_default()) else {
        return;
    };
    if left.is_zero() {
        report.note("certificate", "it has run out; it is accepted because its fingerprint is pinned");
    } else if left < SOON {
        report.note("certificate", format!("it runs out in {} days", left.as_secs() / (24 * 60 * 60)));
    }
}

async fn check_component(component: &Component, config: &Config, wanted: (Wanted, Wanted), report: &mut Report) {
    match settled(component, config).await {
        Some(ComponentState::Connected { .. }) => {
            report.fine("component", format!("{} is connected", config.component.name));
            if config.component.tls == TlsMode::None {
                report.note("component", "the stream is not encrypted (component.tls = \"none\")");
            }
            check_commands(component, config, wanted, report).await;
        }
        Some(ComponentState::Down { reason, .. }) if matches!(*reason, ComponentError::NameTaken { .. }) => {
            let name = &config.component.name;
            report.note(
                "component",
                format!("{name} is connected already, by the running service if it is one; else: {reason}"),
            );
            check_beside_the_service(config, wanted, report).await;
        }
        Some(ComponentState::Down { reason, .. }) => report.wrong("component", reason),
        Some(ComponentState::Connecting) | None => {
            report.wrong("component", "no answer from the component port in time");
        }
    }
}

/// How the connecting ended; none when it did not in time.
async fn settled(component: &Component, config: &Config) -> Option<ComponentState> {
    let mut states = component.state();
    let settled = states.wait_for(|state| !matches!(state, ComponentState::Connecting));
    let settled = tokio::time::timeout(config.limits.request_deadline, settled).await;
    settled.ok().and_then(|state| state.ok().map(|state| state.clone()))
}

/// Looks at the commands by the name that `preview` has, since that of the service is in use.
async fn check_beside_the_service(config: &Config, wanted: (Wanted, Wanted), report: &mut Report) {
    let not_looked_at = |report: &mut Report, why: String| {
        let name = &config.component.name;
        report.note("groups and accounts", format!("not looked at, because {name} is in use and {why}"));
    };
    let Some(preview_name) = &config.component.preview_name else {
        return not_looked_at(report, "no component.preview_name is set to ask by".to_owned());
    };
    let settings = config::Component { name: preview_name.clone(), ..config.component.clone() };
    let component = match Component::start(&settings, &config.openfire) {
        Ok(component) => component,
        Err(error) => return report.wrong("component.preview_name", error),
    };
    match settled(&component, config).await {
        Some(ComponentState::Connected { .. }) => {
            report.note(
                "component",
                format!(
                    "what follows was asked by {preview_name} (component.preview_name), which may have other rights"
                ),
            );
            check_commands(&component, config, wanted, report).await;
        }
        Some(ComponentState::Down { reason, .. }) => {
            not_looked_at(report, format!("{preview_name} (component.preview_name) cannot connect: {reason}"));
        }
        Some(ComponentState::Connecting) | None => {
            not_looked_at(report, format!("{preview_name} (component.preview_name) got no answer in time"));
        }
    }
    component.shutdown(Instant::now() + FAREWELL).await;
}

/// Which ways to rosters and groups the server opens to the component.
async fn check_commands(component: &Component, config: &Config, wanted: (Wanted, Wanted), report: &mut Report) {
    let iq_timeout = config.component.iq_timeout;
    let directory = Directory::new(component.clone(), config.directory, config.openfire.domain.clone(), iq_timeout);
    match directory.offered(Instant::now() + iq_timeout).await {
        Ok(offered) => {
            let roster = if offered.has(Command::GetUserRoster) {
                "over the component"
            } else {
                "by the user's own login (the server has no command get-user-roster for the component)"
            };
            report.fine("rosters", roster);
            let (wanted, asked) = wanted;
            if offered.has(Command::GetGroups) {
                report.fine("groups and accounts", "the component may ask for them");
            } else if wanted.groups || wanted.account {
                let name = component.name();
                let users = if asked.groups {
                    "rules ask for groups, so that whoever they may be for gets an error"
                } else {
                    "the template uses them"
                };
                report.wrong(
                    "groups and accounts",
                    format!(
                        "{users}, but Openfire does not let {name} ask: add {name} to its system property admin.authorizedJIDs"
                    ),
                );
            } else {
                report.fine("groups and accounts", "not open to the component, and this template does not use them");
            }
        }
        Err(error) => report.note("commands", format!("the server did not list them: {error}")),
    }
}
