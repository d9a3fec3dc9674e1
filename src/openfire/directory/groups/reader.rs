//! Reads all groups once.
//!
//! 1. The list: one command for each 200 groups. Openfire leaves out groups that it cannot find, so a page with gaps need
//!    not be the last.
//! 2. Where the list is empty, or lacks a group that should be in it, another list is read in pages of another size.
//!    Openfire keeps the answer for each size for 15 minutes, an empty one from an outage too; a size that was not used
//!    before makes it search its directory.
//! 3. The members: one command for each group that has some, [`AT_ONCE`] at a time. Each command is two round trips.

use std::collections::HashSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use futures::stream::{self, StreamExt};
use tokio::time::Instant;
use xmpp_parsers::jid::{BareJid, DomainPart};

use super::gone::Gone;
use super::snapshot::{Earlier, Snapshot};
use crate::model::account::Reason;
use crate::model::named_groups::NamedGroups;
use crate::openfire::admin_commands::{self as admin, Command, Group};
use crate::openfire::directory::commands::Commands;

/// Most groups that are read.
const MAX_GROUPS: usize = 2_000;

/// Most members of a group that is read: its answer, which comes in one stanza, must stay well below the 10 MiB that
/// the component's stream takes.
const MAX_MEMBERS: usize = 40_000;

/// Groups asked for in one command, where nothing makes us doubt the answers.
const PAGE: usize = 200;

/// How many sizes of pages there are, from [`PAGE`] downwards. A doubt that lasts uses one every 5 to 10 s, so that none
/// comes back before Openfire has forgotten its answer.
const PAGE_SIZES: usize = 150;

/// Groups whose members are asked for at one time.
const AT_ONCE: usize = 8;

/// Reads all groups once.
#[derive(Debug)]
pub(super) struct Reader {
    domain: DomainPart,
    commands: Commands,
    /// Time for one command.
    iq_timeout: Duration,
    /// How often the size of pages was changed.
    turns: AtomicUsize,
}

/// What is known before a reading.
#[derive(Debug, Default)]
pub(super) struct Past {
    /// The last groups that were read, and when.
    pub(super) latest: Option<(Instant, Arc<Snapshot>)>,
    /// The groups that the site names.
    pub(super) named: Arc<NamedGroups>,
    /// Groups that are known not to exist.
    pub(super) gone: Arc<Gone>,
    /// Whether the last reading left a doubt.
    pub(super) in_doubt: bool,
    /// Whether the directory could not be searched within the last minutes.
    pub(super) after_outage: bool,
}

/// The outcome of a reading.
#[derive(Debug)]
pub(super) struct Reading {
    pub(super) snapshot: Snapshot,
    /// Groups that there were before or that the site names, and that the server does not have, although it has others.
    /// None where there are too many groups to tell.
    pub(super) gone: Option<Vec<String>>,
    /// Whether the directory seems to be searched.
    pub(super) answers: bool,
}

/// The groups that the server lists.
struct Listing {
    groups: Vec<Group>,
    /// Whether these are all.
    all: bool,
}

impl Reader {
    pub(super) fn new(domain: DomainPart, commands: Commands, iq_timeout: Duration) -> Self {
        Self { domain, commands, iq_timeout, turns: AtomicUsize::new(0) }
    }

    pub(super) async fn read(&self, past: &Past) -> Result<Reading, Reason> {
        let (listing, absent, answers) = self.checked_list(past).await?;
        if listing.groups.is_empty() && past.has_groups() {
            return Err(past.no_groups());
        }
        let mut snapshot = Snapshot::new(self.domain.clone(), listing.all);
        let all = listing.all;
        let mut earlier = None;
        let mut members = stream::iter(listing.groups)
            .map(|group| async { self.members(&group).await.map(|members| (group.name, members)) })
            .buffer_unordered(AT_ONCE);
        while let Some(read) = members.next().await {
            match read? {
                (name, Members::Are(members)) => snapshot.add(name, Some(&members)),
                (name, Members::TooMany) => snapshot.add(name, None),
                (name, Members::Unknown) => snapshot.carry_over(name, earlier.get_or_insert_with(|| past.earlier())),
            }
        }
        drop(members);
        let mut gone = Vec::new();
        for name in absent {
            if past.gone.has(&name) || answers && !past.may_have(&name) {
                gone.push(name);
            } else {
                snapshot.carry_over(name, earlier.get_or_insert_with(|| past.earlier()));
            }
        }
        Ok(Reading { snapshot, gone: all.then_some(gone), answers })
    }

