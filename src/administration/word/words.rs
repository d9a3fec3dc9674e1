//! What is reported, and when: once when something has needed attention for a while, and once when it has been over for a while.

use std::collections::{BTreeMap, VecDeque};
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use tokio::time::Instant;

use super::text;
use crate::administration::attention::{Concern, Notice, Severity};

/// When and how often something is reported.
#[derive(Debug, Clone, Copy)]
pub struct Pace {
    /// How long something must need attention before it is reported.
    pub lasting: Duration,
    /// How long it must be over before that is reported. What comes back sooner was never over.
    pub over: Duration,
    /// Least time between two messages.
    pub between: Duration,
    /// Most messages in 24 hours.
    pub a_day: usize,
}

impl Default for Pace {
    /// After 30 s, one message a minute at most, and 20 in 24 hours.
    fn default() -> Self {
        let half = Duration::from_secs(30);
        Self { lasting: half, over: half, between: Duration::from_mins(1), a_day: 20 }
    }
}

const DAY: Duration = Duration::from_hours(24);

/// What needs attention, and what of it was reported. There is one entry for each kind of concern at most, so it has a bound.
#[derive(Debug)]
pub struct Words {
    pace: Pace,
    component: String,
    pages: String,
    entries: BTreeMap<&'static str, Entry>,
    /// When the messages of the last 24 hours were sent.
    sent: VecDeque<Instant>,
}

#[derive(Debug)]
struct Entry {
    /// As it was seen last.
    concern: Concern,
    since: Timestamp,
    appeared: Instant,
    /// When it was first seen to be over.
    gone: Option<(Instant, Timestamp)>,
    is_said: bool,
}

impl Words {
    /// Nothing needs attention yet. `component` is named in messages, `pages` is the address of the pages.
    #[must_use]
    pub fn new(pace: Pace, component: String, pages: String) -> Self {
        Self { pace, component, pages, entries: BTreeMap::new(), sent: VecDeque::new() }
    }

    /// What needs attention at `now`, which is `at`. Notes are left out: they are not worth a message.
    pub fn see(&mut self, notices: &[Notice], now: Instant, at: Timestamp) {
        for entry in self.entries.values_mut() {
            entry.gone.get_or_insert((now, at));
        }
        for Notice { concern, since } in notices {
            if concern.severity() == Severity::Note {
                continue;
            }
            let new = || Entry { concern: concern.clone(), since: *since, appeared: now, gone: None, is_said: false };
            let entry = self.entries.entry(concern.id()).or_insert_with(new);
            entry.gone = None;
            entry.concern = concern.clone();
        }
        // What did not last is forgotten when it does not come back.
        let (lasting, over) = (self.pace.lasting, self.pace.over);
        self.entries.retain(|_, entry| entry.is_said || entry.lasted(now) >= lasting || !entry.is_over(now, over));
    }

    /// What is to be reported now, if anything. It counts as reported after [`Words::was_sent`].
    #[must_use]
    pub fn message(&self, now: Instant, at: Timestamp) -> Option<String> {
        let begun: Vec<_> = self.begun(now).map(|(_, entry)| text::begun(&entry.concern, entry.since)).collect();
        let over: Vec<_> = self
            .over(now)
            .map(|(_, entry)| {
                let until = entry.gone.map_or(at, |(_, until)| until);
                if entry.is_said {
                    text::over(&entry.concern, entry.since, until)
                } else {
                    text::came_and_went(&entry.concern, entry.since, until)
                }
            })
            .collect();
        if (begun.is_empty() && over.is_empty()) || self.must_wait(now) {
            return None;
        }
        let silence = self.silence(now).and_then(|silence| SignedDuration::try_from(silence).ok());
        let silent_until = silence.and_then(|silence| at.saturating_add(silence).ok());
        Some(text::message(&self.component, &begun, &over, silent_until, &self.pages))
    }

    /// What [`Words::message`] gave was sent.
    pub fn was_sent(&mut self, now: Instant) {
        let over = self.pace.over;
        let begun: Vec<_> = self.begun(now).map(|(id, _)| id).collect();
        self.entries.retain(|_, entry| !entry.is_over(now, over));
        for id in begun {
            if let Some(entry) = self.entries.get_mut(id) {
                entry.is_said = true;
            }
        }
        self.sent.push_back(now);
        while self.sent.len() > self.pace.a_day {
            self.sent.pop_front();
        }
    }

    fn begun(&self, now: Instant) -> impl Iterator<Item = (&'static str, &Entry)> {
        let entries = self.entries.iter().map(|(id, entry)| (*id, entry));
        entries
            .filter(move |(_, entry)| entry.gone.is_none() && !entry.is_said && entry.lasted(now) >= self.pace.lasting)
    }

    fn over(&self, now: Instant) -> impl Iterator<Item = (&'static str, &Entry)> {
        let entries = self.entries.iter().map(|(id, entry)| (*id, entry));
        entries.filter(move |(_, entry)| entry.is_over(now, self.pace.over))
    }

    /// Whether it is too soon for another message.
    fn must_wait(&self, now: Instant) -> bool {
        let age = |at: &Instant| now.saturating_duration_since(*at);
        self.sent.back().is_some_and(|last| age(last) < self.pace.between)
            || self.sent.iter().filter(|at| age(at) < DAY).count() >= self.pace.a_day
    }

    /// Until when no message can follow the one that is sent now, if it is the last for a while.
    fn silence(&self, now: Instant) -> Option<Duration> {
        let ages = self.sent.iter().map(|at| now.saturating_duration_since(*at)).filter(|age| *age < DAY);
        let is_last = ages.clone().count() + 1 >= self.pace.a_day;
        is_last.then(|| DAY.saturating_sub(ages.max().unwrap_or_default()))
    }
}

impl Entry {
    /// How long it needed attention so far, or until it was over.
    fn lasted(&self, now: Instant) -> Duration {
        self.gone.map_or(now, |(gone, _)| gone).saturating_duration_since(self.appeared)
    }

    fn is_over(&self, now: Instant, over: Duration) -> bool {
        self.gone.is_some_and(|(gone, _)| now.saturating_duration_since(gone) >= over)
    }
}

#[cfg(test)]
mod tests;
