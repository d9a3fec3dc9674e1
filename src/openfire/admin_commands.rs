//! The service administration commands (XEP-0133) that give information on users, as ad-hoc commands (XEP-0050).
//!
//! 1. [`execute`] starts the command, with the form filled in. Prosody accepts that, and its answer is
//!    [`CommandResponse::Completed`]. Openfire 4.2 gives a [`CommandResponse::Form`] with a session instead.
//! 2. [`submit`] sends the filled-in form; the answer is [`CommandResponse::Completed`].
//!
//! A command that is not completed must be ended by [`cancel`]: Openfire counts abandoned ones against a limit of 100
//! for each requester until it is restarted.

mod result;
#[cfg(test)]
mod tests;

use xmpp_parsers::minidom::rxml::NcName;
use xmpp_parsers::minidom::{Element, ElementBuilder};
use xmpp_parsers::ns;

pub use self::result::{Group, account_details, group_members, groups};
use crate::model::account::Reason;

/// A command of XEP-0133.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Command {
    /// Section 4.9. Openfire has it since 4.8.1, for any component; Prosody has it for admins.
    GetUserRoster,
    /// Openfire's own: the server's groups. For admins.
    GetGroups,
    /// Openfire's own: the members of one group. For admins.
    GetGroupMembers,
    /// Openfire's own: names and e-mail addresses of accounts. For admins.
    GetUserProperties,
}

/// The commands that a server offers to the entity that asks.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Offered(Vec<Command>);

/// What a server answers to a stage of a command.
#[derive(Debug, Clone, PartialEq)]
pub enum CommandResponse {
    /// A form to fill in.
    Form(Session),
    /// The command is done.
    Completed(Element),
    /// The command was cancelled, or ended without a result.
    Ended,
}

/// A command that was started and has to be completed or cancelled.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Session {
    command: Command,
    id: String,
    /// The names of the form's fields.
    fields: Vec<String>,
}

/// The query for the commands that the server shows to us (XEP-0050 section 2.2).
#[must_use]
pub fn list() -> Element {
    attr(Element::builder("query", ns::DISCO_ITEMS), "node", COMMANDS).build()
}

/// Starts `command` with its `fields` filled in (XEP-0050 section 3.1).
///
/// A server that asks for the form first ignores them.
#[must_use]
pub fn execute(command: Command, fields: &[(&str, &str)]) -> Element {
    stage(command, "execute").append(form(fields.iter())).build()
}

/// Fills in the form of `session` with the values of its `fields` (XEP-0050 section 3.3).
///
/// Only those `fields` that the form has are filled in: servers name the same field differently. `None` when the form has none
/// of them: Openfire never answers when a field is missing that the command needs.
#[must_use]
pub fn submit(session: &Session, fields: &[(&str, &str)]) -> Option<Element> {
    let has = |name: &str| session.fields.iter().any(|field| field == name);
    let known: Vec<_> = fields.iter().filter(|(name, _)| has(name)).collect();
    if known.is_empty() {
        return None;
    }
    let stage = attr(stage(session.command, "complete"), "sessionid", &session.id);
    Some(stage.append(form(known.into_iter())).build())
}

/// Ends `session` without a result (XEP-0050 section 3.4).
///
/// Openfire 4.2 answers with `bad-request` and ends it all the same.
#[must_use]
pub fn cancel(session: &Session) -> Element {
    attr(stage(session.command, "cancel"), "sessionid", &session.id).build()
}

