//! Which entries are wanted, and a page of them.

use jiff::Timestamp;

use super::entry::{Action, Recorded};

/// Which entries are wanted; an empty filter matches all.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Filter {
    /// Part of the name of who did it, in upper or lower case.
    pub actor: String,
    /// What was done.
    pub action: Option<Action>,
    /// Not before this time.
    pub from: Option<Timestamp>,
    /// Before this time.
    pub until: Option<Timestamp>,
    /// A text in the address, the target or one of the values, in upper or lower case.
    pub text: String,
}

impl Filter {
    /// Whether it lets an entry through.
    #[must_use]
    pub fn matches(&self, recorded: &Recorded) -> bool {
        let entry = &recorded.entry;
        self.action.is_none_or(|action| action == entry.action)
            && self.from.is_none_or(|from| entry.at >= from)
            && self.until.is_none_or(|until| entry.at < until)
            && contains(&entry.actor, &self.actor)
            && (self.text.is_empty()
                || contains(&entry.actor, &self.text)
                || contains(&entry.target, &self.text)
                || contains(&entry.before, &self.text)
                || contains(&entry.after, &self.text)
                || entry.address.is_some_and(|address| contains(&address.to_string(), &self.text)))
    }
}

fn contains(text: &str, part: &str) -> bool {
    part.is_empty() || text.to_lowercase().contains(&part.to_lowercase())
}

/// Some entries, newest first.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Page {
    /// The entries.
    pub entries: Vec<Recorded>,
    /// The id before which the next page begins; none when there are no older ones.
    pub next: Option<u64>,
}

/// Collects a page from entries that come newest first.
pub(super) struct Collector<'f> {
    filter: &'f Filter,
    before: Option<u64>,
    rows: usize,
    page: Page,
}

impl<'f> Collector<'f> {
    pub(super) fn new(filter: &'f Filter, before: Option<u64>, rows: usize) -> Self {
        Self { filter, before, rows, page: Page::default() }
    }

    /// Takes one; gives whether more are wanted. One that was seen already, because a file was renamed meanwhile, is left out.
    pub(super) fn take(&mut self, recorded: Recorded) -> bool {
        if self.before.is_some_and(|before| recorded.id >= before) {
            return true;
        }
        self.before = Some(recorded.id);
        // All that follow are older still.
        if self.filter.from.is_some_and(|from| recorded.entry.at < from) {
            return false;
        }
        if !self.filter.matches(&recorded) {
            return true;
        }
        if self.page.entries.len() >= self.rows {
            self.page.next = self.page.entries.last().map(|last| last.id);
            return false;
        }
        self.page.entries.push(recorded);
        true
    }
}

impl From<Collector<'_>> for Page {
    fn from(collector: Collector<'_>) -> Self {
        collector.page
    }
}
