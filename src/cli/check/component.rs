//! `check --online`: the component, and what Openfire lets it ask.

use tokio::time::Instant;

use super::Report;
use crate::app::{self, FAREWELL};
use crate::cli::running_service::Running;
use crate::model::account::PartSet;
use crate::model::config::{Config, TlsMode};
use crate::openfire::admin_commands::Command;
use crate::openfire::component::{Component, ComponentError, ComponentState};

/// Checks the component, under `component.preview_name` when the running service holds `component.name`.
///
/// `running` is what listens at the address of the service. Gives the component that is connected and may ask more, if one
/// is; its stream is for the caller to end.
pub(super) async fn check(
    component: &Component,
    config: &Config,
    wanted: (PartSet, PartSet),
    running: Option<&Running>,
    report: &mut Report,
) -> Option<Component> {
    let name = &config.component.name;
    match component.settled(Instant::now() + config.limits.request_deadline).await {
        Some(ComponentState::Connected { .. }) => {
            report.fine("component", format!("{name} is connected"));
            if config.component.tls == TlsMode::None {
                report.note("component", "the stream is not encrypted (component.tls = \"none\")");
            }
            check_commands(component, config, wanted, report).await;
            Some(component.clone())
        }
        Some(ComponentState::Down { reason, .. }) => match &*reason {
            ComponentError::NameTaken { .. } => {
                report.note(
                    "component",
                    format!("{name} is already connected, by the running service if there is one; otherwise: {reason}"),
                );
                check_beside_the_service(connect_beside(config).await, config, wanted, report).await
            }
            ComponentError::NotAdmitted { .. } => explain(&reason, config, wanted, running, report).await,
            _ => {
                report.wrong("component", reason);
                None
            }
        },
        Some(ComponentState::Connecting) | None => {
            report.wrong("component", "no answer from the component port in time");
            None
        }
    }
}

/// Finds the cause when the server names none: Openfire 5 has no `<conflict/>` (RFC 6120 section 4.9.3.3) for a name
/// that is taken.
async fn explain(
    reason: &ComponentError,
    config: &Config,
    wanted: (PartSet, PartSet),
    running: Option<&Running>,
    report: &mut Report,
) -> Option<Component> {
    let (name, address) = (&config.component.name, config.http.listen);
    match running {
        Some(Running::Ours { component: Ok(()) }) => {
            report.note("component", format!("{name} is already connected, by the service that runs on {address}"));
            check_beside_the_service(connect_beside(config).await, config, wanted, report).await
        }
        Some(Running::Ours { component: Err(why) }) => {
            report.wrong("component", format!("{reason}. The service that runs on {address} says the same: {why}"));
            None
        }
        _ => match connect_beside(config).await {
            Ok(beside) => {
                report.note(
                    "component",
                    format!(
                        "{name} is probably already connected, by the running service if there is one, since {} \
                         (component.preview_name) connects with the same secret; otherwise: {reason}",
                        beside.name()
                    ),
                );
                check_beside_the_service(Ok(beside), config, wanted, report).await
            }
            Err(_) if config.component.preview_name.is_none() => {
                report.wrong("component", reason);
                None
            }
            Err(NotBeside { why, .. }) => {
                report.wrong("component", format!("{reason}. The cause could not be found in another way: {why}"));
                None
            }
        },
    }
}

/// Why `component.preview_name` is not connected.
struct NotBeside {
    why: String,
    /// Whether the server refused the secret, which both names share.
    wrong_secret: bool,
}

impl From<String> for NotBeside {
    fn from(why: String) -> Self {
        Self { why, wrong_secret: false }
    }
}

/// A component under `component.preview_name`, connected; otherwise why not.
async fn connect_beside(config: &Config) -> Result<Component, NotBeside> {
    let Some(preview_name) = &config.component.preview_name else {
        return Err("component.preview_name is not set".to_owned().into());
    };
    let component = app::component_named(preview_name, config)
        .map_err(|error| format!("component.preview_name cannot be used: {error}"))?;
    let (why, wrong_secret) = match component.settled(Instant::now() + config.limits.request_deadline).await {
        Some(ComponentState::Connected { .. }) => return Ok(component),
        Some(ComponentState::Down { reason, .. }) => {
            (format!("cannot connect: {reason}"), matches!(&*reason, ComponentError::WrongSecret { .. }))
        }
        Some(ComponentState::Connecting) | None => ("got no answer in time".to_owned(), false),
    };
    component.shutdown(Instant::now() + FAREWELL).await;
    Err(NotBeside { why: format!("{preview_name} (component.preview_name) {why}"), wrong_secret })
}

/// Checks the commands under `component.preview_name`, since the name of the service is in use.
async fn check_beside_the_service(
    beside: Result<Component, NotBeside>,
    config: &Config,
    wanted: (PartSet, PartSet),
    report: &mut Report,
) -> Option<Component> {
    match beside {
        Ok(component) => {
            report.note(
                "component",
                format!(
                    "the following checks used the name {} (component.preview_name), which may have other rights",
                    component.name()
                ),
            );
            check_commands(&component, config, wanted, report).await;
            Some(component)
        }
        // The service that runs may have an older secret: its next start would fail.
        Err(NotBeside { why, wrong_secret: true }) => {
            report.wrong("component", why);
            None
        }
        Err(NotBeside { why, .. }) => {
            let name = &config.component.name;
            report.note("groups and accounts", format!("not checked, because {name} is in use and {why}"));
            None
        }
    }
}

/// Checks which admin commands the server offers to the component.
async fn check_commands(component: &Component, config: &Config, wanted: (PartSet, PartSet), report: &mut Report) {
    let iq_timeout = config.component.iq_timeout;
    let directory = app::directory(component.clone(), config);
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
                    "template rules match on groups, so every user such a rule could match gets an error"
                } else {
                    "the template uses them"
                };
                report.wrong(
                    "groups and accounts",
                    format!(
                        "{users}, but Openfire does not let {name} ask: add {name} to its system property \
                         admin.authorizedJIDs (if that is empty, enter the administrators' JIDs too)"
                    ),
                );
            } else {
                report.fine(
                    "groups and accounts",
                    "not open to the component, and not required; users without a name in their vCard are shown by their \
                     user name",
                );
            }
        }
        Err(error) => report.note("commands", format!("the server did not list them: {error}")),
    }
}
