//! Rosters (RFC 6121 section 2): the query, and the contacts in an answer.

#[cfg(test)]
mod tests;

use std::collections::HashSet;

use xmpp_parsers::jid::Jid;
use xmpp_parsers::minidom::{Element, NSChoice};
use xmpp_parsers::ns;

use crate::model::account::{Contact, Reason, Subscription};

/// The query for one's own roster (RFC 6121 section 2.1.3).
#[must_use]
pub fn query() -> Element {
    Element::bare("query", ns::ROSTER)
}

/// The contacts in `answer`, in its order, and why some of them were left out.
///
/// The answer is the roster itself; or the result of the command `get-user-roster`, where the roster is a child of
/// the form (XEP-0133 section 4.9, Openfire and Prosody); or, failing that, the text of the form's field `roster`.
/// Entries that are being removed and repeated ones are passed over; entries with an invalid JID are skipped and
/// reported.
///
/// # Errors
/// [`Reason::Malformed`] when there is no roster in the answer.
pub fn contacts(answer: &Element) -> Result<(Vec<Contact>, Option<Reason>), Reason> {
    if let Some(roster) = roster_in(answer) {
        return Ok(read(roster));
    }
    match roster_in_text(answer) {
        Some(roster) => Ok(read(&roster)),
        None => Err(Reason::Malformed("it holds no roster")),
    }
}

/// Deepest nesting that a roster in text form may have: `query`, `item`, `group`, and some room.
const MAX_DEPTH: usize = 8;

fn roster_in(answer: &Element) -> Option<&Element> {
    if answer.is("query", ns::ROSTER) {
        return Some(answer);
    }
    let inside = form(answer).unwrap_or(answer);
    inside.get_child("query", ns::ROSTER)
}

fn form(answer: &Element) -> Option<&Element> {
    if answer.is("x", ns::DATA_FORMS) { Some(answer) } else { answer.get_child("x", ns::DATA_FORMS) }
}

/// The roster out of the field `roster`, one line of XML a value (Prosody).
fn roster_in_text(answer: &Element) -> Option<Element> {
    let field =
        form(answer)?.children().find(|field| field.name() == "field" && field.attr("var") == Some("roster"))?;
    let lines: Vec<String> = field.children().filter(|value| value.name() == "value").map(Element::text).collect();
    let text = lines.join("\n");
    let roster: Element = if depth(&text) <= MAX_DEPTH { text.trim().parse().ok()? } else { return None };
    roster.is("query", ns::ROSTER).then_some(roster)
}

/// An upper bound of the nesting of `xml`, found without building it: dropping a deep tree would use up the stack.
fn depth(xml: &str) -> usize {
    let (mut depth, mut deepest) = (0_usize, 0);
    for tag in xml.split('<').skip(1) {
        if tag.starts_with('/') {
            depth = depth.saturating_sub(1);
        } else {
            deepest = deepest.max(depth + 1);
            if !tag.split('>').next().unwrap_or_default().ends_with('/') {
                depth += 1;
            }
        }
    }
    deepest
}

fn read(roster: &Element) -> (Vec<Contact>, Option<Reason>) {
    let mut contacts = Vec::new();
    let mut seen = HashSet::new();
    let mut total = 0;
    let mut unusable = 0;
    for item in roster.children().filter(|child| child.is("item", NSChoice::Any)) {
        let Some(subscription) = subscription(item.attr("subscription")) else { continue };
        total += 1;
        match item.attr("jid").and_then(|jid| Jid::new(jid.trim()).ok()) {
            Some(jid) => {
                let jid = jid.to_bare().to_string();
                if seen.insert(jid.clone()) {
                    contacts.push(Contact { jid, name: name(item), groups: groups(item), subscription });
                }
            }
            None => unusable += 1,
        }
    }
    let shortened =
        Reason::Shortened { what: "contacts (the others have no valid JID)", kept: total - unusable, total };
    (contacts, (unusable > 0).then_some(shortened))
}

/// `None` for an entry that is being removed. What is not known counts as no subscription (RFC 6121 section 2.1.2.5).
fn subscription(value: Option<&str>) -> Option<Subscription> {
    match value {
        Some("remove") => None,
        Some("to") => Some(Subscription::To),
        Some("from") => Some(Subscription::From),
        Some("both") => Some(Subscription::Both),
        _ => Some(Subscription::None),
    }
}

fn name(item: &Element) -> String {
    item.attr("name").unwrap_or_default().trim().to_owned()
}

/// The groups as they are written, blanks included, since two that differ in a blank are two (RFC 6121 section 2.1.2.6).
fn groups(item: &Element) -> Vec<String> {
    let mut groups: Vec<String> = Vec::new();
    for group in item.children().filter(|child| child.name() == "group").map(Element::text) {
        if !group.trim().is_empty() && !groups.contains(&group) {
            groups.push(group);
        }
    }
    groups
}
