//! The groups of all users at one time.

use std::collections::HashMap;

use tokio::time::Instant;
use xmpp_parsers::jid::{BareJid, DomainPart};

use super::USABLE;
use crate::model::account::Reason;

/// Most memberships that are kept: about 60 MB if each is another user's.
const MAX_MEMBERSHIPS: usize = 500_000;

/// The groups of all users of one domain at one time.
#[derive(Debug)]
pub(super) struct Snapshot {
    domain: DomainPart,
    /// The groups that were read, now or before.
    names: Vec<String>,
    /// The places in `names` of a user's groups, by the local part of the JID.
    groups_of: HashMap<Box<str>, Vec<usize>>,
    memberships: usize,
    /// The groups that could not be read now: their places in `names`, in order, and when they were read before.
    carried: Vec<(usize, Option<Instant>)>,
    /// Groups that there are, those included that were not read.
    total: usize,
    /// Whether the server has still more groups than `total`.
    all: bool,
}

impl Snapshot {
    /// Nothing read as yet; `all` says whether every group of the server's is going to be added.
    pub(super) fn new(domain: DomainPart, all: bool) -> Self {
        Self {
            domain,
            names: Vec::new(),
            groups_of: HashMap::new(),
            memberships: 0,
            carried: Vec::new(),
            total: 0,
            all,
        }
    }

    /// Adds a group; `None` as its members counts it as one that is not read. Members elsewhere are passed over.
    pub(super) fn add(&mut self, name: String, members: Option<&[BareJid]>) {
        self.total += 1;
        let Some(members) = members.filter(|members| self.memberships + members.len() <= MAX_MEMBERSHIPS) else {
            return;
        };
        self.names.push(name);
        self.memberships += members.len();
        for member in members {
            if let Some(local) = member.node().filter(|_| member.domain() == &*self.domain) {
                self.put(local.as_str());
            }
        }
    }

    /// Adds a group whose members could not be read, with those that it had before, for as long as they are not too old.
    pub(super) fn carry_over(&mut self, name: String, earlier: &Earlier<'_>) {
        let past = earlier.0.get(name.as_str());
        let past = past.filter(|(_, members)| self.memberships + members.len() <= MAX_MEMBERSHIPS);
        self.total += 1;
        self.carried.push((self.names.len(), past.map(|(then, _)| *then)));
        self.names.push(name);
        for local in past.into_iter().flat_map(|(_, members)| members) {
            self.memberships += 1;
            self.put(local);
        }
    }

    /// Makes a user a member of the last group.
    fn put(&mut self, local: &str) {
        let Some(place) = self.names.len().checked_sub(1) else { return };
        let places = self.groups_of.entry(local.into()).or_default();
        if places.last() != Some(&place) {
            places.push(place);
        }
    }

    /// The names of the groups of `user`, sorted.
    pub(super) fn groups_of(&self, user: &BareJid) -> Vec<String> {
        let places = user.node().and_then(|local| self.groups_of.get(local.as_str()));
        let known = places.into_iter().flatten().filter(|place| !self.is_unread(**place));
        let mut names: Vec<String> = known.filter_map(|place| self.names.get(*place)).cloned().collect();
        names.sort();
        names
    }

    /// That some groups are not known, though they were asked about.
    pub(super) fn unread(&self) -> Option<Reason> {
        self.reason(too_old)
    }

    /// That some groups could not be read now, though they may be known from before.
    pub(super) fn carried(&self) -> Option<Reason> {
        self.reason(|_| true)
    }

    fn reason(&self, counts: impl Fn(Option<Instant>) -> bool) -> Option<Reason> {
        let places = self.carried.iter().filter(|(_, read)| counts(*read));
        let names: Vec<String> = places.filter_map(|(place, _)| self.names.get(*place)).cloned().collect();
        (!names.is_empty()).then(|| Reason::UnreadGroups { names: names.into(), total: self.total })
    }

    /// Whether the members of the group at `place` are not known, or were read too long ago.
    fn is_unread(&self, place: usize) -> bool {
        self.carried_at(place).is_some_and(|(_, read)| too_old(*read))
    }