    /// The list, the groups that should be in it and are not, and whether the directory answers.
    async fn checked_list(&self, past: &Past) -> Result<(Listing, Vec<String>, bool), Reason> {
        if past.in_doubt {
            self.turn_page_size();
        }
        let mut listing = self.list(past).await?;
        let absent = past.absent_from(&listing);
        if past.in_doubt || !past.is_suspect(&listing, &absent) {
            return Ok((listing, absent, true));
        }
        self.turn_page_size();
        let second = self.list(past).await?;
        if second.groups.is_empty() && !listing.groups.is_empty() {
            // The first came from Openfire's cache, and the directory does not answer.
            return match past.latest {
                Some(_) => Ok((listing, absent, false)),
                None => Err(past.no_groups()),
            };
        }
        let known: HashSet<String> = listing.groups.iter().map(|group| group.name.clone()).collect();
        listing.groups.extend(second.groups.into_iter().filter(|group| !known.contains(&group.name)));
        listing.groups.truncate(MAX_GROUPS);
        listing.all &= second.all;
        let absent = past.absent_from(&listing);
        Ok((listing, absent, true))
    }

    /// The first [`MAX_GROUPS`] groups, and whether that is all.
    async fn list(&self, past: &Past) -> Result<Listing, Reason> {
        let size = PAGE - self.turns.load(Ordering::Relaxed) % PAGE_SIZES;
        let before = past.latest.as_ref().map_or(0, |(_, latest)| latest.total());
        let mut groups = Vec::new();
        for start in (0..MAX_GROUPS).step_by(size) {
            let fields = vec![("start", start.to_string()), ("max_items", size.to_string())];
            let page = admin::groups(&self.commands.run(Command::GetGroups, fields, self.deadline()).await?);
            let (count, seen) = (page.len(), start + page.len());
            groups.extend(page);
            // A page that is not full may have gaps.
            if count == 0 || count < size / 2 && seen >= before {
                return Ok(Listing { groups, all: true });
            }
        }
        groups.truncate(MAX_GROUPS);
        Ok(Listing { groups, all: false })
    }

    async fn members(&self, group: &Group) -> Result<Members, Reason> {
        match group.size {
            _ if group.name.trim().is_empty() => return Ok(Members::Are(Vec::new())),
            Some(0) => return Ok(Members::Are(Vec::new())),
            Some(size) if size > MAX_MEMBERS => return Ok(Members::TooMany),
            _ => {}
        }
        let fields = vec![("group", group.name.clone())];
        match self.commands.run(Command::GetGroupMembers, fields, self.deadline()).await {
            Ok(form) => Ok(Members::Are(admin::group_members(&form))),
            // It was deleted in between, or the directory cannot be searched; the next list decides.
            Err(Reason::CommandFailed { .. }) => Ok(Members::Unknown),
            Err(reason) => Err(reason),
        }
    }

    fn turn_page_size(&self) {
        self.turns.fetch_add(1, Ordering::Relaxed);
    }

    fn deadline(&self) -> Instant {
        Instant::now() + self.iq_timeout
    }
}

/// The members of one group.
enum Members {
    Are(Vec<BareJid>),
    /// It is too large to be asked about.
    TooMany,
    /// The server lists the group and does not find it.
    Unknown,
}

impl Past {
    /// Whether another list has to be read before this one counts.
    fn is_suspect(&self, listing: &Listing, absent: &[String]) -> bool {
        absent.iter().any(|name| !self.gone.has(name)) || listing.groups.is_empty() && self.has_groups()
    }

    /// The members of the groups that were read last.
    fn earlier(&self) -> Earlier<'_> {
        Earlier::new(self.latest.as_ref().map(|(then, latest)| (*then, latest.as_ref())))
    }

    /// Whether the server should have groups.
    pub(super) fn has_groups(&self) -> bool {
        !self.named.is_empty() || self.latest.as_ref().is_some_and(|(_, latest)| latest.total() > 0)
    }

    /// That the list is empty, and should not be.
    pub(super) fn no_groups(&self) -> Reason {
        let before = self.latest.as_ref().map(|(then, latest)| (latest.total(), then.elapsed()));
        Reason::NoGroups { before: before.filter(|(total, _)| *total > 0) }
    }

    /// Whether the server may have this group though its list lacks it, since Openfire also leaves out a group whose own
    /// look-up failed. So it is gone when the next list lacks it too; and after an outage only when Openfire has forgotten
    /// what it did not find then, also where this service has read no groups before.
    fn may_have(&self, name: &str) -> bool {
        self.after_outage || self.latest.as_ref().is_some_and(|(_, latest)| latest.has_read(name))
    }

    /// The groups that there were before or that the site names, and that are not listed.
    fn absent_from(&self, listing: &Listing) -> Vec<String> {
        if !listing.all {
            return Vec::new();
        }
        let mut seen: HashSet<&str> = listing.groups.iter().map(|group| group.name.as_str()).collect();
        let before = self.latest.iter().flat_map(|(_, latest)| latest.names());
        let mut absent: Vec<&str> = before.filter(|name| seen.insert(*name)).collect();
        absent.extend(self.named.absent_from(&seen));
        absent.into_iter().map(str::to_owned).collect()
    }
}
