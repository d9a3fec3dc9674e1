//! `serve` and `discover`: processes that log, run until a signal, and report to systemd.

pub(super) mod discover;
pub(super) mod serve;

use std::io;

use sd_notify::NotifyState;
use tokio::signal::unix::{SignalKind, signal};

use super::Verdict;
use super::output::complain;
use crate::model::causes::with_causes;
use crate::model::config::Log;
use crate::telemetry;

/// Loads the configuration, begins the log that it names, and runs with it.
fn run<C>(
    load: impl FnOnce() -> anyhow::Result<C>,
    log_of: impl FnOnce(&C) -> &Log,
    run: impl FnOnce(&C) -> anyhow::Result<()>,
) -> Verdict {
    let cannot_run = |error: anyhow::Error| format!("openfire-provisioner: {}", with_causes(&*error));
    let set_up = || {
        let config = load()?;
        let log = telemetry::install(log_of(&config))?;
        anyhow::Ok((config, log))
    };
    let (config, log) = match set_up() {
        Ok(set_up) => set_up,
        Err(error) => {
            complain(cannot_run(error));
            return Verdict::CannotRun;
        }
    };
    let ended = run(&config);
    // From here on nothing is written directly: it could wait for ever for a reader of the log.
    let verdict = match ended {
        Ok(()) => Verdict::Fine,
        Err(error) => {
            log.line(&cannot_run(error));
            Verdict::CannotRun
        }
    };
    log.finish();
    verdict
}

/// Ends at SIGINT or SIGTERM, with the name of the signal. From now on these signals do not end the process. It must be called
/// inside a tokio run time.
fn stop_signal() -> io::Result<impl Future<Output = &'static str> + Send + 'static> {
    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut terminate = signal(SignalKind::terminate())?;
    Ok(async move {
        tokio::select! {
            _ = interrupt.recv() => "SIGINT",
            _ = terminate.recv() => "SIGTERM",
        }
    })
}

/// Reports the state to systemd. Without systemd there is no one to report to, which is fine.
fn report(state: NotifyState<'_>) {
    drop(sd_notify::notify(&[state]));
}
