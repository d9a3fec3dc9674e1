//! Replaces templates, rules, data and the certificate while the service runs.
//!
//! 1. Something happens: SIGHUP, a file changes, or a command or endpoint has other data.
//! 2. Configuration, templates and data are read anew, off the async threads. Never twice at one time.
//! 3. If all of it is in order and something of it differs, it takes the place of what was in force, as a whole; requests
//!    under way keep what they began with. Otherwise everything stays as it was, and it is told why.
//!
//! Certificate and key are one thing of their own, handled in the same way: whoever connects from then on gets the new one.

mod certificate;
mod contents;
mod load;
mod places;
mod report;
mod sources;
mod tables;
mod tree;
mod watch;

use std::collections::BTreeSet;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;
use std::sync::Arc;

use sd_notify::NotifyState;
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::sync::watch as watched;
use tokio::task::spawn_blocking;
use tokio::time::Instant;
use tokio_rustls::rustls::ServerConfig;

use self::certificate::Certificate;
pub(super) use self::load::Loaded;
use self::load::{Held, Look, Looking};
use self::report::{Report, changes};
use self::sources::{Change, Sources};
pub(super) use self::tables::Tables;
use self::watch::Watch;
use crate::config::{self, Config};
use crate::provision::{Policy, PolicyState};
use crate::telemetry::Metrics;

/// Keeps what is in force up to date. There is one of it, and it does one thing at a time.
pub(super) struct Reloader {
    /// What the service was started with; what cannot be replaced counts from here.
    started: Config,
    /// The sources of data in force.
    data: Vec<config::Data>,
    held: Held,
    policy: watched::Sender<Arc<Policy>>,
    certificate: Option<Certificate>,
    sources: Sources,
    report: Report,
    hangup: Signal,
    watch: Option<Watch>,
}

/// Why everything is read anew.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Cause {
    /// The service has started, and files may have changed while it did.
    Start,
    /// SIGHUP.
    Signal,
    /// A file has changed.
    Files,
    /// A command or endpoint has other data than before.
    Data,
}

impl Reloader {
    /// Reads everything for the first time, in a run time of tokio. A SIGHUP that comes after this does not end the
    /// process.
    pub(super) fn load(config: &Config) -> anyhow::Result<Self> {
        let hangup = signal(SignalKind::hangup())?;
        let mut looking = Looking { given: Some(config.clone()), ..Looking::default() };
        let (loaded, held) = match looking.look(true) {
            Look::Loaded(loaded, held) => (*loaded, held),
            Look::Failed(error) => return Err(error),
            Look::Unchanged => anyhow::bail!("the files could not be read in time"),
        };
        let certificate = config.http.tls.as_ref().map(Certificate::load).transpose()?;
        let mut sources = Sources::default();
        sources.set(&config.data, &config.openfire.domain, &BTreeSet::new());
        let policy = watched::Sender::new(Arc::new(loaded.policy));
        let (started, data, report) = (config.clone(), config.data.clone(), Report::new(sources.unread()));
        Ok(Self { started, data, held, policy, certificate, sources, report, hangup, watch: None })
    }

    /// The policy in force, now and at every change.
    pub(super) fn policy(&self) -> watched::Receiver<Arc<Policy>> {
        self.policy.subscribe()
    }

    /// What connections are secured with; none without HTTPS.
    pub(super) fn tls(&self) -> Option<watched::Receiver<Arc<ServerConfig>>> {
        self.certificate.as_ref().map(Certificate::in_force)
    }

    /// How the policy stands, now and at every change.
    pub(super) fn state(&self) -> watched::Receiver<PolicyState> {
        self.report.state()
    }

    /// Reloads are counted there from now on.
    pub(super) fn count(&mut self, metrics: &Arc<Metrics>) {
        self.report.count(metrics);
        self.report.sources(&self.started.data);
        self.report.read(&self.held.tables.other_than(&Tables::default()));
    }

    /// Runs until it is dropped.
    pub(super) async fn run(mut self) {
        if self.started.reload.watch {
            match Watch::new() {
                Ok(watch) => self.watch = Some(watch),
                Err(error) => self.report.unwatched(&error),
            }
        }
        self.reload(Cause::Start).await;
        loop {
            let cause = tokio::select! {
                _ = self.hangup.recv() => Cause::Signal,
                () = changed(self.watch.as_mut(), self.started.reload) => Cause::Files,
                answer = self.sources.next() => {
                    let is_in_force = !self.sources.tables().other_than(&self.held.tables).contains(&&*answer.name);
                    self.report.answered(&answer, is_in_force, self.sources.stale(), self.sources.unread());
                    match answer.result {
                        Ok(Change::Other) => Cause::Data,
                        Ok(Change::Same) | Err(_) => continue,
                    }
                }
            };
            if cause == Cause::Signal {
                // Without systemd there is nobody to tell, which is fine.
                let since = NotifyState::monotonic_usec_now();
                drop(since.and_then(|since| sd_notify::notify(&[NotifyState::Reloading, since])));
                self.sources.ask_all();
            }
            self.reload(cause).await;
            if cause == Cause::Signal {
                drop(sd_notify::notify(&[NotifyState::Ready]));
            }
        }
    }

