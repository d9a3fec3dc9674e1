//! Runs admin commands, each to its end.
//!
//! Openfire counts every command that was started and neither completed nor cancelled against a limit of 100 for the
//! component, until the server is restarted, and a command's session is only known once the server has answered. So a
//! command runs in a task of its own that outlives a caller who gives up, and ends it properly. Such a task lives at
//! most two [`PATIENCE`]s longer than its caller, and there are at most [`SLOTS`] of them.

use std::ops::Range;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{Semaphore, oneshot};
use tokio::time::{Instant, sleep, timeout_at};
use tracing::Instrument as _;
use xmpp_parsers::jid::{DomainPart, Jid};
use xmpp_parsers::minidom::Element;
use xmpp_parsers::stanza_error::DefinedCondition;

use crate::model::account::Reason;
use crate::openfire::admin_commands::{self as admin, Command, CommandResponse, Session};
use crate::openfire::component::{Component, ComponentState, IqError};

/// Commands that run at one time: well below the 100 that Openfire allows.
const SLOTS: usize = 64;

/// How long we wait for the answer to a command whose caller has given up, to cancel it.
const PATIENCE: Duration = Duration::from_secs(30);

/// How often a cancellation that could not be sent is tried.
const CANCEL_ATTEMPTS: usize = 3;

/// Pause before the next cancellation when too many queries wait; there is no event to await.
const OVERLOAD_PAUSE: Range<Duration> = Duration::from_millis(500)..Duration::from_secs(2);

/// Runs commands on one server.
#[derive(Debug, Clone)]
pub(super) struct Commands {
    component: Component,
    server: Jid,
    slots: Arc<Semaphore>,
}

