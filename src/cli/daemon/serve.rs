//! `serve`: the service itself.

use std::path::Path;
use std::time::Duration;

use anyhow::Context as _;
use sd_notify::NotifyState;

use super::{report, stop_signal};
use crate::app::App;
use crate::cli::output::{complain, counted};
use crate::cli::{Verdict, load, run_time};
use crate::model::config::Config;

/// Of the log.
const TARGET: &str = "openfire_provisioner::cli::serve";

/// Time that work outside the async threads gets to end, when all requests are answered.
const LAST_WORK: Duration = Duration::from_secs(1);

/// Runs until SIGINT or SIGTERM.
pub(in crate::cli) fn serve(file: Option<&Path>) -> Verdict {
    let load = || {
        let config = load(file)?;
        refuse_unedited(&config, file)?;
        Ok(config)
    };
    super::run(load, |config: &Config| &config.log, run)
}

/// Names everything at once, so that one look at the log is enough.
fn refuse_unedited(config: &Config, file: Option<&Path>) -> anyhow::Result<()> {
    let unedited = config.unedited();
    for (key, problem) in &unedited {
        complain(format!("openfire-provisioner: {key}: {problem}"));
    }
    anyhow::ensure!(
        unedited.is_empty(),
        "not started: change the {} named above in {}",
        counted(unedited.len(), "value"),
        file.map_or_else(|| "the environment".to_owned(), named)
    );
    Ok(())
}

/// The file to edit, which is not the copy that systemd made of it.
fn named(file: &Path) -> String {
    let is_copy = std::env::var_os("CREDENTIALS_DIRECTORY").is_some_and(|folder| file.starts_with(folder));
    let copied = if is_copy { "the file from which systemd made this copy (`LoadCredential=`): " } else { "" };
    format!("{copied}{}", file.display())
}

fn run(config: &Config) -> anyhow::Result<()> {
    let run_time = run_time()?;
    let served = run_time
        .block_on(async {
            let stop = stop_signal()?;
            let app = App::build(config)?;
            let scheme = if config.http.tls.is_some() { "https" } else { "http" };
            let address = app.local_addr();
            tracing::info!(
                target: TARGET,
                { http.address = %address, openfire.domain = %config.openfire.domain },
                "listening on {scheme}://{address} for users of {}",
                config.openfire.domain
            );
            if let Some(url) = config.admin.urls.first() {
                let where_else =
                    app.pages_addr().map(|address| format!(", listening on {address}")).unwrap_or_default();
                tracing::info!(target: TARGET, "the administrators' pages are at {url}/admin/{where_else}");
            }
            let capacity = app.capacity();
            if capacity.is_short() {
                tracing::warn!(target: TARGET, { connections.most = capacity.connections }, "HTTP connections: {capacity}");
            } else {
                tracing::info!(target: TARGET, { connections.most = capacity.connections }, "HTTP connections: {capacity}");
            }
            report(NotifyState::Ready);
            app.run(async move {
                let name = stop.await;
                tracing::info!(target: TARGET, "stopping on {name}: requests in flight may finish");
                report(NotifyState::Stopping);
            })
            .await;
            tracing::info!(target: TARGET, "stopped");
            anyhow::Ok(())
        })
        .context("the service cannot run");
    // A file that does not let itself be read holds up its thread, but not the end of the service.
    run_time.shutdown_timeout(LAST_WORK);
    served
}
