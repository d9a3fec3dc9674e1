//! `check --online`: connects to Openfire in the same ways as the service.

use std::sync::Arc;

use tokio::time::Instant;

use super::user::User;
use super::{Report, client_port, component};
use crate::app::{self, FAREWELL};
use crate::cli::running_service::Running;
use crate::model::account::PartSet;
use crate::model::config::Config;
use crate::model::named_groups::NamedGroups;
use crate::template::Templates;

/// What is checked beside the settings.
pub(super) struct Wanted<'c> {
    /// What templates and rules together need to know about a user, and what the rules alone need.
    pub(super) parts: (PartSet, PartSet),
    /// What listens at the address of the service.
    pub(super) running: Option<&'c Running>,
    /// The person about whom `--user` asks, and the templates that the person may get.
    pub(super) user: Option<(&'c User, Option<&'c Templates>)>,
    /// The groups that rules and site data name.
    pub(super) groups: Arc<NamedGroups>,
}

/// Connects to Openfire as the service would, and reports what it finds.
pub(super) async fn check(config: &Config, wanted: Wanted<'_>, report: &mut Report) {
    let port = client_port::check(config, report).await;
    let component = match app::component(&config.component, &config.openfire) {
        Ok(component) => {
            let asking = component::check(&component, config, wanted.parts, wanted.running, report).await;
            if asking.is_none() {
                component.shutdown(Instant::now() + FAREWELL).await;
            }
            asking
        }
        Err(error) => {
            report.wrong("component", error);
            None
        }
    };
    if let Some((user, templates)) = wanted.user {
        user.check(port.as_ref(), component.as_ref(), (templates, &wanted.groups), config, report).await;
    }
    if let Some(component) = component {
        component.shutdown(Instant::now() + FAREWELL).await;
    }
}
