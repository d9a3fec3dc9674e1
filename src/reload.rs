//! Replaces templates, rules, data and the certificate while the service runs.
//!
//! 1. Something happens: SIGHUP, a file changes, or a command or endpoint has other data.
//! 2. Configuration, templates and data are read anew, off the async threads. Never twice at one time.
//! 3. If all of it is in order and something of it differs, it takes the place of what was in force, as a whole; requests
//!    under way keep what they began with. Otherwise everything stays as it was, and it is told why.
//!
//! SIGHUP also drops the groups that were read from Openfire, of whose changes we hear nothing.
//!
//! Certificate and key are one thing of their own, handled in the same way: whoever connects from then on gets the new one.

mod certificate;
mod contents;
mod load;
mod places;
mod reading;
mod report;
mod sources;
mod tables;
mod tree;
mod wanted;
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

use self::certificate::{Certificate, Found};
pub(super) use self::load::Loaded;
use self::load::{Held, Look, Looking};
use self::reading::{Reading, ReadingError};
use self::report::{Report, changes};
use self::sources::{Answer, Change, Sources};
pub(super) use self::tables::Tables;
use self::wanted::{Cause, Wanted};
use self::watch::Watch;
use crate::model::config::{self, Config};
use crate::policy::{Policy, PolicyState};
use crate::provision::Provisioner;
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
    /// Holds the groups that SIGHUP drops.
    provisioner: Option<Arc<Provisioner>>,
    hangup: Signal,
    /// systemd waits for the end of a reload.
    is_awaited: bool,
    watch: Option<Watch>,
    wanted: Wanted,
    files: Reading<Looked>,
    pair: Reading<Found>,
}

