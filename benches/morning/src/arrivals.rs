//! When users start their clients.

use rand::RngExt as _;
use rand::rngs::StdRng;

/// Where in the time span most users start, as a share of it. With 15 minutes from 8:50 on, that is 9:00.
const PEAK_AT: f64 = 2.0 / 3.0;

/// How much busier the peak is than the mean; that of a triangle.
pub const PEAK: f64 = 2.0;

/// Users who start within a time span.
///
/// Each starts independently of the others, so the arrivals are a Poisson process for a given number of users. Its rate is a
/// triangle: it grows steadily until the full hour, when work begins, and falls twice as fast to zero. A flat rate would
/// hide the peak, for which a site has to be built; anything more curved would need data about the site.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Arrivals {
    /// How many users.
    pub users: usize,
    /// The time span in seconds.
    pub within: f64,
}

impl Arrivals {
    /// Users who start in a second, at the peak.
    #[must_use]
    pub fn per_second_at_the_peak(&self) -> f64 {
        PEAK * self.users as f64 / self.within
    }

    /// When each starts, in milliseconds, in order.
    #[must_use]
    pub fn times(&self, random: &mut StdRng) -> Vec<f64> {
        let mut times: Vec<f64> =
            (0..self.users).map(|_| 1000.0 * self.within * place(random.random_range(0.0..1.0))).collect();
        times.sort_by(f64::total_cmp);
        times
    }
}

/// The place in the time span, from 0 to 1, before which this share of all users starts.
fn place(share: f64) -> f64 {
    if share < PEAK_AT { (share * PEAK_AT).sqrt() } else { 1.0 - ((1.0 - share) * (1.0 - PEAK_AT)).sqrt() }
}

#[cfg(test)]
mod tests {
    use rand::SeedableRng as _;

    use super::*;

    #[test]
    fn all_start_in_time_and_twice_as_many_as_on_average_at_the_peak() {
        let arrivals = Arrivals { users: 300_000, within: 900.0 };
        let times = arrivals.times(&mut StdRng::seed_from_u64(1));
        assert_eq!(times.len(), arrivals.users);
        assert!(times.is_sorted() && times[0] >= 0.0 && *times.last().unwrap() <= 900_000.0);
        let within = |from: f64, to: f64| times.iter().filter(|time| (from..to).contains(*time)).count() as f64;
        let at_the_peak = within(590_000.0, 605_000.0) / 15.0;
        assert!((at_the_peak / arrivals.per_second_at_the_peak() - 1.0).abs() < 0.03, "{at_the_peak}");
        // The triangle's left part has two thirds of it.
        assert!((within(0.0, 600_000.0) / 300_000.0 - 2.0 / 3.0).abs() < 0.01);
    }
}
