//! The groups of all users at one time.

use std::collections::HashMap;

use xmpp_parsers::jid::{BareJid, DomainPart};

use crate::model::account::Reason;

/// Most memberships that are kept: about 60 MB if each is another user's.
const MAX_MEMBERSHIPS: usize = 500_000;

/// The groups of all users of one domain at one time.
#[derive(Debug)]
pub(super) struct Snapshot {
    domain: DomainPart,
    /// The groups that were read.
    names: Vec<String>,
    /// The places in `names` of a user's groups, by the local part of the JID.
    groups_of: HashMap<Box<str>, Vec<usize>>,
    memberships: usize,
    /// Groups that there are, those included that were not read.
    total: usize,
    /// Whether the server has still more groups than `total`.
    all: bool,
}

impl Snapshot {
    /// Nothing read as yet; `all` says whether every group of the server's is going to be added.
    pub(super) fn new(domain: DomainPart, all: bool) -> Self {
        Self { domain, names: Vec::new(), groups_of: HashMap::new(), memberships: 0, total: 0, all }
    }

    /// Adds a group; `None` as its members counts it as one that was not read. Members elsewhere are passed over.
    pub(super) fn add(&mut self, name: String, members: Option<&[BareJid]>) {
        self.total += 1;
        let Some(members) = members.filter(|members| self.memberships + members.len() <= MAX_MEMBERSHIPS) else {
            return;
        };
        let place = self.names.len();
        self.names.push(name);
        self.memberships += members.len();
        for member in members.iter().filter(|member| member.domain() == &*self.domain) {
            if let Some(local) = member.node() {
                let places = self.groups_of.entry(local.as_str().into()).or_default();
                if places.last() != Some(&place) {
                    places.push(place);
                }
            }
        }
    }

    /// The names of the groups of `user`, sorted.
    pub(super) fn groups_of(&self, user: &BareJid) -> Vec<String> {
        let places = user.node().and_then(|local| self.groups_of.get(local.as_str()));
        let mut names: Vec<String> =
            places.into_iter().flatten().filter_map(|place| self.names.get(*place)).cloned().collect();
        names.sort();
        names
    }

    /// That some groups were not read.
    pub(super) fn shortened(&self) -> Option<Reason> {
        let what =
            if self.all { "groups (the others have too many members)" } else { "groups or more (there are too many)" };
        let (kept, total) = (self.names.len(), self.total);
        (kept < total || !self.all).then_some(Reason::Shortened { what, kept, total })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn jid(text: &str) -> BareJid {
        text.parse().unwrap()
    }

    fn snapshot(all: bool) -> Snapshot {
        Snapshot::new(DomainPart::new("example.test").unwrap().into_owned(), all)
    }

    #[test]
    fn a_users_groups_are_sorted_and_named_once() {
        let mut snapshot = snapshot(true);
        let [anna, bob] = ["anna@example.test", "bob@example.test"].map(jid);
        // Openfire lists a member who is an administrator as well twice.
        snapshot.add("sales".into(), Some(&[anna.clone(), bob.clone(), anna.clone()]));
        snapshot.add("board".into(), Some(&[anna.clone(), jid("bob@elsewhere.test")]));
        assert_eq!(snapshot.groups_of(&anna), ["board", "sales"]);
        assert_eq!(snapshot.groups_of(&bob), ["sales"]);
        assert!(snapshot.groups_of(&jid("carl@example.test")).is_empty());
        assert_eq!(snapshot.shortened(), None);
    }

    #[test]
    fn groups_that_were_not_read_are_reported() {
        let mut large = snapshot(true);
        large.add("everybody".into(), None);
        large.add("sales".into(), Some(&[]));
        assert!(matches!(large.shortened(), Some(Reason::Shortened { kept: 1, total: 2, .. })));
        assert!(matches!(snapshot(false).shortened(), Some(Reason::Shortened { kept: 0, total: 0, .. })));
    }

    #[test]
    fn memberships_are_bounded() {
        let mut snapshot = snapshot(true);
        let anna = jid("anna@example.test");
        let crowd = vec![anna.clone(); MAX_MEMBERSHIPS];
        snapshot.add("crowd".into(), Some(&crowd));
        snapshot.add("one more".into(), Some(std::slice::from_ref(&anna)));
        assert_eq!(snapshot.groups_of(&anna), ["crowd"]);
        assert!(matches!(snapshot.shortened(), Some(Reason::Shortened { kept: 1, total: 2, .. })));
    }
}