/// What a look at the files brought, and why it was taken when.
struct Looked {
    look: Look,
    looking: Looking,
    cause: Cause,
    begun: Instant,
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
            Look::Unchanged | Look::Unsettled(_) => anyhow::bail!("the files could not be read in time"),
        };
        let certificate = config.http.tls.as_ref().map(Certificate::load).transpose()?;
        let mut sources = Sources::default();
        sources.set(&config.data, &config.openfire.domain, &BTreeSet::new());
        let policy = watched::Sender::new(Arc::new(loaded.policy));
        let (started, data, report) = (config.clone(), config.data.clone(), Report::new(sources.unread()));
        Ok(Self {
            started,
            data,
            held,
            policy,
            certificate,
            sources,
            report,
            provisioner: None,
            hangup,
            is_awaited: false,
            watch: None,
            wanted: Wanted::default(),
            files: Reading::none(),
            pair: Reading::none(),
        })
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

    /// SIGHUP has its groups read again from now on.
    pub(super) fn renews(&mut self, provisioner: Arc<Provisioner>) {
        self.provisioner = Some(provisioner);
    }

    /// Runs until it is dropped.
    pub(super) async fn run(mut self) {
        if self.started.reload.watch {
            match Watch::new() {
                Ok(watch) => self.watch = Some(watch),
                Err(error) => self.report.unwatched(&error),
            }
        }
        self.wanted.by(Cause::Start);
        loop {
            self.begin();
            tokio::select! {
                _ = self.hangup.recv() => self.hung_up(),
                () = changed(self.watch.as_mut(), self.started.reload) => self.wanted.by(Cause::Files),
                () = self.wanted.due() => {}
                answer = self.sources.next() => self.answered(&answer),
                looked = self.files.next() => self.looked(looked),
                found = self.pair.next() => self.found(found),
            }
            self.tell_ready();
        }
    }

    fn hung_up(&mut self) {
        // Without systemd there is nobody to tell, which is fine.
        let since = NotifyState::monotonic_usec_now();
        drop(since.and_then(|since| sd_notify::notify(&[NotifyState::Reloading, since])));
        self.is_awaited = true;
        self.provisioner.iter().for_each(|provisioner| provisioner.forget_groups());
        self.sources.ask_all();
        self.wanted.by(Cause::Signal);
    }

    /// Tells systemd that the reload has ended, or will not end soon.
    fn tell_ready(&mut self) {
        let is_wanted = self.wanted.is_any() && !self.files.is_under_way();
        if self.is_awaited && !is_wanted && !self.files.is_in_time() && !self.pair.is_in_time() {
            self.is_awaited = false;
            drop(sd_notify::notify(&[NotifyState::Ready]));
        }
    }

    fn answered(&mut self, answer: &Answer) {
        let is_in_force = !self.sources.tables().other_than(&self.held.tables).contains(&&*answer.name);
        self.report.answered(answer, is_in_force, self.sources.stale(), self.sources.unread());
        if answer.result == Ok(Change::Other) {
            self.wanted.by(Cause::Data);
        }
    }

    /// Begins to look at the files if that is wanted and they are not being looked at.
    fn begin(&mut self) {
        if self.files.is_under_way() || self.pair.is_in_time() {
            return;
        }
        let Some(cause) = self.wanted.take() else { return };
        if let Some(certificate) = self.certificate.as_ref().filter(|_| !self.pair.is_under_way()) {
            self.pair.begin(certificate.looking());
        }
        let begun = Instant::now();
        let mut looking = Looking {
            file: self.started.file.clone(),
            settle: self.wanted.settle(self.started.reload.debounce),
            held: self.held.clone(),
            beside: self.certificate.iter().flat_map(Certificate::files).collect(),
            asked: self.sources.tables(),
            watch: self.watch.take(),
            ..Looking::default()
        };
        // After a failure it is not known what has to change, nor does SIGHUP say it.
        let anew = self.report.has_failed() || matches!(cause, Cause::Signal | Cause::Data);
        self.files.begin(move || {
            // The watch must outlive a panic, or no change would be noticed any more.
            let look = catch_unwind(AssertUnwindSafe(|| looking.look(anew)));
            let look = look.unwrap_or_else(|_| Look::Failed(ReadingError::Panicked.into()));
            Looked { look, looking, cause, begun }
        });
    }

    fn looked(&mut self, looked: Result<Looked, ReadingError>) {
        let Looked { look, looking, cause, begun } = match looked {
            Ok(looked) => looked,
            Err(error) => return self.report.failed(&error.into()),
        };
        self.watch = looking.watch;
        if let Some(error) = looking.unwatched {
            self.report.unwatched(&error);
        }
        if let Look::Unsettled(left) = look {
            self.wanted.unsettled(cause, left);
            Report::unsettled();
            return;
        }
        self.wanted.settled();
        if !matches!(look, Look::Loaded(..)) {
            self.held.tree = looking.held.tree;
        }
        self.take(look, cause, begun);
    }

    fn take(&mut self, look: Look, cause: Cause, begun: Instant) {
        match look {
            Look::Unchanged | Look::Unsettled(_) => self.keep(cause),
            Look::Loaded(loaded, held) => {
                let files = self.held.contents.changed(&held.contents);
                let data = held.tables.other_than(&self.held.tables);
                let unread = loaded.policy.data().unread();
                if files.is_empty() && data.is_empty() {
                    self.keep(cause);
                    self.held = held;
                } else if let Some(source) = unread.filter(|_| self.policy.borrow().data().unread().is_none()) {
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

    fn found(&mut self, found: Result<Found, ReadingError>) {
        let Some(certificate) = &mut self.certificate else { return };
        if self.pair.has_hung() {
            // Nobody has looked since, whatever has changed.
            self.wanted.by(Cause::Files);
        }
        match found {
            Ok(None) => self.report.certificate_unchanged(),
            Ok(Some(Ok(renewed))) => {
                certificate.renew(renewed);
                self.report.certificate_renewed();
            }
            Ok(Some(Err(error))) => self.report.certificate_failed(&error),
            Err(error) => self.report.certificate_failed(&error),
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
