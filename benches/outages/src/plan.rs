//! Which outages come, and between which of them users are let in again.

use std::time::Duration;

use rand::rngs::StdRng;
use rand::seq::SliceRandom as _;
use rand::{RngExt as _, SeedableRng as _};

/// The outages of one run.
#[derive(Debug, Clone, Copy)]
pub struct Plan {
    /// How many.
    pub outages: usize,
    /// The shortest that may come.
    pub shortest: Duration,
    /// The longest that may come.
    pub longest: Duration,
    /// The shortest and longest time after an outage, from the moment when all clients were let in again.
    pub gap: (Duration, Duration),
    /// The same seed gives the same outages.
    pub seed: u64,
}

/// One outage.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Outage {
    /// Its number, from 1.
    pub number: usize,
    /// How long it lasts.
    pub length: Duration,
    /// From a wrong password to its begin.
    pub lead: Duration,
    /// The time after it.
    pub gap: Duration,
    /// For connections that are reset: every how many of them.
    pub every: usize,
    /// For a service bind that is refused: connections that are bound already are cut. Otherwise they go on, so that there is
    /// no outage before Openfire opens new ones.
    pub cuts: bool,
}

impl Plan {
    /// The outages, in a random order. Their lengths are spread evenly on a logarithmic scale: as many last from 0.3 to 3 s
    /// as from 3 to 30 s.
    #[must_use]
    pub fn outages(&self) -> Vec<Outage> {
        let mut random = StdRng::seed_from_u64(self.seed);
        let (shortest, longest) = (self.shortest.as_secs_f64().ln(), self.longest.as_secs_f64().ln());
        let mut lengths: Vec<Duration> = (0..self.outages)
            .map(|step| {
                let place = (step as f64 + random.random_range(0.0..1.0)) / self.outages as f64;
                Duration::from_secs_f64((shortest + (longest - shortest) * place).exp())
            })
            .collect();
        lengths.shuffle(&mut random);
        let outage = |(number, length)| Outage {
            number,
            length,
            lead: random.random_range(Duration::ZERO..=Duration::from_millis(500)),
            gap: random.random_range(self.gap.0..=self.gap.1),
            every: random.random_range(3..=6),
            cuts: number % 4 != 0,
        };
        (1..).zip(lengths).map(outage).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plan(seed: u64) -> Plan {
        let (shortest, longest) = (Duration::from_millis(300), Duration::from_mins(1));
        Plan { outages: 50, shortest, longest, gap: (Duration::from_secs(2), Duration::from_secs(4)), seed }
    }

    #[test]
    fn lengths_are_spread_evenly_on_a_logarithmic_scale() {
        let outages = plan(1).outages();
        assert!(outages.iter().all(|outage| (0.3..=60.0).contains(&outage.length.as_secs_f64())));
        let shorter = |seconds: f64| outages.iter().filter(|outage| outage.length.as_secs_f64() < seconds).count();
        // The middle of the scale is at the square root of 0.3 * 60.
        assert_eq!(shorter(18_f64.sqrt()), 25);
        assert!((21..=23).contains(&shorter(3.0)), "{}", shorter(3.0));
        let numbers: Vec<usize> = outages.iter().map(|outage| outage.number).collect();
        assert_eq!(numbers, (1..=50).collect::<Vec<_>>());
    }

    #[test]
    fn a_seed_stands_for_its_outages() {
        assert_eq!(plan(1).outages(), plan(1).outages());
        assert_ne!(plan(1).outages(), plan(2).outages());
    }
}
