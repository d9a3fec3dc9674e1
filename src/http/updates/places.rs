//! Places for downloads: so many for all, and a share of them for each address.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::{Notify, Semaphore};
use tokio::time::{Instant, timeout_at};

use super::failure::UpdateFailure;
use crate::authentication::network;

/// The part of all places that one address may hold, as a divisor.
const SHARE: usize = 4;

/// How many may wait for each place. Each holds an open file.
pub(crate) const WAITING: usize = 4;

/// Time that a request waits for a place: in a burst most downloads are small, and end at once.
const PATIENCE: Duration = Duration::from_secs(1);

/// Places for downloads.
#[derive(Clone)]
pub(super) struct Places(Arc<Shared>);

struct Shared {
    most: usize,
    /// How many each address holds; none that holds nothing, so there are at most as many as places.
    taken: Mutex<HashMap<IpAddr, usize>>,
    /// A place is free again.
    freed: Notify,
    /// The bound of [`WAITING`].
    waiting: Semaphore,
}

/// A place, free again when it is dropped.
pub(super) struct Place {
    places: Places,
    holder: IpAddr,
}

impl Places {
    /// So many places, of which one address may hold a quarter.
    pub(super) fn new(most: usize) -> Self {
        let most = most.max(1);
        Self(Arc::new(Shared {
            most,
            taken: Mutex::default(),
            freed: Notify::new(),
            waiting: Semaphore::new(most.saturating_mul(WAITING).min(Semaphore::MAX_PERMITS)),
        }))
    }

    /// A place for `address`, within a second or not at all. An IPv6 network of 64 bits counts as one address.
    pub(super) async fn take(&self, address: IpAddr) -> Result<Place, UpdateFailure> {
        let failure = match self.try_take(address) {
            Ok(place) => return Ok(place),
            Err(failure) => failure,
        };
        let Ok(_waiting) = self.0.waiting.try_acquire() else { return Err(failure) };
        let until = Instant::now() + PATIENCE;
        loop {
            // A place that is freed from here on is not missed.
            let freed = self.0.freed.notified();
            let failure = match self.try_take(address) {
                Ok(place) => return Ok(place),
                Err(failure) => failure,
            };
            if timeout_at(until, freed).await.is_err() {
                return Err(failure);
            }
        }
    }

    fn try_take(&self, address: IpAddr) -> Result<Place, UpdateFailure> {
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
        Ok(Place { places: self.clone(), holder })
    }

    fn taken(&self) -> MutexGuard<'_, HashMap<IpAddr, usize>> {
        self.0.taken.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut taken = self.places.taken();
        match taken.get_mut(&self.holder) {
            Some(held) if *held > 1 => *held -= 1,
            _ => drop(taken.remove(&self.holder)),
        }
        drop(taken);
        self.places.0.freed.notify_waiters();
    }
}

#[cfg(test)]
mod tests {
    use tokio::time::sleep;

    use super::*;

    fn take(places: &Places, address: &str) -> Result<Place, UpdateFailure> {
        places.try_take(address.parse().unwrap())
    }

    #[test]
    fn an_address_holds_no_more_than_its_share() {
        let places = Places::new(8);
        let first = take(&places, "192.0.2.1").unwrap();
        let _second = take(&places, "192.0.2.1").unwrap();
        assert_eq!(take(&places, "192.0.2.1").err(), Some(UpdateFailure::ShareTaken));
        let _other = take(&places, "192.0.2.2").unwrap();
        drop(first);
        assert!(take(&places, "192.0.2.1").is_ok());
    }

    #[test]
    fn an_ipv6_network_counts_as_one_address() {
        let places = Places::new(4);
        let _held = take(&places, "2001:db8::1").unwrap();
        assert_eq!(take(&places, "2001:db8::2").err(), Some(UpdateFailure::ShareTaken));
        assert!(take(&places, "2001:db8:0:1::2").is_ok());
    }

    #[test]
    fn there_are_no_more_places_than_said_and_none_is_lost() {
        let places = Places::new(2);
        let held: Vec<_> = ["192.0.2.1", "192.0.2.2"].iter().map(|address| take(&places, address).unwrap()).collect();
        assert_eq!(take(&places, "192.0.2.3").err(), Some(UpdateFailure::Busy));
        drop(held);
        assert!(places.taken().is_empty());
        assert!(take(&places, "192.0.2.3").is_ok());
    }

    #[tokio::test(start_paused = true)]
    async fn a_place_that_is_freed_soon_is_waited_for() {
        let places = Places::new(1);
        let held = take(&places, "192.0.2.1").unwrap();
        let waits = places.take("192.0.2.2".parse().unwrap());
        let frees = async {
            sleep(PATIENCE / 2).await;
            drop(held);
        };
        let (place, ()) = tokio::join!(waits, frees);
        let place = place.unwrap();
        let begun = Instant::now();
        assert_eq!(places.take("192.0.2.1".parse().unwrap()).await.err(), Some(UpdateFailure::Busy));
        assert_eq!(begun.elapsed(), PATIENCE);
        drop(place);
        assert_eq!(places.0.waiting.available_permits(), WAITING);
    }

    #[tokio::test(start_paused = true)]
    async fn only_so_many_wait_for_a_place() {
        let places = Places::new(1);
        let _held = take(&places, "192.0.2.1").unwrap();
        let begun = Instant::now();
        let asks =
            (0..=WAITING).map(async |_| (places.take("192.0.2.2".parse().unwrap()).await.err(), begun.elapsed()));
        let mut refused = futures::future::join_all(asks).await;
        assert_eq!(refused.pop(), Some((Some(UpdateFailure::Busy), Duration::ZERO)));
        assert!(refused.iter().all(|refused| *refused == (Some(UpdateFailure::Busy), PATIENCE)), "{refused:?}");
    }

    #[tokio::test(start_paused = true)]
    async fn a_burst_from_one_address_takes_turns() {
        let places = Places::new(8);
        let asks = (0..12).map(async |_| {
            let place = places.take("192.0.2.1".parse().unwrap()).await;
            sleep(PATIENCE / 10).await;
            place.is_ok()
        });
        assert!(futures::future::join_all(asks).await.iter().all(|is_served| *is_served));
    }
}
