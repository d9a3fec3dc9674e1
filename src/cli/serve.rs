//! `serve`: the service itself.

use std::path::Path;
use std::time::Duration;

use anyhow::Context as _;
use sd_notify::NotifyState;
use tokio::signal::unix::{SignalKind, signal};

use super::Verdict;
use super::output::complain;
use crate::app::App;
use crate::model::causes::with_causes;
use crate::model::config::Config;
use crate::telemetry;

/// Time that work outside the async threads gets to end, when all requests are answered.
const LAST_WORK: Duration = Duration::from_secs(1);

/// Runs until SIGINT or SIGTERM.
pub(super) fn serve(file: Option<&Path>) -> Verdict {
    let cannot_run = |error: anyhow::Error| format!("openfire-provisioner: {}", with_causes(&*error));
    let set_up = || {
        let config = super::load(file)?;
        let log = telemetry::install(&config.log)?;
        anyhow::Ok((config, log))
    };
    let (config, log) = match set_up() {
        Ok(set_up) => set_up,
        Err(error) => {
            complain(cannot_run(error));
            return Verdict::CannotRun;
        }
    };
    let served = run(&config);
    // From here on nothing is written directly: it could wait for ever for a reader of the log.
    let verdict = match served {
        Ok(()) => Verdict::Fine,
        Err(error) => {
            log.line(&cannot_run(error));
            Verdict::CannotRun
        }
    };
    log.finish();
    verdict
}

fn run(config: &Config) -> anyhow::Result<()> {
    let run_time = super::run_time()?;
    let served = run_time
        .block_on(async {
            let mut interrupt = signal(SignalKind::interrupt())?;
            let mut terminate = signal(SignalKind::terminate())?;
            let app = App::build(config)?;
            let scheme = if config.http.tls.is_some() { "https" } else { "http" };
            let address = app.local_addr();
            tracing::info!(
                http.address = %address,
                openfire.domain = %config.openfire.domain,
                "listening on {scheme}://{address} for users of {}",
                config.openfire.domain
            );
            if let Some(url) = config.admin.urls.first() {
                let where_else =
                    app.pages_addr().map(|address| format!(", listening on {address}")).unwrap_or_default();
                tracing::info!("the administrators' pages are at {url}/admin/{where_else}");
            }
            let capacity = app.capacity();
            if capacity.is_short() {
                tracing::warn!(connections.most = capacity.connections, "HTTP connections: {capacity}");
            } else {
                tracing::info!(connections.most = capacity.connections, "HTTP connections: {capacity}");
            }
            // Without systemd there is nobody to tell, which is fine.
            drop(sd_notify::notify(&[NotifyState::Ready]));
            app.run(async move {
                let name = tokio::select! {
                    _ = interrupt.recv() => "SIGINT",
                    _ = terminate.recv() => "SIGTERM",
                };
                tracing::info!("stopping on {name}: requests in flight may finish");
                drop(sd_notify::notify(&[NotifyState::Stopping]));
            })
            .await;
            tracing::info!("stopped");
            anyhow::Ok(())
        })
        .context("the service cannot run");
    // A file that does not let itself be read holds up its thread, but not the end of the service.
    run_time.shutdown_timeout(LAST_WORK);
    served
}