/// Reads the answer to a stage of `command`.
///
/// # Errors
/// [`Reason::CommandFailed`] when the command ended with an error note, [`Reason::Malformed`] when it is not a
/// command response.
pub fn read(command: Command, answer: &Element) -> Result<CommandResponse, Reason> {
    if !answer.is("command", COMMANDS) {
        return Err(Reason::Malformed("it is not a command response"));
    }
    let form = answer.get_child("x", ns::DATA_FORMS);
    match (answer.attr("status"), answer.attr("sessionid")) {
        (Some("executing"), Some(id)) => {
            let fields = form.into_iter().flat_map(Element::children).filter_map(|field| field.attr("var"));
            Ok(CommandResponse::Form(Session {
                command,
                id: id.to_owned(),
                fields: fields.map(str::to_owned).collect(),
            }))
        }
        (Some("completed"), _) => match (error_note(answer), form) {
            (Some(note), _) => Err(Reason::CommandFailed { command: command.as_str(), note }),
            (None, Some(form)) => Ok(CommandResponse::Completed(form.clone())),
            (None, None) => Ok(CommandResponse::Ended),
        },
        (Some("canceled"), _) => Ok(CommandResponse::Ended),
        _ => Err(Reason::Malformed("the command has no status")),
    }
}

impl Command {
    /// Its short name.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::GetUserRoster => "get-user-roster",
            Self::GetGroups => "get-groups",
            Self::GetGroupMembers => "get-group-members",
            Self::GetUserProperties => "get-user-properties",
        }
    }

    /// The node of the command (XEP-0050).
    fn node(self) -> String {
        format!("{ADMIN}#{}", self.as_str())
    }
}

impl Offered {
    /// Reads the answer to [`list`].
    #[must_use]
    pub fn read(answer: &Element) -> Self {
        let all = [Command::GetUserRoster, Command::GetGroups, Command::GetGroupMembers, Command::GetUserProperties];
        let shown = |command: &Command| {
            let node = command.node();
            answer.children().any(|item| item.is("item", ns::DISCO_ITEMS) && item.attr("node") == Some(&node))
        };
        Self(all.into_iter().filter(shown).collect())
    }

    /// Whether a user to whom they are offered is an administrator of the server.
    ///
    /// Openfire 4.2 to 5.2 offers these commands to no other user (`AdHocCommand.hasPermission`), and Prosody's `mod_admin_adhoc` neither.
    /// For a component it says nothing: Openfire 4.8.1 and later offers `get-user-roster` to each.
    #[must_use]
    pub fn are_of_an_administrator(&self) -> bool {
        !self.0.is_empty()
    }

    /// Whether `command` is among them.
    #[must_use]
    pub fn has(&self, command: Command) -> bool {
        self.0.contains(&command)
    }
}

const COMMANDS: &str = "http://jabber.org/protocol/commands";
const ADMIN: &str = "http://jabber.org/protocol/admin";

/// Longest note that is reported, in characters.
const MAX_NOTE: usize = 200;

fn stage(command: Command, action: &str) -> ElementBuilder {
    let stage = attr(Element::builder("command", COMMANDS), "node", &command.node());
    attr(stage, "action", action)
}

/// A form that is filled in with the values of these fields.
fn form<'a>(fields: impl Iterator<Item = &'a (&'a str, &'a str)>) -> ElementBuilder {
    let filled = [("FORM_TYPE", ADMIN)].iter().chain(fields).map(|(name, value)| {
        let value = Element::builder("value", ns::DATA_FORMS).append(*value);
        attr(Element::builder("field", ns::DATA_FORMS), "var", name).append(value)
    });
    attr(Element::builder("x", ns::DATA_FORMS), "type", "submit").append_all(filled)
}

/// Every `name` here is a literal that XML allows, so none is ever passed over.
fn attr(element: ElementBuilder, name: &str, value: &str) -> ElementBuilder {
    match NcName::try_from(name) {
        Ok(name) => element.attr(name, value),
        Err(_) => element,
    }
}

/// The first note of type error, as one line.
fn error_note(answer: &Element) -> Option<String> {
    let note = answer.children().find(|child| child.name() == "note" && child.attr("type") == Some("error"))?;
    let plain = note.text().split_whitespace().collect::<Vec<_>>().join(" ");
    Some(plain.chars().filter(|character| !character.is_control()).take(MAX_NOTE).collect())
}
