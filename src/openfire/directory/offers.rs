//! Which admin commands the server lets the component use.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::Mutex;
use tokio::time::{Instant, timeout_at};
use xmpp_parsers::jid::Jid;
use xmpp_parsers::stanza_error::DefinedCondition;

use super::commands;
use crate::model::account::Reason;
use crate::openfire::admin_commands::{self as admin, Offered};
use crate::openfire::component::{Component, IqError};

/// How long an answer holds, unless there is a reconnect: what an administrator allows takes effect within it.
const FRESH: Duration = Duration::from_mins(1);

/// How long a failed query holds, so that the callers that waited for it do not all repeat it.
const FAILURE: Duration = Duration::from_secs(5);

/// What was found out about the server's commands, shared by all look-ups.
#[derive(Debug)]
pub(super) struct Offers {
    component: Component,
    server: Jid,
    known: Mutex<Option<CachedOffer>>,
}

#[derive(Debug)]
struct CachedOffer {
    epoch: u64,
    until: Instant,
    answer: Result<Arc<Offered>, Reason>,
}

impl Offers {
    pub(super) fn new(component: Component, server: Jid) -> Self {
        Self { component, server, known: Mutex::new(None) }
    }

    /// The commands that the server shows to the component.
    ///
    /// One query runs at a time; callers that come meanwhile wait for its answer, until `deadline` at most.
    pub(super) async fn current(&self, deadline: Instant) -> Result<Arc<Offered>, Reason> {
        let Ok(mut known) = timeout_at(deadline, self.known.lock()).await else { return Err(Reason::TimedOut) };
        let epoch = self.component.epoch();
        if let Some(known) = known.as_ref()
            && known.epoch == epoch
            && Instant::now() < known.until
        {
            return known.answer.clone();
        }
        let answer = self.ask(deadline).await;
        let (answer, holds) = match (answer, known.take()) {
            (Ok(offered), _) => (Ok(Arc::new(offered)), FRESH),
            (Err(_), Some(CachedOffer { answer: Ok(offered), epoch: then, .. })) if then == epoch => {
                (Ok(offered), FAILURE)
            }
            (Err(reason), _) => (Err(reason), FAILURE),
        };
        *known = Some(CachedOffer { epoch, until: Instant::now() + holds, answer: answer.clone() });
        answer
    }

    /// Has the next caller ask again: a command that should be there was refused.
    pub(super) fn forget(&self) {
        // While the lock is held, a query is running.
        if let Ok(mut known) = self.known.try_lock() {
            *known = None;
        }
    }

    async fn ask(&self, deadline: Instant) -> Result<Offered, Reason> {
        match self.component.get(self.server.clone(), admin::list(), deadline).await {
            Ok(answer) => Ok(answer.map(|answer| Offered::read(&answer)).unwrap_or_default()),
            Err(IqError::Stanza { condition }) if says_none(&condition) => Ok(Offered::default()),
            Err(error) => Err(commands::reason(error)),
        }
    }
}

/// Whether a server that answers so has no commands for us at all.
fn says_none(condition: &DefinedCondition) -> bool {
    matches!(
        condition,
        DefinedCondition::FeatureNotImplemented
            | DefinedCondition::Forbidden
            | DefinedCondition::ItemNotFound
            | DefinedCondition::NotAllowed
            | DefinedCondition::ServiceUnavailable
    )
}
