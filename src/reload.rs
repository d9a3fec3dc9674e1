//! Replaces templates, rules, data and the certificate while the service runs.
//!
//! 1. Something happens: SIGHUP, a file changes, or a command or endpoint has other data.
//! 2. An attempt reads configuration, templates and data anew, off the async threads. There is one attempt at a time.
//! 3. If all of it is in order and something differs, it replaces the policy in force as a whole; requests under way keep
//!    the policy that they began with. Otherwise everything stays as it was, and the reason is reported.
//!
//! The certificate and its key are reloaded in the same way, apart from the policy: connections that begin later get the
//! new one.

mod attempt;
mod background;
mod candidate;
mod certificate;
mod file_digests;
mod folder_listing;
mod poller;
mod report;
mod schedule;
mod source_states;
mod source_tables;
mod take_over;
mod watch;

use std::collections::BTreeSet;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;
use std::sync::Arc;

use sd_notify::NotifyState;
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::sync::watch as watched;
use tokio::time::Instant;
use tokio_rustls::rustls::ServerConfig;

use self::attempt::{Attempt, AttemptOutcome, ConfigSource, Inputs};
use self::background::{BackgroundTask, TaskError};
pub(super) use self::candidate::Candidate;
use self::certificate::{Certificate, Reread};
use self::poller::Poller;
use self::report::Report;
use self::schedule::{Cause, Schedule};
pub(super) use self::source_tables::SourceTables;
use self::watch::Watch;
use crate::model::config::{self, Config};
use crate::policy::{Policy, PolicyState};
use crate::telemetry::Metrics;

/// Keeps the policy and the certificate in force up to date. There is one, and it does one thing at a time.
pub(super) struct Reloader {
    /// The configuration that the service was started with. Sections that need a restart are in force as they stand here.
    at_start: Config,
    /// The sources of data in force.
    sources: Vec<config::Data>,
    /// What the policy in force was made of.
    inputs: Inputs,
    policy: watched::Sender<Arc<Policy>>,
    certificate: Option<Certificate>,
    poller: Poller,
    report: Report,
    hangup: Signal,
    /// Whether systemd waits for the end of a reload.
    is_awaited: bool,
    watch: Option<Watch>,
    schedule: Schedule,
    policy_task: BackgroundTask<EndedAttempt>,
    certificate_task: BackgroundTask<Reread>,
    followers: Followers,
}

/// What else follows files and SIGHUP. None of it may block.
pub(super) struct Followers {
    /// Files that are watched for them.
    pub(super) files: Vec<PathBuf>,
    /// A file has changed.
    pub(super) files_changed: Box<dyn Fn() + Send>,
    /// SIGHUP came.
    pub(super) hung_up: Box<dyn Fn() + Send>,
    /// The configuration was read again, and is another one.
    pub(super) configured: Box<dyn Fn(&Config) + Send>,
}

/// An attempt that has ended.
struct EndedAttempt {
    attempt: Attempt,
    outcome: AttemptOutcome,
    cause: Cause,
    begun: Instant,
}

impl Reloader {
    /// Reads everything for the first time. Needs a run time of tokio. From here on SIGHUP no longer ends the process.
    pub(super) fn load(config: &Config) -> anyhow::Result<Self> {
        let hangup = signal(SignalKind::hangup())?;
        let (candidate, inputs) = match Attempt::first(config.clone()).run(true) {
            AttemptOutcome::Loaded(candidate, inputs) => (*candidate, inputs),
            AttemptOutcome::Failed(error) => return Err(error),
            AttemptOutcome::Unchanged | AttemptOutcome::Unsettled(_) => {
                anyhow::bail!("the files could not be read in time")
            }
        };
        let certificate = config.http.tls.as_ref().map(Certificate::load).transpose()?;
        let mut poller = Poller::default();
        poller.set(&config.data, &config.openfire.domain, &BTreeSet::new());
        let report = Report::new(poller.unread());
        report.certificate_ends(certificate.as_ref().and_then(Certificate::ends));
        Ok(Self {
            at_start: config.clone(),
            sources: config.data.clone(),
            inputs,
            policy: watched::Sender::new(Arc::new(candidate.policy)),
            certificate,
            poller,
            report,
            hangup,
            is_awaited: false,
            watch: None,
            schedule: Schedule::default(),
            policy_task: BackgroundTask::idle(),
            certificate_task: BackgroundTask::idle(),
            followers: Followers::default(),
        })
    }

    /// The policy in force, now and at every change.
    pub(super) fn policy(&self) -> watched::Receiver<Arc<Policy>> {
        self.policy.subscribe()
    }

    /// What secures connections; `None` without HTTPS.
    pub(super) fn tls(&self) -> Option<watched::Receiver<Arc<ServerConfig>>> {
        self.certificate.as_ref().map(Certificate::in_force)
    }

    /// The state of the policy, now and at every change.
    pub(super) fn state(&self) -> watched::Receiver<PolicyState> {
        self.report.state()
    }

