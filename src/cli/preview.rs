//! `preview USER`: the reply that a user would get.

mod diff;

use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv4Addr};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::Args;
use jitsi_properties::Level;
use tokio::sync::watch;
use tokio::time::Instant;

use self::diff::Saved;
use super::Verdict;
use super::lint::for_people;
use super::output::{complain, write};
use crate::app;
use crate::model::account::{ClientInfo, ClientVersion, LoginName, PartSet, Username};
use crate::model::causes::with_causes;
use crate::model::config::Config;
use crate::model::request::Chosen;
use crate::openfire::component::ComponentError;
use crate::provision::NotConnected;

/// Arguments of `preview`.
#[derive(Debug, Args)]
pub(super) struct Preview {
    /// Name of the user, with or without the domain.
    user: String,
    /// A form field that the client would send; can be given several times.
    #[arg(long, value_name = "NAME=VALUE", value_parser = field)]
    field: Vec<(String, String)>,
    /// The client's User-Agent header.
    #[arg(long, value_name = "TEXT", default_value = ClientInfo::USUAL_AGENT)]
    user_agent: String,
    /// The client's IP address.
    #[arg(long, value_name = "ADDRESS", default_value_t = IpAddr::V4(Ipv4Addr::LOCALHOST))]
    ip: IpAddr,
    /// Instead of the reply, show what it would change on a client that has applied the earlier reply in FILE.
    ///
    /// FILE is the output of `preview` or of `curl -o`. Changes are not errors: the exit code is 0, or 1 when the reply has
    /// errors and no client would get it.
    #[arg(long, value_name = "FILE")]
    diff: Option<PathBuf>,
}

impl Preview {
    /// Prints the reply to the standard output, all diagnostics to the standard error stream.
    pub(super) fn run(self, file: Option<&Path>) -> Verdict {
        match self.preview(file) {
            Ok(verdict) => verdict,
            Err(error) => {
                complain(format!("openfire-provisioner: {}", with_causes(&*error)));
                Verdict::CannotRun
            }
        }
    }

    fn preview(self, file: Option<&Path>) -> anyhow::Result<Verdict> {
        let config = super::load(file)?;
        let LoginName { username: user, pattern } = config.openfire.login_name(&self.user)?;
        if let Some(pattern) = pattern {
            complain(format!("note: \"{pattern}\" in openfire.login_names makes {user} of this name"));
        }
        let earlier = self.diff.as_deref().map(Saved::read).transpose()?;
        if let Some(doubt) = earlier.as_ref().and_then(Saved::doubt) {
            complain(doubt);
        }
        let client = self.client();
        let preview = super::run_time()?.block_on(ask(&config, &user, &client))?;
        match &earlier {
            Some(earlier) => write(earlier.diff(&preview.body, preview.hiding.clone())?.as_bytes()),
            None => write(&preview.body),
        }
        if !config.template.rule.is_empty() {
            complain(format!("note: {}", choice(&preview.chosen)));
        }
        if preview.asked == PartSet::NOTHING {
            complain("note: the template uses no data about users, so nothing was looked up");
        } else if preview.entry.is_empty() {
            complain(format!("note: nothing was found about {user}; only a login shows whether the account exists"));
        }
        for missing in preview.entry.missing.iter().chain(&preview.entry.withheld) {
            complain(format!("note: {missing}"));
        }
        for diagnostic in &preview.diagnostics {
            complain(for_people(diagnostic));
        }
        let failed = preview.diagnostics.iter().any(|diagnostic| diagnostic.level == Level::Error);
        Ok(if failed { Verdict::Finding } else { Verdict::Fine })
    }

    fn client(self) -> ClientInfo {
        let version = ClientVersion::parse(&self.user_agent);
        let fields: BTreeMap<String, String> = self.field.into_iter().collect();
        ClientInfo { address: self.ip, user_agent: self.user_agent, version, fields }
    }
}

async fn ask(config: &Config, user: &Username, client: &ClientInfo) -> anyhow::Result<crate::provision::Preview> {
    let policy = watch::channel(Arc::new(app::policy(config).await?)).1;
    let name = config.component.preview_name.as_ref().unwrap_or(&config.component.name);
    let provisioner = app::provisioner(config, policy, name)?;
    let deadline = Instant::now() + config.limits.request_deadline;
    provisioner.connected(deadline).await.map_err(|error| not_connected(error, config))?;
    let preview = provisioner.preview(user, client, deadline).await;
    provisioner.shutdown(Instant::now() + app::FAREWELL).await;
    Ok(preview?)
}

/// Which template was chosen, and why.
fn choice(chosen: &Chosen) -> String {
    let template = &chosen.template;
    match &chosen.rule {
        Some(rule) => format!("rule \"{rule}\" chose {template}"),
        None => format!("no rule matches; the default template is {template}"),
    }
}

/// The likeliest cause of a name that is taken is our own service, and the way out is a setting.
fn not_connected(error: NotConnected, config: &Config) -> anyhow::Error {
    match &error {
        NotConnected::Down(reason)
            if matches!(**reason, ComponentError::NameTaken { .. } | ComponentError::NotAdmitted { .. }) =>
        {
            let hint = match &config.component.preview_name {
                None => format!(
                    "`preview` needs a name of its own while the service runs as {}: set `component.preview_name` to a \
                     second name, and allow that name in Openfire too",
                    config.component.name
                ),
                Some(name) => format!("`preview` could not connect as {name} (`component.preview_name`)"),
            };
            anyhow::Error::new(error).context(hint)
        }
        _ => error.into(),
    }
}

fn field(text: &str) -> Result<(String, String), String> {
    match text.split_once('=') {
        Some((name, value)) if !name.is_empty() => Ok((name.to_owned(), value.to_owned())),
        _ => Err("write NAME=VALUE, for example os=linux".to_owned()),
    }
}
