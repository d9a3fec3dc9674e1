//! Median and quartiles.

use std::fmt;

/// How values lie.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Spread {
    least: f64,
    lower: f64,
    /// The middle one.
    pub(crate) median: f64,
    upper: f64,
    most: f64,
}

impl Spread {
    /// Of any number of values; all NaN without one.
    pub(crate) fn from_values(values: impl Iterator<Item = f64>) -> Self {
        let mut sorted: Vec<f64> = values.collect();
        sorted.sort_by(f64::total_cmp);
        let at = |share: f64| {
            // Between two values in proportion to the distance from each.
            let position = (sorted.len() as f64 - 1.0).max(0.0) * share;
            let value = |index: f64| sorted.get(index as usize).copied().unwrap_or(f64::NAN);
            let (below, above) = (value(position.floor()), value(position.ceil()));
            below + (above - below) * position.fract()
        };
        Self { least: at(0.0), lower: at(0.25), median: at(0.5), upper: at(0.75), most: at(1.0) }
    }

    /// All values are the same, as when there is only one.
    pub(crate) fn is_one_value(&self) -> bool {
        self.least.total_cmp(&self.most).is_eq()
    }

    /// Lower quartile, median and upper quartile.
    pub(crate) fn quarters(&self) -> [f64; 3] {
        [self.lower, self.median, self.upper]
    }

    /// Median and quartiles as text.
    pub(crate) fn quartiles(&self) -> String {
        format!("{:.3} [{:.3}, {:.3}]", self.median, self.lower, self.upper)
    }

    /// The quartiles lie on both sides of `limit`.
    pub(crate) fn straddles(&self, limit: f64) -> bool {
        self.lower < limit && limit < self.upper
    }
}

impl fmt::Display for Spread {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { least, lower, median, upper, most } = self;
        write!(f, "{median:.3} [{lower:.3}, {upper:.3}] ({least:.3} to {most:.3})")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_order_of_the_values_does_not_matter() {
        let spread = Spread::from_values([4.0, 1.0, 2.0, 5.0, 3.0].into_iter());
        assert_eq!(spread.to_string(), "3.000 [2.000, 4.000] (1.000 to 5.000)");
        assert!(spread.straddles(2.5) && !spread.straddles(1.5));
    }

    #[test]
    fn between_two_values_lies_their_middle() {
        assert_eq!(Spread::from_values([1.0, 2.0].into_iter()).to_string(), "1.500 [1.250, 1.750] (1.000 to 2.000)");
        assert!(Spread::from_values(std::iter::empty()).median.is_nan());
    }
}
