//! Polls commands and endpoints for their data, each at its own interval.
//!
//! A source is polled at once, and again after its `every`, give or take a tenth, so that many services do not poll at the
//! same moment. When it fails, its data stay as they were, and it is polled again after pauses that double from a second to
//! its `every`.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use tokio::task::{AbortHandle, JoinSet};
use tokio::time::{Instant, sleep_until};
use xmpp_parsers::jid::DomainPart;

use super::source_tables::SourceTables;
use crate::model::backoff::Backoff;
use crate::model::config;
use crate::model::timestamp::rfc3339;
use crate::site_data::{DataError, Source, Table};

/// The shortest pause after a failure.
const FIRST_PAUSE: Duration = Duration::from_secs(1);

/// The longest pause after a failure.
const LONGEST_PAUSE: Duration = Duration::from_hours(1);

/// All sources that have to be polled. Dropping it ends the polls that are under way.
#[derive(Default)]
pub(super) struct Poller {
    sources: Vec<Polled>,
    answers: JoinSet<Result<Table, DataError>>,
}

/// One source that has to be polled.
struct Polled {
    settings: config::Data,
    source: Arc<Source>,
    every: Duration,
    table: Option<(Arc<Table>, Timestamp)>,
    failure: Option<String>,
    due: Due,
    backoff: Option<Backoff>,
}

/// When a source is polled next.
enum Due {
    At(Instant),
    /// It is being polled.
    Now(AbortHandle),
}

/// How a source stands that is polled.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct PollState {
    /// When it answered last; none when it never did.
    pub(super) read_at: Option<Timestamp>,
    /// Why it did not answer the last time.
    pub(super) failure: Option<String>,
    /// When it is asked again.
    pub(super) next_at: Timestamp,
}

/// The result of polling a source.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct PollResult {
    /// The name of the source.
    pub(super) name: String,
    /// Whether it has other data than before, or why it has none.
    pub(super) result: Result<Change, String>,
    /// Whether the poll before had the same result.
    pub(super) again: bool,
}

/// What an answer means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Change {
    /// The data have changed.
    Other,
    /// They are what they were.
    Same,
}

impl Poller {
    /// Replaces the sources; their users are those of `domain`. Of several that deliver the same, the first counts. A source that
    /// was there before keeps its data, and its time too unless its settings or one of its files have `changed`.
    pub(super) fn set(&mut self, data: &[config::Data], domain: &DomainPart, changed: &BTreeSet<PathBuf>) {
        let mut before = std::mem::take(&mut self.sources);
        for settings in data {
            if self.sources.iter().any(|polled| delivers_the_same(&polled.settings, settings)) {
                continue;
            }
            let kept = before.iter().position(|polled| delivers_the_same(&polled.settings, settings));
            let kept = kept.map(|kept| before.swap_remove(kept));
            let is_changed = settings.ca_file.as_deref().is_some_and(|file| changed.contains(file));
            match kept {
                Some(kept) if kept.settings.is_same(settings) && !is_changed => self.sources.push(kept),
                kept => self.sources.extend(Polled::new(settings, domain, kept)),
            }
        }
    }

    /// Polls all sources again now, except those that are being polled.
    pub(super) fn poll_all(&mut self) {
        for polled in &mut self.sources {
            if let Due::At(at) = &mut polled.due {
                *at = Instant::now();
            }
        }
    }

    /// The data of all that have answered.
    pub(super) fn tables(&self) -> SourceTables {
        let mut tables = SourceTables::default();
        for Polled { settings, table, .. } in &self.sources {
            if let Some((table, read_at)) = table {
                tables.insert(settings, Arc::clone(table), *read_at);
            }
        }
        tables
    }

    /// How the source with these settings stands; none when it is not polled.
    pub(super) fn poll_state(&self, settings: &config::Data) -> Option<PollState> {
        let polled = self.sources.iter().find(|polled| delivers_the_same(&polled.settings, settings))?;
        let left = match &polled.due {
            Due::At(at) => at.saturating_duration_since(Instant::now()),
            Due::Now(_) => Duration::ZERO,
        };
        Some(PollState {
            read_at: polled.table.as_ref().map(|(_, read_at)| *read_at),
            failure: polled.failure.clone(),
            next_at: Timestamp::now().checked_add(left).unwrap_or(Timestamp::MAX),
        })
    }