/// The field of a form and its value.
pub(super) type Field = (&'static str, String);

impl Commands {
    pub(super) fn new(component: Component, server: Jid) -> Self {
        Self { component, server, slots: Arc::new(Semaphore::new(SLOTS)) }
    }

    /// Runs `command` with the `fields` that its form has; Ok is the form that it brings.
    ///
    /// Waits until `deadline` at most. Dropping the future gives the result up, not the command.
    pub(super) async fn run(&self, command: Command, fields: Vec<Field>, deadline: Instant) -> Result<Element, Reason> {
        // All slots taken for so long means that the server is slow.
        let Ok(Ok(slot)) = timeout_at(deadline, Arc::clone(&self.slots).acquire_owned()).await else {
            return Err(Reason::TimedOut);
        };
        let (reply, result) = oneshot::channel();
        let run = Run { component: self.component.clone(), server: self.server.clone(), command, deadline };
        let complete = async move {
            run.complete(&fields, reply).await;
            drop(slot);
        };
        tokio::spawn(complete.in_current_span());
        match timeout_at(deadline, result).await {
            Ok(Ok(result)) => result,
            Ok(Err(_)) | Err(_) => Err(Reason::TimedOut),
        }
    }
}

/// One command on its way.
struct Run {
    component: Component,
    server: Jid,
    command: Command,
    /// When its caller stops waiting.
    deadline: Instant,
}

impl Run {
    async fn complete(self, fields: &[Field], reply: oneshot::Sender<Result<Element, Reason>>) {
        let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
        let until = self.deadline.max(Instant::now() + PATIENCE);
        match self.stage(admin::execute(self.command, &fields), until).await {
            Ok(CommandResponse::Form(session)) if reply.is_closed() || Instant::now() >= self.deadline => {
                self.cancel(&session).await;
            }
            Ok(CommandResponse::Form(session)) => self.fill_in(&session, &fields, reply).await,
            Ok(CommandResponse::Completed(form)) => _ = reply.send(Ok(form)),
            Ok(CommandResponse::Ended) => _ = reply.send(Err(NO_RESULT)),
            Err(reason) => _ = reply.send(Err(reason)),
        }
    }

    async fn fill_in(
        &self,
        session: &Session,
        fields: &[(&str, &str)],
        reply: oneshot::Sender<Result<Element, Reason>>,
    ) {
        let answer = match admin::submit(session, fields) {
            Some(filled) => self.stage(filled, self.deadline).await,
            None => Err(Reason::Malformed("the command's form has none of the fields that it should have")),
        };
        let (result, ended) = match answer {
            Ok(CommandResponse::Completed(form)) => (Ok(form), true),
            Ok(CommandResponse::Ended) => (Err(NO_RESULT), true),
            Ok(CommandResponse::Form(_)) => (Err(Reason::Malformed("the command asks for its form once more")), false),
            Err(reason @ Reason::CommandFailed { .. }) => (Err(reason), true),
            Err(reason) => (Err(reason), false),
        };
        // The caller need not wait for the cancellation.
        _ = reply.send(result);
        if !ended {
            self.cancel(session).await;
        }
    }

    async fn stage(&self, payload: Element, deadline: Instant) -> Result<CommandResponse, Reason> {
        match self.component.set(self.server.clone(), payload, deadline).await {
            Ok(Some(answer)) => admin::read(self.command, &answer),
            Ok(None) => Err(NO_RESULT),
            Err(IqError::Stanza { condition }) => Err(self.refusal(&condition)),
            Err(error) => Err(reason(error)),
        }
    }

    fn refusal(&self, condition: &DefinedCondition) -> Reason {
        match condition {
            DefinedCondition::Forbidden | DefinedCondition::ItemNotFound | DefinedCondition::ServiceUnavailable => {
                not_offered(self.command, self.component.name())
            }
            DefinedCondition::NotAllowed => Reason::CommandLimit,
            condition => Reason::Refused { condition: name_of(condition) },
        }
    }

    /// Cancels a session, after a reconnect if it must be.
    async fn cancel(&self, session: &Session) {
        for _ in 0..CANCEL_ATTEMPTS {
            let until = Instant::now() + PATIENCE;
            match self.component.set(self.server.clone(), admin::cancel(session), until).await {
                Err(IqError::Disconnected) => {
                    let mut state = self.component.state();
                    let connected = state.wait_for(|state| matches!(state, ComponentState::Connected { .. }));
                    if !matches!(timeout_at(until, connected).await, Ok(Ok(_))) {
                        return;
                    }
                }
                Err(IqError::Overloaded) => sleep(rand::random_range(OVERLOAD_PAUSE)).await,
                _ => return,
            }
        }
    }
}

const NO_RESULT: Reason = Reason::Malformed("the command ended without a result");

/// What a failed query means for the caller.
pub(super) fn reason(error: IqError) -> Reason {
    match error {
        IqError::Disconnected => Reason::Disconnected,
        IqError::TimedOut => Reason::TimedOut,
        IqError::Overloaded => Reason::Overloaded,
        IqError::Stanza { condition } => Reason::Refused { condition: name_of(&condition) },
        IqError::Unsendable => Reason::Malformed("the query could not be written as XML"),
    }
}

/// That the server does not offer `command` to the component of this `name`, and what to change.
pub(super) fn not_offered(command: Command, name: &DomainPart) -> Reason {
    let advice = match command {
        Command::GetUserRoster => {
            "Openfire has it since 4.8.1, Prosody offers it to its admins; with directory.roster = \"auto\" the user's \
             own login is asked instead"
                .to_owned()
        }
        Command::GetGroups | Command::GetGroupMembers | Command::GetUserProperties => {
            format!(
                "add {name} to Openfire's system property admin.authorizedJIDs (if that is empty, enter the administrators' JIDs too)"
            )
        }
    };
    Reason::NotOffered { command: command.as_str(), advice }
}

/// The condition's element name (RFC 6120 section 8.3.3).
fn name_of(condition: &DefinedCondition) -> String {
    Element::from(condition.clone()).name().to_owned()
}
