//! What is told of reloads: in the log, in `/readyz` and in the metrics.

use std::collections::BTreeSet;
use std::error::Error;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;

use super::Cause;
use super::sources::Answer;
use crate::causes::with_causes;
use crate::config::{self, Config};
use crate::provision::PolicyState;
use crate::site_data::DataError;
use crate::telemetry::{Metrics, Reloaded};

/// Tells what becomes of reloads, and remembers what is wrong.
pub(super) struct Report {
    state: watch::Sender<PolicyState>,
    metrics: Option<Arc<Metrics>>,
    is_unwatched: bool,
}

impl Report {
    /// Everything was loaded a moment ago, but for the data of these sources.
    pub(super) fn new(unread: Vec<String>) -> Self {
        let state = PolicyState { unread, ..PolicyState::loaded_now() };
        Self { state: watch::Sender::new(state), metrics: None, is_unwatched: false }
    }

    /// How the policy stands, now and at every change.
    pub(super) fn state(&self) -> watch::Receiver<PolicyState> {
        self.state.subscribe()
    }

    /// Counts into `metrics` from now on.
    pub(super) fn count(&mut self, metrics: &Arc<Metrics>) {
        metrics.loaded();
        self.metrics = Some(Arc::clone(metrics));
        self.current();
    }

    /// Whether the last attempt failed.
    pub(super) fn has_failed(&self) -> bool {
        self.state.borrow().failure.is_some()
    }

    /// Another policy is in force.
    pub(super) fn replaced(&self, changed: &str, took: Duration) {
        let ms = took.as_millis();
        self.state.send_modify(|state| {
            *state = PolicyState { certificate: state.certificate.take(), ..PolicyState::loaded_now() }
        });
        self.counted(Reloaded::Replaced);
        // Last, so that who waits for the line finds the rest done.
        tracing::info!(reload.changed = changed, ms.reload = ms, "reloaded in {ms} ms: {changed}");
    }

    /// The files hold what is in force.
    pub(super) fn unchanged(&self, cause: Cause) {
        let since = self.state.borrow().since();
        let failed = self.has_failed();
        if failed || cause != Cause::Start {
            self.state.send_modify(|state| state.failure = None);
            self.counted(Reloaded::Unchanged);
        }
        if failed {
            tracing::info!("the files hold again what is in force since {since}; nothing had to be reloaded");
        } else {
            tracing::debug!("nothing has changed, so nothing is reloaded");
        }
    }

    /// Nothing could be made of what the files hold now.
    pub(super) fn failed(&self, error: &anyhow::Error) {
        let reason = one_line(&**error);
        let since = self.state.borrow().since();
        // Once is enough: other files may change while this one stays broken.
        let is_known = self.state.borrow().failure.as_ref() == Some(&reason);
        self.state.send_modify(|state| state.failure = Some(reason.clone()));
        self.counted(Reloaded::Failed);
        if let (Some(metrics), Some(source)) = (&self.metrics, error.downcast_ref().and_then(DataError::source_name)) {
            metrics.source(source, false);
        }
        if is_known {
            tracing::debug!(reason, "still not reloaded, the set of {since} stays in force: {reason}");
        } else {
            tracing::warn!(reason, "not reloaded, the set of {since} stays in force: {reason}");
        }
    }

    /// The sources of data are these from now on.
    pub(super) fn sources(&self, sources: &[config::Data]) {
        if let Some(metrics) = &self.metrics {
            metrics.sources(sources.iter().map(|source| source.name.as_str()));
        }
    }

    /// The data of these sources were read.
    pub(super) fn read(&self, sources: &[&str]) {
        if let Some(metrics) = &self.metrics {
            for source in sources {
                metrics.source(source, true);
            }
        }
    }

