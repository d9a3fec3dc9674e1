//! What follows from an attempt, and from data that a command or endpoint has delivered: whether it comes into force.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::Arc;

use tokio::time::Instant;

use super::attempt::{AttemptOutcome, Inputs};
use super::background::TaskError;
use super::candidate::Candidate;
use super::poller::{Change, PollResult};
use super::report::{Report, changes};
use super::schedule::Cause;
use super::{EndedAttempt, Reloader};
use crate::model::config;

impl Reloader {
    /// A command or endpoint has answered.
    pub(super) fn polled(&mut self, answer: &PollResult) {
        let is_in_force = !self.poller.tables().changed_since(&self.inputs.tables).contains(&&*answer.name);
        self.report.polled(answer, is_in_force, self.poller.stale(), self.poller.unread());
        if answer.result == Ok(Change::Other) {
            self.schedule.request(Cause::Data);
        }
    }

    /// An attempt has ended, or is stuck.
    pub(super) fn attempt_ended(&mut self, ended: Result<EndedAttempt, TaskError>) {
        let EndedAttempt { attempt, outcome, cause, begun } = match ended {
            Ok(ended) => ended,
            Err(error) => return self.report.failed(&error.into()),
        };
        self.watch = attempt.watch;
        if let Some(error) = attempt.watch_error {
            self.report.unwatched(&error);
        }
        if let AttemptOutcome::Unsettled(left) = outcome {
            self.schedule.postpone(cause, left);
            Report::unsettled();
            return;
        }
        self.schedule.settled();
        if !matches!(outcome, AttemptOutcome::Loaded(..)) {
            self.inputs.listing = attempt.inputs.listing;
        }
        match outcome {
            AttemptOutcome::Unchanged | AttemptOutcome::Unsettled(_) => self.keep(cause),
            AttemptOutcome::Loaded(candidate, inputs) => self.loaded(*candidate, inputs, cause, begun),
            AttemptOutcome::Failed(error) => self.report.failed(&error),
        }
    }

    fn loaded(&mut self, candidate: Candidate, inputs: Inputs, cause: Cause, begun: Instant) {
        let files = self.inputs.files.changed(&inputs.files);
        let data = inputs.tables.changed_since(&self.inputs.tables);
        let unread = candidate.policy.data().unread();
        if files.is_empty() && data.is_empty() {
            self.keep(cause);
            self.inputs = inputs;
        } else if let Some(source) = unread.filter(|_| self.policy.borrow().data().unread().is_none()) {
            // In force, it would refuse every user whose template uses data until this source has answered.
            self.report.waiting(source);
            self.set_sources(&candidate.config.data, &files);
        } else {
            let changed = changes(&candidate.config, &files, &data);
            let sections = self.replace(candidate, &files);
            // After `replace`, which registers the sources: one that is not registered is not counted.
            self.report.read(&data);
            self.report.replaced(&changed, begun.elapsed());
            Report::needs_restart(&sections);
            self.inputs = inputs;
        }
    }

    /// The policy in force is what the files say.
    fn keep(&mut self, cause: Cause) {
        self.set_sources(&[], &BTreeSet::new());
        self.report.unchanged(cause);
    }

    /// Puts another policy in force. Returns the sections of the configuration that have changed and need a restart.
    fn replace(&mut self, candidate: Candidate, files: &BTreeSet<PathBuf>) -> Vec<&'static str> {
        let Candidate { config, policy, .. } = candidate;
        self.policy.send_replace(Arc::new(policy));
        let is_other = config.file.as_deref().is_some_and(|file| files.contains(file));
        let sections = if is_other { self.at_start.needs_restart(&config) } else { Vec::new() };
        if is_other {
            (self.followers.configured)(&config);
        }
        self.sources = config.data;
        self.set_sources(&[], files);
        sections
    }

    /// Polls the sources in force, and `new` ones that are not in force yet.
    fn set_sources(&mut self, new: &[config::Data], changed: &BTreeSet<PathBuf>) {
        let sources: Vec<_> = new.iter().chain(&self.sources).cloned().collect();
        self.poller.set(&sources, &self.at_start.openfire.domain, changed);
        self.report.sources(&sources);
        self.report.data(self.poller.stale(), self.poller.unread());
    }
}
