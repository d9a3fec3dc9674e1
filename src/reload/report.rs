//! Reports what becomes of reloads: in the log, in `/readyz` and in the metrics.

use std::collections::BTreeSet;
use std::error::Error;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use tokio::sync::watch;

use super::poller::PollResult;
use super::schedule::Cause;
use crate::model::causes::with_causes;
use crate::model::config::{self, Config};
use crate::policy::{PolicyState, ReloadFailure, SourceState};
use crate::site_data::DataError;
use crate::telemetry::{Metrics, Reloaded};

/// Of these log lines, as administrators filter them.
const TARGET: &str = "openfire_provisioner::app::reload::report";

/// Reports what becomes of reloads, and remembers what is wrong.
pub(super) struct Report {
    state: watch::Sender<PolicyState>,
    metrics: Option<Arc<Metrics>>,
    is_unwatched: bool,
    /// The source of data that a newer policy waits for, and since when.
    waiting: Option<(String, String)>,
    /// The source of data that kept the last attempt from success, and why.
    failed_source: Option<(String, String)>,
}

impl Report {
    /// Everything was loaded a moment ago, but for the data of these sources.
    pub(super) fn new(unread: Vec<String>) -> Self {
        let state = PolicyState { unread, ..PolicyState::loaded_now() };
        Self {
            state: watch::Sender::new(state),
            metrics: None,
            is_unwatched: false,
            waiting: None,
            failed_source: None,
        }
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

    /// The source of data that kept the last attempt from success, and why.
    pub(super) fn failed_source(&self) -> Option<(&str, &str)> {
        self.failed_source.as_ref().map(|(name, why)| (&**name, &**why))
    }

    /// How the sources of data in force stand.
    pub(super) fn sources_stand(&self, sources: Vec<SourceState>) {
        self.state.send_if_modified(|state| {
            let is_other = *state.sources != sources[..];
            if is_other {
                state.sources = sources.into();
            }
            is_other
        });
    }

    /// Another policy is in force. The state is updated before the line is logged, so a reader of the log sees the new state.
    pub(super) fn replaced(&mut self, changed: &str, took: Duration) {
        (self.waiting, self.failed_source) = (None, None);
        self.state.send_modify(|state| {
            let PolicyState { loaded_at, failure, .. } = PolicyState::loaded_now();
            (state.loaded_at, state.failure) = (loaded_at, failure);
        });
        self.counted(Reloaded::Replaced);
        let ms = took.as_millis();
        tracing::info!(target: TARGET, { reload.changed = changed, ms.reload = ms }, "reloaded in {ms} ms: {changed}");
    }

    /// A newer policy has to wait for a source of data that has never answered.
    pub(super) fn waiting(&mut self, source: &str) {
        let (_, since) =
            self.waiting.take_if(|(waited_for, _)| waited_for == source).unwrap_or_else(|| (source.to_owned(), now()));
        let reason = format!("waiting for data `{source}`, which is new; changes since {since} are held back");
        self.waiting = Some((source.to_owned(), since));
        let before = self.state.borrow().failure.clone();
        self.set_failure(&reason);
        self.counted(Reloaded::Failed);
        if before.as_ref() == Some(&reason) {
            tracing::debug!(target: TARGET, { data.source = source }, "still {reason}");
        } else {
            tracing::warn!(target: TARGET, { data.source = source, reason }, "not reloaded: {reason}");
        }
    }

    /// Files are being written.
    pub(super) fn unsettled() {
        tracing::debug!(target: TARGET, "nothing is reloaded yet: changed files may be incomplete");
    }

    /// The files match the policy in force.
    pub(super) fn unchanged(&mut self, cause: Cause) {
        (self.waiting, self.failed_source) = (None, None);
        let failed = self.has_failed();
        let since = self.state.borrow().since();
        self.state.send_modify(|state| state.failure = None);
        if failed || cause != Cause::Start {
            self.counted(Reloaded::Unchanged);
        }
        if failed {
            tracing::info!(target: TARGET, "the files match the policy loaded at {since} again; nothing to reload");
        } else if cause == Cause::Signal {
            // The sender wants to know the result; the certificate has lines of its own.
            tracing::info!(target: TARGET, "nothing has changed in configuration, templates and data; nothing to reload");
        } else {
            tracing::debug!(target: TARGET, "nothing has changed; nothing to reload");
        }
    }

    /// The files cannot come into force as they are.
    pub(super) fn failed(&mut self, error: &anyhow::Error) {
        let reason = one_line(&**error);
        let since = self.state.borrow().since();
        let before = self.state.borrow().failure.clone();
        self.set_failure(&reason);
        self.counted(Reloaded::Failed);
        let source = error.downcast_ref().and_then(DataError::source_name);
        if let (Some(metrics), Some(source)) = (&self.metrics, source) {
            metrics.source(source, false);
        }
        self.failed_source = source.map(|source| (source.to_owned(), reason.clone()));
        // Once is enough: other files may change while this one stays broken.
        if before.as_ref() == Some(&reason) {
            tracing::debug!(target: TARGET, { reason }, "still not reloaded, the policy of {since} stays in force: {reason}");
        } else {
            tracing::warn!(target: TARGET, { reason }, "not reloaded, the policy of {since} stays in force: {reason}");
        }
    }

    fn set_failure(&self, reason: &str) {
        self.state.send_modify(|state| {
            if state.failure.as_deref() != Some(reason) {
                state.last_failure = Some(ReloadFailure { at: Timestamp::now(), reason: reason.to_owned() });
            }
            state.failure = Some(reason.to_owned());
        });
    }

    /// Registers the sources of data for the metrics.
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

    /// A command or endpoint has answered, or failed. Only data in force count as read: other data have yet to be loaded.
    pub(super) fn polled(&self, answer: &PollResult, is_in_force: bool, stale: Vec<String>, unread: Vec<String>) {
        let PollResult { name, result, again } = answer;
        if let Some(metrics) = &self.metrics
            && (result.is_err() || is_in_force)
        {
            metrics.source(name, result.is_ok());
        }
        self.data(stale, unread);
        match result {
            Err(reason) if *again => tracing::debug!(target: TARGET, { data.source = name, reason }, "again: {reason}"),
            Err(reason) => {
                tracing::warn!(target: TARGET, { data.source = name, reason }, "the data stay as they were: {reason}");
            }
            Ok(_) if *again => tracing::debug!(target: TARGET, { data.source = name }, "data `{name}` were read"),
            Ok(_) => tracing::info!(target: TARGET, { data.source = name }, "data `{name}` can be read again"),
        }
    }

    /// Which sources have data that are older than they should be, and which have none.
    pub(super) fn data(&self, stale: Vec<String>, unread: Vec<String>) {
        self.state.send_modify(|state| (state.stale, state.unread) = (stale, unread));
        self.current();
    }

    /// Another certificate is in use.
    pub(super) fn certificate_renewed(&self, ends: Option<Timestamp>) {
        self.certificate_ends(ends);
        self.certificate(None);
        tracing::info!(target: TARGET, "the certificate of http.tls was reloaded: new connections get the new one");
    }

    /// When the certificate in use expires.
    pub(super) fn certificate_ends(&self, ends: Option<Timestamp>) {
        self.state.send_modify(|state| state.certificate_ends = ends);
    }

    /// The files match the certificate in use.
    pub(super) fn certificate_unchanged(&self) {
        if self.certificate(None).is_some() {
            tracing::info!(target: TARGET, "the files of http.tls match the certificate in use again");
        }
    }

    /// Certificate and key could not be read.
    pub(super) fn certificate_failed(&self, error: &dyn Error) {
        let reason = one_line(error);
        if self.certificate(Some(reason.clone())).as_ref() != Some(&reason) {
            tracing::warn!(target: TARGET, { reason }, "the certificate was not reloaded, the previous one stays in use: {reason}");
        }
    }

    /// Stores what is wrong with the certificate; returns what was wrong before.
    fn certificate(&self, failure: Option<String>) -> Option<String> {
        let mut before = failure;
        self.state.send_modify(|state| std::mem::swap(&mut state.certificate, &mut before));
        self.current();
        before
    }

    /// Not all changes of files are noticed; logged once.
    pub(super) fn unwatched(&mut self, error: &dyn Error) {
        if !std::mem::replace(&mut self.is_unwatched, true) {
            let reason = one_line(error);
            tracing::warn!(target: TARGET, { reason }, "not all changes of files are noticed; send SIGHUP after a change: {reason}");
        }
    }

    /// These sections of the configuration have changed, and take effect after a restart.
    pub(super) fn needs_restart(sections: &[&str]) {
        if !sections.is_empty() {
            let sections = sections.join(", ");
            tracing::warn!(
                target: TARGET, { config.sections = sections }, "the configuration has changed in sections that take effect only after a restart: {sections}"
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
pub(super) fn changes(config: &Config, files: &BTreeSet<PathBuf>, data: &[&str]) -> String {
    let mut kinds = Vec::new();
    if config.file.as_deref().is_some_and(|file| files.contains(file)) {
        kinds.push("configuration".to_owned());
    }
    let of_data = config.data.iter().flat_map(|data| [&data.file, &data.authorization_file, &data.ca_file]);
    let others: BTreeSet<&Path> = of_data.chain([&config.file]).flatten().map(PathBuf::as_path).collect();
    match files.iter().filter(|file| !others.contains(file.as_path())).count() {
        0 => {}
        1 => kinds.push("templates (1 file)".to_owned()),
        files => kinds.push(format!("templates ({files} files)")),
    }
    kinds.extend(data.iter().map(|name| format!("data {name}")));
    if kinds.is_empty() {
        kinds.push("how data are polled".to_owned());
    }
    kinds.join(", ")
}

/// The time as RFC 3339 has it.
fn now() -> String {
    PolicyState::loaded_now().since()
}

/// The whole message in one line of the log.
fn one_line(error: &dyn Error) -> String {
    with_causes(error).lines().map(str::trim).collect::<Vec<_>>().join("; ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_has_changed_is_named_by_its_kind() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("config.toml");
        let text = "[openfire]\ndomain = \"a.example\"\n[component]\nname = \"p.a.example\"\nsecret = \"x\"\n\
                    [[data]]\nname = \"t\"\nfile = \"t.csv\"\n";
        std::fs::write(&file, text).unwrap();
        let config = Config::load(Some(&file)).unwrap();
        let text = |names: &[&str], data: &[&str]| {
            changes(&config, &names.iter().map(|name| folder.path().join(name)).collect(), data)
        };
        assert_eq!(text(&["a.properties"], &[]), "templates (1 file)");
        let all = text(&["config.toml", "a.properties", "b.properties", "t.csv"], &["t"]);
        assert_eq!(all, "configuration, templates (2 files), data t");
        assert_eq!(text(&[], &["crm"]), "data crm");
    }

    #[test]
    fn a_policy_that_waits_is_reported_with_its_source_until_it_need_not_wait() {
        let mut report = Report::new(Vec::new());
        report.waiting("crm");
        let state = report.state().borrow().to_string();
        assert!(state.contains(": waiting for data `crm`, which is new; changes since "), "{state}");
        report.waiting("crm");
        assert_eq!(report.state().borrow().to_string(), state);
        report.unchanged(Cause::Files);
        assert!(report.state().borrow().is_current() && report.waiting.is_none());
    }

    #[test]
    fn a_reason_is_one_line_whatever_it_lists() {
        assert_eq!(one_line(&*anyhow::anyhow!("a:1: x\nb:2: y")), "a:1: x; b:2: y");
    }
}