    async fn reload(&mut self, cause: Cause) {
        let begun = Instant::now();
        self.reload_certificate().await;
        let mut looking = Looking {
            file: self.started.file.clone(),
            held: self.held.clone(),
            beside: self.certificate.iter().flat_map(Certificate::files).collect(),
            asked: self.sources.tables(),
            watch: self.watch.take(),
            ..Looking::default()
        };
        // After a failure it is not known what has to change, nor does SIGHUP say it.
        let anew = self.report.has_failed() || matches!(cause, Cause::Signal | Cause::Data);
        let looked = spawn_blocking(move || {
            // The watch must outlive a panic, or no change would be noticed any more.
            let look = catch_unwind(AssertUnwindSafe(|| looking.look(anew)));
            (look.unwrap_or_else(|_| Look::Failed(anyhow::anyhow!(PANIC))), looking)
        });
        // It is neither cancelled nor panics, but for the end of the run time.
        let Ok((look, looking)) = looked.await else { return };
        self.watch = looking.watch;
        if let Some(error) = looking.unwatched {
            self.report.unwatched(&error);
        }
        if !matches!(look, Look::Loaded(..)) {
            self.held.tree = looking.held.tree;
        }
        self.take(look, cause, begun);
    }

    fn take(&mut self, look: Look, cause: Cause, begun: Instant) {
        match look {
            Look::Unchanged => self.keep(cause),
            Look::Loaded(loaded, held) => {
                let files = self.held.contents.changed(&held.contents);
                let data = held.tables.other_than(&self.held.tables);
                let unread = loaded.policy.data.unread();
                if files.is_empty() && data.is_empty() {
                    self.keep(cause);
                    self.held = held;
                } else if let Some(source) = unread.filter(|_| self.policy.borrow().data.unread().is_none()) {
                    // Were it put in force now, nobody would be served who wants data until this source has answered.
                    self.report.waiting(source);
                    self.ask(&loaded.config.data, &files);
                } else {
                    let changed = changes(&loaded.config, &files, &data);
                    let sections = self.put(*loaded, &files);
                    // After `put`, which registers the sources: one that is not registered is not counted.
                    self.report.read(&data);
                    self.report.replaced(&changed, begun.elapsed());
                    Report::needs_restart(&sections);
                    self.held = held;
                }
            }
            Look::Failed(error) => self.report.failed(&error),
        }
    }

    /// What is in force is what the files say.
    fn keep(&mut self, cause: Cause) {
        self.ask(&[], &BTreeSet::new());
        self.report.unchanged(cause);
    }

    /// Puts another policy in force. Gives the sections of the configuration that have changed and need a restart.
    fn put(&mut self, loaded: Loaded, files: &BTreeSet<PathBuf>) -> Vec<&'static str> {
        let Loaded { config, policy, .. } = loaded;
        self.policy.send_replace(Arc::new(policy));
        let is_other = config.file.as_deref().is_some_and(|file| files.contains(file));
        let sections = if is_other { self.started.needs_restart(&config) } else { Vec::new() };
        self.data = config.data;
        self.ask(&[], files);
        sections
    }

    /// Has these sources asked, and those in force.
    fn ask(&mut self, more: &[config::Data], changed: &BTreeSet<PathBuf>) {
        let data: Vec<_> = more.iter().chain(&self.data).cloned().collect();
        self.sources.set(&data, &self.started.openfire.domain, changed);
        self.report.sources(&data);
        self.report.stand(self.sources.stale(), self.sources.unread());
    }

    async fn reload_certificate(&mut self) {
        let Some(certificate) = &mut self.certificate else { return };
        match spawn_blocking(certificate.looking()).await {
            Ok(None) => self.report.certificate_unchanged(),
            Ok(Some(Ok(renewed))) => {
                certificate.renew(renewed);
                self.report.certificate_renewed();
            }
            Ok(Some(Err(error))) => self.report.certificate_failed(&error),
            Err(_) => self.report.certificate_failed(&*anyhow::anyhow!(PANIC)),
        }
    }
}

/// What is told of a panic; its place stands in a line of its own.
const PANIC: &str = "a defect of the service: it panicked, see the line of the log before";

/// Waits for a change; for ever when nothing is watched.
async fn changed(watch: Option<&mut Watch>, settings: config::Reload) {
    match watch {
        Some(watch) => watch.changed(settings).await,
        None => std::future::pending().await,
    }
}