    /// For each source whose data are older than they should be, what is wrong with it.
    pub(super) fn stale(&self) -> Vec<String> {
        let text = |polled: &Polled| {
            let (failure, (_, read)) = (polled.failure.as_ref()?, polled.table.as_ref()?);
            let read = rfc3339(*read);
            Some(format!("{failure}; its data of {read} stay in use"))
        };
        self.sources.iter().filter_map(text).collect()
    }

    /// The sources that have never answered, with what is wrong with them.
    pub(super) fn unread(&self) -> Vec<String> {
        let unread = self.sources.iter().filter(|polled| polled.table.is_none());
        let text =
            |polled: &Polled| polled.failure.clone().unwrap_or_else(|| format!("data `{}`", polled.settings.name));
        unread.map(text).collect()
    }

    /// Polls the sources that are due, and waits for the next answer. May be dropped and called again: nothing is lost.
    pub(super) async fn next(&mut self) -> PollResult {
        loop {
            let now = Instant::now();
            for polled in &mut self.sources {
                if let Due::At(at) = polled.due
                    && at <= now
                {
                    let source = Arc::clone(&polled.source);
                    polled.due = Due::Now(self.answers.spawn(async move { source.fetch().await }));
                }
            }
            let first =
                self.sources.iter().filter_map(|polled| if let Due::At(at) = polled.due { Some(at) } else { None });
            let first = first.min();
            let pause = async {
                match first {
                    Some(at) => sleep_until(at).await,
                    None => std::future::pending().await,
                }
            };
            tokio::select! {
                () = pause => {}
                Some(ended) = self.answers.join_next_with_id() => {
                    let (id, result) = match ended {
                        Ok((id, result)) => (id, result.map_err(|error| error.to_string())),
                        // It panicked, or was aborted because its source is gone.
                        Err(error) => (error.id(), Err("internal error: reading the data panicked; see the previous log line".to_owned())),
                    };
                    let polled = self.sources.iter_mut().find(|polled| matches!(&polled.due, Due::Now(task) if task.id() == id));
                    if let Some(polled) = polled {
                        return polled.take(result);
                    }
                }
            }
        }
    }
}

impl Polled {
    /// A source that is polled at once; `None` for a file. It starts with the data that it had with other settings.
    fn new(settings: &config::Data, domain: &DomainPart, before: Option<Self>) -> Option<Self> {
        let source = Source::new(settings, domain).ok()?;
        let every = source.every()?;
        let first = FIRST_PAUSE.min(every).max(Duration::from_millis(1));
        let mut before = before;
        Some(Self {
            settings: settings.clone(),
            source: Arc::new(source),
            every,
            table: before.as_mut().and_then(|before| before.table.take()),
            failure: before.as_mut().and_then(|before| before.failure.take()),
            due: Due::At(Instant::now()),
            backoff: Backoff::new(first, every.clamp(first, LONGEST_PAUSE.max(first))).ok(),
        })
    }

    fn take(&mut self, result: Result<Table, String>) -> PollResult {
        let name = self.settings.name.clone();
        let failed_before = self.failure.take();
        let pause = match (&result, &mut self.backoff) {
            (Err(_), Some(backoff)) => backoff.pause(),
            (Ok(_), Some(backoff)) => {
                backoff.reset();
                self.every.mul_f64(rand::random_range(0.9..=1.1))
            }
            (_, None) => self.every,
        };
        self.due = Due::At(Instant::now() + pause);
        match result {
            Ok(table) => {
                let is_same = self.table.as_ref().is_some_and(|(before, _)| **before == table);
                let table = match self.table.take() {
                    // The one before is shared already.
                    Some((before, _)) if is_same => before,
                    _ => Arc::new(table),
                };
                self.table = Some((table, Timestamp::now()));
                let change = if is_same { Change::Same } else { Change::Other };
                PollResult { name, result: Ok(change), again: failed_before.is_none() }
            }
            Err(reason) => {
                let again = failed_before.as_ref() == Some(&reason);
                self.failure = Some(reason.clone());
                PollResult { name, result: Err(reason), again }
            }
        }
    }
}

impl Drop for Polled {
    /// Ends a poll that is under way: its source is gone.
    fn drop(&mut self) {
        if let Due::Now(task) = &self.due {
            task.abort();
        }
    }
}

/// Whether the data of one may stand in for those of the other until it has answered.
fn delivers_the_same(one: &config::Data, other: &config::Data) -> bool {
    let of = |data: &config::Data| {
        let config::Data { name, command, url, secrets, .. } = data.clone();
        (name, command, url, secrets)
    };
    of(one) == of(other)
}

#[cfg(test)]
mod tests;
