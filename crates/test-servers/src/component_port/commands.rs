//! Ad-hoc commands (XEP-0050) as Openfire 5.1 answers them.

use minidom::Element;

use super::{payload, result};
use crate::openfire::DOMAIN;

/// Whether it asks for the list of commands.
#[must_use]
pub fn is_list(query: &Element) -> bool {
    payload(query).name() == "query"
}

/// Whether it is this stage of the command with this short name: `execute`, `complete` or `cancel`.
#[must_use]
pub fn is_stage(query: &Element, command: &str, action: &str) -> bool {
    let payload = payload(query);
    payload.attr("node").is_some_and(|node| node.ends_with(&format!("#{command}")))
        && payload.attr("action") == Some(action)
}

/// A list of the commands with these short names.
#[must_use]
pub fn list(query: &Element, commands: &[&str]) -> String {
    let item = |command| format!("<item jid='{DOMAIN}' node='http://jabber.org/protocol/admin#{command}' name='x'/>");
    let items = commands.iter().map(item).collect::<Vec<_>>().concat();
    result(query, &format!("<query xmlns='http://jabber.org/protocol/disco#items'>{items}</query>"))
}

/// The answer to the first stage: a form with these fields.
#[must_use]
pub fn form(query: &Element, fields: &[&str]) -> String {
    let node = payload(query).attr("node").unwrap();
    let field = |name| format!("<field type='jid-multi' var='{name}'><required/></field>");
    let fields = fields.iter().map(field).collect::<Vec<_>>().concat();
    let command = format!(
        "<command xmlns='http://jabber.org/protocol/commands' sessionid='LiHQk0AZrop0mKp' node='{node}' \
         status='executing'><x xmlns='jabber:x:data' type='form'>{fields}</x>\
         <actions execute='complete'><complete/></actions></command>"
    );
    result(query, &command)
}

/// The answer to the last stage: a form with these contents.
#[must_use]
pub fn completed(query: &Element, form: &str) -> String {
    let node = payload(query).attr("node").unwrap();
    let command = format!(
        "<command xmlns='http://jabber.org/protocol/commands' sessionid='LiHQk0AZrop0mKp' node='{node}' \
         status='completed'><x xmlns='jabber:x:data' type='result'>{form}</x></command>"
    );
    result(query, &command)
}