    /// A command or endpoint has answered, or not.
    pub(super) fn answered(&self, answer: &Answer, stale: Vec<String>, unread: Vec<String>) {
        let Answer { name, result, again } = answer;
        if let Some(metrics) = &self.metrics {
            metrics.source(name, result.is_ok());
        }
        self.stand(stale, unread);
        match result {
            Err(reason) if *again => tracing::debug!(data.source = name, reason, "again: {reason}"),
            Err(reason) => tracing::warn!(data.source = name, reason, "the data stay as they were: {reason}"),
            Ok(_) if *again => tracing::debug!(data.source = name, "data `{name}` were read"),
            Ok(_) => tracing::info!(data.source = name, "data `{name}` can be read again"),
        }
    }

    /// Sources whose data are older than they should be, and those that have none.
    pub(super) fn stand(&self, stale: Vec<String>, unread: Vec<String>) {
        self.state.send_modify(|state| (state.stale, state.unread) = (stale, unread));
        self.current();
    }

    /// Another certificate is in use.
    pub(super) fn certificate_renewed(&self) {
        self.state.send_modify(|state| state.certificate = None);
        self.current();
        tracing::info!("the certificate of http.tls was reloaded: new connections get the new one");
    }

    /// The files hold the certificate that is in use.
    pub(super) fn certificate_unchanged(&self) {
        if self.state.borrow().certificate.is_some() {
            self.state.send_modify(|state| state.certificate = None);
            self.current();
            tracing::info!("the files of http.tls hold again what is in use");
        }
    }

    /// Certificate and key could not be read.
    pub(super) fn certificate_failed(&self, error: &dyn Error) {
        let reason = one_line(error);
        if self.state.borrow().certificate.as_ref() != Some(&reason) {
            tracing::warn!(reason, "the certificate was not reloaded, the one before stays in use: {reason}");
        }
        self.state.send_modify(|state| state.certificate = Some(reason));
        self.current();
    }

    /// Changes of files are not noticed; told once.
    pub(super) fn unwatched(&mut self, error: &dyn Error) {
        if !std::mem::replace(&mut self.is_unwatched, true) {
            let reason = one_line(error);
            tracing::warn!(reason, "not all changes of files are noticed, so send SIGHUP after a change: {reason}");
        }
    }

    /// These sections of the configuration have changed, and count only after a restart.
    pub(super) fn needs_restart(sections: &[&str]) {
        if !sections.is_empty() {
            let sections = sections.join(", ");
            tracing::warn!(
                config.sections = sections,
                "the configuration has changed in sections that count only after a restart: {sections}"
            );
        }
    }

    fn counted(&self, reloaded: Reloaded) {
        if let Some(metrics) = &self.metrics {
            metrics.reload(reloaded);
        }
        self.current();
    }

    fn current(&self) {
        if let Some(metrics) = &self.metrics {
            metrics.current(self.state.borrow().is_current());
        }
    }
}

/// What has changed, in words: `configuration, templates (2 files), data telephones`.
pub(super) fn changes(config: &Config, files: &BTreeSet<&Path>, data: &[&str]) -> String {
    let mut told = Vec::new();
    if config.file.as_deref().is_some_and(|file| files.contains(file)) {
        told.push("configuration".to_owned());
    }
    let of_data = config.data.iter().flat_map(|data| [&data.file, &data.authorization_file, &data.ca_file]);
    let others: BTreeSet<&Path> = of_data.chain([&config.file]).flatten().map(PathBuf::as_path).collect();
    match files.difference(&others).count() {
        0 => {}
        1 => told.push("templates (1 file)".to_owned()),
        files => told.push(format!("templates ({files} files)")),
    }
    told.extend(data.iter().map(|name| format!("data {name}")));
    if told.is_empty() {
        told.push("how data are asked for".to_owned());
    }
    told.join(", ")
}

/// The whole message in one line of the log.
fn one_line(error: &dyn Error) -> String {
    with_causes(error).lines().map(str::trim).collect::<Vec<_>>().join("; ")
}
