//! How many processors are enough.

use rand::SeedableRng as _;
use rand::rngs::StdRng;

use crate::arrivals::Arrivals;
use crate::costs::Costs;
use crate::outcome::Outcome;
use crate::route::{Place, Routes};
use crate::simulation::simulate;
use crate::site::Site;

/// Time within which 99 of 100 clients must have their reply, in milliseconds.
pub const GOAL: f64 = 1000.0;
/// The largest machine that is looked at, in cores.
const MOST_CORES: usize = 64;
/// Clients that are simulated at least; with fewer users there are several mornings, so that percentiles mean something.
const CLIENTS: usize = 50_000;
/// Share of a machine's cores that may be in use at the peak. The rest is for what else it does: a chat server has messages
/// and presence to send.
pub const MOST_LOAD: f64 = 0.7;

/// Simulates so many mornings that the percentiles mean something.
#[must_use]
pub fn mornings(site: &Site, costs: &Costs, arrivals: Arrivals) -> Outcome {
    let routes = Routes::new(site, costs);
    let mut all = Outcome::default();
    for seed in 0..CLIENTS.div_ceil(arrivals.users.max(1)) as u64 {
        let starts = arrivals.times(&mut StdRng::seed_from_u64(seed));
        all.add(&simulate(site, &routes, &starts, seed));
    }
    all
}

/// Which share of a machine's cores is in use at the peak; more than 1 is more than it can do.
#[must_use]
pub fn load(site: &Site, costs: &Costs, arrivals: Arrivals, place: Place) -> f64 {
    let cores = match place {
        Place::Service => site.service_cores,
        Place::Openfire => site.openfire_cores,
        Place::Directory => site.threads,
    };
    arrivals.per_second_at_the_peak() * Routes::new(site, costs).work(place) / 1000.0 / cores as f64
}

/// The site with the fewest cores with which every client gets its reply, 99 of 100 within [`GOAL`], with at most [`MOST_LOAD`]
/// at the peak; and what becomes of its mornings. None if [`MOST_CORES`] of Openfire are too few.
#[must_use]
pub fn fewest_cores(site: &Site, costs: &Costs, arrivals: Arrivals) -> Option<(Site, Outcome)> {
    let alone = Site { openfire_cores: 1, service_cores: 1, ..site.clone() };
    let needs = |place| (load(&alone, costs, arrivals, place) / MOST_LOAD).ceil().max(1.0) as usize;
    let service_cores = needs(Place::Service);
    (needs(Place::Openfire)..=MOST_CORES).find_map(|openfire_cores| {
        let site = Site { openfire_cores, service_cores, ..site.clone() };
        let outcome = mornings(&site, costs, arrivals);
        let is_enough = outcome.failed() == 0 && outcome.percentile(0.99).is_some_and(|time| time <= GOAL);
        is_enough.then_some((site, outcome))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const COSTS: Costs = Costs {
        openfire_stream: 2.0,
        openfire_login: 3.0,
        service_stream: 1.0,
        service_reply: 2.0,
        client: 1.0,
        idle: 1.0,
    };

    #[test]
    fn more_users_need_more_cores_and_one_core_less_would_be_too_busy() {
        let cores = [20_000, 60_000, 120_000].map(|users| {
            let arrivals = Arrivals { users, within: 900.0 };
            let (site, outcome) = fewest_cores(&Site::with_defaults(), &COSTS, arrivals).unwrap();
            assert_eq!(outcome.failed(), 0);
            assert!(load(&site, &COSTS, arrivals, Place::Openfire) <= MOST_LOAD);
            let fewer = Site { openfire_cores: site.openfire_cores - 1, ..site.clone() };
            assert!(load(&fewer, &COSTS, arrivals, Place::Openfire) > MOST_LOAD);
            site.openfire_cores
        });
        assert_eq!(cores, [1, 2, 4]);
    }

    /// No number of cores helps against a directory that is too slow.
    #[test]
    fn a_slow_directory_is_not_enough_with_any_number_of_cores() {
        let slow = Site { directory: 2000.0, ..Site::with_defaults() };
        assert!(fewest_cores(&slow, &COSTS, Arrivals { users: 10_000, within: 60.0 }).is_none());
    }
}
