//! Wrong codes: how many came from an address, and how many came in all.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

use crate::model::network::network;

/// Wrong codes from one address in [`WINDOW`] before more are refused.
pub(super) const OF_ADDRESS: u32 = 10;

/// Wrong codes in all in [`WINDOW`] before each answer takes [`PAUSE`].
pub(super) const OF_ALL: u32 = 50;

/// Time over which wrong codes count.
pub(super) const WINDOW: Duration = Duration::from_mins(10);

/// What an answer takes when many codes were wrong.
pub(super) const PAUSE: Duration = Duration::from_secs(1);

/// Addresses that are remembered.
const MOST_ADDRESSES: usize = 10_000;

/// Counts codes as wrong until they turn out to be right.
#[derive(Debug, Default)]
pub(super) struct Guesses(Mutex<Counts>);

#[derive(Debug, Default)]
struct Counts {
    by_address: HashMap<IpAddr, Count>,
    of_all: Option<Count>,
}

#[derive(Debug, Clone, Copy)]
struct Count {
    number: u32,
    since: Instant,
}

impl Guesses {
    /// Admits a guess, which counts as wrong from now on; else the time after which the next one is admitted.
    pub(super) fn admit(&self, address: IpAddr, now: Instant) -> Result<(), Duration> {
        let counts = &mut *self.counts();
        if counts.by_address.len() >= MOST_ADDRESSES {
            counts.by_address.retain(|_, count| !count.is_over(now));
            if counts.by_address.len() >= MOST_ADDRESSES {
                counts.by_address.clear();
            }
        }
        let fresh = Count { number: 0, since: now };
        let of_address = counts.by_address.entry(network(address)).or_insert(fresh);
        let of_all = counts.of_all.get_or_insert(fresh);
        for count in [&mut *of_address, &mut *of_all] {
            if count.is_over(now) {
                *count = fresh;
            }
        }
        if of_address.number >= OF_ADDRESS {
            return Err((of_address.since + WINDOW).saturating_duration_since(now));
        }
        of_address.number += 1;
        of_all.number = of_all.number.saturating_add(1);
        Ok(())
    }

    /// What the next answer takes.
    pub(super) fn pause(&self, now: Instant) -> Duration {
        let is_many = |count: &Count| !count.is_over(now) && count.number > OF_ALL;
        if self.counts().of_all.as_ref().is_some_and(is_many) { PAUSE } else { Duration::ZERO }
    }

    /// The last guess from there was right.
    pub(super) fn was_right(&self, address: IpAddr) {
        self.counts().by_address.remove(&network(address));
    }

    fn counts(&self) -> MutexGuard<'_, Counts> {
        // The counts are whole after every statement, so those that a panic left behind can still be used.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Count {
    fn is_over(&self, now: Instant) -> bool {
        now.saturating_duration_since(self.since) >= WINDOW
    }
}
