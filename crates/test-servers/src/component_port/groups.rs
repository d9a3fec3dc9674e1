//! Groups and accounts as an Openfire with LDAP gives them to a component, played by hand.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, MutexGuard};

use minidom::Element;

use super::commands::{completed, form, is_list, is_stage, list};
use super::{payload, result};
use crate::openfire::DOMAIN;

/// An Openfire whose directory can fail, wholly or for single groups. It keeps each list that it was asked for, an empty one
/// too, as Openfire does for 15 minutes.
#[derive(Debug, Clone, Default)]
pub struct GroupDirectory(Arc<Mutex<Contents>>);

#[derive(Debug, Default)]
struct Contents {
    /// Groups and the local parts of their members.
    groups: BTreeMap<String, Vec<String>>,
    /// Whether the directory cannot be searched.
    is_down: bool,
    /// Groups that are listed and then not found.
    lost: BTreeSet<String>,
    /// Groups of which the look-up fails while a list is made.
    left_out: BTreeSet<String>,
    /// The names for each page that was asked for, by its first group and its size.
    cache: BTreeMap<(usize, usize), Vec<String>>,
}

impl GroupDirectory {
    /// A directory with these groups and members.
    #[must_use]
    pub fn new(groups: &[(&str, &[&str])]) -> Self {
        let directory = Self::default();
        for (group, members) in groups {
            directory.add(group, members);
        }
        directory
    }

    /// Adds a group.
    pub fn add(&self, group: &str, members: &[&str]) {
        let members = members.iter().map(|member| (*member).to_owned()).collect();
        self.contents().groups.insert(group.to_owned(), members);
    }

    /// Deletes a group, from Openfire's caches too.
    pub fn delete(&self, group: &str) {
        let mut contents = self.contents();
        contents.groups.remove(group);
        contents.cache.clear();
    }

    /// Has every search fail, or work again. Openfire does not notice.
    pub fn set_down(&self, is_down: bool) {
        self.contents().is_down = is_down;
    }

    /// Has this group listed and not found, or found again.
    pub fn set_lost(&self, group: &str, is_lost: bool) {
        let lost = &mut self.contents().lost;
        _ = if is_lost { lost.insert(group.to_owned()) } else { lost.remove(group) };
    }

    /// Has this group left out of lists, or listed again.
    pub fn set_left_out(&self, group: &str, is_left_out: bool) {
        let left_out = &mut self.contents().left_out;
        _ = if is_left_out { left_out.insert(group.to_owned()) } else { left_out.remove(group) };
    }

    /// The answer to `query`; silence to what is no command, no ping.
    #[must_use]
    pub fn answer(&self, query: &Element) -> Option<String> {
        let mut contents = self.contents();
        Some(match query {
            query if payload(query).name() == "ping" => result(query, ""),
            query if is_list(query) => list(query, &["get-groups", "get-group-members", "get-user-properties"]),
            query if is_stage(query, "get-groups", "execute") => form(query, &["start", "max_items"]),
            query if is_stage(query, "get-groups", "complete") => contents.list(query),
            query if is_stage(query, "get-group-members", "execute") => form(query, &["group"]),
            query if is_stage(query, "get-group-members", "complete") => contents.members(query),
            query if is_stage(query, "get-user-properties", "execute") => form(query, &["accountjids"]),
            query if is_stage(query, "get-user-properties", "complete") => contents.account(query),
            _ => return None,
        })
    }

    fn contents(&self) -> MutexGuard<'_, Contents> {
        self.0.lock().expect("no test panics while it has it")
    }
}

impl Contents {
    fn list(&mut self, query: &Element) -> String {
        let number = |name| value(query, name).parse::<usize>().expect("a number");
        let page = (number("start"), number("max_items"));
        let found = || -> Vec<String> {
            let names = self.groups.keys().filter(|_| !self.is_down);
            names.skip(page.0).take(page.1).cloned().collect()
        };
        let names = match self.cache.get(&page) {
            Some(names) => names.clone(),
            None => found(),
        };
        self.cache.insert(page, names.clone());
        let item = |name: &String| {
            let count = self.groups.get(name)?.len();
            Some(format!(
                "<item><field var='name'><value>{name}</value></field><field var='count'><value>{count}</value></field></item>"
            ))
        };
        completed(
            query,
            &names.iter().filter(|name| !self.left_out.contains(*name)).filter_map(item).collect::<String>(),
        )
    }

    fn members(&self, query: &Element) -> String {
        let group = value(query, "group");
        let Some(members) = self.groups.get(&group).filter(|_| !self.lost.contains(&group)) else {
            let node = payload(query).attr("node").expect("a command");
            let answer = format!(
                "<command xmlns='http://jabber.org/protocol/commands' sessionid='LiHQk0AZrop0mKp' node='{node}' \
                 status='completed'><note type='error'>Group name does not exist</note></command>"
            );
            return result(query, &answer);
        };
        let item = |name: &String| format!("<item><field var='jid'><value>{name}@{DOMAIN}</value></field></item>");
        completed(query, &members.iter().map(item).collect::<String>())
    }

    /// All accounts have the name `Some Body`.
    fn account(&self, query: &Element) -> String {
        if self.is_down {
            return completed(query, "<field var='name'/><field var='accountjids'/><field var='email'/>");
        }
        let account = value(query, "accountjids");
        completed(
            query,
            &format!(
                "<field var='name'><value>Some Body</value></field><field var='accountjids'><value>{account}</value>\
                 </field><field var='email'><value></value></field>"
            ),
        )
    }
}

/// The value of a field of the form that was filled in.
fn value(query: &Element, name: &str) -> String {
    let fields = payload(query).children().flat_map(Element::children);
    let mut named = fields.filter(|field| field.attr("var") == Some(name));
    named.next().and_then(|field| field.children().next()).map(Element::text).expect("a value")
}
