//! `discover`: answers clients that look for their provisioning URL, without the service itself.

use std::path::Path;
use std::pin::pin;

use anyhow::Context as _;
use sd_notify::NotifyState;
use tokio::signal::unix::{SignalKind, signal};

use super::{report, stop_signal};
use crate::app;
use crate::cli::Verdict;
use crate::model::config::DiscoverConfig;

/// The target of the log lines.
const TARGET: &str = "openfire_provisioner::cli::discover";

/// Runs until SIGINT or SIGTERM.
pub(in crate::cli) fn discover(file: Option<&Path>) -> Verdict {
    super::run(|| Ok(DiscoverConfig::load(file)?), |config: &DiscoverConfig| &config.log, run)
}

fn run(config: &DiscoverConfig) -> anyhow::Result<()> {
    // One thread: a question takes microseconds, and there are few.
    let run_time = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    run_time
        .block_on(async {
            let stop = stop_signal()?;
            // Meant for `serve`, most often. It must not end this process, which systemd would not start again.
            let mut hangup = signal(SignalKind::hangup())?;
            let discovery = app::discovery(&config.discovery)?;
            report(NotifyState::Ready);
            discovery
                .run(async move {
                    let mut stop = pin!(stop);
                    let name = loop {
                        tokio::select! {
                            name = &mut stop => break name,
                            _ = hangup.recv() => tracing::info!(
                                target: TARGET,
                                "SIGHUP changes nothing; `discover` reads its configuration at its start, so restart it"
                            ),
                        }
                    };
                    tracing::info!(target: TARGET, "stopping on {name}");
                    report(NotifyState::Stopping);
                })
                .await;
            anyhow::Ok(())
        })
        .context("clients cannot be answered")
}