    /// The group at `place`, and when it was read before, if it could not be read now.
    fn carried_at(&self, place: usize) -> Option<&(usize, Option<Instant>)> {
        let index = self.carried.binary_search_by_key(&place, |(carried, _)| *carried).ok()?;
        self.carried.get(index)
    }

    /// That some groups were left out.
    pub(super) fn shortened(&self) -> Option<Reason> {
        let what =
            if self.all { "groups (the others have too many members)" } else { "groups or more (there are too many)" };
        let (kept, total) = (self.names.len(), self.total);
        (kept < total || !self.all).then_some(Reason::Shortened { what, kept, total })
    }

    /// Whether every group could be read that was asked about.
    pub(super) fn is_certain(&self) -> bool {
        self.carried.is_empty()
    }

    /// Whether this group was read now.
    pub(super) fn has_read(&self, name: &str) -> bool {
        let place = self.names.iter().position(|known| known == name);
        place.is_some_and(|place| self.carried_at(place).is_none())
    }

    /// The groups that are known by name.
    pub(super) fn names(&self) -> impl Iterator<Item = &str> {
        self.names.iter().map(String::as_str)
    }

    /// How many groups there are.
    pub(super) fn total(&self) -> usize {
        self.total
    }
}

/// The groups of an earlier reading: the local parts of their members, and when these were read.
#[derive(Debug, Default)]
pub(super) struct Earlier<'s>(HashMap<&'s str, (Instant, Vec<&'s str>)>);

impl<'s> Earlier<'s> {
    /// Those of the `latest` reading of this time.
    pub(super) fn new(latest: Option<(Instant, &'s Snapshot)>) -> Self {
        let Some((then, latest)) = latest else { return Self::default() };
        let mut members: Vec<Vec<&str>> = vec![Vec::new(); latest.names.len()];
        for (local, places) in &latest.groups_of {
            for place in places {
                members.get_mut(*place).into_iter().for_each(|members| members.push(local));
            }
        }
        let names = latest.names.iter().map(String::as_str).enumerate();
        let known = names.zip(members).filter_map(|((place, name), members)| {
            // Carried over once more, they do not become younger.
            let read = latest.carried_at(place).map_or(Some(then), |(_, read)| *read)?;
            Some((name, (read, members)))
        });
        Self(known.collect())
    }
}

/// Whether members that were read then are not known any more.
fn too_old(read: Option<Instant>) -> bool {
    read.is_none_or(|then| then.elapsed() >= USABLE)
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

    #[tokio::test(start_paused = true)]
    async fn a_group_that_could_not_be_read_keeps_its_members_until_they_are_too_old() {
        let anna = jid("anna@example.test");
        let mut first = snapshot(true);
        first.add("sales".into(), Some(std::slice::from_ref(&anna)));
        first.add("board".into(), Some(std::slice::from_ref(&anna)));
        let then = Instant::now();
        tokio::time::advance(USABLE / 2).await;

        let mut second = snapshot(true);
        second.carry_over("board".into(), &Earlier::new(Some((then, &first))));
        second.carry_over("new".into(), &Earlier::new(Some((then, &first))));
        second.add("sales".into(), Some(&[]));
        assert_eq!(second.groups_of(&anna), ["board"]);
        let unread = |names: &[&str]| {
            let names = names.iter().map(|name| (*name).to_owned()).collect();
            Some(Reason::UnreadGroups { names, total: 3 })
        };
        assert_eq!((second.unread(), second.shortened(), second.is_certain()), (unread(&["new"]), None, false));

        // Carried over once more, they do not become younger.
        let mut third = snapshot(true);
        third.add("sales".into(), Some(&[]));
        third.carry_over("board".into(), &Earlier::new(Some((Instant::now(), &second))));
        third.carry_over("new".into(), &Earlier::new(Some((Instant::now(), &second))));
        assert_eq!(third.groups_of(&anna), ["board"]);
        tokio::time::advance(USABLE / 2).await;
        assert!(third.groups_of(&anna).is_empty());
        assert_eq!(third.unread(), unread(&["board", "new"]));
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

        let then = Instant::now();
        let mut next = Snapshot::new(snapshot.domain.clone(), true);
        next.add("crowd".into(), Some(&crowd));
        next.carry_over("crowd".into(), &Earlier::new(Some((then, &snapshot))));
        assert!(next.unread().is_some(), "no room is left for it");
    }
}
