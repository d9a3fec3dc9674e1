//! Places for downloads: so many for all, and a share of them for each address.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::http::error::UpdateFailure;
use crate::provision::network;

/// The part of all places that one address may hold, as a divisor.
const SHARE: usize = 4;

/// Places for downloads.
#[derive(Clone)]
pub(super) struct Places {
    most: usize,
    /// How many each address holds; none that holds nothing, so there are at most as many as places.
    taken: Arc<Mutex<HashMap<IpAddr, usize>>>,
}

/// A place, free again when it is dropped.
pub(super) struct Place {
    places: Places,
    holder: IpAddr,
}

impl Places {
    /// So many places, of which one address may hold a quarter.
    pub(super) fn new(most: usize) -> Self {
        Self { most: most.max(1), taken: Arc::default() }
    }

    /// A place for `address`, at once or not at all. An IPv6 network of 64 bits counts as one address.
    pub(super) fn take(&self, address: IpAddr) -> Result<Place, UpdateFailure> {
        let holder = network(address);
        let mut taken = self.taken();
        let held = taken.get(&holder).copied().unwrap_or_default();
        if taken.values().sum::<usize>() >= self.most {
            return Err(UpdateFailure::Busy);
        }
        if held >= (self.most / SHARE).max(1) {
            return Err(UpdateFailure::ShareTaken);
        }
        taken.insert(holder, held + 1);
        Ok(Place { places: self.clone(), holder })
    }

    fn taken(&self) -> MutexGuard<'_, HashMap<IpAddr, usize>> {
        self.taken.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut taken = self.places.taken();
        match taken.get_mut(&self.holder) {
            Some(held) if *held > 1 => *held -= 1,
            _ => drop(taken.remove(&self.holder)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn take(places: &Places, address: &str) -> Result<Place, UpdateFailure> {
        places.take(address.parse().unwrap())
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
}
