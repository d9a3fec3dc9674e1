//! Asks commands and endpoints for their data, each in its own time.
//!
//! A source is asked at once, and again after its `every`, give or take a tenth, so that many services do not ask at the
//! same moment. When it fails, its data stay as they were, and it is asked again after pauses that double from a second to
//! its `every`.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use tokio::task::{AbortHandle, JoinSet};
use tokio::time::{Instant, sleep_until};
use xmpp_parsers::jid::DomainPart;

use super::tables::Tables;
use crate::model::backoff::Backoff;
use crate::model::config;
use crate::model::timestamp::rfc3339;
use crate::site_data::{DataError, Source, Table};

/// The shortest pause after a failure.
const FIRST_PAUSE: Duration = Duration::from_secs(1);

/// The longest pause after a failure.
const LONGEST_PAUSE: Duration = Duration::from_hours(1);

/// All sources that have to be asked. Whoever drops it ends what is being asked.
#[derive(Default)]
pub(super) struct Sources {
    asked: Vec<Asked>,
    answers: JoinSet<Result<Table, DataError>>,
}

/// One source that has to be asked.
struct Asked {
    settings: config::Data,
    source: Arc<Source>,
    every: Duration,
    table: Option<(Arc<Table>, Timestamp)>,
    failure: Option<String>,
    due: Due,
    backoff: Option<Backoff>,
}

/// When a source is asked next.
enum Due {
    At(Instant),
    /// It is being asked.
    Now(AbortHandle),
}

/// What became of asking a source.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Answer {
    /// The source.
    pub(super) name: String,
    /// Whether it has other data than before, or why it has none.
    pub(super) result: Result<Change, String>,
    /// Whether the time before ended in the same way.
    pub(super) again: bool,
}

/// What an answer means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Change {
    /// The data are other ones.
    Other,
    /// They are what they were.
    Same,
}

impl Sources {
    /// The sources are these from now on, with users of `domain`; of several that deliver the same the first counts. Those
    /// that were there before keep their data; they keep their time too unless their settings have changed, or one of the
    /// files that `changed`.
    pub(super) fn set(&mut self, data: &[config::Data], domain: &DomainPart, changed: &BTreeSet<PathBuf>) {
        let mut before = std::mem::take(&mut self.asked);
        for settings in data {
            if self.asked.iter().any(|asked| delivers_the_same(&asked.settings, settings)) {
                continue;
            }
            let kept = before.iter().position(|asked| delivers_the_same(&asked.settings, settings));
            let kept = kept.map(|kept| before.swap_remove(kept));
            let is_changed = settings.ca_file.as_deref().is_some_and(|file| changed.contains(file));
            match kept {
                Some(kept) if kept.settings.is_same(settings) && !is_changed => self.asked.push(kept),
                kept => self.asked.extend(Asked::new(settings, domain, kept)),
            }
        }
    }

    /// All are asked again now, but for those that are being asked.
    pub(super) fn ask_all(&mut self) {
        for asked in &mut self.asked {
            if let Due::At(at) = &mut asked.due {
                *at = Instant::now();
            }
        }
    }

    /// The data of all that have answered.
    pub(super) fn tables(&self) -> Tables {
        let mut tables = Tables::default();
        for Asked { settings, table, .. } in &self.asked {
            if let Some((table, _)) = table {
                tables.put(settings, Arc::clone(table));
            }
        }
        tables
    }

    /// What is wrong with sources whose data are older than they should be.
    pub(super) fn stale(&self) -> Vec<String> {
        let told = |asked: &Asked| {
            let (failure, (_, read)) = (asked.failure.as_ref()?, asked.table.as_ref()?);
            let read = rfc3339(*read);
            Some(format!("{failure}; its data of {read} stay in use"))
        };
        self.asked.iter().filter_map(told).collect()
    }

    /// The sources that have never answered, with what is wrong with them.
    pub(super) fn unread(&self) -> Vec<String> {
        let unread = self.asked.iter().filter(|asked| asked.table.is_none());
        let told = |asked: &Asked| asked.failure.clone().unwrap_or_else(|| format!("data `{}`", asked.settings.name));
        unread.map(told).collect()
    }

    /// Asks those whose time has come, and waits for the next answer. May be dropped and begun again: nothing is lost.
    pub(super) async fn next(&mut self) -> Answer {
        loop {
            let now = Instant::now();
            for asked in &mut self.asked {
                if let Due::At(at) = asked.due
                    && at <= now
                {
                    let source = Arc::clone(&asked.source);
                    asked.due = Due::Now(self.answers.spawn(async move { source.fetch().await }));
                }
            }
            let first = self.asked.iter().filter_map(|asked| if let Due::At(at) = asked.due { Some(at) } else { None });
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
                        // It panicked, or was aborted because nobody wants it any more.
                        Err(error) => (error.id(), Err("a defect of the service: asking for the data panicked".to_owned())),
                    };
                    let asked = self.asked.iter_mut().find(|asked| matches!(&asked.due, Due::Now(task) if task.id() == id));
                    if let Some(asked) = asked {
                        return asked.take(result);
                    }
                }
            }
        }
    }
}

impl Asked {
    /// A source that is asked at once; none when it is a file. It begins with the data that it had with other settings.
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

    fn take(&mut self, result: Result<Table, String>) -> Answer {
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
                Answer { name, result: Ok(change), again: failed_before.is_none() }
            }
            Err(reason) => {
                let again = failed_before.as_ref() == Some(&reason);
                self.failure = Some(reason.clone());
                Answer { name, result: Err(reason), again }
            }
        }
    }
}

impl Drop for Asked {
    /// Ends what is being asked: nobody wants the answer any more.
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