    /// Counts reloads in `metrics` from now on.
    pub(super) fn count(&mut self, metrics: &Arc<Metrics>) {
        self.report.count(metrics);
        self.report.sources(&self.at_start.data);
        self.report.read(&self.inputs.tables.changed_since(&SourceTables::default()));
        self.show_sources();
    }

    /// Runs until it is dropped.
    pub(super) async fn run(mut self, followers: Followers) {
        self.followers = followers;
        if self.at_start.reload.watch {
            match Watch::new() {
                Ok(watch) => self.watch = Some(watch),
                Err(error) => self.report.unwatched(&error),
            }
        }
        self.schedule.request(Cause::Start);
        loop {
            self.start_attempt();
            tokio::select! {
                _ = self.hangup.recv() => {
                    (self.followers.hung_up)();
                    self.hung_up();
                }
                () = changed(self.watch.as_mut(), self.at_start.reload) => {
                    (self.followers.files_changed)();
                    self.schedule.request(Cause::Files);
                }
                () = self.schedule.due() => {}
                answer = self.poller.next() => self.polled(&answer),
                ended = self.policy_task.next() => self.attempt_ended(ended),
                reread = self.certificate_task.next() => self.certificate_reread(reread),
            }
            self.show_sources();
            self.notify_ready();
        }
    }

    fn show_sources(&self) {
        let failed = self.report.failed_source();
        let states = source_states::states(&self.sources, &self.inputs.tables, &self.poller, failed);
        self.report.sources_stand(states);
    }

    fn hung_up(&mut self) {
        // Without systemd there is no socket to notify, which is fine.
        let since = NotifyState::monotonic_usec_now();
        drop(since.and_then(|since| sd_notify::notify(&[NotifyState::Reloading, since])));
        self.is_awaited = true;
        self.poller.poll_all();
        self.schedule.request(Cause::Signal);
    }

    /// Notifies systemd that the reload has ended, or will not end soon.
    fn notify_ready(&mut self) {
        let is_waiting = self.schedule.is_requested() && !self.policy_task.is_running();
        if self.is_awaited && !is_waiting && !self.policy_task.is_on_time() && !self.certificate_task.is_on_time() {
            self.is_awaited = false;
            drop(sd_notify::notify(&[NotifyState::Ready]));
        }
    }

    /// Starts an attempt if one is requested and none is running.
    fn start_attempt(&mut self) {
        if self.policy_task.is_running() || self.certificate_task.is_on_time() {
            return;
        }
        let Some(cause) = self.schedule.take_due() else { return };
        if let Some(certificate) = self.certificate.as_ref().filter(|_| !self.certificate_task.is_running()) {
            self.certificate_task.start(certificate.reread());
        }
        let begun = Instant::now();
        let mut attempt = Attempt {
            config: ConfigSource::File(self.at_start.file.clone()),
            quiet_time: self.schedule.quiet_time(self.at_start.reload.debounce),
            inputs: self.inputs.clone(),
            polled: self.poller.tables(),
            also_watched: self.also_watched(),
            watch: self.watch.take(),
            watch_error: None,
        };
        // After a failure it is not known what has to change, and SIGHUP does not say it.
        let anew = self.report.has_failed() || matches!(cause, Cause::Signal | Cause::Data);
        self.policy_task.start(move || {
            // The watch must survive a panic; without it no later change would be noticed.
            let outcome = catch_unwind(AssertUnwindSafe(|| attempt.run(anew)));
            let outcome = outcome.unwrap_or_else(|_| AttemptOutcome::Failed(TaskError::Panicked.into()));
            EndedAttempt { attempt, outcome, cause, begun }
        });
    }

    fn also_watched(&self) -> Vec<PathBuf> {
        let of_certificate = self.certificate.iter().flat_map(Certificate::files);
        of_certificate.chain(self.followers.files.iter().cloned()).collect()
    }

    fn certificate_reread(&mut self, reread: Result<Reread, TaskError>) {
        let Some(certificate) = &mut self.certificate else { return };
        if self.certificate_task.was_stuck() {
            // The files may have changed again while it was stuck.
            self.schedule.request(Cause::Files);
        }
        match reread {
            Ok(None) => self.report.certificate_unchanged(),
            Ok(Some(Ok(new))) => {
                certificate.replace(new);
                self.report.certificate_renewed(certificate.ends());
            }
            Ok(Some(Err(error))) => self.report.certificate_failed(&error),
            Err(error) => self.report.certificate_failed(&error),
        }
    }
}

impl Default for Followers {
    fn default() -> Self {
        Self {
            files: Vec::new(),
            files_changed: Box::new(|| {}),
            hung_up: Box::new(|| {}),
            configured: Box::new(|_| {}),
        }
    }
}

/// Waits for a change; for ever when nothing is watched.
async fn changed(watch: Option<&mut Watch>, settings: config::Reload) {
    match watch {
        Some(watch) => watch.changed(settings).await,
        None => std::future::pending().await,
    }
}
