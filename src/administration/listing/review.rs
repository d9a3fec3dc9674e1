//! What the linter says of the templates in force, worked out once for each policy.

use std::collections::HashSet;
use std::sync::{Arc, Mutex, PoisonError, Weak};

use jitsi_properties::Client;
use tokio::sync::Semaphore;
use tokio::task::spawn_blocking;
use tokio::time::{Instant, timeout_at};

use crate::policy::{self, Diagnostic, Policy};

/// The review of the policy in force. A clone knows the same one.
#[derive(Clone)]
pub(super) struct Reviews {
    latest: Arc<Mutex<Option<Latest>>>,
    /// One review at a time.
    turn: Arc<Semaphore>,
}

/// The last review.
struct Latest {
    /// The policy is not kept alive: it holds the site's data.
    of: Weak<Policy>,
    findings: Arc<[Diagnostic]>,
}

impl Default for Reviews {
    fn default() -> Self {
        Self { latest: Arc::default(), turn: Arc::new(Semaphore::new(1)) }
    }
}

impl Reviews {
    /// The findings in the templates of `policy`, each once; none when they are not known at `deadline`. The review then goes
    /// on, and its result is there for the next one who asks.
    pub(super) async fn of(&self, policy: &Arc<Policy>, deadline: Instant) -> Option<Arc<[Diagnostic]>> {
        if let Some(known) = self.known(policy) {
            return Some(known);
        }
        let turn = timeout_at(deadline, Arc::clone(&self.turn).acquire_owned()).await.ok()?.ok()?;
        if let Some(known) = self.known(policy) {
            return Some(known);
        }
        let (latest, policy) = (Arc::clone(&self.latest), Arc::clone(policy));
        let reviewing = spawn_blocking(move || {
            let findings: Arc<[Diagnostic]> = review(&policy).into();
            *latest.lock().unwrap_or_else(PoisonError::into_inner) =
                Some(Latest { of: Arc::downgrade(&policy), findings: Arc::clone(&findings) });
            drop(turn);
            findings
        });
        timeout_at(deadline, reviewing).await.ok()?.ok()
    }

    fn known(&self, policy: &Arc<Policy>) -> Option<Arc<[Diagnostic]>> {
        let latest = self.latest.lock().unwrap_or_else(PoisonError::into_inner);
        let Latest { of, findings } = latest.as_ref()?;
        std::ptr::eq(of.as_ptr(), Arc::as_ptr(policy)).then(|| Arc::clone(findings))
    }
}

/// A file can be a part of several templates; what is found in it is the same then.
fn review(policy: &Policy) -> Vec<Diagnostic> {
    let (mut templates, mut seen) = (HashSet::new(), HashSet::new());
    let choices = policy.templates().all().filter(|choice| templates.insert(choice.template.name().to_owned()));
    let found = choices.flat_map(|choice| policy::review(choice.template, policy.data().names(), &Client::default()));
    found.filter(|one| seen.insert((one.file.clone(), one.line, one.rule.id, one.message.clone()))).collect()
}
