//! Slots for downloads: so many for all, and a share of them for each address.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::{Notify, Semaphore};
use tokio::time::{Instant, timeout_at};

use super::failure::UpdateFailure;
use crate::model::network::network;

/// The part of all slots that one address may hold, as a divisor.
const SHARE: usize = 4;

/// How many may wait for each slot. Each holds an open file.
pub(crate) const WAITING: usize = 4;

/// Time that a request waits for a slot: in a burst most downloads are small, and end at once.
const PATIENCE: Duration = Duration::from_secs(1);

/// Slots for downloads.
#[derive(Clone)]
pub(super) struct DownloadSlots(Arc<Shared>);

struct Shared {
    most: usize,
    /// How many each address holds; none that holds nothing, so there are at most as many as slots.
    taken: Mutex<HashMap<IpAddr, usize>>,
    /// A slot is free again.
    freed: Notify,
    /// The bound of [`WAITING`].
    waiting: Semaphore,
}

/// A slot, free again when it is dropped.
pub(super) struct DownloadSlot {
    slots: DownloadSlots,
    holder: IpAddr,
}

impl DownloadSlots {
    /// So many slots, of which one address may hold a quarter.
    pub(super) fn new(most: usize) -> Self {
        let most = most.max(1);
        Self(Arc::new(Shared {
            most,
            taken: Mutex::default(),
            freed: Notify::new(),
            waiting: Semaphore::new(most.saturating_mul(WAITING).min(Semaphore::MAX_PERMITS)),
        }))
    }

    /// A slot for `address`, within a second or not at all. An IPv6 network of 64 bits counts as one address.
    pub(super) async fn take(&self, address: IpAddr) -> Result<DownloadSlot, UpdateFailure> {
        let failure = match self.try_take(address) {
            Ok(slot) => return Ok(slot),
            Err(failure) => failure,
        };
        let Ok(_waiting) = self.0.waiting.try_acquire() else { return Err(failure) };
        let until = Instant::now() + PATIENCE;
        loop {
            // A slot that is freed from here on is not missed.
            let freed = self.0.freed.notified();
            let failure = match self.try_take(address) {
                Ok(slot) => return Ok(slot),
                Err(failure) => failure,
            };
            if timeout_at(until, freed).await.is_err() {
                return Err(failure);
            }
        }
    }

    fn try_take(&self, address: IpAddr) -> Result<DownloadSlot, UpdateFailure> {
        let holder = network(address);
        let mut taken = self.taken();
        let held = taken.get(&holder).copied().unwrap_or_default();
        if taken.values().sum::<usize>() >= self.0.most {
            return Err(UpdateFailure::Busy);
        }
        if held >= (self.0.most / SHARE).max(1) {
            return Err(UpdateFailure::ShareTaken);
        }
        taken.insert(holder, held + 1);
        Ok(DownloadSlot { slots: self.clone(), holder })
    }

    fn taken(&self) -> MutexGuard<'_, HashMap<IpAddr, usize>> {
        self.0.taken.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for DownloadSlot {
    fn drop(&mut self) {
        let mut taken = self.slots.taken();
        match taken.get_mut(&self.holder) {
            Some(held) if *held > 1 => *held -= 1,
            _ => drop(taken.remove(&self.holder)),
        }
        drop(taken);
        self.slots.0.freed.notify_waiters();
    }
}

#[cfg(test)]
mod tests {
    use tokio::time::sleep;

    use super::*;

    fn take(slots: &DownloadSlots, address: &str) -> Result<DownloadSlot, UpdateFailure> {
        slots.try_take(address.parse().unwrap())
    }

    #[test]
    fn an_address_holds_no_more_than_its_share() {
        let slots = DownloadSlots::new(8);
        let first = take(&slots, "192.0.2.1").unwrap();
        let _second = take(&slots, "192.0.2.1").unwrap();
        assert_eq!(take(&slots, "192.0.2.1").err(), Some(UpdateFailure::ShareTaken));
        let _other = take(&slots, "192.0.2.2").unwrap();
        drop(first);
        assert!(take(&slots, "192.0.2.1").is_ok());
    }

    #[test]
    fn an_ipv6_network_counts_as_one_address() {
        let slots = DownloadSlots::new(4);
        let _held = take(&slots, "2001:db8::1").unwrap();
        assert_eq!(take(&slots, "2001:db8::2").err(), Some(UpdateFailure::ShareTaken));
        assert!(take(&slots, "2001:db8:0:1::2").is_ok());
    }

    #[test]
    fn there_are_no_more_places_than_said_and_none_is_lost() {
        let slots = DownloadSlots::new(2);
        let held: Vec<_> = ["192.0.2.1", "192.0.2.2"].iter().map(|address| take(&slots, address).unwrap()).collect();
        assert_eq!(take(&slots, "192.0.2.3").err(), Some(UpdateFailure::Busy));
        drop(held);
        assert!(slots.taken().is_empty());
        assert!(take(&slots, "192.0.2.3").is_ok());
    }

    #[tokio::test(start_paused = true)]
    async fn a_place_that_is_freed_soon_is_waited_for() {
        let slots = DownloadSlots::new(1);
        let held = take(&slots, "192.0.2.1").unwrap();
        let waits = slots.take("192.0.2.2".parse().unwrap());
        let frees = async {
            sleep(PATIENCE / 2).await;
            drop(held);
        };
        let (slot, ()) = tokio::join!(waits, frees);
        let slot = slot.unwrap();
        let begun = Instant::now();
        assert_eq!(slots.take("192.0.2.1".parse().unwrap()).await.err(), Some(UpdateFailure::Busy));
        assert_eq!(begun.elapsed(), PATIENCE);
        drop(slot);
        assert_eq!(slots.0.waiting.available_permits(), WAITING);
    }

    #[tokio::test(start_paused = true)]
    async fn only_so_many_wait_for_a_place() {
        let slots = DownloadSlots::new(1);
        let _held = take(&slots, "192.0.2.1").unwrap();
        let begun = Instant::now();
        let asks = (0..=WAITING).map(async |_| (slots.take("192.0.2.2".parse().unwrap()).await.err(), begun.elapsed()));
        let mut refused = futures::future::join_all(asks).await;
        assert_eq!(refused.pop(), Some((Some(UpdateFailure::Busy), Duration::ZERO)));
        assert!(refused.iter().all(|refused| *refused == (Some(UpdateFailure::Busy), PATIENCE)), "{refused:?}");
    }

    #[tokio::test(start_paused = true)]
    async fn a_burst_from_one_address_takes_turns() {
        let slots = DownloadSlots::new(8);
        let asks = (0..12).map(async |_| {
            let slot = slots.take("192.0.2.1".parse().unwrap()).await;
            sleep(PATIENCE / 10).await;
            slot.is_ok()
        });
        assert!(futures::future::join_all(asks).await.iter().all(|is_served| *is_served));
    }
}
