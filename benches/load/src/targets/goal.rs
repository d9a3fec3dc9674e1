//! What is to be reached, and whether it was.

use std::fmt::Write as _;

use crate::spread::Spread;

/// What a value must be.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Bound {
    /// This or more.
    AtLeast(f64),
    /// This or less.
    AtMost(f64),
    /// Nothing: it is only shown.
    Free,
}

/// One value with its goal.
#[derive(Debug, Clone)]
pub(crate) struct Goal {
    /// What was measured.
    pub(crate) what: String,
    /// One value for each pair of passes, or only one.
    pub(crate) measured: Spread,
    /// What the value is counted in; empty for a ratio.
    pub(crate) unit: &'static str,
    /// What it must be.
    pub(crate) bound: Bound,
}

impl Goal {
    /// A ratio, pair by pair.
    pub(crate) fn ratio(what: impl Into<String>, measured: Spread, bound: Bound) -> Self {
        Self { what: what.into(), measured, unit: "", bound }
    }

    /// One value.
    pub(crate) fn value(what: impl Into<String>, value: f64, unit: &'static str, bound: Bound) -> Self {
        Self { what: what.into(), measured: Spread::from_values(std::iter::once(value)), unit, bound }
    }

    /// Whether the median is as it must be. What could not be measured is not.
    pub(crate) fn is_met(&self) -> bool {
        match self.bound {
            Bound::AtLeast(least) => self.measured.median >= least,
            Bound::AtMost(most) => self.measured.median <= most,
            Bound::Free => true,
        }
    }

    fn verdict(&self) -> &'static str {
        let (Bound::AtLeast(limit) | Bound::AtMost(limit)) = self.bound else { return "" };
        match (self.is_met(), self.measured.straddles(limit)) {
            (true, false) => "met",
            (true, true) => "met; a quartile lies beyond",
            (false, false) => "MISSED",
            (false, true) => "MISSED; a quartile lies beyond",
        }
    }

    fn measured(&self) -> String {
        let unit = if self.unit.is_empty() { String::new() } else { format!(" {}", self.unit) };
        if self.measured.is_one_value() {
            let value = self.measured.median;
            // Counts are whole.
            if value.fract() == 0.0 { format!("{value}{unit}") } else { format!("{value:.1}{unit}") }
        } else {
            format!("{}{unit}", self.measured.quartiles())
        }
    }

    fn bound(&self) -> String {
        let unit = if self.unit.is_empty() { String::new() } else { format!(" {}", self.unit) };
        match self.bound {
            Bound::AtLeast(least) => format!("at least {least}{unit}"),
            Bound::AtMost(most) => format!("at most {most}{unit}"),
            Bound::Free => String::new(),
        }
    }
}

/// The table of all goals, in Markdown.
pub(crate) fn table(goals: &[Goal]) -> String {
    let mut text = "| what | measured: median [quartiles] | goal | verdict |\n|---|---|---|---|\n".to_owned();
    for goal in goals {
        // Writing to a text does not fail.
        let _ = writeln!(text, "| {} | {} | {} | {} |", goal.what, goal.measured(), goal.bound(), goal.verdict());
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn spread(values: &[f64]) -> Spread {
        Spread::from_values(values.iter().copied())
    }

    #[test]
    fn the_table_says_what_was_reached_and_what_was_not() {
        let ratio = spread(&[0.8, 0.85, 0.9, 0.95, 1.0]);
        let goals = [
            Goal::ratio("replies", ratio, Bound::AtLeast(0.7)),
            Goal::ratio("close", ratio, Bound::AtLeast(0.87)),
            Goal::ratio("time", ratio, Bound::AtMost(0.5)),
            Goal::ratio("shown", ratio, Bound::Free),
            Goal::value("errors", 0.0, "", Bound::AtMost(0.0)),
            Goal::value("memory", 12.34, "MiB", Bound::AtMost(40.0)),
        ];
        assert_eq!(
            table(&goals),
            "| what | measured: median [quartiles] | goal | verdict |\n|---|---|---|---|\n\
             | replies | 0.900 [0.850, 0.950] | at least 0.7 | met |\n\
             | close | 0.900 [0.850, 0.950] | at least 0.87 | met; a quartile lies beyond |\n\
             | time | 0.900 [0.850, 0.950] | at most 0.5 | MISSED |\n\
             | shown | 0.900 [0.850, 0.950] |  |  |\n\
             | errors | 0 | at most 0 | met |\n\
             | memory | 12.3 MiB | at most 40 MiB | met |\n"
        );
    }

    #[test]
    fn what_could_not_be_measured_is_missed() {
        assert!(!Goal::ratio("nothing", spread(&[]), Bound::AtMost(1.0)).is_met());
        assert!(!Goal::ratio("nothing", spread(&[f64::NAN]), Bound::AtLeast(1.0)).is_met());
    }
}
