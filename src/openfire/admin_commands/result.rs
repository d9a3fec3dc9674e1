//! The forms that completed commands bring.

use xmpp_parsers::jid::{BareJid, Jid};
use xmpp_parsers::minidom::Element;

use crate::model::account::AccountDetails;

/// A group of the server's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Group {
    /// Its name, not the one under which rosters show it; empty where the server names none.
    pub name: String,
    /// Members and administrators together; `None` when the server does not say.
    pub size: Option<usize>,
}

/// Reads the result of `get-user-properties` about `user`.
///
/// It holds three parallel lists from which accounts that do not exist are left out, so a list of names or e-mail
/// addresses counts only when it is as long as the list of JIDs. `None` when there is no account in it, as also for an
/// account of a directory that cannot be searched.
#[must_use]
pub fn account_details(form: &Element, user: &BareJid) -> Option<AccountDetails> {
    let accounts = values(form, "accountjids");
    if accounts.is_empty() {
        return None;
    }
    let position = accounts.iter().position(|account| bare(account).as_ref() == Some(user));
    let value = |name| {
        let list = values(form, name);
        if list.len() != accounts.len() {
            return String::new();
        }
        position.and_then(|position| list.get(position)).map(|value| value.trim().to_owned()).unwrap_or_default()
    };
    Some(AccountDetails { name: value("name"), email: value("email") })
}

/// Reads one page of the result of `get-groups`: a group for each item, in the server's order.
#[must_use]
pub fn groups(form: &Element) -> Vec<Group> {
    let first = |item, name| values(item, name).into_iter().next().unwrap_or_default();
    items(form)
        .map(|item| Group { name: first(item, "name"), size: first(item, "count").trim().parse().ok() })
        .collect()
}

/// Reads the result of `get-group-members`: members and administrators of one group.
#[must_use]
pub fn group_members(form: &Element) -> Vec<BareJid> {
    items(form).filter_map(|item| values(item, "jid").first().and_then(|jid| bare(jid))).collect()
}

fn items(form: &Element) -> impl Iterator<Item = &Element> {
    form.children().filter(|child| child.name() == "item")
}

/// The values of the field `name` of a form or an item (XEP-0004 section 3.2).
fn values(parent: &Element, name: &str) -> Vec<String> {
    parent
        .children()
        .filter(|field| field.name() == "field" && field.attr("var") == Some(name))
        .flat_map(Element::children)
        .filter(|value| value.name() == "value")
        .map(Element::text)
        .collect()
}

fn bare(jid: &str) -> Option<BareJid> {
    Jid::new(jid.trim()).ok().map(|jid| jid.to_bare())
}
