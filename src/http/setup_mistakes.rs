//! Mistakes in the set-up of clients and proxies: each is counted, and logged so often that its author sees it and no
//! flood can fill the log.

use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::net::IpAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

use crate::model::network::network;
use crate::telemetry::{Metrics, SetupMistake};

/// Time after which the same mistake of the same address is logged again.
const INTERVAL: Duration = Duration::from_mins(1);

/// Different lines about one kind of mistake of one address within that time.
const MOST_LINES: usize = 4;

/// Kinds of mistakes and addresses that are kept at one time; while there are as many, others are counted only.
const MOST_KEPT: usize = 1024;

/// Counts mistakes, and says which of them to log.
pub(super) struct SetupMistakes {
    metrics: Arc<Metrics>,
    recent: Mutex<HashMap<(IpAddr, SetupMistake), Recent>>,
}

/// What was logged lately.
struct Recent {
    since: Instant,
    /// Hashes of what the lines were about, [`MOST_LINES`] at most.
    logged: Vec<u64>,
}

impl SetupMistakes {
    /// Counts into `metrics`.
    pub(super) fn new(metrics: Arc<Metrics>) -> Self {
        Self { metrics, recent: Mutex::default() }
    }

    /// Counts a mistake. Gives whether a line about `what` is due. An IPv6 network of 64 bits counts as one address.
    pub(super) fn note(&self, address: IpAddr, mistake: SetupMistake, what: impl Hash) -> bool {
        self.metrics.mistake(mistake);
        let (key, now, what) = ((network(address), mistake), Instant::now(), hash(what));
        let mut recent = self.recent.lock().unwrap_or_else(PoisonError::into_inner);
        let is_fresh = |recent: &Recent| now.saturating_duration_since(recent.since) < INTERVAL;
        if let Some(known) = recent.get_mut(&key).filter(|known| is_fresh(known)) {
            let is_due = known.logged.len() < MOST_LINES && !known.logged.contains(&what);
            if is_due {
                known.logged.push(what);
            }
            return is_due;
        }
        if recent.len() >= MOST_KEPT {
            recent.retain(|_, recent| is_fresh(recent));
        }
        let is_due = recent.len() < MOST_KEPT;
        if is_due {
            recent.insert(key, Recent { since: now, logged: vec![what] });
        }
        is_due
    }
}

fn hash(what: impl Hash) -> u64 {
    let mut hasher = DefaultHasher::new();
    what.hash(&mut hasher);
    hasher.finish()
}

#[cfg(test)]
mod tests {
    use std::net::Ipv4Addr;

    use super::*;
    use crate::telemetry::Live;

    const HERE: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);

    fn mistakes() -> SetupMistakes {
        SetupMistakes::new(Arc::new(Metrics::new(Live::default)))
    }

    #[tokio::test(start_paused = true)]
    async fn the_same_mistake_is_logged_once_a_minute_and_always_counted() {
        let mistakes = mistakes();
        let due = || (0..100).filter(|_| mistakes.note(HERE, SetupMistake::WrongPath, "/a")).count();
        assert_eq!(due(), 1);
        tokio::time::advance(INTERVAL).await;
        assert_eq!(due(), 1);
        assert!(mistakes.metrics.text().contains("setup_mistakes_total{mistake=\"wrong-path\"} 200\n"));
    }

    #[tokio::test(start_paused = true)]
    async fn others_have_lines_of_their_own_and_there_are_few() {
        let mistakes = mistakes();
        assert!(mistakes.note(HERE, SetupMistake::WrongPath, "/a"));
        assert!(mistakes.note(HERE, SetupMistake::PlainOnTls, "/a"));
        assert!(mistakes.note("192.0.2.1".parse().unwrap(), SetupMistake::WrongPath, "/a"));
        let due = (0..100).filter(|number| mistakes.note(HERE, SetupMistake::WrongPath, number)).count();
        assert_eq!(due, MOST_LINES - 1);
    }

    #[tokio::test(start_paused = true)]
    async fn many_addresses_take_no_more_than_their_room() {
        let mistakes = mistakes();
        let note = |number: u32| mistakes.note(Ipv4Addr::from_bits(number).into(), SetupMistake::WrongPath, "/a");
        assert_eq!((0..5000).filter(|number| note(*number)).count(), MOST_KEPT);
        assert_eq!(mistakes.recent.lock().unwrap().len(), MOST_KEPT);
        tokio::time::advance(INTERVAL).await;
        assert!(note(9999));
        assert_eq!(mistakes.recent.lock().unwrap().len(), 1);
    }
}
